"""A proposed level rises at once and falls only after an hour of calm: it does not flap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.alert import LevelProposal
from crisisdesk.pipeline.hysteresis import CALM_RATIO, calm, settle

SINCE = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STEPS = ((2.0, 1), (3.0, 2), (5.0, 3), (10.0, 4))


def level(ratio: float) -> int:
    return max((number for least, number in STEPS if ratio >= least), default=0)


def run(minutes: list[float], promised: bool = False) -> list[int]:
    """The level proposed at each minute when the ratio of each minute is this."""

    def ratio(start: datetime, end: datetime) -> float:
        inside = minutes[max(0, (start - SINCE) // MINUTE) : (end - SINCE) // MINUTE]
        return sum(inside) / max(1, len(inside))

    held, found = LevelProposal(level=0), []
    for n in range(1, len(minutes) + 1):
        now = SINCE + n * MINUTE
        proposed = LevelProposal(level=level(ratio(now - 15 * MINUTE, now)))
        held = settle(held, proposed, falls=lambda at=now: not promised and calm(ratio, SINCE, at))  # type: ignore[misc]
        found.append(held.level)
    return found


@given(st.lists(st.floats(2.6, 3.4), min_size=60, max_size=200))
def test_noise_around_a_threshold_moves_the_level_once(minutes: list[float]) -> None:
    levels = run(minutes)
    assert levels == sorted(levels)


@given(st.lists(st.sampled_from([0.5, 1.0, 1.4, 1.6, 2.5, 3.5, 12.0]), min_size=60, max_size=300))
def test_it_falls_only_after_an_hour_of_calm_and_once_an_hour_at_most(minutes: list[float]) -> None:
    levels = run(minutes)
    for n, (before, after) in enumerate(pairwise(levels), 2):
        if after < before:
            assert n >= 60
            last = minutes[n - 60 : n]
            assert sum(last) / 60 < CALM_RATIO
        else:
            assert after >= before


def test_it_falls_in_the_end_and_not_before() -> None:
    levels = run([6.0] * 30 + [1.0] * 90)
    fallen = next(n for n, (a, b) in enumerate(pairwise(levels)) if b < a) + 2
    assert levels[29] == 3
    assert 30 + 60 - 3 <= fallen <= 30 + 60  # a minute of before is not enough for 1.5
    assert levels[-1] == 0


def test_never_while_a_promise_is_open() -> None:
    assert run([6.0] * 30 + [1.0] * 120, promised=True)[-1] == 3


@pytest.mark.parametrize(("minutes", "is_calm"), [(59, False), (60, True)])
def test_an_hour_is_an_hour(minutes: int, is_calm: bool) -> None:
    assert calm(lambda start, end: 1.0, SINCE, SINCE + minutes * MINUTE) is is_calm
