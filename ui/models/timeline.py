"""What the timeline's page reads: which entries a filter lets through, and those that are in sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crisisdesk.model.timeline import Entry
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from ui.models.columns import Look

if TYPE_CHECKING:
    from crisisdesk.app import Desk

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "all": (),
    "notes": ("note",),
    "decisions": ("note.decision",),
    "pending": ("note.pending",),
    "incident": ("alert", "incident", "role", "task", "fact"),
    "calls": ("escalation", "call"),
    "texts": ("draft",),
    "promises": ("commitment",),
    "outside": ("inject",),
    "starred": (),
}
_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted, and in which order."""

    group: str = "all"
    search: str = ""
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class TimelineView:
    """The entries that a filter lets through: the ids of all in its order, and the few that were in sight."""

    incident_id: int | None
    filter: Filter
    ids: tuple[int, ...]
    held: tuple[Entry, ...]
    total: int
    look: Look


def found(desk: Desk, incident_id: int, ids: tuple[int, ...], search: str, texts: Texts) -> tuple[int, ...]:
    """Those of ``ids`` whose sentence, or who did it, holds ``search``; some at a time, whatever their number."""
    words, zone = search.casefold(), desk.zone
    kept: set[int] = set()
    for first in range(0, len(ids), _AT_ONCE):
        for entry in desk.timeline.some(incident_id, ids[first : first + _AT_ONCE]):
            if words in f"{entry_sentence(entry, texts, zone)} {entry.actor}".casefold():
                kept.add(entry.id)
    return tuple(n for n in ids if n in kept)
