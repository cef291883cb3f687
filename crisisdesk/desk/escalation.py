"""Climbing the ladder: step, wait, repeat, stop on acknowledgement; an acknowledgement without an action expires.

All deadlines live in the data file, so a ladder goes on where it was after a restart; what comes late says why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from crisisdesk.desk import roles
from crisisdesk.desk.call_cards import call_cards
from crisisdesk.desk.contacts import Contacts
from crisisdesk.desk.core import DESK, Core, check_step
from crisisdesk.desk.notifications import Notifications
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.errors import CrisisDeskError, InputError, StepError
from crisisdesk.model.escalation import (
    BEFORE_THE_FIRST,
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
from crisisdesk.store import deadlines, rows, timeline
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import LANGUAGES, Texts, both
from crisisdesk.words import duration

log = logging.getLogger(__name__)

AGAIN_AFTER: Final = timedelta(minutes=1)  # never the same person twice in a minute
ON_TIME: Final = timedelta(seconds=5)  # what comes later than this says why
RUNNING: Final = (EscalationState.CALLING, EscalationState.ACKNOWLEDGED)
_NO_ACTION: Final = ("escalation.", "notice.", "clock.")  # what the ladder itself writes is nobody's action
_AT_ONCE: Final = 25  # ladders to a transaction


class Escalations:
    """Runs the ladders of open incidents."""

    def __init__(
        self, core: Core, playbooks: Playbooks, contacts: Contacts, notifications: Notifications
    ) -> None:
        self._core = core
        self._playbooks = playbooks
        self._contacts = contacts
        self._notifications = notifications
        self._read: tuple[Transaction | None, int, Any] = (None, 0, None)

    def start(self, incident_id: int, role: str, reason: str = "") -> Escalation:
        """Start a role's ladder; the one that is running already is returned instead of a second."""
        with self._core.write() as tx:
            ladder = self._ladder(tx, incident_id, role)
            if rows.incidents.get(tx.connection, incident_id).state is IncidentState.CLOSED:
                raise StepError("incident.closed")
            running = rows.escalations.first(tx.connection, incident_id=incident_id, role=role, state=RUNNING)
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
                    step=BEFORE_THE_FIRST,
                    round=1,
                    started_at=now,
                    reason=reason,
                ),
            )
            if reason:  # without one the first step says it all
                self._core.log(
                    tx, "escalation.started", incident_id, data={**self._names(tx, new), "reason": reason}
                )
            return self._enter(tx, new, ladder, 0, now)

    def _playbook(self, tx: Transaction, incident_id: int) -> Playbook:
        """The incident's pinned playbook, read once in a transaction."""
        if self._read[0] is not tx or self._read[1] != incident_id:
            self._read = (tx, incident_id, self._playbooks.of(incident_id))
        found: Playbook = self._read[2]
        return found

    def _ladder(self, tx: Transaction, incident_id: int, role: str) -> Ladder:
        ladder = self._playbook(tx, incident_id).ladder(role)
        if ladder is None or not ladder.steps:
            raise InputError("escalation.no_ladder", role=role)
        return ladder

    def _names(self, tx: Transaction, escalation: Escalation) -> dict[str, object]:
        role = self._playbook(tx, escalation.incident_id).role(escalation.role)
        return {"role": role.name if role and role.name.es else escalation.role, "role_id": escalation.role}

    def _enter(
        self, tx: Transaction, escalation: Escalation, ladder: Ladder, number: int, now: datetime
    ) -> Escalation:
        """Go to a step: its card comes on the table, its messages go out, and the time of the next step is set.

        A person called less than a minute ago, by whichever ladder, is not called again yet: the ladder waits before
        the step. Quiet hours hold no step back: it is taken and recorded, only the messages wait.
        """
        step = ladder.steps[number]
        playbook = self._playbook(tx, escalation.incident_id)
        find = roles.awake if step.awake_first else roles.person
        slug = find(tx.connection, escalation.incident_id, playbook, step.to, now)
        free_at = self._free_at(tx.connection, slug, now)
        if free_at > now:
            return self._set(tx, escalation, step_due_at=free_at)
        self._core.log(
            tx,
            "escalation.step",
            escalation.incident_id,
            actor=DESK,
            data={
                **self._names(tx, escalation),
                "step": number + 1,
                "round": escalation.round,
                "who": self._contacts.name_of(slug) if slug else both("desk.nobody"),
            },
        )
        if not slug:  # nobody holds the role: say so and go on to the next step at once
            return self._set(tx, escalation, step=number, step_due_at=now)
        attempt = rows.attempts.insert(
            tx.connection,
            CallAttempt(
                id=0,
                escalation_id=escalation.id,
                contact_slug=slug,
                step=number,
                round=escalation.round,
                channels=step.by,
                started_at=now,
            ),
        )
        self._notifications.prepare(tx, escalation, attempt, playbook, now)
        return self._set(tx, escalation, step=number, step_due_at=now + step.wait)

    def _free_at(self, connection: Connection, slug: str, now: datetime) -> datetime:
        """When a person may be called again; a call that seems to lie ahead is from before the clock was set back."""
        last = rows.attempts.first(connection, contact_slug=slug) if slug else None
        return last.started_at + AGAIN_AFTER if last is not None and last.started_at <= now else now

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
                    **self._names(tx, escalation),
                    "who": self._contacts.name_of(attempt.contact_slug),
                    "slug": attempt.contact_slug,
                    "outcome": outcome,
                    "note": note or None,
                },
            )
            if outcome is CallOutcome.ANSWERED:
                self._contacts.answered(tx, attempt.contact_slug, now)
            if outcome is CallOutcome.ANSWERED and escalation.state is not EscalationState.STOPPED:
                return self.acknowledge(escalation.id, attempt.contact_slug)
            if outcome is CallOutcome.DECLINED and escalation.state is EscalationState.CALLING:
                return self._next(tx, escalation, now)
            return self._set(tx, escalation)

    def acknowledge(self, escalation_id: int, slug: str, note: str = "", by: str = "") -> Escalation:
        """Somebody has taken it; it lapses when no action follows within the ladder's time.

        Of any number of people at once one wins; the others get a StepError that says who. ``by`` is the notifier
        through which it came.
        """
        with self._core.write() as tx:
            escalation = rows.escalations.get(tx.connection, escalation_id)
            now = self._core.clock.now()
            until = now + self._ladder(tx, escalation.incident_id, escalation.role).ack_expires
            won = rows.escalations.swap(
                tx.connection,
                escalation_id,
                {"state": (EscalationState.CALLING, EscalationState.EXHAUSTED)},
                state=EscalationState.ACKNOWLEDGED,
                step_due_at=None,
                ack_by=slug,
                ack_at=now,
                ack_expires_at=until,
            )
            if not won:
                if escalation.state is EscalationState.ACKNOWLEDGED:
                    who = self._contacts.name_of(escalation.ack_by)
                    raise StepError("escalation.acknowledged", who=who, at=escalation.ack_at)
                raise StepError("escalation.stopped_already", now=escalation.state.value)
            self._core.log(
                tx,
                "escalation.acknowledged",
                escalation.incident_id,
                data={
                    **self._names(tx, escalation),
                    "who": self._contacts.name_of(slug),
                    "slug": slug,
                    "until": until,
                    "note": note or None,
                    "by": by or None,
                },
            )
            self._notifications.drop(tx, escalation_id)
            return self._set(tx, escalation)

    def stop(self, escalation_id: int, reason: str) -> Escalation:
        """Stop a ladder by hand."""
        with self._core.write() as tx:
            escalation = rows.escalations.get(tx.connection, escalation_id)
            check_step(
                ESCALATION_STEPS, escalation.state, EscalationState.STOPPED, "escalation.stopped_already"
            )
            self._core.log(
                tx, "escalation.stopped", escalation.incident_id, data={**self._names(tx, escalation), "reason": reason}
            )
            self._notifications.drop(tx, escalation_id)
            return self._set(
                tx, escalation, state=EscalationState.STOPPED, step_due_at=None, ack_expires_at=None
            )

    def tick(self, now: datetime, late: Callable[[datetime], str]) -> None:
        """Move every ladder whose time has come; each missed step fires once.

        A few ladders to a transaction, those due longest first, so that what was done stays done whatever comes.

        Args:
            now: the desk's time.
            late: why something that was due then comes only now: ``slept``, ``closed`` or ``busy``.
        """
        seen: set[int] = set()
        while True:
            with self._core.write() as tx, rows.remembering(tx.connection):
                due = deadlines.ladders_due(tx.connection, now, _AT_ONCE)
                fresh = tuple(escalation_id for escalation_id in due if escalation_id not in seen)
                ladders = {one.id: one for one in rows.escalations.where(tx.connection, id=fresh)} if fresh else {}
                for escalation_id in fresh:
                    self._wake(tx, ladders[escalation_id], now, late)
            seen.update(fresh)
            if not fresh:
                return

    def _wake(self, tx: Transaction, escalation: Escalation, now: datetime, late: Callable[[datetime], str]) -> None:
        calling = escalation.state is EscalationState.CALLING
        due = escalation.step_due_at if calling else escalation.ack_expires_at
        assert due is not None
        try:
            if now - due > ON_TIME:
                self._say_late(tx, escalation, now - due, late(due))
            self._next(tx, escalation, now) if calling else self._expire(tx, escalation, now)
        except CrisisDeskError as error:  # one ladder that cannot go on must not hold the others
            log.exception("ladder %d cannot go on: %s", escalation.id, error.key)
            soon = now + AGAIN_AFTER
            self._set(tx, escalation, **{"step_due_at" if calling else "ack_expires_at": soon})

    def _say_late(self, tx: Transaction, escalation: Escalation, by: timedelta, why: str) -> None:
        said = {lang: duration(by, Texts(lang)) for lang in LANGUAGES}
        self._core.log(
            tx,
            "escalation.late",
            escalation.incident_id,
            actor=DESK,
            data={
                **self._names(tx, escalation),
                "late": Bilingual(said["es"], said["en"]),
                "seconds": round(by.total_seconds()),
                "why": both(f"desk.late.{why}"),
            },
        )

    def hurry(self, tx: Transaction, escalation_id: int, now: datetime) -> None:
        """No message of the present step got through: the next step begins at once."""
        escalation = rows.escalations.get(tx.connection, escalation_id)
        if escalation.state is EscalationState.CALLING:
            self._set(tx, escalation, step_due_at=now)

    def _next(self, tx: Transaction, escalation: Escalation, now: datetime) -> Escalation:
        ladder = self._ladder(tx, escalation.incident_id, escalation.role)
        step, walk = escalation.step + 1, escalation.round
        if step >= len(ladder.steps):
            step, walk = 0, walk + 1
        if walk > ladder.repeat:
            self._core.log(
                tx,
                "escalation.exhausted",
                escalation.incident_id,
                actor=DESK,
                data={**self._names(tx, escalation), "what": ladder.if_nobody},
            )
            return self._set(tx, escalation, state=EscalationState.EXHAUSTED, step_due_at=None)
        if walk > escalation.round:
            escalation = self._set(tx, escalation, step=BEFORE_THE_FIRST, round=walk)
        return self._enter(tx, escalation, ladder, step, now)

    def _expire(self, tx: Transaction, escalation: Escalation, now: datetime) -> None:
        """An acknowledgement with an action behind it goes on; without one the ladder begins again."""
        ladder = self._ladder(tx, escalation.incident_id, escalation.role)
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
            data={**self._names(tx, escalation), "who": who},
        )
        again = self._set(
            tx,
            escalation,
            state=EscalationState.CALLING,
            step=BEFORE_THE_FIRST,
            round=1,
            ack_by="",
            ack_expires_at=None,
        )
        self._enter(tx, again, ladder, 0, now)

    def _acted(self, connection: Connection, escalation: Escalation) -> bool:
        """Whether the role or its person did anything since the acknowledgement."""
        since, mine = escalation.ack_at, {escalation.role, escalation.ack_by}
        mine.add(self._contacts.name_of(escalation.ack_by))
        for entry in timeline.raw(connection, escalation.incident_id):
            if since is not None and entry.recorded_at > since and not entry.kind.startswith(_NO_ACTION):
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
            return call_cards(connection, incident, playbook, self._core.clock.now())
