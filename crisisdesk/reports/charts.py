"""The chart of mentions: one figure for the room, the review and the printed report.

Drawn without pyplot, so that a worker thread can do it. The report and the exports take the whole figure; the window
takes :func:`layers`, all but the bars, and paints those itself from the same numbers (docs/adr/0003).
"""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from crisisdesk.model.room import ChartData
from crisisdesk.reports import chart_draw
from crisisdesk.reports.chart_minutes import Buckets, buckets_of
from crisisdesk.reports.chart_scale import ceiling, columns
from crisisdesk.reports.chart_theme import DARK, LIGHT, PRINT, ChartTheme
from crisisdesk.words import Sentences

__all__ = ["DARK", "LIGHT", "PRINT", "ChartTheme", "Image", "Layers", "figure", "layers", "png", "render", "svg"]

_DPI: Final = 100.0
# matplotlib's font caches are shared by all figures and not made for two threads at once.
_drawing = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A drawn chart; all places in device pixels from the top left.

    Attributes:
        rgba: ``width * height * 4`` bytes, row by row, not premultiplied, opaque.
        left: plot area's left edge; ``right``, ``top`` and ``bottom`` likewise.
        highest: the count at ``top``; 0 is at ``bottom``.
    """

    width: int
    height: int
    scale: float
    rgba: bytes
    left: float
    right: float
    top: float
    bottom: float
    start: datetime
    end: datetime
    highest: float

    def x_of(self, instant: datetime) -> float:
        """Where ``instant`` is; outside the plot when it is outside the chart."""
        return self.left + (instant - self.start) / (self.end - self.start) * (self.right - self.left)

    def instant_at(self, x: float) -> datetime:
        """The instant at ``x``, kept inside the chart."""
        share = min(1.0, max(0.0, (x - self.left) / (self.right - self.left)))
        return self.start + (self.end - self.start) * share

    def y_of(self, count: float) -> float:
        """Where ``count`` is."""
        return self.bottom - count / self.highest * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Layers:
    """A chart without its bars: what lies behind them, and what stands before them.

    Attributes:
        ground: axes, band, hatching, the incident's stretch; opaque.
        over: flags, labels and notes as ``rgba`` of the same size, not premultiplied, clear elsewhere.
    """

    ground: Image
    over: bytes


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A figure, where its plot area is, its highest count, and the artists that stand before the bars."""

    figure: Figure
    plot: chart_draw.Plot
    highest: float
    over: Sequence[Artist]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a chart is drawn.

    Attributes:
        size_px: width and height in logical pixels.
        scale: device pixels per logical pixel.
        texts: the reader's sentences.
        title: heading, drawn with the legend's words beside it; ``None`` where the page has its own heading.
        note: one calm line inside the plot, such as ``chart.learning``.
    """

    size_px: tuple[int, int]
    scale: float
    theme: ChartTheme
    texts: Sentences
    title: str | None = None
    note: str = ""


def figure(data: ChartData, **look: Any) -> Figure:
    """Draw the chart; ``look`` holds the fields of :class:`Look`."""
    with _drawing:
        return _draw(data, buckets_of(data), Look(**look)).figure


def render(data: ChartData, **look: Any) -> Image:
    """Draw the whole chart as an image; ``look`` holds the fields of :class:`Look`."""
    buckets, chosen = buckets_of(data), Look(**look)
    with _drawing:
        drawn = _draw(data, buckets, chosen)
        rgba, size = _pixels(drawn.figure)
    return _image(drawn, buckets, chosen, rgba, size)


def layers(data: ChartData, buckets: Buckets, **look: Any) -> Layers:
    """Draw all but the bars and the second series, for the ``draw`` thread.

    Args:
        data: gaps, flags and the incident; its counts are not looked at.
        buckets: what the window will paint, for the scale and the band.
        look: the fields of :class:`Look`.
    """
    chosen = Look(**look)
    with _drawing:
        drawn = _draw(data, buckets, chosen, bars=False)
        for artist in drawn.over:
            artist.set_visible(False)
        ground, size = _pixels(drawn.figure)
        for axes in drawn.figure.axes:
            axes.set_axis_off()
            axes.patch.set_visible(False)
            for artist in (*axes.patches, *axes.lines, *axes.collections, *axes.texts):
                artist.set_visible(False)
        for artist in (*drawn.figure.texts, *drawn.figure.artists, *drawn.figure.patches):
            artist.set_visible(False)
        drawn.figure.patch.set_alpha(0.0)
        for artist in drawn.over:
            artist.set_visible(True)
        over, _ = _pixels(drawn.figure)
    return Layers(_image(drawn, buckets, chosen, ground, size), over)


def png(data: ChartData, buckets: Buckets | None = None, **look: Any) -> bytes:
    """Draw the chart as a PNG file without any metadata; ``look`` holds the fields of :class:`Look`.

    Args:
        buckets: what to draw instead of the counts of ``data``.
    """
    with _drawing:
        drawn = _draw(data, buckets or buckets_of(data), Look(**look)).figure
        out = io.BytesIO()
        canvas: Any = FigureCanvasAgg(drawn)
        canvas.print_png(out, metadata={"Software": None})
    return out.getvalue()


def svg(data: ChartData, buckets: Buckets | None = None, **look: Any) -> bytes:
    """Draw the chart as an SVG file: real text, the same bytes each time, no metadata; arguments as of :func:`png`."""
    with _drawing, rc_context({"svg.fonttype": "none", "svg.hashsalt": "crisisdesk"}):
        drawn = _draw(data, buckets or buckets_of(data), Look(**look)).figure
        out = io.BytesIO()
        canvas: Any = FigureCanvasSVG(drawn)
        canvas.print_svg(out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return out.getvalue()


def _pixels(drawn: Figure) -> tuple[bytes, tuple[int, int]]:
    canvas: Any = FigureCanvasAgg(drawn)
    canvas.draw()
    pixels = canvas.buffer_rgba()
    return bytes(pixels), (pixels.shape[1], pixels.shape[0])


def _image(drawn: _Drawn, buckets: Buckets, look: Look, rgba: bytes, size: tuple[int, int]) -> Image:
    plot, scale = drawn.plot, look.scale
    return Image(
        width=size[0],
        height=size[1],
        scale=scale,
        rgba=rgba,
        left=plot.left * scale,
        right=(plot.left + plot.wide) * scale,
        top=plot.top * scale,
        bottom=plot.bottom * scale,
        start=buckets.start,
        end=buckets.end,
        highest=drawn.highest,
    )


def _draw(data: ChartData, buckets: Buckets, look: Look, *, bars: bool = True) -> _Drawn:
    """The figure; all texts are drawn with ``parse_math=False``."""
    theme, texts = look.theme, look.texts
    width, height = max(120, look.size_px[0]), max(80, look.size_px[1])
    highest = ceiling(buckets.peak)
    plot = chart_draw.plot_area(width, height, round(highest), texts, header=look.title is not None)
    drawn = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI * look.scale, facecolor=theme.panel)
    area = (plot.left / width, 1 - plot.bottom / height, plot.wide / width, plot.high / height)
    ax = drawn.add_axes(area, facecolor=theme.panel)
    fitted = columns(buckets, round(plot.wide * look.scale), max(1, round(look.scale)))
    span = chart_draw.Span(buckets.start, buckets.end)
    ax.set_xlim(0, span.seconds)
    ax.set_ylim(0, highest)
    chart_draw.axes(ax, span, data.zone, plot, highest, theme, texts)
    unit = span.seconds / round(plot.wide * look.scale)
    chart_draw.band(ax, fitted, unit, theme)
    chart_draw.window(ax, data, span, theme)
    over = chart_draw.silences(ax, data, span, plot, theme, texts)
    if bars:
        chart_draw.bars(ax, fitted, unit, theme)
    over += chart_draw.flags(ax, data, span, plot, theme, texts)
    if look.title is not None:
        chart_draw.header(drawn, plot, look.title, data, buckets, theme, texts)
    over += chart_draw.notes(ax, data, span, buckets, look.note, theme, texts)
    return _Drawn(drawn, plot, highest, over)
