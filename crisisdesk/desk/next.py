"""«Lo siguiente»: one list by due time of promises, updates, tasks, calls and apologies; one key each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.desk.areas import Areas
from crisisdesk.desk.contacts import Contacts
from crisisdesk.desk.draft_next import approvals_due, executive_due, replies_waiting
from crisisdesk.desk.followup_next import actions_due, review_owed
from crisisdesk.desk.ledger_time import drifted
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.risk import Risk
from crisisdesk.model.commitment import (
    Commitment,
    CommitmentKind,
    CommitmentState,
    NextItem,
    NextKind,
)
from crisisdesk.model.draft import DraftState
from crisisdesk.model.escalation import Escalation, EscalationState
from crisisdesk.model.incident import Incident, IncidentState, IncidentTask, TaskState
from crisisdesk.model.playbook import POST_MORTEM, PRELIMINARY, Bilingual, Playbook
from crisisdesk.store import rows
from crisisdesk.store.database import Connection
from crisisdesk.texts import both
from crisisdesk.words import NO_BREAK


class NextList:
    """Builds the list from the data file."""

    def __init__(self, playbooks: Playbooks, contacts: Contacts, risk: Risk, areas: Areas) -> None:
        self._playbooks = playbooks
        self._contacts = contacts
        self._risk = risk
        self._areas = areas

    def items(self, connection: Connection, incident: Incident, now: datetime) -> tuple[NextItem, ...]:
        """Everything that is owed, due first."""
        playbook = self._playbooks.of(incident.id)
        found = [
            *self._promises(connection, incident, playbook, now),
            *self._apologies(connection, incident, playbook, now),
            *self._tasks(connection, incident, playbook, now),
            *self._calls(connection, incident, playbook, now),
            *approvals_due(connection, incident, playbook, now),
            *replies_waiting(connection, incident, playbook, now),
            *executive_due(connection, incident, playbook, now),
            *self._areas.due(connection, incident, now),
            *review_owed(connection, incident, playbook, now),
            *actions_due(connection, self._playbooks.of, now),
        ]
        active = incident.state is IncidentState.ACTIVE
        return tuple(sorted(found, key=lambda item: (active and item.kind in _CAN_WAIT, *_order(item))))

    def between(self, connection: Connection, now: datetime) -> tuple[NextItem, ...]:
        """What is owed while there is no incident: actions of past reviews, due first."""
        return tuple(sorted(actions_due(connection, self._playbooks.of, now), key=_order))

    def then(
        self,
        incident: Incident,
        playbook: Playbook,
        ledger: Iterable[Commitment],
        tasks: Iterable[IncidentTask],
        now: datetime,
    ) -> tuple[NextItem, ...]:
        """What was owed at an instant of the past, from promises and open tasks as they stood then; in no order."""
        found = [self._task(task, incident, playbook, now) for task in tasks]
        for one in ledger:
            if one.state is CommitmentState.OPEN:
                found.append(self._promise(one, playbook, now))
            elif one.state is CommitmentState.BROKEN and one.apology_draft_id is not None and _apology_owed(one):
                found.append(_apology(one, one.apology_draft_id, playbook, now))
        return tuple(found)

    def _role(self, playbook: Playbook, role_id: str) -> Bilingual:
        role = playbook.role(role_id)
        return role.name if role and (role.name.es or role.name.en) else Bilingual(role_id, role_id)

    def _promises(
        self, connection: Connection, incident: Incident, playbook: Playbook, now: datetime
    ) -> list[NextItem]:
        owed = rows.commitments.where(connection, incident_id=incident.id, state=CommitmentState.OPEN)
        return [self._weighed(connection, incident, self._promise(c, playbook, now), c) for c in owed]

    def _weighed(
        self, connection: Connection, incident: Incident, item: NextItem, commitment: Commitment
    ) -> NextItem:
        """The row of a promise that ripens: its risk has grown above the limit, or its zone has new rules."""
        if drifted(commitment) is not None:
            return replace(item, why=both("desk.next.zone_changed"), ripe=True)
        if commitment.kind is CommitmentKind.RESOLUTION:
            risk = self._risk.ripe(connection, incident, commitment.due_at)
            if risk is not None:
                share = round(100 * (risk.found.frequency or 0.0))
                return replace(item, why=both("desk.next.promise_ripe", why=item.why, n=share), ripe=True)
        return item

    def _promise(self, commitment: Commitment, playbook: Playbook, now: datetime) -> NextItem:
        update = commitment.kind is CommitmentKind.NEXT_UPDATE
        known = playbook.role(commitment.giver) is not None  # a time is given by a role or by a person
        giver = (
            self._role(playbook, commitment.giver) if known else self._contacts.name_of(commitment.giver)
        )
        why = (
            both("desk.next.update_why", at=_local(commitment.made_at, commitment.zone))
            if update
            else both("desk.next.promise_why", giver=giver)
        )
        return NextItem(
            kind=NextKind.NEXT_UPDATE if update else NextKind.PROMISE,
            ref=commitment.id,
            due_at=commitment.due_at,
            title=commitment.what,
            why=why,
            key="update.write" if update else "promise.answer",
            owed=commitment.kind is not CommitmentKind.INTERNAL,
            overdue=commitment.due_at < now,
        )

    def _apologies(
        self, connection: Connection, incident: Incident, playbook: Playbook, now: datetime
    ) -> list[NextItem]:
        found = []
        broken = rows.commitments.where(connection, incident_id=incident.id, state=CommitmentState.BROKEN)
        for commitment in broken:
            if commitment.apology_draft_id is None or not _apology_owed(commitment):
                continue
            draft = rows.drafts.get(connection, commitment.apology_draft_id)
            if draft.state in (DraftState.WRITING, DraftState.COPIED):
                found.append(_apology(commitment, draft.id, playbook, now))
        return found

    def _tasks(
        self, connection: Connection, incident: Incident, playbook: Playbook, now: datetime
    ) -> list[NextItem]:
        open_tasks = rows.tasks.where(
            connection,
            rows.tasks.table.c.min_level <= incident.level,
            incident_id=incident.id,
            state=TaskState.OPEN,
        )
        return [self._task(t, incident, playbook, now) for t in open_tasks]

    def _task(self, task: IncidentTask, incident: Incident, playbook: Playbook, now: datetime) -> NextItem:
        minutes = round((task.due_at - incident.started_at).total_seconds() / 60)
        return NextItem(
            kind=NextKind.TASK,
            ref=task.id,
            due_at=task.due_at,
            title=task.do,
            why=both("desk.next.task_why", role=self._role(playbook, task.owner), t=_t_plus(minutes)),
            key=_WRITTEN.get(task.template, "task.write") if task.template else "task.finish",
            overdue=task.due_at < now,
        )

    def _calls(
        self, connection: Connection, incident: Incident, playbook: Playbook, now: datetime
    ) -> list[NextItem]:
        found = []
        for escalation in rows.escalations.where(connection, incident_id=incident.id):
            if escalation.state is EscalationState.CALLING and escalation.step_due_at is not None:
                found.append(self._call(connection, escalation, playbook, now))
            elif escalation.state is EscalationState.ACKNOWLEDGED and escalation.ack_expires_at is not None:
                role = self._role(playbook, escalation.role)
                found.append(
                    NextItem(
                        kind=NextKind.ACK_EXPIRES,
                        ref=escalation.id,
                        due_at=escalation.ack_expires_at,
                        title=both("desk.next.expires", role=role),
                        why=both("desk.next.expires_why"),
                        key="call.card",
                    )
                )
        return found

    def _call(
        self, connection: Connection, escalation: Escalation, playbook: Playbook, now: datetime
    ) -> NextItem:
        attempt = rows.attempts.first(
            connection, escalation_id=escalation.id, step=escalation.step, round=escalation.round
        )
        who = self._contacts.name_of(attempt.contact_slug) if attempt else ""
        waits = attempt is not None and attempt.outcome is not None
        soon = attempt is None and escalation.step < 0  # called by another ladder less than a minute ago
        late = escalation.step_due_at if waits or soon else None
        due = late or (attempt.started_at if attempt else escalation.started_at)
        key = "desk.next.call_soon" if soon else "desk.next.call_waits" if waits else "desk.next.call_why"
        return NextItem(
            kind=NextKind.CALL,
            ref=escalation.id,
            due_at=due,
            title=both("desk.next.call", role=self._role(playbook, escalation.role), step=max(escalation.step, 0) + 1),
            why=both(key, who=who or both("desk.nobody")),
            key="call.card",
            overdue=due < now and not waits,
        )


_WRITTEN: Final = {PRELIMINARY: "review.preliminary", POST_MORTEM: "review.public"}
"""Texts that the review begins, from what was written down."""
_CAN_WAIT: Final = frozenset({NextKind.REVIEW, NextKind.REVIEW_ACTION})
"""Overdue for days, it must not stand above what is due in minutes: while an incident goes on it comes last."""


def _order(item: NextItem) -> tuple[datetime, str, int]:
    return item.due_at, item.kind.value, item.ref


def _apology_owed(commitment: Commitment) -> bool:
    """Late news that came after all needs no apology of its own."""
    return commitment.kind is not CommitmentKind.NEXT_UPDATE or commitment.fulfilled_at is None


def _apology(commitment: Commitment, draft_id: int, playbook: Playbook, now: datetime) -> NextItem:
    due = (commitment.ended_at or commitment.due_at) + playbook.commitments.broken_within
    return NextItem(
        kind=NextKind.APOLOGY,
        ref=draft_id,
        due_at=due,
        title=both("desk.next.apology"),
        why=both("desk.next.apology_why", what=commitment.what),
        key="apology.write",
        owed=True,
        overdue=due < now,
    )


def _t_plus(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"T+{hours // 24}{NO_BREAK}d"
    hour = f"T+{hours}{NO_BREAK}h"
    return f"{hour}{NO_BREAK}{rest:02d}" if hours and rest else hour if hours else f"T+{minutes}"


def _local(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M}"
