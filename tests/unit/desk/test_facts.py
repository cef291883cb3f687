"""The truth sheet: sources and proofs; when a fact changes, drafts turn amber and published texts are listed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.fact import Fact, FactSection, Proof, ProofKind
from crisisdesk.model.finding import Severity
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.unit.desk.conftest import START, filled

VOICE = Bilingual("la voz", "voice")
BOTH = Bilingual("la voz y los datos", "voice and data")


def know(desk: Desk, incident: Incident, key: str, value: Bilingual) -> Fact:
    return desk.facts.say(incident.id, FactSection.KNOW, key, value, "guardia.noc")


def test_a_fact_without_words_or_source_or_from_tomorrow_is_refused(desk: Desk, incident: Incident) -> None:
    for value, who, at in (
        (Bilingual(" ", ""), "noc", None),
        (VOICE, "  ", None),
        (VOICE, "noc", START + timedelta(minutes=1)),
    ):
        with pytest.raises(InputError):
            desk.facts.say(incident.id, FactSection.KNOW, "servicio", value, who, said_at=at)
    assert desk.facts.sheet(incident.id) == ()


def test_a_proof_that_is_not_there_is_told(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        desk.facts.file_proof(tmp_path / "no.pdf")
    with pytest.raises(InputError):
        desk.facts.file_proof(tmp_path)
    with pytest.raises(NotFoundError):
        desk.facts.mention_proof(99)
    with pytest.raises(NotFoundError):
        desk.facts.note_proof(99)


def test_a_fact_stands_on_a_mention_a_note_a_person_and_a_file(
    desk: Desk, incident: Incident, tmp_path: Path, open_desk: Callable[[], Desk]
) -> None:
    desk.ingest.manual("sin señal en el centro", author="@vecina", channel="mastodon")
    seen = desk.mentions.latest(limit=1)[0]
    entry = desk.timeline.entries(incident.id)[0]
    file = tmp_path / "parte.txt"
    file.write_bytes(b"fibra cortada\n")
    fact = know(desk, incident, "servicio", VOICE)
    assert not fact.proven
    proofs = (
        desk.facts.mention_proof(seen.id),
        desk.facts.note_proof(entry.id),
        Proof(kind=ProofKind.PERSON, ref="guardia.noc", label="Guardia"),
        desk.facts.file_proof(file),
    )
    for proof in (*proofs, proofs[0]):
        desk.facts.prove(fact.id, proof)
    (kept,) = open_desk().facts.sheet(incident.id)
    assert kept.proofs == proofs and kept.proven
    assert kept.proofs[3].digest == hashlib.sha256(b"fibra cortada\n").hexdigest()
    assert "sin señal" in kept.proofs[0].label


def test_an_unsent_draft_that_uses_a_changed_fact_is_warned_and_takes_the_new_one(
    desk: Desk, incident: Incident
) -> None:
    know(desk, incident, "servicio", VOICE)
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, draft.id)
    assert "changed_fact" not in {p.key for p in desk.drafts.view(draft.id).problems}
    know(desk, incident, "servicio", BOTH)
    view = desk.drafts.view(draft.id)
    (problem,) = [p for p in view.problems if p.key == "changed_fact"]
    assert (problem.field, problem.severity) == ("servicio", Severity.WARNING)
    assert view.suggestions["servicio"].text == BOTH
    desk.drafts.fill(draft.id, {"servicio": view.suggestions["servicio"]})
    assert "changed_fact" not in {p.key for p in desk.drafts.view(draft.id).problems}


def test_saying_the_same_again_changes_nothing(desk: Desk, incident: Incident) -> None:
    know(desk, incident, "servicio", VOICE)
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, draft.id)
    know(desk, incident, "servicio", VOICE)
    assert "changed_fact" not in {p.key for p in desk.drafts.view(draft.id).problems}
    know(desk, incident, "servicio", BOTH)
    desk.facts.say(incident.id, FactSection.DONT_KNOW, "servicio", VOICE, "noc")  # what we knew we do not know any more
    assert "changed_fact" in {p.key for p in desk.drafts.view(draft.id).problems}


def test_published_texts_that_used_it_are_listed_until_corrected(desk: Desk, incident: Incident) -> None:
    know(desk, incident, "servicio", VOICE)
    first = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, first.id)
    desk.drafts.publish(first.id, channel="mastodon", url="https://m.example/1")
    assert desk.facts.to_correct(incident.id) == ()
    newest = know(desk, incident, "servicio", BOTH)
    (owed,) = desk.facts.to_correct(incident.id)
    assert (owed.draft_id, owed.field, owed.said.value, owed.stands) == (first.id, "servicio", VOICE, newest)
    assert (owed.channel, owed.url) == ("mastodon", "https://m.example/1")
    second = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, second.id)
    assert second.id != first.id
    desk.drafts.publish(second.id, channel="mastodon", url="")
    assert desk.facts.to_correct(incident.id) == ()
    know(desk, incident, "servicio", Bilingual("la voz otra vez", "voice again"))
    assert {c.draft_id for c in desk.facts.to_correct(incident.id)} == {first.id, second.id}


def test_somebody_may_say_why_no_correction_is_needed_and_a_newer_change_asks_again(
    desk: Desk, incident: Incident
) -> None:
    know(desk, incident, "servicio", VOICE)
    out = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, out.id)
    with pytest.raises(StepError):
        desk.facts.settle(out.id, 1, "x")
    desk.drafts.publish(out.id, channel="x", url="")
    newest = know(desk, incident, "servicio", BOTH)
    with pytest.raises(InputError):
        desk.facts.settle(out.id, newest.id, " ")
    desk.facts.settle(out.id, newest.id, "dice lo mismo con otras palabras")
    assert desk.facts.to_correct(incident.id) == ()
    know(desk, incident, "servicio", Bilingual("todo", "everything"))
    assert len(desk.facts.to_correct(incident.id)) == 1


def test_the_timeline_says_what_the_playbook_calls_a_field_and_never_its_name(desk: Desk, incident: Incident) -> None:
    fields = {f.name: f.label for t in desk.playbooks.of(incident.id).templates for f in t.fields if "_" in f.name}
    name = next(name for name, label in fields.items() if label.es and label.en)
    desk.facts.prove(know(desk, incident, name, VOICE).id, Proof(kind=ProofKind.PERSON, ref="noc"))
    know(desk, incident, "clave_que_nadie_conoce", VOICE)
    know(desk, incident, name, BOTH)
    told = [entry for entry in desk.timeline.entries(incident.id) if entry.kind.startswith("fact.")]
    assert len(told) == 4
    for texts in (Texts("es"), Texts("en")):
        sentences = [entry_sentence(entry, texts, "UTC") for entry in told]
        assert not any("_" in sentence for sentence in sentences)
        assert sum(fields[name].get(texts.lang) in sentence for sentence in sentences) >= 2
    assert "Clave que nadie conoce" in entry_sentence(told[1], Texts("es"), "UTC")
