"""The timeline: notes in one key, corrections that leave the original, stars for the short version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from crisisdesk.desk.attachments import attach, erase_file, files_of
from crisisdesk.desk.core import Core
from crisisdesk.model.attachment import Upload
from crisisdesk.model.chain import REDACTED
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.timeline import Entry, NoteKind
from crisisdesk.store import timeline, timeline_text
from crisisdesk.store.attachments import ATTACHED
from crisisdesk.store.database import Transaction

_KEPT: Final = frozenset({"entry", "incident", "alert"})  # what tells of the timeline itself, or what its times rest on


class Timeline:
    """Writes what people note; captured acts are written by the verbs that do them."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def note(
        self,
        incident_id: int | None,
        text: str,
        kind: NoteKind = NoteKind.FACT,
        occurred_at: datetime | None = None,
        *,
        files: Sequence[Upload] = (),
        between: tuple[int, int] | None = None,
    ) -> Entry:
        """Write a note, with its files in the same act.

        Args:
            occurred_at: when it happened, if earlier than now.
            between: ids of the two entries that it was put between, where its time is a guess and no more.
        """
        if not text.strip():
            raise InputError("timeline.empty_note")
        if occurred_at is not None and occurred_at > self._core.clock.now():
            raise InputError("timeline.future")
        with self._core.write() as tx:
            data = {"after": between[0], "before": between[1]} if between else {}
            note = self._core.log(
                tx, f"note.{kind.value}", incident_id, occurred_at=occurred_at, text=text.strip(), data=data
            )
            attach(self._core, tx, note.id, incident_id, files)
            return note

    def entries(
        self, incident_id: int, *, limit: int | None = None, originals: bool = False
    ) -> tuple[Entry, ...]:
        """The timeline newest first: as it reads now, or (``originals``) every row as first written."""
        with self._core.read() as connection:
            if limit is not None and not originals:
                ids = timeline.order(connection, incident_id, newest_first=True, limit=limit)
                return tuple(reversed(timeline.some(connection, incident_id, ids)))
            read = timeline.raw if originals else timeline.entries
            return tuple(reversed(read(connection, incident_id)))[:limit]

    def order(
        self,
        incident_id: int,
        nouns: Sequence[str] = (),
        *,
        starred: bool = False,
        oldest_first: bool = False,
        search: str = "",
        lang: str = "es",
    ) -> tuple[int, ...]:
        """Ids of the entries in their order, only those of ``nouns`` (``note``, ``call``…) or the starred ones.

        ``search`` are words of their sentence in ``lang``, of who did it or of their files; no syntax, accents aside.
        """
        with self._core.read() as connection:
            return timeline.order(
                connection, incident_id, nouns=nouns, starred=starred, newest_first=not oldest_first, search=search,
                lang=lang,
            )  # fmt: skip

    def count(self, incident_id: int) -> int:
        """How many entries there are in all."""
        with self._core.read() as connection:
            return timeline.count(connection, incident_id)

    def some(self, incident_id: int, ids: Sequence[int]) -> tuple[Entry, ...]:
        """The entries with these ids as they read now, ascending by time."""
        with self._core.read() as connection:
            return timeline.some(connection, incident_id, ids)

    def revise(
        self, entry_id: int, text: str, occurred_at: datetime | None = None, reason: str = ""
    ) -> Entry:
        """Correct a note's text or time; the original stays and can be read.

        Raises:
            StepError: no note, or one that was taken out or deleted by law: nobody would read the new words.
        """
        if not text.strip():
            raise InputError("timeline.empty_note")
        if occurred_at is not None and occurred_at > self._core.clock.now():
            raise InputError("timeline.future")
        with self._core.write() as tx:
            first = timeline.get(tx.connection, entry_id)
            if not first.kind.startswith("note."):
                raise StepError("timeline.only_notes", kind=first.kind)
            if not first.text:
                raise StepError("timeline.redacted")
            if timeline.is_removed(tx.connection, first.revises or first.id):
                raise StepError("timeline.removed")
            return self._core.log(
                tx,
                first.kind,
                first.incident_id,
                occurred_at=occurred_at or first.occurred_at,
                text=text.strip(),
                revises=first.revises or first.id,
                data=(_known(first) if occurred_at else first.data) | ({"reason": reason} if reason else {}),
            )

    def remove(self, entry_id: int, reason: str) -> Entry:
        """Take a note or a file out of the timeline: an event of its own; what was taken out stays in the data file."""
        with self._core.write() as tx:
            first = self._reasoned(tx, entry_id, reason)
            if not first.kind.startswith("note.") and first.kind != ATTACHED:
                raise StepError("timeline.only_notes", kind=first.kind)
            data = {"entry": first.revises or first.id, "reason": reason.strip()}
            if first.kind == ATTACHED:
                data["of"] = "file"
            return self._core.log(tx, timeline.REMOVED, timeline.incident_of(tx.connection, entry_id), data=data)

    def redact(self, entry_id: int, reason: str) -> Entry:
        """Take an entry's words out of the data file for good, because the law wants it; their hash stays.

        Who did it, when and why is an event of its own. Revisions and files go with it, and a file that other entries
        hold goes there as well. Copies outside of the data file (reports, packs, backups) are not reached.
        """
        with self._core.write() as tx:
            first = self._reasoned(tx, entry_id, reason)
            if first.kind == ATTACHED:
                event = erase_file(self._core, tx, first, reason.strip())
            elif first.kind.partition(".")[0] in _KEPT:
                raise StepError("timeline.kept", kind=first.kind)
            else:
                root = first.revises or first.id
                incident = timeline.incident_of(tx.connection, root)
                event = self._core.log(tx, REDACTED, incident, data={"entry": root, "reason": reason.strip()})
                timeline.blank(tx.connection, root)
                for file in files_of(tx.connection, root):
                    erase_file(self._core, tx, file, reason.strip())
            timeline_text.purge(tx.connection)
        self._core.store.scrub()
        return event

    def _reasoned(self, tx: Transaction, entry_id: int, reason: str) -> Entry:
        if not reason.strip():
            raise InputError("timeline.no_reason")
        return timeline.get(tx.connection, entry_id)

    def star(self, entry_id: int, on: bool = True) -> None:
        """Choose an entry for the short version, or take it out again."""
        with self._core.write() as tx:
            entry = timeline.get(tx.connection, entry_id)
            incident = timeline.incident_of(tx.connection, entry_id)
            self._core.log(
                tx, timeline.STARRED, incident, data={"entry": entry.revises or entry.id, "on": on}
            )


def _known(note: Entry) -> dict[str, object]:
    """A note's values without the entries that it was put between: somebody has said when it was."""
    return {name: value for name, value in note.data.items() if name not in ("after", "before")}
