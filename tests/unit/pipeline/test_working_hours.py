"""A wait by the wall or by the desk's hours: the sum adds up, over weekends, holidays and changed clocks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.office import Office, read_office
from crisisdesk.pipeline.working_hours import due, newest_overdue

MADRID, MEXICO = "Europe/Madrid", "America/Mexico_City"
WEEK = Office(days=frozenset(range(5)), opens=time(9), closes=time(18))
START = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "mon", "mon-fri", "mon-fri 18:00-09:00", "lun-vie 09:00-18:00", "mon-fri 9-18", "mon-fri 24:00-25:00"]
)
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    assert read_office(text) is None


def test_hours_over_the_end_of_the_week() -> None:
    office = read_office("sat-mon 08:30-12:00")
    assert office == Office(days=frozenset({5, 6, 0}), opens=time(8, 30), closes=time(12))


def test_a_friday_evening_waits_for_monday() -> None:
    told = due(datetime(2026, 3, 20, 16, 30, tzinfo=UTC), timedelta(hours=2), WEEK, MADRID)  # 17:30 there
    assert told.at == datetime(2026, 3, 23, 9, 30, tzinfo=UTC)  # 10:30 there
    assert [end - start for start, end in told.counted] == [timedelta(minutes=30), timedelta(minutes=90)]


def test_a_holiday_is_no_working_day() -> None:
    told = due(datetime(2026, 12, 24, 17, 0, tzinfo=UTC), timedelta(hours=1), WEEK, MADRID, "ES")  # 18:00, closed
    assert told.at == datetime(2026, 12, 28, 9, 0, tzinfo=UTC)


def test_a_night_in_which_the_clock_changes_is_as_long_as_it_is() -> None:
    always = Office(days=frozenset(range(7)), opens=time(0), closes=time(6))
    told = due(datetime(2026, 3, 28, 23, 0, tzinfo=UTC), timedelta(hours=5), always, MADRID)  # 02:00 is left out
    assert told.at == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)


def test_a_desk_that_never_answers_is_counted_by_the_wall() -> None:
    never = Office(days=frozenset(), opens=time(9), closes=time(18))
    assert due(START, timedelta(hours=1), never, MADRID).at == START + timedelta(hours=1)


instants = st.integers(0, 60 * 24 * 400).map(lambda n: START + timedelta(minutes=n))
waits = st.integers(1, 60 * 40).map(lambda n: timedelta(minutes=n))
offices = st.one_of(
    st.none(),
    st.builds(
        lambda days, opens, long: Office(days=days, opens=time(opens), closes=time(min(opens + long, 23), 30)),
        st.frozensets(st.integers(0, 6), min_size=1), st.integers(0, 22), st.integers(0, 12),
    ),
)  # fmt: skip


@given(instants, waits, offices, st.sampled_from([MADRID, MEXICO]))
def test_the_stretches_are_the_sum(asked: datetime, wait: timedelta, office: Office | None, zone: str) -> None:
    told = due(asked, wait, office, zone)
    assert sum((end - start for start, end in told.counted), timedelta(0)) == wait
    assert told.counted[0][0] >= asked and told.counted[-1][1] == told.at
    assert all(a[1] <= b[0] for a, b in zip(told.counted, told.counted[1:], strict=False))


@given(instants, waits, offices, st.sampled_from([MADRID, MEXICO]))
def test_everything_asked_until_then_is_overdue_and_nothing_after(
    at: datetime, wait: timedelta, office: Office | None, zone: str
) -> None:
    last = newest_overdue(at, wait, office, zone)
    assert due(last, wait, office, zone).at <= at
    assert due(last + timedelta(seconds=1), wait, office, zone).at > at
