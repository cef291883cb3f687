"""The sources we listen to, each at its own pace, and how well we hear them."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from crisisdesk.connectors import opml
from crisisdesk.connectors.options import connector_of
from crisisdesk.desk.core import DESK, Core
from crisisdesk.desk.hearing import health
from crisisdesk.desk.ingest import Ingest
from crisisdesk.desk.listeners import Listeners
from crisisdesk.desk.received import Recorder
from crisisdesk.desk.streams import Streams
from crisisdesk.model.errors import (
    AuthError,
    CrisisDeskError,
    CursorInvalidError,
    InputError,
    PermanentError,
    RateLimitedError,
    TransientError,
    VaultError,
    WebError,
)
from crisisdesk.model.events import SourceHealthChanged
from crisisdesk.model.mention import Gap, Mention, Page, SourceHealth
from crisisdesk.store import answers, mentions, sources
from crisisdesk.store.sources import SourceRow
from crisisdesk.web import Web

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
DEAD_AFTER = timedelta(days=3)
PATIENCE: Final = 5.0
"""Seconds that one beat of the watch waits for its sources."""
SHOWN: Final = 10
"""Mentions that trying a source shows."""
PAGES_A_BEAT = 20
"""Pages that one source may bring in a row before the others have their turn."""


class Sources:
    """Keeps the sources and polls those that are due."""

    def __init__(self, core: Core, ingest: Ingest, listeners: Listeners) -> None:
        self._core = core
        self._ingest = ingest
        self._listeners = listeners
        self._random = random.Random()
        self._busy: set[tuple[str, str]] = set()
        self._asked: set[asyncio.Task[None]] = set()
        self._streams = Streams(core, ingest, listeners)

    def list(self) -> tuple[SourceHealth, ...]:
        """Every source with its health."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            found = sources.sources(connection)
        live, cut = self._streams.live, self._streams.cut
        return tuple(health(row, now, live=live(row), cut=cut(row)) for row in found)

    def add_feed(self, address: str, label: str = "") -> None:
        """Listen to an RSS or Atom feed from now on."""
        self.add("feed", {"address": address.strip()}, {}, label=label)

    def add_feeds(self, body: bytes, name: str) -> tuple[int, int, tuple[str, ...]]:
        """Listen to every feed of an OPML file: (new ones, those there already, addresses that are none)."""
        listed = opml.read(body, name)
        known = {(row.source, row.account) for row in self.list()}
        fresh = [feed for feed in listed.feeds if ("feed", feed.address) not in known]
        with self._core.write():
            for feed in fresh:
                self.add("feed", {"address": feed.address}, {}, label=feed.title)
        return len(fresh), len(listed.feeds) - len(fresh), listed.refused

    def dead(self) -> tuple[SourceHealth, ...]:
        """Sources that are gone for good, or that nobody has heard for :data:`DEAD_AFTER`."""
        now = self._core.clock.now()
        gone = ("web.gone", "web.not_found", "feed.not_a_feed", "feed.is_page")
        return tuple(
            h
            for h in self.list()
            if h.error_key in gone or (h.error_key and h.last_ok is not None and now - h.last_ok > DEAD_AFTER)
        )

    def add(self, kind: str, texts: Mapping[str, str], secrets: Mapping[str, str], *, label: str = "") -> str:
        """Listen to a source from now on; returns its account.

        Secrets go to the keyring first, so call from a worker thread: a locked keyring may ask the person. Adding a
        source again changes its settings and keeps its cursor.

        Raises:
            InputError: what is missing or cannot be used.
            VaultError: the keyring does not keep a secret.
        """
        connector = connector_of(kind)
        own = {name: text.strip() for name, text in texts.items() if text.strip()}
        account = self._listeners.make(connector, own, self._secret(connector, own, secrets)).account
        self._listeners.keep(connector, own, secrets)
        with self._core.write() as tx:
            now = self._core.clock.now()
            shown = label.strip() or own.get("label") or account
            sources.add_source(tx.connection, kind, account, label=shown, at=now, polled=True, settings=own)
            sources.update_source(tx.connection, kind, account, label=shown, settings=own, next_at=now)
            tx.emit(SourceHealthChanged(kind, account))
        return account

    async def try_out(
        self, kind: str, texts: Mapping[str, str], secrets: Mapping[str, str], web: Web
    ) -> tuple[Mention, ...]:
        """The newest mentions that a source would bring, stored nowhere; raises what is wrong with it."""
        connector = connector_of(kind)
        own = {name: text.strip() for name, text in texts.items() if text.strip()}
        secret = self._secret(connector, own, secrets)
        listener = await asyncio.to_thread(self._listeners.make, connector, own, secret)
        found: dict[str, Mention] = {}
        cursor = ""
        for _ in range(PAGES_A_BEAT):
            page = await listener.poll(web, cursor, self._core.clock.now())
            found |= {mention.native_id: mention for mention in page.mentions}
            cursor = page.cursor or cursor
            if not page.more or len(found) >= SHOWN:
                break
        newest = sorted(found.values(), key=lambda m: m.published_at, reverse=True)
        return tuple(newest[:SHOWN])

    def _secret(
        self, connector: Any, texts: Mapping[str, str], secrets: Mapping[str, str]
    ) -> Callable[[str], str | None]:
        """What was typed now, else what the keyring has."""
        return lambda name: secrets.get(name) or self._listeners.kept(connector, texts, name)

    def remove(self, source: str, account: str) -> None:
        """Stop listening; what was heard stays."""
        with self._core.write() as tx:
            sources.remove_source(tx.connection, source, account)
            tx.emit(SourceHealthChanged(source, account))

    def trim(self) -> None:
        """Let go of answers' bytes that are too old or too much, a few hundred in each transaction."""
        while True:
            with self._core.write() as tx:
                if not answers.trim(tx.connection, self._core.clock.now()):
                    return

    def due(self) -> tuple[SourceRow, ...]:
        """Sources whose time has come."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            found = sources.sources(connection)
        return tuple(row for row in found if row.polled and (row.next_at is None or row.next_at <= now))

    async def watch(self, web: Web) -> None:
        """Ask every source whose time has come, each for itself: a slow one keeps no other waiting.

        Those that tell by themselves are heard besides, from beat to beat.
        """
        await self._streams.follow(web)
        rows = [r for r in await asyncio.to_thread(self.due) if (r.source, r.account) not in self._busy]
        asked = {asyncio.create_task(self.poll(row, web)) for row in rows}
        self._asked |= asked  # one that is slow goes on by itself, and is not asked again meanwhile
        for task in asked:
            task.add_done_callback(self._asked.discard)
        done, _ = await asyncio.wait(asked, timeout=PATIENCE) if asked else (set(), set())
        for task in done:
            task.result()

    async def poll(self, row: SourceRow, web: Web) -> None:
        """Fetch what one source has and take it in, page by page; a failure is noted and tried again later.

        Each page and its cursor are one transaction, so whatever ends this in its middle loses nothing. Nothing that
        writes or asks the keyring runs on the loop.
        """
        place = (row.source, row.account)
        self._busy.add(place)
        try:
            await self._poll(row, web)
        finally:
            self._busy.discard(place)

    async def _poll(self, row: SourceRow, web: Web) -> None:
        cursor, known = row.cursor, row
        try:
            listener = await asyncio.to_thread(self._listeners, row)
        except (InputError, VaultError, WebError) as error:
            await asyncio.to_thread(self._failed, row, error)
            return
        for left in reversed(range(PAGES_A_BEAT)):
            heard = Recorder(web, self._listeners.secrets(row), self._core.clock.now)
            try:
                page = await listener.poll(heard, cursor, self._core.clock.now())
                page = replace(page, received=heard.taken())
            except CursorInvalidError:
                page = await asyncio.to_thread(self._begun_again, known)
            except WebError as error:
                await asyncio.to_thread(self._failed, known, error)
                return
            last = not (page.more and left)
            pace = timedelta(seconds=0 if page.more else listener.limits.pace)
            await asyncio.to_thread(self._take, known, page, pace, last=last)
            known = replace(known, failures=0)
            cursor = page.cursor or cursor
            if last:
                return

    def _begun_again(self, row: SourceRow) -> Page:
        """The source no longer knows where we were: what lies between is a gap, and the cursor is new."""
        now = self._core.clock.now()
        gap = Gap(f"{row.source}:{row.account}", row.last_ok or row.added_at, now, "sources.gap.cursor")
        with self._core.write() as tx:
            sources.update_source(tx.connection, row.source, row.account, cursor="")
        return Page(source=row.source, account=row.account, gaps=(gap,), checked=now)

    def _take(self, row: SourceRow, page: Page, pace: timedelta, *, last: bool) -> None:
        """Take a page in and, where it is the last or ends a silence, note when to ask again: one transaction."""
        with self._core.write():
            self._ingest.page(page, look=last)
            if last or row.failures:
                self._heard(row, pace)

    def _heard(self, row: SourceRow, pace: timedelta) -> None:
        with self._core.write() as tx:
            now = self._core.clock.now()
            # Not all at the same second, and never before its time.
            wait = pace * (1 + 0.1 * self._random.random())
            sources.update_source(tx.connection, row.source, row.account, next_at=now + wait)
            if row.failures:
                unheard = now - (row.last_ok or row.added_at)
                data = {"source": row.label, "minutes": round(unheard.total_seconds() / 60)}
                self._core.log(tx, "source.back", None, actor=DESK, data=data)

    def _failed(self, row: SourceRow, error: CrisisDeskError) -> None:
        """Back off with full jitter, as long as the source asks or twice as long each time."""
        now = self._core.clock.now()
        failures = row.failures + 1
        with self._core.write() as tx:
            sources.update_source(
                tx.connection,
                row.source,
                row.account,
                failures=failures,
                next_at=self._retry_at(error, failures, now),
                error_key=error.key,
                error_fields={k: str(v) for k, v in error.fields.items()},
            )
            mentions.open_gap(tx.connection, f"{row.source}:{row.account}", row.last_ok or now)
            if failures == 1:
                data = {"source": row.label, "since": row.last_ok or row.added_at}
                self._core.log(tx, "source.failing", None, actor=DESK, data=data)
            tx.emit(SourceHealthChanged(row.source, row.account))

    def _retry_at(self, error: CrisisDeskError, failures: int, now: datetime) -> datetime:
        asked = error.retry_at if isinstance(error, RateLimitedError | TransientError) else None
        if asked is not None:
            return max(asked, now + FIRST_WAIT)
        if isinstance(error, AuthError | PermanentError | InputError | VaultError):
            return now + LONGEST_WAIT
        longest = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures, 10)))
        return now + FIRST_WAIT + self._random.random() * longest
