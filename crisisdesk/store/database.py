"""Opening the data file and the one transaction in which every act is written.

Settings are those that were measured (docs/adr/0002): ``isolation_level=None`` with ``BEGIN IMMEDIATE`` so that a
read followed by a write is never lost, WAL with ``synchronous=FULL`` so that a power cut loses nothing that was
acknowledged, and one writing connection for the whole process.
"""

from __future__ import annotations

import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from crisisdesk.model.errors import (
    NotOurFileError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    StoreNewerError,
)
from crisisdesk.model.events import Event
from crisisdesk.store import copies
from crisisdesk.store.schema import APPLICATION_ID, SCHEMA_VERSION

log = logging.getLogger(__name__)

__all__ = ["Connection", "Database", "Transaction"]

_PRAGMAS: Final = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
)
_WAIT: Final = 5.0
"""Seconds that a writer waits for another process."""
_WRITER_PRAGMAS: Final = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON")


class Transaction:
    """One act: its connection and the events to publish once it is committed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.events: list[Event] = []
        self.undos: list[Callable[[], None]] = []

    def undo(self, call: Callable[[], None]) -> None:
        """Do ``call`` if this act is not committed: what memory holds must not be ahead of the file."""
        self.undos.append(call)

    def emit(self, *events: Event) -> None:
        """Publish ``events`` after the commit, once each."""
        self.events.extend(e for e in events if e not in self.events)


class Database:
    """The open data file.

    Args:
        path: the file; made when it does not exist (never over an empty or foreign file).
        publish: called with the events of each committed transaction.

    Raises:
        NotOurFileError, StoreNewerError, StoreBusyError, StoreError: it cannot be used, or it is gone and copies of it
            are there; nothing was changed.
    """

    def __init__(self, path: Path, publish: Callable[[Iterable[Event]], None] = lambda _: None) -> None:
        self.path = path
        self._publish = publish
        self._lock = threading.RLock()
        self._current: Transaction | None = None
        self._version = 0  # of the file as SQLite counts what other connections commit; 0 = not asked yet
        fresh = not path.exists()
        if fresh and copies.of(path):  # an empty desk must not stand where a full one was lost
            raise NotOurFileError("store.missing", path=path.name)
        if not fresh and path.stat().st_size == 0:
            raise NotOurFileError("store.empty", path=path.name)
        self._engine = _engine(path, writer=True)
        self._readers = _engine(path, writer=False)
        try:
            with _translated(path):
                self._writer = self._engine.connect()
                self._open(fresh)
            self.changed_elsewhere()
        except StoreError:
            self._engine.dispose()
            raise

    def _open(self, fresh: bool) -> None:
        raw = self._writer.connection.driver_connection  # pragmas stand outside any transaction
        assert isinstance(raw, sqlite3.Connection)
        application = int(raw.execute("PRAGMA application_id").fetchone()[0])
        version = int(raw.execute("PRAGMA user_version").fetchone()[0])
        if not fresh and application != APPLICATION_ID:
            raise NotOurFileError("store.foreign", path=self.path.name)
        if version > SCHEMA_VERSION:
            raise StoreNewerError("store.newer", path=self.path.name, version=version, ours=SCHEMA_VERSION)
        for line in _WRITER_PRAGMAS:
            raw.execute(line)
        if version < SCHEMA_VERSION:
            from crisisdesk.store.migrate import migrate  # alembic costs 0.7 s: only when there is work

            if not fresh:
                with suppress(StoreFullError):  # the update is one transaction: a full disk need not keep it waiting
                    copies.take(self.path, datetime.now(UTC), before=version)
            migrate(self._writer)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One transaction; inside another of the same thread it joins that one.

        Yields:
            the transaction; committed at the end of the outermost block, rolled back on any exception.
        """
        with self._lock:
            if self._current is not None:
                yield self._current
                return
            current = Transaction(self._writer)
            try:
                with _translated(self.path), self._writer.begin():
                    self._current = current
                    try:
                        yield current
                    finally:
                        self._current = None
            except BaseException:
                for undo in reversed(current.undos):
                    undo()
                raise
        self._publish(current.events)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one snapshot; inside :meth:`write` of the same thread, that transaction's own."""
        if self._current is not None and self._owned():
            yield self._current.connection
            return
        with _translated(self.path), self._readers.connect() as connection, connection.begin():
            yield connection

    def scrub(self) -> None:
        """Let nothing that was taken out linger in the log beside the file, or in its copies; freed pages are zeroed.

        While somebody reads an older snapshot the log stays as it is, and goes with the next one.
        """
        with self._lock:
            raw = self._writer.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            with _translated(self.path):
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copies.drop(self.path)

    def changed_elsewhere(self) -> bool:
        """Whether another program has written to the file since this was last asked; its own writes do not count."""
        with self._lock:
            raw = self._writer.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            with _translated(self.path):
                version = int(raw.execute("PRAGMA data_version").fetchone()[0])
            before, self._version = self._version, version
        return before not in (0, version)

    def _owned(self) -> bool:
        owned: bool = self._lock._is_owned()  # type: ignore[attr-defined]
        return owned

    def close(self) -> None:
        """End the connections; what was committed is on disk."""
        with self._lock:
            self._writer.close()
            self._engine.dispose()
            self._readers.dispose()


def _engine(path: Path, *, writer: bool) -> Engine:
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        poolclass=StaticPool if writer else QueuePool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 5.0},
    )

    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        if not writer:
            connection.execute("PRAGMA query_only=ON")

    def begun(connection: Connection) -> None:
        if writer:
            _take_turn(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def _take_turn(connection: Connection) -> None:
    """Begin to write, after any other process that is writing.

    SQLite's own waiting asks each 100 ms in the end: beside a process that writes without a pause one of two waited
    for seconds, and some for ever. Asking every few milliseconds, at odd times, both go on.
    """
    until = time.monotonic() + _WAIT
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except DBAPIError as error:
                name = getattr(error.orig, "sqlite_errorname", "") or ""
                if not name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or time.monotonic() > until:
                    raise
                time.sleep(random.uniform(0.001, 0.008))
            else:
                return
    finally:
        connection.exec_driver_sql(_PRAGMAS[0])


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into our own errors, by its error's name and not by its message."""
    try:
        yield
    except DBAPIError as error:
        raise _our(error.orig, path) from error
    except sqlite3.Error as error:
        raise _our(error, path) from error


def _our(error: BaseException | None, path: Path) -> StoreError:
    name = getattr(error, "sqlite_errorname", "") or ""
    log.info("the data file answered %s", name or type(error).__name__)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusyError("store.busy", path=path.name)
    if name == "SQLITE_FULL":
        return StoreFullError("store.full", path=path.name)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return NotOurFileError("store.damaged", path=path.name)
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return StoreError("store.readonly", path=path.name)
    return StoreError("store.failed", path=path.name, reason=name or type(error).__name__)
