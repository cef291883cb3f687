"""Other tools' published rules, as pure functions of hourly counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.pipeline.rules import HOUR, Hours, agility, by_hour, compare, fired, meltwater, socialmetrix

START = datetime(2026, 1, 5, tzinfo=UTC)


def hours(counts: list[int]) -> Hours:
    return by_hour({START + n * HOUR: c for n, c in enumerate(counts)}, START, START + len(counts) * HOUR)


def test_minutes_become_whole_hours_and_the_open_one_is_left_out() -> None:
    counts = {START + timedelta(minutes=n): 1 for n in range(150)}
    found = by_hour(counts, START, START + timedelta(minutes=150))
    assert found.counts == (60, 60)
    assert found.mean(2, 2) == 60
    assert found.sigma(2, 2) == 0


def test_meltwater_needs_twelve_hours_and_two_and_a_half_times_their_mean() -> None:
    calm = [200] * 13
    assert fired(meltwater, hours([*calm, 500]), START) == ()
    assert fired(meltwater, hours([*calm, 501]), START) == (START + 14 * HOUR,)
    assert fired(meltwater, hours([10, 500]), START) == ()


def test_agility_compares_the_last_hour_with_the_seven_days_before_it() -> None:
    assert fired(agility, hours([10] * 168 + [15]), START) == ()
    assert fired(agility, hours([10] * 168 + [16, 16, 10, 16]), START) == (START + 169 * HOUR, START + 172 * HOUR)


def test_socialmetrix_needs_a_day_above_the_week() -> None:
    week = [10, 12] * 84
    rise = [*week, *[60] * 24]
    at = {k: fired(socialmetrix(k), hours(rise), START) for k in (1.5, 2.0, 3.0)}
    assert at[1.5] and not at[3.0]
    assert at[1.5][0] >= START + 170 * HOUR


def test_what_lasts_is_one_alarm() -> None:
    assert len(fired(agility, hours([10] * 168 + [90] * 5), START)) == 1


@given(st.lists(st.integers(0, 500), max_size=400), st.integers(0, 400))
def test_no_rule_looks_ahead(counts: list[int], cut: int) -> None:
    until = START + min(cut, len(counts)) * HOUR
    whole, part = compare(hours(counts), START), compare(hours(counts[:cut]), START)
    assert [(n, tuple(a for a in at if a <= until)) for n, at in whole] == part
