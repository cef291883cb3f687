"""Alerts: one open alert per topic, raised, snoozed, dismissed, answered. An alert proposes; a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crisisdesk.desk.core import DESK, Core, check_step
from crisisdesk.model.alert import (
    ALERT_STEPS,
    Alert,
    AlertState,
    Exclusion,
    Explanation,
    LevelProposal,
    Opening,
    Signal,
    SignalKind,
)
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import AlertChanged, AlertRaised
from crisisdesk.model.incident import IncidentState
from crisisdesk.pipeline import exclude
from crisisdesk.store import mentions, rows
from crisisdesk.store.database import Connection, Transaction

_MONTH = timedelta(days=30)
_LOOKED_AT = 600
_LOOKED_BACK = 10_000
_WAITING = (AlertState.OPEN, AlertState.SNOOZED)


class Alerts:
    """Keeps alerts."""

    def __init__(self, core: Core, brand_terms: tuple[str, ...] = ()) -> None:
        self._core = core
        self._brand = brand_terms

    def list(self, *, open_only: bool = True) -> tuple[Alert, ...]:
        """Alerts newest first: those that wait for a person, or all."""
        with self._core.read() as connection:
            states = _WAITING if open_only else tuple(AlertState)
            return rows.alerts.where(connection, newest_first=True, state=states)

    def get(self, alert_id: int) -> Alert:
        """One alert."""
        with self._core.read() as connection:
            return rows.alerts.get(connection, alert_id)

    def current(self, connection: Connection) -> Alert | None:
        """The alert of the rise that lasts now: waiting, or answered by an incident that is still active."""
        newest = rows.alerts.first(connection, state=(*_WAITING, AlertState.ACCEPTED))
        if newest is None or newest.state is not AlertState.ACCEPTED:
            return newest
        if newest.incident_id is not None:
            incident = rows.incidents.get(connection, newest.incident_id)
            if incident.state is IncidentState.ACTIVE:
                return newest
        return None

    def raise_(
        self, tx: Transaction, signal: Signal, explanation: Explanation, proposal: LevelProposal
    ) -> Alert:
        """Raise a new alert, or raise the numbers of the one that lasts."""
        lasting = self.current(tx.connection)
        if lasting is not None:
            return self.update(tx, lasting, signal, explanation, proposal, wake=True)
        alert = rows.alerts.insert(
            tx.connection,
            Alert(
                id=0,
                opened_at=signal.at,
                state=AlertState.OPEN,
                signal=signal,
                explanation=explanation,
                proposal=proposal,
                updated_at=signal.at,
                drill=self._core.drill,
                first=Opening(signal, explanation, proposal),
            ),
        )
        self._core.log(
            tx,
            "alert.raised",
            None,
            alert_id=alert.id,
            actor=DESK,
            occurred_at=signal.at,
            data={
                "count": signal.count,
                "minutes": signal.window_minutes,
                "expected": round(signal.expected, 1),
                "ratio": round(signal.ratio, 1),
                "since": signal.since,
                "of": None if signal.kind is SignalKind.VOLUME else signal.kind.value,
            },
        )
        tx.emit(AlertRaised(alert.id))
        return alert

    def update(
        self,
        tx: Transaction,
        alert: Alert,
        signal: Signal,
        explanation: Explanation,
        proposal: LevelProposal,
        *,
        wake: bool = False,
    ) -> Alert:
        """Bring an alert's numbers up to date; ``wake`` ends a snooze, because it has grown a tier."""
        changes = {"signal": signal, "explanation": explanation, "proposal": proposal, "updated_at": signal.at}
        if wake and alert.state is AlertState.SNOOZED:
            changes |= {"state": AlertState.OPEN, "snoozed_until": None}
        tx.emit(AlertChanged(alert.id))
        return rows.alerts.update(tx.connection, alert.id, **changes)

    def _step(self, tx: Transaction, alert_id: int, state: AlertState, **changes: object) -> Alert:
        alert = rows.alerts.get(tx.connection, alert_id)
        check_step(ALERT_STEPS, alert.state, state, "alert.step")
        tx.emit(AlertChanged(alert_id))
        return rows.alerts.update(tx.connection, alert_id, state=state, **changes)

    def snooze(self, alert_id: int, minutes: int = 10) -> Alert:
        """Ask again in ``minutes``."""
        until = self._core.clock.now() + timedelta(minutes=minutes)
        with self._core.write() as tx:
            alert = self._step(tx, alert_id, AlertState.SNOOZED, snoozed_until=until)
            self._core.log(
                tx, "alert.snoozed", None, alert_id=alert_id, data={"minutes": minutes, "until": until}
            )
            return alert

    def exclusion(self, alert_id: int) -> Exclusion:
        """The words that would keep the mentions of this alert away, counted on the month before it."""
        with self._core.read() as connection:
            signal = rows.alerts.get(connection, alert_id).signal
            wrong = mentions.between(connection, signal.since, signal.at, limit=_LOOKED_AT)
            before = mentions.between(connection, signal.since - _MONTH, signal.since, limit=_LOOKED_BACK)
        found = exclude.propose(wrong, before, brand=self._brand)
        return replace(found, whole_month=len(before) < _LOOKED_BACK)

    def dismiss(self, alert_id: int, reason: str, excluded: Sequence[str] = ()) -> Alert:
        """«No es nuestro»: not ours, with the reason, and with the words to exclude that a person agreed to."""
        if not reason.strip():
            raise InputError("alert.no_reason")
        with self._core.write() as tx:
            alert = self._step(tx, alert_id, AlertState.DISMISSED, closed_reason=reason.strip())
            data = {"reason": reason.strip(), "exclude": list(excluded) or None}
            self._core.log(tx, "alert.dismissed", None, alert_id=alert_id, data=data)
            return alert

    def accept(self, tx: Transaction, alert_id: int) -> Alert:
        """An incident answers the alert."""
        return self._step(tx, alert_id, AlertState.ACCEPTED, snoozed_until=None)

    def belong(self, tx: Transaction, alert_id: int, incident_id: int) -> None:
        """Tie an accepted alert to its incident; its timeline rows come with it."""
        rows.alerts.update(tx.connection, alert_id, incident_id=incident_id)

    def clear(self, tx: Transaction, alert: Alert) -> Alert:
        """The rise is over and nobody had to do anything."""
        cleared = self._step(tx, alert.id, AlertState.CLEARED)
        self._core.log(tx, "alert.cleared", None, alert_id=alert.id, actor=DESK)
        return cleared

    def tick(self, tx: Transaction, now: datetime) -> None:
        """Wake snoozed alerts whose time has come."""
        for alert in rows.alerts.where(
            tx.connection, rows.alerts.table.c.snoozed_until <= now, state=AlertState.SNOOZED
        ):
            self._step(tx, alert.id, AlertState.OPEN, snoozed_until=None)
