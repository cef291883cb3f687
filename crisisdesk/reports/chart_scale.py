"""Numbers behind the chart: buckets to pixel columns, times to ticks. Pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from crisisdesk.model.room import ChartData
from crisisdesk.reports.chart_minutes import Buckets, Floats
from crisisdesk.words import Sentences, day, zone_info

_STEPS: Final = tuple(
    timedelta(minutes=m) for m in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 20_160, 43_200)
)
TICK_EVERY_PX: Final = 78
GAP_FROM_PX: Final = 3.0
LEAST_TOP: Final = 10.0
_TOPS: Final = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)


@dataclass(frozen=True, slots=True)
class Columns:
    """Buckets as they are drawn: ``n`` bars, each with its edges in whole device pixels from the plot's left.

    Attributes:
        left: left edges, shape (n,).
        right: right edges, without the space to the next bar, shape (n,).
        total: mentions, the greatest of the column's buckets, shape (n,).
        originals: mentions that are no reposts, likewise.
        low: expected band's lower line, mean of the column's buckets, shape (n,); empty without a band.
        high: upper line, likewise.
        second: the second series, the greatest of the column's buckets, shape (n,); empty without one.
    """

    left: Floats
    right: Floats
    total: Floats
    originals: Floats
    low: Floats
    high: Floats
    second: Floats


def columns(buckets: Buckets, width_px: int, apart_px: int = 1) -> Columns:
    """Fit the buckets into ``width_px`` pixel columns, keeping the maximum of each so that no spike vanishes.

    Edges fall on whole pixels, so that bars are sharp; bars of three pixels and more stand ``apart_px`` apart.
    """
    total, originals, second = buckets.total, buckets.originals, buckets.second
    low, high = buckets.low, buckets.high
    n, width = len(total), max(1, width_px)
    if n > width:
        starts = np.arange(width) * n // width
        sizes = np.diff(np.append(starts, n))
        total = np.maximum.reduceat(total, starts)
        originals = np.maximum.reduceat(originals, starts)
        if second.size:
            second = np.maximum.reduceat(second, starts)
        if low.size:
            low, high = np.add.reduceat(low, starts) / sizes, np.add.reduceat(high, starts) / sizes
        n = width
    edges = np.round(np.arange(n + 1) * width / n)
    apart = float(apart_px) if width / n >= GAP_FROM_PX * apart_px else 0.0
    return Columns(edges[:-1], edges[1:] - apart, total, originals, low, high, second)


def ceiling(peak: float) -> float:
    """The top of the axis: the next round figure with some air above ``peak``, at least 10.

    Round, so that a chart that grows keeps its scale for a while instead of breathing with every mention.
    """
    least = max(peak * 1.03, LEAST_TOP)
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in _TOPS if step * power >= least)


def unheard(data: ChartData, first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """The stretches we did not hear, clipped to ``first``…``last``, overlapping ones joined, ascending."""
    joined: list[tuple[datetime, datetime]] = []
    for gap in sorted(data.gaps, key=lambda g: g.start):
        start, end = max(gap.start, first), min(gap.end or last, last)
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def time_ticks(
    start: datetime, end: datetime, zone: str, width_px: float, texts: Sentences
) -> list[tuple[datetime, str]]:
    """Instants on the local clock's round times with their labels; midnight shows the date."""
    span = end - start
    most = max(2.0, width_px / TICK_EVERY_PX)
    step = next((s for s in _STEPS if span / s <= most), _STEPS[-1])
    info = zone_info(zone)
    first = start.astimezone(info).replace(tzinfo=None)
    wall = first.replace(hour=0, minute=0, second=0, microsecond=0)
    ticks: list[tuple[datetime, str]] = []
    seen: set[datetime] = set()
    while len(ticks) < 200:
        instant = wall.replace(tzinfo=info).astimezone(UTC)
        # A wall time that the zone skips (summer time begins) comes back as another one: leave it out.
        real = instant.astimezone(info).replace(tzinfo=None) == wall
        if instant > end:
            return ticks
        if instant >= start and real and instant not in seen:
            midnight = wall.hour == wall.minute == 0
            ticks.append((instant, day(instant, zone, texts, year=False) if midnight else f"{wall:%H:%M}"))
            seen.add(instant)
        wall += step
    return ticks


def count_ticks(top: float, height_px: float) -> list[int]:
    """Whole numbers from 0 up to ``top``, about one every 36 pixels, seven at most: more is a grid to count."""
    most = min(7, max(1, int(height_px / 36)))
    step = 1
    while int(top) // step > most:
        step = _next_step(step)
    return list(range(0, int(top) + 1, step))


def _next_step(step: int) -> int:
    """1, 2, 5, 10, 20, 50 …"""
    lead = int(str(step)[0])
    return step * 5 // 2 if lead == 2 else step * 2
