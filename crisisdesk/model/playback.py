"""A past incident as a film: everything that its board showed, with the instant from which it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crisisdesk.model.commitment import Commitment, NextItem
from crisisdesk.model.escalation import CallAttempt
from crisisdesk.model.incident import Incident, IncidentTask
from crisisdesk.model.mention import Gap
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.model.room import ChartData, Flag
from crisisdesk.model.timeline import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One incident from an hour before its T0 to an hour after its end, read once.

    Attributes:
        chart: over the whole of it; ``second`` is the incident beside it, its T0 on this one's.
        rows: of the timeline, as written and in that order; ``instants`` are when each was.
        levels: task → the lowest level of the incident that wants it.
        published: draft → when the public saw it.
        roles: ladder → name of its role, ``ladders`` → its id; ``attempts`` are the calls of all of them.
        names: contact → name.
    """

    incident: Incident
    playbook: Playbook
    chart: ChartData
    rows: tuple[Entry, ...]
    instants: tuple[datetime, ...]
    commitments: tuple[Commitment, ...]
    tasks: tuple[IncidentTask, ...]
    levels: Mapping[int, int]
    attempts: tuple[CallAttempt, ...]
    roles: Mapping[int, Bilingual]
    ladders: Mapping[int, str]
    names: Mapping[str, str]
    published: Mapping[int, datetime]

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return self.chart.start

    @property
    def end(self) -> datetime:
        """Its last instant."""
        return self.chart.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The board as it was at one instant: what had been written down by then, and nothing of later.

    Attributes:
        entries: newest first, the last ones only; ``more`` = there were older ones.
        ledger: promises made by then, in the state they had.
        next: what was due next.
        flags: own acts and alerts on the chart, with the hours promised and not yet come.
        counted: how many of the film's counts had closed.
        mentions: how many mentions that makes.
        level: of the incident, 0 before it was opened.
    """

    at: datetime
    entries: tuple[Entry, ...]
    more: bool
    ledger: tuple[Commitment, ...]
    next: tuple[NextItem, ...]
    flags: tuple[Flag, ...]
    gaps: tuple[Gap, ...]
    counted: int
    mentions: int
    level: int
