"""What the ledger's page hands on: the notes drafted from the state, and this incident's place in the history."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from crisisdesk.model.playbook import Bilingual
from ui.context import Context


class LedgerNotes:
    """Copies notes out and marks the incident; nothing is sent."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def copy(self, incident_id: int | None, *, executive: bool = False) -> None:
        """Put the hand-over note, or the line for the direction, on the clipboard in the language on screen."""
        context, desk = self._context, self._context.desk
        if incident_id is None:
            return
        lang = context.lang
        write = desk.handover.tell if executive else desk.handover.note
        name = context.texts("handover.executive_name" if executive else "handover.note_name")

        def copied(note: Bilingual) -> None:
            QGuiApplication.clipboard().setText(note.get(lang))
            context.say("✓ " + context.texts("handover.copied", what=name))

        context.bridge.call(lambda: write(incident_id, desk.incidents.playbook(incident_id)), copied)

    def mark(self, incident_id: int | None, *, comparable: bool) -> None:
        """«Sí, es comparable»: how long this incident lasted enters the history, or does not."""
        context = self._context
        if incident_id is None:
            return
        said = context.texts("commitments.ledger.comparable" if comparable else "commitments.ledger.not_comparable")
        context.bridge.call(
            lambda: context.desk.risk.mark(incident_id, comparable), lambda _past: context.say("✓ " + said)
        )
