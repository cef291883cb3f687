"""What becomes of mentions at their source: edits are versions, deletions take the words and leave the counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, delete, insert, select, update

from crisisdesk.model.errors import StepError
from crisisdesk.model.mention import Judge, Mention, Sentiment, Verdict
from crisisdesk.model.source import Tombstone
from crisisdesk.store import answers, full_text
from crisisdesk.store.full_text import Words
from crisisdesk.store.mentions import floor_minute, identity
from crisisdesk.store.schema import mention, mention_version, minute_count

_VERDICT = tuple(Verdict.__dataclass_fields__)
_LOOKED: Final = 5_000
"""Mentions that one look for those to be asked about again goes through."""


def edit(connection: Connection, found: Sequence[tuple[Mention, Verdict]], at: datetime) -> list[Mention]:
    """Take in the new words of mentions that are there in another version; returns those that changed.

    The words before are kept as a version. The time of a mention and its count in the total stay; what the verdict
    counts (complaints, negative) follows the new words. A mention that is gone at its source does not come back.
    """
    versioned: dict[tuple[str, str, str], tuple[Mention, Verdict]] = {}
    for m, v in found:
        if m.version:
            versioned.setdefault(identity(m), (m, v))  # as in :func:`mentions.add`: the first of a page counts
    changed: list[Mention] = []
    m_ = mention.c
    for (source, account, native_id), (new, verdict) in versioned.items():
        where = and_(m_.source == source, m_.account == account, m_.native_id == native_id)
        row = connection.execute(select(mention).where(where)).mappings().first()
        if row is None or row["deleted_at"] is not None or new.version in ("", row["version"]):
            continue
        known = connection.execute(
            select(mention_version.c.id).where(
                mention_version.c.mention_id == row["id"], mention_version.c.version == new.version
            )
        ).first()
        if known is not None:  # an older page, come late
            continue
        if row["version"]:
            old = {"mention_id": row["id"], "version": row["version"], "text": row["text"], "replaced_at": at}
            connection.execute(insert(mention_version).values(old))
        values: dict[str, object] = {"text": new.text, "version": new.version}
        values |= {"likes": new.likes, "reposts": new.reposts}
        if new.text != row["text"]:
            values["fold"] = None  # it says something else now
        connection.execute(update(mention).where(m_.id == row["id"]).values(values))
        words = Words(row["id"], row["text"], row["author"])
        full_text.replace(connection, words, words._replace(text=new.text))
        if row["judge"] != Judge.PERSON:  # a person's label outlives an edit
            judge(connection, row["id"], verdict)
        changed.append(new)
    return changed


def judge(connection: Connection, mention_id: int, verdict: Verdict) -> None:
    """Give a stored mention another verdict; what is counted per minute (complaints, negative) follows."""
    m_ = mention.c
    was = connection.execute(select(m_.published_at, m_.complaint, m_.sentiment).where(m_.id == mention_id)).one()
    values = {n: getattr(verdict, n) for n in _VERDICT}
    connection.execute(update(mention).where(m_.id == mention_id).values(values))
    counted = minute_count.c
    more = {
        "complaints": counted.complaints + (int(verdict.complaint) - int(was.complaint)),
        "negative": counted.negative
        + (int(verdict.sentiment is Sentiment.NEGATIVE) - int(was.sentiment == Sentiment.NEGATIVE)),
    }
    minute = floor_minute(was.published_at)
    connection.execute(update(minute_count).where(counted.minute == minute).values(more))


def versions(connection: Connection, mention_id: int) -> tuple[tuple[str, datetime], ...]:
    """The words that a mention had before, oldest first, each with when it was replaced."""
    v = mention_version.c
    query = select(v.text, v.replaced_at).where(v.mention_id == mention_id).order_by(v.id)
    return tuple((text, at) for text, at in connection.execute(query))


def bury(connection: Connection, gone: Sequence[Tombstone]) -> int:
    """Purge the words and the author of mentions that are gone at their source; their counts stay."""
    buried = 0
    m_ = mention.c
    for stone in gone:
        row = connection.execute(
            select(m_.id, m_.text, m_.author).where(
                m_.source == stone.source,
                m_.account == stone.account,
                m_.native_id == stone.native_id,
                m_.deleted_at.is_(None),
            )
        ).first()
        if row is None:
            continue
        empty = {"text": "", "author": "", "author_id": "", "url": "", "reference": "", "words": ()}
        full_text.replace(connection, Words(*row), Words(row.id, "", ""))
        connection.execute(update(mention).where(m_.id == row[0]).values(**empty, fold=None, deleted_at=stone.at))
        connection.execute(delete(mention_version).where(mention_version.c.mention_id == row[0]))
        answers.forget(connection, row.id)
        buried += 1
    return buried


def standing(
    connection: Connection, source: str, account: str, *, after: str, since: datetime, most: int
) -> tuple[tuple[str, ...], str]:
    """Native ids, in their order after ``after``, of what a source has said ``since`` and has not taken back.

    Returns:
        at most ``most`` of them, and where to go on; ``""`` = the end was reached, and it begins anew.
    """
    m_ = mention.c
    query = select(m_.native_id, m_.published_at, m_.deleted_at).where(
        m_.source == source, m_.account == account, m_.native_id > after
    )
    rows = connection.execute(query.order_by(m_.native_id).limit(_LOOKED)).all()
    found: list[str] = []
    for native_id, published_at, deleted_at in rows:
        if deleted_at is None and published_at >= since:
            found.append(native_id)
            if len(found) == most:
                return tuple(found), native_id
    return tuple(found), rows[-1].native_id if len(rows) == _LOOKED else ""


def must_stand(connection: Connection, mention_id: int) -> None:
    """Nothing is done any more for what was deleted, at its source or by law: ``StepError`` «mention.gone»."""
    m_ = mention.c
    gone = select(m_.id).where(m_.id == mention_id, m_.deleted_at.is_not(None))
    if connection.execute(gone).first() is not None:
        raise StepError("mention.gone")
