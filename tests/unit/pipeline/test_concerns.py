"""How rare other signals are: against SciPy's distributions, and against streams in which nothing happens."""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crisisdesk.pipeline.concerns import (
    rare_count,
    rare_record,
    rare_share,
    rare_silence,
    spread_of,
    voices,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@given(st.integers(1, 40), st.integers(0, 500), st.floats(0, 672))
def test_a_count_is_as_rare_as_its_negative_binomial_says(now: int, before: int, hours: float) -> None:
    shape, rate = 0.5 + before, 24 + hours
    tail = stats.nbinom.sf(now - 2, shape, rate / (rate + 1))
    days = rare_count(now, before, hours)
    if tail > 1e-9:
        assert days == pytest.approx(1 / (24 * shape / rate * tail), rel=1e-4)
    else:
        assert days > 1e6


@given(st.integers(0, 60), st.integers(20, 60), st.integers(0, 900), st.integers(200, 1_000), st.floats(5, 200))
def test_a_share_is_as_rare_as_its_beta_binomial_says(
    hits: int, of: int, before: int, total: int, spread: float
) -> None:
    hits, before = min(hits, of), min(before, total)
    days = rare_share(hits, of, before, total, spread)
    if hits / of <= before / total:
        assert days == 0
        return
    usual = (before + 1) / (total + 2)
    tail = stats.betabinom.sf(hits - 1, of, spread * usual, spread * (1 - usual))
    if tail > 1e-9:
        assert days == pytest.approx(1 / (72 * tail), rel=1e-4)


def test_one_voice_of_danger_is_told_where_there_never_was_one_and_not_where_there_is_one_a_day() -> None:
    assert rare_count(0, 0, 672) == 0
    assert rare_count(1, 0, 672) > 30
    assert rare_count(1, 28, 672) < 2
    assert rare_count(4, 28, 672) > 30


def test_too_few_voices_say_nothing() -> None:
    assert rare_share(19, 19, 50, 500) == 0
    assert rare_share(30, 30, 50, 199) == 0
    assert rare_share(30, 30, 50, 500) > 365


def test_a_restless_share_is_learnt() -> None:
    chance = random.Random(1)
    steady = [(sum(chance.random() < 0.3 for _ in range(50)), 50) for _ in range(400)]
    restless = []
    for _ in range(400):
        share = chance.betavariate(3, 7)  # strength 10
        restless.append((sum(chance.random() < share for _ in range(50)), 50))
    assert spread_of(steady) > 100
    assert spread_of(restless) == pytest.approx(10, rel=0.35)
    assert spread_of(restless[:49]) == 40
    assert spread_of([(0, 50)] * 60) == 40


def test_a_record_is_as_rare_as_the_time_since_one_as_large() -> None:
    assert rare_record(NOW, NOW - timedelta(days=40), NOW - timedelta(days=90)) == 40
    assert rare_record(NOW, None, NOW - timedelta(days=12)) == 12
    assert rare_record(NOW, NOW + timedelta(seconds=1), NOW) == 0


@pytest.mark.parametrize("rate", [0.02, 0.2, 2.0])
def test_where_nothing_happens_danger_is_told_at_most_as_often_as_asked(rate: float) -> None:
    """Poisson events for four years, judged as the desk does: told at most 1.3 times as often as once in 30 days."""
    chance, at, events = random.Random(7), 0.0, []
    while at < 4 * 365 * 24:
        at += chance.expovariate(rate)
        events.append(at)
    told, silent = 0, 0.0
    for n, at in enumerate(events):
        hour = bisect_left(events, at - 1)
        before = hour - bisect_left(events, at - 672)
        if at >= silent and rare_count(n + 1 - hour, before, min(at, 671.0)) >= 30:
            told, silent = told + 1, at + 6
    assert told <= 1.3 * 4 * 365 / 30


@given(st.floats(0.1, 5_000), st.floats(1, 30))
def test_silence_grows_with_what_was_expected(per_day: float, burst: float) -> None:
    found = [rare_silence(expected, per_day, burst) for expected in (0.0, 1.0, 10.0, 100.0, 1e6)]
    assert found == sorted(found) and found[0] == 0 and math.isfinite(found[-1])


def test_pauses_of_a_calm_stream_are_told_as_often_as_asked() -> None:
    chance, per_hour = random.Random(3), 6.0
    pauses = [chance.expovariate(per_hour) for _ in range(300_000)]
    days = sum(pauses) / 24
    rare = sum(rare_silence(pause * per_hour, per_hour * 24, 1.0) >= 10 for pause in pauses)
    assert rare == pytest.approx(days / 10, rel=0.25)  # some two hundred: good to 7 %


def test_a_flood_by_one_author_is_one_voice() -> None:
    assert voices([("a", True)] * 50 + [("b", False)]) == (1, 2)
    assert voices([("", True), ("", False)]) == (1, 2)


def test_records_of_a_restless_backlog_are_told_as_often_as_asked() -> None:
    """The most of each day, independent from day to day, for forty years: a record of thirty days once in thirty."""
    chance, most = random.Random(11), []
    for _ in range(40 * 365):
        most.append(chance.gauss(50, 10))
    days = [NOW + timedelta(days=n) for n in range(len(most))]
    told = 0
    for n in range(400, len(most)):
        last = next((days[k] for k in range(n - 1, n - 401, -1) if most[k] >= most[n]), None)
        told += rare_record(days[n], last, days[n - 400]) >= 30
    assert told == pytest.approx((len(most) - 400) / 30, rel=0.25)
