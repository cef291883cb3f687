"""The arrays behind the chart: counts as they are now, in whatever order they come, and a band that means the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.mention import MinuteCount
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.room import ChartData, SecondSeries, bucket_step
from crisisdesk.pipeline.detect import Detector
from crisisdesk.reports.chart_minutes import Minutes, buckets_of, widened
from crisisdesk.reports.chart_scale import ceiling

START = datetime(2026, 3, 17, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def count(minute: int, total: int) -> MinuteCount:
    return MinuteCount(START + minute * MINUTE, total, total // 3, total // 2, total // 4)


def data(minutes: int = 60, **changes: object) -> ChartData:
    chart = ChartData(
        start=START, end=START + minutes * MINUTE, step=MINUTE, counts=(), expected=(), gaps=(), flags=(),
        incident_from=None, zone="America/Mexico_City",
    )  # fmt: skip
    return replace(chart, **changes)  # type: ignore[arg-type]


COUNTS = st.lists(st.tuples(st.integers(-5, 70), st.integers(0, 500)), max_size=60)


@given(COUNTS, st.integers(0, 60))
def test_a_late_read_and_early_events_end_at_the_same_counts(told: list[tuple[int, int]], read_after: int) -> None:
    """Whatever part of the events the read already held, putting all of them in order gives the truth."""
    grown: dict[int, int] = {}
    events = []
    for minute, more in told:
        grown[minute] = grown.get(minute, 0) + more
        events.append(count(minute, grown[minute]))
    truth = buckets_of(data(counts=tuple(count(m, n) for m, n in grown.items()))).total
    seen: dict[int, MinuteCount] = {}
    for event in events[:read_after]:
        seen[(event.minute - START) // MINUTE] = event
    held = Minutes(data(counts=tuple(seen.values())))
    held.put(events)
    held.put(events[-1:])
    assert held.buckets(START, START + 60 * MINUTE, MINUTE).total.tolist() == truth.tolist()


@given(COUNTS, st.lists(st.integers(0, 40), max_size=8), st.booleans())
def test_moving_on_keeps_what_is_inside(told: list[tuple[int, int]], moves: list[int], grows: bool) -> None:
    known = {m: count(m, n) for m, n in told if 0 <= m < 60}
    held = Minutes(data(counts=tuple(known.values())), grows=grows)
    end = START + 60 * MINUTE
    for more in moves:
        end += more * MINUTE
        held.move_on(end)
        held.move_on(end - 3 * MINUTE)  # never back
    assert held.end == end
    assert held.start == (START if grows else end - 60 * MINUTE)
    whole = held.buckets(held.start, held.end, MINUTE)
    for n, total in enumerate(whole.total.tolist()):
        minute = (held.start - START) // MINUTE + n
        assert total == (known[minute].total if minute in known else 0)


@given(COUNTS, st.integers(1, 17), st.integers(-30, 30), st.integers(1, 90))
def test_wider_buckets_lose_nothing(told: list[tuple[int, int]], per: int, first: int, length: int) -> None:
    known = {m: count(m, n) for m, n in told if 0 <= m < 60}
    held = Minutes(data(counts=tuple(known.values()), second=SecondSeries(kind="negative")))
    start = START + first * MINUTE
    made = held.buckets(start, start + length * MINUTE, per * MINUTE)
    covered = range(first, first + len(made.total) * per)
    assert made.total.sum() == sum(c.total for m, c in known.items() if m in covered)
    assert made.reposts.sum() == sum(c.reposts for m, c in known.items() if m in covered)
    assert made.second.tolist() == made.negative.tolist()
    assert (made.originals <= made.total).all()
    again = held.again(made)
    assert again.total.tolist() == made.total.tolist()


@given(st.integers(1, 60))
def test_the_band_of_wider_buckets_is_the_detectors_own(per: int) -> None:
    detector = Detector("America/Mexico_City")
    for n in range(3 * 1440):
        detector.minute(START + n * MINUTE, (n * 7919) % 5, (n * 7919) % 4)
    at = START + timedelta(days=4)
    narrow = np.array([detector.expected(at, 1)])
    low, middle, high = widened(narrow, narrow[:, 1] * per)
    assert [low[0], middle[0], high[0]] == pytest.approx(detector.expected(at, per))


def test_a_past_incident_and_words_are_kept_by_bucket() -> None:
    counts = ((START, 3), (START + 5 * MINUTE, 4), (START + 99 * MINUTE, 9))
    second = SecondSeries(kind="words", label=Bilingual("rival", "rival"), counts=counts)
    held = Minutes(data(second=second))
    assert held.buckets(START, START + 60 * MINUTE, 10 * MINUTE).second.tolist() == [7, 0, 0, 0, 0, 0]
    held.move_on(START + 62 * MINUTE)
    assert held.buckets(held.start, held.end, MINUTE).second.tolist()[3] == 4


def test_an_empty_stretch_is_one_empty_bucket() -> None:
    made = buckets_of(data(0))
    assert made.total.tolist() == [0]
    assert made.peak == 0
    assert made.place(START + timedelta(days=9)) == 0


@given(st.floats(0, 1e7))
def test_the_top_of_the_axis_is_round_and_has_air(peak: float) -> None:
    top = ceiling(peak)
    assert top >= max(10, peak)
    assert top <= max(10, peak * 1.03 * 1.34)
    assert float(f"{top:.2g}") == top


@given(st.floats(1, 5e6), st.integers(1, 2_000))
def test_steps_are_whole_minutes_and_few_enough(minutes: float, most: int) -> None:
    step = bucket_step(minutes * MINUTE, most)
    assert step % MINUTE == timedelta(0)
    if step < timedelta(days=1):
        assert minutes * MINUTE / step <= most
