"""What the rules about danger, reach, mood and silence count in the data file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, func, or_, select, text, type_coerce

from crisisdesk.store import people
from crisisdesk.store.schema import mention, minute_count

_DANGER: Final = text("safety")  # as the partial indexes have it
_LOUD: Final = text("followers >= 10000")
_HOUR_US: Final = 3_600_000_000
_MOST: Final = 200


class Loud(NamedTuple):
    """Somebody with reach."""

    id: int
    author: str
    followers: int
    at: datetime


class Complaining(NamedTuple):
    """Who spoke against us, and when."""

    id: int
    source: str
    person: str
    author: str
    at: datetime


class Brought(NamedTuple):
    """What one source brought in a stretch, and when the last of it was said."""

    source: str
    account: str
    number: int
    last: datetime


def danger(connection: Connection, start: datetime, end: datetime) -> tuple[tuple[int, str], ...]:
    """``(id, author)`` of originals that speak of people in danger, ``start <= published_at <= end``, newest first."""
    m = mention.c
    query = select(m.id, m.author).where(_DANGER, m.published_at >= start, m.published_at <= end)
    query = query.where(m.is_repost.is_(False))
    return tuple((int(i), str(a)) for i, a in connection.execute(query.order_by(m.published_at.desc()).limit(500)))


def danger_hours(connection: Connection, start: datetime, end: datetime) -> int:
    """Voices of danger with ``start <= published_at < end``, each once an hour."""
    m = mention.c
    hour = type_coerce(m.published_at, Integer) // _HOUR_US
    who = select(hour, m.author).where(_DANGER, m.published_at >= start, m.published_at < end, m.is_repost.is_(False))
    return int(connection.execute(select(func.count()).select_from(who.distinct().subquery())).scalar_one())


def loudest(connection: Connection, start: datetime, end: datetime) -> Loud | None:
    """Who of ``start <= published_at <= end`` has the most followers, ten thousand at least; the first of equals."""
    m = mention.c
    query = select(m.id, m.author, m.followers, m.published_at)
    query = query.where(_LOUD, m.published_at >= start, m.published_at <= end)
    row = connection.execute(query.order_by(m.followers.desc(), m.published_at, m.id).limit(1)).first()
    return Loud(*row) if row else None


def as_loud(connection: Connection, followers: int, before: datetime) -> datetime | None:
    """When somebody with at least so many followers spoke last, before ``before``."""
    m = mention.c
    query = select(func.max(m.published_at)).where(_LOUD, m.followers >= followers, m.published_at < before)
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def complaining(
    connection: Connection, persons: Iterable[tuple[str, str]], start: datetime, end: datetime
) -> tuple[Complaining, ...]:
    """What anybody of ``persons`` said against us in ``start <= published_at <= end``, in own words; newest first."""
    m = mention.c
    person = case((m.author_id != "", m.author_id), else_=m.author)
    query = select(m.id, m.source, person, m.author, m.published_at).where(
        people.said_by_any(persons, since=start), m.published_at <= end, _against()
    )
    rows = connection.execute(query.order_by(m.published_at.desc(), m.id.desc()).limit(_MOST))
    return tuple(Complaining(*row) for row in rows)


def complained(connection: Connection, source: str, person: str, before: datetime) -> datetime | None:
    """When somebody spoke against us last, before ``before``."""
    m = mention.c
    said = select(func.max(m.published_at)).where(people.said_by(source, person), m.published_at < before, _against())
    found: datetime | None = connection.execute(said).scalar_one()
    return found


def _against() -> ColumnElement[bool]:
    m = mention.c
    return and_(
        or_(m.complaint, m.safety, m.sentiment == "negative"), m.is_repost.is_(False), m.deleted_at.is_(None)
    )


def moods(connection: Connection, start: datetime, end: datetime, most: int) -> tuple[tuple[int, str, bool], ...]:
    """``(id, author, negative)`` of the newest ``most`` originals of a stretch, newest first."""
    m = mention.c
    query = select(m.id, m.author, m.sentiment == "negative").where(
        m.published_at >= start, m.published_at <= end, m.is_repost.is_(False)
    )
    rows = connection.execute(query.order_by(m.published_at.desc(), m.id.desc()).limit(most))
    return tuple((int(i), str(a), bool(negative)) for i, a, negative in rows)


def negative_hours(connection: Connection, start: datetime, end: datetime) -> tuple[tuple[int, int], ...]:
    """``(negative, all)`` of each hour that has mentions with ``start <= minute < end``, ascending."""
    c = minute_count.c
    hour = type_coerce(c.minute, Integer) // _HOUR_US
    query = select(func.sum(c.negative), func.sum(c.total - c.history)).where(c.minute >= start, c.minute < end)
    rows = connection.execute(query.group_by(hour).order_by(hour))
    return tuple((int(negative), int(total)) for negative, total in rows if total)


def last_said(connection: Connection) -> datetime | None:
    """When the newest mention was said."""
    found: datetime | None = connection.execute(select(func.max(mention.c.published_at))).scalar_one()
    return found


def brought(connection: Connection, end: datetime, days: int) -> tuple[Brought, ...]:
    """What each source brought in the ``days`` times 24 hours before ``end``."""
    m = mention.c
    query = (
        select(m.source, m.account, func.count(), func.max(m.published_at))
        .where(m.published_at >= end - timedelta(days=days), m.published_at <= end)
        .group_by(m.source, m.account)
    )
    return tuple(Brought(*row) for row in connection.execute(query))
