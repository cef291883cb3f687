"""The chart of mentions: one figure for the room, the review and the printed report.

Drawn without pyplot, so that a worker thread can do it; :func:`render` gives an image with the places of instants
and counts on it, over which the window paints its crosshair.
"""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch
from matplotlib.transforms import blended_transform_factory

from crisisdesk.model.room import ChartData
from crisisdesk.reports import chart_marks
from crisisdesk.reports.chart_scale import Columns, Floats, columns, count_ticks, seconds, silences, time_ticks
from crisisdesk.reports.chart_theme import DARK, LIGHT, PRINT, ChartTheme, drawable, font, width_px
from crisisdesk.words import Sentences, number

__all__ = ["DARK", "LIGHT", "PRINT", "ChartTheme", "Image", "figure", "png", "render"]

_DPI: Final = 100.0
_TICK_PX: Final = 11.0
_TITLE_PX: Final = 13.0
_HEADER_PX: Final = 28.0
_FOOT_PX: Final = 24.0
_RIGHT_PX: Final = 10.0
_LEAST_TOP: Final = 10.0
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
class _Plot:
    """The plot area in logical pixels, and how many rows of labels stand above it."""

    width: float
    height: float
    left: float
    top: float
    bottom: float
    rows: int

    @property
    def wide(self) -> float:
        return self.width - self.left - _RIGHT_PX

    @property
    def high(self) -> float:
        return self.bottom - self.top


def figure(
    data: ChartData,
    *,
    size_px: tuple[int, int],
    scale: float,
    theme: ChartTheme,
    texts: Sentences,
    title: str | None = None,
    note: str = "",
) -> Figure:
    """Draw the chart.

    Args:
        data: what to draw.
        size_px: width and height in logical pixels.
        scale: device pixels per logical pixel.
        theme: colours.
        texts: the reader's sentences.
        title: heading, drawn with the legend's words beside it; ``None`` where the page has its own heading.
        note: one calm line inside the plot, such as ``chart.learning``.
    """
    with _drawing:
        return _figure(data, size_px, scale, theme, texts, title, note)[0]


def render(
    data: ChartData,
    *,
    size_px: tuple[int, int],
    scale: float,
    theme: ChartTheme,
    texts: Sentences,
    title: str | None = None,
    note: str = "",
) -> Image:
    """Draw the chart as an image; for the ``draw`` thread. See :func:`figure` for the arguments."""
    with _drawing:
        fig, plot, highest = _figure(data, size_px, scale, theme, texts, title, note)
        canvas: Any = FigureCanvasAgg(fig)
        canvas.draw()
        pixels = canvas.buffer_rgba()
    rgba = bytes(pixels)
    height, width = pixels.shape[:2]
    return Image(
        width=width,
        height=height,
        scale=scale,
        rgba=rgba,
        left=plot.left * scale,
        right=(plot.left + plot.wide) * scale,
        top=plot.top * scale,
        bottom=plot.bottom * scale,
        start=data.start,
        end=data.start + timedelta(seconds=seconds(data)),
        highest=highest,
    )


def png(
    data: ChartData,
    *,
    size_px: tuple[int, int],
    scale: float,
    theme: ChartTheme,
    texts: Sentences,
    title: str | None = None,
    note: str = "",
) -> bytes:
    """Draw the chart as a PNG file without any metadata. See :func:`figure` for the arguments."""
    with _drawing:
        fig = _figure(data, size_px, scale, theme, texts, title, note)[0]
        out = io.BytesIO()
        canvas: Any = FigureCanvasAgg(fig)
        canvas.print_png(out, metadata={"Software": None})
    return out.getvalue()


def _figure(
    data: ChartData,
    size_px: tuple[int, int],
    scale: float,
    theme: ChartTheme,
    texts: Sentences,
    title: str | None,
    note: str,
) -> tuple[Figure, _Plot, float]:
    width, height = max(120, size_px[0]), max(80, size_px[1])
    peak = max((c.total for c in data.counts if data.start <= c.minute < data.end), default=0)
    plot = _plot(width, height, peak, texts, header=title is not None)
    fig = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI * scale, facecolor=theme.panel)
    area = (plot.left / width, 1 - plot.bottom / height, plot.wide / width, plot.high / height)
    ax = fig.add_axes(area, facecolor=theme.panel)
    bars = columns(data, round(plot.wide * scale), max(1, round(scale)))
    highest = max(_LEAST_TOP, float(np.max(bars.total)), float(np.max(bars.high)) if bars.high.size else 0.0) * 1.06
    ax.set_xlim(0, seconds(data))
    ax.set_ylim(0, highest)
    _axes(ax, data, plot, highest, theme, texts)
    _band(ax, bars, theme)
    _silences(ax, data, plot, theme, texts)
    _window(ax, data, theme)
    _bars(ax, bars, theme)
    _flags(ax, data, plot, theme, texts)
    if title is not None:
        _header(fig, plot, title, bool(bars.low.size), theme, texts)
    _notes(ax, data, note, theme, texts)
    return fig, plot, highest


def _plot(width: float, height: float, peak: int, texts: Sentences, *, header: bool) -> _Plot:
    """Room for the figures at the left, the rows of labels above and the times below."""
    rows = 1 if height < 180 else 2 if height < 360 else 3
    left = 14.0 + width_px(number(max(peak, 100), texts), _TICK_PX)
    top = (_HEADER_PX if header else 4.0) + rows * chart_marks.ROW_PX + 4.0
    return _Plot(width, height, round(left), round(top), round(height - _FOOT_PX), rows)


def _axes(ax: Axes, data: ChartData, plot: _Plot, highest: float, theme: ChartTheme, texts: Sentences) -> None:
    """Faint horizontal lines, whole numbers, local times; nothing else."""
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_axisbelow(True)
    ax.grid(True, axis="y", color=theme.grid, linewidth=0.72)
    counts = count_ticks(highest, plot.high)
    ax.set_yticks(counts, [number(n, texts) for n in counts])
    ticks = time_ticks(data, plot.wide, texts)
    ax.set_xticks([(at - data.start).total_seconds() for at, _ in ticks], [label for _, label in ticks])
    ax.tick_params(axis="both", length=0, pad=4)
    ax.tick_params(axis="x", pad=6)
    tick_font = font(_TICK_PX)
    for label in (*ax.get_xticklabels(), *ax.get_yticklabels()):
        label.set_fontproperties(tick_font)
        label.set_color(theme.muted)
        label.set_parse_math(False)
    # A new day stands out; a time at the very edge would be cut off by the picture, so it leans inwards.
    for label, (at, said) in zip(ax.get_xticklabels(), ticks, strict=True):
        if ":" not in said:
            label.set_color(theme.text)
        x = (at - data.start).total_seconds() / seconds(data) * plot.wide
        half = width_px(said, _TICK_PX) / 2
        if x + half > plot.wide + _RIGHT_PX - 2:
            label.set_horizontalalignment("right")
        elif x - half < 2 - plot.left:
            label.set_horizontalalignment("left")


def _band(ax: Axes, bars: Columns, theme: ChartTheme) -> None:
    if not bars.low.size:
        return
    edges = np.append(bars.left, bars.left[-1] + (bars.left[-1] - bars.left[-2] if len(bars.left) > 1 else 1.0))
    _stairs(ax, bars.high, edges, bars.low, theme.band, zorder=1.5)


def _bars(ax: Axes, bars: Columns, theme: ChartTheme) -> None:
    """Stairs that go down to 0 between the bars: one path for each tone, however many buckets there are."""
    edges = np.column_stack([bars.left, bars.right]).ravel()
    keep = np.append(np.diff(edges) > 0, True)
    for values, colour in ((bars.total, theme.reposts), (bars.originals, theme.bars)):
        steps = np.column_stack([values, np.zeros(len(values))]).ravel()[:-1]
        _stairs(ax, steps[keep[:-1]], edges[keep], 0.0, colour, zorder=3.0)


def _stairs(ax: Axes, tops: Floats, edges: Floats, baseline: Floats | float, colour: str, *, zorder: float) -> None:
    """Filled stairs. ``ax.stairs`` would measure every step in Python to set limits that we set ourselves."""
    low: Any = baseline  # an array is allowed, though matplotlib's types know floats only
    patch = StepPatch(tops, edges, baseline=low, fill=True, color=colour, linewidth=0, zorder=zorder)
    ax.add_artist(patch)


def _silences(ax: Axes, data: ChartData, plot: _Plot, theme: ChartTheme, texts: Sentences) -> None:
    """Hatching where we heard nothing, with the words: unknown is not calm."""
    place = blended_transform_factory(ax.transData, ax.transAxes)
    taken = -1.0
    for start, end in silences(data):
        left = (start - data.start).total_seconds()
        wide = (end - start).total_seconds()
        box = Rectangle((left, 0), wide, 1, transform=place, hatch="/////", facecolor="none", zorder=2)
        box.set_edgecolor(theme.line)
        box.set_linewidth(0)
        box.set_hatch_linewidth(0.8)
        ax.add_artist(box)
        said = texts("chart.silence")
        half = width_px(said, _TICK_PX) / 2
        middle = (left + wide / 2) / seconds(data) * plot.wide
        middle = min(max(middle, half), plot.wide - half)
        if middle - half > taken:
            text = ax.text(
                middle / plot.wide, 0.985, said, transform=ax.transAxes, ha="center", va="top", color=theme.muted,
                fontproperties=font(_TICK_PX), parse_math=False, zorder=5,
            )  # fmt: skip
            text.set_bbox({"facecolor": theme.panel, "edgecolor": "none", "pad": 1.5, "alpha": 0.85})
            taken = middle + half + 8


def _window(ax: Axes, data: ChartData, theme: ChartTheme) -> None:
    if data.incident_from is not None and data.incident_from < data.end:
        left = max(0.0, (data.incident_from - data.start).total_seconds())
        ax.axvspan(left, seconds(data), color=theme.danger, alpha=0.045, linewidth=0, zorder=1)


def _flags(ax: Axes, data: ChartData, plot: _Plot, theme: ChartTheme, texts: Sentences) -> None:
    """Dotted lines up to their labels' rows."""
    shown = [f for f in data.flags if data.start <= f.at <= data.end]
    placed = [((f.at - data.start).total_seconds() / seconds(data) * plot.wide, f) for f in shown]
    for mark in chart_marks.place(placed, plot.wide, plot.rows, data.zone, texts):
        colour = getattr(theme, mark.look.colour)
        rise = (mark.row * chart_marks.ROW_PX + 3.0 + chart_marks.ROW_PX / 2) if mark.label else 0.0
        x = mark.x / plot.wide
        ax.plot(
            [x, x], [0, 1 + rise / plot.high], transform=ax.transAxes, color=colour, linewidth=0.9,
            linestyle=(0, (1.5, 2.0)), clip_on=False, zorder=4, solid_capstyle="butt",
        )  # fmt: skip
        if mark.label:
            bold = mark.look.rank == 0
            y = 1 + (3.0 + (mark.row + 0.5) * chart_marks.ROW_PX) / plot.high
            text = ax.text(
                mark.left / plot.wide, y, mark.label, transform=ax.transAxes, ha="left", va="center", color=colour,
                fontproperties=font(chart_marks.LABEL_PX, bold=bold), parse_math=False, zorder=5,
            )  # fmt: skip
            text.set_bbox({"facecolor": theme.panel, "edgecolor": "none", "pad": 0.5})


def _header(fig: Figure, plot: _Plot, title: str, band: bool, theme: ChartTheme, texts: Sentences) -> None:
    """The title, then the legend as words, each behind a square of its tone; always in the same place."""
    y = 1 - (_HEADER_PX / 2) / plot.height
    said = drawable(title)
    x = 8.0
    fig.text(
        x / plot.width, y, said, va="center", color=theme.text, fontproperties=font(_TITLE_PX, bold=True),
        parse_math=False,
    )  # fmt: skip
    x += width_px(said, _TITLE_PX, bold=True) + 14 if said else 0
    entries = [("chart.originals", theme.bars), ("chart.reposts", theme.reposts)]
    if band:
        entries.append(("chart.expected", theme.band))
    for key, colour in entries:
        word = texts(key)
        square = Rectangle(
            (x / plot.width, y - 4.5 / plot.height), 9 / plot.width, 9 / plot.height, transform=fig.transFigure,
            facecolor=colour, edgecolor="none",
        )  # fmt: skip
        fig.add_artist(square)
        fig.text(
            (x + 13) / plot.width, y, word, va="center", color=theme.muted, fontproperties=font(_TICK_PX),
            parse_math=False,
        )  # fmt: skip
        x += 13 + width_px(word, _TICK_PX) + 12


def _notes(ax: Axes, data: ChartData, note: str, theme: ChartTheme, texts: Sentences) -> None:
    """Calm words where there is nothing to see, and a note such as «still learning» at the upper left."""
    covered = sum(((end - start) for start, end in silences(data)), timedelta(0))
    if not data.counts:
        said = texts("chart.unheard" if covered >= data.end - data.start else "chart.empty")
        ax.text(
            0.5, 0.5, said, transform=ax.transAxes, ha="center", va="center", color=theme.muted,
            fontproperties=font(_TITLE_PX), parse_math=False, zorder=6,
        )  # fmt: skip
    if note:
        text = ax.text(
            0.006, 0.985, drawable(note, 160), transform=ax.transAxes, ha="left", va="top", color=theme.muted,
            fontproperties=font(_TICK_PX), parse_math=False, zorder=6,
        )  # fmt: skip
        text.set_bbox({"facecolor": theme.panel, "edgecolor": "none", "pad": 1.5, "alpha": 0.85})
