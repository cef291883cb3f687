"""Spokesperson mode: nothing is said by name but what is cleared and still true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.fact import FactSection
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from tests.unit.desk.conftest import START, filled

At = Callable[[float], datetime]
SERVICE = Bilingual("la red móvil", "the mobile network")


@pytest.fixture
def director(desk: Desk, incident: Incident) -> str:
    desk.contacts.save(Contact(slug="dir.general", name="Amalia Duarte", title="Directora general"))
    desk.incidents.assign(incident.id, "direccion", "dir.general")
    return "dir.general"


def holding(desk: Desk, incident: Incident, minutes: int = 30) -> int:
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    soon = FieldValue(instant=START + timedelta(minutes=minutes))
    filled(desk, draft.id, servicio=FieldValue(text=SERVICE), proxima_actualizacion=soon)
    return draft.id


def spoken(desk: Desk, incident: Incident) -> list[str]:
    return [line.text.es for line in desk.spokesperson.lines(incident.id)]


def test_nothing_is_cleared_before_anything_is(desk: Desk, incident: Incident, director: str) -> None:
    assert spoken(desk, incident) == []
    desk.drafts.start(incident.id, "primer_mensaje")  # begun and empty
    assert spoken(desk, incident) == []
    with pytest.raises(StepError):
        desk.spokesperson.say(incident.id, "no such line", director, "es")


def test_only_the_direction_answers_by_name(desk: Desk, incident: Incident, director: str) -> None:
    desk.drafts.publish(holding(desk, incident), channel="x", url="")
    line = desk.spokesperson.lines(incident.id)[0]
    for slug in ("cm.turno", "", "nobody"):
        with pytest.raises(InputError):
            desk.spokesperson.say(incident.id, line.digest, slug, "es")
    assert desk.spokesperson.said(incident.id) == ()


def test_what_is_said_carries_the_name_and_is_kept(desk: Desk, incident: Incident, director: str) -> None:
    desk.drafts.publish(holding(desk, incident), channel="x", url="")
    line = next(one for one in desk.spokesperson.lines(incident.id) if "la red móvil" in one.text.es)
    text = desk.spokesperson.say(incident.id, line.digest, director, "en", to=" @vecina ")
    assert text == f"{line.text.en} — Amalia Duarte, Directora general"
    (said,) = desk.spokesperson.said(incident.id)
    assert (said.who, said.to, said.text) == ("Amalia Duarte, Directora general", "@vecina", line.text.en)
    assert "spokesperson.said" in [e.kind for e in desk.timeline.entries(incident.id)]


def test_a_time_that_is_no_promise_any_more_is_not_said(
    desk: Desk, incident: Incident, director: str, at: At
) -> None:
    desk.drafts.publish(holding(desk, incident), channel="x", url="")
    timed = [one for one in desk.spokesperson.lines(incident.id) if "07:30" in one.text.es]
    assert len(timed) == 1
    at(31)  # the news were not given in time
    assert not [text for text in spoken(desk, incident) if "07:30" in text]
    assert spoken(desk, incident)  # what holds no time still stands
    with pytest.raises(StepError):
        desk.spokesperson.say(incident.id, timed[0].digest, director, "es")


def test_a_fact_that_changed_takes_its_text_away(desk: Desk, incident: Incident, director: str) -> None:
    fact = desk.facts.say(incident.id, FactSection.KNOW, "servicio", SERVICE, "guardia.noc")
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, draft.id)
    assert desk.drafts.view(draft.id).draft.values["servicio"].fact_id == fact.id
    desk.drafts.publish(draft.id, channel="x", url="")
    assert spoken(desk, incident)
    desk.facts.say(incident.id, FactSection.KNOW, "servicio", Bilingual("voz y datos", "voice and data"), "guardia.noc")
    assert spoken(desk, incident) == []


def test_a_text_that_everybody_agreed_with_is_cleared_before_it_is_out(
    desk: Desk, incident: Incident, director: str
) -> None:
    draft = desk.drafts.start(incident.id, "prensa_espera")
    view = filled(desk, draft.id)
    assert view.publishable and spoken(desk, incident)
    name = next(f.name for f in view.template.fields if not f.optional and view.draft.values[f.name].instant is None)
    desk.drafts.fill(draft.id, {name: FieldValue(text=Bilingual("otra cosa distinta", "something else"))})
    assert bool(spoken(desk, incident)) is desk.drafts.view(draft.id).publishable  # agreement with other words is void
