"""Erasing one person by law: everything they said and every place where they are named, with who did it and why.

The chain keeps its hashes, the counts stay, and the act tells numbers and no name. What was exported or copied cannot
be reached from here; the files that the desk knows of are named to the person who asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crisisdesk.desk.attachments import attachments_of, erase_file, files_of
from crisisdesk.desk.core import Core
from crisisdesk.model.chain import REDACTED
from crisisdesk.model.erasure import Erasure, Traces
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import ChangedElsewhere, MentionsChanged
from crisisdesk.store import attachments, erasure, full_text, mentions, timeline, timeline_text
from crisisdesk.store.attachments import ATTACHED
from crisisdesk.store.database import Connection, Transaction

_STAYS: Final = frozenset({"incident", "alert", "entry"})  # times and the timeline itself rest on them
_PACKED: Final = "evidence.packed"


@dataclass(frozen=True, slots=True)
class _Found:
    """What belongs to one person."""

    source: str
    person: str
    ids: list[int]
    texts: list[str]
    traces: Traces


class _LookedOnly(Exception):
    """Ends a transaction in which nothing was meant to stay."""


class Erasures:
    """Erases people.

    Args:
        ours: names of the brand, which nobody's erasure takes out of the texts.
    """

    def __init__(self, core: Core, ours: tuple[str, ...]) -> None:
        self._core = core
        self._ours = ours

    def look(self, mention_id: int, *, only: bool = False) -> Erasure:
        """What :meth:`erase` would take; nothing stays changed."""
        told: list[Erasure] = []
        try:
            with self._core.write() as tx:
                told.append(self._erase(tx, self._find(tx.connection, mention_id, only), "—"))
                raise _LookedOnly
        except _LookedOnly:
            return told[0]

    def erase(self, mention_id: int, reason: str, *, only: bool = False) -> Erasure:
        """Erase the author of a mention: their mentions, and every name and quote of theirs.

        Args:
            only: this mention and its quotes alone; so it is where the mention names nobody.

        Raises:
            InputError: no reason.
            NotFoundError: no such mention.
        """
        if not reason.strip():
            raise InputError("timeline.no_reason")
        with self._core.write() as tx:
            done = self._erase(tx, self._find(tx.connection, mention_id, only), reason.strip())
            full_text.purge(tx.connection)
            timeline_text.purge(tx.connection)
            tx.emit(MentionsChanged(edited=0, buried=done.mentions), ChangedElsewhere())
        self._core.store.scrub()
        return done

    def _find(self, connection: Connection, mention_id: int, only: bool) -> _Found:
        said = mentions.get(connection, mention_id).mention
        person = "" if only else said.author_id or said.author
        ids = erasure.ids_of(connection, said.source, person) if person else [mention_id]
        texts = erasure.texts_of(connection, ids)
        traces = erasure.traces(connection, ids, said.source, person, self._ours)
        return _Found(said.source, person, ids, texts, traces)

    def _erase(self, tx: Transaction, found: _Found, reason: str) -> Erasure:
        connection, traces = tx.connection, found.traces
        packs = self._packs(connection, found)
        erasure.bury(connection, found.ids, traces, self._core.clock.now())
        if found.person:
            erasure.forget_person(connection, found.source, found.person, traces)
        quotes = erasure.strike_mentions(connection, found.ids, traces, found.texts)
        quotes += erasure.strike_tables(connection, traces)
        why = traces.strike(reason)
        entries, files, left = self._entries(tx, traces, why)
        done = Erasure(
            mentions=len(found.ids), quotes=quotes, entries=entries, files=files, left=left, packs=packs
        )
        data = {
            "reason": why, "n": done.mentions, "quotes": quotes, "entries": entries, "files": files, "left": len(left),
        }  # fmt: skip
        self._core.log(tx, "person.erased", self._core.open_incident(connection), data=data)
        return done

    def _entries(self, tx: Transaction, traces: Traces, why: str) -> tuple[int, int, tuple[int, ...]]:
        """Blank the rows of the timeline that name or quote the person, and erase the files that do."""
        connection, roots, left, files, done = tx.connection, {}, [], {}, set()
        for row, kind in erasure.entries_with(connection, traces):
            entry = timeline.get(connection, row)
            if kind == ATTACHED:
                files[row] = entry
            elif kind.partition(".")[0] in _STAYS:
                left.append(row)
            else:
                roots[entry.revises or entry.id] = entry
        for file in attachments_of(connection):
            content = attachments.content(connection, str(file.data["sha256"]))
            if content is not None and traces.within(content):
                files[file.id] = file
        for root in roots:
            files |= {file.id: file for file in files_of(connection, root)}
        for file in files.values():
            if str(file.data["sha256"]) not in done:
                done.add(str(file.data["sha256"]))
                erase_file(self._core, tx, file, why)
        for root in roots:
            incident = timeline.incident_of(connection, root)
            self._core.log(tx, REDACTED, incident, data={"entry": root, "reason": why})
            timeline.blank(connection, root)
        return len(roots), len(done), tuple(left)

    def _packs(self, connection: Connection, found: _Found) -> tuple[str, ...]:
        """Files that were exported while the person's words were there."""
        first = min((mentions.get(connection, n).mention.fetched_at for n in found.ids), default=None)
        if first is None:
            return ()
        return tuple(dict.fromkeys(timeline.told_since(connection, _PACKED, first, "file")))
