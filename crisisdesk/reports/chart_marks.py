"""Where the chart's flags and their labels stand: rows above the plot, never one on top of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crisisdesk.model.room import Flag
from crisisdesk.reports.chart_theme import drawable, width_px
from crisisdesk.words import Sentences, when

LABEL_PX: Final = 11.0
ROW_PX: Final = 14.0
MOST_LINES: Final = 40
_PAD: Final = 4.0
_TOUCHING: Final = 2.0
_OVERHANG: Final = 6.0
_THICKENS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of flag is drawn: its mark, the theme's colour, its weight (0 first), whether its time is told."""

    mark: str
    colour: str
    rank: int
    timed: bool = False


_DANGER: Final = Look("▲", "danger", 0, timed=True)
_OWED: Final = Look("◆", "promise", 2, timed=True)
_PUBLISHED: Final = Look("●", "good", 1)
_KEPT: Final = Look("✓", "good", 3)
_ACT: Final = Look("", "muted", 4)
_LOOKS: Final = {
    "alert": _DANGER, "broken": _DANGER, "promise": _OWED, "promised": _OWED, "next_update": _OWED,
    "published": _PUBLISHED, "kept": _KEPT, "resolved": _KEPT, "fulfilled": _KEPT,
    "alert.raised": _DANGER, "commitment.broken": _DANGER, "commitment.made": _OWED, "commitment.moved": _OWED,
    "draft.published": _PUBLISHED, "commitment.kept": _KEPT, "incident.resolved": _KEPT,
}  # fmt: skip


def look(kind: str) -> Look:
    """How flags of ``kind`` are drawn: a short kind (``alert``) or a timeline's (``alert.raised``)."""
    return _LOOKS.get(kind, _ACT)


@dataclass(frozen=True, slots=True)
class Mark:
    """A flag in its place.

    Attributes:
        x: of the line, logical pixels from the plot's left.
        row: row of the label, 0 nearest to the plot.
        label: what stands there; empty when there was no room, then only the line is drawn.
        left: where the label begins, pixels.
    """

    at: datetime
    look: Look
    x: float
    row: int
    label: str
    left: float


def _label(flag: Flag, zone: str, texts: Sentences) -> str:
    kind = look(flag.kind)
    time = when(flag.at, zone, texts) if kind.timed else ""
    return " ".join(part for part in (kind.mark, time, drawable(flag.label.get(texts.lang), 32)) if part)


class _Rows:
    """What is taken: stretches of labels per row, and the lines that pass through them."""

    def __init__(self, count: int, width: float) -> None:
        self.width = width
        self.labels: list[list[tuple[float, float]]] = [[] for _ in range(count)]
        self.lines: list[list[float]] = [[] for _ in range(count)]

    def free(self, row: int, left: float, right: float, x: float, *, cross: bool) -> bool:
        """Whether a label from ``left`` to ``right`` in ``row`` with its line at ``x`` touches no other label.

        ``cross`` lets a line pass behind a label, which has an opaque ground; labels never touch.
        """
        if left < -_OVERHANG or right > self.width + _OVERHANG:
            return False
        if any(a < right + _PAD and left - _PAD < b for a, b in self.labels[row]):
            return False
        if cross:
            return True
        if any(left - _TOUCHING < line < right + _TOUCHING for line in self.lines[row]):
            return False
        return all(not (a - _TOUCHING < x < b + _TOUCHING) for below in self.labels[:row] for a, b in below)

    def take(self, row: int, left: float, right: float, x: float) -> None:
        """Mark the place as taken; the line passes through every row up to its own."""
        self.labels[row].append((left, right))
        for below in range(row + 1):
            self.lines[below].append(x)


def place(
    flags: Sequence[tuple[float, Flag]], width: float, row_count: int, zone: str, texts: Sentences
) -> list[Mark]:
    """Give every flag, with its ``x`` in pixels, a line and, where there is room, a label.

    The weightiest go first: alerts and broken promises, what was published, promises, then our other acts. A flag
    whose label finds no room keeps its mark (``▲``), then its line alone; a line that would only thicken another
    one is left out, and so are the lightest of more than 40.
    """
    order = sorted(flags, key=lambda f: (look(f[1].kind).rank, f[1].at))[:MOST_LINES]
    rows = _Rows(row_count, width)
    marks: list[Mark] = []
    for x, flag in order:
        kind = look(flag.kind)
        for label in dict.fromkeys((_label(flag, zone, texts), kind.mark)):
            wide = width_px(label, LABEL_PX, bold=kind.rank == 0)
            found = _find(rows, x, wide, beside=label != kind.mark) if label else None
            if found is not None:
                row, left = found
                rows.take(row, left, left + wide, x)
                marks.append(Mark(flag.at, kind, x, row, label, left))
                break
        else:
            if all(abs(other.x - x) > _THICKENS for other in marks):
                marks.append(Mark(flag.at, kind, x, 0, "", x))
    return sorted(marks, key=lambda m: m.at)


def _find(rows: _Rows, x: float, wide: float, *, beside: bool) -> tuple[int, float] | None:
    """A free row, the lowest first, and the left edge of a label of ``wide`` pixels at a line at ``x``."""
    places = (x - _PAD - wide, x + _PAD) if beside else (x - wide / 2,)
    for cross in (False, True):
        for row in range(len(rows.labels)):
            for left in places:
                if rows.free(row, left, left + wide, x, cross=cross):
                    return row, left
    return None
