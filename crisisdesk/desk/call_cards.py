"""The call cards: all that a person needs to make a call, read from the data file alone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from crisisdesk.model.escalation import CallAttempt, CallCard, Escalation, EscalationState
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.store import rows
from crisisdesk.store.database import Connection
from crisisdesk.texts import both

PIERCING_LEVEL: Final = 3  # from this level on, quiet hours hold nothing back


def call_cards(connection: Connection, incident: Incident, playbook: Playbook, now: datetime) -> tuple[CallCard, ...]:
    """The calls of an incident that wait to be made or told, most urgent first."""
    found = []
    for escalation in rows.escalations.where(connection, incident_id=incident.id, state=EscalationState.CALLING):
        attempt = rows.attempts.first(
            connection, escalation_id=escalation.id, step=escalation.step, round=escalation.round, outcome=None
        )
        if attempt is not None:
            found.append(_card(connection, escalation, attempt, playbook, incident, now))
    return tuple(sorted(found, key=lambda card: card.escalation.step_due_at or card.attempt.started_at))


def script(incident: Incident, playbook: Playbook) -> Bilingual:
    """What to say first on the phone, and what a message says."""
    level = playbook.level(incident.level)
    name = level.name if level else Bilingual(str(incident.level), str(incident.level))
    return both("desk.call_script", level=incident.level, name=name, title=incident.title)


def role_name(playbook: Playbook, role_id: str) -> Bilingual:
    """A role as people call it."""
    role = playbook.role(role_id)
    return role.name if role and role.name.es else Bilingual(role_id, role_id)


def _card(
    connection: Connection,
    escalation: Escalation,
    attempt: CallAttempt,
    playbook: Playbook,
    incident: Incident,
    now: datetime,
) -> CallCard:
    contact = rows.contacts.first(connection, slug=attempt.contact_slug)
    ladder = playbook.ladder(escalation.role)
    return CallCard(
        escalation=escalation,
        attempt=attempt,
        contact_name=contact.name if contact else attempt.contact_slug,
        contact_title=contact.title if contact else "",
        phone=contact.phone if contact else "",
        role_name=role_name(playbook, escalation.role),
        script=script(incident, playbook),
        questions=playbook.call_questions,
        step_count=len(ladder.steps) if ladder else 1,
        repeat=ladder.repeat if ladder else 1,
        quiet_hours=contact is not None and incident.level < PIERCING_LEVEL and not contact.awake(now),
    )
