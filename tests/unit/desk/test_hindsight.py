"""«Habría saltado N veces» on the desk's own stored past."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk.hindsight import Cancelled

MINUTE = timedelta(minutes=1)


def fill(desk: Desk, now: datetime, days: int) -> datetime:
    """A month of calm with a storm of forty minutes two days before its end; returns the storm's beginning."""
    dice = random.Random(5)
    start = now - timedelta(days=days)
    storm = now - timedelta(days=2)
    counts = [(start + n * MINUTE, 1) for n in range(days * 1440) if dice.random() < 0.2]
    counts += [(storm + n * MINUTE, 6) for n in range(40)]
    desk.ingest.history(sorted(counts))
    return storm


def test_an_empty_past_never_fired(desk: Desk) -> None:
    found = desk.hindsight.would_have_fired()
    assert found.fired == ()
    assert found.start == found.end


def test_the_slider_finds_the_storm_and_fires_more_often_the_lower_it_stands(desk: Desk, clock: PlayClock) -> None:
    storm = fill(desk, clock.now(), 20)
    strict = desk.hindsight.would_have_fired(30, 30.0)
    assert [storm < f.at <= storm + 15 * MINUTE for f in strict.fired] == [True]
    loose = desk.hindsight.would_have_fired(30, 0.5)
    assert len(loose.fired) > len(strict.fired)
    rules = {r.name: r.at for r in strict.rules}
    assert set(rules) == {"socialmetrix_1_5", "socialmetrix_2", "socialmetrix_3", "meltwater", "agility"}
    assert any(storm < at <= storm + timedelta(hours=2) for at in rules["agility"])


def test_new_mentions_in_the_past_are_seen(desk: Desk, clock: PlayClock) -> None:
    fill(desk, clock.now(), 20)
    before = desk.hindsight.would_have_fired(10, 7.0)
    again = clock.now() - timedelta(days=1)
    desk.ingest.history([(again + n * MINUTE, 9) for n in range(40)])
    after = desk.hindsight.would_have_fired(10, 7.0)
    assert len(after.fired) == len(before.fired) + 1


def test_it_can_be_cancelled(desk: Desk, clock: PlayClock) -> None:
    fill(desk, clock.now(), 20)
    with pytest.raises(Cancelled):
        desk.hindsight.would_have_fired(10, 7.0, goes_on=lambda: False)
    assert desk.hindsight.would_have_fired(10, 7.0).fired
