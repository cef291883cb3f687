"""The sources we listen to, each at its own pace, and how well we hear them."""

from __future__ import annotations

import logging
import random
from datetime import datetime, timedelta
from typing import Protocol

from crisisdesk.connectors.base import Listener
from crisisdesk.desk.core import DESK, Core
from crisisdesk.desk.ingest import Ingest
from crisisdesk.model.errors import (
    AuthError,
    InputError,
    PermanentError,
    RateLimitedError,
    TransientError,
    WebError,
)
from crisisdesk.model.events import SourceHealthChanged
from crisisdesk.model.mention import SourceHealth, SourceState
from crisisdesk.plain import safe_link
from crisisdesk.store import mentions, sources
from crisisdesk.store.sources import SourceRow
from crisisdesk.web import Web

log = logging.getLogger(__name__)

PACE = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=15)


class MakeListener(Protocol):
    """Builds the connector of one stored source."""

    def __call__(self, kind: str, account: str) -> Listener:
        """The connector for ``account`` of this kind."""


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
        """Fetch one source once and take in what it brought; a failure is noted and tried again later."""
        listener = self._listener(row.source, row.account)
        try:
            page = await listener.poll(web, row.cursor, self._core.clock.now())
        except WebError as error:
            self._failed(row, error)
            return
        self._ingest.page(page)
        with self._core.write() as tx:
            now = self._core.clock.now()
            sources.update_source(tx.connection, row.source, row.account, next_at=now + PACE)
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
