"""Whether what was said still stands: each source is asked about it again, in turn, and what is gone goes here too.

Not every deletion is told by a stream or a page, and several platforms want what was deleted there to go here within a
day or two (docs/adr/0030).
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from crisisdesk.connectors.base import Rechecker
from crisisdesk.desk.core import Core
from crisisdesk.desk.ingest import Ingest
from crisisdesk.desk.listeners import Listeners
from crisisdesk.desk.received import Recorder
from crisisdesk.model.errors import InputError, RateLimitedError, VaultError, WebError
from crisisdesk.model.mention import Page
from crisisdesk.store import sources, versions
from crisisdesk.store.sources import SourceRow
from crisisdesk.web import Web

log = logging.getLogger(__name__)

BATCH: Final = 50
"""Mentions of one source that a beat of five minutes asks about: one request each, a sixth of Mastodon's allowance."""
REACH: Final = timedelta(days=30)
"""Older mentions are not asked about any more."""
FEW: Final = 5
"""When all of a batch are gone at once and there are so many, the answer is believed only when it is given twice."""
_SPARED: Final = 2  # of an allowance at least one part in so many is left to listening

Place = tuple[str, str]


class Rechecks:
    """Asks the sources again, a few mentions at a time."""

    def __init__(self, core: Core, ingest: Ingest, listeners: Listeners) -> None:
        self._core = core
        self._ingest = ingest
        self._listeners = listeners
        self._doubted: dict[Place, tuple[str, ...]] = {}
        self._rests: dict[Place, datetime] = {}

    async def look(self, web: Web) -> int:
        """Ask every source that can tell about its next few; how many were gone.

        A source that does not answer is left to its polls, which tell of it, and is asked about the same ones again.
        """
        gone = 0
        for row, listener in await asyncio.to_thread(self._willing):
            try:
                gone += await self._ask(row, listener, web)
            except WebError as error:
                if isinstance(error, RateLimitedError) and error.retry_at is not None:
                    self._rests[row.source, row.account] = error.retry_at
                log.info("%s was not asked again: %s", row.source, error.key)
        return gone

    def _willing(self) -> list[tuple[SourceRow, Rechecker]]:
        """Sources that answer, can tell, and have enough of their allowance left."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            rows = [row for row in sources.sources(connection) if row.polled and not row.failures]
        found: list[tuple[SourceRow, Rechecker]] = []
        for row in rows:
            if self._rests.get((row.source, row.account), now) > now or not _has_room(row):
                continue
            try:
                listener = self._listeners(row)
            except (InputError, VaultError, WebError):  # its polls tell of it
                continue
            if isinstance(listener, Rechecker):
                found.append((row, listener))
        return found

    async def _ask(self, row: SourceRow, listener: Rechecker, web: Web) -> int:
        asked, cursor = await asyncio.to_thread(self._next, row)
        page = Page(source=row.source, account=row.account)
        if asked:
            heard = Recorder(web, self._listeners.secrets(row), self._core.clock.now)
            page = replace(await listener.recheck(heard, asked, self._core.clock.now()), received=heard.taken())
            if self._doubts(row, asked, page):
                return 0
        return await asyncio.to_thread(self._take, row, page, cursor)

    def _next(self, row: SourceRow) -> tuple[tuple[str, ...], str]:
        with self._core.read() as connection:
            after = str(sources.get_meta(connection, _key(row)) or "")
            since = self._core.clock.now() - REACH
            return versions.standing(connection, row.source, row.account, after=after, since=since, most=BATCH)

    def _doubts(self, row: SourceRow, asked: tuple[str, ...], page: Page) -> bool:
        """Whether an answer is too bad to be believed at once: a fault of the service looks like that, too."""
        place = (row.source, row.account)
        all_gone = len(asked) >= FEW and {stone.native_id for stone in page.tombstones} >= set(asked)
        if all_gone and self._doubted.get(place) != asked:
            self._doubted[place] = asked
            return True
        self._doubted.pop(place, None)
        return False

    def _take(self, row: SourceRow, page: Page, cursor: str) -> int:
        with self._core.write() as tx:
            buried = self._ingest.page(page, look=False).buried if page.mentions or page.tombstones else 0
            sources.set_meta(tx.connection, _key(row), cursor)
            return buried


def _key(row: SourceRow) -> str:
    return f"recheck:{row.source}:{row.account}"


def _has_room(row: SourceRow) -> bool:
    left, of = ((row.budget or {}).get(name) for name in ("remaining", "limit"))
    return not isinstance(left, int) or not isinstance(of, int) or left * _SPARED >= of
