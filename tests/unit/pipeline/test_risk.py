"""The risk of a promise is what a statistics library says, and says nothing where nothing can be said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, beta, ecdf

from crisisdesk.pipeline.risk import (
    Case,
    beta_quantile,
    calibration,
    earliest,
    estimate,
    jeffreys,
)

EXAMPLE = [Case(m) for m in (45, 62, 80, 95, 110, 140, 165, 190, 240, 310, 420, 660)]

cases = st.lists(
    st.builds(Case, st.integers(1, 300).map(float), st.booleans()), min_size=1, max_size=40
)


def survival(sample: list[Case], at: float) -> float:
    ended = [c.minutes for c in sample if not c.open]
    waiting = [c.minutes for c in sample if c.open]
    return float(ecdf(CensoredData(uncensored=ended, right=waiting)).sf.evaluate(at))


def test_the_worked_example() -> None:
    found = estimate(EXAMPLE, 60, 180)
    assert (found.over, found.at_risk, found.cases) == (5, 11, 12)
    assert found.frequency == pytest.approx(5 / 11)
    assert (round(100 * (found.low or 0)), round(100 * (found.high or 0))) == (28, 64)
    assert found.beyond(0.2) and not found.beyond(0.5)
    sure = earliest(EXAMPLE, 60, limit=0.2)
    assert sure is not None and sure.promise == 310
    assert sure.frequency == pytest.approx(2 / 11)
    assert (round(100 * (sure.low or 0)), round(100 * (sure.high or 0))) == (8, 36)


def test_the_example_of_the_morning() -> None:
    found = estimate(EXAMPLE, 98, 238)
    assert (found.over, found.at_risk, found.frequency) == (4, 8, 0.5)


def test_below_the_minimum_nothing_is_said() -> None:
    few = EXAMPLE[:3]
    found = estimate(few, 0, 100)
    assert (found.known, found.frequency, found.low, found.high) == (False, None, None, None)
    assert not found.beyond(0.0)
    assert earliest(few, 0) is None
    assert not estimate(EXAMPLE, 200, 300).known  # five lasted so long: too few for a promise made now
    assert estimate(few, 0, 70, minimum=3).frequency == pytest.approx(1 / 3)
    assert not estimate([], 0, 10, minimum=0).known


def test_where_every_long_case_is_still_open_no_time_is_sure() -> None:
    sample = [Case(10)] * 8 + [Case(50, open=True)] * 4
    assert earliest(sample, 0, limit=0.2) is None
    assert estimate(sample, 0, 200).frequency == pytest.approx(1 / 3)


@settings(max_examples=200, deadline=None)
@given(cases, st.integers(0, 300), st.integers(0, 300))
def test_the_frequency_is_the_one_of_scipy(sample: list[Case], elapsed: int, longer: int) -> None:
    promise = elapsed + longer
    found = estimate(sample, elapsed, promise, minimum=1)
    before = survival(sample, elapsed)
    if not any(c.minutes > elapsed for c in sample):
        assert not found.known
        return
    assert before > 0
    assert found.frequency == pytest.approx(survival(sample, promise) / before, abs=1e-12)
    assert 0 <= (found.low or 0) <= (found.frequency or 0) <= (found.high or 0) <= 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=30), st.integers(0, 250))
def test_without_open_cases_the_interval_is_the_one_of_the_counts(minutes: list[int], promise: int) -> None:
    found = estimate([Case(m) for m in minutes], 0, promise, minimum=1)
    k, n = sum(m > promise for m in minutes), len(minutes)
    low = 0.0 if k == 0 else float(beta.ppf(0.1, k + 0.5, n - k + 0.5))
    high = 1.0 if k == n else float(beta.ppf(0.9, k + 0.5, n - k + 0.5))
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


@settings(max_examples=200, deadline=None)
@given(st.floats(0.001, 0.999), st.floats(0.5, 400), st.floats(0.5, 400))
def test_the_quantile_is_the_one_of_scipy(p: float, a: float, b: float) -> None:
    assert beta_quantile(p, a, b) == pytest.approx(float(beta.ppf(p, a, b)), abs=1e-8)


@settings(max_examples=100, deadline=None)
@given(cases, st.integers(0, 100), st.floats(0.05, 0.9))
def test_the_earliest_time_is_within_the_limit_and_none_before_it_is(
    sample: list[Case], elapsed: int, limit: float
) -> None:
    found = earliest(sample, elapsed, limit=limit, minimum=1)
    after = sorted({c.minutes for c in sample if c.minutes > elapsed})
    within = [m for m in after if survival(sample, m) / survival(sample, elapsed) <= limit]
    if found is None:
        assert within == []
    else:
        assert found.promise == within[0] and (found.frequency or 0) <= limit + 1e-9


@given(cases, st.integers(0, 200))
def test_a_promise_ripens_as_time_goes_by(sample: list[Case], promise: int) -> None:
    """While nothing ends, the same promise can only look worse."""
    told = [estimate(sample, e, promise, minimum=1).frequency for e in range(0, promise + 1, 20)]
    known = [f for f in told if f is not None]
    assert known == sorted(known)


def test_a_censored_case_is_not_a_short_one() -> None:
    ended = estimate([Case(30)] * 4 + [Case(100)] * 6, 0, 60)
    still = estimate([Case(30, open=True)] * 4 + [Case(100)] * 6, 0, 60)
    assert ended.frequency == pytest.approx(0.6) and still.frequency == 1.0
    assert (still.unknown, still.over, still.low) == (4, 6, pytest.approx(jeffreys(6, 6)[0]))


def test_calibration_counts_promises_by_their_estimate() -> None:
    scored = [(0.1, False)] * 7 + [(0.2, True)] * 2 + [(0.0, False), (0.45, True), (0.9, True)]
    low, middle, high = calibration(scored)
    assert (low.promises, low.broken, round(low.expected, 2)) == (10, 2, 1.1)
    assert (middle.promises, middle.broken, high.promises) == (1, 1, 1)
    assert calibration([]) == ()
