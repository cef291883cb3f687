"""Stored mentions, for lists and for the measures that are counted from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, TypedDict
from zoneinfo import ZoneInfo

from crisisdesk.desk.authors import on_list
from crisisdesk.desk.core import Core
from crisisdesk.desk.reply_clock import QUEUE, ReplyClock
from crisisdesk.model.inbox import MINE, Fold, Listed, Reply, Sought, Window
from crisisdesk.store import folds, inbox, mentions, rows, sources
from crisisdesk.store.database import Connection

EVERYTHING: Final = Sought()
DANGER: Final = 50
"""So many rows of danger stand above the others at the most."""
UNFOLDED: Final = 500
"""So many of a fold are shown one by one at the most; the search and the filters lead to the others."""


class _More(TypedDict):
    """What the store is told besides what is sought."""

    cuts: dict[str, datetime]
    vips: Sequence[tuple[str, str]]


class Mentions:
    """Reads mentions."""

    def __init__(self, core: Core, clock: ReplyClock) -> None:
        self._core = core
        self._clock = clock

    def latest(
        self, limit: int = 200, *, before: int | None = None, sought: Sought = EVERYTHING
    ) -> tuple[Listed, ...]:
        """Newest first; ``before`` is the id of the last row already shown."""
        with self._core.read() as connection:
            asked, more = self._asked(connection, sought)
            return inbox.page(connection, asked, limit=limit, before=before, **more)

    def window(
        self,
        limit: int = 200,
        *,
        before: int | None = None,
        sought: Sought = EVERYTHING,
        shown: Collection[Fold] = (),
    ) -> Window:
        """Newest first, folded: of what says the same, and of one person's flood, the newest stands for all.

        What one person said is never folded.

        Args:
            before: ``Window.last`` of the page before.
            shown: folds that have their row already.
        """
        with self._core.read() as connection:
            asked, more = self._asked(connection, sought)
            if sought.author is None:
                return folds.window(connection, asked, limit=limit, before=before, shown=shown, **more)
            rows_ = inbox.page(connection, asked, limit=limit, before=before, **more)
            return Window(rows_, rows_[-1].id if rows_ else before, len(rows_) >= limit)

    def danger(self, sought: Sought = EVERYTHING, limit: int = DANGER) -> tuple[Listed, ...]:
        """Who speaks of people in danger and has had no answer, of the last three days, newest first, folded.

        Harm and not reach decides what is read first. What is passed on waits for nothing.
        """
        since = self._core.clock.now() - QUEUE
        start = max(sought.start or since, since)
        reply = sought.reply or Reply.OPEN
        if sought.reply is Reply.ANSWERED:
            return ()
        return self.window(
            limit, sought=replace(sought, safety=True, reply=reply, start=start, originals=True)
        ).rows

    def members(self, fold: Fold, limit: int = UNFOLDED) -> tuple[Listed, ...]:
        """What a row of the inbox stands for, newest first."""
        with self._core.read() as connection:
            return folds.members(connection, fold, limit)

    def ids_in(self, fold: Fold, limit: int = 100_000) -> tuple[int, ...]:
        """The mentions of a fold, newest first."""
        with self._core.read() as connection:
            return tuple(folds.ids(connection, fold, limit))

    def _asked(self, connection: Connection, sought: Sought) -> tuple[Sought, _More]:
        """What is sought, in instants and names, and what the store needs besides."""
        now = self._core.clock.now()
        if sought.assignee == MINE:
            sought = replace(sought, assignee=self._core.actor)
        if sought.alert_id is not None:
            alert = rows.alerts.get(connection, sought.alert_id)
            sought = replace(sought, start=alert.signal.since, end=alert.signal.at)
        if sought.hours:
            since = now - timedelta(hours=sought.hours)
            sought = replace(sought, start=max(sought.start or since, since))
        cuts: dict[str, datetime] = {}
        if sought.reply is Reply.OVERDUE:
            cuts = self._clock.cuts(now)
            sought = replace(sought, start=max(sought.start or now - QUEUE, now - QUEUE))
        vips = on_list(connection, sought.vip) if sought.vip else ()
        return sought, {"cuts": cuts, "vips": vips}

    def count(self) -> int:
        """How many are stored."""
        with self._core.read() as connection:
            return mentions.count(connection)

    def heard_from(self) -> tuple[str, ...]:
        """The kinds of source that have mentions, by name."""
        with self._core.read() as connection:
            return inbox.heard_from(connection)

    def volume(self, days: int) -> tuple[tuple[date, str, int], ...]:
        """(local day, channel, mentions) of the last ``days`` days, today included, ascending."""
        zone = ZoneInfo(self._core.zone)
        local = self._core.clock.now().astimezone(zone)
        first = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) - timedelta(days=days - 1)
        with self._core.read() as connection:
            return mentions.by_day(connection, first, local, zone)

    def by_source(self, days: int) -> tuple[tuple[str, str, int], ...]:
        """(source, account, mentions) of the last ``days`` times 24 hours, most first."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            return sources.brought(connection, now - timedelta(days=days), now)
