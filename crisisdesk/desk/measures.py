"""Measures: which rows a period has, the call centre's days, and the assumptions that people made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.connectors.service import read_service
from crisisdesk.desk.core import Core
from crisisdesk.desk.kept_numbers import shareable, strike_kept
from crisisdesk.desk.queries import Queries
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import PreparationChanged
from crisisdesk.model.incident import Incident
from crisisdesk.model.measure import IncidentRow, MentionRow, Period, PromiseRow, ReplyRow, Rows
from crisisdesk.model.mention import Judge, RowProblem, Sentiment, StoredMention
from crisisdesk.model.playbook import Audience, Playbook
from crisisdesk.model.voice import Watched
from crisisdesk.pipeline.measures import CONVERTED_WITHIN
from crisisdesk.pipeline.phones import everywhere
from crisisdesk.plain import one_line
from crisisdesk.query import folded, matches
from crisisdesk.store import measured, mentions, rows, service
from crisisdesk.store.database import Connection

_LONGEST: Final = 3_660
"""Days of a period, at most."""


class Measures:
    """Reads what the measures are counted from.

    Args:
        playbook_of: the playbook of an incident, by its id.
        brand: names ours in the shares of voice.
    """

    def __init__(
        self, core: Core, queries: Queries, playbook_of: Callable[[int], Playbook], brand: str
    ) -> None:
        self._core = core
        self._queries = queries
        self._playbook_of = playbook_of
        self._brand = brand

    def period(self, first: date | None, last: date | None, *, days: int = 28) -> Period:
        """Whole local days; without ``last`` until today, without ``first`` the ``days`` that end there.

        Raises:
            InputError: it ends before it begins, or is longer than ten years.
        """
        zone = ZoneInfo(self._core.zone)
        last = last or self._core.clock.now().astimezone(zone).date()
        first = first or last - timedelta(days=days - 1)
        if first > last:
            raise InputError("measures.backwards", first=first.isoformat(), last=last.isoformat())
        if (last - first).days > _LONGEST:
            raise InputError("measures.too_long")
        start, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
        utc = ZoneInfo("UTC")
        return Period(first=first, last=last, start=start.astimezone(utc), end=end.astimezone(utc))

    def rows(self, period: Period) -> Rows:
        """What the figures of ``period`` are counted from; of drills nothing."""
        watched = self._queries.current()
        with self._core.read() as connection:
            found = [i for i in rows.incidents.where(connection) if period.start <= i.started_at < period.end]
            if self._core.drill:
                return Rows(period=period, drills=len(found))
            known = {i.id: i for i in rows.incidents.where(connection) if not i.drill}
            real = [i for i in found if not i.drill]
            brands = (self._brand, *(rival.name for rival in watched.rivals)) if watched.rivals else ()
            reader = _Reader(watched, len(brands) > 0)
            heard = list(reader.read(measured.mentions(connection, period.start, period.end)))
            later = measured.mentions(connection, period.end, period.end + CONVERTED_WITHIN)
            after = list(reader.read(later, names=False))
            strike = strike_kept(connection) or str
            return Rows(
                period=period,
                mentions=tuple(heard),
                later=tuple(after),
                replies=tuple(_replies(connection, heard)),
                promises=everywhere(tuple(_promises(connection, period, known)), strike),
                incidents=everywhere(tuple(self._incident(connection, one) for one in real), strike),
                service=service.between(connection, period.first, period.last),
                brands=brands,
                drills=len(found) - len(real),
            )

    def _incident(self, connection: Connection, one: Incident) -> IncidentRow:
        playbook = self._playbook_of(one.id)
        out = [
            draft.published_at
            for draft in rows.drafts.where(connection, incident_id=one.id)
            if draft.published_at and playbook.audience_of(draft.template_id) is Audience.PUBLIC
        ]
        return IncidentRow(
            name=one.name,
            started_at=one.started_at,
            opened_at=one.opened_at,
            first_message_at=min(out, default=None),
            resolved_at=one.resolved_at,
        )

    @property
    def zone(self) -> str:
        """The IANA zone whose days are measured."""
        return self._core.zone

    def now(self) -> datetime:
        """The desk's clock."""
        return self._core.clock.now()

    def before(self, period: Period) -> Period:
        """The period of as many days that ends the day before."""
        last = period.first - timedelta(days=1)
        return self.period(last - (period.last - period.first), last)

    def quotes(self, ids: Sequence[int]) -> tuple[StoredMention, ...]:
        """Those mentions in that order; private ones and those that are gone are left out."""
        with self._core.read() as connection:
            known = mentions.of_ids(connection, ids)
            found = {one.id: one for one in shareable(connection, known.values())}
        return tuple(found[one] for one in ids if one in found and not found[one].mention.private)

    def take_in(self, path: Path, line: str = "phone") -> tuple[int, tuple[RowProblem, ...]]:
        """Import a call centre's file: how many days it gave, and the rows that are none."""
        days, problems = read_service(path, self._core.zone, line)
        with self._core.write() as tx:
            service.put(tx.connection, days)
            data = {"n": len(days), "file": one_line(path.name, 80), "from": days[0].day.isoformat()}
            self._core.log(tx, "service.imported", None, data=data | {"to": days[-1].day.isoformat()})
            tx.emit(PreparationChanged())
        return len(days), problems


class _Reader:
    """Makes rows of stored mentions; an author keeps one number through all of them."""

    def __init__(self, watched: Watched, rivals: bool) -> None:
        self._own = {folded(name.lstrip("@")) for name in (*watched.own, *watched.query.handles)}
        self._queries = (watched.query, *(rival.query for rival in watched.rivals)) if rivals else ()
        self._voices: dict[tuple[str, str], int] = {}

    def read(self, kept: Iterable[measured.Kept], *, names: bool = True) -> Iterable[MentionRow]:
        for one in kept:
            author = folded(one.author.strip().lstrip("@"))
            known = one.author_id or author
            by_person = one.judge is Judge.PERSON
            yield MentionRow(
                id=one.id,
                at=one.at,
                source=one.source,
                channel=one.channel,
                voice=self._voices.setdefault((one.source, known), len(self._voices) + 1) if known else 0,
                sentiment=one.sentiment,
                labelled=by_person or one.sentiment is not Sentiment.NEUTRAL,
                by_person=by_person,
                complaint=one.complaint,
                idea="idea" in one.signs,
                type=one.type,
                own=bool(author) and (author in self._own or author.partition("@")[0] in self._own),
                names=tuple(bool(matches(query, one.text, one.lang)) for query in self._queries) if names else (),
            )


def _replies(connection: Connection, heard: list[MentionRow]) -> Iterable[ReplyRow]:
    """Answers to the period's mentions; one that stands before its question is a wrong clock and no measure."""
    answers = measured.answers(connection)
    for row in heard:
        one = answers.get(row.id)
        if one is not None and one.replied_at >= row.at and not row.own:
            yield ReplyRow(
                mention_id=row.id,
                incident=one.incident,
                source=row.source,
                channel=row.channel,
                voice=row.voice,
                asked_at=row.at,
                begun_at=one.begun_at if row.at <= one.begun_at <= one.replied_at else None,
                replied_at=one.replied_at,
            )


def _promises(connection: Connection, period: Period, known: dict[int, Incident]) -> Iterable[PromiseRow]:
    c = rows.commitments.table.c
    for one in rows.commitments.where(connection, c.due_at >= period.start, c.due_at < period.end):
        if one.incident_id in known:
            late = one.lateness()
            yield PromiseRow(
                id=one.id,
                incident=known[one.incident_id].name,
                kind=one.kind,
                area=one.owner,
                state=one.state,
                due_at=one.due_at,
                done_at=None if late is None else one.due_at + late,
            )
