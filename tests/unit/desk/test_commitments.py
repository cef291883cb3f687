"""The ledger: what it refuses, what breaks, what is made good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk.draft_rules import approvers
from crisisdesk.model.commitment import CommitmentKind, CommitmentState, NextKind, RemedyKind
from crisisdesk.model.draft import DraftState, FieldValue
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import CommitmentBroken, CommitmentDueSoon, Event
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from tests.unit.desk.conftest import START, filled

WHAT = Bilingual("Recuperar la voz", "Voice back")
At = Callable[[float], datetime]


def promise(desk: Desk, incident: Incident, minutes: float, **more: object) -> int:
    given = {"kind": CommitmentKind.RESOLUTION, "giver": "guardia.noc"} | more
    due = START + timedelta(minutes=minutes)
    return desk.commitments.promise(incident.id, WHAT, due, **given).id  # type: ignore[arg-type]


def test_a_time_that_has_passed_is_no_promise(desk: Desk, incident: Incident) -> None:
    with pytest.raises(InputError) as caught:
        promise(desk, incident, -1)
    assert caught.value.key == "commitment.past"


def test_a_promise_more_than_a_year_away_is_refused(desk: Desk, incident: Incident) -> None:
    with pytest.raises(InputError) as caught:
        promise(desk, incident, 60 * 24 * 366)
    assert caught.value.key == "commitment.too_far"


def test_a_promise_without_a_giver_is_refused(desk: Desk, incident: Incident) -> None:
    with pytest.raises(InputError) as caught:
        promise(desk, incident, 60, giver=" ")
    assert caught.value.key == "commitment.no_giver"


def test_a_broken_promise_stays_broken_and_opens_its_apology(desk: Desk, incident: Incident, at: At) -> None:
    told: list[Event] = []
    desk.bus.subscribe(told.append)
    number = promise(desk, incident, 60)
    at(61)
    broken = desk.commitments.get(number)
    assert broken.state is CommitmentState.BROKEN
    assert broken.ended_at == START + timedelta(minutes=60)
    assert sum(isinstance(e, CommitmentDueSoon) for e in told) == 1
    assert sum(isinstance(e, CommitmentBroken) for e in told) == 1
    assert broken.apology_draft_id is not None
    view = desk.drafts.view(broken.apology_draft_id)
    assert view.template.id == "promesa_incumplida"
    assert view.draft.values["promesa_rota"].instant == broken.due_at
    assert "remedy_missing" in {p.key for p in view.problems}
    with pytest.raises(StepError):
        desk.commitments.keep(number)
    with pytest.raises(StepError):
        desk.drafts.publish(view.draft.id, channel="x", url="")
    due = [i for i in desk.room.view().next if i.kind is NextKind.APOLOGY]
    assert [i.due_at for i in due] == [START + timedelta(minutes=70)]


def test_the_apology_needs_a_remedy_and_then_goes_out(desk: Desk, incident: Incident, at: At) -> None:
    number = promise(desk, incident, 60)
    at(61)
    with pytest.raises(InputError):
        desk.commitments.set_remedy(number, RemedyKind.COMPENSATION, "  ")
    desk.commitments.set_remedy(number, RemedyKind.COMPENSATION, "1 GB sin costo")
    draft = desk.commitments.get(number).apology_draft_id
    assert draft is not None
    remedy = FieldValue(text=Bilingual("1 GB sin costo", "1 GB at no charge"))
    view = filled(desk, draft, remedio=remedy)
    assert view.publishable, view.problems
    desk.drafts.publish(draft, channel="x", url="https://example.org/1")
    kinds = [e.kind for e in desk.timeline.entries(incident.id)]
    assert "commitment.remedied" in kinds
    assert desk.commitments.get(number).state is CommitmentState.BROKEN
    assert not [i for i in desk.room.view().next if i.kind is NextKind.APOLOGY]


def test_who_must_agree_with_an_apology_is_asked_with_the_remedy(desk: Desk, incident: Incident, at: At) -> None:
    number = promise(desk, incident, 60)
    at(61)
    assert not [i for i in desk.room.view().next if i.kind is NextKind.APPROVAL]
    desk.commitments.set_remedy(number, RemedyKind.CHANGE, "doble enlace desde el lunes")
    (asked,) = [i for i in desk.room.view().next if i.kind is NextKind.APPROVAL]
    assert (asked.ref, asked.due_at) == (desk.commitments.get(number).apology_draft_id, START + timedelta(minutes=70))


def test_what_makes_a_broken_promise_good_never_goes_out_on_one_persons_word(desk: Desk, incident: Incident) -> None:
    playbook = desk.incidents.playbook(incident.id)
    template = playbook.template("promesa_incumplida")
    assert template is not None
    alone = replace(template, approves=(), pre_cleared=True)
    owed = desk.commitments.get(promise(desk, incident, 60))
    assert approvers(alone, playbook, owed) == ()
    assert approvers(alone, playbook, replace(owed, state=CommitmentState.BROKEN)) == (playbook.owner,)
    news = replace(owed, state=CommitmentState.BROKEN, kind=CommitmentKind.NEXT_UPDATE)
    assert approvers(alone, playbook, news) == ()


def test_moving_follows_the_publication_and_not_the_click(desk: Desk, incident: Incident, at: At) -> None:
    number = promise(desk, incident, 60)
    at(30)
    with pytest.raises(InputError):
        desk.commitments.move(number, START + timedelta(minutes=120), " ", "jefe.redes")
    new_due = START + timedelta(minutes=120)
    draft = desk.commitments.move(number, new_due, "empalme", "jefe.redes")
    assert desk.commitments.get(number).state is CommitmentState.OPEN  # the public still reads the old time
    reason = FieldValue(text=Bilingual("el empalme tarda más", "splicing takes longer"))
    assert filled(desk, draft.id, motivo=reason).publishable
    desk.drafts.publish(draft.id, channel="x", url="")
    old = desk.commitments.get(number)
    assert old.state is CommitmentState.MOVED and old.moved_to is not None
    new = desk.commitments.get(old.moved_to)
    assert (new.due_at, new.giver, new.state) == (new_due, "jefe.redes", CommitmentState.OPEN)
    assert new.quoted.es and new.quoted.en and "09:00" in new.quoted.es


def test_a_move_that_nobody_publishes_breaks(desk: Desk, incident: Incident, at: At) -> None:
    number = promise(desk, incident, 60)
    at(30)
    desk.commitments.move(number, START + timedelta(minutes=120), "empalme", "jefe.redes")
    at(61)
    assert desk.commitments.get(number).state is CommitmentState.BROKEN


def test_no_time_yet_is_one_call_and_its_news_is_owed(desk: Desk, incident: Incident, at: At) -> None:
    at(10)
    why = Bilingual("el tramo sigue sin localizar", "the stretch has not been found yet")
    draft = desk.commitments.no_time(incident.id, START + timedelta(minutes=45), why)
    assert filled(desk, draft.id).publishable
    desk.drafts.publish(draft.id, channel="x", url="")
    owed = desk.commitments.list(incident.id, open_only=True)
    assert [(c.kind, c.due_at) for c in owed] == [(CommitmentKind.NEXT_UPDATE, START + timedelta(minutes=45))]
    assert desk.room.view().owed_at == START + timedelta(minutes=45)


def test_news_in_time_keep_the_promise_and_late_news_do_not(desk: Desk, incident: Incident, at: At) -> None:
    first = promise(desk, incident, 30, kind=CommitmentKind.NEXT_UPDATE)
    at(20)
    draft = desk.drafts.start(incident.id, "actualizacion")
    filled(desk, draft.id, proxima=FieldValue(instant=START + timedelta(minutes=50)))
    desk.drafts.publish(draft.id, channel="x", url="")
    kept = desk.commitments.get(first)
    assert kept.state is CommitmentState.KEPT and kept.lateness() == timedelta(minutes=-10)
    second = desk.commitments.list(incident.id, open_only=True)[0]
    at(56)
    late = desk.drafts.start(incident.id, "actualizacion")
    filled(desk, late.id, que_ha_cambiado=FieldValue(text=Bilingual("Otra cosa", "Something else")))
    desk.drafts.publish(late.id, channel="x", url="")
    broken = desk.commitments.get(second.id)
    assert broken.state is CommitmentState.BROKEN and broken.lateness() == timedelta(minutes=6)


def test_deadlines_survive_a_restart(
    desk: Desk, incident: Incident, clock: PlayClock, open_desk: Callable[[], Desk]
) -> None:
    number = promise(desk, incident, 60)
    again = open_desk()
    clock.move_to(START + timedelta(minutes=90))
    again.tick()
    assert again.commitments.get(number).state is CommitmentState.BROKEN
    drafts = [d for d in again.drafts.list(incident.id) if d.answers == number]
    assert len(drafts) == 1 and drafts[0].state is DraftState.WRITING


def test_resolving_keeps_what_was_in_time(desk: Desk, incident: Incident, at: At) -> None:
    early, late = promise(desk, incident, 120), promise(desk, incident, 40)
    at(60)
    desk.incidents.resolve(incident.id, "guardia.noc", START + timedelta(minutes=55))
    assert desk.commitments.get(early).state is CommitmentState.KEPT
    broken = desk.commitments.get(late)
    assert broken.state is CommitmentState.BROKEN and broken.lateness() == timedelta(minutes=15)
