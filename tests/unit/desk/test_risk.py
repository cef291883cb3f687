"""Which past cases count, what is asked above the limit, and what ripens while time goes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.commitment import CommitmentKind, CommitmentState, NextKind
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.errors import InputError
from crisisdesk.model.finding import Severity
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.risk import Case
from tests.unit.desk.conftest import START, filled

WHAT = Bilingual("Recuperar la voz", "Voice back")
EXAMPLE = (45, 62, 80, 95, 110, 140, 165, 190, 240, 310, 420, 660)
At = Callable[[float], datetime]


def taken(desk: Desk, incident: Incident, minutes: tuple[int, ...] = EXAMPLE, level: int = 3) -> None:
    cluster = desk.incidents.playbook(incident.id).strategy.cluster
    desk.risk.take(incident.playbook_id, cluster, level, [Case(m) for m in minutes])


def after(incident: Incident, minutes: float) -> datetime:
    return incident.started_at + timedelta(minutes=minutes)


def test_without_a_history_it_does_not_know_and_asks_nothing(desk: Desk, incident: Incident) -> None:
    view = desk.risk.weigh(incident.id, after(incident, 180))
    assert not view.found.known and not view.beyond
    assert view.line == Bilingual(
        "No hay casos parecidos; no sé estimarlo.", "There are no similar cases; I cannot estimate it."
    )
    made = desk.commitments.promise(
        incident.id, WHAT, after(incident, 180), kind=CommitmentKind.RESOLUTION, giver="guardia.noc"
    )
    assert made.foresight is not None and made.foresight.frequency is None


def test_the_worked_example_on_the_desk(desk: Desk, incident: Incident, at: At) -> None:
    taken(desk, incident)
    at(55)  # the incident began five minutes before seven
    view = desk.risk.weigh(incident.id, after(incident, 180))
    assert (view.found.over, view.found.at_risk) == (5, 11)
    assert view.beyond and view.sure_at == after(incident, 310)
    assert view.line.es.startswith(
        "De 11 averías parecidas que ya duraban 60 min, 5 pasaron de 3 h: prometer las 09:55"
    )
    assert "12:05" in view.sure_line.es


def test_above_the_limit_it_asks_and_never_forbids(desk: Desk, incident: Incident, at: At) -> None:
    taken(desk, incident)
    at(55)
    due, told = after(incident, 180), {"kind": CommitmentKind.RESOLUTION, "giver": "guardia.noc"}
    for lacking in ({}, {"known": "empalme terminado"}, {"known_by": "jefe.redes"}):
        with pytest.raises(InputError) as caught:
            desk.commitments.promise(incident.id, WHAT, due, **told, **lacking)  # type: ignore[arg-type]
        assert (caught.value.key, caught.value.fields["frequency"]) == ("commitment.over_limit", 45)
    assert desk.commitments.list(incident.id) == ()
    made = desk.commitments.promise(
        incident.id,
        WHAT,
        due,
        **told,
        known="empalme terminado, pruebas en curso",
        known_by="jefe.redes",  # type: ignore[arg-type]
    )
    assert made.foresight is not None and made.foresight.beyond
    entry = next(e for e in desk.timeline.entries(incident.id) if e.kind == "commitment.made")
    assert "empalme terminado" in str(entry.data["evidence"]) and "jefe.redes" in str(entry.data["evidence"])
    within = desk.commitments.promise(incident.id, WHAT, after(incident, 310), **told)  # type: ignore[arg-type]
    assert within.foresight is not None and not within.foresight.beyond


def test_a_text_above_the_limit_waits_for_its_evidence_and_takes_it_to_the_ledger(
    desk: Desk, incident: Incident, at: At
) -> None:
    taken(desk, incident)
    at(55)
    draft = desk.drafts.start(incident.id, "con_hora")
    due = after(incident, 180)
    bare = FieldValue(instant=due, giver="enlace_tecnico")
    view = filled(desk, draft.id, promesa=bare)
    (problem,) = [p for p in view.problems if p.severity is Severity.ERROR]
    assert (problem.key, dict(problem.fields)) == ("promise_over_limit", {"n": "45", "limit": "20"})
    proven = replace(bare, known="empalme terminado", known_by="jefe.redes")
    view = filled(desk, draft.id, promesa=proven)
    assert view.publishable, view.problems
    desk.drafts.publish(draft.id, channel="x", url="https://example.org/1")
    (made,) = [c for c in desk.commitments.list(incident.id) if c.kind is CommitmentKind.RESOLUTION]
    assert (made.known, made.known_by) == ("empalme terminado", "jefe.redes")
    assert made.foresight is not None and made.foresight.beyond


def test_the_next_news_are_never_weighed(desk: Desk, incident: Incident) -> None:
    taken(desk, incident)
    made = desk.commitments.promise(incident.id, WHAT, after(incident, 15), kind=CommitmentKind.NEXT_UPDATE)
    assert made.foresight is None


def test_an_open_promise_ripens(desk: Desk, incident: Incident, at: At) -> None:
    taken(desk, incident, (30, 40, 50, 60, 70, 80, 90, 100, 400, 500))
    made = desk.commitments.promise(
        incident.id, WHAT, after(incident, 120), kind=CommitmentKind.RESOLUTION, giver="guardia.noc"
    )

    def ripe() -> bool:
        return next(i.ripe for i in desk.room.view().next if i.kind is NextKind.PROMISE and i.ref == made.id)

    assert not ripe()
    at(40)  # eight lasted longer than 45 minutes, two of them beyond the promise
    assert ripe()


def test_only_comparable_cases_count(desk: Desk, incident: Incident) -> None:
    cluster = desk.incidents.playbook(incident.id).strategy.cluster
    desk.risk.take(incident.playbook_id, cluster, 2, [Case(50)])  # a lower level
    desk.risk.take("another", cluster, 4, [Case(50)])
    desk.risk.take(incident.playbook_id, "another", 4, [Case(50)])
    assert desk.risk.weigh(incident.id, after(incident, 60)).found.cases == 0
    desk.risk.take(incident.playbook_id, cluster, 4, [Case(50), Case(20, open=True)])
    assert desk.risk.weigh(incident.id, after(incident, 60)).found.cases == 2


def test_an_incident_enters_when_a_person_says_so(desk: Desk, incident: Incident, at: At) -> None:
    at(30)
    desk.incidents.resolve(incident.id, "guardia.noc", START + timedelta(minutes=25))
    other = desk.incidents.open(title="Otra", level=3, started_at=START + timedelta(minutes=29))
    cases = lambda: desk.risk.weigh(other.id, after(other, 60)).found.cases  # noqa: E731
    assert cases() == 0
    past = desk.risk.mark(incident.id, True)
    assert (past.minutes, past.open, cases()) == (30.0, False, 1)
    desk.risk.mark(incident.id, False)
    assert cases() == 0 and len(desk.risk.history()) == 1
    still = desk.risk.mark(other.id, True)
    assert (still.minutes, still.open) == (None, True)
    assert cases() == 0  # never itself
    assert [e.kind for e in desk.timeline.entries(incident.id)][:2] == ["history.not_comparable", "history.comparable"]


def test_estimates_are_scored_by_what_became_of_their_promises(desk: Desk, incident: Incident, at: At) -> None:
    taken(desk, incident)
    kept, lost = (
        desk.commitments.promise(
            incident.id,
            WHAT,
            after(incident, minutes),
            kind=CommitmentKind.RESOLUTION,
            giver="x",
            known="a",
            known_by="b",
        )
        for minutes in (40, 500)
    )
    desk.commitments.keep(kept.id)
    assert [(c.promises, c.broken) for c in desk.risk.scored()] == [(1, 0)]
    at(500)
    assert desk.commitments.get(lost.id).state is CommitmentState.BROKEN
    bands = desk.risk.scored(incident.id)
    assert sum(c.promises for c in bands) == 2 and sum(c.broken for c in bands) == 1


def test_old_durations_enter_beside_the_incident_that_asked(desk: Desk, incident: Incident, at: At) -> None:
    assert desk.risk.take_for(incident.id, 3, [Case(m) for m in EXAMPLE]) == len(EXAMPLE)
    assert desk.timeline.entries(incident.id)[0].kind == "history.taken"
    at(55)
    standing = desk.risk.standing(incident.id)
    assert (standing.cases, standing.minimum, standing.ended, standing.past) == (12, 8, False, None)
    assert round(standing.minutes) == 60
    desk.risk.mark(incident.id, True)
    again = desk.risk.standing(incident.id)
    assert again.past is not None and again.past.comparable and again.cases == 12  # never itself
