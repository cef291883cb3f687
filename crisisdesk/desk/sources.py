"""The sources we listen to, each at its own pace, and how well we hear them."""

from __future__ import annotations

import logging
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from crisisdesk.connectors.base import Listener
from crisisdesk.desk.core import DESK, Core
from crisisdesk.desk.ingest import Ingest
from crisisdesk.model.errors import (
    AuthError,
    CursorInvalidError,
    InputError,
    PermanentError,
    RateLimitedError,
    TransientError,
    WebError,
)
from crisisdesk.model.events import SourceHealthChanged
from crisisdesk.model.mention import Gap, Page, SourceHealth, SourceState
from crisisdesk.model.source import Budget
from crisisdesk.plain import safe_link
from crisisdesk.store import mentions, sources
from crisisdesk.store.sources import SourceRow
from crisisdesk.web import Web

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=15)
PAGES_A_BEAT = 20
"""Pages that one source may bring in a row before the others have their turn."""


class MakeListener(Protocol):
    """Builds the connector of one stored source."""

    def __call__(self, row: SourceRow) -> Listener:
        """The connector of ``row``, with its settings and secrets."""


def health(row: SourceRow, now: datetime) -> SourceHealth:
    """How well we hear one source."""
    lag = (now - row.last_ok).total_seconds() if row.last_ok else None
    if row.error_key and row.failures >= 1:
        state = SourceState.FAILING
    elif row.polled and (lag is None or lag > LATE_AFTER.total_seconds()):
        state = SourceState.LATE
    else:
        state = SourceState.GOOD
    return SourceHealth(
        source=row.source,
        account=row.account,
        label=row.label or row.account,
        state=state,
        last_ok=row.last_ok,
        lag_seconds=lag,
        error_key=row.error_key,
        error_fields=tuple(sorted(row.error_fields.items())),
        budget=None if row.budget is None else msgspec.convert(row.budget, Budget),
    )


class Sources:
    """Keeps the sources and polls those that are due."""

    def __init__(self, core: Core, ingest: Ingest, listener: MakeListener) -> None:
        self._core = core
        self._ingest = ingest
        self._listener = listener
        self._random = random.Random()

    def list(self) -> tuple[SourceHealth, ...]:
        """Every source with its health."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            return tuple(health(row, now) for row in sources.sources(connection))

    def add_feed(self, address: str, label: str = "") -> None:
        """Listen to an RSS or Atom feed from now on."""
        link = safe_link(address.strip())
        if not link:
            raise InputError("feed.address", address=address)
        with self._core.write() as tx:
            now = self._core.clock.now()
            sources.add_source(tx.connection, "feed", link, label=label.strip() or link, at=now, polled=True)
            tx.emit(SourceHealthChanged("feed", link))

    def remove(self, source: str, account: str) -> None:
        """Stop listening; what was heard stays."""
        with self._core.write() as tx:
            sources.remove_source(tx.connection, source, account)
            tx.emit(SourceHealthChanged(source, account))

    def due(self) -> tuple[SourceRow, ...]:
        """Sources whose time has come."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            found = sources.sources(connection)
        return tuple(row for row in found if row.polled and (row.next_at is None or row.next_at <= now))

    async def poll(self, row: SourceRow, web: Web) -> None:
        """Fetch what one source has and take it in, page by page; a failure is noted and tried again later.

        Each page and its cursor are one transaction, so whatever ends this in its middle loses nothing.
        """
        listener = self._listener(row)
        cursor, known = row.cursor, row
        for _ in range(PAGES_A_BEAT):
            try:
                page = await listener.poll(web, cursor, self._core.clock.now())
            except CursorInvalidError:
                page = self._begun_again(known)
            except WebError as error:
                self._failed(known, error)
                return
            self._ingest.page(page)
            self._heard(known, timedelta(seconds=0 if page.more else listener.limits.pace))
            known = replace(known, failures=0)
            cursor = page.cursor or cursor
            if not page.more:
                return

    def _begun_again(self, row: SourceRow) -> Page:
        """The source no longer knows where we were: what lies between is a gap, and the cursor is new."""
        now = self._core.clock.now()
        gap = Gap(f"{row.source}:{row.account}", row.last_ok or row.added_at, now, "sources.gap.cursor")
        with self._core.write() as tx:
            sources.update_source(tx.connection, row.source, row.account, cursor="")
        return Page(source=row.source, account=row.account, gaps=(gap,), checked=now)

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

    def _failed(self, row: SourceRow, error: WebError) -> None:
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

    def _retry_at(self, error: WebError, failures: int, now: datetime) -> datetime:
        asked = error.retry_at if isinstance(error, RateLimitedError | TransientError) else None
        if asked is not None:
            return max(asked, now + FIRST_WAIT)
        if isinstance(error, AuthError | PermanentError):
            return now + LONGEST_WAIT
        longest = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures, 10)))
        return now + FIRST_WAIT + self._random.random() * longest
