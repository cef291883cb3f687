"""Incidents, contacts, facts and the timeline: the error paths, then the life of one incident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import InputError, NotFoundError, PlaybookError, StepError
from crisisdesk.model.fact import FactSection
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.timeline import NoteKind
from crisisdesk.texts import Texts, catalogue
from crisisdesk.words import entry_sentence
from tests.unit.desk.conftest import START, filled

At = Callable[[float], datetime]


@pytest.mark.parametrize(
    ("contact", "key"),
    [
        (Contact(slug="../x", name="A"), "contact.slug"),
        (Contact(slug="a b", name="A"), "contact.slug"),
        (Contact(slug="a", name=" "), "contact.name"),
        (Contact(slug="a", name="A", phone="call me"), "contact.phone"),
        (Contact(slug="a", name="A", email="nobody"), "contact.email"),
        (Contact(slug="a", name="A", email="a@b.example\nBcc: all@b.example"), "contact.email"),
        (Contact(slug="a", name="A", email="a@b.example, c@d.example"), "contact.email"),
        (Contact(slug="a", name="A", deputy="a"), "contact.own_deputy"),
        (Contact(slug="a", name="A", zone="../../etc/passwd"), "contact.zone"),
    ],
)
def test_what_cannot_be_called_at_three_is_refused_now(desk: Desk, contact: Contact, key: str) -> None:
    with pytest.raises(InputError) as caught:
        desk.contacts.save(contact)
    assert caught.value.key == key


def test_what_an_incident_refuses(desk: Desk, incident: Incident) -> None:
    with pytest.raises(InputError):
        desk.incidents.open(title="  ", level=3)
    with pytest.raises(InputError):
        desk.incidents.open(title="x", level=9)
    with pytest.raises(InputError):
        desk.incidents.open(title="x", level=3, started_at=START + timedelta(hours=1))
    with pytest.raises(NotFoundError):
        desk.incidents.get("2026-01-01-1")
    with pytest.raises(InputError):
        desk.incidents.assign(incident.id, "nadie", "ana")
    with pytest.raises(NotFoundError):
        desk.incidents.assign(incident.id, "legal", "no.existe")
    with pytest.raises(InputError):
        desk.incidents.set_phase(incident.id, "no_existe")
    with pytest.raises(StepError):
        desk.incidents.close(incident.id)


def test_a_task_that_needs_evidence_is_not_done_without(desk: Desk, incident: Incident) -> None:
    task = next(t for t in desk.incidents.tasks(incident.id) if t.needs_evidence)
    with pytest.raises(InputError):
        desk.incidents.finish_task(task.id)
    desk.incidents.finish_task(task.id, "captura del gestor")
    with pytest.raises(StepError):
        desk.incidents.finish_task(task.id, "otra vez")


def test_the_level_does_not_fall_while_a_promise_is_open(desk: Desk, incident: Incident) -> None:
    desk.commitments.promise(
        incident.id,
        Bilingual("voz", "voice"),
        START + timedelta(hours=1),
        kind=CommitmentKind.RESOLUTION,
        giver="guardia.noc",
    )
    with pytest.raises(StepError) as caught:
        desk.incidents.set_level(incident.id, 2, "baja el volumen")
    assert caught.value.key == "incident.promise_open"
    assert desk.incidents.set_level(incident.id, 4, "sin 911").level == 4


def test_a_broken_playbook_never_takes_the_place_of_the_one_in_use(desk: Desk, tmp_path: Path) -> None:
    bad = tmp_path / "malo.yaml"
    bad.write_text("playbook: [\n", "utf-8")
    before = desk.playbook
    with pytest.raises(PlaybookError) as caught:
        desk.playbooks.use(bad)
    assert caught.value.findings[0].line >= 1
    assert desk.playbook is before
    with pytest.raises(InputError):
        desk.playbooks.use(tmp_path / "no-existe.yaml")


def test_an_incident_keeps_the_playbook_it_began_with(
    desk: Desk, incident: Incident, tmp_path: Path, open_desk: Callable[[], Desk]
) -> None:
    text = desk.playbook.source.replace("version: 1 ", "version: 2 ").replace("es: Crisis mayor", "es: Muy grave")
    newer = tmp_path / "nuevo.yaml"
    newer.write_text(text, "utf-8")
    assert desk.playbooks.use(newer).version == 2
    again = open_desk()
    assert again.playbook.version == 2
    assert again.incidents.playbook(incident.id).version == 1


def test_the_life_of_an_incident_is_on_its_timeline_in_both_languages(
    desk: Desk, incident: Incident, at: At
) -> None:
    at(2)
    desk.timeline.note(incident.id, "NOC: «quizá a las 09:00», de palabra", NoteKind.FACT)
    desk.facts.say(incident.id, FactSection.KNOW, "alcance", Bilingual("nacional", "nationwide"), "guardia.noc")
    desk.incidents.assign(incident.id, "legal", "legal.titular")
    desk.incidents.set_phase(incident.id, "responder")
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, draft.id)
    desk.drafts.publish(draft.id, channel="Mastodon", url="https://example.org/1")
    desk.incidents.resolve(incident.id, "guardia.noc")
    assert desk.incidents.get(incident.id).state is IncidentState.RESOLVED
    with pytest.raises(StepError) as owes:
        desk.incidents.close(incident.id)
    assert owes.value.key == "incident.owes"
    for promise in desk.commitments.list(incident.id, open_only=True):
        desk.commitments.keep(promise.id)
    desk.incidents.close(incident.id)
    for lang in ("es", "en"):
        for entry in desk.timeline.entries(incident.id):
            words = entry_sentence(entry, Texts(lang), incident.zone)
            assert words and "{" not in words and f"timeline.entry.{entry.kind}" not in words, (entry, words)
    with pytest.raises(StepError):
        desk.drafts.start(incident.id, "alcance")


def test_notes_are_corrected_and_the_original_stays(desk: Desk, incident: Incident, at: At) -> None:
    with pytest.raises(InputError):
        desk.timeline.note(incident.id, "  ", NoteKind.FACT)
    with pytest.raises(InputError):
        desk.timeline.note(incident.id, "mañana", NoteKind.FACT, START + timedelta(days=1))
    note = desk.timeline.note(incident.id, "llamó el 112", NoteKind.FACT, START - timedelta(minutes=30))
    assert note.late
    at(3)
    desk.timeline.revise(note.id, "llamó el 911", reason="número")
    desk.timeline.star(note.id)
    shown = next(e for e in desk.timeline.entries(incident.id) if e.id == note.id)
    assert (shown.text, shown.starred, shown.occurred_at) == ("llamó el 911", True, note.occurred_at)
    texts = [e.text for e in desk.timeline.entries(incident.id, originals=True) if e.kind == "note.fact"]
    assert sorted(texts) == ["llamó el 112", "llamó el 911"]
    captured = next(e for e in desk.timeline.entries(incident.id) if e.kind == "incident.opened")
    with pytest.raises(StepError):
        desk.timeline.revise(captured.id, "otra cosa")


def test_a_fact_needs_words_and_a_source_and_the_newer_one_stands(desk: Desk, incident: Incident) -> None:
    with pytest.raises(InputError):
        desk.facts.say(incident.id, FactSection.KNOW, "causa", Bilingual(" ", ""), "noc")
    with pytest.raises(InputError):
        desk.facts.say(incident.id, FactSection.KNOW, "causa", Bilingual("x", ""), " ")
    for words in ("se investiga", "fibra cortada"):
        desk.facts.say(incident.id, FactSection.KNOW, "causa", Bilingual(words, words), "noc")
    assert [f.value.es for f in desk.facts.sheet(incident.id)] == ["fibra cortada"]


def test_every_kind_of_entry_has_its_sentence() -> None:
    """The kinds that the desk writes are the kinds that the catalogues know."""
    import re

    root = Path(__file__).parents[3] / "crisisdesk" / "desk"
    written = set()
    for file in root.glob("*.py"):
        if file.name.endswith(("next.py", "playback.py")):  # its keys are actions of the window
            continue
        written |= set(re.findall(r'"((?:alert|concern|incident|role|task|escalation|call|fact|draft|approval|outgoing|commitment|replay|source|inject)\.[a-z_]+)"', file.read_text("utf-8")))  # noqa: E501
    known = {k.removeprefix("timeline.entry.") for k in catalogue("es") if k.startswith("timeline.entry.")}
    told = (k.removesuffix(".one").removesuffix(".other") for k in catalogue("es"))
    errors = {k.removeprefix("errors.") for k in told if k.startswith("errors.")}
    assert written - errors <= known, written - errors - known
