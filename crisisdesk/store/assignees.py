"""Who has which mention: one name each, or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from crisisdesk.store.inbox import answered
from crisisdesk.store.schema import assignee

_AT_ONCE = 500


def put(connection: Connection, mention_ids: Sequence[int], name: str, by: str, at: datetime) -> None:
    """Give mentions to somebody; who had them before has them no more."""
    statement = upsert(assignee)
    new = {column: statement.excluded[column] for column in ("name", "by", "at")}
    values = [{"mention_id": one, "name": name, "by": by, "at": at} for one in mention_ids]
    connection.execute(statement.on_conflict_do_update(index_elements=["mention_id"], set_=new), values)


def drop(connection: Connection, mention_ids: Sequence[int]) -> None:
    """Nobody has these any more."""
    for start in range(0, len(mention_ids), _AT_ONCE):
        some = mention_ids[start : start + _AT_ONCE]
        connection.execute(delete(assignee).where(assignee.c.mention_id.in_(some)))


def waiting(connection: Connection) -> dict[str, int]:
    """Name → how many of their mentions nobody has answered; also names whose last mention has its answer (0)."""
    open_ = func.count().filter(assignee.c.mention_id.not_in(answered()))
    query = select(assignee.c.name, open_).group_by(assignee.c.name)
    return {name: int(n) for name, n in connection.execute(query)}


def names(connection: Connection) -> tuple[str, ...]:
    """Who has a mention."""
    return tuple(connection.execute(select(assignee.c.name).distinct()).scalars())


def mark(connection: Connection) -> tuple[int, datetime | None]:
    """Changes whenever anybody, at any desk on this file, gives a mention to somebody or takes one back."""
    row = connection.execute(select(func.count(), func.max(assignee.c.at))).one()
    return int(row[0]), row[1]
