"""Stored mentions, for lists and for the measures that are counted from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.desk.authors import on_list
from crisisdesk.desk.core import Core
from crisisdesk.desk.reply_clock import QUEUE, ReplyClock
from crisisdesk.model.inbox import MINE, Listed, Reply, Sought
from crisisdesk.store import inbox, mentions, rows, sources

EVERYTHING: Final = Sought()


class Mentions:
    """Reads mentions."""

    def __init__(self, core: Core, clock: ReplyClock) -> None:
        self._core = core
        self._clock = clock

    def latest(
        self, limit: int = 200, *, before: int | None = None, sought: Sought = EVERYTHING
    ) -> tuple[Listed, ...]:
        """Newest first; ``before`` is the id of the last row already shown."""
        if sought.assignee == MINE:
            sought = replace(sought, assignee=self._core.actor)
        with self._core.read() as connection:
            if sought.alert_id is not None:
                alert = rows.alerts.get(connection, sought.alert_id)
                sought = replace(sought, start=alert.signal.since, end=alert.signal.at)
            if sought.hours:
                since = self._core.clock.now() - timedelta(hours=sought.hours)
                sought = replace(sought, start=max(sought.start or since, since))
            cuts: dict[str, datetime] = {}
            if sought.reply is Reply.OVERDUE:
                now = self._core.clock.now()
                cuts = self._clock.cuts(now)
                sought = replace(sought, start=max(sought.start or now - QUEUE, now - QUEUE))
            vips = on_list(connection, sought.vip) if sought.vip else ()
            return inbox.page(connection, sought, limit=limit, before=before, cuts=cuts, vips=vips)

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
        first = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
        offset = local.utcoffset() or timedelta(0)
        with self._core.read() as connection:
            return mentions.by_day(connection, first, local, offset)

    def by_source(self, days: int) -> tuple[tuple[str, str, int], ...]:
        """(source, account, mentions) of the last ``days`` times 24 hours, most first."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            return sources.brought(connection, now - timedelta(days=days), now)
