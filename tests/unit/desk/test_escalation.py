"""Ladders: steps, waits, repeats, acknowledgements that lapse; none is lost in a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.escalation import CallCard, CallOutcome, EscalationState
from crisisdesk.model.fact import FactSection
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from tests.unit.desk.conftest import START

At = Callable[[float], datetime]


def card(desk: Desk, incident: Incident, role: str) -> CallCard:
    return next(c for c in desk.escalation.cards(incident.id) if c.escalation.role == role)


def state(desk: Desk, incident: Incident, role: str) -> EscalationState:
    return next(e.state for e in desk.escalation.list(incident.id) if e.role == role)


def test_a_role_without_a_ladder_is_refused_in_words(desk: Desk, incident: Incident) -> None:
    with pytest.raises(InputError) as caught:
        desk.escalation.start(incident.id, "finanzas")
    assert caught.value.key == "escalation.no_ladder"


def test_the_level_wakes_its_ladders_once_and_not_the_desk_itself(desk: Desk, incident: Incident) -> None:
    woken = [e.role for e in desk.escalation.list(incident.id)]
    assert sorted(woken) == sorted(set(desk.playbook.level(3).wakes) - {"comunicacion"})  # type: ignore[union-attr]
    again = desk.escalation.start(incident.id, "direccion")
    assert len(desk.escalation.list(incident.id)) == len(woken)
    assert again.role == "direccion"


def test_a_call_is_told_once(desk: Desk, incident: Incident) -> None:
    first = card(desk, incident, "direccion")
    desk.escalation.outcome(first.attempt.id, CallOutcome.VOICEMAIL)
    with pytest.raises(StepError) as caught:
        desk.escalation.outcome(first.attempt.id, CallOutcome.ANSWERED)
    assert caught.value.key == "escalation.recorded"


def test_nobody_answers_and_the_ladder_climbs_repeats_and_says_when_it_is_out(
    desk: Desk, incident: Incident, at: At
) -> None:
    ladder = desk.playbook.ladder("direccion")
    assert ladder is not None
    assert card(desk, incident, "direccion").attempt.contact_slug == "dir.general"
    at(5)
    second = card(desk, incident, "direccion")
    assert (second.escalation.step, second.attempt.contact_slug) == (1, "dir.operaciones")
    total = sum((s.wait for s in ladder.steps), timedelta()) * ladder.repeat
    at(total / timedelta(minutes=1) + 10)
    assert state(desk, incident, "direccion") is EscalationState.EXHAUSTED
    entries = [e for e in desk.timeline.entries(incident.id) if e.data.get("role_id") == "direccion"]
    steps = [e for e in entries if e.kind == "escalation.step"]
    assert len(steps) == len(ladder.steps) * ladder.repeat
    assert sum(e.kind == "escalation.exhausted" for e in entries) == 1


def test_declined_goes_on_at_once_and_nobody_is_called_twice_in_a_minute(
    desk: Desk, incident: Incident, clock: PlayClock
) -> None:
    first = card(desk, incident, "direccion")
    desk.escalation.outcome(first.attempt.id, CallOutcome.DECLINED)
    assert card(desk, incident, "direccion").attempt.contact_slug == "dir.operaciones"
    for attempt in desk.escalation.attempts(incident.id):
        same = [a for a in desk.escalation.attempts(incident.id) if a.contact_slug == attempt.contact_slug]
        starts = sorted(a.started_at for a in same)
        assert all(b - a >= timedelta(minutes=1) for a, b in pairwise(starts))


def test_an_acknowledgement_without_an_action_wakes_the_ladder_again(
    desk: Desk, incident: Incident, at: At
) -> None:
    desk.escalation.outcome(card(desk, incident, "enlace_tecnico").attempt.id, CallOutcome.ANSWERED)
    assert state(desk, incident, "enlace_tecnico") is EscalationState.ACKNOWLEDGED
    at(59)
    assert state(desk, incident, "enlace_tecnico") is EscalationState.ACKNOWLEDGED
    at(61)
    assert state(desk, incident, "enlace_tecnico") is EscalationState.CALLING
    assert any(e.kind == "escalation.expired" for e in desk.timeline.entries(incident.id))


def test_an_acknowledgement_with_an_action_goes_on(desk: Desk, incident: Incident, at: At) -> None:
    desk.escalation.outcome(card(desk, incident, "enlace_tecnico").attempt.id, CallOutcome.ANSWERED)
    at(20)
    fiber = Bilingual("fibra cortada", "fibre cut")
    desk.facts.say(incident.id, FactSection.KNOW, "causa", fiber, "guardia.noc")
    at(61)
    assert state(desk, incident, "enlace_tecnico") is EscalationState.ACKNOWLEDGED


def test_the_second_acknowledgement_is_told_who_was_first(desk: Desk, incident: Incident) -> None:
    first = card(desk, incident, "direccion")
    desk.escalation.acknowledge(first.escalation.id, "dir.general")
    with pytest.raises(StepError) as caught:
        desk.escalation.acknowledge(first.escalation.id, "dir.operaciones")
    assert caught.value.fields["who"] == "Dir.General"


def test_timers_survive_a_restart(
    desk: Desk, incident: Incident, clock: PlayClock, open_desk: Callable[[], Desk]
) -> None:
    again = open_desk()
    clock.move_to(START + timedelta(minutes=7))
    again.tick()
    assert card(again, incident, "direccion").escalation.step == 1


def test_the_card_needs_no_network_and_has_six_questions(desk: Desk, incident: Incident) -> None:
    found = card(desk, incident, "enlace_tecnico")
    assert found.phone.startswith("55 0000") and found.contact_name == "Guardia.Noc"
    assert len(found.questions) == 6 and all(q.es and q.en for q in found.questions)
    assert "3" in found.script.es and "Crisis" in found.script.en
