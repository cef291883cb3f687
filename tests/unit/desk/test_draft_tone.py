"""The lint on a draft, with what the desk knows: what blocks, what only asks, and what the truth sheet allows."""

from __future__ import annotations

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.draft import FieldValue, Problem
from crisisdesk.model.fact import FactSection, Proof, ProofKind
from crisisdesk.model.finding import Severity
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from tests.unit.desk.conftest import filled


def asked(desk: Desk, incident: Incident, template: str, **words: str) -> tuple[Problem, ...]:
    """The tone problems of a template with these words in both languages' fields."""
    draft = desk.drafts.start(incident.id, template)
    view = filled(desk, draft.id, **{name: FieldValue(text=Bilingual(text, "words")) for name, text in words.items()})
    return tuple(p for p in view.problems if p.key in ("tone", "conditional_apology"))


def rules(problems: tuple[Problem, ...]) -> dict[str, Severity]:
    return {dict(p.fields)["rule"]: p.severity for p in problems}


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("La culpa es del proveedor", "blame.third_party"),
        ("Solo afecta a unos pocos clientes", "minimising"),
        ("La caída se debe a un corte de fibra", "cause.unverified"),
        ("Mándanos tu número de cuenta por aquí", "data.public"),
        ("Es una caída total del servicio", "absolute.outage"),
        ("Nunca volverá a pasar", "absolute.claim"),
        ("Seguro que vuelve hoy", "certainty"),
    ],
)
def test_each_rule_asks_with_its_place_and_never_blocks_an_update(
    desk: Desk, incident: Incident, words: str, rule: str
) -> None:
    problems = asked(desk, incident, "actualizacion", que_ha_cambiado=words)
    assert rules(problems)[rule] is Severity.WARNING
    found = next(p for p in problems if dict(p.fields)["rule"] == rule)
    body = desk.drafts.list(incident.id)[0].body
    assert found.span is not None and found.lang == "es"
    assert body.es[slice(*found.span)] == dict(found.fields)["words"]
    assert found.field == "que_ha_cambiado"


@pytest.mark.parametrize("words", ["La culpa es del proveedor", "Solo afectó a unos pocos clientes"])
def test_an_apology_that_blames_or_plays_down_does_not_go_out(desk: Desk, incident: Incident, words: str) -> None:
    problems = asked(desk, incident, "disculpa", efecto_en_personas=words)
    assert Severity.ERROR in rules(problems).values()


def test_a_condition_and_a_secret_block_anywhere(desk: Desk, incident: Incident) -> None:
    words = "Lamentamos si alguien se sintió afectado. Envíanos tu contraseña"
    found = rules(asked(desk, incident, "actualizacion", que_ha_cambiado=words))
    assert found["apology.conditional"] is Severity.ERROR
    assert found["data.secret"] is Severity.ERROR


def test_a_proven_cause_may_be_said_and_a_said_one_may_not(desk: Desk, incident: Incident) -> None:
    words = "La caída se debe a un corte de fibra"
    fact = desk.facts.say(incident.id, FactSection.KNOW, "causa", Bilingual("corte", "cut"), "guardia.noc")
    assert "cause.unverified" in rules(asked(desk, incident, "actualizacion", que_ha_cambiado=words))
    desk.facts.prove(fact.id, Proof(kind=ProofKind.PERSON, ref="guardia.noc"))
    assert "cause.unverified" in rules(asked(desk, incident, "actualizacion", que_ha_cambiado=words))
    desk.facts.prove(fact.id, Proof(kind=ProofKind.LINK, ref="https://noc.example/1"))
    assert "cause.unverified" not in rules(asked(desk, incident, "actualizacion", que_ha_cambiado=words))


def test_a_total_outage_may_be_said_once_the_sheet_says_it(desk: Desk, incident: Incident) -> None:
    words = "Es una caída total del servicio"
    total = Bilingual("caída total en todo el país", "total outage")
    desk.facts.say(incident.id, FactSection.DONT_KNOW, "alcance", total, "guardia.noc")
    assert "absolute.outage" in rules(asked(desk, incident, "actualizacion", que_ha_cambiado=words))
    desk.facts.say(incident.id, FactSection.KNOW, "alcance", total, "guardia.noc")
    assert "absolute.outage" not in rules(asked(desk, incident, "actualizacion", que_ha_cambiado=words))


def test_a_sentence_that_the_public_read_is_asked_about(desk: Desk, incident: Incident) -> None:
    words = "Los técnicos trabajan en dos centrales del norte de la ciudad"
    first = desk.drafts.start(incident.id, "actualizacion")
    filled(desk, first.id, que_ha_cambiado=FieldValue(text=Bilingual(words, "Two exchanges")))
    desk.drafts.publish(first.id, channel="x", url="https://x.example/1")
    again = f"Ya responde una central. {words}"
    assert "repeated" in rules(asked(desk, incident, "actualizacion", que_ha_cambiado=again))


def test_data_may_be_asked_where_nobody_else_reads(desk: Desk, incident: Incident) -> None:
    words = "Mándanos tu número de cuenta por aquí"
    assert "data.public" in rules(asked(desk, incident, "actualizacion", que_ha_cambiado=words))
    assert "data.public" not in rules(asked(desk, incident, "guion_llamadas", preguntas=words))


def test_links_and_names_of_one_language_alone_are_warned_about(desk: Desk, incident: Incident) -> None:
    draft = desk.drafts.start(incident.id, "actualizacion")
    words = Bilingual("Vuelve el servicio en Colima, más en https://estado.example", "Service is back")
    filled(desk, draft.id, que_ha_cambiado=FieldValue(text=words))
    found = {p.key: p for p in desk.drafts.view(draft.id).problems if p.key.endswith("_differ")}
    assert set(found) == {"links_differ", "names_differ"}
    assert {p.severity for p in found.values()} == {Severity.WARNING}
    assert dict(found["names_differ"].fields)["es"] == "Colima"
