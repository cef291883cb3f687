"""What a check looks at: the playbook as built, where everything stands in the file, the day, and the contacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from crisisdesk.model.contact import Contact
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.model.playbook import Playbook, Task
from crisisdesk.playbooks.nodes import clip
from crisisdesk.playbooks.schema import Place, Reading

DEPUTY = ".suplente"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """One playbook under check. ``contacts`` is ``None`` when nobody can be looked up."""

    playbook: Playbook
    reading: Reading
    today: date
    contacts: Mapping[str, Contact] | None = None

    def place(self, path: str) -> Place:
        """Where ``path`` stands, or the nearest part of it that is in the file."""
        while path and path not in self.reading.places:
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return self.reading.places.get(path, Place(1, ""))

    def error(self, number: int, key: str, path: str, **fields: object) -> Finding:
        """A finding that blocks."""
        return self._finding(number, Severity.ERROR, key, path, fields)

    def warning(self, number: int, key: str, path: str, **fields: object) -> Finding:
        """A finding that does not block."""
        return self._finding(number, Severity.WARNING, key, path, fields)

    def _finding(self, number: int, severity: Severity, key: str, path: str, fields: dict[str, object]) -> Finding:
        place = self.place(path)
        told = {name: clip(value) if isinstance(value, str) else value for name, value in fields.items()}
        return Finding(
            number=number,
            severity=severity,
            key=key,
            file=self.reading.file,
            line=max(place.line, 1),
            where=place.shown or path,
            read=clip(place.read),
            fields=told,
        )

    def tasks(self) -> Iterator[tuple[str, Task]]:
        """Every task with its path, in the order of the file."""
        for i, phase in enumerate(self.playbook.phases):
            for j, task in enumerate(phase.tasks):
                yield f"fases[{i}].tareas[{j}]", task

    def woken(self) -> frozenset[str]:
        """Roles that some level wakes."""
        return frozenset(role for level in self.playbook.levels for role in level.wakes)
