"""Numbers behind the chart: buckets to pixel columns, times to ticks. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crisisdesk.model.room import ChartData
from crisisdesk.words import Sentences, day, zone_info

Floats = NDArray[np.float64]

_STEPS: Final = tuple(
    timedelta(minutes=m) for m in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 20_160, 43_200)
)
TICK_EVERY_PX: Final = 78
GAP_FROM_PX: Final = 3.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Buckets as they are drawn: ``n`` bars, each with its edges in seconds from the chart's start.

    Attributes:
        left: left edges, shape (n,).
        right: right edges, shape (n,).
        total: mentions, the greatest of the column's buckets, shape (n,).
        originals: mentions that are no reposts, likewise.
        low: expected band's lower line, mean of the column's buckets, shape (n,); empty without a band.
        high: upper line, likewise.
    """

    left: Floats
    right: Floats
    total: Floats
    originals: Floats
    low: Floats
    high: Floats


def seconds(data: ChartData) -> float:
    """The chart's length in seconds, at least one bucket."""
    return max((data.end - data.start).total_seconds(), data.step.total_seconds(), 1.0)


def _buckets(data: ChartData) -> tuple[Floats, Floats]:
    """Totals and originals of every bucket, shape (n,) each; counts outside the chart are left out."""
    step = max(data.step.total_seconds(), 1.0)
    n = max(1, round(seconds(data) / step))
    total, originals = np.zeros(n), np.zeros(n)
    for count in data.counts:
        i = int((count.minute - data.start).total_seconds() // step)
        if 0 <= i < n:
            total[i] += count.total
            originals[i] += max(0, count.total - count.reposts)
    return total, originals


def columns(data: ChartData, width_px: int, apart_px: int = 1) -> Columns:
    """Fit the buckets into ``width_px`` pixel columns, keeping the maximum of each so that no spike vanishes.

    Edges fall on whole pixels, so that bars are sharp; bars of three pixels and more stand ``apart_px`` apart.
    """
    total, originals = _buckets(data)
    n, width = len(total), max(1, width_px)
    low, high = _band(data, n)
    if n > width:
        starts = np.arange(width) * n // width
        sizes = np.diff(np.append(starts, n))
        total = np.maximum.reduceat(total, starts)
        originals = np.maximum.reduceat(originals, starts)
        if low.size:
            low, high = np.add.reduceat(low, starts) / sizes, np.add.reduceat(high, starts) / sizes
        n = width
    edges = np.round(np.arange(n + 1) * width / n)
    apart = float(apart_px) if width / n >= GAP_FROM_PX * apart_px else 0.0
    unit = seconds(data) / width
    return Columns(edges[:-1] * unit, (edges[1:] - apart) * unit, total, originals, low, high)


def _band(data: ChartData, n: int) -> tuple[Floats, Floats]:
    """Lower and upper line of what is expected, shape (n,), or empty arrays when nothing is expected yet."""
    if not data.expected:
        return np.empty(0), np.empty(0)
    rows = np.asarray(data.expected[:n], dtype=np.float64)
    if len(rows) < n:
        rows = np.vstack([rows, np.repeat(rows[-1:], n - len(rows), axis=0)])
    return rows[:, 0], rows[:, 2]


def silences(data: ChartData) -> list[tuple[datetime, datetime]]:
    """The stretches we did not hear, clipped to the chart, overlapping ones joined, ascending."""
    joined: list[tuple[datetime, datetime]] = []
    for gap in sorted(data.gaps, key=lambda g: g.start):
        start, end = max(gap.start, data.start), min(gap.end or data.end, data.end)
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def time_ticks(data: ChartData, width_px: float, texts: Sentences) -> list[tuple[datetime, str]]:
    """Instants on the local clock's round times with their labels; midnight shows the date."""
    span = data.end - data.start
    most = max(2.0, width_px / TICK_EVERY_PX)
    step = next((s for s in _STEPS if span / s <= most), _STEPS[-1])
    info = zone_info(data.zone)
    first = data.start.astimezone(info).replace(tzinfo=None)
    wall = first.replace(hour=0, minute=0, second=0, microsecond=0)
    ticks: list[tuple[datetime, str]] = []
    seen: set[datetime] = set()
    while len(ticks) < 200:
        instant = wall.replace(tzinfo=info).astimezone(UTC)
        # A wall time that the zone skips (summer time begins) comes back as another one: leave it out.
        real = instant.astimezone(info).replace(tzinfo=None) == wall
        if instant > data.end:
            return ticks
        if instant >= data.start and real and instant not in seen:
            midnight = wall.hour == wall.minute == 0
            ticks.append((instant, day(instant, data.zone, texts, year=False) if midnight else f"{wall:%H:%M}"))
            seen.add(instant)
        wall += step
    return ticks


def count_ticks(top: float, height_px: float) -> list[int]:
    """Whole numbers from 0 up to ``top``, about one every 36 pixels, seven at most: more is a grid to count."""
    most = min(7, max(1, int(height_px / 36)))
    step = 1
    while top / step > most:
        step = _next_step(step)
    return list(range(0, int(top) + 1, step))


def _next_step(step: int) -> int:
    """1, 2, 5, 10, 20, 50 …"""
    lead = int(str(step)[0])
    return step * 5 // 2 if lead == 2 else step * 2
