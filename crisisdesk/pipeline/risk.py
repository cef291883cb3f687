"""The risk of a promise from how long past incidents lasted. Pure; no number without its count and its interval.

Kaplan–Meier (1958) on the durations of comparable incidents: one that is still open is *censored*, it lasted at least
so long. The chance that a promise for minute ``promise`` breaks, when ``elapsed`` minutes have gone, is
S(promise) / S(elapsed). The interval is Jeffreys' (Beta(k + ½, n − k + ½)) at 80 %; with censored cases n is the
effective size that Greenwood's variance leaves, and k = n × frequency (Dorey & Korn 1987), which without censoring are
the plain counts. ``tests/unit/pipeline/test_risk.py`` holds both against SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from crisisdesk.model.history import Calibration

CONFIDENCE: Final = 0.80
MINIMUM: Final = 8
"""Cases below which nothing is estimated, unless the playbook says otherwise."""
LIMIT: Final = 0.20
TOLERANCE: Final = 1e-9
"""A product of fractions is the limit although its last digit says more."""


@dataclass(frozen=True, slots=True, order=True)
class Case:
    """How long one comparable incident lasted, in minutes; ``open`` when it has not ended yet."""

    minutes: float
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How often a promise of this time would have failed.

    Attributes:
        cases: comparable incidents in all.
        elapsed: minutes gone since the beginning.
        promise: minute promised, since the beginning.
        at_risk: cases that lasted longer than ``elapsed``; the estimate stands on them.
        over: of these, how many are known to have lasted longer than ``promise``.
        unknown: of these, how many were still open before ``promise``: nobody knows yet.
        frequency: 0–1, or ``None`` when there are too few cases to say.
        low: lower end of the 80 % interval.
        high: upper end.
    """

    cases: int
    elapsed: float
    promise: float
    at_risk: int
    over: int
    unknown: int
    frequency: float | None
    low: float | None
    high: float | None

    @property
    def known(self) -> bool:
        """Whether there are enough cases to say anything."""
        return self.frequency is not None

    def beyond(self, limit: float) -> bool:
        """Whether the frequency is above the playbook's limit; an unknown one is not."""
        return self.frequency is not None and self.frequency > limit + TOLERANCE


def _events(cases: Sequence[Case], elapsed: float, until: float) -> Iterable[tuple[float, int, int]]:
    """Times in (elapsed, until] at which a case ended: time, how many ended, how many were at risk."""
    later = sorted(c for c in cases if c.minutes > elapsed)
    at_risk, i = len(later), 0
    while i < len(later) and later[i].minutes <= until:
        j = i
        while j < len(later) and later[j].minutes == later[i].minutes:
            j += 1
        ended = sum(not c.open for c in later[i:j])
        if ended:
            yield later[i].minutes, ended, at_risk
        at_risk -= j - i
        i = j


def _survival(cases: Sequence[Case], elapsed: float, promise: float) -> tuple[float, float]:
    """S(promise) / S(elapsed), and the size of a plain sample that would be as sure."""
    share, greenwood, ended_all = 1.0, 0.0, 0
    for _, ended, at_risk in _events(cases, elapsed, promise):
        share *= 1 - ended / at_risk
        greenwood += ended / (at_risk * (at_risk - ended)) if at_risk > ended else 0.0
        ended_all += ended
    later = [c for c in cases if c.minutes > elapsed]
    if share in (0.0, 1.0):
        # No variance to go by: only the cases whose answer is known count.
        return share, float(ended_all + sum(c.minutes > promise for c in later))
    return share, (1 - share) / (share * greenwood)


def estimate(cases: Sequence[Case], elapsed: float, promise: float, *, minimum: int = MINIMUM) -> Estimate:
    """How often a promise for minute ``promise`` would have failed, ``elapsed`` minutes after the beginning.

    Args:
        cases: durations of comparable incidents.
        elapsed: minutes since the beginning, 0 or more.
        promise: promised minute since the beginning; one that has passed has already failed.
        minimum: cases that lasted longer than ``elapsed`` below which nothing is said.
    """
    later = [c for c in cases if c.minutes > elapsed]
    frequency = low = high = None
    if len(later) >= max(1, minimum):
        frequency, size = _survival(cases, elapsed, max(promise, elapsed))
        low, high = jeffreys(frequency * size, size)
    return Estimate(
        cases=len(cases),
        elapsed=elapsed,
        promise=promise,
        at_risk=len(later),
        over=sum(c.minutes > promise for c in later),
        unknown=sum(c.open and c.minutes <= promise for c in later),
        frequency=frequency,
        low=low,
        high=high,
    )


def earliest(cases: Sequence[Case], elapsed: float, *, limit: float = LIMIT, minimum: int = MINIMUM) -> Estimate | None:
    """The earliest minute whose promise fails at most ``limit`` of the time; ``None`` when no time is so sure."""
    if sum(c.minutes > elapsed for c in cases) < max(1, minimum):
        return None
    share = 1.0
    for minute, ended, at_risk in _events(cases, elapsed, math.inf):
        share *= 1 - ended / at_risk
        if share <= limit + TOLERANCE:
            return estimate(cases, elapsed, minute, minimum=minimum)
    return None


# ── Jeffreys' interval ───────────────────────────────────────────────────────────────────────────────────────────


def jeffreys(k: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The equal-tailed interval of a proportion ``k`` of ``n`` (``n`` > 0); 0 and 1 are reached at the ends."""
    tail = (1 - confidence) / 2
    low = 0.0 if k <= 0 else beta_quantile(tail, k + 0.5, n - k + 0.5)
    high = 1.0 if k >= n else beta_quantile(1 - tail, k + 0.5, n - k + 0.5)
    return low, high


def beta_quantile(p: float, a: float, b: float) -> float:
    """The value below which Beta(a, b) lies with probability ``p``, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _incomplete_beta(middle, a, b) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function by its continued fraction (Numerical Recipes, 6.4)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    tiny = 1e-300
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    fraction = d
    for m in range(1, 500):
        step = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + step * d or tiny)
        c = 1 + step / c or tiny
        fraction *= d * c
        step = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + step * d or tiny)
        c = 1 + step / c or tiny
        fraction *= d * c
        if abs(d * c - 1) < 1e-14:
            break
    return front * fraction / a


# ── whether the estimates were right ─────────────────────────────────────────────────────────────────────────────


def calibration(
    scored: Iterable[tuple[float, bool]], bounds: Sequence[float] = (0.0, LIMIT, 0.5, 1.0)
) -> tuple[Calibration, ...]:
    """Estimates against what happened, by bands of the estimate; empty bands are left out.

    Args:
        scored: for each promise that ended, the frequency estimated when it was made and whether it broke.
        bounds: ascending ends of the bands.
    """
    rows = list(scored)
    found = []
    for low, high in pairwise(bounds):
        mine = [(f, broke) for f, broke in rows if (low < f <= high) or (f <= low == bounds[0])]
        if mine:
            found.append(
                Calibration(
                    low=low,
                    high=high,
                    promises=len(mine),
                    broken=sum(broke for _, broke in mine),
                    expected=sum(f for f, _ in mine),
                )
            )
    return tuple(found)
