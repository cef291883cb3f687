"""What published rules of other tools would have done on the same counts, as lines to compare with.

All of them look once an hour, at closed hours. A rule fires when it becomes true; while it stays true it is one alarm.
Sources: the vendors' public pages, told in docs/detection.md with what each leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final, NamedTuple

HOUR: Final = timedelta(hours=1)
_DAY: Final = 24
_WEEK: Final = 168
_MELTWATER: Final = 2.5
"""Meltwater publishes windows and an example (200 an hour to 500 an hour), no factor: the example's own."""


class Hours(NamedTuple):
    """Mentions by the closed hour.

    Attributes:
        start: of the first hour, UTC.
        counts: one for each hour, zeros included.
        sums: sum of the counts before each hour, one more than ``counts``.
        squares: the same of their squares.
    """

    start: datetime
    counts: tuple[int, ...]
    sums: tuple[int, ...]
    squares: tuple[int, ...]

    def mean(self, end: int, hours: int) -> float:
        """Mean of the ``hours`` before hour ``end``."""
        return (self.sums[end] - self.sums[end - hours]) / hours

    def sigma(self, end: int, hours: int) -> float:
        """Standard deviation of the ``hours`` before hour ``end``."""
        mean = self.mean(end, hours)
        return math.sqrt(max((self.squares[end] - self.squares[end - hours]) / hours - mean * mean, 0.0))


Rule = Callable[[Hours, int], bool]
"""Whether the rule holds at the close of the hour before index ``end``."""


def by_hour(counts: Mapping[datetime, int], start: datetime, end: datetime) -> Hours:
    """Sum counts per minute into the whole hours between ``start`` and ``end``; an open last hour is dropped."""
    first = start.replace(minute=0, second=0, microsecond=0)
    found = [0] * max(0, (end - first) // HOUR)
    for minute, count in counts.items():
        at = (minute - first) // HOUR
        if 0 <= at < len(found):
            found[at] += count
    squares = (c * c for c in found)
    return Hours(first, tuple(found), (0, *accumulate(found)), (0, *accumulate(squares)))


def socialmetrix(sigmas: float) -> Rule:
    """24-hour mean above the 7-day mean by ``sigmas`` standard deviations (theirs: 1.5, 2 or 3)."""

    def holds(hours: Hours, end: int) -> bool:
        if end < _WEEK:
            return False
        return hours.mean(end, _DAY) > hours.mean(end, _WEEK) + sigmas * hours.sigma(end, _WEEK)

    return holds


def meltwater(hours: Hours, end: int) -> bool:
    """The last hour against the mean of the 12 before it."""
    return end >= 13 and hours.counts[end - 1] > _MELTWATER * hours.mean(end - 1, 12) > 0


def agility(hours: Hours, end: int) -> bool:
    """The last hour half as much again as the hourly average of the 7 days before it."""
    return end > _WEEK and hours.counts[end - 1] > 1.5 * hours.mean(end - 1, _WEEK) > 0


RULES: Final[tuple[tuple[str, Rule], ...]] = (
    ("socialmetrix_1_5", socialmetrix(1.5)),
    ("socialmetrix_2", socialmetrix(2.0)),
    ("socialmetrix_3", socialmetrix(3.0)),
    ("meltwater", meltwater),
    ("agility", agility),
)


def fired(rule: Rule, hours: Hours, since: datetime) -> tuple[datetime, ...]:
    """When ``rule`` became true at or after ``since``: the ends of hours, ascending."""
    found, held = [], False
    for end in range(1, len(hours.counts) + 1):
        holds = rule(hours, end)
        at = hours.start + end * HOUR
        if holds and not held and at >= since:
            found.append(at)
        held = holds
    return tuple(found)


def compare(hours: Hours, since: datetime) -> Sequence[tuple[str, tuple[datetime, ...]]]:
    """Every rule's name and instants."""
    return [(name, fired(rule, hours, since)) for name, rule in RULES]
