"""Turns follow one another without a hole; hand-overs keep their hour on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.rotation import Override, Rotation, on_duty, shifts

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime(2028, 3, 20, 9, 0, tzinfo=MADRID)
WEEKLY = Rotation(
    slug="guardia.noc", name="Guardia", members=("ana", "beto", "caro"), zone="Europe/Madrid", starts_at=MONDAY
)


def stand_in(slug: str, start: datetime, hours: int, row_id: int = 1) -> Override:
    return Override(
        id=row_id,
        rotation_slug="guardia.noc",
        contact_slug=slug,
        starts_at=start,
        ends_at=start + timedelta(hours=hours),
    )


def test_the_hand_over_stays_at_nine_when_the_clocks_change() -> None:
    second = WEEKLY.handover(1)
    assert second.astimezone(MADRID).hour == 9
    assert second - MONDAY.astimezone(UTC) == timedelta(days=7) - timedelta(hours=1)
    assert on_duty(WEEKLY, (), second - timedelta(seconds=1)) == "ana"
    assert on_duty(WEEKLY, (), second) == "beto"


def test_turns_before_the_first_are_reckoned_backwards() -> None:
    assert on_duty(WEEKLY, (), MONDAY - timedelta(hours=1)) == "caro"


def test_who_stands_in_and_the_one_written_last_counts() -> None:
    day = MONDAY + timedelta(days=1)
    both = (stand_in("dora", day, 24), stand_in("eva", day + timedelta(hours=6), 6, row_id=2))
    found = [(s.contact_slug, s.stands_in) for s in shifts(WEEKLY, both, MONDAY, MONDAY + timedelta(days=3))]
    assert found == [("ana", False), ("dora", True), ("eva", True), ("dora", True), ("ana", False)]


def test_an_override_of_another_rotation_is_not_ours() -> None:
    other = Override(id=1, rotation_slug="otra", contact_slug="x", starts_at=MONDAY, ends_at=MONDAY + timedelta(days=1))
    assert on_duty(WEEKLY, (other,), MONDAY) == "ana"


@given(
    st.sampled_from(("America/Mexico_City", "Europe/Madrid", "America/Santiago", "Australia/Lord_Howe")),
    st.integers(1, 24 * 14),
    st.integers(0, 60 * 24 * 300),
    st.lists(st.tuples(st.integers(-300, 300), st.integers(1, 200)), max_size=4),
)
def test_no_hole_no_overlap_and_everybody_agrees(
    zone: str, hours: int, minutes: int, stand_ins: list[tuple[int, int]]
) -> None:
    rotation = Rotation(
        slug="guardia.noc", name="G", members=("a", "b", "c"), zone=zone, starts_at=MONDAY, turn_hours=hours
    )
    start = MONDAY.astimezone(UTC) + timedelta(minutes=minutes)
    end = start + timedelta(days=14)
    others = tuple(
        stand_in(f"s{n}", start + timedelta(hours=at), long, row_id=n)
        for n, (at, long) in enumerate(stand_ins, start=1)
    )
    found = shifts(rotation, others, start, end)
    assert found[0].starts_at == start and found[-1].ends_at == end
    assert all(a.ends_at == b.starts_at for a, b in pairwise(found))
    for shift in found:
        assert shift.starts_at < shift.ends_at
        middle = shift.starts_at + (shift.ends_at - shift.starts_at) / 2
        assert on_duty(rotation, others, middle) == shift.contact_slug
