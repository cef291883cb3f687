"""Answers of the networks as they came: their bytes kept once by their SHA-256, packed, for a while and up to a size.

A row says which mentions came with an answer by the range of their ids: a page's mentions are numbered in a row, in
its transaction. The row stays when the bytes go, so that their hash can still be held against a copy.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    and_,
    delete,
    func,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from crisisdesk.model.received import KeptAnswer, Received
from crisisdesk.store.schema import answer, answer_body, answer_edited, incident

KEPT_FOR: Final = timedelta(days=30)
"""How long bytes stay that no incident needs."""
MOST_BYTES: Final = 512 * 1024 * 1024
"""Packed, all together; above it the oldest go first, those of incidents last."""
AROUND: Final = timedelta(hours=1)
"""Before and after an incident: what came then is needed by it."""
_AT_ONCE: Final = 500
_ANSWERS_OF_A_PAGE: Final = 64  # no page is read from more
_QUICK: Final = 1  # zlib's level: the page's transaction waits for it


# A statement that each page of a source needs is made once: making one takes longer than running it.
_KEEP_BODY: Final = upsert(answer_body).on_conflict_do_nothing()
_KEEP: Final = insert(answer)


def keep(
    connection: Connection, source: str, account: str, received: Sequence[Received], new: Sequence[int],
    also: Sequence[int],
) -> None:  # fmt: skip
    """Keep the answers of a page with the ids of its new mentions, ascending; ``also`` it changed."""
    for one in received:
        sha256 = hashlib.sha256(one.body).hexdigest()
        packed = zlib.compress(one.body, _QUICK)
        connection.execute(_KEEP_BODY, {"sha256": sha256, "packed": packed})
        values = {
            "source": source, "account": account, "url": one.url, "status": one.status, "headers": one.headers,
            "at": one.at, "sha256": sha256, "size": len(one.body), "packed_size": len(packed),
            "first": new[0] if new else 0, "last": new[-1] if new else -1,
        }  # fmt: skip
        row = connection.execute(_KEEP, values).inserted_primary_key
        if row is not None and also:
            edits = [{"answer_id": row[0], "mention_id": n} for n in sorted(set(also))]
            connection.execute(insert(answer_edited), edits)


def of(connection: Connection, mention_ids: Sequence[int]) -> tuple[KeptAnswer, ...]:
    """The answers that mentions were read from, oldest first, without their bytes; ``mention_ids`` ascending."""
    if not mention_ids:
        return ()
    a, e, wanted = answer.c, answer_edited.c, set(mention_ids)
    between = and_(e.mention_id >= mention_ids[0], e.mention_id <= mention_ids[-1])
    edits: dict[int, list[int]] = {}
    for row in connection.execute(select(e.answer_id, e.mention_id).where(between).order_by(e.mention_id)):
        if row.mention_id in wanted:
            edits.setdefault(row.answer_id, []).append(row.mention_id)
    near = and_(a.last >= mention_ids[0], a.first <= mention_ids[-1], a.first > 0)
    found = [row for row in connection.execute(select(answer).where(near)).mappings()
             if not wanted.isdisjoint(range(row["first"], row["last"] + 1))]  # fmt: skip
    more = sorted(set(edits) - {row["id"] for row in found})
    for n in range(0, len(more), _AT_ONCE):
        found += connection.execute(select(answer).where(a.id.in_(more[n : n + _AT_ONCE]))).mappings().all()
    made = (_kept(row, edits.get(row["id"], ())) for row in found)
    return tuple(sorted(made, key=lambda one: (one.at, one.id)))


def _kept(row: RowMapping, also: Sequence[int]) -> KeptAnswer:
    names = ("id", "source", "account", "url", "status", "at", "sha256", "size", "first", "last", "gone")
    headers = tuple((str(name), str(value)) for name, value in row["headers"])
    return KeptAnswer(**{name: row[name] for name in names}, headers=headers, also=tuple(also))


def body(connection: Connection, sha256: str) -> bytes | None:
    """The bytes as they came, whatever they are by now; ``None`` where they are gone or damaged."""
    packed = connection.execute(select(answer_body.c.packed).where(answer_body.c.sha256 == sha256)).scalar()
    try:
        return None if packed is None else zlib.decompress(packed)
    except (zlib.error, TypeError):
        return None


def forget(connection: Connection, mention_id: int) -> None:
    """A mention was deleted at its source: the bytes that hold its words go."""
    a, e = answer.c, answer_edited.c
    below = select(a.id, a.last, a.gone).where(a.first <= mention_id, a.first > 0).order_by(a.first.desc())
    ids = [row.id for row in connection.execute(below.limit(_ANSWERS_OF_A_PAGE)) if row.last >= mention_id]
    ids += connection.execute(select(e.answer_id).where(e.mention_id == mention_id)).scalars().all()
    _drop(connection, ids, "source")


def trim(connection: Connection, now: datetime, *, most_bytes: int = MOST_BYTES) -> int:
    """Let bytes go that are too old, or too much; at most a few hundred answers at once. How many went."""
    a = answer.c
    needed = _needed()
    old = select(a.id).where(a.gone == "", a.at < now - KEPT_FOR, ~needed).order_by(a.at).limit(_AT_ONCE)
    gone = _drop(connection, connection.execute(old).scalars().all(), "age")
    over = connection.execute(select(func.coalesce(func.sum(a.packed_size), 0)).where(a.gone == "")).scalar_one()
    over -= most_bytes
    if over > 0:
        oldest = select(a.id, a.packed_size).where(a.gone == "").order_by(needed, a.at, a.id).limit(_AT_ONCE)
        chosen = []
        for row in connection.execute(oldest):
            if over <= 0:
                break
            chosen.append(row.id)
            over -= row.packed_size
        gone += _drop(connection, chosen, "room")
    return gone


def _needed() -> ColumnElement[bool]:
    """Whether an answer came around an incident that was none of our drills."""
    i, a = incident.c, answer.c
    at, started = type_coerce(a.at, Integer), type_coerce(i.started_at, Integer)
    until = func.coalesce(type_coerce(i.resolved_at, Integer), 1 << 60)
    around = AROUND // timedelta(microseconds=1)
    return select(i.id).where(i.drill.is_(False), at >= started - around, at <= until + around).exists()


def _drop(connection: Connection, ids: Sequence[int], why: str) -> int:
    if not ids:
        return 0
    a = answer.c
    hashes = connection.execute(select(a.sha256).where(a.id.in_(ids))).scalars().all()
    connection.execute(update(answer).where(a.id.in_(ids)).values(gone=why, packed_size=0))
    held = select(a.sha256).where(a.gone == "")
    b = answer_body.c
    connection.execute(delete(answer_body).where(b.sha256.in_(hashes), b.sha256.not_in(held)))
    return len(ids)
