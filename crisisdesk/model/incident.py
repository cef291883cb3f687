"""An incident: what a person opened from an alert or by hand, pinned to the playbook version it began with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisisdesk.model.playbook import Bilingual


class IncidentState(StrEnum):
    """The life of an incident. ``RESOLVED`` still owes promises, compensation and a review."""

    ACTIVE = "active"
    RESOLVED = "resolved"
    CLOSED = "closed"


INCIDENT_STEPS: dict[IncidentState, frozenset[IncidentState]] = {
    IncidentState.ACTIVE: frozenset({IncidentState.RESOLVED}),
    IncidentState.RESOLVED: frozenset({IncidentState.ACTIVE, IncidentState.CLOSED}),
    IncidentState.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident.

    Attributes:
        name: short code a person can say, such as ``2026-11-22-1``; the command line takes it or the id.
        title: what people call it.
        started_at: T0, editable, logged.
        opened_at: when it was recorded.
        playbook_id: with ``playbook_version``, what it is pinned to.
        phase: id of the current phase.
        drill: unmistakable everywhere, sends nothing, counted nowhere.
    """

    id: int
    name: str
    title: str
    state: IncidentState
    level: int
    phase: str
    started_at: datetime
    opened_at: datetime
    zone: str
    playbook_id: str
    playbook_version: int
    alert_id: int | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who holds a role in an incident; ``contact_slug`` empty = nobody, and the desk nags."""

    incident_id: int
    role: str
    contact_slug: str
    since: datetime


class TaskState(StrEnum):
    """A task is open, done, or set aside with a reason."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTask:
    """A playbook task inside an incident."""

    id: int
    incident_id: int
    task_id: str
    phase: str
    do: Bilingual
    owner: str
    due_at: datetime
    state: TaskState
    done_at: datetime | None = None
    evidence: str = ""
    template: str = ""
    needs_evidence: bool = False
