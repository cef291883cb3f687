"""A soft lock: who is answering a mention just now. It runs out by itself, and may be taken over, never silently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LASTS: Final = timedelta(minutes=2)
"""After so long without a sign of its holder a lock is nobody's."""
WRITING: Final = timedelta(seconds=10)
"""So long after a key was pressed its holder «is writing»."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLock:
    """One mention's lock.

    Attributes:
        by: the person.
        seat: the open desk that the person sits at; the same person at two of them is two holders.
        since: when it was taken.
        typed_at: when its holder last pressed a key in the answer, or ``None``.
        expires_at: when it is nobody's, unless its holder goes on.
    """

    id: int
    mention_id: int
    by: str
    seat: str
    since: datetime
    expires_at: datetime
    typed_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """Whether it still holds others off."""
        return now < self.expires_at

    def writing(self, now: datetime) -> bool:
        """Whether its holder pressed a key a moment ago."""
        return self.stands(now) and self.typed_at is not None and now - self.typed_at < WRITING
