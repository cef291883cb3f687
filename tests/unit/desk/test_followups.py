"""After an incident: the review has a day, its actions an owner and a time, everybody is heard, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk.followups import last_minute
from crisisdesk.model.commitment import NextKind
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.events import Event, NoticeShown, ReviewChanged
from crisisdesk.model.followup import ActionState
from crisisdesk.model.incident import Incident
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.unit.desk.conftest import START

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def told(desk: Desk) -> list[Event]:
    heard: list[Event] = []
    desk.bus.subscribe(heard.append)
    return heard


def kinds(desk: Desk, incident: Incident) -> list[str]:
    return [e.kind for e in desk.timeline.entries(incident.id) if e.kind.startswith("review.")][::-1]


def over(desk: Desk, incident: Incident, clock: PlayClock) -> None:
    clock.move_to(START + 4 * HOUR)
    desk.incidents.resolve(incident.id, "guardia.noc")


def in_next(desk: Desk, kind: NextKind, incident_id: int | None = None) -> list[int]:
    return [item.ref for item in desk.room.view(incident_id).next if item.kind is kind]


def test_what_cannot_be_kept_is_refused_and_leaves_nothing(desk: Desk, incident: Incident) -> None:
    for what, owner, due in (("", "Luis", HOUR), ("Revisar", "  ", HOUR), ("Revisar", "Luis", -HOUR)):
        with pytest.raises(InputError):
            desk.followups.add(incident.id, what, owner, START + due)
    with pytest.raises(InputError):
        desk.followups.set_due(incident.id, START)
    with pytest.raises(InputError):
        desk.followups.hear(incident.id, "Luis")
    with pytest.raises(InputError):
        desk.followups.hear(incident.id, " ", well="todo")
    with pytest.raises(NotFoundError):
        desk.followups.add(99, "Revisar", "Luis", START + HOUR)
    with pytest.raises(NotFoundError):
        desk.followups.finish(99)
    found = desk.followups.of(incident.id)
    assert (found.actions, found.feedback, found.due_at) == ((), (), None)
    assert kinds(desk, incident) == []


def test_an_action_ends_once_and_a_dropped_one_says_why(desk: Desk, incident: Incident) -> None:
    one = desk.followups.add(incident.id, "Probar el canal de fuera", "guardia.noc", START + DAY)
    with pytest.raises(InputError):
        desk.followups.drop(one.id, " ")
    with pytest.raises(StepError):
        desk.followups.reopen(one.id)
    done = desk.followups.finish(one.id, "acta del 12")
    assert (done.state, done.ended_by, done.words) == (ActionState.DONE, "ana", "acta del 12")
    for again in (desk.followups.finish, lambda one_id: desk.followups.change(one_id, what="x")):
        with pytest.raises(StepError):
            again(one.id)
    assert desk.followups.reopen(one.id).ended_at is None
    assert desk.followups.drop(one.id, "lo hace otra área").state is ActionState.DROPPED
    assert kinds(desk, incident) == [
        "review.action_added", "review.action_done", "review.action_reopened", "review.action_dropped",
    ]  # fmt: skip


def test_without_a_person_the_playbooks_time_counts_and_a_persons_goes_before_it(
    desk: Desk, incident: Incident, clock: PlayClock
) -> None:
    assert desk.followups.of(incident.id).due_at is None
    over(desk, incident, clock)
    found = desk.followups.of(incident.id)
    assert (found.due_at, found.set_by_person) == (START + 4 * HOUR + 7 * DAY, False)
    assert in_next(desk, NextKind.REVIEW) == []  # the playbook's own task says it
    desk.followups.set_due(incident.id, START + 3 * DAY)
    assert in_next(desk, NextKind.REVIEW) == [incident.id]
    assert desk.followups.of(incident.id).set_by_person
    desk.followups.hold(incident.id)
    assert in_next(desk, NextKind.REVIEW) == []
    assert desk.followups.of(incident.id).held_by == "ana"
    desk.followups.set_due(incident.id, START + 5 * DAY)  # called again
    assert desk.followups.of(incident.id).held_at is None


def test_what_is_overdue_is_told_once_and_stays_in_what_is_next(
    desk: Desk, incident: Incident, clock: PlayClock, told: list[Event]
) -> None:
    over(desk, incident, clock)
    one = desk.followups.add(incident.id, "Ensayar el guion", "comunicacion", START + 2 * DAY)
    desk.followups.set_due(incident.id, START + 2 * DAY)
    assert in_next(desk, NextKind.REVIEW_ACTION) == []  # more than a day away
    clock.move_to(START + 2 * DAY + HOUR)
    del told[:]
    for _ in range(3):
        desk.tick()
    notices = [event for event in told if isinstance(event, NoticeShown)]
    assert [event.title for event in notices] == [
        "Acción vencida: Ensayar el guion", "La revisión de «Sin servicio» pasó de su fecha",
    ]  # fmt: skip
    assert "Responsable de comunicación" in notices[0].body
    assert kinds(desk, incident)[-2:] == ["review.action_overdue", "review.overdue"]
    assert in_next(desk, NextKind.REVIEW_ACTION) == [one.id]
    assert [i.overdue for i in desk.room.view().next if i.kind is NextKind.REVIEW_ACTION] == [True]
    desk.followups.change(one.id, due_at=START + 4 * DAY)  # another day is told again when it passes
    clock.move_to(START + 5 * DAY)
    desk.tick()
    assert kinds(desk, incident).count("review.action_overdue") == 2


def test_an_open_action_is_carried_into_the_next_review_and_never_stands_above_a_crisis(
    desk: Desk, incident: Incident, clock: PlayClock
) -> None:
    one = desk.followups.add(incident.id, "Comprar otro enlace", "Luis", START + DAY)
    over(desk, incident, clock)
    desk.incidents.close(incident.id)
    clock.move_to(START + 3 * DAY)
    desk.tick()
    assert in_next(desk, NextKind.REVIEW_ACTION) == [one.id]  # with no incident on screen
    later = desk.incidents.open(title="Otra caída", level=3)
    assert [c.action.id for c in desk.followups.of(later.id).carried] == [one.id]
    assert desk.followups.of(later.id).carried[0].incident == incident.name
    assert desk.followups.of(incident.id).carried == ()
    assert desk.room.view(later.id).next[-1].ref == one.id
    desk.followups.finish(one.id)
    assert desk.followups.of(later.id).carried == ()
    assert in_next(desk, NextKind.REVIEW_ACTION) == []


def test_everybody_who_took_part_is_asked_for_and_those_not_heard_come_first(desk: Desk, incident: Incident) -> None:
    before = desk.followups.of(incident.id).participants
    assert {p.key for p in before} >= {"guardia.noc", "comunicacion.titular", "ana"}
    assert all(p.heard == 0 for p in before)
    desk.followups.hear(incident.id, "guardia.noc", well="rápido", badly="el guion llegó tarde")
    desk.followups.hear(incident.id, "ANA", change="un turno más")
    after = desk.followups.of(incident.id).participants
    assert {p.key for p in after if p.heard} == {"guardia.noc", "ana"}
    assert after[-1].heard and not after[0].heard
    assert [f.badly for f in desk.followups.of(incident.id).feedback] == ["el guion llegó tarde", ""]


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_act_is_a_sentence_of_the_timeline(
    desk: Desk, incident: Incident, clock: PlayClock, told: list[Event], lang: str
) -> None:
    over(desk, incident, clock)
    one = desk.followups.add(incident.id, "Ensayar", "comunicacion", START + DAY)
    desk.followups.change(one.id, owner="guardia.noc")
    desk.followups.set_due(incident.id, START + DAY)
    clock.move_to(START + 2 * DAY)
    desk.tick()
    desk.followups.finish(one.id, "acta")
    desk.followups.reopen(one.id)
    desk.followups.drop(one.id, "no hace falta")
    desk.followups.hear(incident.id, "ana", well="bien")
    desk.followups.hold(incident.id)
    texts = Texts(lang)
    mine = [e for e in desk.timeline.entries(incident.id) if e.kind.startswith("review.")]
    said = [entry_sentence(e, texts, "UTC") for e in mine]
    assert len(said) == 10 and not any(e.kind in text or "{" in text for e, text in zip(mine, said, strict=True))
    assert any(isinstance(event, ReviewChanged) for event in told)


def test_all_of_it_is_there_after_a_restart(open_desk: Callable[[], Desk], clock: PlayClock) -> None:
    first = open_desk()
    incident = first.incidents.open(title="Sin servicio", level=3)
    first.followups.add(incident.id, "Ensayar", "Luis", START + DAY, public=True)
    first.followups.hear(incident.id, "Luis", well="bien")
    first.followups.set_due(incident.id, START + DAY)
    before = first.followups.of(incident.id)
    clock.move_to(START + timedelta(minutes=1))
    assert open_desk().followups.of(incident.id) == before


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Santiago", datetime(2026, 4, 4, 12)),  # its clocks go back at midnight: 23:59 comes twice
        ("America/Santiago", datetime(2026, 9, 5, 12)),  # and forward: the next day has no midnight
        ("Europe/Madrid", datetime(2026, 10, 25, 12)),
        ("America/Mexico_City", datetime(2026, 3, 10, 0, 30)),
        ("Asia/Kolkata", datetime(2026, 3, 10, 23, 59, 30)),
    ],
)
def test_a_day_lasts_until_no_minute_of_it_is_left(zone: str, day: datetime) -> None:
    local = day.replace(tzinfo=ZoneInfo(zone))
    last = last_minute(local.astimezone(UTC), zone)
    assert last.astimezone(ZoneInfo(zone)).date() == day.date()
    assert (last + timedelta(minutes=1)).astimezone(ZoneInfo(zone)).date() == day.date() + DAY


def test_a_review_is_held_once_until_it_is_called_again(desk: Desk, incident: Incident, clock: PlayClock) -> None:
    over(desk, incident, clock)
    held = desk.followups.hold(incident.id)
    clock.move_to(START + 5 * HOUR)
    with desk.core.acting_as("luis"):
        assert desk.followups.hold(incident.id) == held
    assert kinds(desk, incident) == ["review.held"]
    desk.followups.set_due(incident.id, START + 6 * HOUR)
    assert desk.followups.hold(incident.id).held_at == START + 5 * HOUR
