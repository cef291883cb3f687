"""A contact's hours are read on its own clock, whatever the clocks of its country do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.contact import Channel, Contact, DayHours

ZONES = (
    "America/Mexico_City", "Europe/Madrid", "America/Santiago", "America/New_York", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Apia",
)  # fmt: skip
YEAR = datetime(2028, 1, 1, tzinfo=UTC)  # a leap year


def person(**fields: object) -> Contact:
    return Contact(slug="a", name="A", **fields)  # type: ignore[arg-type]


def test_without_hours_it_may_be_called_at_any_hour() -> None:
    assert person().awake(YEAR) and person(from_hour=time(8)).awake(YEAR)
    assert person().awake_from(YEAR) == YEAR


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin() -> None:
    night = person(zone="UTC", from_hour=time(22), to_hour=time(6), week=(DayHours(5),))  # no Saturday night
    friday = datetime(2028, 1, 7, 23, tzinfo=UTC)
    assert night.awake(friday)
    assert night.awake(friday + timedelta(hours=6))  # Saturday 05:00, Friday's night
    assert not night.awake(friday + timedelta(days=1))
    assert not night.awake(friday + timedelta(days=1, hours=6))
    assert night.awake_from(friday + timedelta(hours=7)) == datetime(2028, 1, 9, 22, tzinfo=UTC)


def test_a_week_of_its_own() -> None:
    desk = person(zone="Europe/Madrid", from_hour=time(9), to_hour=time(18), week=(DayHours(5), DayHours(6)))
    friday = datetime(2028, 3, 24, 18, 0, tzinfo=ZoneInfo("Europe/Madrid"))
    found = desk.awake_from(friday)
    # The clocks went forward on Sunday 26 March: Monday at nine is still nine on the wall.
    assert found == datetime(2028, 3, 27, 9, 0, tzinfo=ZoneInfo("Europe/Madrid"))
    assert found is not None and found - friday.astimezone(UTC) == timedelta(days=2, hours=14)


def test_quiet_all_week_has_no_next_hour() -> None:
    assert person(week=tuple(DayHours(n) for n in range(7))).awake_from(YEAR) is None


def test_an_hour_that_the_clocks_skip() -> None:
    early = person(zone="Europe/Madrid", from_hour=time(2, 30), to_hour=time(3, 30))
    night = datetime(2028, 3, 26, 0, 0, tzinfo=ZoneInfo("Europe/Madrid"))
    found = early.awake_from(night)
    # 02:30 does not exist that night: 03:00 is the first moment inside the hours, and then it is awake.
    assert found is not None and early.awake(found)


def test_any_channel_makes_it_reachable() -> None:
    assert not person(phone=" ").reachable
    assert person(channels=(Channel("ntfy", "guardia-7f"),)).reachable
    assert person(channels=(Channel("ntfy", "guardia-7f"),)).address("ntfy") == "guardia-7f"


HOUR = st.times().map(lambda t: t.replace(second=0, microsecond=0))
DAY = st.builds(DayHours, st.integers(0, 6), st.none() | HOUR, st.none() | HOUR)


@given(
    st.sampled_from(ZONES),
    st.none() | HOUR,
    st.none() | HOUR,
    st.lists(DAY, max_size=7, unique_by=lambda d: d.weekday),
    st.integers(0, 366 * 24 * 60),
)
def test_the_next_hour_is_awake_and_none_is_missed(
    zone: str, start: time | None, end: time | None, week: list[DayHours], minutes: int
) -> None:
    contact = person(zone=zone, from_hour=start, to_hour=end, week=tuple(week))
    at = YEAR + timedelta(minutes=minutes)
    found = contact.awake_from(at)
    if found is None:
        assert not any(contact.awake(at + timedelta(hours=n)) for n in range(24 * 8))
        return
    assert found >= at and contact.awake(found)
    step = (found - at) / 50
    if step >= timedelta(minutes=1):
        assert not any(contact.awake(at + step * n) for n in range(50))


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_a_leap_year_agrees_with_the_wall(zone: str) -> None:
    """7 zones × 8,784 hours: what the contact says against the hour on the wall."""
    contact = person(zone=zone, from_hour=time(8), to_hour=time(20))
    place = ZoneInfo(zone)
    for n in range(8784):
        at = YEAR + timedelta(hours=n)
        assert contact.awake(at) == (8 <= at.astimezone(place).hour < 20)
