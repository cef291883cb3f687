"""«Habría saltado N veces»: what another return period, and other tools' rules, would have done on our own past."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.desk.watchman import unheard
from crisisdesk.model.alert import Firing, RuleFirings, WouldHave
from crisisdesk.pipeline.count import fill
from crisisdesk.pipeline.detect import Detector
from crisisdesk.pipeline.history import Bucket, Cancelled, Past
from crisisdesk.pipeline.rules import by_hour, compare
from crisisdesk.store import mentions
from crisisdesk.store.database import Connection

__all__ = ["Cancelled", "Hindsight"]

_DAY: Final = timedelta(days=1)
_LEARN: Final = timedelta(days=28)  # before the stretch asked for, so that its first days are not all learning


@dataclass(frozen=True, slots=True)
class _Read:
    """A stretch of the past, read once for every position of the slider."""

    key: tuple[datetime, datetime, int]
    past: Past
    rules: tuple[RuleFirings, ...]


class Hindsight:
    """Asks the stored past."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._read: _Read | None = None

    def would_have_fired(
        self, days: int = 30, return_days: float = 7.0, *, goes_on: Callable[[], bool] = lambda: True
    ) -> WouldHave:
        """The alarms of the last ``days`` closed days with ``return_days`` as the return period, and other rules'.

        The first call reads the past from the counts by minute (some seconds for a month); moving the slider then
        takes milliseconds, until an hour has closed or the past has changed.

        Args:
            goes_on: asked now and then while reading; ``False`` ends the call with :class:`Cancelled`.
        """
        end = self._core.clock.now().replace(minute=0, second=0, microsecond=0)
        with self._core.read() as connection:
            first = mentions.first_minute(connection, end - days * _DAY - _LEARN)
            if first is None or first >= end:
                return WouldHave(start=end, end=end, return_days=return_days)
            start = max(end - days * _DAY, first)
            read = self._past(connection, first, start, end, goes_on)
        return WouldHave(
            start=start,
            end=end,
            return_days=return_days,
            fired=tuple(Firing(at, rare) for at, rare in read.past.fired(return_days) if at >= start),
            rules=read.rules,
            learning_days=read.past.learning_days,
        )

    def _past(
        self,
        connection: Connection,
        first: datetime,
        start: datetime,
        end: datetime,
        goes_on: Callable[[], bool],
    ) -> _Read:
        key = (first, end, mentions.totals(connection, first, end)[0])
        known = self._read
        if known is not None and known.key == key:
            return known
        detector = Detector(self._core.zone, country=self._core.country)
        past = Past(detector, self._buckets(connection, first, end), goes_on)
        counts = {m: n for m, (n, _, _) in mentions.tallies(connection, first, end).items()}
        rules = tuple(RuleFirings(n, at) for n, at in compare(by_hour(counts, first, end), start))
        self._read = read = _Read(key, past, rules)
        return read

    def _buckets(self, connection: Connection, first: datetime, end: datetime) -> Iterator[Bucket]:
        deaf = unheard(connection, first, end)
        day = first
        while day < end:  # a day at a time: a month of minutes stays small
            until = min(day + _DAY, end)
            here = [(a, b) for a, b in deaf if a < until and b > day]
            counts = mentions.tallies(connection, day, until)
            for minute, (total, history, voices) in fill(counts, day, until, (0, 0, 0)):
                known = total if voices is None else history + voices
                yield minute, total, known, not any(a <= minute < b for a, b in here), None
            day = until
