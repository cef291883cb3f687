"""The sources that tell by themselves, followed beside the polls: each for itself, begun again when it breaks.

A stream has no memory, so after each beginning the source is polled once, and a stream that fails costs nothing but
speed: the polls go on at their pace, and it is they that move the cursor and say how well a source is heard.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from crisisdesk.connectors.base import Listener, Streamer
from crisisdesk.desk.core import Core
from crisisdesk.desk.ingest import Ingest
from crisisdesk.desk.listeners import Listeners
from crisisdesk.desk.received import of_events
from crisisdesk.model.errors import CrisisDeskError, RateLimitedError, TransientError, WebError
from crisisdesk.model.events import SourceHealthChanged
from crisisdesk.store import sources
from crisisdesk.store.sources import SourceRow
from crisisdesk.web import Web

log = logging.getLogger(__name__)

FIRST_WAIT = 2.0
LONGEST_WAIT: Final = 300.0
STEADY: Final = 60.0
"""Seconds after which a stream counts as one that works."""

Place = tuple[str, str]


class Streams:
    """Keeps one task for each source that streams."""

    def __init__(self, core: Core, ingest: Ingest, listeners: Listeners) -> None:
        self._core = core
        self._ingest = ingest
        self._listeners = listeners
        self._random = random.Random()
        self._tasks: dict[Place, tuple[Listener, asyncio.Task[None]]] = {}
        self._live: set[Place] = set()
        self._cut: set[Place] = set()

    def live(self, row: SourceRow) -> bool:
        """Whether the source tells by itself right now."""
        return (row.source, row.account) in self._live

    def cut(self, row: SourceRow) -> bool:
        """Whether its stream broke, or could not begin, and only the polls are left for now."""
        return (row.source, row.account) in self._cut

    async def follow(self, web: Web) -> None:
        """Begin what should stream and does not, end what no longer should; call on the loop, again and again."""
        wanted = await asyncio.to_thread(self._wanted)
        for place, (listener, task) in list(self._tasks.items()):
            if task.done() or wanted.get(place, (None, None))[1] is not listener:
                task.cancel()
                await asyncio.wait([task])
                del self._tasks[place]
                self._cut.discard(place)
        for place, (row, listener) in wanted.items():
            if place not in self._tasks:
                self._tasks[place] = listener, asyncio.create_task(self._keep(row, listener, web))

    def _wanted(self) -> dict[Place, tuple[SourceRow, Any]]:
        """Sources that stream and whose last poll went well: what a poll cannot get, a stream cannot either."""
        with self._core.read() as connection:
            rows: Sequence[SourceRow] = sources.sources(connection)
        found: dict[Place, tuple[SourceRow, Any]] = {}
        for row in rows:
            if not row.polled or row.last_ok is None or (row.failures and not self.live(row)):
                continue
            try:
                listener = self._listeners(row)
            except CrisisDeskError:
                continue  # the poll says so
            if isinstance(listener, Streamer) and listener.live:
                found[row.source, row.account] = row, listener
        return found

    async def _keep(self, row: SourceRow, listener: Any, web: Web) -> None:
        """Hear one stream for ever."""
        loop, failures = asyncio.get_running_loop(), 0
        while True:
            began, wait = loop.time(), 0.0
            try:
                await self._hear(row, listener, web)
            except WebError as error:
                log.info("stream of %s: %s", row.source, error.key)
                wait = self._asked(error)
            except CrisisDeskError as error:
                log.warning("stream of %s: %s", row.source, error.key)
            finally:
                self._live.discard((row.source, row.account))
            if not self.cut(row):
                self._cut.add((row.source, row.account))
                await asyncio.to_thread(self._ended, row)
            failures = 0 if loop.time() - began > STEADY else failures + 1
            longest = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures, 10)))
            await asyncio.sleep(max(wait, FIRST_WAIT + self._random.random() * longest))

    async def _hear(self, row: SourceRow, listener: Any, web: Web) -> None:
        cursor = (await asyncio.to_thread(self._now, row)).cursor
        async with aclosing(listener.stream(web, cursor, self._core.clock.now)) as pages:
            async for page in pages:
                if not self.live(row):
                    self._live.add((row.source, row.account))
                    self._cut.discard((row.source, row.account))
                    await asyncio.to_thread(self._begun, row)
                kept = of_events(page.received, self._listeners.secrets(row))
                await asyncio.to_thread(self._ingest.page, replace(page, received=kept))

    def _now(self, row: SourceRow) -> SourceRow:
        with self._core.read() as connection:
            return sources.source_row(connection, row.source, row.account) or row

    def _begun(self, row: SourceRow) -> None:
        """Let the next beat poll: what came before the stream began is in nobody's ear."""
        with self._core.write() as tx:
            if not self._now(row).failures:
                sources.update_source(tx.connection, row.source, row.account, next_at=self._core.clock.now())
            tx.emit(SourceHealthChanged(row.source, row.account))

    def _ended(self, row: SourceRow) -> None:
        """Let those who show it know that only the polls are left for now."""
        with self._core.write() as tx:
            tx.emit(SourceHealthChanged(row.source, row.account))

    def _asked(self, error: WebError) -> float:
        """Seconds that the source asked us to wait."""
        until = error.retry_at if isinstance(error, RateLimitedError | TransientError) else None
        return 0.0 if until is None else max(0.0, (until - self._core.clock.now()) / timedelta(seconds=1))
