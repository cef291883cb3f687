"""Notifications: what a step of a ladder sends, what is known of it, and what came back.

At least once: each message is stored in the transaction of its step and claimed before it is sent. A crash between
sending and knowing sends it again with the same token; a duplicate beats a miss. A drill, a replay and the shipped
example contacts send nothing at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from crisisdesk.desk.call_cards import PIERCING_LEVEL, role_name, script
from crisisdesk.desk.channels import Channels
from crisisdesk.desk.core import DESK, Core
from crisisdesk.desk.kept_numbers import strike_kept
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.escalation import CallAttempt, Escalation, EscalationState
from crisisdesk.model.events import EscalationChanged
from crisisdesk.model.incident import Incident
from crisisdesk.model.notification import NOTIFICATION_STEPS, Notification, NotificationState
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.store import chain, rows
from crisisdesk.store import notifiers as store
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import LANGUAGES, Texts, both

LEASE: Final = timedelta(seconds=75)  # longer than any try may take: what is still claimed then was lost in a crash
OPEN: Final = (NotificationState.HELD, NotificationState.WAITING, NotificationState.ATTEMPTED)
_KEPT: Final = frozenset({"mail"})  # a letter is kept; elsewhere 64 letters would bury the message
BY_HAND: Final = "llamada"  # the playbook's word for a call that a person makes from the card


class Notifications:
    """Keeps the messages of ladders."""

    def __init__(self, core: Core, channels: Channels, lang: str) -> None:
        self._core = core
        self._channels = channels
        self._lang = lang

    def silent(self, incident: Incident) -> bool:
        """Whether nothing may leave: a drill, or simulated time."""
        return self._core.drill or incident.drill or self._core.clock.simulated

    # The ladder's side; inside its transaction

    def prepare(
        self, tx: Transaction, escalation: Escalation, attempt: CallAttempt, playbook: Playbook, now: datetime
    ) -> None:
        """Store what the step sends. Quiet hours below level 3 are told and hold the messages until they end."""
        contact = rows.contacts.first(tx.connection, slug=attempt.contact_slug)
        incident = rows.incidents.get(tx.connection, escalation.incident_id)
        if contact is None:
            return
        quiet = incident.level < PIERCING_LEVEL and not contact.awake(now)
        until = contact.awake_from(now) if quiet else None
        if quiet:
            role = role_name(playbook, escalation.role)
            data = {"who": contact.name, "role": role, "role_id": escalation.role, "until": until}
            self._core.log(tx, "escalation.quiet", incident.id, actor=DESK, data=data)
        if contact.example or self.silent(incident):
            return
        strike = strike_kept(tx.connection) or str
        for kind, address in self._ways(contact, attempt.channels):
            one = self._message(incident, escalation, attempt, contact, playbook, kind, address, now, quiet, until)
            one = replace(one, subject=strike(one.subject), body=strike(one.body))
            head = chain.head(tx.connection) if kind in _KEPT else None
            if head is not None:
                one = replace(one, body=f"{one.body}\n\n{Texts(self._lang)('notice.chain', head=head)}")
            rows.notifications.insert(tx.connection, one)

    def _ways(self, contact: Contact, words: tuple[str, ...]) -> list[tuple[str, str]]:
        """Kind and address of every notifier in use that serves one of the step's words and reaches the contact."""
        found = []
        for view in self._channels.enabled():
            notifier = self._channels.unarmed(view)
            address = notifier.address(contact) if notifier.words & set(words) else ""
            if address:
                found.append((view.kind, address))
        return found

    def _message(
        self,
        incident: Incident,
        escalation: Escalation,
        attempt: CallAttempt,
        contact: Contact,
        playbook: Playbook,
        kind: str,
        address: str,
        now: datetime,
        quiet: bool,
        until: datetime | None,
    ) -> Notification:
        texts = Texts(self._lang)
        fields = {
            "level": incident.level,
            "title": incident.title,
            "name": contact.name,
            "role": role_name(playbook, escalation.role).get(self._lang),
            "script": script(incident, playbook).get(self._lang),
            "incident": incident.name,
        }
        how = f"notice.how.{kind}"
        body = texts("notice.body", **fields) + (f"\n\n{texts(how)}" if texts.has(how) else "")
        return Notification(
            id=0,
            incident_id=incident.id,
            escalation_id=escalation.id,
            attempt_id=attempt.id,
            contact_slug=contact.slug,
            kind=kind,
            address=address,
            token=secrets.token_urlsafe(18),
            state=NotificationState.HELD if quiet else NotificationState.WAITING,
            subject=texts("notice.subject", **fields),
            body=body,
            due_at=until or now,
            next_at=until if quiet else now,
        )

    def drop(self, tx: Transaction, escalation_id: int) -> None:
        """Nobody needs what has not gone out yet; what is on its way keeps its own end."""
        for one in rows.notifications.where(tx.connection, escalation_id=escalation_id, state=OPEN):
            on_its_way = one.state is NotificationState.ATTEMPTED
            state = one.state if on_its_way else NotificationState.DROPPED
            rows.notifications.update(tx.connection, one.id, state=state, next_at=None)

    def pierce(self, tx: Transaction, now: datetime) -> None:
        """A level that rose to 3 or 4 lets go what quiet hours held."""
        for one in rows.notifications.where(tx.connection, state=NotificationState.HELD):
            if rows.incidents.get(tx.connection, one.incident_id).level >= PIERCING_LEVEL:
                rows.notifications.update(
                    tx.connection, one.id, state=NotificationState.WAITING, due_at=now, next_at=now
                )

    # The sender's side

    def claim(self, limit: int) -> tuple[Notification, ...]:
        """Take messages that are due, longest due first; each is «attempted» on disk before it is handed out."""
        if self._core.drill or self._core.clock.simulated:
            return ()
        now = self._core.clock.now()
        with self._core.read() as connection:
            held = rows.notifications.where(connection, state=NotificationState.HELD, limit=1)
            if not held and not store.ready(connection, now, OPEN, 1):
                return ()
        with self._core.write() as tx:
            if held:
                self.pierce(tx, now)
            found = []
            for one in store.ready(tx.connection, now, OPEN, limit):
                escalation = rows.escalations.get(tx.connection, one.escalation_id)
                needed = escalation.state is EscalationState.CALLING
                if not needed or self.silent(rows.incidents.get(tx.connection, one.incident_id)):
                    rows.notifications.update(tx.connection, one.id, state=NotificationState.DROPPED, next_at=None)
                    continue
                taken = rows.notifications.update(
                    tx.connection,
                    one.id,
                    state=NotificationState.ATTEMPTED,
                    tries=one.tries + 1,
                    attempted_at=now,
                    next_at=now + LEASE,
                )
                self._tell(tx, taken, "notice.attempted", n=taken.tries)
                found.append(taken)
            return tuple(found)

    def recover(self) -> None:
        """After a start nobody is sending: what is still claimed was lost on its way, and goes out again now."""
        now = self._core.clock.now()
        with self._core.write() as tx:
            claimed = rows.notifications.table.c.next_at > now
            for one in rows.notifications.where(tx.connection, claimed, state=NotificationState.ATTEMPTED):
                rows.notifications.update(tx.connection, one.id, next_at=now)

    def learn(
        self,
        notification_id: int,
        state: NotificationState,
        *,
        next_at: datetime | None = None,
        provider_id: str = "",
        error: CrisisDeskError | None = None,
    ) -> Notification:
        """Store what became of a message; a later word never takes an earlier one back."""
        now = self._core.clock.now()
        with self._core.write() as tx:
            one = rows.notifications.get(tx.connection, notification_id)
            if state is not one.state and state not in NOTIFICATION_STEPS[one.state]:
                return one
            changes: dict[str, Any] = {"state": state, "next_at": next_at}
            changes["error_key"] = error.key if error else ""
            changes["error_fields"] = _plain(error.fields) if error else {}
            if provider_id:
                changes["provider_id"] = provider_id[:200]
            if state in (NotificationState.ACCEPTED, NotificationState.DELIVERED) and one.accepted_at is None:
                changes["accepted_at"] = now
            if state is NotificationState.DELIVERED:
                changes["delivered_at"] = now
            known = rows.notifications.update(tx.connection, one.id, **changes)
            if error is not None:
                said = {lang: Texts(lang).error(error) for lang in LANGUAGES}
                unknown = state is NotificationState.ATTEMPTED
                kind = "notice.unknown" if unknown else "notice.failed" if next_at is None else "notice.again"
                self._tell(tx, known, kind, reason=Bilingual(said["es"], said["en"]))
            elif state is not one.state:
                self._tell(tx, known, f"notice.{state}")
            return known

    def look_again(self, notification_id: int, at: datetime | None) -> None:
        """Nothing new; ask once more at ``at``."""
        with self._core.write() as tx:
            rows.notifications.update(tx.connection, notification_id, next_at=at)

    def answered(self, tx: Transaction, notification_id: int) -> None:
        """The person answered this very message."""
        rows.notifications.update(
            tx.connection,
            notification_id,
            state=NotificationState.ACKNOWLEDGED,
            acknowledged_at=self._core.clock.now(),
            next_at=None,
        )

    def by_token(self, connection: Connection, token: str) -> Notification | None:
        """The message that an answer names."""
        return rows.notifications.first(connection, token=token)

    def all_failed(self, connection: Connection, attempt_id: int) -> bool:
        """Whether no message of a call got through, and nobody is to make that call by hand."""
        attempt = rows.attempts.get(connection, attempt_id)
        sent = rows.notifications.where(connection, attempt_id=attempt_id)
        return (
            attempt.outcome is None
            and BY_HAND not in attempt.channels
            and bool(sent)
            and all(one.state is NotificationState.FAILED for one in sent)
        )

    def list(self, incident_id: int) -> tuple[Notification, ...]:
        """Every message of an incident, oldest first."""
        with self._core.read() as connection:
            return rows.notifications.where(connection, incident_id=incident_id)

    def _tell(self, tx: Transaction, one: Notification, kind: str, **more: object) -> None:
        contact = rows.contacts.first(tx.connection, slug=one.contact_slug)
        data = {
            "who": contact.name if contact else one.contact_slug,
            "way": both(f"notice.kind.{one.kind}"),
            "provider_id": one.provider_id or None,
        }
        self._core.log(tx, kind, one.incident_id, actor=DESK, data=data | more)
        tx.emit(EscalationChanged(one.incident_id, one.escalation_id))


def _plain(fields: Mapping[str, object]) -> dict[str, object]:
    """An error's fields as the data file keeps them."""
    return {n: v if isinstance(v, str | int | float | bool) else str(v) for n, v in fields.items()}
