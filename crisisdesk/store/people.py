"""Who said what: the mentions of one person or of several, and what everybody did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, select, text, union

from crisisdesk.model.author import Acts, Voice
from crisisdesk.model.mention import StoredMention
from crisisdesk.store.mentions import load
from crisisdesk.store.schema import mention

m = mention.c
_AFTER: Final = 50_000


def said_by(source: str, person: str) -> ColumnElement[bool]:
    """Everything of one person: by the source's lasting id, or by the name where a source has none."""
    return said_by_any([(source, person)])


def said_by_any(persons: Iterable[tuple[str, str]], *, since: datetime | None = None) -> ColumnElement[bool]:
    """Everything that anybody of ``persons`` said ``since``, (source, person) each; of nobody nothing."""
    late = [] if since is None else [m.published_at >= since]
    of: dict[str, list[str]] = {"": []}
    for source, person in persons:
        of.setdefault(source, []).append(person)
    found = []
    for source, names in of.items():
        # «is there a name» as it stands in the two partial indexes, so that SQLite sees that they serve
        found.append(select(m.id).where(m.source == source, m.author_id.in_(names), text("author_id != ''"), *late))
        by_name = text("author_id = '' AND author != ''")
        found.append(select(m.id).where(m.source == source, m.author.in_(names), by_name, *late))
    return m.id.in_(union(*found))


def first_since(connection: Connection, source: str, author: str, since: datetime) -> StoredMention | None:
    """The first that somebody of that name said there after an instant, if it is not gone.

    Looked for among the first 50,000 mentions after it: a name by itself is in no index.
    """
    c = select(m.id, m.source, m.author, m.published_at).where(m.published_at > since, m.deleted_at.is_(None))
    after = c.order_by(m.published_at, m.id).limit(_AFTER).subquery().c
    query = select(after.id).where(after.source == source, after.author == author)
    found = connection.execute(query.order_by(after.published_at, after.id).limit(1)).scalar_one_or_none()
    if found is None:
        return None
    return load(dict(connection.execute(select(mention).where(m.id == found)).mappings().one()))


@dataclass(frozen=True, slots=True)
class Acting:
    """What everybody did in the newest mentions: how many those are, how many name nobody, since when, and who."""

    mentions: int
    nameless: int
    since: datetime | None
    voices: tuple[Voice, ...]


def acting(connection: Connection, limit: int) -> Acting:
    """Counted from the newest ``limit`` mentions that are not gone, each one act, as ``pipeline/engagement`` counts."""
    newest = (
        select(m.source, m.author_id, m.author, m.published_at, m.is_repost, m.parent_id, m.text)
        .where(m.deleted_at.is_(None))
        .order_by(m.published_at.desc(), m.id.desc())
        .limit(limit)
        .subquery()
    )
    c = newest.c
    person = case((c.author_id != "", c.author_id), else_=c.author)
    own = c.is_repost.is_(False)
    asks = and_(own, c.parent_id == "", c.text.contains("?", autoescape=True))
    query = select(
        c.source,
        person.label("person"),
        func.max(c.author).label("name"),
        func.count().label("n"),
        func.sum(c.is_repost).label("forwards"),
        func.sum(and_(own, c.parent_id != "")).label("answers"),
        func.sum(asks).label("asks"),
        func.min(c.published_at).label("since"),
    ).group_by(c.source, person)
    mentions = nameless = 0
    since: datetime | None = None
    voices: list[Voice] = []
    for row in connection.execute(query):
        mentions += row.n
        since = row.since if since is None else min(since, row.since)
        if not row.person:
            nameless += row.n
            continue
        forwards, answers, asked = int(row.forwards), int(row.answers), int(row.asks)
        done = Acts(starts=row.n - forwards - answers - asked, answers=answers, asks=asked, forwards=forwards)
        voices.append(Voice(source=row.source, person=row.person, name=row.name or row.person, acts=done))
    return Acting(mentions, nameless, since, tuple(voices))
