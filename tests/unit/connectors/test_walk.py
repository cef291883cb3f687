"""The walk through newest-first sources: cut anywhere, nothing is lost."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.connectors import walk
from crisisdesk.connectors.walk import Walk
from tests.fakes.newest import START, Newest, survive

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def lost_in(runs: int, overlap: timedelta, late: timedelta = 3 * MINUTE) -> int:
    """How many items ``runs`` killed desks never stored."""
    missing = 0
    for seed in range(runs):
        source = Newest(seed, late=late)

        async def poll(cursor: str, source: Newest = source) -> tuple[list[str], str, bool]:
            here = walk.begin(walk.read(cursor), source.now, overlap=overlap, first=HOUR)
            page, token = source.answer(here.token)
            after, done = walk.step(here, [i.indexed for i in page], token, source.now)
            return [str(i.number) for i in page], after.text(), not done

        stored, _ = asyncio.run(survive(source, poll))
        missing += len(source.items) - len(stored)
    return missing


def test_killed_between_any_two_steps_nothing_is_lost() -> None:
    assert lost_in(300, overlap=4 * MINUTE) == 0


def test_without_an_overlap_late_items_are_lost() -> None:
    """The simulation can fail: it sees what the overlap is for."""
    assert lost_in(40, overlap=timedelta(0), late=20 * MINUTE) > 0


def test_the_mark_moves_only_when_the_walk_came_down() -> None:
    first = walk.begin(Walk(), START, overlap=MINUTE, first=HOUR)
    going, done = walk.step(first, [START - MINUTE, START - 2 * MINUTE], "older", START)
    assert (going.low, going.top, going.token, done) == (None, START - MINUTE, "older", False)
    assert walk.begin(going, START + HOUR, overlap=MINUTE, first=HOUR) == going  # goes on where it was cut
    ended, done = walk.step(going, [START - 2 * HOUR], "even older", START)
    assert (ended, done) == (Walk(low=START - MINUTE), True)


def test_a_page_without_items_is_not_the_end() -> None:
    going, done = walk.step(walk.begin(Walk(), START, overlap=MINUTE, first=HOUR), [], "older", START)
    assert (going.token, done) == ("older", False)


def test_a_date_from_the_future_does_not_end_later_walks() -> None:
    here = walk.begin(Walk(), START, overlap=MINUTE, first=HOUR)
    after, _ = walk.step(here, [START + timedelta(days=400)], "", START)
    assert after.low == START


def test_what_a_source_of_limited_depth_no_longer_tells() -> None:
    here = walk.begin(Walk(low=START), START + HOUR, overlap=MINUTE, first=HOUR)
    assert walk.lost(here, [START + 30 * MINUTE]) == (START, START + 30 * MINUTE)
    assert walk.lost(here, [START - MINUTE]) is None
    assert walk.lost(walk.begin(Walk(), START, overlap=MINUTE, first=HOUR), [START]) is None


@given(
    st.builds(
        Walk,
        low=st.none() | st.datetimes(timezones=st.just(START.tzinfo)),
        floor=st.none() | st.datetimes(timezones=st.just(START.tzinfo)),
        top=st.none() | st.datetimes(timezones=st.just(START.tzinfo)),
        token=st.text(st.characters(exclude_categories=["Cs"])),
    )
)
def test_a_cursor_comes_back_as_it_was(here: Walk) -> None:
    assert walk.read(here.text()) == here


@pytest.mark.parametrize(
    "cursor",
    ["", "{", "[]", "7", '{"v":1}', '{"v":2,"low":"ayer"}', '{"v":2,"low":"2026-01-01T00:00:00"}', '{"v":2,"token":7}'],
)
def test_a_cursor_that_cannot_be_read_is_a_first_time(cursor: str) -> None:
    assert walk.read(cursor) == Walk()


def test_instants_are_kept_in_utc() -> None:
    there = datetime.fromisoformat("2026-11-22T06:00:00-06:00")
    assert walk.read(Walk(low=there).text()).low == START
