"""Who answers which mention: one at a time, across every desk on the same data file.

The lock is a row of the data file, so it holds between processes and outlives one that dies by its two minutes only.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from crisisdesk.desk.core import Core
from crisisdesk.model.errors import StepError
from crisisdesk.model.events import ReplyLockChanged
from crisisdesk.model.reply_lock import LASTS, ReplyLock
from crisisdesk.store import mentions, rows
from crisisdesk.store.database import Connection, Transaction


class ReplyLocks:
    """Keeps the soft locks."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.seat = secrets.token_hex(8)

    def of(self, mention_id: int) -> ReplyLock | None:
        """The lock that stands on a mention now."""
        with self._core.read() as connection:
            return self._standing(connection, mention_id)

    def standing(self) -> tuple[ReplyLock, ...]:
        """Every lock that stands now."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            return tuple(lock for lock in rows.reply_locks.where(connection) if lock.stands(now))

    def mine(self, lock: ReplyLock | None) -> bool:
        """Whether this desk holds it."""
        return lock is not None and lock.seat == self.seat

    def take(self, mention_id: int, *, over: bool = False) -> ReplyLock:
        """Begin to answer a mention.

        Args:
            over: take it from whoever holds it; that is written down with both names.

        Raises:
            StepError: somebody else is answering it (``lock.held``, with who and since when).
        """
        with self._core.write() as tx:
            mentions.get(tx.connection, mention_id)
            now = self._core.clock.now()
            held = self._standing(tx.connection, mention_id)
            if held is not None and held.seat == self.seat:
                return rows.reply_locks.update(tx.connection, held.id, expires_at=now + LASTS)
            if held is not None and not over:
                raise StepError("lock.held", who=held.by, since=self._local(held.since))
            rows.reply_locks.delete(tx.connection, mention_id=mention_id)
            taken = rows.reply_locks.insert(
                tx.connection,
                ReplyLock(
                    id=0,
                    mention_id=mention_id,
                    by=self._core.actor,
                    seat=self.seat,
                    since=now,
                    expires_at=now + LASTS,
                ),
            )
            self._told(tx, "lock.taken" if held is None else "lock.taken_over", taken, held)
            return taken

    def typing(self, mention_id: int) -> ReplyLock:
        """Its holder pressed a key: the lock lives on.

        Raises:
            StepError: it is not ours any more (``lock.lost``, with who has it; ``lock.gone`` when nobody has).
        """
        with self._core.write() as tx:
            now = self._core.clock.now()
            held = self._standing(tx.connection, mention_id)
            if held is None:
                raise StepError("lock.gone")
            if held.seat != self.seat:
                raise StepError("lock.lost", who=held.by, since=self._local(held.since))
            tx.emit(ReplyLockChanged(mention_id))
            return rows.reply_locks.update(tx.connection, held.id, typed_at=now, expires_at=now + LASTS)

    def release(self, mention_id: int) -> None:
        """Leave a mention unanswered; nothing happens when it is not ours."""
        with self._core.write() as tx:
            held = self._standing(tx.connection, mention_id)
            if held is not None and held.seat == self.seat:
                rows.reply_locks.delete(tx.connection, mention_id=mention_id)
                self._told(tx, "lock.released", held, None)

    def must_be_free(self, connection: Connection, mention_id: int) -> None:
        """Refuse what somebody else is answering, as ``StepError``."""
        held = self._standing(connection, mention_id)
        if held is not None and held.seat != self.seat:
            raise StepError("lock.held", who=held.by, since=self._local(held.since))

    def answered(self, tx: Transaction, mention_id: int) -> None:
        """It has its answer: nobody needs the lock any more."""
        rows.reply_locks.delete(tx.connection, mention_id=mention_id)
        tx.emit(ReplyLockChanged(mention_id))

    def _standing(self, connection: Connection, mention_id: int) -> ReplyLock | None:
        now: datetime = self._core.clock.now()
        lock = rows.reply_locks.first(connection, mention_id=mention_id)
        return lock if lock is not None and lock.stands(now) else None

    def _local(self, instant: datetime) -> str:
        return f"{instant.astimezone(ZoneInfo(self._core.zone)):%H:%M}"

    def _told(self, tx: Transaction, kind: str, lock: ReplyLock, before: ReplyLock | None) -> None:
        data = {"mention": str(lock.mention_id), "who": lock.by, "before": before.by if before else None}
        self._core.log_if_open(tx, kind, data=data)
        tx.emit(ReplyLockChanged(lock.mention_id))
