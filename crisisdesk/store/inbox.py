"""The inbox's pages out of a million mentions: by keyset, through one covering index and a full-text index.

``mention_text`` (FTS5, its content is the table ``mention`` itself) follows every insert, edit and burial
(:mod:`crisisdesk.store.full_text`). What a person typed is never FTS5's query language: its words are quoted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal_column, or_, select, text, union

from crisisdesk.model.area import RouteState
from crisisdesk.model.inbox import Fold, Listed, Reply, Sought
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.outgoing import OutgoingState
from crisisdesk.store import people
from crisisdesk.store.mentions import load
from crisisdesk.store.schema import assignee, draft, mention, outgoing, publication, route

_FEW: Final = 20_000
"""Up to so many hits are all looked at and sorted; of more, the newest mentions are looked at in stretches."""
_WALK: Final = 1_000
_STRETCHES: Final = 8
_WIDEST: Final = 100_000
"""So many ids a stretch may span: mentions that came in late lie far from those of their time."""
_MOST_WORDS: Final = 12
_BEGINNING: Final = 3
"""Letters that the beginning of a word has at least: of fewer there are too many."""
_PART: Final = re.compile(r'"([^"]*)"|([^\W_]+)')
_WORD: Final = re.compile(r"[^\W_]+")

m = mention.c


def expression(search: str) -> str:
    """``search`` as FTS5 understands it: every word and phrase quoted, all of them wanted; ``""`` without a word."""
    parts: list[str] = []
    for phrase, word in _PART.findall(unicodedata.normalize("NFC", search[:200])):
        words = _WORD.findall(phrase or word)
        if words:
            parts.append('"' + " ".join(words) + '"')
    parts = parts[:_MOST_WORDS]
    if parts and " " not in parts[-1] and len(parts[-1]) >= _BEGINNING + 2 and search.endswith("*"):
        parts[-1] += " *"
    return " ".join(parts)


def page(
    connection: Connection,
    sought: Sought,
    *,
    limit: int,
    before: int | None = None,
    cuts: Mapping[str, datetime] | None = None,
    vips: Sequence[tuple[str, str]] = (),
) -> tuple[Listed, ...]:
    """Newest first; ``before`` is the id of the last row already shown.

    Args:
        cuts: for ``Reply.OVERDUE``: type → the latest instant of asking whose time is over.
        vips: (source, person) of those on ``sought.vip``.
    """
    wanted = clauses(connection, sought, before, cuts or {}, vips)
    ids = hits(connection, sought.search, wanted, limit) if sought.search else _walked(connection, wanted, limit)
    return rows_of(connection, ids)


def clauses(
    connection: Connection,
    sought: Sought,
    before: int | None,
    cuts: Mapping[str, datetime],
    vips: Sequence[tuple[str, str]],
) -> list[ColumnElement[bool]]:
    """Everything but the search, and what stands before the last row shown; see :func:`page`."""
    wanted = narrowed(sought, cuts)
    if sought.vip:
        wanted.append(people.said_by_any(vips))
    if before is not None:
        last = connection.execute(select(m.published_at).where(m.id == before)).scalar_one_or_none()
        if last is not None:
            wanted.append(or_(m.published_at < last, and_(m.published_at == last, m.id < before)))
            wanted.append(m.published_at <= last)  # the index can begin here
    return wanted


def rows_of(connection: Connection, ids: Sequence[int]) -> tuple[Listed, ...]:
    """Mentions as rows of the inbox, in the order of ``ids``."""
    has = holders(connection, ids)
    done: set[int] = set()
    rows: dict[int, Listed] = {}
    for at in range(0, len(ids), 500):
        some = ids[at : at + 500]
        done.update(connection.execute(select(m.id).where(m.id.in_(some), m.id.in_(answered()))).scalars())
        for row in connection.execute(select(mention).where(m.id.in_(some))).mappings():
            one, fold = load(dict(row)), row["fold"]
            key = Fold(fold, one.verdict.safety) if fold is not None else None
            rows[one.id] = Listed(one.id, one.mention, one.verdict, has.get(one.id, ""), one.id in done, key)
    return tuple(rows[n] for n in ids)


def holders(connection: Connection, mention_ids: Sequence[int]) -> dict[int, str]:
    """Mention → who has it, of those that somebody has."""
    found: dict[int, str] = {}
    for at in range(0, len(mention_ids), 500):
        query = select(assignee.c.mention_id, assignee.c.name)
        query = query.where(assignee.c.mention_id.in_(mention_ids[at : at + 500]))
        found.update((row.mention_id, row.name) for row in connection.execute(query))
    return found


def narrowed(sought: Sought, cuts: Mapping[str, datetime]) -> list[ColumnElement[bool]]:
    """The clauses of everything but the search."""
    wanted: list[ColumnElement[bool]] = []
    if sought.start is not None:
        wanted.append(m.published_at >= sought.start)
    if sought.end is not None:
        wanted.append(m.published_at < sought.end)
    if sought.source:
        wanted.append(m.source == sought.source)
    if sought.type is not None:
        wanted.append(m.type == sought.type)
    if sought.sentiment is not None:
        wanted.append(m.sentiment == sought.sentiment)
    if sought.language:
        wanted.append(m.language == sought.language)
    if sought.complaint:
        wanted.append(m.complaint.is_(True))
    if sought.safety:
        wanted.append(m.safety.is_(True))
        wanted.append(literal_column("mention.safety"))  # as in the partial index, so that SQLite sees that it serves
    if sought.originals:
        wanted.append(m.is_repost.is_(False))
    if sought.author is not None:
        wanted.append(people.said_by(*sought.author))
    if sought.assignee is not None:
        has = select(assignee.c.mention_id)
        wanted.append(m.id.in_(has.where(assignee.c.name == sought.assignee)) if sought.assignee else m.id.not_in(has))
    if sought.area is not None:
        wanted.append(m.id.in_(asked_of(sought.area)))
    if sought.reply is Reply.ANSWERED:
        wanted.append(m.id.in_(answered()))
    elif sought.reply is not None:
        wanted += (m.id.not_in(answered()), m.deleted_at.is_(None))  # what is gone waits for nothing
    if sought.reply is Reply.OVERDUE:
        wanted.append(_overdue(cuts))
    return wanted


def asked_of(area_id: int) -> Select[tuple[int]]:
    """Ids of the mentions that an area was asked about, what was taken back apart."""
    r = route.c
    query = select(r.mention_id).where(r.area_id == area_id, r.mention_id.is_not(None))
    return query.where(r.state != RouteState.WITHDRAWN)


def heard_from(connection: Connection) -> tuple[str, ...]:
    """The kinds of source that have mentions, by name; one step in an index for each."""
    found: list[str] = []
    while True:
        query = select(func.min(m.source)).where(m.source > (found[-1] if found else ""))
        following = connection.execute(query).scalar_one()
        if following is None:
            return tuple(found)
        found.append(str(following))


def of_person(connection: Connection, source: str, person: str, *, limit: int) -> tuple[StoredMention, ...]:
    """The newest that one person said, newest first."""
    return _loaded(connection, _walked(connection, [people.said_by(source, person)], limit))


def person_since(connection: Connection, source: str, person: str) -> tuple[int, datetime]:
    """How many mentions of one person there are, and when the first was said."""
    row = connection.execute(select(func.count(), func.min(m.published_at)).where(people.said_by(source, person))).one()
    return int(row[0]), row[1]


def answered(until: datetime | None = None) -> Select[tuple[int]]:
    """Ids of the mentions that had an answer (until an instant): one that went out, or one proved by hand."""
    by_hand = select(draft.c.mention_id).join(publication, publication.c.draft_id == draft.c.id)
    by_hand = by_hand.where(draft.c.mention_id.is_not(None))
    answers = outgoing.c.mention_id.is_not(None)  # a post of our own answers nobody
    sent = select(outgoing.c.mention_id).where(outgoing.c.state == OutgoingState.SENT, answers)
    if until is not None:
        by_hand = by_hand.where(publication.c.published_at <= until)
        sent = sent.where(outgoing.c.ended_at <= until)
    return select(union(by_hand, sent).subquery().c[0])


def is_answered(connection: Connection, mention_id: int) -> bool:
    """Whether a mention has had an answer."""
    query = select(m.id).where(m.id == mention_id, m.id.in_(answered()))
    return connection.execute(query).first() is not None


def backlog(connection: Connection, cuts: Mapping[str, datetime], since: datetime, at: datetime) -> dict[str, int]:
    """Type → mentions asked since ``since`` that had no answer at ``at`` though their time was over.

    Reposts and what is gone at its source wait for nothing.
    """
    if not cuts:
        return {}
    query = (
        select(m.type, func.count())
        .where(m.published_at >= since, m.published_at <= at, _overdue(cuts), m.id.not_in(answered(at)))
        .group_by(m.type)
    )
    return {str(name): int(n) for name, n in connection.execute(query)}


def _overdue(cuts: Mapping[str, datetime]) -> ColumnElement[bool]:
    over = [and_(m.type == name, m.published_at <= cut) for name, cut in cuts.items()]
    if not over:
        return literal_column("0") == 1
    newest = m.published_at <= max(cuts.values())
    return and_(newest, or_(*over), m.is_repost.is_(False), m.deleted_at.is_(None))


def _walked(connection: Connection, wanted: Sequence[ColumnElement[bool]], limit: int) -> list[int]:
    query = select(m.id).where(*wanted).order_by(m.published_at.desc(), m.id.desc()).limit(limit)
    return list(connection.execute(query).scalars())


def hits(connection: Connection, search: str, wanted: list[ColumnElement[bool]], limit: int) -> list[int]:
    """Ids of the newest mentions that the search finds among those that are wanted, newest first."""
    asked = {"q": expression(search)}
    if not asked["q"]:
        return []
    hits = "SELECT rowid FROM mention_text WHERE mention_text MATCH :q"
    some = connection.execute(text(f"SELECT count(*) FROM ({hits} LIMIT {_FEW + 1})"), asked).scalar_one()
    if some > _FEW:
        ids = _newest_hits(connection, asked, wanted, limit)
        if ids is not None:
            return ids
    chosen = text(f"mention.id IN ({hits})")
    # unary plus: not by time through the index, which would ask every mention
    order: tuple[ColumnElement[Any], ...] = (literal_column("+mention.published_at").desc(), m.id.desc())
    return list(connection.execute(select(m.id).where(chosen, *wanted).order_by(*order).limit(limit), asked).scalars())


def _newest_hits(
    connection: Connection, asked: Mapping[str, str], wanted: list[ColumnElement[bool]], limit: int
) -> list[int] | None:
    """The newest hits of a frequent word, by looking at the newest mentions; ``None`` where that leads too far.

    A stretch of mentions by time is nearly one of ids, and of a stretch of ids FTS5 gives the hits at once.
    """
    hits = text("SELECT rowid FROM mention_text WHERE mention_text MATCH :q AND rowid BETWEEN :low AND :high")
    found: list[int] = []
    query = select(m.id, m.published_at).where(*wanted).order_by(m.published_at.desc(), m.id.desc()).limit(_WALK)
    older: list[ColumnElement[bool]] = []
    for _ in range(_STRETCHES):
        rows = connection.execute(query.where(*older)).all()
        if not rows:
            return found
        ids = [row.id for row in rows]
        low, high = min(ids), max(ids)
        if high - low > _WIDEST:
            return None
        here = set(connection.execute(hits, {**asked, "low": low, "high": high}).scalars())
        found += [n for n in ids if n in here]
        if len(found) >= limit or len(rows) < _WALK:
            return found[:limit]
        last = rows[-1]
        before = and_(m.published_at == last.published_at, m.id < last.id)
        older = [m.published_at <= last.published_at, or_(m.published_at < last.published_at, before)]
    return None


def _loaded(connection: Connection, ids: Sequence[int]) -> tuple[StoredMention, ...]:
    rows: dict[int, StoredMention] = {}
    for at in range(0, len(ids), 500):
        query = select(mention).where(m.id.in_(ids[at : at + 500]))
        rows |= {row["id"]: load(dict(row)) for row in connection.execute(query).mappings()}
    return tuple(rows[n] for n in ids)
