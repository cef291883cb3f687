"""The timeline's rows: written once, never changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, func, insert, or_, select, update

from crisisdesk.model.attachment import Attachment
from crisisdesk.model.chain import REDACTED
from crisisdesk.model.errors import NotFoundError
from crisisdesk.model.timeline import Entry
from crisisdesk.store import chain, timeline_text
from crisisdesk.store.attachments import ATTACHED
from crisisdesk.store.schema import alert, timeline
from crisisdesk.store.timeline_text import Said

_COLUMNS = [c for c in timeline.c if c.name not in ("alert_id", "salt")]
STARRED = "entry.starred"
REMOVED = "entry.removed"
_AT_ONCE: Final = 500


def add(
    connection: Connection, entry: Entry, said: Said, *, alert_id: int | None = None, key: chain.Key | None = None
) -> Entry:
    """Write one entry (its ``id`` is ignored), chain it, seal it with ``key``, and return it with its id.

    ``said`` are its words, to be found by.
    """
    values = {c.name: getattr(entry, c.name) for c in _COLUMNS if c.name != "id"}
    values |= {"alert_id": alert_id, "salt": secrets.token_hex(16)}
    made = connection.execute(insert(timeline).values(values)).inserted_primary_key
    assert made is not None
    chain.append(connection, made[0], key)
    timeline_text.take_in(connection, made[0], said, entry.actor)
    return replace(entry, id=made[0])


def blank(connection: Connection, entry_id: int) -> int:
    """Take the words out of an entry and of all its revisions; how many rows.

    The file refuses it unless a row of kind ``entry.redacted`` says so before. Times, who did it and the hash stay.
    """
    where = or_(timeline.c.id == entry_id, timeline.c.revises == entry_id)
    timeline_text.take_out(connection, connection.execute(select(timeline.c.id).where(where)).scalars().all())
    return connection.execute(update(timeline).where(where).values(text="", data={}, salt=None)).rowcount


def get(connection: Connection, entry_id: int) -> Entry:
    """The entry as first written; NotFoundError when there is none."""
    row = connection.execute(select(*_COLUMNS).where(timeline.c.id == entry_id)).mappings().first()
    if row is None:
        raise NotFoundError("store.no_timeline", id=entry_id)
    return _load(dict(row))


def incident_of(connection: Connection, entry_id: int) -> int | None:
    """Whose timeline an entry is read in: its own incident, or that of its alert."""
    t = timeline.c
    query = select(func.coalesce(t.incident_id, alert.c.incident_id)).select_from(
        timeline.outerjoin(alert, alert.c.id == t.alert_id)
    )
    found: int | None = connection.execute(query.where(t.id == entry_id)).scalar()
    return found


def _load(row: Mapping[str, Any]) -> Entry:
    return msgspec.convert({str(name): value for name, value in row.items()}, Entry)


def is_removed(connection: Connection, entry_id: int) -> bool:
    """Whether an entry was taken out of the timeline."""
    incident_id = incident_of(connection, entry_id)
    return incident_id is not None and entry_id in _told_of(connection, incident_id, REMOVED)


def last(connection: Connection, incident_id: int, kind: str) -> datetime | None:
    """When an incident's newest entry of a kind was written, or ``None``."""
    t = timeline.c
    query = select(t.recorded_at).where(t.incident_id == incident_id, t.kind == kind).order_by(t.id.desc()).limit(1)
    found: datetime | None = connection.execute(query).scalar()
    return found


def actors(connection: Connection, incident_id: int) -> tuple[str, ...]:
    """Everybody who did something in an incident, by name."""
    t = timeline.c
    query = select(t.actor).where(t.incident_id == incident_id).distinct().order_by(t.actor)
    return tuple(connection.execute(query).scalars())


def told_since(connection: Connection, kind: str, since: datetime, name: str) -> tuple[str, ...]:
    """The value ``name`` of every entry of a kind that was recorded since then, in that order."""
    t = timeline.c
    query = select(t.data).where(t.kind == kind, t.recorded_at >= since).order_by(t.id)
    return tuple(str(data[name]) for data in connection.execute(query).scalars() if name in data)


def raw(connection: Connection, incident_id: int) -> tuple[Entry, ...]:
    """Every row of an incident, its alert's rows included, in the order written."""
    t = timeline.c
    alerts = select(alert.c.id).where(alert.c.incident_id == incident_id)
    query = select(*_COLUMNS).where(or_(t.incident_id == incident_id, t.alert_id.in_(alerts))).order_by(t.id)
    return _marked(_load(dict(row)) for row in connection.execute(query).mappings())


# The rows of an incident with its alert's, each entry's newest revision, and where the entry stands in time.
_MINE: Final = (
    "WITH mine AS (SELECT id, kind, occurred_at, revises FROM timeline WHERE incident_id = :incident "
    "UNION ALL SELECT id, kind, occurred_at, revises FROM timeline "
    "WHERE alert_id IN (SELECT id FROM alert WHERE incident_id = :incident) AND incident_id IS NOT :incident), "
    "newest AS (SELECT revises AS root, max(id) AS id FROM mine WHERE revises IS NOT NULL GROUP BY revises) "
    "SELECT coalesce(mine.revises, mine.id) AS root FROM mine "
    "LEFT JOIN newest ON newest.root = coalesce(mine.revises, mine.id) "
    "WHERE mine.id = coalesce(newest.id, mine.id) AND mine.kind NOT IN ('entry.starred', 'entry.attached')"
)

# The newest revision has the words, or a file of the entry has them in its name.
_FOUND: Final = (
    " AND (mine.id IN (SELECT rowid FROM timeline_text WHERE timeline_text MATCH :asked) "
    "OR coalesce(mine.revises, mine.id) IN (SELECT CASE WHEN json_valid(data) THEN json_extract(data, '$.entry') END "
    "FROM timeline JOIN timeline_text ON timeline_text.rowid = timeline.id "
    "WHERE timeline.incident_id = :incident AND timeline.kind = 'entry.attached' AND timeline_text MATCH :asked))"
)


def order(
    connection: Connection,
    incident_id: int,
    *,
    nouns: Sequence[str] = (),
    starred: bool = False,
    newest_first: bool = False,
    limit: int | None = None,
    search: str = "",
    lang: str = "es",
) -> tuple[int, ...]:
    """Ids of entries by when they occurred, without reading what they say: 100,000 of them cost little.

    Args:
        nouns: only kinds that begin with one of these, such as ``note``, or are one, such as ``note.decision``;
            empty = all.
        starred: only those chosen for the short version.
        search: only those whose sentence in ``lang``, actor or files have these words; the last may be a beginning.
    """
    query = _MINE
    values: dict[str, int | str] = {"incident": incident_id, "limit": -1 if limit is None else limit}
    if nouns:
        names = [f"noun{n}" for n in range(len(nouns))]
        listed = ", ".join(":" + n for n in names)
        query += f" AND (substr(mine.kind, 1, instr(mine.kind, '.') - 1) IN ({listed}) OR mine.kind IN ({listed}))"
        values |= dict(zip(names, nouns, strict=True))
    if starred:
        query += f" AND coalesce(mine.revises, mine.id) IN ({_list(_told_of(connection, incident_id, STARRED))})"
    if removed := _told_of(connection, incident_id, REMOVED):
        query += f" AND coalesce(mine.revises, mine.id) NOT IN ({_list(removed)})"
    if search:
        query += _FOUND
        values["asked"] = timeline_text.asked(search, lang)
        if not values["asked"]:
            return ()
    way = "DESC" if newest_first else "ASC"
    query += f" ORDER BY mine.occurred_at {way}, root {way} LIMIT :limit"
    return tuple(connection.exec_driver_sql(query, values).scalars())


def count(connection: Connection, incident_id: int) -> int:
    """How many entries :func:`order` gives without a filter, without ordering them."""
    query = (
        "SELECT (SELECT count(*) FROM timeline WHERE incident_id = :incident AND revises IS NULL "
        "AND kind NOT IN ('entry.starred', 'entry.attached')) + (SELECT count(*) FROM timeline WHERE revises IS NULL "
        "AND alert_id IN (SELECT id FROM alert WHERE incident_id = :incident) AND incident_id IS NOT :incident)"
    )
    t = timeline.c
    gone = select(func.count()).where(t.id.in_(_told_of(connection, incident_id, REMOVED)), t.kind != ATTACHED)
    return int(connection.exec_driver_sql(query, {"incident": incident_id}).scalar_one()) - int(
        connection.execute(gone).scalar_one()
    )


def _told_of(connection: Connection, incident_id: int, kind: str) -> set[int]:
    """Entries that were starred, or removed; the newest word about each counts."""
    t = timeline.c
    query = select(t.data).where(t.kind == kind, t.incident_id == incident_id).order_by(t.id)
    told = {_whole(data["entry"]): bool(data.get("on", True)) for (data,) in connection.execute(query)}
    return {entry for entry, on in told.items() if on}


def _marked(written: Iterable[Entry]) -> tuple[Entry, ...]:
    """Rows whose words were taken out say so."""
    every = tuple(written)
    gone = {_whole(e.data["entry"]) for e in every if e.kind == REDACTED}
    if not gone:
        return every
    return tuple(replace(e, redacted=(e.revises or e.id) in gone and e.kind != REDACTED) for e in every)


def some(connection: Connection, incident_id: int, ids: Sequence[int]) -> tuple[Entry, ...]:
    """The entries with these ids as they read now, ascending by time."""
    t = timeline.c
    about = select(*_COLUMNS).where(t.kind.in_((STARRED, REMOVED, REDACTED, ATTACHED)), t.incident_id == incident_id)
    found = {row["id"]: row for row in connection.execute(about).mappings()}
    for first in range(0, len(ids), _AT_ONCE):
        few = ids[first : first + _AT_ONCE]
        query = select(*_COLUMNS).where(or_(t.id.in_(few), t.revises.in_(few)))
        found |= {row["id"]: row for row in connection.execute(query).mappings()}
    wanted = set(ids)
    whole = _marked(_load(dict(found[number])) for number in sorted(found))
    return tuple(entry for entry in read(whole) if entry.id in wanted)


def entries(connection: Connection, incident_id: int) -> tuple[Entry, ...]:
    """The timeline as it reads now: each entry in its newest revision and with its star, ascending by time."""
    return read(raw(connection, incident_id))


def read(written: Iterable[Entry]) -> tuple[Entry, ...]:
    """Rows in the order written as they read together; see :func:`entries`."""
    newest: dict[int, Entry] = {}
    stars: dict[int, bool] = {}
    removed: set[int] = set()
    files: dict[int, tuple[int, Attachment]] = {}  # row → whose it is, and the file
    for entry in written:
        if entry.kind == REMOVED:
            removed.add(_whole(entry.data["entry"]))
        if entry.kind == STARRED:
            stars[_whole(entry.data["entry"])] = bool(entry.data["on"])
        elif entry.kind == ATTACHED:
            _file(entry, files)
        elif entry.revises is None:
            newest[entry.id] = entry
            _erased(entry, files)
        elif entry.revises in newest:
            first = newest[entry.revises]
            newest[entry.revises] = replace(entry, id=first.id, revised_by=entry.id, revises=None)
    held: dict[int, list[Attachment]] = {}
    for number, (whose, file) in files.items():
        if number not in removed:
            held.setdefault(whose, []).append(file)
    shown = (  # a copy costs more than all the rest: most entries need none
        replace(e, starred=stars.get(key, False), attachments=tuple(held.get(key, ())))
        if key in stars or key in held
        else e
        for key, e in newest.items()
        if key not in removed
    )
    return tuple(sorted(shown, key=lambda e: (e.occurred_at, e.id)))


def _file(entry: Entry, files: dict[int, tuple[int, Attachment]]) -> None:
    """What a row that attached a file tells of it; nothing once its words were taken out."""
    told = entry.data
    if "sha256" in told:
        name, sha256 = str(told.get("file", "")), str(told["sha256"])
        file = Attachment(
            id=entry.id, name=name, size=_whole(told["size"]), sha256=sha256, at=entry.recorded_at, by=entry.actor
        )
        files[entry.id] = _whole(told["entry"]), file


def _erased(entry: Entry, files: dict[int, tuple[int, Attachment]]) -> None:
    """What is left of a file that was deleted by law: the event says whose it was, and its hash."""
    told = entry.data
    if entry.kind == REDACTED and "sha256" in told:
        number, whose = _whole(told["entry"]), _whole(told["under"])
        files[number] = whose, Attachment(
            id=number, name="", size=_whole(told["size"]), sha256=str(told["sha256"]), at=entry.recorded_at,
            by=entry.actor, erased=True,
        )  # fmt: skip


def _list(ids: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(ids))) or "NULL"


def _whole(value: object) -> int:
    return value if isinstance(value, int) else int(str(value))
