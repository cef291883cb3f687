"""Climbing the ladder: step, wait, repeat, stop on acknowledgement; an acknowledgement without an action expires.

All deadlines live in the data file, so a ladder goes on where it was after a restart.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crisisdesk.desk import roles
from crisisdesk.desk.contacts import Contacts
from crisisdesk.desk.core import DESK, Core, check_step
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.escalation import (
    ESCALATION_STEPS,
    CallAttempt,
    CallCard,
    CallOutcome,
    Escalation,
    EscalationState,
)
from crisisdesk.model.events import EscalationChanged
from crisisdesk.model.incident import IncidentState
from crisisdesk.model.playbook import Bilingual, Ladder, Playbook
from crisisdesk.store import rows, timeline
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import both

AGAIN_AFTER = timedelta(minutes=1)  # never the same person twice in a minute
PIERCING_LEVEL = 3  # from this level on, quiet hours do not hold a call back


class Escalations:
    """Runs the ladders of open incidents."""

    def __init__(self, core: Core, playbooks: Playbooks, contacts: Contacts) -> None:
        self._core = core
        self._playbooks = playbooks
        self._contacts = contacts

    def start(self, incident_id: int, role: str, reason: str = "") -> Escalation:
        """Start a role's ladder; the one that is running already is returned instead of a second."""
        ladder = self._ladder(incident_id, role)
        with self._core.write() as tx:
            if rows.incidents.get(tx.connection, incident_id).state is IncidentState.CLOSED:
                raise StepError("incident.closed")
            running = rows.escalations.first(
                tx.connection,
                incident_id=incident_id,
                role=role,
                state=(EscalationState.CALLING, EscalationState.ACKNOWLEDGED),
            )
            if running is not None:
                return running
            now = self._core.clock.now()
            new = rows.escalations.insert(
                tx.connection,
                Escalation(
                    id=0,
                    incident_id=incident_id,
                    role=role,
                    state=EscalationState.CALLING,
                    step=0,
                    round=1,
                    started_at=now,
                    reason=reason,
                ),
            )
            if reason:  # without one the first step says it all
                self._core.log(
                    tx, "escalation.started", incident_id, data={**self._names(new), "reason": reason}
                )
            return self._call(tx, new, ladder, now)

    def _ladder(self, incident_id: int, role: str) -> Ladder:
        ladder = self._playbooks.of(incident_id).ladder(role)
        if ladder is None or not ladder.steps:
            raise InputError("escalation.no_ladder", role=role)
        return ladder

    def _names(self, escalation: Escalation) -> dict[str, object]:
        role = self._playbooks.of(escalation.incident_id).role(escalation.role)
        return {"role": role.name if role and role.name.es else escalation.role, "role_id": escalation.role}

    def _call(self, tx: Transaction, escalation: Escalation, ladder: Ladder, now: datetime) -> Escalation:
        """Put the card of the current step on the table and set the time of the next step."""
        step = ladder.steps[escalation.step]
        playbook = self._playbooks.of(escalation.incident_id)
        slug = roles.person(tx.connection, escalation.incident_id, playbook, step.to)
        if not slug:  # nobody holds the role: say so and go on to the next step at once
            due = now
        else:
            rows.attempts.insert(
                tx.connection,
                CallAttempt(
                    id=0,
                    escalation_id=escalation.id,
                    contact_slug=slug,
                    step=escalation.step,
                    round=escalation.round,
                    channels=step.by,
                    started_at=now,
                ),
            )
            due = now + step.wait
        self._core.log(
            tx,
            "escalation.step",
            escalation.incident_id,
            actor=DESK,
            data={
                **self._names(escalation),
                "step": escalation.step + 1,
                "round": escalation.round,
                "who": self._contacts.name_of(slug) if slug else both("desk.nobody"),
            },
        )
        return self._set(tx, escalation, step_due_at=due)

    def _set(self, tx: Transaction, escalation: Escalation, **changes: Any) -> Escalation:
        tx.emit(EscalationChanged(escalation.incident_id, escalation.id))
        return rows.escalations.update(tx.connection, escalation.id, **changes)

    def outcome(self, attempt_id: int, outcome: CallOutcome, note: str = "") -> Escalation:
        """Record what came of a call: answered acknowledges, declined goes on at once, the rest waits its time."""
        with self._core.write() as tx:
            attempt = rows.attempts.get(tx.connection, attempt_id)
            if attempt.outcome is not None:
                raise StepError("escalation.recorded", who=self._contacts.name_of(attempt.contact_slug))
            now = self._core.clock.now()
            rows.attempts.update(tx.connection, attempt_id, outcome=outcome, ended_at=now, note=note)
            escalation = rows.escalations.get(tx.connection, attempt.escalation_id)
            self._core.log(
                tx,
                "call.outcome",
                escalation.incident_id,
                data={
                    **self._names(escalation),
                    "who": self._contacts.name_of(attempt.contact_slug),
                    "slug": attempt.contact_slug,
                    "outcome": outcome,
                    "note": note or None,
                },
            )
            if outcome is CallOutcome.ANSWERED and escalation.state is not EscalationState.STOPPED:
                return self.acknowledge(escalation.id, attempt.contact_slug)
            if outcome is CallOutcome.DECLINED and escalation.state is EscalationState.CALLING:
                return self._next(tx, escalation, now)
            return self._set(tx, escalation)

    def acknowledge(self, escalation_id: int, slug: str, note: str = "") -> Escalation:
        """Somebody has taken it; it lapses when no action follows within the ladder's time."""
        with self._core.write() as tx:
            escalation = rows.escalations.get(tx.connection, escalation_id)
            if escalation.state is EscalationState.ACKNOWLEDGED:
                raise StepError(
                    "escalation.acknowledged",
                    who=self._contacts.name_of(escalation.ack_by),
                    at=escalation.ack_at,
                )
            check_step(
                ESCALATION_STEPS, escalation.state, EscalationState.ACKNOWLEDGED, "escalation.stopped_already"
            )
            now = self._core.clock.now()
            ladder = self._ladder(escalation.incident_id, escalation.role)
            self._core.log(
                tx,
                "escalation.acknowledged",
                escalation.incident_id,
                data={
                    **self._names(escalation),
                    "who": self._contacts.name_of(slug),
                    "slug": slug,
                    "until": now + ladder.ack_expires,
                    "note": note or None,
                },
            )
            return self._set(
                tx,
                escalation,
                state=EscalationState.ACKNOWLEDGED,
                step_due_at=None,
                ack_by=slug,
                ack_at=now,
                ack_expires_at=now + ladder.ack_expires,
            )

    def stop(self, escalation_id: int, reason: str) -> Escalation:
        """Stop a ladder by hand."""
        with self._core.write() as tx:
            escalation = rows.escalations.get(tx.connection, escalation_id)
            check_step(
                ESCALATION_STEPS, escalation.state, EscalationState.STOPPED, "escalation.stopped_already"
            )
            self._core.log(
                tx, "escalation.stopped", escalation.incident_id, data={**self._names(escalation), "reason": reason}
            )
            return self._set(
                tx, escalation, state=EscalationState.STOPPED, step_due_at=None, ack_expires_at=None
            )

    def tick(self, tx: Transaction, now: datetime) -> None:
        """Move every ladder whose time has come; each missed step fires once."""
        for escalation in rows.escalations.where(
            tx.connection, rows.escalations.table.c.step_due_at <= now, state=EscalationState.CALLING
        ):
            self._next(tx, escalation, now)
        for escalation in rows.escalations.where(
            tx.connection, rows.escalations.table.c.ack_expires_at <= now, state=EscalationState.ACKNOWLEDGED
        ):
            self._expire(tx, escalation, now)

    def _next(self, tx: Transaction, escalation: Escalation, now: datetime) -> Escalation:
        ladder = self._ladder(escalation.incident_id, escalation.role)
        step, walk = escalation.step + 1, escalation.round
        if step >= len(ladder.steps):
            step, walk = 0, walk + 1
        if walk > ladder.repeat:
            self._core.log(
                tx,
                "escalation.exhausted",
                escalation.incident_id,
                actor=DESK,
                data={**self._names(escalation), "what": ladder.if_nobody},
            )
            return self._set(tx, escalation, state=EscalationState.EXHAUSTED, step_due_at=None)
        free_at = self._free_at(tx.connection, escalation, ladder.steps[step].to)
        if free_at is not None and free_at > now:
            return self._set(tx, escalation, step_due_at=free_at)
        moved = self._set(tx, escalation, step=step, round=walk)
        return self._call(tx, moved, ladder, now)

    def _free_at(self, connection: Connection, escalation: Escalation, to: str) -> datetime | None:
        """When the person behind ``to`` may be called again."""
        slug = roles.person(connection, escalation.incident_id, self._playbooks.of(escalation.incident_id), to)
        last = rows.attempts.first(connection, contact_slug=slug) if slug else None
        return last.started_at + AGAIN_AFTER if last else None

    def _expire(self, tx: Transaction, escalation: Escalation, now: datetime) -> None:
        """An acknowledgement with an action behind it goes on; without one the ladder begins again."""
        ladder = self._ladder(escalation.incident_id, escalation.role)
        if self._acted(tx.connection, escalation):
            self._set(tx, escalation, ack_at=now, ack_expires_at=now + ladder.ack_expires)
            return
        incident = rows.incidents.get(tx.connection, escalation.incident_id)
        if incident.state is not IncidentState.ACTIVE:
            self._set(tx, escalation, state=EscalationState.STOPPED, ack_expires_at=None)
            return
        who = self._contacts.name_of(escalation.ack_by)
        self._core.log(
            tx,
            "escalation.expired",
            escalation.incident_id,
            actor=DESK,
            data={**self._names(escalation), "who": who},
        )
        again = self._set(
            tx, escalation, state=EscalationState.CALLING, step=0, round=1, ack_by="", ack_expires_at=None
        )
        self._call(tx, again, ladder, now)

    def _acted(self, connection: Connection, escalation: Escalation) -> bool:
        """Whether the role or its person did anything since the acknowledgement."""
        since, mine = escalation.ack_at, {escalation.role, escalation.ack_by}
        mine.add(self._contacts.name_of(escalation.ack_by))
        for entry in timeline.raw(connection, escalation.incident_id):
            if since is not None and entry.recorded_at > since and not entry.kind.startswith("escalation."):
                named = {entry.actor, *(str(entry.data.get(k, "")) for k in ("slug", "said_by", "role_id", "giver"))}
                if named & mine:
                    return True
        return False

    def list(self, incident_id: int) -> tuple[Escalation, ...]:
        """The incident's ladders, oldest first."""
        with self._core.read() as connection:
            return rows.escalations.where(connection, incident_id=incident_id)

    def attempts(self, incident_id: int) -> tuple[CallAttempt, ...]:
        """Every call of the incident, oldest first."""
        with self._core.read() as connection:
            ids = tuple(e.id for e in rows.escalations.where(connection, incident_id=incident_id))
            return rows.attempts.where(connection, escalation_id=ids) if ids else ()

    def cards(self, incident_id: int) -> tuple[CallCard, ...]:
        """The calls that wait to be made or told, most urgent first; no network is needed for any of it."""
        with self._core.read() as connection:
            incident = rows.incidents.get(connection, incident_id)
            playbook = self._playbooks.of(incident_id)
            calling = rows.escalations.where(
                connection, incident_id=incident_id, state=EscalationState.CALLING
            )
            found = []
            for escalation in calling:
                attempt = rows.attempts.first(
                    connection,
                    escalation_id=escalation.id,
                    step=escalation.step,
                    round=escalation.round,
                    outcome=None,
                )
                if attempt is not None:
                    found.append(self._card(escalation, attempt, playbook, incident.level, incident.title))
        return tuple(sorted(found, key=lambda card: card.escalation.step_due_at or card.attempt.started_at))

    def _card(
        self, escalation: Escalation, attempt: CallAttempt, playbook: Playbook, level: int, title: str
    ) -> CallCard:
        contact = self._contacts.find(attempt.contact_slug)
        role = playbook.role(escalation.role)
        ladder = playbook.ladder(escalation.role)
        name = playbook.level(level)
        words = name.name if name else Bilingual(str(level), str(level))
        return CallCard(
            escalation=escalation,
            attempt=attempt,
            contact_name=contact.name if contact else attempt.contact_slug,
            contact_title=contact.title if contact else "",
            phone=contact.phone if contact else "",
            role_name=role.name if role and role.name.es else Bilingual(escalation.role, escalation.role),
            script=both("desk.call_script", level=level, name=words, title=title),
            questions=playbook.call_questions,
            step_count=len(ladder.steps) if ladder else 1,
            repeat=ladder.repeat if ladder else 1,
            quiet_hours=bool(contact) and level < PIERCING_LEVEL and self._quiet(contact),
        )

    def _quiet(self, contact: Contact | None) -> bool:
        if contact is None or contact.from_hour is None or contact.to_hour is None:
            return False
        local = self._core.clock.now().astimezone(ZoneInfo(contact.zone)).time()
        start, end = contact.from_hour, contact.to_hour
        awake = start <= local < end if start <= end else (local >= start or local < end)
        return not awake

