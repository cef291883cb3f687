"""The notes that are drafted from the state say what is owed, what is broken and who is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from crisisdesk.app import Desk
from crisisdesk.desk.message_loop import loop
from crisisdesk.model.commitment import CommitmentKind, NextKind
from crisisdesk.model.fact import FactSection
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import AFTERWARDS, Audience, Bilingual
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.unit.desk.conftest import START, filled


def test_the_handover_says_what_is_owed_and_what_is_broken(
    desk: Desk, incident: Incident, at: Callable[[float], datetime]
) -> None:
    known = Bilingual("Falla la voz en el norte", "Voice fails in the north")
    desk.facts.say(incident.id, FactSection.KNOW, "servicio", known, "guardia.noc")
    for what, minutes in (("Recuperar la voz", 20), ("Recuperar los datos", 90)):
        desk.commitments.promise(
            incident.id, Bilingual(what, what), START + timedelta(minutes=minutes), kind=CommitmentKind.RESOLUTION,
            giver="guardia.noc",
        )  # fmt: skip
    at(30)
    playbook = desk.incidents.playbook(incident.id)
    note = desk.handover.note(incident.id, playbook)
    lines = note.es.splitlines()
    owed, broken = lines.index("Debemos"), lines.index("Incumplido y sin reparar")
    assert "08:30: Recuperar los datos" in lines[owed + 1] and "Guardia.Noc" in lines[owed + 1]
    assert "07:20: Recuperar la voz" in lines[broken + 1]
    assert any("Falla la voz en el norte" in line and "guardia.noc" in line for line in lines)
    assert any("nadie asignado" in line for line in lines) or "Quién está" in lines
    assert "We owe" in note.en and "Voice fails in the north" in note.en
    can = desk.handover.executive(incident.id, playbook).en.splitlines()
    assert [line for line in can if not line.startswith("- ")][1:] == ["State", "Impact", "Actions", "Needs"]
    assert not any(len(part) == 0 for part in can)


def test_a_quiet_incident_has_a_short_note(desk: Desk, incident: Incident) -> None:
    note = desk.handover.note(incident.id, desk.incidents.playbook(incident.id)).es
    assert "Incumplido" not in note and note.startswith("Relevo de 2026-03-10-1 · Sin servicio")


def executive(desk: Desk) -> list[tuple[datetime, bool]]:
    return [(i.due_at, i.overdue) for i in desk.room.view().next if i.kind is NextKind.EXECUTIVE]


def test_the_line_for_the_direction_comes_at_its_cadence(
    desk: Desk, incident: Incident, at: Callable[[float], datetime]
) -> None:
    playbook = desk.incidents.playbook(incident.id)
    level = playbook.level(3)
    assert level is not None and level.internal_cadence == timedelta(minutes=30)
    at(19)
    assert executive(desk) == []  # nothing that is not due stands in the way
    at(21)
    assert executive(desk) == [(START + timedelta(minutes=30), False)]
    at(31)
    assert executive(desk) == [(START + timedelta(minutes=30), True)]
    note = desk.handover.tell(incident.id, playbook)
    assert executive(desk) == []
    entry = desk.timeline.entries(incident.id)[0]
    assert entry.kind == "executive.told" and entry.data["text"] == {"es": note.es, "en": note.en}
    told = entry_sentence(entry, Texts("es"), "America/Mexico_City")
    assert " ".join(note.es.split())[:100] in told and "\n" not in told
    at(55)
    assert executive(desk) == [(START + timedelta(minutes=61), False)]
    draft = desk.drafts.start(incident.id, "interno")
    filled(desk, draft.id)
    desk.drafts.publish(draft.id, channel="correo", url="")  # our own people were told
    assert executive(desk) == []
    desk.incidents.resolve(incident.id, "guardia.noc")
    at(120)
    assert executive(desk) == []


def test_the_loop_tells_whom_we_have_told_what(desk: Desk, incident: Incident) -> None:
    playbook = desk.incidents.playbook(incident.id)
    rows = {row.audience: row for row in loop(playbook, desk.drafts.list(incident.id))}
    assert next(iter(rows)) is Audience.INTERNAL and Audience.PERSON not in rows
    public = rows[Audience.PUBLIC]
    assert public.next is not None and public.next.id == "primer_mensaje"
    assert not any(cell.told_at or cell.writing for row in rows.values() for cell in row.cells)
    draft = desk.drafts.start(incident.id, "primer_mensaje")
    filled(desk, draft.id)
    (cell, *_rest) = {r.audience: r for r in loop(playbook, desk.drafts.list(incident.id))}[Audience.PUBLIC].cells
    assert cell.writing and cell.told_at is None
    desk.drafts.publish(draft.id, channel="x", url="https://example.org/1")
    after = {r.audience: r for r in loop(playbook, desk.drafts.list(incident.id))}[Audience.PUBLIC]
    assert after.cells[0].told_at == START and not after.cells[0].writing
    assert after.next is not None and after.next.id != "primer_mensaje"
    clients = replace(playbook.templates[0], id="clientes_clave", audience=Audience.KEY_CLIENTS)
    more = loop(replace(playbook, templates=(*playbook.templates, clients)), ())
    assert Audience.KEY_CLIENTS in [row.audience for row in more]
    afterwards = tuple(t for t in playbook.templates if t.id in AFTERWARDS)
    assert afterwards and loop(replace(playbook, templates=afterwards), ()) == ()
