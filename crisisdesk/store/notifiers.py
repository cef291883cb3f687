"""What is set for each notifier, and where its answers were read up to. Secrets are not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from crisisdesk.model.notification import Notification, NotificationState
from crisisdesk.store import rows
from crisisdesk.store.schema_ladders import notification, notifier


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierRow:
    """One notifier as it is set.

    Attributes:
        values: plain values by field.
        cursor: up to where its answers were read.
        tested: key of what the last trial came to, or empty.
    """

    kind: str
    values: Mapping[str, Any]
    enabled: bool
    cursor: str = ""
    tested_at: datetime | None = None
    tested: str = ""


def all_set(connection: Connection) -> tuple[NotifierRow, ...]:
    """Every notifier that was ever set, by kind."""
    found = connection.execute(select(notifier).order_by(notifier.c.kind)).mappings()
    return tuple(NotifierRow(**dict(row)) for row in found)


def put(connection: Connection, kind: str, **changes: Any) -> None:
    """Change what is set for ``kind``, which is added when it is not there."""
    fresh = {"values": {}, "enabled": False} | changes
    connection.execute(
        insert(notifier).values(kind=kind, **fresh).on_conflict_do_update(index_elements=["kind"], set_=changes)
    )


def ready(
    connection: Connection, now: datetime, states: tuple[NotificationState, ...], limit: int
) -> tuple[Notification, ...]:
    """Messages in ``states`` that are to be looked at by ``now``, the longest due first."""
    n = notification.c
    query = select(n.id).where(n.state.in_(states), n.next_at <= now).order_by(n.next_at, n.id).limit(limit)
    return tuple(rows.notifications.get(connection, row_id) for row_id in connection.execute(query).scalars())
