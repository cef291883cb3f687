"""Sources with their cursors and health; settings of the data file; playbooks as incidents began with them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from crisisdesk.store.schema import incident, mention, meta, playbook, source

# A statement that each page of a source needs is made once: making one takes longer than running it.
_ONE = (source.c.source == bindparam("kind")) & (source.c.account == bindparam("whose"))
_ROW = select(source).where(_ONE)
_UPDATE = update(source).where(_ONE)
_META = select(meta.c.value).where(meta.c.key == bindparam("name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source as stored; ``polled`` ones are fetched by the watch."""

    source: str
    account: str
    label: str
    cursor: str
    added_at: datetime
    last_ok: datetime | None
    next_at: datetime | None
    failures: int
    error_key: str
    error_fields: Mapping[str, str]
    polled: bool
    settings: Mapping[str, Any]
    budget: Mapping[str, Any] | None


def sources(connection: Connection) -> tuple[SourceRow, ...]:
    """Every source, by kind and account."""
    query = select(source).order_by(source.c.source, source.c.account)
    return tuple(SourceRow(**row) for row in connection.execute(query).mappings())


def source_row(connection: Connection, kind: str, account: str) -> SourceRow | None:
    """One source."""
    row = connection.execute(_ROW, {"kind": kind, "whose": account}).mappings().first()
    return None if row is None else SourceRow(**row)


def add_source(
    connection: Connection,
    kind: str,
    account: str,
    *,
    label: str,
    at: datetime,
    polled: bool,
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Add a source; one that is there keeps its cursor. ``settings`` never hold a secret."""
    values = {
        "source": kind,
        "account": account,
        "label": label,
        "cursor": "",
        "added_at": at,
        "next_at": at if polled else None,
        "failures": 0,
        "error_key": "",
        "error_fields": {},
        "polled": polled,
        "settings": dict(settings or {}),
    }
    connection.execute(upsert(source).values(values).on_conflict_do_nothing())


def update_source(connection: Connection, kind: str, account: str, **changes: Any) -> bool:
    """Change columns of a source; whether there is one."""
    return connection.execute(_UPDATE, {"kind": kind, "whose": account, **changes}).rowcount == 1


def remove_source(connection: Connection, kind: str, account: str) -> None:
    """Stop listening to a source; its mentions stay."""
    connection.execute(delete(source).where(source.c.source == kind, source.c.account == account))


def brought(connection: Connection, start: datetime, end: datetime) -> tuple[tuple[str, str, int], ...]:
    """(source, account, mentions) with ``start <= published_at <= end``, most first."""
    m = mention.c
    query = (
        select(m.source, m.account, func.count())
        .where(m.published_at >= start, m.published_at <= end)
        .group_by(m.source, m.account)
        .order_by(func.count().desc(), m.source, m.account)
    )
    return tuple((str(source), str(account), int(n)) for source, account, n in connection.execute(query))


def get_meta(connection: Connection, key: str) -> Any:
    """A setting of the data file, or ``None``."""
    return connection.execute(_META, {"name": key}).scalar_one_or_none()


def set_meta(connection: Connection, key: str, value: Any) -> None:
    """Keep a setting of the data file; any JSON value."""
    statement = upsert(meta).values(key=key, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value})
    )


def keep_playbook(connection: Connection, playbook_id: str, version: int, text: str, at: datetime) -> str:
    """Keep a playbook's text and return its digest, by which incidents are pinned to it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    values = {"id": playbook_id, "version": version, "digest": digest, "text": text, "used_at": at}
    connection.execute(upsert(playbook).values(values).on_conflict_do_nothing())
    return digest


def pinned_playbook(connection: Connection, incident_id: int) -> tuple[str, str] | None:
    """(digest, text) of the playbook that the incident began with."""
    query = (
        select(playbook.c.digest, playbook.c.text)
        .join(incident, incident.c.playbook_digest == playbook.c.digest)
        .where(incident.c.id == incident_id)
    )
    row = connection.execute(query).first()
    return None if row is None else (row[0], row[1])
