"""What the timeline's page reads: which entries a filter lets through, and those that are in sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from crisisdesk.model.timeline import Entry
from ui.models.columns import Look

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "all": (),
    "notes": ("note",),
    "decisions": ("note.decision",),
    "pending": ("note.pending",),
    "incident": ("alert", "incident", "role", "task", "fact", "review"),
    "calls": ("escalation", "call"),
    "texts": ("draft",),
    "promises": ("commitment",),
    "outside": ("inject",),
    "starred": (),
}


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
