"""The clock of the first reply: until when, by the process table, and how much has been left waiting."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.office import Due, Office
from crisisdesk.model.playbook import MentionType
from crisisdesk.pipeline.working_hours import due, newest_overdue
from crisisdesk.store import inbox
from crisisdesk.store.database import Connection

QUEUE: Final = timedelta(days=3)
"""What nobody answered in so long is history and not a queue any more."""


class ReplyClock:
    """Counts the time for a first reply.

    Args:
        office: the hours in which this desk answers; ``None`` = always.
        office_types: types of the process table that are counted in those hours; the others by the wall.
    """

    def __init__(
        self, core: Core, playbooks: Playbooks, office: Office | None = None, office_types: tuple[str, ...] = ()
    ) -> None:
        self._core = core
        self._playbooks = playbooks
        self._office = office
        self._office_types = frozenset(office_types)

    def due(self, stored: StoredMention) -> Due | None:
        """Until when a mention wants its first reply, and the sum; ``None`` where its type wants none."""
        kind = self._playbooks.current.mention_type(stored.verdict.type)
        if kind is None or not _wants(kind) or kind.first_reply is None:
            return None
        hours = self._hours(kind)
        return due(stored.mention.published_at, kind.first_reply, hours, self._core.zone, self._core.country)

    def standing(self, stored: StoredMention) -> tuple[Due | None, bool]:
        """Until when a mention wants its first reply (see :meth:`due`), and whether it has had one."""
        told = self.due(stored)
        if told is None:
            return None, False
        with self._core.read() as connection:
            return told, inbox.is_answered(connection, stored.id)

    def cuts(self, at: datetime) -> dict[str, datetime]:
        """Type → the latest instant of asking whose time for a first reply is over at ``at``."""
        zone, country = self._core.zone, self._core.country
        return {
            kind.id: newest_overdue(at, kind.first_reply, self._hours(kind), zone, country)
            for kind in self._playbooks.current.mention_types
            if _wants(kind) and kind.first_reply is not None
        }

    def backlog(self, at: datetime | None = None) -> dict[str, int]:
        """Type → mentions of the last three days whose time was over without an answer at ``at`` (now)."""
        with self._core.read() as connection:
            return self.waiting(connection, at or self._core.clock.now())

    def waiting(self, connection: Connection, at: datetime) -> dict[str, int]:
        """:meth:`backlog` inside a transaction."""
        return inbox.backlog(connection, self.cuts(at), at - QUEUE, at)

    def _hours(self, kind: MentionType) -> Office | None:
        return self._office if kind.id in self._office_types else None


def _wants(kind: MentionType) -> bool:
    return kind.answer and kind.first_reply is not None and kind.first_reply > timedelta(0)
