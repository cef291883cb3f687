"""The pieces of a chart: axes, band, bars, silences, flags. All of them draw on one figure made by ``charts``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch
from matplotlib.transforms import blended_transform_factory

from crisisdesk.model.room import ChartData
from crisisdesk.reports import chart_marks
from crisisdesk.reports.chart_minutes import Buckets, Floats
from crisisdesk.reports.chart_scale import Columns, count_ticks, time_ticks, unheard
from crisisdesk.reports.chart_theme import ChartTheme, drawable, font, width_px
from crisisdesk.reports.chart_words import second_name
from crisisdesk.words import Sentences, number

TICK_PX: Final = 11.0
TITLE_PX: Final = 13.0
HEADER_PX: Final = 28.0
FOOT_PX: Final = 24.0
RIGHT_PX: Final = 10.0

@dataclass(frozen=True, slots=True)
class Plot:
    """The plot area in logical pixels, and how many rows of labels stand above it."""

    width: float
    height: float
    left: float
    top: float
    bottom: float
    rows: int

    @property
    def wide(self) -> float:
        """Its width."""
        return self.width - self.left - RIGHT_PX

    @property
    def high(self) -> float:
        """Its height."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of time that is drawn."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """Its length."""
        return max((self.end - self.start).total_seconds(), 1.0)

    def place(self, at: datetime) -> float:
        """Seconds from the start."""
        return (at - self.start).total_seconds()


def plot_area(width: float, height: float, peak: int, texts: Sentences, *, header: bool) -> Plot:
    """Room for the figures at the left, the rows of labels above and the times below."""
    rows = 1 if height < 180 else 2 if height < 360 else 3
    left = 14.0 + width_px(number(max(peak, 100), texts), TICK_PX)
    top = (HEADER_PX if header else 4.0) + rows * chart_marks.ROW_PX + 4.0
    return Plot(width, height, round(left), round(top), round(height - FOOT_PX), rows)


def axes(
    ax: Axes, span: Span, zone: str, plot: Plot, highest: float, theme: ChartTheme, texts: Sentences
) -> None:
    """Faint horizontal lines, whole numbers, local times; nothing else."""
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_axisbelow(True)
    ax.grid(True, axis="y", color=theme.grid, linewidth=0.72)
    counts = count_ticks(highest, plot.high)
    ax.set_yticks(counts, [number(n, texts) for n in counts])
    ticks = time_ticks(span.start, span.end, zone, plot.wide, texts)
    ax.set_xticks([span.place(at) for at, _ in ticks], [label for _, label in ticks])
    ax.tick_params(axis="both", length=0, pad=4)
    ax.tick_params(axis="x", pad=6)
    tick_font = font(TICK_PX)
    for label in (*ax.get_xticklabels(), *ax.get_yticklabels()):
        label.set_fontproperties(tick_font)
        label.set_color(theme.muted)
        label.set_parse_math(False)
    # A new day stands out; a time at the very edge would be cut off by the picture, so it leans inwards.
    for label, (at, said) in zip(ax.get_xticklabels(), ticks, strict=True):
        if ":" not in said:
            label.set_color(theme.text)
        x = span.place(at) / span.seconds * plot.wide
        half = width_px(said, TICK_PX) / 2
        if x + half > plot.wide + RIGHT_PX - 2:
            label.set_horizontalalignment("right")
        elif x - half < 2 - plot.left:
            label.set_horizontalalignment("left")


def band(ax: Axes, fitted: Columns, unit: float, theme: ChartTheme) -> None:
    """What is expected; ``unit`` is seconds per pixel column."""
    if not fitted.low.size:
        return
    left = fitted.left
    edges = np.append(left, left[-1] + (left[-1] - left[-2] if len(left) > 1 else 1.0)) * unit
    _stairs(ax, fitted.high, edges, fitted.low, theme.band, zorder=1.5)


def bars(ax: Axes, fitted: Columns, unit: float, theme: ChartTheme) -> None:
    """Stairs that go down to 0 between the bars: one path for each tone, however many buckets there are."""
    edges = np.column_stack([fitted.left, fitted.right]).ravel() * unit
    keep = np.append(np.diff(edges) > 0, True)
    for values, colour in ((fitted.total, theme.reposts), (fitted.originals, theme.bars)):
        steps = np.column_stack([values, np.zeros(len(values))]).ravel()[:-1]
        _stairs(ax, steps[keep[:-1]], edges[keep], 0.0, colour, zorder=3.0)
    if fitted.second.size:
        ends = np.append(fitted.left, fitted.right[-1]) * unit
        line: Any = None  # an open line; matplotlib's types know filled ones only
        patch = StepPatch(fitted.second, ends, baseline=line, fill=False, linewidth=1.1, zorder=3.5)
        patch.set_edgecolor(theme.text)
        ax.add_artist(patch)


def _stairs(ax: Axes, tops: Floats, edges: Floats, baseline: Floats | float, colour: str, *, zorder: float) -> None:
    """Filled stairs. ``ax.stairs`` would measure every step in Python to set limits that we set ourselves."""
    low: Any = baseline  # an array is allowed, though matplotlib's types know floats only
    patch = StepPatch(tops, edges, baseline=low, fill=True, color=colour, linewidth=0, zorder=zorder)
    ax.add_artist(patch)


def silences(
    ax: Axes, data: ChartData, span: Span, plot: Plot, theme: ChartTheme, texts: Sentences
) -> list[Artist]:
    """Hatching where we heard nothing, with the words: unknown is not calm. Returns the words."""
    words: list[Artist] = []
    place = blended_transform_factory(ax.transData, ax.transAxes)
    taken = -1.0
    for start, end in unheard(data, span.start, span.end):
        left = span.place(start)
        wide = (end - start).total_seconds()
        box = Rectangle((left, 0), wide, 1, transform=place, hatch="/////", facecolor="none", zorder=2)
        box.set_edgecolor(theme.line)
        box.set_linewidth(0)
        box.set_hatch_linewidth(0.8)
        ax.add_artist(box)
        said = texts("chart.silence")
        half = width_px(said, TICK_PX) / 2
        middle = (left + wide / 2) / span.seconds * plot.wide
        middle = min(max(middle, half), plot.wide - half)
        if middle - half > taken:
            text = ax.text(
                middle / plot.wide, 0.985, said, transform=ax.transAxes, ha="center", va="top", color=theme.muted,
                fontproperties=font(TICK_PX), parse_math=False, zorder=5,
            )  # fmt: skip
            text.set_bbox({"facecolor": theme.panel, "edgecolor": "none", "pad": 1.5, "alpha": 0.85})
            taken = middle + half + 8
            words.append(text)
    return words


def window(ax: Axes, data: ChartData, span: Span, theme: ChartTheme) -> None:
    """The incident's stretch, from T0 until it was resolved."""
    until = min(data.incident_until or span.end, span.end)
    if data.incident_from is not None and data.incident_from < until:
        left, right = max(0.0, span.place(data.incident_from)), span.place(until)
        if right > left:
            ax.axvspan(left, right, color=theme.danger, alpha=0.06, linewidth=0, zorder=1)


def flags(ax: Axes, data: ChartData, span: Span, plot: Plot, theme: ChartTheme, texts: Sentences) -> list[Artist]:
    """Dotted lines up to their labels' rows."""
    drawn: list[Artist] = []
    shown = [f for f in data.flags if span.start <= f.at <= span.end]
    placed = [(span.place(f.at) / span.seconds * plot.wide, f) for f in shown]
    for mark in chart_marks.place(placed, plot.wide, plot.rows, data.zone, texts):
        colour = getattr(theme, mark.look.colour)
        rise = (mark.row * chart_marks.ROW_PX + 3.0 + chart_marks.ROW_PX / 2) if mark.label else 0.0
        x = mark.x / plot.wide
        drawn += ax.plot(
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
            drawn.append(text)
    return drawn


def header(
    fig: Figure, plot: Plot, title: str, data: ChartData, buckets: Buckets, theme: ChartTheme, texts: Sentences
) -> None:
    """The title, then the legend as words, each behind a square of its tone; always in the same place."""
    y = 1 - (HEADER_PX / 2) / plot.height
    said = drawable(title)
    x = 8.0
    fig.text(
        x / plot.width, y, said, va="center", color=theme.text, fontproperties=font(TITLE_PX, bold=True),
        parse_math=False,
    )  # fmt: skip
    x += width_px(said, TITLE_PX, bold=True) + 14 if said else 0
    entries = [("chart.originals", theme.bars), ("chart.reposts", theme.reposts)]
    if buckets.low.size:
        entries.append(("chart.expected", theme.band))
    words = [(texts(key), colour) for key, colour in entries]
    if data.second is not None:
        words.append((second_name(data.second, texts), theme.text))
    for word, colour in words:
        square = Rectangle(
            (x / plot.width, y - 4.5 / plot.height), 9 / plot.width, 9 / plot.height, transform=fig.transFigure,
            facecolor=colour, edgecolor="none",
        )  # fmt: skip
        fig.add_artist(square)
        fig.text(
            (x + 13) / plot.width, y, word, va="center", color=theme.muted, fontproperties=font(TICK_PX),
            parse_math=False,
        )  # fmt: skip
        x += 13 + width_px(word, TICK_PX) + 12


def notes(
    ax: Axes, data: ChartData, span: Span, buckets: Buckets, note: str, theme: ChartTheme, texts: Sentences
) -> list[Artist]:
    """Calm words where there is nothing to see, and a note such as «still learning» at the upper left."""
    drawn: list[Artist] = []
    covered = sum(((end - start) for start, end in unheard(data, span.start, span.end)), timedelta(0))
    if not buckets.total.any():
        said = texts("chart.unheard" if covered >= span.end - span.start else "chart.empty")
        middle = ax.text(
            0.5, 0.5, said, transform=ax.transAxes, ha="center", va="center", color=theme.muted,
            fontproperties=font(TITLE_PX), parse_math=False, zorder=6,
        )  # fmt: skip
        drawn.append(middle)
    if note:
        text = ax.text(
            0.006, 0.985, drawable(note, 160), transform=ax.transAxes, ha="left", va="top", color=theme.muted,
            fontproperties=font(TICK_PX), parse_math=False, zorder=6,
        )  # fmt: skip
        text.set_bbox({"facecolor": theme.panel, "edgecolor": "none", "pad": 1.5, "alpha": 0.85})
        drawn.append(text)
    return drawn
