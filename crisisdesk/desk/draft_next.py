"""What writing adds to «Lo siguiente»: agreements, replies that wait for a person, and the line for the direction."""

from __future__ import annotations

from datetime import datetime, timedelta

from crisisdesk.model.approval import ApprovalState
from crisisdesk.model.commitment import NextItem, NextKind
from crisisdesk.model.draft import DraftState
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.model.outgoing import OutgoingState
from crisisdesk.model.playbook import Audience, Bilingual, Playbook
from crisisdesk.store import rows, timeline
from crisisdesk.store.database import Connection
from crisisdesk.texts import both

EXECUTIVE_TOLD = "executive.told"
_AHEAD = timedelta(minutes=10)


def approvals_due(
    connection: Connection, incident: Incident, playbook: Playbook, now: datetime
) -> list[NextItem]:
    """One row for each role that was asked and has not answered; passing the time is no answer either."""
    found = []
    for approval in rows.approvals.where(connection, incident_id=incident.id, state=ApprovalState.ASKED):
        draft = rows.drafts.get(connection, approval.draft_id)
        template, role = playbook.template(draft.template_id), playbook.role(approval.role)
        named = role.name if role and (role.name.es or role.name.en) else Bilingual(approval.role, approval.role)
        purpose = template.purpose if template else Bilingual(draft.template_id, draft.template_id)
        overdue = approval.due_at < now
        found.append(
            NextItem(
                kind=NextKind.APPROVAL,
                ref=draft.id,
                due_at=approval.due_at,
                title=both("desk.next.approval", role=named),
                why=both("desk.next.approval_silent" if overdue else "desk.next.approval_why", what=purpose),
                key="draft.open",
                overdue=overdue,
            )
        )
    return found


def replies_waiting(connection: Connection, incident: Incident, playbook: Playbook, now: datetime) -> list[NextItem]:
    """One row for each reply or post that only a person may move on: in doubt, waiting for the network, or failed."""
    waits = (OutgoingState.UNKNOWN, OutgoingState.QUEUED, OutgoingState.FAILED)
    found = []
    for reply in rows.outgoing.where(connection, incident_id=incident.id, state=waits):
        since = reply.attempted_at or reply.confirmed_at
        key = "desk.next.post" if reply.mention_id is None else "desk.next.reply"
        found.append(
            NextItem(
                kind=NextKind.REPLY,
                ref=reply.draft_id,
                due_at=since,
                title=both(key, source=reply.source),
                why=both(f"{key}_{reply.state.value}", who=reply.confirmed_by),
                key="draft.open",
                overdue=since < now,
            )
        )
    return found


def executive_due(connection: Connection, incident: Incident, playbook: Playbook, now: datetime) -> list[NextItem]:
    """The line for the direction, from ten minutes before its cadence asks for it; a text to our own people counts."""
    level = playbook.level(incident.level)
    if incident.state is not IncidentState.ACTIVE or level is None or level.internal_cadence is None:
        return []
    told = [timeline.last(connection, incident.id, EXECUTIVE_TOLD), incident.opened_at]
    for draft in rows.drafts.where(connection, incident_id=incident.id, state=DraftState.PUBLISHED):
        if playbook.audience_of(draft.template_id) is Audience.INTERNAL:
            told.append(draft.published_at)
    due = max(at for at in told if at is not None) + level.internal_cadence
    if now < due - _AHEAD:
        return []
    return [
        NextItem(
            kind=NextKind.EXECUTIVE,
            ref=incident.id,
            due_at=due,
            title=both("desk.next.executive"),
            why=both("desk.next.executive_why", n=round(level.internal_cadence.total_seconds() / 60)),
            key="executive.copy",
            overdue=due < now,
        )
    ]
