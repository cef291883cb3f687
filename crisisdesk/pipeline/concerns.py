"""What is rare besides the number of mentions, told in the detector's own currency: once in how many days.

Pure functions of counts; docs/detection.md, "Other signals", has the formulas, their sources and their limits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

HOURS_A_DAY: Final = 24
REACH_FLOOR: Final = 10_000
"""Followers below which nobody is called a voice with reach."""
BACKLOG_FLOOR: Final = 5
"""Mentions that wait too long below which nobody calls it a backlog."""
SHARE_LEAST: Final = 20
"""Voices below which a share says nothing."""
_SHARE_HISTORY: Final = 200
_SLIDING: Final = 3
"""A window that slides finds about three times as many chances as windows that stand side by side."""
_PRIOR_HITS: Final = 0.5
_PRIOR_HOURS: Final = 24.0
_SPREAD: Final = 40.0
_SPREAD_HOURS: Final = 50
_SPREAD_LEAST, _SPREAD_MOST = 5.0, 200.0


def rare_count(now: int, before: int, hours: float) -> float:
    """Return period in days of ``now`` events within an hour, after ``before`` of them in ``hours`` hours.

    The rate is a gamma distribution (a priori half an event a day); the number in the hour before an event is then
    negative binomial. An alarm needs an event with ``now - 1`` others in the hour before it.
    """
    if now < 1:
        return 0.0
    shape, rate = _PRIOR_HITS + before, _PRIOR_HOURS + max(hours, 0.0)
    share = rate / (rate + 1)
    tail = 1.0
    for k in range(now - 1):
        log = math.lgamma(shape + k) - math.lgamma(shape) - math.lgamma(k + 1)
        tail -= math.exp(log + shape * math.log(share) + k * math.log1p(-share))
    per_day = HOURS_A_DAY * shape / rate
    return 1 / (per_day * tail) if tail > 1e-12 else math.inf


def spread_of(hours: Iterable[tuple[int, int]]) -> float:
    """How much the share of one hour strays: the strength of a beta distribution, from ``(hits, of)`` of past hours.

    By moments, over hours of at least :data:`SHARE_LEAST`; with fewer than fifty of them 40, as of a restless stream.
    """
    known = [(hits, of) for hits, of in hours if of >= SHARE_LEAST]
    if len(known) < _SPREAD_HOURS:
        return _SPREAD
    mean = sum(hits for hits, _ in known) / sum(of for _, of in known)
    if not 0 < mean < 1:
        return _SPREAD
    # The part of the variance that is not the draw's own, in units of mean × (1 - mean), is 1 / (strength + 1).
    more = sum((hits / of - mean) ** 2 / (mean * (1 - mean)) - 1 / of for hits, of in known)
    rest = more / sum(1 - 1 / of for _, of in known)
    return min(max(1 / rest - 1, _SPREAD_LEAST), _SPREAD_MOST) if rest > 0 else _SPREAD_MOST


def rare_share(hits: int, of: int, before: int, of_before: int, spread: float = _SPREAD) -> float:
    """Return period in days of ``hits`` of ``of`` voices within an hour, when ``before`` of ``of_before`` are usual.

    The tail of a beta-binomial distribution whose mean is the usual share. 0 where there is too little to say.
    """
    if of < SHARE_LEAST or of_before < _SHARE_HISTORY or hits * of_before <= before * of:
        return 0.0
    usual = (before + 1) / (of_before + 2)
    a, b = spread * usual, spread * (1 - usual)

    def beta(x: float, y: float) -> float:
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    def ways(k: int) -> float:
        return math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1)

    tail = sum(math.exp(ways(k) + beta(a + k, b + of - k) - beta(a, b)) for k in range(hits, of + 1))
    return 1 / (HOURS_A_DAY * _SLIDING * tail) if tail > 1e-12 else math.inf


def rare_record(at: datetime, last_as_large: datetime | None, known_since: datetime) -> float:
    """Days since there was as much, or since we count: a record of D days falls once in D days, whatever is counted."""
    return max((at - (last_as_large or known_since)).total_seconds() / 86_400, 0.0)


def rare_silence(expected: float, per_day: float, burstiness: float) -> float:
    """Return period in days of not one mention where ``expected`` were.

    Pauses between mentions that come in bursts of ``burstiness`` (variance over mean of whole hours): a burst begins
    ``per_day / burstiness`` times a day, and the pause after it is so long with probability
    ``exp(-expected / burstiness)``.
    """
    if per_day <= 0 or expected <= 0:
        return 0.0
    burst = max(burstiness, 1.0)
    return math.exp(min(expected / burst, 600.0)) * burst / per_day


def voices(said: Sequence[tuple[str, bool]]) -> tuple[int, int]:
    """Of ``(author, hit)`` the authors that hit and all authors, each counted once; nobody's names are one each."""
    hits: dict[str, bool] = {}
    for number, (author, hit) in enumerate(said):
        name = author or f"\0{number}"
        hits[name] = hits.get(name, False) or hit
    return sum(hits.values()), len(hits)
