"""The watchman: the same mentions give the same alerts, whenever and in whatever batches they arrive."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crisisdesk.app import build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.alert import SignalKind
from crisisdesk.model.mention import Mention, Page
from crisisdesk.paths import profile
from crisisdesk.pipeline.count import Recent, tally
from crisisdesk.settings import Settings
from crisisdesk.store import mentions
from crisisdesk.store.schema import minute_count
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
HISTORY = timedelta(days=3)


def said(n: int, at: datetime, text: str) -> Mention:
    return Mention(
        source="feed", account="a", native_id=str(n), published_at=at, fetched_at=at, text=text, author=f"u{n}"
    )


def evening() -> list[Mention]:
    """Two hours of a quiet brand with a storm of complaints at their middle."""
    dice, begin = random.Random(8), START + HISTORY
    found = [
        said(n, begin + timedelta(minutes=dice.uniform(0, 120)), f"vi el anuncio {n} ayer tarde") for n in range(6)
    ]
    storm = begin + timedelta(minutes=61)
    found += [
        said(100 + n, storm + timedelta(seconds=25 * n), f"sin luz en la calle {n} desde hace rato") for n in range(30)
    ]
    return sorted(found, key=lambda m: m.published_at)


EVENING = evening()


def alerts(
    sizes: list[int], delays: list[int], *, blind: bool = False, most: int = 20_000
) -> list[tuple[object, ...]]:
    """What the desk raises when the evening comes in batches, each late by some minutes.

    When ``blind``, nobody looks at the pages, as in the middle of a walk, and the desk is opened anew at the end. The
    last minutes are remembered up to ``most`` mentions.
    """
    with TemporaryDirectory() as folder:
        clock = PlayClock(START + HISTORY)
        desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(Path(folder)), clock=clock)
        desk._watchman._recent = Recent(most)
        dice = random.Random(4)
        hours = [START + timedelta(minutes=n) for n in range(3 * 1440) if dice.random() < 0.03]
        desk.ingest.history([(at, 1) for at in hours])
        at = number = 0
        while at < len(EVENING):
            batch = EVENING[at : at + sizes[number % len(sizes)]]
            late = timedelta(minutes=delays[number % len(delays)])
            clock.move_to(max(clock.now(), batch[-1].published_at + late))
            desk.tick()
            desk.ingest.page(Page(source="feed", account="a", mentions=tuple(reversed(batch))), look=not blind)
            at, number = at + len(batch), number + 1
        if blind:
            desk.close()
            desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(Path(folder)), clock=clock)
        clock.move_to(START + HISTORY + timedelta(minutes=130))
        desk.tick()
        found = [(a.opened_at, a.first.signal if a.first else None) for a in desk.alerts.list(open_only=False)]
        desk.close()
        return found


@cache
def one_by_one() -> list[tuple[object, ...]]:
    return alerts([1], [0])


def test_a_storm_of_complaints_is_one_alert_within_minutes() -> None:
    storm = START + HISTORY + timedelta(minutes=61)
    assert [timedelta(0) < at - storm < timedelta(minutes=5) for (at, _) in one_by_one()] == [True]  # type: ignore[operator]


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=4), st.lists(st.integers(0, 12), min_size=1, max_size=3))
def test_batches_and_delays_change_nothing(sizes: list[int], delays: list[int]) -> None:
    assert alerts(sizes, delays) == one_by_one()


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=4), st.lists(st.integers(0, 12), min_size=1, max_size=3))
def test_in_a_storm_what_came_late_changes_nothing_either(sizes: list[int], delays: list[int]) -> None:
    assert [signal for _, signal in alerts(sizes, delays, most=3)] == [signal for _, signal in one_by_one()]


def test_in_a_storm_what_comes_late_or_is_edited_is_read_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten minutes of a storm are not read from the file again for each of its late mentions."""
    read = count()
    whole = mentions.said
    monkeypatch.setattr(mentions, "said", lambda *about: (next(read), whole(*about))[1])
    with TemporaryDirectory() as folder:
        clock = PlayClock(START + timedelta(seconds=1))
        desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(Path(folder)), clock=clock)
        desk._watchman._recent = Recent(most=5)
        for minute in range(5):
            clock.move_to(START + timedelta(minutes=minute, seconds=1))
            storm = (said(100 * minute + n, clock.now() + timedelta(seconds=n), f"sin luz {n}") for n in range(9))
            desk.ingest.page(Page(source="feed", account="a", mentions=tuple(storm)))
        before = next(read)
        for n in range(20):
            late = said(900 + n, START + timedelta(minutes=1, seconds=n), "tampoco aquí")
            edit = replace(said(n % 9, START + timedelta(seconds=n % 9 + 1), f"ya volvió {n}"), version=str(n + 1))
            desk.ingest.page(Page(source="feed", account="a", mentions=(late, edit)))
        assert next(read) - before == 1  # the counter's own step: nothing was read
        clock.move_to(START + timedelta(minutes=5, seconds=1))
        desk.tick()
        with desk.core.read() as connection:
            kept = {row.minute: row.voices for row in connection.execute(select(minute_count)).all()}
            told = {at: t.voices for at, t in tally(whole(connection, START, clock.now())).items()}
        assert {at: voices for at, voices in kept.items() if at < START + timedelta(minutes=5)} == told
        assert next(read) - before <= 4
        desk.close()


def test_what_came_in_the_middle_of_a_walk_is_looked_at_also_after_a_restart() -> None:
    for sizes, delays in (([1], [0]), ([50], [12]), ([9, 2], [3, 0])):
        assert [signal for _, signal in alerts(sizes, delays, blind=True)] == [signal for _, signal in one_by_one()]


def test_an_alert_about_complaints_says_so_and_counts_complaints_until_its_end() -> None:
    """Its numbers are complaints against the usual complaints, when it is raised and an hour later."""
    with TemporaryDirectory() as folder:
        begin = START + HISTORY
        clock = PlayClock(START)
        desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(Path(folder)), clock=clock)
        calm = [
            said(10_000 + n, START + timedelta(minutes=7 * n), f"vi el anuncio {n} ayer por la tarde aquí")
            for n in range(3 * 1440 // 7)
        ]
        desk.ingest.page(Page(source="feed", account="a", mentions=tuple(calm)))
        clock.move_to(begin)
        desk.tick()
        storm = [
            said(n, begin + timedelta(minutes=2, seconds=20 * n), f"pésimo servicio, sin luz en la calle {w} de aquí")
            for n, w in enumerate(("uno", "dos", "tres", "cuatro", "cinco"))
        ]
        for one in storm:
            clock.move_to(one.published_at)
            desk.ingest.page(Page(source="feed", account="a", mentions=(one,)))
        (alert,) = desk.alerts.list()
        assert alert.signal.kind is SignalKind.COMPLAINTS
        clock.move_to(begin + timedelta(minutes=8))
        desk.tick()
        (alert,) = desk.alerts.list()
        assert alert.signal.kind is SignalKind.COMPLAINTS
        assert alert.signal.count == 5
        assert alert.signal.expected < 1
        incident = desk.incidents.open(title="Sin luz", level=1, alert_id=alert.id)
        entry = next(e for e in desk.timeline.entries(incident.id) if e.kind == "alert.raised")
        assert entry_sentence(entry, Texts("es"), "America/Mexico_City").startswith("Alerta de quejas: ")
        desk.close()
