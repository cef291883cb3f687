"""What the measures are counted from, read as plain rows; drills are left out here, once for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, case, func, select

from crisisdesk.model.mention import Judge, Sentiment
from crisisdesk.model.outgoing import OutgoingState
from crisisdesk.store.schema import draft, incident, mention, outgoing, publication


class Kept(NamedTuple):
    """A stored mention, with what tells who wrote it and what it says."""

    id: int
    at: datetime
    source: str
    channel: str
    author: str
    author_id: str
    text: str
    lang: str
    sentiment: Sentiment
    judge: Judge
    complaint: bool
    signs: tuple[str, ...]
    type: str


class Answer(NamedTuple):
    """An answer that is out: to which mention, of which incident, begun when, out when."""

    mention_id: int
    incident: str
    begun_at: datetime
    replied_at: datetime


def mentions(connection: Connection, start: datetime, end: datetime) -> Iterator[Kept]:
    """Mentions with ``start <= published_at < end`` that are not gone, ascending."""
    m = mention.c
    channel = case((m.channel != "", m.channel), else_=m.source)
    query = (
        select(m.id, m.published_at, m.source, channel, m.author, m.author_id, m.text, m.lang, m.sentiment, m.judge,
               m.complaint, m.signs, m.type)
        .where(m.published_at >= start, m.published_at < end, m.deleted_at.is_(None))
        .order_by(m.published_at, m.id)
    )  # fmt: skip
    for row in connection.execute(query):
        yield Kept(*row[:8], Sentiment(row[8]), Judge(row[9]), bool(row[10]), tuple(row[11]), row[12])


def moods(connection: Connection, start: datetime, end: datetime) -> dict[tuple[Sentiment, bool], int]:
    """(sentiment, whether a person gave it) → mentions with ``start <= published_at < end`` that are not gone."""
    m = mention.c
    person = m.judge == Judge.PERSON
    query = (
        select(m.sentiment, person, func.count())
        .where(m.published_at >= start, m.published_at < end, m.deleted_at.is_(None))
        .group_by(m.sentiment, person)
    )
    return {(Sentiment(mood), bool(by_person)): int(n) for mood, by_person, n in connection.execute(query)}


def complaints(connection: Connection, start: datetime, end: datetime) -> list[tuple[int, datetime]]:
    """Id and instant of the complaints of a stretch, reposts left out, ascending."""
    m = mention.c
    query = (
        select(m.id, m.published_at)
        .where(m.published_at >= start, m.published_at < end, m.complaint.is_(True), m.is_repost.is_(False),
               m.deleted_at.is_(None))
        .order_by(m.published_at, m.id)
    )  # fmt: skip
    return [(int(one), at) for one, at in connection.execute(query)]


def asked(connection: Connection, ids: Sequence[int], start: datetime, end: datetime) -> dict[int, datetime]:
    """Instant of those of the mentions that were published in a stretch."""
    found: dict[int, datetime] = {}
    m = mention.c
    for at in range(0, len(ids), 500):
        query = select(m.id, m.published_at).where(
            m.id.in_(ids[at : at + 500]), m.published_at >= start, m.published_at < end
        )
        found |= {int(one): when for one, when in connection.execute(query)}
    return found


def answers(connection: Connection) -> dict[int, Answer]:
    """Mention → the first answer to it that was published, whoever carried it: the outbox, or a person by hand."""
    d, i = draft.c, incident.c
    by_hand = (
        select(d.mention_id, i.name, d.created_at, publication.c.published_at)
        .join(draft, publication.c.draft_id == d.id)
        .join(incident, d.incident_id == i.id)
        .where(d.mention_id.is_not(None), i.drill.is_(False))
    )
    sent = (
        select(outgoing.c.mention_id, i.name, d.created_at, outgoing.c.ended_at)
        .join(draft, outgoing.c.draft_id == d.id)
        .join(incident, outgoing.c.incident_id == i.id)
        .where(outgoing.c.state == OutgoingState.SENT, outgoing.c.ended_at.is_not(None), i.drill.is_(False))
        .where(outgoing.c.mention_id.is_not(None))
    )
    found: dict[int, Answer] = {}
    for query in (by_hand, sent):
        for row in connection.execute(query):
            one = Answer(*row)
            known = found.get(one.mention_id)
            if known is None or one.replied_at < known.replied_at:
                found[one.mention_id] = one
    return found
