"""Mentions, their rollup by minute, the detector's state and the gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Integer,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from crisisdesk.model.errors import NotFoundError
from crisisdesk.model.mention import (
    VOICE_BLOCK,
    Gap,
    Judge,
    Mention,
    Said,
    Sentiment,
    StoredMention,
    Verdict,
)
from crisisdesk.model.voice import Heard
from crisisdesk.store import erased, full_text
from crisisdesk.store.schema import detector, gap, mention, minute_count
from crisisdesk.store.sources import get_meta, set_meta

_MENTION = tuple(Mention.__dataclass_fields__)
_VERDICT = tuple(Verdict.__dataclass_fields__)
_MINUTE = timedelta(minutes=1)
_IDENTITY = ("source", "account", "native_id")
_COUNTED = "counted_until"
_QUARTER = 15 * 60 * 1_000_000  # of an hour, in microseconds


def _adding(*names: str) -> Any:
    """The statement that adds to counts of a minute, or begins them."""
    new = upsert(minute_count)
    more = {n: minute_count.c[n] + new.excluded[n] for n in names}
    return new.on_conflict_do_update(index_elements=["minute"], set_=more)


# A statement that each page of a source needs is made once: making one takes longer than running it.
_COUNTS = ("total", "reposts", "complaints", "negative")
_COUNT = _adding(*_COUNTS)
_ADD = upsert(mention).on_conflict_do_nothing().returning(*(mention.c[n] for n in ("id", *_IDENTITY)))
_NEWEST = select(func.coalesce(func.max(mention.c.id), 0))
_FORGET_VOICES = (
    update(minute_count)
    .where(minute_count.c.minute >= bindparam("first"), minute_count.c.minute < bindparam("until"))
    .values(voices=None, complainers=None)
)
_CLOSE = update(gap).where(gap.c.source == bindparam("whose"), gap.c.end.is_(None))


def floor_minute(instant: datetime) -> datetime:
    """The start of the minute that holds ``instant``."""
    return instant.replace(second=0, microsecond=0)


def floor_block(instant: datetime) -> datetime:
    """The start of the block that holds ``instant``; see ``VOICE_BLOCK``."""
    return instant.replace(minute=instant.minute - instant.minute % 10, second=0, microsecond=0)


def add(connection: Connection, new: Sequence[tuple[Mention, Verdict]]) -> list[tuple[int, Mention]]:
    """Store mentions and count each in its minute; returns those that were not there already, in their order, with ids.

    A mention is the same when source, account and native id are the same, and also when the same import row (id,
    time and text) comes again from a file with another name.
    """
    first: dict[tuple[str, str, str], tuple[Mention, Verdict]] = {}
    for pair in new:
        first.setdefault(identity(pair[0]), pair)
    for key in _imported_before(connection, [m for m, _ in first.values() if m.source == "import"]):
        del first[key]
    for key in erased.among(connection, tuple(first)):
        del first[key]
    if not first:
        return []
    values = [{n: getattr(m, n) for n in _MENTION} | {n: getattr(v, n) for n in _VERDICT} for m, v in first.values()]
    stored = {(s, a, n): row for row, s, a, n in connection.execute(_ADD, values)}
    added = [pair for key, pair in first.items() if key in stored]
    full_text.take_in(connection, [full_text.Words(stored[identity(m)], m.text, m.author) for m, _ in added])
    _count(connection, added)
    return [(stored[identity(m)], m) for m, _ in added]


def ids_of(connection: Connection, found: Sequence[Mention]) -> list[int]:
    """The ids of mentions that are there."""
    c = mention.c
    places = (and_(c.source == m.source, c.account == m.account, c.native_id == m.native_id) for m in found)
    return [connection.execute(select(c.id).where(place)).scalar_one() for place in places]


def identity(m: Mention) -> tuple[str, str, str]:
    """What makes a mention the same one."""
    return m.source, m.account, m.native_id


def _imported_before(connection: Connection, rows: Sequence[Mention]) -> list[tuple[str, str, str]]:
    if not rows:
        return []
    c = mention.c
    query = select(c.native_id, c.published_at, c.text).where(
        c.source == "import", c.native_id.in_([m.native_id for m in rows])
    )
    known = {(n, at, text) for n, at, text in connection.execute(query)}
    return [identity(m) for m in rows if (m.native_id, m.published_at, m.text) in known]


def _count(connection: Connection, added: Sequence[tuple[Mention, Verdict]]) -> None:
    sums: dict[datetime, list[int]] = {}
    for m, v in added:
        row = sums.setdefault(floor_minute(m.published_at), [0, 0, 0, 0])
        for i, n in enumerate((1, m.is_repost, v.complaint, v.sentiment is Sentiment.NEGATIVE)):
            row[i] += n
    values = [{"minute": minute, **dict(zip(_COUNTS, row, strict=True))} for minute, row in sums.items()]
    if values:
        connection.execute(_COUNT, values)
        _forget_voices(connection, sums)


def add_history(connection: Connection, counts: Sequence[tuple[datetime, int]]) -> None:
    """Add counts per minute of a time for which there are no texts, such as another tool's export."""
    rows = [
        {"minute": m, "total": n, "reposts": 0, "complaints": 0, "negative": 0, "history": n}
        for m, n in counts
        if n > 0
    ]
    if not rows:
        return
    connection.execute(_adding("total", "history"), rows)
    end = max(m for m, _ in counts) + _MINUTE
    known = counted_until(connection)
    set_meta(connection, _COUNTED, (end if known is None else max(known, end)).isoformat())


def counted_until(connection: Connection) -> datetime | None:
    """Before which minute only counts are known and no texts; ``None`` where there is no such past."""
    found = get_meta(connection, _COUNTED)
    return None if found is None else datetime.fromisoformat(str(found))


def totals(connection: Connection, start: datetime, end: datetime) -> tuple[int, int, int]:
    """Mentions, complaints and negative ones with ``start <= minute < end``."""
    c = minute_count.c
    sums = [func.coalesce(func.sum(column), 0) for column in (c.total, c.complaints, c.negative)]
    row = connection.execute(select(*sums).where(c.minute >= start, c.minute < end)).one()
    return int(row[0]), int(row[1]), int(row[2])


def complainers(connection: Connection, start: datetime, end: datetime) -> int:
    """Voices that complain with ``start <= minute < end``, of the minutes that have been looked at."""
    c = minute_count.c
    query = select(func.coalesce(func.sum(c.complainers), 0)).where(c.minute >= start, c.minute < end)
    return int(connection.execute(query).scalar_one())


def tallies(connection: Connection, start: datetime, end: datetime) -> dict[datetime, tuple[int, int, int | None]]:
    """Minute → (all mentions, those known as counts only, voices) with ``start <= minute < end``.

    Voices are ``None`` where nobody has looked at the minute since a mention came into it.
    """
    c = minute_count.c
    query = select(c.minute, c.total, c.history, c.voices).where(c.minute >= start, c.minute < end)
    return {minute: (total, history, voices) for minute, total, history, voices in connection.execute(query)}


def said(connection: Connection, start: datetime, end: datetime | None) -> Iterator[Said]:
    """What was said with ``start <= published_at < end``, part by part, in an order that does not depend on arrival."""
    m = mention.c
    order = (m.published_at, m.source, m.account, m.native_id)
    query = select(*order, m.author, m.text, m.is_repost, m.complaint).where(m.published_at >= start)
    if end is not None:
        query = query.where(m.published_at < end)
    rows = connection.execute(query.order_by(*order), execution_options={"yield_per": 1_000})
    return (Said(at, (s, a, n), who, text, bool(re), bool(c)) for at, s, a, n, who, text, re, c in rows)


def keep_voices(connection: Connection, counted: Mapping[datetime, tuple[int, int]]) -> None:
    """Keep minute → (voices, those who complain) in the rollup."""
    if counted:
        rows = [{"at": minute, "v": voices, "c": complainers} for minute, (voices, complainers) in counted.items()]
        c = minute_count.c
        statement = update(minute_count).where(c.minute == bindparam("at"))
        connection.execute(statement.values(voices=bindparam("v"), complainers=bindparam("c")), rows)


def _forget_voices(connection: Connection, minutes: Iterable[datetime]) -> None:
    """A voice counts once in its block: what came into a minute changes those after it."""
    first: dict[datetime, datetime] = {}
    for minute in minutes:
        block = floor_block(minute)
        first[block] = min(minute, first.get(block, minute))
    spans = [{"first": minute, "until": block + VOICE_BLOCK} for block, minute in first.items()]
    connection.execute(_FORGET_VOICES, spans)


def first_minute(connection: Connection, since: datetime) -> datetime | None:
    """The first minute with a count at or after ``since``."""
    return connection.execute(
        select(minute_count.c.minute).where(minute_count.c.minute >= since).order_by(minute_count.c.minute).limit(1)
    ).scalar_one_or_none()


def load(row: Mapping[str, Any]) -> StoredMention:
    """A row of the table as what it holds."""
    return StoredMention(
        row["id"],
        msgspec.convert({n: row[n] for n in _MENTION}, Mention),
        msgspec.convert({n: row[n] for n in _VERDICT}, Verdict),
    )


def get(connection: Connection, mention_id: int) -> StoredMention:
    """The mention ``mention_id``; NotFoundError when there is none."""
    row = connection.execute(select(mention).where(mention.c.id == mention_id)).mappings().first()
    if row is None:
        raise NotFoundError("store.no_mention", id=mention_id)
    return load(dict(row))


def must_exist(connection: Connection, ids: Sequence[int]) -> None:
    """NotFoundError, with the first of ``ids`` that is no mention."""
    known: set[int] = set()
    for at in range(0, len(ids), 500):
        known.update(connection.execute(select(mention.c.id).where(mention.c.id.in_(ids[at : at + 500]))).scalars())
    for one in ids:
        if one not in known:
            raise NotFoundError("store.no_mention", id=one)


def of_ids(connection: Connection, ids: Sequence[int]) -> dict[int, StoredMention]:
    """Id → mention, of those that are there and not deleted."""
    found: dict[int, StoredMention] = {}
    for at in range(0, len(ids), 500):
        query = select(mention).where(mention.c.id.in_(ids[at : at + 500]), mention.c.deleted_at.is_(None))
        found |= {row["id"]: load(dict(row)) for row in connection.execute(query).mappings()}
    return found


def newest_id(connection: Connection) -> int:
    """The id of the mention that came in last; 0 while there is none."""
    return int(connection.execute(_NEWEST).scalar_one())


def judged_by(connection: Connection, judge: Judge, after: int, limit: int) -> tuple[StoredMention, ...]:
    """Mentions that ``judge`` judged, not deleted, with a greater id than ``after``, newest first."""
    m = mention.c
    query = select(mention).where(m.id > after, m.judge == judge, m.deleted_at.is_(None), m.text != "")
    rows = connection.execute(query.order_by(m.id.desc()).limit(limit)).mappings()
    return tuple(load(dict(row)) for row in rows)


def between(
    connection: Connection, start: datetime, end: datetime, *, limit: int | None = 2000, gone: bool = False
) -> tuple[StoredMention, ...]:
    """At most ``limit`` (``None`` = all) of the newest with ``start <= published_at < end``, ascending; ``gone``: also
    those that were deleted, which have no words any more."""
    m = mention.c
    query = select(mention).where(m.published_at >= start, m.published_at < end)
    if not gone:
        query = query.where(m.deleted_at.is_(None))
    query = query.order_by(m.published_at.desc(), m.id.desc()).limit(limit)
    rows = [load(dict(row)) for row in connection.execute(query).mappings()]
    return tuple(reversed(rows))


def heard(connection: Connection, start: datetime, end: datetime, most: int) -> list[Heard]:
    """At most ``most`` of the newest mentions with ``start < published_at <= end``, newest first; none deleted."""
    m = mention.c
    query = (
        select(m.published_at, m.source, m.author, m.author_id, m.text, m.lang, m.url, m.sentiment)
        .where(m.published_at > start, m.published_at <= end, m.deleted_at.is_(None))
        .order_by(m.published_at.desc(), m.id.desc())
        .limit(most)
    )
    return [Heard(*row[:-1], Sentiment(row[-1])) for row in connection.execute(query)]


def latest(
    connection: Connection,
    *,
    limit: int,
    start: datetime | None = None,
    end: datetime | None = None,
) -> tuple[StoredMention, ...]:
    """The newest, newest first; what the inbox filters by is :mod:`crisisdesk.store.inbox`."""
    m = mention.c
    query = select(mention).order_by(m.published_at.desc(), m.id.desc()).limit(limit)
    if start is not None:
        query = query.where(m.published_at >= start)
    if end is not None:
        query = query.where(m.published_at < end)
    return tuple(load(dict(row)) for row in connection.execute(query).mappings())


def count(connection: Connection) -> int:
    """How many mentions there are."""
    return int(connection.execute(select(func.count()).select_from(mention)).scalar_one())


def by_channel(connection: Connection, start: datetime, end: datetime) -> tuple[tuple[str, int], ...]:
    """Channel (or source where a mention names none) → mentions, largest first."""
    m = mention.c
    name = case((m.channel != "", m.channel), else_=m.source)
    query = (
        select(name, func.count())
        .where(m.published_at >= start, m.published_at < end)
        .group_by(name)
        .order_by(func.count().desc(), name)
    )
    return tuple((str(n), int(k)) for n, k in connection.execute(query))


def by_day(
    connection: Connection, start: datetime, end: datetime, zone: tzinfo
) -> tuple[tuple[date, str, int], ...]:
    """(local day, channel, mentions) ascending, each by the clocks of its own day.

    Counted by the quarter of an hour, which every zone's days are made of, and put together by ``zone``.
    """
    m = mention.c
    name = case((m.channel != "", m.channel), else_=m.source)
    quarter = type_coerce(m.published_at, Integer) // _QUARTER
    query = (
        select(quarter, name, func.count())
        .where(m.published_at >= start, m.published_at < end)
        .group_by(quarter, name)
    )
    counts: Counter[tuple[date, str]] = Counter()
    for place, channel, n in connection.execute(query):
        at = datetime.fromtimestamp(place * _QUARTER / 1_000_000, zone)
        counts[at.date(), str(channel)] += int(n)
    return tuple((day, channel, n) for (day, channel), n in sorted(counts.items()))


def types_between(connection: Connection, start: datetime, end: datetime) -> dict[str, int]:
    """Mention type → count with ``start <= published_at < end``."""
    m = mention.c
    query = select(m.type, func.count()).where(m.published_at >= start, m.published_at < end).group_by(m.type)
    return {str(t): int(n) for t, n in connection.execute(query)}


def load_detector(connection: Connection, stream: str) -> tuple[datetime, dict[str, Any]] | None:
    """Up to which minute the stream's detector has seen, and its state."""
    row = connection.execute(select(detector.c.until, detector.c.state).where(detector.c.stream == stream)).first()
    return None if row is None else (row[0], row[1])


def save_detector(connection: Connection, stream: str, until: datetime, state: Mapping[str, Any]) -> None:
    """Keep the stream's detector as it is after the minute before ``until``."""
    statement = upsert(detector).values(stream=stream, until=until, state=dict(state))
    changes = {"until": statement.excluded.until, "state": statement.excluded.state}
    connection.execute(statement.on_conflict_do_update(index_elements=["stream"], set_=changes))


def drop_detector(connection: Connection, stream: str) -> None:
    """Forget a kept state that knows minutes as they no longer are."""
    connection.execute(delete(detector).where(detector.c.stream == stream))


def open_gap(
    connection: Connection, source: str, start: datetime, end: datetime | None = None, reason: str = ""
) -> None:
    """Note a stretch that we did not hear; a second opening while one lasts changes nothing."""
    if end is None:
        lasting = select(gap.c.id).where(gap.c.source == source, gap.c.end.is_(None))
        if connection.execute(lasting).first() is not None:
            return
    connection.execute(insert(gap).values(source=source, start=start, end=end, reason=reason))


def close_gap(connection: Connection, source: str, end: datetime) -> None:
    """End the lasting gap of ``source``, if there is one."""
    connection.execute(_CLOSE, {"whose": source, "end": end})


def gaps(connection: Connection, start: datetime, end: datetime) -> tuple[Gap, ...]:
    """Gaps that touch ``start``…``end``, ascending."""
    g = gap.c
    query = select(g.source, g.start, g.end, g.reason).where(g.start < end, or_(g.end.is_(None), g.end > start))
    return tuple(Gap(*row) for row in connection.execute(query.order_by(g.start)))
