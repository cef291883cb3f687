"""The strategy of an incident: recorded as a decision, run again beside the old one, broken promises counted alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.errors import NotFoundError, StepError
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from crisisdesk.playbooks.strategy import Cause
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence


def test_a_closed_incident_and_none_are_refused(desk: Desk, incident: Incident) -> None:
    with pytest.raises(NotFoundError):
        desk.strategy.decide(99, Cause.ACCIDENT)
    desk.incidents.resolve(incident.id, "guardia")
    desk.incidents.close(incident.id)
    with pytest.raises(StepError):
        desk.strategy.decide(incident.id, Cause.ACCIDENT)
    assert desk.strategy.decisions(incident.id) == ()


def test_a_decision_is_told_in_both_languages_and_a_second_one_stays_beside_it(
    desk: Desk, incident: Incident, at: Callable[[float], datetime]
) -> None:
    first = desk.strategy.decide(incident.id, Cause.OUTSIDE)
    at(5)
    second = desk.strategy.decide(incident.id, Cause.PREVENTABLE, harmed=True)
    assert (first.cluster, second.cluster) == ("victima", "evitable")
    found = desk.strategy.decisions(incident.id)
    assert [one.answers.cause for one in found] == [Cause.PREVENTABLE, Cause.OUTSIDE]
    assert found[0].actor == "ana" and found[0].answers.harmed
    entries = [e for e in desk.timeline.entries(incident.id) if e.kind == "strategy.decided"]
    assert len(entries) == 2
    for lang in ("es", "en"):
        said = entry_sentence(entries[0], Texts(lang), desk.zone)
        assert Texts(lang)("strategy.cluster.evitable") in said or Texts(lang)("strategy.cluster.victima") in said
        assert "{" not in said


def test_our_own_broken_promise_raises_it_by_itself(
    desk: Desk, incident: Incident, at: Callable[[float], datetime]
) -> None:
    assert desk.strategy.decide(incident.id, Cause.ACCIDENT).cluster == "accidental"
    due = at(0) + timedelta(minutes=30)
    desk.commitments.promise(incident.id, Bilingual("Noticias", "News"), due, kind=CommitmentKind.NEXT_UPDATE)
    at(40)
    assert desk.strategy.broken(incident.id) >= 1
    again = desk.strategy.decide(incident.id, Cause.ACCIDENT)
    assert again.cluster == "evitable" and again.names_promise and "negar" not in again.used
