"""Which playbook is in use, which one an incident began with, and the text that is being written."""

from __future__ import annotations

import logging
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from resources import files

from crisisdesk.desk.core import Core
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import InputError, NotFoundError, PlaybookError
from crisisdesk.model.events import PlaybookChanged
from crisisdesk.model.fault import fault_of
from crisisdesk.model.finding import Finding
from crisisdesk.model.playbook import Playbook
from crisisdesk.paths import put_file
from crisisdesk.playbooks import save
from crisisdesk.playbooks.health import Health, health
from crisisdesk.playbooks.outline import Change, Line, Understood, apply, compare, outline
from crisisdesk.playbooks.read import inspect, read
from crisisdesk.playbooks.rehearse import Rehearsal, rehearse
from crisisdesk.store import rows, sources

log = logging.getLogger(__name__)

_IN_USE = "playbook"
_WRITING = "playbook_writing"


class Playbooks:
    """Keeps the playbook in use; a broken one never takes its place."""

    def __init__(self, core: Core, default: str) -> None:
        self._core = core
        self._parsed: dict[str, Playbook] = {}
        with core.read() as connection:
            stored = sources.get_meta(connection, _IN_USE)
        if stored is None:
            text = shipped(default)
            self.current = read(text, f"{default}.yaml")
        else:
            self.current = read(str(stored), f"{default}.yaml")

    def inspect(self, path: Path) -> tuple[Playbook | None, tuple[Finding, ...]]:
        """Read a file without using it: the playbook (``None`` when an error blocks) and every finding."""
        playbook, findings = inspect(_bytes(path), path.name, today=self._today(), contacts=self._people())
        return playbook, tuple(findings)

    def use(self, path: Path) -> Playbook:
        """Put another playbook in use; PlaybookError keeps the one that is."""
        return self._use(read(_bytes(path), path.name))

    def _use(self, playbook: Playbook) -> Playbook:
        with self._core.write() as tx:
            tx.undo(partial(setattr, self, "current", self.current))
            sources.set_meta(tx.connection, _IN_USE, playbook.source)
            sources.set_meta(tx.connection, _WRITING, None)
            tx.emit(PlaybookChanged(playbook.id, playbook.version))
        self.current = playbook
        return playbook

    def refresh(self) -> None:
        """What another desk on the data file has put in use is in use here too; what cannot be read here is not."""
        with self._core.read() as connection:
            stored = sources.get_meta(connection, _IN_USE)
        if stored is None or str(stored) == self.current.source:
            return
        try:
            self.current = read(str(stored), self._file())
        except PlaybookError:
            log.warning("another desk uses a playbook that this one cannot read")

    # -- writing ---------------------------------------------------------------------------------------------------

    def writing(self) -> str:
        """The text that is being written: what was kept of it, else the playbook in use."""
        with self._core.read() as connection:
            kept = sources.get_meta(connection, _WRITING)
        return self.current.source if kept is None else str(kept)

    def keep_writing(self, text: str) -> None:
        """Keep what is being written, whatever is wrong with it; the playbook in use stays."""
        with self._core.write() as tx:
            sources.set_meta(tx.connection, _WRITING, None if text == self.current.source else text)

    def understand(self, text: str) -> Understood:
        """Look at a text without using it; never raises."""
        playbook, findings = inspect(text, self._file(), today=self._today(), contacts=self._people())
        data, english = outline(text)
        return Understood(text, playbook, findings, data, english)

    def change(self, text: str, change: Change) -> str:
        """``text`` with one change of the form; ``InputError`` when it has to be made by hand."""
        return apply(text, change)

    def save(self, text: str) -> Playbook:
        """Put a text in use as the next version; PlaybookError keeps the one that is, and the text stays written."""
        self.keep_writing(text)
        self.refresh()
        playbook = read(text, self._file())
        if playbook.id == self.current.id and text != self.current.source:
            wanted = max(self.current.version + 1, playbook.version)
            playbook = read(save.set_value(text, ("version",), str(wanted)), self._file())
        return self._use(playbook)

    def export(self, text: str, path: Path) -> None:
        """Write a text to a file of the person's."""
        try:
            put_file(path, text.encode("utf-8"))
        except OSError as error:
            raise InputError("playbook.unwritable", path=path.name, reason=fault_of(error)) from error

    def difference(self, incident_id: int, text: str | None = None) -> tuple[Line, ...]:
        """What ``text`` (the playbook in use) has that the incident's version has not, line by line."""
        return compare(self.of(incident_id).source, self.current.source if text is None else text)

    # -- rehearsing ------------------------------------------------------------------------------------------------

    def rehearse(self, level: int, at: time) -> Rehearsal:
        """The first hour of the playbook in use at ``level``, from ``at`` in its zone, with nobody answering."""
        return rehearse(self.current, day=self._today(), at=at, level=level, contacts=self._people())

    def health(self, last_drill: date | None, trained_roles: frozenset[str]) -> Health:
        """How ready the playbook in use is, and what is missing."""
        people, today = self._people(), self._today()
        found = inspect(self.current.source, self._file(), today=today, contacts=people)[1]
        return health(self.current, found, today=today, contacts=people, last_drill=last_drill,
                      trained_roles=trained_roles)  # fmt: skip

    def _people(self) -> dict[str, Contact]:
        with self._core.read() as connection:
            return {contact.slug: contact for contact in rows.contacts.where(connection)}

    def _today(self) -> date:
        return self._now().astimezone(ZoneInfo(self._core.zone)).date()

    # -- of an incident --------------------------------------------------------------------------------------------

    def of(self, incident_id: int) -> Playbook:
        """The playbook, in the very version, that the incident began with or was taken to since."""
        with self._core.read() as connection:
            pinned = sources.pinned_playbook(connection, incident_id)
        if pinned is None:
            raise NotFoundError("store.no_incident", id=incident_id)
        digest, text = pinned
        if digest not in self._parsed:
            self._parsed[digest] = read(text, "playbook.yaml")
        return self._parsed[digest]

    def _file(self) -> str:
        return f"{self.current.id}.yaml"

    def _now(self) -> datetime:
        return self._core.clock.now()


def shipped(name: str) -> str:
    """The text of a playbook that comes with CrisisDesk."""
    entry = files("playbooks", f"{name}.yaml")
    if not entry.is_file():
        raise InputError("playbook.not_shipped", name=name)
    return entry.read_text("utf-8")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("playbook.unreadable", path=path.name, reason=fault_of(error)) from error
