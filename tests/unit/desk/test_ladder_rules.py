"""The rules of ladders: quiet hours, turns, deputies, one call a minute, one winner, the pinned playbook."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk.coverage import look
from crisisdesk.model.contact import Channel, Contact, DayHours
from crisisdesk.model.coverage import GapKind
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.escalation import CallOutcome, Escalation, EscalationState
from crisisdesk.model.incident import Incident
from crisisdesk.model.rotation import Rotation
from crisisdesk.store import rows
from tests.unit.desk.conftest import PEOPLE, START

At = Callable[[float], datetime]


def ladder(desk: Desk, incident: Incident, role: str = "direccion") -> Escalation:
    return next(e for e in desk.escalation.list(incident.id) if e.role == role)


def called(desk: Desk, incident: Incident, role: str = "direccion") -> list[str]:
    mine = {e.id for e in desk.escalation.list(incident.id) if e.role == role}
    return [a.contact_slug for a in desk.escalation.attempts(incident.id) if a.escalation_id in mine]


def kinds(desk: Desk, incident: Incident, kind: str) -> list[dict[str, object]]:
    return [dict(e.data) for e in desk.timeline.entries(incident.id) if e.kind == kind]


# ── quiet hours ──────────────────────────────────────────────────────────────────────────────────────────────────


def sleeper(desk: Desk) -> None:
    known = desk.contacts.get("guardia.noc")
    desk.contacts.save(replace(known, from_hour=time(9), to_hour=time(18), email="noc@correo.example"))


@pytest.mark.parametrize(("level", "quiet"), [(1, True), (2, True), (3, False), (4, False)])
def test_quiet_hours_are_always_told_and_hold_only_below_level_three(desk: Desk, level: int, quiet: bool) -> None:
    sleeper(desk)  # it is 07:00 there
    incident = desk.incidents.open(title="Lento", level=level)
    desk.escalation.start(incident.id, "enlace_tecnico")
    assert called(desk, incident, "enlace_tecnico") == ["guardia.noc"]  # evaluated and on record, whatever the hour
    told = kinds(desk, incident, "escalation.quiet")
    assert bool(told) == quiet
    card = next(c for c in desk.escalation.cards(incident.id) if c.escalation.role == "enlace_tecnico")
    assert card.quiet_hours == quiet
    if quiet:
        assert told[0]["until"] == (START + timedelta(hours=2)).isoformat()


def test_the_ladder_climbs_through_quiet_hours(desk: Desk, at: At) -> None:
    sleeper(desk)
    incident = desk.incidents.open(title="Lento", level=2)
    at(4)
    assert called(desk, incident, "enlace_tecnico")[:2] == ["guardia.noc", "jefe.redes"]


# ── turns, deputies ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_turn_changes_hands_between_two_steps(desk: Desk, clock: PlayClock, at: At) -> None:
    desk.contacts.save(Contact(slug="noc.a", name="Ana", phone="55 0000 0201"))
    desk.contacts.save(Contact(slug="noc.b", name="Beto", phone="55 0000 0202"))
    desk.rotations.save(
        Rotation(
            slug="guardia.noc",
            name="Guardia del NOC",
            members=("noc.a", "noc.b"),
            zone="America/Mexico_City",
            starts_at=START - timedelta(hours=7),
            turn_hours=8,
        )
    )
    incident = desk.incidents.open(title="Sin servicio", level=3)
    at(55)
    first = called(desk, incident, "enlace_tecnico")
    assert first[0] == "noc.a" and "noc.b" not in first
    nxt = desk.rotations.who_next("guardia.noc")
    assert nxt is not None and (nxt.contact_slug, nxt.starts_at) == ("noc.b", START + timedelta(hours=1))
    at(61)
    again = desk.escalation.start(incident.id, "enlace_tecnico")
    assert again.role == "enlace_tecnico" and called(desk, incident, "enlace_tecnico")[-1] == "noc.b"


def test_who_stands_in_is_called(desk: Desk, incident: Incident) -> None:
    desk.contacts.save(Contact(slug="noc.a", name="Ana", phone="55 0000 0201"))
    desk.rotations.save(
        Rotation(slug="mesa", name="Mesa", members=("noc.a",), zone="UTC", starts_at=START, turn_hours=24)
    )
    desk.rotations.stand_in("mesa", "jefe.redes", START, START + timedelta(hours=2), "médico")
    assert desk.rotations.on_duty("mesa") == "jefe.redes"
    assert desk.contacts.name_of("mesa") == "Jefe.Redes"
    (given,) = desk.rotations.overrides()
    desk.rotations.withdraw(given.id)
    assert desk.rotations.on_duty("mesa") == "noc.a" and desk.rotations.who_next("mesa") is None


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"members": ()}, "rotation.empty"),
        ({"members": ("nadie",)}, "rotation.member"),
        ({"turn_hours": 0}, "rotation.turn"),
        ({"name": " "}, "rotation.name"),
        ({"zone": "Marte/Base"}, "contact.zone"),
    ],
)
def test_a_rotation_that_could_not_be_followed_is_refused(desk: Desk, changes: dict[str, object], key: str) -> None:
    good = Rotation(slug="mesa", name="Mesa", members=("jefe.redes",), zone="UTC", starts_at=START)
    with pytest.raises(InputError) as caught:
        desk.rotations.save(replace(good, **changes))  # type: ignore[arg-type]
    assert caught.value.key == key and desk.rotations.list() == ()


def test_a_replacement_that_ends_before_it_begins_is_refused(desk: Desk) -> None:
    desk.rotations.save(Rotation(slug="mesa", name="Mesa", members=("jefe.redes",), zone="UTC", starts_at=START))
    with pytest.raises(InputError):
        desk.rotations.stand_in("mesa", "jefe.redes", START, START)


def test_somebody_who_cannot_be_reached_gives_way_to_their_deputy(desk: Desk) -> None:
    known = desk.contacts.get("dir.general")
    desk.contacts.save(replace(known, phone="", deputy="legal.titular"))
    incident = desk.incidents.open(title="Sin servicio", level=3)
    assert called(desk, incident)[0] == "legal.titular"


def test_a_channel_without_an_address_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError) as caught:
        desk.contacts.save(Contact(slug="x", name="X", channels=(Channel("ntfy", " "),)))
    assert caught.value.key == "contact.channel"
    with pytest.raises(InputError) as caught:
        desk.contacts.save(Contact(slug="x", name="X", week=(DayHours(7),)))
    assert caught.value.key == "contact.week"


def test_channels_and_the_week_come_back_as_they_were(desk: Desk, open_desk: Callable[[], Desk]) -> None:
    week = (DayHours(5), DayHours(6, time(10), time(14)))
    made = Contact(slug="x", name="X", channels=(Channel("ntfy", "t"), Channel("telegram", "99")), week=week)
    desk.contacts.save(made)
    assert replace(open_desk().contacts.get("x"), id=0) == made


# ── one call a minute ────────────────────────────────────────────────────────────────────────────────────────────


def test_two_ladders_never_ring_the_same_person_twice_in_a_minute(desk: Desk, clock: PlayClock, at: At) -> None:
    for slug in PEOPLE:  # everybody is one and the same person behind two roles
        desk.contacts.save(replace(desk.contacts.get(slug), deputy=""))
    incident = desk.incidents.open(title="Sin servicio", level=4)
    for role in [r.id for r in desk.playbook.roles]:
        desk.incidents.assign(incident.id, role, "dir.general")
    for found in desk.playbook.ladders:
        desk.escalation.start(incident.id, found.role)
    for _ in range(12):
        clock.move_to(clock.now() + timedelta(seconds=20))
        desk.tick()
    starts: dict[str, list[datetime]] = {}
    for attempt in desk.escalation.attempts(incident.id):
        starts.setdefault(attempt.contact_slug, []).append(attempt.started_at)
    assert len(starts["dir.general"]) >= 3
    for times in starts.values():
        times.sort()
        assert all(b - a >= timedelta(minutes=1) for a, b in pairwise(times))


def test_a_ladder_that_waits_for_a_person_shows_what_it_waits_for(desk: Desk, clock: PlayClock) -> None:
    incident = desk.incidents.open(title="Sin servicio", level=3)
    desk.incidents.assign(incident.id, "portavoz", "dir.general")  # called a moment ago by direction's ladder
    waiting = desk.escalation.start(incident.id, "portavoz")
    assert waiting.step == -1 and waiting.step_due_at == clock.now() + timedelta(minutes=1)
    room = desk.room.view(incident.id)
    item = next(i for i in room.next if i.ref == waiting.id and i.due_at == waiting.step_due_at)
    assert "paso 1" in item.title.es and not item.overdue
    clock.move_to(clock.now() + timedelta(minutes=1))
    desk.tick()
    assert ladder(desk, incident, "portavoz").step == 0


# ── one winner ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_ten_people_acknowledge_five_hundred_escalations_and_each_has_one_winner(desk: Desk) -> None:
    """Ten threads at a barrier: 500 wins, and every loser is told who."""
    incident = desk.incidents.open(title="Sin servicio", level=3)
    with desk.core.write() as tx:
        made = [
            rows.escalations.insert(
                tx.connection,
                Escalation(
                    id=0,
                    incident_id=incident.id,
                    role="direccion",
                    state=EscalationState.CALLING,
                    step=0,
                    round=1,
                    started_at=START,
                    step_due_at=START + timedelta(hours=9),
                ),
            ).id
            for _ in range(500)
        ]
    people = [desk.contacts.save(Contact(slug=f"p{n}", name=f"Persona {n}", phone="55 0000 0300")) for n in range(10)]
    barrier, lock = threading.Barrier(10), threading.Lock()
    won: list[tuple[int, str]] = []
    lost: list[tuple[int, str, str]] = []

    def take(person: Contact) -> None:
        barrier.wait()
        for escalation_id in made:
            try:
                desk.escalation.acknowledge(escalation_id, person.slug)
                with lock:
                    won.append((escalation_id, person.name))
            except StepError as error:
                with lock:
                    lost.append((escalation_id, person.name, str(error.fields["who"])))

    threads = [threading.Thread(target=take, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 500 and len({escalation_id for escalation_id, _ in won}) == 500
    winners = dict(won)
    assert len(lost) == 4500
    assert all(winners[escalation_id] == who and who != loser for escalation_id, loser, who in lost)


def test_two_programs_on_one_file_have_one_winner(tmp_path: Path, desk: Desk, incident: Incident) -> None:
    """The acknowledgement is a compare-and-set in the file itself, not a look in memory."""
    found = ladder(desk, incident)
    with desk.core.write() as tx:
        expected = {"state": (EscalationState.CALLING, EscalationState.EXHAUSTED)}
        changes = {"state": EscalationState.ACKNOWLEDGED, "ack_by": "dir.general"}
        assert rows.escalations.swap(tx.connection, found.id, expected, **changes)
        assert not rows.escalations.swap(tx.connection, found.id, expected, **changes | {"ack_by": "legal.titular"})
        assert rows.escalations.get(tx.connection, found.id).ack_by == "dir.general"


def test_an_answered_call_proves_the_number(desk: Desk, incident: Incident, clock: PlayClock) -> None:
    card = next(c for c in desk.escalation.cards(incident.id) if c.escalation.role == "direccion")
    desk.escalation.outcome(card.attempt.id, CallOutcome.NO_ANSWER)
    assert desk.contacts.get("dir.general").verified_at is None
    other = next(c for c in desk.escalation.cards(incident.id) if c.escalation.role == "enlace_tecnico")
    desk.escalation.outcome(other.attempt.id, CallOutcome.ANSWERED)
    assert desk.contacts.get(other.attempt.contact_slug).verified_at == clock.now()


# ── the ladder it began with ─────────────────────────────────────────────────────────────────────────────────────


def test_an_incident_keeps_the_ladder_it_began_with(desk: Desk, tmp_path: Path, at: At) -> None:
    incident = desk.incidents.open(title="Sin servicio", level=3)
    text = desk.playbook.source.replace("{paso: 2, a: direccion.suplente, por: [llamada], espera: 5 min}",
                                        "{paso: 2, a: legal, por: [llamada], espera: 1 min}")  # fmt: skip
    assert text != desk.playbook.source
    changed = tmp_path / "otro.yaml"
    changed.write_text(text, "utf-8")
    desk.playbooks.use(changed)
    at(6)
    assert called(desk, incident)[:2] == ["dir.general", "dir.operaciones"]
    later = desk.incidents.open(title="Otra", level=3)
    at(13)
    assert "legal.titular" in called(desk, later)


@pytest.mark.allow_logs
def test_one_broken_ladder_does_not_hold_the_others(desk: Desk, incident: Incident, at: At) -> None:
    with desk.core.write() as tx:
        rows.escalations.update(tx.connection, ladder(desk, incident, "enlace_tecnico").id, role="no.existe")
    at(5)
    assert ladder(desk, incident).step == 1


# ── the days ahead ───────────────────────────────────────────────────────────────────────────────────────────────


def ahead(desk: Desk, **people: Contact) -> tuple[int, set[GapKind]]:
    contacts = {c.slug: c for c in desk.contacts.list()} | {c.slug: c for c in people.values()}
    found = look(desk.playbook, contacts, (), (), START, START + timedelta(days=14))
    assert found.quality == max(0, 100 - sum(loss.points for loss in found.losses))
    return found.quality, {gap.kind for gap in found.gaps}


def everybody(desk: Desk) -> None:
    named = {slug for role in desk.playbook.roles for slug in (role.holder, role.deputy)}
    for slug in named - {role.id for role in desk.playbook.roles} - {""}:
        contact = Contact(slug=slug, name=slug.title(), phone="55 0000 0400", verified_at=START)
        desk.contacts.save(contact)


def test_a_team_that_always_answers_has_a_hundred(desk: Desk) -> None:
    everybody(desk)
    assert ahead(desk) == (100, set())


def test_nobody_at_all_is_nought(desk: Desk) -> None:
    found = look(desk.playbook, {}, (), (), START, START + timedelta(days=14))
    assert found.quality == 0 and {g.kind for g in found.gaps} == {GapKind.NOBODY}
    assert all(g.starts_at == START and g.ends_at == START + timedelta(days=14) for g in found.gaps)


def test_nights_and_old_numbers_cost_and_say_so(desk: Desk) -> None:
    everybody(desk)
    for contact in desk.contacts.list():
        desk.contacts.save(replace(contact, from_hour=time(8), to_hour=time(20), verified_at=None))
    found = look(desk.playbook, {c.slug: c for c in desk.contacts.list()}, (), (), START, START + timedelta(days=14))
    assert {loss.key for loss in found.losses} == {"asleep", "unverified"} and found.quality == 100 - 15 - 15
    first = found.gaps[0]
    assert first.kind is GapKind.ASLEEP
    local = [first.starts_at.astimezone().astimezone(START.tzinfo), first.ends_at]
    assert local[1] - local[0] in (timedelta(hours=12), timedelta(hours=1))


def test_the_desk_reports_ahead(desk: Desk) -> None:
    report = desk.coverage.report()
    assert report.ends_at - report.starts_at == timedelta(days=14)
    assert 0 <= report.quality <= 100 and report.losses
