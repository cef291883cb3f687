"""What reviews add to «Lo siguiente»: the review that is due, and actions that are due within a day or overdue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from crisisdesk.desk.followups import called, review_due
from crisisdesk.model.commitment import NextItem, NextKind
from crisisdesk.model.followup import ActionState, ReviewAction
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.plain import clamp
from crisisdesk.store import rows
from crisisdesk.store.database import Connection
from crisisdesk.texts import both

SOON: Final = timedelta(days=1)
_TITLE: Final = 120


def actions_due(connection: Connection, roles: Callable[[int], Playbook], now: datetime) -> list[NextItem]:
    """One row for each action of any review that is overdue or due within a day.

    Args:
        roles: the playbook of an incident, for the names of roles.
    """
    soon = rows.review_actions.table.c.due_at <= now + SOON
    due = rows.review_actions.where(connection, soon, state=ActionState.OPEN)
    return [_action(connection, action, roles(action.incident_id), now) for action in due]


def _action(connection: Connection, action: ReviewAction, playbook: Playbook, now: datetime) -> NextItem:
    incident = rows.incidents.get(connection, action.incident_id)
    said = clamp(" ".join(action.what.split()), _TITLE)
    return NextItem(
        kind=NextKind.REVIEW_ACTION,
        ref=action.id,
        due_at=action.due_at,
        title=Bilingual(said, said),
        why=both("desk.next.review_action_why", who=called(connection, playbook, action.owner), incident=incident.name),
        key="review.action",
        overdue=action.due_at < now,
    )


def review_owed(connection: Connection, incident: Incident, playbook: Playbook, now: datetime) -> list[NextItem]:
    """The review of an incident that is over: once a person said by when, else once the playbook's time has passed."""
    if incident.state is IncidentState.ACTIVE:
        return []
    plan = rows.review_plans.first(connection, incident_id=incident.id)
    due = plan.due_at if plan else review_due(incident, playbook)
    if due is None or (plan is not None and plan.held_at is not None) or (plan is None and due > now):
        return []
    return [
        NextItem(
            kind=NextKind.REVIEW,
            ref=incident.id,
            due_at=due,
            title=both("desk.next.review"),
            why=both("desk.next.review_why", n=len(rows.assignments.where(connection, incident_id=incident.id))),
            key="review.show",
            overdue=due < now,
        )
    ]
