"""Whether anything is due: one cheap question each second, so that a quiet second writes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Connection, bindparam, text

from crisisdesk.store.schema import Instant

_DUE = text("""
    SELECT NOT EXISTS (SELECT 1 FROM detector WHERE stream = 'all' AND until >= :minute)
        OR EXISTS (SELECT 1 FROM alert WHERE state = 'snoozed' AND snoozed_until <= :now)
        OR EXISTS (SELECT 1 FROM escalation WHERE state = 'calling' AND step_due_at <= :now)
        OR EXISTS (SELECT 1 FROM escalation WHERE state = 'acknowledged' AND ack_expires_at <= :now)
        OR EXISTS (SELECT 1 FROM commitment WHERE state = 'open' AND (due_at <= :now OR warn_at <= :now))
""").bindparams(bindparam("now", type_=Instant), bindparam("minute", type_=Instant))

_LASTING = text("""
    SELECT EXISTS (SELECT 1 FROM incident WHERE state <> 'closed') AS incident,
           (SELECT max(opened_at) FROM alert WHERE state IN ('open', 'snoozed')) AS alert
""").columns(incident=Boolean, alert=Instant)


def due(connection: Connection, now: datetime) -> bool:
    """Whether a minute has closed or a deadline has passed at ``now``."""
    minute = now.replace(second=0, microsecond=0)
    return bool(connection.execute(_DUE, {"now": now, "minute": minute}).scalar_one())


def lasting(connection: Connection) -> tuple[bool, datetime | None]:
    """Whether an incident is not closed, and when the newest waiting alert was opened."""
    row = connection.execute(_LASTING).one()
    return bool(row[0]), row[1]
