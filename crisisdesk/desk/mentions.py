"""Stored mentions, for lists and for the measures that are counted from them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from crisisdesk.desk.core import Core
from crisisdesk.model.mention import StoredMention
from crisisdesk.store import mentions, rows, sources


class Mentions:
    """Reads mentions."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def latest(
        self,
        limit: int = 200,
        *,
        before: int | None = None,
        search: str = "",
        alert_id: int | None = None,
        only_complaints: bool = False,
        stretch: tuple[datetime, datetime] | None = None,
    ) -> tuple[StoredMention, ...]:
        """Newest first; of an alert, only those from its beginning to its newest number; of a stretch of time."""
        start, end = stretch or (None, None)
        with self._core.read() as connection:
            if alert_id is not None:
                alert = rows.alerts.get(connection, alert_id)
                start, end = alert.signal.since, alert.signal.at
            return mentions.latest(
                connection,
                limit=limit,
                before=before,
                search=search,
                start=start,
                end=end,
                only_complaints=only_complaints,
            )

    def count(self) -> int:
        """How many are stored."""
        with self._core.read() as connection:
            return mentions.count(connection)

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
