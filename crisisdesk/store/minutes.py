"""The counts of mentions per minute, as charts and measures read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Integer, bindparam, func, select, type_coerce

from crisisdesk.model.mention import MinuteCount
from crisisdesk.store.schema import mention, minute_count

_MICRO: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_THESE: Final = (  # made once: each page of a source needs it
    select(*(minute_count.c[n] for n in ("minute", "total", "reposts", "complaints", "negative")))
    .where(minute_count.c.minute.in_(bindparam("minutes", expanding=True)))
    .order_by(minute_count.c.minute)
)


def counts(connection: Connection, start: datetime, end: datetime) -> tuple[MinuteCount, ...]:
    """The rollup's rows with ``start <= minute < end``, ascending; minutes without a mention have no row."""
    c = minute_count.c
    # Plain integers: a chart reads ten thousand of these, and typed results cost more than the query itself.
    at = type_coerce(c.minute, Integer)
    query = select(at, c.total, c.reposts, c.complaints, c.negative)
    rows = connection.execute(query.where(c.minute >= start, c.minute < end).order_by(c.minute))
    return tuple(MinuteCount(_EPOCH + timedelta(microseconds=us), *row) for us, *row in rows.fetchall())


def counts_of(connection: Connection, minutes: Iterable[datetime]) -> tuple[MinuteCount, ...]:
    """The rollup's rows of these very minutes, ascending."""
    return tuple(MinuteCount(*row) for row in connection.execute(_THESE, {"minutes": tuple(minutes)}))


def matching(
    connection: Connection, words: str, start: datetime, end: datetime, step: timedelta
) -> tuple[tuple[datetime, int], ...]:
    """Mentions that hold all ``words``, per bucket of ``step`` from ``start``; ``(bucket's start, n)`` ascending."""
    at = type_coerce(mention.c.published_at, Integer)
    first, wide = (start - _EPOCH) // _MICRO, step // _MICRO
    bucket = (at - first) // wide
    query = select(bucket, func.count()).where(mention.c.published_at >= start, mention.c.published_at < end)
    for word in words.split():
        query = query.where(mention.c.text.like(_like(word), escape="\\"))
    rows = connection.execute(query.group_by(bucket).order_by(bucket))
    return tuple((start + int(n) * step, int(k)) for n, k in rows)


def _like(word: str) -> str:
    return "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def first_unseen(connection: Connection, start: datetime, end: datetime) -> datetime | None:
    """The first minute of ``start <= minute < end`` whose voices nobody has counted since a mention came into it."""
    c = minute_count.c
    unseen = select(c.minute).where(c.minute >= start, c.minute < end, c.voices.is_(None))
    return connection.execute(unseen.order_by(c.minute).limit(1)).scalar_one_or_none()
