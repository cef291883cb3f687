"""Taking one person out of the data file: their mentions, and every place where they are named or quoted.

Nothing here knows which tables there are: every text column of every table is looked through, but for those that hold
no words of other people. A new table is reached without a word about it here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, Text, UniqueConstraint, delete, select, update

from crisisdesk.model.erasure import CODES, STRUCK, Traces
from crisisdesk.store import answers, full_text
from crisisdesk.store.columns import Json, metadata
from crisisdesk.store.erased import hashed, mark
from crisisdesk.store.full_text import Words
from crisisdesk.store.people import said_by
from crisisdesk.store.schema import call_back, expert, kudos, label, mention, mention_version, reply_lock
from crisisdesk.store.sources import get_meta, set_meta

_ELSEWHERE: Final = frozenset({
    "timeline", "link", "attachment", "answer_body", "mention", "mention_version", "label",  # each in its own way
    "contact", "rotation", "rotation_override", "notifier", "assignment", "area",  # the house's own people
    "playbook", "source", "minute_count", "detector", "history", "service_day", "meta",
})  # fmt: skip
_KNOWN: Final = "authors"  # desk/authors.py keeps there what people are to us
_WORDS: Final = 6  # of a text, by which its quotes are found
_SAME: Final = 500  # mentions that are looked at for the same words


def ids_of(connection: Connection, source: str, person: str) -> list[int]:
    """Ids of everything that one person said and that is still there."""
    query = select(mention.c.id).where(said_by(source, person)).order_by(mention.c.id)
    return list(connection.execute(query).scalars())


def traces(
    connection: Connection, ids: Sequence[int], source: str, person: str, ours: Iterable[str] = ()
) -> Traces:
    """What is looked for: the words of these mentions and, where there is a ``person``, all that they are known by.

    Args:
        ours: what we are called ourselves: whoever calls themselves so is not meant wherever it stands.
    """
    c, v = mention.c, mention_version.c
    names, lasting, texts = {person}, {person}, set[str]()
    for n in ids:
        row = connection.execute(select(c.author, c.author_id, c.url, c.native_id, c.text).where(c.id == n)).one()
        lasting |= {row.url, row.native_id}
        if person:
            names.add(row.author)
            lasting.add(row.author_id)
        texts.add(row.text)
        texts |= set(connection.execute(select(v.text).where(v.mention_id == n)).scalars())
    if len(person) > 24 or ":" in person:  # an id is no name
        names.discard(person)
    own = {_bare(name) for name in ours}
    names, lasting = ({name for name in some if _bare(name) not in own} for some in (names, lasting))
    return Traces(names, lasting, own_words(connection, ids, texts))


def _bare(name: str) -> str:
    return name.strip().removeprefix("@").casefold()


def own_words(connection: Connection, ids: Sequence[int], texts: Iterable[str]) -> list[str]:
    """Those texts by which the person can be known: what somebody else said too, word by word, is nobody's."""
    c, mine = mention.c, set(ids)
    found = []
    for text in set(texts):
        words = _plain_words(text)
        others = _matching(connection, " ".join(words[:_WORDS])) - mine if len(words) > 2 else set()
        same = select(c.id).where(c.id.in_(sorted(others)[:_SAME]), c.text == text, c.is_repost.is_(False))
        if connection.execute(same.limit(1)).first() is None:
            found.append(text)
    return found


def bury(connection: Connection, ids: Sequence[int], found: Traces, at: datetime) -> None:
    """Purge the words, the author and the address of these mentions; that they were there, and when, stays."""
    c = mention.c
    for n in ids:
        row = connection.execute(select(c.text, c.author, c.native_id, c.source).where(c.id == n)).one()
        full_text.replace(connection, Words(n, row.text, row.author), Words(n, "", ""))
        empty = {"text": "", "author": "", "author_id": "", "url": "", "reference": "", "channel": "", "words": (),
                 "signs": (), "fold": None}  # fmt: skip
        native = hashed(row.source, row.native_id)
        connection.execute(update(mention).where(c.id == n).values(**empty, native_id=native, deleted_at=at))
        same = (c.source == row.source, c.parent_id == row.native_id)
        connection.execute(update(mention).where(*same).values(parent_id=native))
        connection.execute(delete(mention_version).where(mention_version.c.mention_id == n))
        connection.execute(delete(reply_lock).where(reply_lock.c.mention_id == n))
        answers.forget(connection, n)
    _empty_labels(connection, ids)
    nobody = {"name": "", "phone": "", "masked": "", "salt": "", "digest": "", "consent": ""}
    connection.execute(update(kudos).where(kudos.c.mention_id.in_(ids)).values(author=STRUCK))
    connection.execute(update(call_back).where(call_back.c.mention_id.in_(ids)).values(nobody | {"deleted_at": at}))
    mark(connection)


def _empty_labels(connection: Connection, ids: Sequence[int]) -> None:
    """The words that decided are the person's own."""
    rows = connection.execute(select(label.c.id, label.c.before, label.c.after).where(label.c.mention_id.in_(ids)))
    for row in rows.all():
        bare = {name: value | {"words": []} for name, value in (("before", row.before), ("after", row.after))}
        connection.execute(update(label).where(label.c.id == row.id).values(bare))


def forget_person(connection: Connection, source: str, person: str, found: Traces) -> None:
    """Take them off what is known of people."""
    known = dict(get_meta(connection, _KNOWN) or {})
    keys = {"\n".join((source, name)) for name in (person, *found.names, *(f"@{name}" for name in found.names))}
    if keys & known.keys():
        set_meta(connection, _KNOWN, {key: value for key, value in known.items() if key not in keys})
    connection.execute(delete(expert).where(expert.c.source == source, expert.c.author.in_((person, *found.names))))


def strike_mentions(connection: Connection, ids: Sequence[int], found: Traces, texts: Iterable[str]) -> int:
    """Strike the person out of what others said: where they are named, and where their words are quoted.

    The same words without a name, not forwarded and no answer to them, are somebody's own: many say the same.
    """
    c, own, struck = mention.c, set(ids), 0
    native = {hashed_id for (hashed_id,) in connection.execute(select(c.native_id).where(c.id.in_(ids)))}
    for n in sorted(_quoting(connection, found, texts) - own):
        row = connection.execute(select(c.text, c.author, c.is_repost, c.parent_id).where(c.id == n)).one()
        named = found.strike(row.text, quotes=False) != row.text
        quotes = named or row.is_repost or row.parent_id in native
        kept = found.strike(row.text, quotes=quotes)
        versions = quotes and _strike_versions(connection, n, found)
        if kept != row.text:
            full_text.replace(connection, Words(n, row.text, row.author), Words(n, kept, row.author))
            connection.execute(update(mention).where(c.id == n).values(text=kept, words=(), signs=()))
            _empty_labels(connection, [n])
        if kept != row.text or versions:
            answers.forget(connection, n)
            struck += 1
    return struck


def texts_of(connection: Connection, ids: Sequence[int]) -> list[str]:
    """What these mentions say."""
    return [connection.execute(select(mention.c.text).where(mention.c.id == n)).scalar_one() for n in ids]


def _quoting(connection: Connection, found: Traces, texts: Iterable[str]) -> set[int]:
    phrases = {" ".join(words) for text in texts if len(words := _plain_words(text)[:_WORDS]) > 2}
    phrases |= {" ".join(words) for name in found.names if (words := _plain_words(name))}
    return {number for one in phrases for number in _matching(connection, one)}


def _matching(connection: Connection, phrase: str) -> set[int]:
    query = "SELECT rowid FROM mention_text WHERE mention_text MATCH ?"
    return {row[0] for row in connection.exec_driver_sql(query, (f'text : "{phrase}"',))}


def _plain_words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text).split()


def _strike_versions(connection: Connection, n: int, found: Traces) -> bool:
    v, changed = mention_version.c, False
    for row in connection.execute(select(v.id, v.text).where(v.mention_id == n)).all():
        if (kept := found.strike(row.text)) != row.text:
            connection.execute(update(mention_version).where(v.id == row.id).values(text=kept))
            changed = True
    return changed


def strike_tables(connection: Connection, found: Traces) -> int:
    """Strike the person out of every other table; how many places."""
    struck = 0
    for table, column in _places():
        name = f'"{table.name}"."{column.name}"'
        rows = connection.exec_driver_sql(f'SELECT rowid, {name} FROM "{table.name}" WHERE {name} IS NOT NULL').all()
        for row, value in rows:
            kept = _struck(value, found, as_json=isinstance(column.type, Json))
            if kept != value:
                query = f'UPDATE "{table.name}" SET "{column.name}" = ? WHERE rowid = ?'
                connection.exec_driver_sql(query, (kept, row))
                struck += 1
    return struck


def _places() -> Iterator[tuple[Table, Column[Any]]]:
    for table in metadata.sorted_tables:
        if table.name in _ELSEWHERE:
            continue
        unique = {c.name for one in table.constraints if isinstance(one, UniqueConstraint) for c in one.columns}
        for column in table.columns:
            key = column.primary_key or column.foreign_keys or column.unique or column.name in unique
            fixed = key or column.name in CODES
            if isinstance(column.type, Text | Json) and not fixed:
                yield table, column


def _struck(value: object, found: Traces, *, as_json: bool) -> object:
    if not isinstance(value, str) or not value:
        return value
    if not as_json:
        return found.strike(value)
    try:
        told = json.loads(value)
    except (ValueError, RecursionError):
        return value
    kept = found.strike_in(told)
    return value if kept == told else json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def entries_with(connection: Connection, found: Traces) -> list[tuple[int, str]]:
    """Id and kind of every row of the timeline that names or quotes the person."""
    named = []
    query = "SELECT id, kind, text, data FROM timeline WHERE text != '' OR data != '{}' ORDER BY id"
    for row, kind, text, data in connection.exec_driver_sql(query):
        if found.strike(str(text)) != text or _struck(str(data), found, as_json=True) != data:
            named.append((row, kind))
    return named
