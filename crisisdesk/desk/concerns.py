"""Other signals than a rise: danger, a voice with reach, a turn of mood, a backlog, silence. They tell; a person looks.

They are read from what is stored at that moment, in the mention's own transaction: whenever a mention comes in that may
matter by itself, and each five minutes. None of them opens an incident or changes a level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from crisisdesk.desk.authors import vips
from crisisdesk.desk.core import DESK, Core
from crisisdesk.desk.hearing import health
from crisisdesk.desk.watchman import Watchman, unheard
from crisisdesk.model.concern import Concern, ConcernKind, ConcernState, Sighting
from crisisdesk.model.events import ConcernChanged
from crisisdesk.model.mention import Mention, SourceState, Verdict
from crisisdesk.pipeline import concerns as rare
from crisisdesk.pipeline.detect import NEEDED_DAYS, Detector
from crisisdesk.store import concerns, mentions, rows, sources
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.store.sources import SourceRow

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SLOT: Final = 5
"""Minutes between two looks when nothing that may matter by itself came in."""
_MEMORY: Final = timedelta(days=28)
_WEEK: Final = 7
_COOL: Final = timedelta(hours=6)
_TIER: Final = 10.0
_SAMPLE: Final = 600
_SHOWN: Final = 20
_FEW: Final = 20
_NAMED: Final = 3
_MOST_DAYS: Final = 365_000.0
_MOST_WAITING: Final = "backlog.days"
"""Where the most of each day is kept: ISO day (UTC) → mentions that waited too long."""
_DAYS_KEPT: Final = 400

Waiting = Callable[[Connection, datetime], Mapping[str, int]]
"""Type → mentions that wait for an answer past their time at that instant."""


class Concerns:
    """Keeps the other signals."""

    def __init__(self, core: Core, watchman: Watchman, waiting: Waiting) -> None:
        self._core = core
        self._watchman = watchman
        self._waiting = waiting
        self._slot: datetime | None = None
        self._hour: datetime | None = None
        self._silent = False  # silence is told: the next mention ends it
        self._watched: frozenset[tuple[str, str]] = frozenset()  # those on VIP lists, as of the last look
        self._quiet: Sighting | None = None  # the source that fell silent, looked for once an hour

    def list(self, *, open_only: bool = True) -> tuple[Concern, ...]:
        """Those that nobody has looked at, or all; newest first."""
        with self._core.read() as connection:
            return self.open(connection) if open_only else rows.concerns.where(connection, newest_first=True)

    def open(self, connection: Connection) -> tuple[Concern, ...]:
        """Those that nobody has looked at, newest first."""
        return rows.concerns.where(connection, newest_first=True, state=ConcernState.OPEN)

    def seen(self, concern_id: int) -> Concern:
        """A person has looked; the same is not told again for six hours unless it is ten times as rare."""
        now = self._core.clock.now()
        with self._core.write() as tx:
            concern = rows.concerns.get(tx.connection, concern_id)
            if concern.state is not ConcernState.OPEN:
                return concern
            self._core.log(tx, "concern.seen", self._core.open_incident(tx.connection), data={"of": concern.kind})
            tx.emit(ConcernChanged(concern_id))
            return rows.concerns.update(
                tx.connection, concern_id, state=ConcernState.SEEN, seen_by=self._core.actor, seen_at=now
            )

    def urgent(self, judged: Iterable[tuple[Mention, Verdict]]) -> bool:
        """Whether one of these may matter by itself, or ends a silence."""
        return any(
            self._silent
            or v.safety
            or (m.followers or 0) >= rare.REACH_FLOOR
            or (m.source, m.author_id or m.author) in self._watched
            for m, v in judged
        )

    def look(self, tx: Transaction, now: datetime, *, at_once: bool = False) -> None:
        """Look whether anything is so rare that a person should know; each five minutes, or ``at_once``."""
        minute = mentions.floor_minute(now)
        slot = minute.replace(minute=minute.minute - minute.minute % _SLOT)
        regular = slot != self._slot
        if not regular and not at_once:
            return
        tx.undo(self._again)
        self._slot = slot
        known_since = mentions.first_minute(tx.connection, now - _MEMORY)
        if known_since is None:
            return
        self._watched = vips(tx.connection)
        held = dict.fromkeys(ConcernKind, False)
        for sighting in self._sightings(tx.connection, known_since, now, regular=regular):
            if sighting.return_days >= self._watchman.return_days:
                held[sighting.kind] = True
                self._tell(tx, sighting, now)
        self._silent = held[ConcernKind.CALMED] or held[ConcernKind.DIED]
        for concern in self.open(tx.connection):
            silence = concern.kind in (ConcernKind.CALMED, ConcernKind.DIED)
            if not held[concern.kind] and (silence or now - concern.updated_at >= _COOL):
                rows.concerns.update(tx.connection, concern.id, state=ConcernState.OVER)
                tx.emit(ConcernChanged(concern.id))

    def _again(self) -> None:
        self._slot = self._hour = None

    def _tell(self, tx: Transaction, sighting: Sighting, now: datetime) -> None:
        days = min(sighting.return_days, _MOST_DAYS)
        last = rows.concerns.first(tx.connection, kind=sighting.kind)
        if last is not None and last.state is ConcernState.OPEN:
            changes = {"updated_at": now, "mention_ids": sighting.mention_ids, "figures": dict(sighting.figures)}
            if changes["figures"] != dict(last.figures):
                tx.emit(ConcernChanged(last.id))
            rows.concerns.update(tx.connection, last.id, return_days=max(days, last.return_days), **changes)
            return
        soon = last is not None and now - last.updated_at < _COOL and days < _TIER * last.return_days
        if last is not None and soon and not _others(sighting, last):
            return
        concern = rows.concerns.insert(
            tx.connection,
            Concern(
                id=0,
                kind=sighting.kind,
                state=ConcernState.OPEN,
                opened_at=now,
                updated_at=now,
                return_days=days,
                mention_ids=sighting.mention_ids,
                figures=dict(sighting.figures),
            ),
        )
        data = {name: value for name, value in sighting.figures.items() if name != "persons"} | {"of": sighting.kind}
        self._core.log(tx, "concern.raised", self._core.open_incident(tx.connection), actor=DESK, data=data)
        tx.emit(ConcernChanged(concern.id))

    # -- the rules -----------------------------------------------------------------------------------------------

    def _sightings(
        self, connection: Connection, known_since: datetime, now: datetime, *, regular: bool
    ) -> Iterator[Sighting]:
        start = now - _HOUR
        yield from self._danger(connection, known_since, start, now)
        yield from self._reach(connection, known_since, start, now)
        yield from self._vips(connection, known_since, start, now)
        yield from self._mood(connection, known_since, start, now)
        yield from self._silence(connection, now)
        if regular:  # nobody waits too long from one moment to the next
            yield from self._backlog(connection, now)

    def _danger(
        self, connection: Connection, known_since: datetime, start: datetime, now: datetime
    ) -> Iterator[Sighting]:
        found = concerns.danger(connection, start, now)
        if not found:
            return
        _, count = rare.voices([(author, True) for _, author in found])
        before = concerns.danger_hours(connection, now - _MEMORY, start)
        days = rare.rare_count(count, before, max((start - known_since) / _HOUR, 0.0))
        ids = tuple(i for i, _ in found[:_SHOWN])
        yield Sighting(kind=ConcernKind.SAFETY, return_days=days, mention_ids=ids, figures={"count": count})

    def _reach(
        self, connection: Connection, known_since: datetime, start: datetime, now: datetime
    ) -> Iterator[Sighting]:
        loud = concerns.loudest(connection, start, now)
        if loud is None:
            return
        last = concerns.as_loud(connection, loud.followers, loud.at)
        days = rare.rare_record(loud.at, last, known_since)
        figures = {"author": loud.author, "followers": loud.followers}
        yield Sighting(kind=ConcernKind.REACH, return_days=days, mention_ids=(loud.id,), figures=figures)

    def _vips(
        self, connection: Connection, known_since: datetime, start: datetime, now: datetime
    ) -> Iterator[Sighting]:
        """Who is on a VIP list and spoke against us: each by how long ago they last did."""
        newest: dict[tuple[str, str], concerns.Complaining] = {}
        for one in concerns.complaining(connection, self._watched, start, now):
            newest.setdefault((one.source, one.person), one)
        found = []
        for one in newest.values():
            last = concerns.complained(connection, one.source, one.person, start)
            days = rare.rare_record(one.at, last, known_since)
            if days >= self._watchman.return_days:
                found.append((days, one))
        if found:
            names = list(dict.fromkeys(one.author or one.person for _, one in found))
            persons = [list(one[1:3]) for _, one in found]
            figures = {"count": len(found), "names": ", ".join(names[:_NAMED]), "persons": persons}
            ids = tuple(one.id for _, one in found)[:_SHOWN]
            yield Sighting(
                kind=ConcernKind.VIP, return_days=max(days for days, _ in found), mention_ids=ids, figures=figures
            )

    def _mood(
        self, connection: Connection, known_since: datetime, start: datetime, now: datetime
    ) -> Iterator[Sighting]:
        said = concerns.moods(connection, start, now, _SAMPLE)
        hits, of = rare.voices([(author, negative) for _, author, negative in said])
        if of < rare.SHARE_LEAST or start - known_since < _DAY:
            return
        hours = concerns.negative_hours(connection, now - _MEMORY, start)
        before, of_before = sum(h for h, _ in hours), sum(n for _, n in hours)
        days = rare.rare_share(hits, of, before, of_before, rare.spread_of(hours))
        if days:
            figures = {"share": round(100 * hits / of), "count": of, "usual": round(100 * before / of_before)}
            ids = tuple(i for i, _, negative in said if negative)[:_SHOWN]
            yield Sighting(kind=ConcernKind.NEGATIVE, return_days=days, mention_ids=ids, figures=figures)

    def _backlog(self, connection: Connection, now: datetime) -> Iterator[Sighting]:
        """More mentions that wait for an answer past their time than on any day for long.

        The most of each day is kept, in the transaction of the look, and compared with the days before today. Nothing
        is said before the desk has counted for a fortnight: where nobody answers, each new day is a record at first.
        """
        counted = self._waiting(connection, now)
        count, today = sum(counted.values()), now.date().isoformat()
        days: dict[str, int] = sources.get_meta(connection, _MOST_WAITING) or {}
        if count > days.get(today, -1):
            days[today] = count
            days = {day: days[day] for day in sorted(days)[-_DAYS_KEPT:]}
            sources.set_meta(connection, _MOST_WAITING, days)
        known_since = _midnight(min(days))
        if count < rare.BACKLOG_FLOOR or now - known_since < NEEDED_DAYS * _DAY:
            return
        last = max((day for day, most in days.items() if most >= count and day < today), default=None)
        ended = None if last is None else _midnight(last) + _DAY
        types = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        figures = {"count": count, "types": [list(pair) for pair in types[:3]]}
        rarity = rare.rare_record(now, ended, known_since)
        yield Sighting(kind=ConcernKind.BACKLOG, return_days=rarity, figures=figures)

    def _silence(self, connection: Connection, now: datetime) -> Iterator[Sighting]:
        """Nothing where much was expected: of all sources, or of one while the others bring what they bring."""
        polled = [row for row in sources.sources(connection) if row.polled]
        last = concerns.last_said(connection)
        if not polled or last is None or last >= now or unheard(connection, last, now):
            return
        normal = self._watchman.normal(connection, None)
        if normal.learning_days < 1:
            return
        since = max(last, now - _WEEK * _DAY)
        per_day = self._watchman.expected(normal, now - _DAY, now)
        days = rare.rare_silence(self._watchman.expected(normal, since, now), per_day, normal.burstiness)
        deaf = [row.label or row.account for row in polled if health(row, now).state is not SourceState.GOOD]
        if days >= self._watchman.return_days:
            figures: dict[str, object] = {"since": last.isoformat()}
            if deaf:
                figures["names"] = ", ".join(deaf[:5])
            kind = ConcernKind.DIED if deaf else ConcernKind.CALMED
            yield Sighting(kind=kind, return_days=days, figures=figures)
            return
        hour = mentions.floor_minute(now).replace(minute=0)
        if hour != self._hour:  # it reads a week of mentions
            self._hour, self._quiet = hour, self._fallen_silent(connection, polled, normal, per_day, now)
        if self._quiet is not None:
            yield self._quiet

    def _fallen_silent(
        self, connection: Connection, polled: Sequence[SourceRow], normal: Detector, per_day: float, now: datetime
    ) -> Sighting | None:
        """A source that answers and brings nothing, while its share of what is said would be a good deal."""
        found = concerns.brought(connection, now, _WEEK)
        total = sum(one.number for one in found)
        labels = {(row.source, row.account): row.label or row.account for row in polled}
        for one in sorted(found, key=lambda one: one.last):
            name = labels.get((one.source, one.account))
            if name is None or one.number < _FEW:
                continue
            share = one.number / total
            expected = share * self._watchman.expected(normal, one.last, now)
            days = rare.rare_silence(expected, share * per_day, normal.burstiness)
            if days >= self._watchman.return_days:
                figures = {"since": one.last.isoformat(), "names": name}
                return Sighting(kind=ConcernKind.DIED, return_days=days, figures=figures)
        return None


def _others(sighting: Sighting, last: Concern) -> bool:
    """Whether it is about somebody whom the last one did not name: another person is news, whoever was seen before."""
    now, before = (one.figures.get("persons") or () for one in (sighting, last))
    assert isinstance(now, Sequence) and isinstance(before, Sequence)
    return any(one not in before for one in now)


def _midnight(day: str) -> datetime:
    """The beginning of an ISO day, UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
