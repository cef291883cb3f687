"""The apology in four steps: what the strategy asks for may not be missing; the draft is held to every rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crisisdesk.app import Desk
from crisisdesk.desk.apologies import REQUIRED, Part
from crisisdesk.model.commitment import CommitmentKind, CommitmentState, RemedyKind
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.finding import Severity
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from crisisdesk.playbooks.strategy import Cause
from tests.unit.desk.conftest import START

At = Callable[[float], datetime]
SAID = {
    Part.ACKNOWLEDGE: Bilingual("El martes se cortó la fibra", "On Tuesday the fibre was cut"),
    Part.EFFECT: Bilingual("os quedasteis sin poder llamar", "you were left unable to call"),
    Part.OWN: Bilingual("Es responsabilidad nuestra", "It is our responsibility"),
    Part.REMEDY: Bilingual("dos días de cuota sin cobrar", "two days of your bill waived"),
    Part.PREVENT: Bilingual("una segunda ruta para la fibra", "a second route for the fibre"),
}


def promise(desk: Desk, incident: Incident, minutes: float) -> int:
    due = START + timedelta(minutes=minutes)
    what = Bilingual("Recuperar la voz", "Voice back")
    made = desk.commitments.promise(incident.id, what, due, kind=CommitmentKind.RESOLUTION, giver="guardia.noc")
    return made.id


@pytest.mark.parametrize(("cause", "cluster"), [(Cause.ACCIDENT, "accidental"), (Cause.PREVENTABLE, "evitable")])
def test_what_the_strategy_asks_for_may_not_be_missing(
    desk: Desk, incident: Incident, cause: Cause, cluster: str
) -> None:
    desk.strategy.decide(incident.id, cause)
    plan = desk.apologies.plan(incident.id)
    assert plan.decided and plan.fits and plan.counsel.cluster == cluster and plan.required == REQUIRED[cluster]
    for part in Part:
        some = {other: text for other, text in SAID.items() if other is not part}
        if part in plan.required:
            with pytest.raises(InputError) as caught:
                desk.apologies.build(incident.id, some)
            assert caught.value.key == f"apology.missing_{part.value}"
        else:
            desk.apologies.build(incident.id, some)
    blank = SAID | {Part.OWN: Bilingual("  ", "")}
    with pytest.raises(InputError):
        desk.apologies.build(incident.id, blank)


def test_where_an_apology_does_not_fit_it_is_said_and_not_forbidden(desk: Desk, incident: Incident) -> None:
    desk.strategy.decide(incident.id, Cause.OUTSIDE)
    plan = desk.apologies.plan(incident.id)
    assert not plan.fits and plan.required == {Part.ACKNOWLEDGE, Part.EFFECT}
    assert desk.apologies.build(incident.id, SAID).template_id == "disculpa"


def test_without_a_decision_the_playbooks_cluster_is_taken_and_a_broken_promise_raises_it(
    desk: Desk, incident: Incident, at: At
) -> None:
    plan = desk.apologies.plan(incident.id)
    assert not plan.decided and plan.counsel.cluster == desk.incidents.playbook(incident.id).strategy.cluster
    promise(desk, incident, 30)
    at(31)
    assert desk.apologies.plan(incident.id).counsel.cluster == "evitable"


def test_what_comes_out_is_a_draft_under_the_ordinary_rules(desk: Desk, incident: Incident) -> None:
    desk.strategy.decide(incident.id, Cause.PREVENTABLE)
    day = START + timedelta(days=30)
    draft = desk.apologies.build(incident.id, SAID, by=day)
    view = desk.drafts.view(draft.id)
    assert {p.key for p in view.problems if p.severity is Severity.ERROR} == {"not_approved", "two_people"}
    for text in SAID.values():
        assert text.es in view.draft.body.es and text.en in view.draft.body.en
    assert view.draft.values["fecha"].instant == day
    bad = SAID | {Part.OWN: Bilingual("Lamentamos si alguien se ofendió", "We are sorry if anyone was offended")}
    again = desk.drafts.view(desk.apologies.build(incident.id, bad).id)
    assert again.draft.id == draft.id  # the same unwritten one
    assert "conditional_apology" in {p.key for p in again.problems}
    late = SAID | {Part.REMEDY: Bilingual("te llamamos antes de las 11", "we call you before 11")}
    promising = desk.drafts.view(desk.apologies.build(incident.id, late).id)
    assert "unregistered_promise" in {p.key for p in promising.problems}


def test_from_a_broken_promise_it_quotes_it_and_takes_its_remedy_to_the_ledger(
    desk: Desk, incident: Incident, at: At
) -> None:
    number = promise(desk, incident, 60)
    with pytest.raises(StepError):
        desk.apologies.plan(incident.id, number)  # it is not broken yet
    at(61)
    broken = desk.commitments.get(number)
    plan = desk.apologies.plan(incident.id, number)
    assert plan.fits and {Part.OWN, Part.REMEDY} <= plan.required
    with pytest.raises(InputError):
        desk.apologies.build(incident.id, SAID | {Part.REMEDY: Bilingual()}, commitment_id=number)
    assert desk.commitments.get(number).remedy == ""
    draft = desk.apologies.build(incident.id, SAID, commitment_id=number, remedy=RemedyKind.CHANGE)
    assert draft.id == broken.apology_draft_id  # the one that opened when it broke
    assert "08:00" in draft.body.es and "08:00" in draft.body.en  # the time that was promised
    for part in Part:
        assert SAID[part].es in draft.body.es and SAID[part].en in draft.body.en, part
    after = desk.commitments.get(number)
    assert (after.state, after.remedy_kind, after.remedy) == (
        CommitmentState.BROKEN, RemedyKind.CHANGE, SAID[Part.REMEDY].es,
    )  # fmt: skip
    assert "remedy_missing" not in {p.key for p in desk.drafts.view(draft.id).problems}


words = st.text(st.sampled_from("abcdeñ áé.,;¿?{}"), max_size=20)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(Part), st.builds(Bilingual, words, words)))
def test_nothing_half_said_becomes_an_apology(desk: Desk, incident: Incident, parts: dict[Part, Bilingual]) -> None:
    desk.strategy.decide(incident.id, Cause.PREVENTABLE)
    whole = all(part in parts and (parts[part].es.strip() or parts[part].en.strip()) for part in Part)
    try:
        draft = desk.apologies.build(incident.id, parts)
    except InputError:
        assert not whole
        return
    assert whole
    view = desk.drafts.view(draft.id)
    assert not view.publishable  # two people have still to agree
    one_sided = any(not (text.es.strip() and text.en.strip()) for text in parts.values())
    assert not one_sided or "missing_language" in {p.key for p in view.problems}
