"""The timeline's rows: written once, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, or_, select

from crisisdesk.model.errors import NotFoundError
from crisisdesk.model.timeline import Entry
from crisisdesk.store import chain
from crisisdesk.store.schema import alert, timeline

_COLUMNS = [c for c in timeline.c if c.name != "alert_id"]
STARRED = "entry.starred"


def add(connection: Connection, entry: Entry, *, alert_id: int | None = None, key: chain.Key | None = None) -> Entry:
    """Write one entry (its ``id`` is ignored), chain it, seal it with ``key``, and return it with its id."""
    values = {c.name: getattr(entry, c.name) for c in _COLUMNS if c.name != "id"} | {"alert_id": alert_id}
    made = connection.execute(insert(timeline).values(values)).inserted_primary_key
    assert made is not None
    chain.append(connection, made[0], key)
    return replace(entry, id=made[0])


def get(connection: Connection, entry_id: int) -> Entry:
    """The entry as first written; NotFoundError when there is none."""
    row = connection.execute(select(*_COLUMNS).where(timeline.c.id == entry_id)).mappings().first()
    if row is None:
        raise NotFoundError("store.no_timeline", id=entry_id)
    return _load(dict(row))


def _load(row: Mapping[str, Any]) -> Entry:
    return msgspec.convert({str(name): value for name, value in row.items()}, Entry)


def last(connection: Connection, incident_id: int, kind: str) -> datetime | None:
    """When an incident's newest entry of a kind was written, or ``None``."""
    t = timeline.c
    query = select(t.recorded_at).where(t.incident_id == incident_id, t.kind == kind).order_by(t.id.desc()).limit(1)
    found: datetime | None = connection.execute(query).scalar()
    return found


def raw(connection: Connection, incident_id: int) -> tuple[Entry, ...]:
    """Every row of an incident, its alert's rows included, in the order written."""
    t = timeline.c
    alerts = select(alert.c.id).where(alert.c.incident_id == incident_id)
    query = select(*_COLUMNS).where(or_(t.incident_id == incident_id, t.alert_id.in_(alerts))).order_by(t.id)
    return tuple(_load(dict(row)) for row in connection.execute(query).mappings())


def entries(connection: Connection, incident_id: int) -> tuple[Entry, ...]:
    """The timeline as it reads now: each entry in its newest revision and with its star, ascending by time."""
    return read(raw(connection, incident_id))


def read(written: Iterable[Entry]) -> tuple[Entry, ...]:
    """Rows in the order written as they read together; see :func:`entries`."""
    newest: dict[int, Entry] = {}
    stars: dict[int, bool] = {}
    for entry in written:
        if entry.kind == STARRED:
            stars[_whole(entry.data["entry"])] = bool(entry.data["on"])
        elif entry.revises is None:
            newest[entry.id] = entry
        elif entry.revises in newest:
            first = newest[entry.revises]
            newest[entry.revises] = replace(entry, id=first.id, revised_by=entry.id, revises=None)
    shown = (replace(e, starred=stars.get(key, False)) for key, e in newest.items())
    return tuple(sorted(shown, key=lambda e: (e.occurred_at, e.id)))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else int(str(value))
