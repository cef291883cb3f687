"""The notes that are drafted from the state say what is owed, what is broken and who is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from crisisdesk.app import Desk
from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.fact import FactSection
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from tests.unit.desk.conftest import START


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
    assert [line for line in can if not line.startswith("- ")][1:] == ["Conditions", "Actions", "Needs"]
    assert not any(len(part) == 0 for part in can)


def test_a_quiet_incident_has_a_short_note(desk: Desk, incident: Incident) -> None:
    note = desk.handover.note(incident.id, desk.incidents.playbook(incident.id)).es
    assert "Incumplido" not in note and note.startswith("Relevo de 2026-03-10-1 · Sin servicio")
