"""Whether anything is due: one cheap question each second, so that a quiet second writes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Boolean, Connection, bindparam, case, select, text

from crisisdesk.store.columns import Instant
from crisisdesk.store.schema_ladders import escalation

_DUE = text("""
    SELECT NOT EXISTS (SELECT 1 FROM detector WHERE stream = 'all' AND until >= :minute)
        OR EXISTS (SELECT 1 FROM alert WHERE state = 'snoozed' AND snoozed_until <= :now)
        OR EXISTS (SELECT 1 FROM escalation WHERE state = 'calling' AND step_due_at <= :now)
        OR EXISTS (SELECT 1 FROM escalation WHERE state = 'acknowledged' AND ack_expires_at <= :now)
        OR EXISTS (SELECT 1 FROM commitment WHERE state = 'open' AND (due_at <= :now OR warn_at <= :now))
        OR EXISTS (SELECT 1 FROM call_back WHERE deleted_at IS NULL AND keep_until <= :now)
        OR EXISTS (SELECT 1 FROM review_action WHERE state = 'open' AND told_at IS NULL AND due_at <= :now)
        OR EXISTS (SELECT 1 FROM review_plan WHERE held_at IS NULL AND told_at IS NULL AND due_at <= :now)
""").bindparams(bindparam("now", type_=Instant), bindparam("minute", type_=Instant))

_OVERDUE = text("""
    SELECT count(*), min(due) AS due FROM (
        SELECT step_due_at AS due FROM escalation WHERE state = 'calling' AND step_due_at <= :before
        UNION ALL SELECT ack_expires_at FROM escalation WHERE state = 'acknowledged' AND ack_expires_at <= :before
        UNION ALL SELECT next_at FROM notification
            WHERE state IN ('held', 'waiting', 'attempted') AND next_at <= :before
    )
""").bindparams(bindparam("before", type_=Instant)).columns(due=Instant)

_MOVES = tuple(
    text(f"UPDATE {table} SET {column} = {column} + :by WHERE {column} IS NOT NULL")
    for table, column in (
        ("escalation", "step_due_at"),
        ("escalation", "ack_expires_at"),
        ("notification", "next_at"),
        ("alert", "snoozed_until"),
    )
)

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


def ladders_due(connection: Connection, now: datetime, limit: int) -> tuple[int, ...]:
    """Ids of ladders whose step or acknowledgement has run out, those due longest first."""
    e = escalation.c
    due = case((e.state == "calling", e.step_due_at), (e.state == "acknowledged", e.ack_expires_at))
    query = select(e.id).where(due <= now).order_by(due, e.id).limit(limit)
    return tuple(connection.execute(query).scalars())


def overdue(connection: Connection, before: datetime) -> tuple[int, datetime | None]:
    """How many steps and messages were due before ``before`` and have not been done, and the oldest of their times."""
    row = connection.execute(_OVERDUE, {"before": before}).one()
    return int(row[0]), row[1]


def move_waits(connection: Connection, by: timedelta) -> int:
    """Move what is waited for, but no time that was promised to anybody; how many ladders and messages it moved."""
    shift = {"by": by // timedelta(microseconds=1)}
    return sum(connection.execute(statement, shift).rowcount for statement in _MOVES)
