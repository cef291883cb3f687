"""Snapshots that pages show: plain values read in one transaction, never live objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crisisdesk.model.alert import Alert
from crisisdesk.model.commitment import NextItem
from crisisdesk.model.concern import Concern
from crisisdesk.model.incident import Assignment, Incident, IncidentTask
from crisisdesk.model.mention import Gap, MinuteCount, SourceHealth
from crisisdesk.model.playbook import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseProgress:
    """A phase with how much of it is done; ``current`` is where the incident stands."""

    id: str
    name: Bilingual
    done: int
    total: int
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The last text that the public saw."""

    draft_id: int
    purpose: Bilingual
    at: datetime
    channels: int
    body: Bilingual
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomView:
    """All of the room's lists and bars at one instant.

    Attributes:
        now: the desk's clock when it was read.
        incident: the incident on screen, or ``None`` on a calm day.
        alert: the alert that wants an answer, else the one the incident began with.
        last_published: the last published text.
        owed_at: the next time owed to the public, with ``owed_what``.
        next: due first.
        decides: name of the contact who decides now.
        may_give_time: names of roles that may give a time.
        learning_days: days of history that the detector has seen; below ``needed_days`` it is still learning.
        before: ``(days ago, mentions)`` of the very stretch that ``alert`` counts, a day and a week earlier; left out
            where there was no history yet.
        concerns: other signals that nobody has looked at, newest first.
    """

    now: datetime
    zone: str
    incident: Incident | None
    level_name: Bilingual
    alert: Alert | None
    last_published: Published | None
    owed_at: datetime | None
    owed_what: Bilingual
    next: tuple[NextItem, ...]
    phases: tuple[PhaseProgress, ...]
    assignments: tuple[Assignment, ...]
    tasks: tuple[IncidentTask, ...]
    decides: str
    may_give_time: tuple[Bilingual, ...]
    open_incidents: int
    sources: tuple[SourceHealth, ...]
    drill: bool
    learning_days: float = 0.0
    needed_days: float = 14.0
    before: tuple[tuple[int, int], ...] = ()
    concerns: tuple[Concern, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A mark on the chart: one of our own acts, an alert, a promise."""

    at: datetime
    kind: str
    label: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondSeries:
    """A second count over the same stretch, drawn as a line over the bars.

    Attributes:
        kind: ``negative`` or ``complaints`` (they are in ``ChartData.counts``), ``words`` or ``incident``.
        label: what it counts, in the reader's language; the words looked for, or the past incident's title.
        counts: ``(bucket's start, mentions)`` ascending, zeros left out; empty for the first two kinds.
        shift: how far a past incident was moved to the right so that its T0 stands on the present one's.
    """

    kind: str
    label: Bilingual = Bilingual()
    counts: tuple[tuple[datetime, int], ...] = ()
    shift: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondWanted:
    """Which second series is asked for: a ``kind`` of :class:`SecondSeries`, with its words or its past incident."""

    kind: str
    words: str = ""
    incident_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartData:
    """What the chart draws.

    Attributes:
        start: first minute, UTC.
        end: last minute, UTC, exclusive.
        step: bucket width.
        counts: one per bucket with at least one mention, ascending; ``minute`` is the bucket's start.
        expected: expected mentions per bucket, one per bucket from ``start``: ``(low, middle, high)``; may reach
            beyond ``end``, so that the chart can move on without asking again.
        gaps: stretches unheard.
        flags: ascending.
        incident_from: T0 to shade from, or ``None``.
        incident_until: when the incident was resolved, or ``None`` while it lasts.
        second: a second series, or ``None``.
    """

    start: datetime
    end: datetime
    step: timedelta
    counts: tuple[MinuteCount, ...]
    expected: tuple[tuple[float, float, float], ...]
    gaps: tuple[Gap, ...]
    flags: tuple[Flag, ...]
    incident_from: datetime | None
    zone: str
    incident_until: datetime | None = None
    second: SecondSeries | None = None


def bucket_step(span: timedelta, most: int) -> timedelta:
    """The narrowest bucket of whole minutes with which ``span`` has at most about ``most`` buckets."""
    minutes = span / timedelta(minutes=1) / max(1, most)
    for whole in (1, 2, 5, 10, 15, 30, 60):
        if minutes <= whole:
            return timedelta(minutes=whole)
    return timedelta(hours=2) if minutes <= 120 else timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayStatus:
    """Where a replay or drill stands; ``progress`` is 0–1."""

    running: bool
    paused: bool
    speed: float
    progress: float
    title: str
    drill: bool
