"""Approvals: asked at once, each by its time; only an objection stops; silence and old agreements are none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.approval import ApprovalState
from crisisdesk.model.commitment import NextKind
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.finding import Severity
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from tests.unit.desk.conftest import START, filled

At = Callable[[float], datetime]


def blocking(desk: Desk, draft_id: int) -> set[str]:
    return {p.key for p in desk.drafts.view(draft_id).problems if p.severity is Severity.ERROR}


@pytest.fixture
def scope(desk: Desk, incident: Incident) -> int:
    """A text that communications must agree with, filled in and not yet agreed with."""
    draft = desk.drafts.start(incident.id, "alcance")
    filled(desk, draft.id)
    desk.drafts.fill(draft.id, {"que_no": FieldValue(text=Bilingual("los datos", "data"))})
    assert blocking(desk, draft.id) == {"not_approved"}
    return draft.id


def test_what_cannot_be_asked_or_answered_is_refused(desk: Desk, scope: int) -> None:
    approvals = desk.drafts.approvals
    for verb in (
        lambda: approvals.ask(scope, due_at=START),
        lambda: approvals.ask(scope, ("nadie_asi",)),
        lambda: approvals.agree(scope, "comunicacion", "  "),
        lambda: approvals.agree(scope, "legal", "luis"),  # the playbook does not ask legal for this text
        lambda: approvals.oppose(scope, "legal", "luis", "  "),
    ):
        with pytest.raises(InputError):
            verb()
    with pytest.raises(StepError):
        approvals.lift(scope, "legal", "luis", "ya está")


def test_reviewers_are_asked_at_once_and_each_has_a_due_time(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "disculpa")
    asked = desk.drafts.approvals.ask(draft.id)
    assert [(a.role, a.due_at - a.asked_at) for a in asked] == [
        ("direccion", timedelta(minutes=10)),
        ("legal", timedelta(minutes=10)),
    ]
    assert desk.drafts.approvals.ask(draft.id) == ()  # nobody is asked twice


def test_the_answer_is_wanted_before_the_promised_news(desk: Desk, incident: Incident) -> None:
    first = desk.drafts.start(incident.id, "primer_mensaje")
    soon = FieldValue(instant=START + timedelta(minutes=7))
    filled(desk, first.id, proxima_actualizacion=soon)
    desk.drafts.publish(first.id, channel="x", url="")
    draft = desk.drafts.start(incident.id, "alcance")
    (asked,) = desk.drafts.approvals.ask(draft.id)
    assert asked.due_at == START + timedelta(minutes=5)


def test_silence_is_never_consent(desk: Desk, incident: Incident, scope: int, at: At) -> None:
    desk.drafts.approvals.ask(scope)
    at(30)
    assert "not_approved" in blocking(desk, scope)
    (row,) = [i for i in desk.room.view(incident.id).next if i.kind is NextKind.APPROVAL]
    assert (row.ref, row.overdue, row.key) == (scope, True, "draft.open")
    assert "silencio no es un sí" in row.why.es
    desk.drafts.approve(scope, "comunicacion", "Eva")
    assert [i for i in desk.room.view(incident.id).next if i.kind is NextKind.APPROVAL] == []


def test_an_agreement_runs_out(desk: Desk, scope: int, clock: PlayClock) -> None:
    desk.drafts.approve(scope, "comunicacion", "Eva")
    assert blocking(desk, scope) == set()
    clock.move_to(START + timedelta(minutes=59, seconds=59))
    assert "approval_expired" not in blocking(desk, scope)
    clock.move_to(START + timedelta(minutes=60))
    assert "approval_expired" in blocking(desk, scope)
    with pytest.raises(StepError):
        desk.drafts.copy(scope, "es", "correo")
    with pytest.raises(StepError):
        desk.drafts.publish(scope, channel="correo", url="")
    desk.drafts.fill(scope, {"proxima": FieldValue(instant=START + timedelta(hours=3))})
    desk.drafts.approve(scope, "comunicacion", "Eva")
    assert blocking(desk, scope) == set()


def test_a_change_voids_an_agreement_and_says_so(desk: Desk, incident: Incident, scope: int) -> None:
    desk.drafts.approve(scope, "comunicacion", "Eva")
    desk.drafts.fill(scope, {"que_no": FieldValue(text=Bilingual("los datos y la voz", "data and voice"))})
    assert blocking(desk, scope) == {"not_approved"}
    assert [a.state for a in desk.drafts.view(scope).approvals if a.by == "Eva"] == [ApprovalState.VOID]
    assert "approval.void" in {e.kind for e in desk.timeline.entries(incident.id)}


def test_only_an_objection_stops_and_it_outlives_a_change_of_the_text(desk: Desk, scope: int) -> None:
    desk.drafts.approve(scope, "comunicacion", "Eva")
    desk.drafts.approvals.oppose(scope, "legal", "Luis Prado", "admite una causa que no está probada")
    assert blocking(desk, scope) == {"objection"}
    with pytest.raises(StepError):
        desk.drafts.copy(scope, "es", "correo")
    desk.drafts.fill(scope, {"que_no": FieldValue(text=Bilingual("nada", "nothing"))})
    assert "objection" in blocking(desk, scope)  # a comma is not an answer
    desk.drafts.approvals.lift(scope, "legal", "Luis Prado", "quitada la causa")
    desk.drafts.approve(scope, "comunicacion", "Eva")
    assert blocking(desk, scope) == set()


def test_whoever_agreed_may_still_object_and_then_agree_again(desk: Desk, scope: int) -> None:
    desk.drafts.approve(scope, "comunicacion", "Eva")
    desk.drafts.approvals.oppose(scope, "comunicacion", "Eva", "falta una zona")
    assert blocking(desk, scope) == {"objection", "not_approved"}
    desk.drafts.approve(scope, "comunicacion", "Eva")
    assert blocking(desk, scope) == set()


def test_two_people_where_the_playbook_says_so(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "disculpa")  # written, filled in and agreed with by ana alone
    filled(desk, draft.id)
    assert blocking(desk, draft.id) == {"two_people"}
    with pytest.raises(StepError):
        desk.drafts.publish(draft.id, channel="correo", url="")
    desk.drafts.approve(draft.id, "legal", "  ANA ")
    assert blocking(desk, draft.id) == {"two_people"}  # the same person under another spelling
    desk.drafts.approve(draft.id, "legal", "Luis Prado")
    assert blocking(desk, draft.id) == set()


def test_elsewhere_whoever_writes_and_agrees_alone_is_only_reminded(desk: Desk, scope: int) -> None:
    desk.drafts.approve(scope, "comunicacion", "ana")
    view = desk.drafts.view(scope)
    assert view.publishable
    assert "own_approval" in {p.key for p in view.problems}


def test_once_it_is_out_nobody_is_waited_for(desk: Desk, incident: Incident, scope: int) -> None:
    desk.drafts.approvals.ask(scope, ("legal",))
    desk.drafts.approve(scope, "comunicacion", "Eva")
    desk.drafts.publish(scope, channel="correo", url="")
    assert [i for i in desk.room.view(incident.id).next if i.kind is NextKind.APPROVAL] == []
    with pytest.raises(StepError):
        desk.drafts.approve(scope, "comunicacion", "Eva")


def test_what_was_asked_and_answered_is_there_again_after_a_restart(
    desk: Desk, scope: int, open_desk: Callable[[], Desk]
) -> None:
    desk.drafts.approvals.ask(scope, ("legal", "comunicacion"))
    desk.drafts.approve(scope, "comunicacion", "Eva")
    again = open_desk()
    assert [(a.role, a.state) for a in again.drafts.view(scope).approvals if a.state is not ApprovalState.VOID] == [
        ("legal", ApprovalState.ASKED),
        ("comunicacion", ApprovalState.AGREED),
    ]
