"""Which playbook is in use, and which one an incident began with."""

from __future__ import annotations

from pathlib import Path

from resources import files

from crisisdesk.desk.core import Core
from crisisdesk.model.errors import InputError, NotFoundError
from crisisdesk.model.events import PlaybookChanged
from crisisdesk.model.finding import Finding
from crisisdesk.model.playbook import Playbook
from crisisdesk.playbooks.read import inspect, read
from crisisdesk.store import sources

_IN_USE = "playbook"


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
        playbook, findings = inspect(_bytes(path), path.name)
        return playbook, tuple(findings)

    def use(self, path: Path) -> Playbook:
        """Put another playbook in use; PlaybookError keeps the one that is."""
        playbook = read(_bytes(path), path.name)
        with self._core.write() as tx:
            sources.set_meta(tx.connection, _IN_USE, playbook.source)
            tx.emit(PlaybookChanged(playbook.id, playbook.version))
        self.current = playbook
        return playbook

    def of(self, incident_id: int) -> Playbook:
        """The playbook, in the very version, that the incident began with."""
        with self._core.read() as connection:
            pinned = sources.pinned_playbook(connection, incident_id)
        if pinned is None:
            raise NotFoundError("store.no_incident", id=incident_id)
        digest, text = pinned
        if digest not in self._parsed:
            self._parsed[digest] = read(text, "playbook.yaml")
        return self._parsed[digest]


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
        raise InputError("playbook.unreadable", path=path.name, reason=error.strerror or "") from error
