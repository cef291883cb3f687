"""Mentions folded into one row of the inbox: what says the same, and the flood of one person.

A mention's ``fold`` is the id of the first that said the same, or less than nothing: the flood of one person, by the id
of its first mention. What speaks of danger is folded apart from what does not, so that it never lies under another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from crisisdesk.model.draft import DraftState
from crisisdesk.model.inbox import Fold, Listed, Sought, Window
from crisisdesk.store import inbox
from crisisdesk.store.schema import draft, mention

_TRIES: Final = 6
"""So many pages of hits are read for one page of rows; what else is found comes with the next."""
m = mention.c

# A statement that each page of a source needs is made once: making one takes longer than running it.
_UNREAD: Final = (
    select(
        m.id, m.published_at, m.source, func.coalesce(func.nullif(m.author_id, ""), m.author), m.text, m.signs, m.fold
    )
    .where(m.id > bindparam("after"), m.id <= bindparam("until"), m.deleted_at.is_(None))
    .order_by(m.id)
)
_PUT: Final = update(mention).where(m.id == bindparam("one")).values(fold=bindparam("to"))
_LEAD: Final = update(mention).where(m.id == bindparam("one"), m.fold.is_(None)).values(fold=m.id)


class Unread(NamedTuple):
    """What folding needs of a mention."""

    id: int
    at: datetime
    source: str
    author: str
    text: str
    signs: tuple[str, ...]
    fold: int | None


def unread(connection: Connection, after: int, until: int) -> list[Unread]:
    """Mentions with ids above ``after`` up to ``until``, not deleted, by id."""
    rows = connection.execute(_UNREAD, {"after": after, "until": until})
    return [Unread(*row[:5], tuple(row[5]), row[6]) for row in rows]


def put(connection: Connection, folds: Mapping[int, int], leaders: Iterable[int]) -> None:
    """Put mentions (id → fold) into their folds; a leader that is in none leads its own."""
    if folds:
        connection.execute(_PUT, [{"one": number, "to": fold} for number, fold in folds.items()])
    leads = [{"one": number} for number in leaders]
    if leads:
        connection.execute(_LEAD, leads)


def window(
    connection: Connection,
    sought: Sought,
    *,
    limit: int,
    before: int | None,
    shown: Collection[Fold],
    cuts: Mapping[str, datetime],
    vips: Sequence[tuple[str, str]],
) -> Window:
    """Newest first, of each fold only the newest that is wanted, and none of the folds that are ``shown`` already."""
    seen, kept, last, more = set(shown), list[int](), before, False
    for _ in range(_TRIES if sought.search else 1):
        wanted = inbox.clauses(connection, sought, last, cuts, vips)
        ids = inbox.hits(connection, sought.search, wanted, limit) if sought.search else None
        last, more = _sift(connection, wanted, ids, limit, seen, kept) or (last, False)
        if not more or len(kept) * 4 >= limit:
            break
    return Window(counted(connection, inbox.rows_of(connection, kept)), last, more)


def _sift(
    connection: Connection,
    wanted: Sequence[ColumnElement[bool]],
    ids: Sequence[int] | None,
    limit: int,
    seen: set[Fold],
    kept: list[int],
) -> tuple[int, bool] | None:
    """Keep what begins a row; the last mention looked at, and whether there may be more after it."""
    query = select(m.id, m.fold, m.safety)
    if ids is None:
        query = query.where(*wanted).order_by(m.published_at.desc(), m.id.desc())
        with connection.execute(query) as walk:  # read row by row: it ends as soon as the page is full
            return _first_of_each(walk, limit, seen, kept)
    place = {number: n for n, number in enumerate(ids)}
    found = sorted(connection.execute(query.where(m.id.in_(ids))), key=lambda row: place[row[0]])
    last = _first_of_each(found, limit, seen, kept)
    return last and (last[0], last[1] or len(ids) >= limit)


def _first_of_each(
    walk: Iterable[Any], limit: int, seen: set[Fold], kept: list[int]
) -> tuple[int, bool] | None:
    last: int | None = None
    for number, fold, safety in walk:
        if len(kept) >= limit and last is not None:
            return last, True
        last = number
        if fold is None:
            kept.append(number)
        elif (key := Fold(fold, bool(safety))) not in seen:
            seen.add(key)
            kept.append(number)
    return None if last is None else (last, False)


def counted(connection: Connection, rows: Sequence[Listed]) -> tuple[Listed, ...]:
    """Rows with how many there are in the fold of each."""
    numbers = sorted({row.fold.number for row in rows if row.fold is not None})
    many: dict[Fold, int] = {}
    for at in range(0, len(numbers), 500):
        query = select(m.fold, m.safety, func.count()).where(m.fold.in_(numbers[at : at + 500]), m.fold.is_not(None))
        found = connection.execute(query.group_by(m.fold, m.safety))
        many |= {Fold(number, bool(safety)): int(n) for number, safety, n in found}
    return tuple(row.of_many(many.get(row.fold, 1)) if row.fold is not None else row for row in rows)


def members(connection: Connection, fold: Fold, limit: int) -> tuple[Listed, ...]:
    """What a fold holds, newest first."""
    return inbox.rows_of(connection, ids(connection, fold, limit))


def ids(connection: Connection, fold: Fold, limit: int) -> list[int]:
    """Ids of the mentions of a fold, newest first."""
    query = select(m.id).where(*_in(fold)).order_by(m.published_at.desc(), m.id.desc()).limit(limit)
    return list(connection.execute(query).scalars())


def size(connection: Connection, fold: Fold) -> int:
    """How many mentions a fold holds."""
    return int(connection.execute(select(func.count()).where(*_in(fold))).scalar_one())


def _in(fold: Fold) -> tuple[ColumnElement[bool], ...]:
    return m.fold == fold.number, m.safety.is_(fold.safety), m.fold.is_not(None)


class Person(NamedTuple):
    """Somebody of a fold: their mentions in it, the newest first, and whether one of them has its answer."""

    mention_ids: tuple[int, ...]
    answered: bool


def persons(connection: Connection, fold: Fold, limit: int) -> tuple[Person, ...]:
    """The people of the newest ``limit`` mentions of a fold, who spoke last comes last.

    A mention that names nobody is a person of its own.
    """
    author = func.coalesce(func.nullif(m.author_id, ""), m.author)
    query = select(m.id, m.source, author, m.id.in_(inbox.answered())).where(*_in(fold))
    newest = connection.execute(query.order_by(m.published_at.desc(), m.id.desc()).limit(limit)).all()
    found: dict[tuple[str, str], Person] = {}
    for number, source, name, answered in reversed(newest):
        who = (source, name or f"\0{number}")
        before = found.pop(who, Person((), False))
        found[who] = Person((number, *before.mention_ids), before.answered or bool(answered))
    return tuple(found.values())


def begun(connection: Connection, fold: Fold) -> frozenset[int]:
    """Mentions of a fold whose answer somebody has begun and not set aside."""
    query = select(draft.c.mention_id).join(mention, m.id == draft.c.mention_id)
    query = query.where(*_in(fold), draft.c.state != DraftState.DISCARDED)
    return frozenset(connection.execute(query).scalars())
