"""What the chart is given: counts told by events, flags of our own acts, a second series, a past incident at its T0."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.errors import NotFoundError
from crisisdesk.model.events import Event, MentionsAdded
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.room import SecondWanted
from crisisdesk.settings import load

MINUTE = timedelta(minutes=1)


def said(n: int, at: datetime, text: str = "sin señal", **more: object) -> Mention:
    return Mention(
        source="import", account="x", native_id=str(n), published_at=at, fetched_at=at, text=text, **more  # type: ignore[arg-type]
    )  # fmt: skip


def page(desk: Desk, *mentions: Mention) -> None:
    desk.ingest.page(Page(source="import", account="x", mentions=mentions))


def test_an_event_tells_the_minutes_as_they_are_now(desk: Desk) -> None:
    heard: list[Event] = []
    desk.bus.subscribe(heard.append)
    now = desk.clock.now().replace(second=30, microsecond=0)
    page(desk, said(1, now), said(2, now, is_repost=True), said(3, now - 5 * MINUTE))
    page(desk, said(4, now), said(2, now, is_repost=True))  # one of them twice
    page(desk, said(4, now))  # nothing new
    first, second = (event for event in heard if isinstance(event, MentionsAdded))
    assert [(c.total, c.reposts) for c in first.minutes] == [(1, 0), (2, 1)]
    assert [(c.total, c.reposts) for c in second.minutes] == [(3, 1)]
    counted = desk.room.chart(timedelta(hours=2), columns=None).counts
    assert counted[-1] == second.minutes[0]


def test_a_long_import_is_read_again_instead(desk: Desk) -> None:
    heard: list[Event] = []
    desk.bus.subscribe(heard.append)
    now = desk.clock.now()
    page(desk, *(said(n, now - n * MINUTE) for n in range(200)))
    (event,) = (event for event in heard if isinstance(event, MentionsAdded))
    assert event.added == 200
    assert event.minutes == ()


def test_words_are_counted_as_they_are_written(desk: Desk) -> None:
    now = desk.clock.now().replace(second=0, microsecond=0)
    texts = ("con Rival sí hay señal", "rival 100%", "rival_x", "nada", "RIVAL y señal")
    page(desk, *(said(n, now - (5 + n) * MINUTE, text) for n, text in enumerate(texts)))

    def found(words: str) -> int:
        chart = desk.room.chart(timedelta(hours=2), second=SecondWanted(kind="words", words=words))
        assert chart.second is not None
        return sum(n for _, n in chart.second.counts)

    assert found("rival") == 4
    assert found("rival señal") == 2
    assert found("100%") == 1
    assert found("l_x") == 1
    assert found("%") == 1
    assert found("   ") == 0
    assert found("'; drop table mention; --") == 0


def test_a_past_incident_stands_on_the_present_ones_t0(desk: Desk) -> None:
    now = desk.clock.now().replace(second=0, microsecond=0)
    before = now - timedelta(days=10)
    page(desk, *(said(n, before + n * MINUTE) for n in range(4)), said(99, before + MINUTE))
    past = desk.incidents.open(title="La de marzo", level=2, started_at=before)
    desk.incidents.resolve(past.id, "NOC")
    here = desk.incidents.open(title="La de hoy", level=2, started_at=now - 10 * MINUTE)
    wanted = SecondWanted(kind="incident", incident_id=past.id)
    chart = desk.room.chart(timedelta(hours=1), here.id, second=wanted)
    assert chart.second is not None
    assert chart.second.label == Bilingual("La de marzo", "La de marzo")
    assert chart.second.counts[0] == (now - 10 * MINUTE, 1)
    assert chart.second.counts[1] == (now - 9 * MINUTE, 2)
    itself = SecondWanted(kind="incident", incident_id=here.id)
    assert desk.room.chart(timedelta(hours=1), here.id, second=itself).second is None
    with pytest.raises(NotFoundError):
        desk.room.chart(timedelta(hours=1), here.id, second=SecondWanted(kind="incident", incident_id=77))


def test_a_stretch_of_the_past_and_its_steps(desk: Desk) -> None:
    now = desk.clock.now().replace(second=0, microsecond=0)
    page(desk, *(said(n, now - timedelta(days=3) + n * MINUTE) for n in range(30)))
    stretch = (now - timedelta(days=3), now - timedelta(days=3) + timedelta(hours=1))
    chart = desk.room.chart(None, stretch=stretch, columns=None)
    assert (chart.start, chart.end, chart.step) == (*stretch, MINUTE)
    assert sum(c.total for c in chart.counts) == 30
    assert desk.room.chart(timedelta(days=7)).step == 10 * MINUTE
    assert desk.room.chart(timedelta(days=7), columns=None).step == MINUTE
    assert desk.room.chart(timedelta(days=300), columns=None).step > MINUTE


def test_tasks_done_and_times_given_are_flags(desk: Desk) -> None:
    incident = desk.incidents.open(title="Caída", level=3)
    task = desk.incidents.tasks(incident.id)[0]
    desk.incidents.finish_task(task.id, "captura")
    kinds = {flag.kind for flag in desk.room.chart(timedelta(hours=2), incident.id).flags}
    assert "task" in kinds


def test_the_slider_is_kept_and_what_was_learnt_stays(desk: Desk, open_desk: Callable[[], Desk]) -> None:
    now = desk.clock.now()
    page(desk, *(said(n, now - timedelta(hours=30) + n * 5 * MINUTE) for n in range(360)))
    desk.tick()
    learnt = desk.room.view().learning_days
    assert learnt > 1
    desk.set_return_days(30.0)
    assert desk.settings.return_days == 30.0
    assert load(desk.paths.settings)[0].return_days == 30.0
    assert desk.room.view().learning_days == learnt
    desk.tick()
    assert desk.room.view().learning_days == learnt


def test_the_same_stretch_a_day_and_a_week_ago(desk: Desk, clock: PlayClock) -> None:
    start = desk.clock.now()
    for day in range(9):
        at = start + timedelta(days=day)
        clock.move_to(at)
        page(desk, *(said(1000 * day + n, at - n * 10 * MINUTE) for n in range(100)))
        desk.tick()
    at = start + timedelta(days=9)
    for minute in range(1, 8):
        clock.move_to(at + minute * MINUTE)
        page(desk, *(said(90_000 + 100 * minute + n, at + (minute - 1) * MINUTE, author=f"p{n}") for n in range(60)))
        desk.tick()
    view = desk.room.view()
    assert view.alert is not None
    assert [days for days, _ in view.before] == [1, 7]
    assert all(0 <= count < 30 for _, count in view.before)
