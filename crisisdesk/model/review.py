"""What the review and every report tell about one incident."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from crisisdesk.model.alert import Alert
from crisisdesk.model.chain import Link
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import Draft
from crisisdesk.model.duties import AreaSigned, CallCentre, Duty
from crisisdesk.model.escalation import CallAttempt, Escalation
from crisisdesk.model.fact import Fact
from crisisdesk.model.followup import Followup
from crisisdesk.model.history import Calibration
from crisisdesk.model.incident import Assignment, Incident, IncidentTask
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.playbook import Playbook
from crisisdesk.model.room import ChartData
from crisisdesk.model.timeline import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A T-milestone: what the playbook wanted and what happened, both counted from T0.

    Attributes:
        key: ``detected``, ``opened``, ``first_call``, ``first_message``, ``scope``, ``first_time``, ``resolved``;
            its name is ``review.milestone.<key>``.
        target: the playbook's target, or ``None``.
        took: how long it took, or ``None`` when it has not happened.
    """

    key: str
    target: timedelta | None
    took: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseScore:
    """How promises of one kind were kept."""

    made: int
    kept: int
    moved: int
    withdrawn: int
    broken: int
    open: int
    median_lateness: timedelta | None


def score(commitments: Iterable[Commitment]) -> PromiseScore:
    """Count promises by their end; lateness in whole timedeltas, negative = early."""
    found = list(commitments)
    late = [delta for c in found if (delta := c.lateness()) is not None]

    def of(state: CommitmentState) -> int:
        return sum(c.state is state for c in found)

    return PromiseScore(
        made=len(found),
        kept=of(CommitmentState.KEPT),
        moved=of(CommitmentState.MOVED),
        withdrawn=of(CommitmentState.WITHDRAWN),
        broken=of(CommitmentState.BROKEN),
        open=of(CommitmentState.OPEN),
        median_lateness=timedelta(seconds=median(d.total_seconds() for d in late)) if late else None,
    )


def scores(commitments: Iterable[Commitment]) -> tuple[PromiseScore, PromiseScore]:
    """Those of a solution or to one person, and those of the next news, each by :func:`score`."""
    found = list(commitments)
    news = CommitmentKind.NEXT_UPDATE
    return score(c for c in found if c.kind is not news), score(c for c in found if c.kind is news)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The little of an incident that a list of many shows."""

    incident: Incident
    first_message: Milestone
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """What was labelled in a stretch: of ``n`` mentions, so many positive and negative; the rest has no label."""

    n: int
    positive: int
    neutral: int
    negative: int

    @property
    def labelled(self) -> int:
        """How many have a label."""
        return self.positive + self.neutral + self.negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """How people were answered one by one, and in what mood they were; see ``docs/measures.md``.

    Attributes:
        answered: mentions of the incident with an answer of their own.
        median: time to the first answer, ``None`` where there is none; ``p90`` likewise.
        backlog: complaints without an answer, at their most, and when.
        before: the day before T0; ``during`` the incident; ``after`` the day after its end, ``None`` until then.
    """

    answered: int
    median: timedelta | None
    p90: timedelta | None
    backlog: tuple[datetime, int] | None
    before: Mood
    during: Mood
    after: Mood | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewData:
    """Everything of one incident, read in one transaction.

    Attributes:
        chart: counts over the incident with an hour before and after, for the figure.
        entries: the timeline with corrections applied, ascending by ``occurred_at``; ``originals`` as first written.
        published: drafts as published, ascending.
        mentions: count over the incident; ``examples`` are a few originals.
        by_source: channel → count, largest first.
        peak: the highest minute and its count.
        answering: how people were answered one by one.
        followup: what was decided afterwards; only the team reads it.
        duties: how many mentions came through each of the five duties.
        areas: what each area was asked and signed, for the team only; likewise ``call_centre``, its days around it.
        calibration: whether the risks that stood beside this incident's promises were right; ``calibration_all`` beside
            those of every incident that was no drill. Only the team reads them.
        head: the newest link of the timeline's chain when it was read; every report bears it.
    """

    made_at: datetime
    actor: str
    incident: Incident
    playbook: Playbook
    alert: Alert | None
    chart: ChartData
    milestones: tuple[Milestone, ...]
    entries: tuple[Entry, ...]
    originals: tuple[Entry, ...]
    published: tuple[Draft, ...]
    commitments: tuple[Commitment, ...]
    promises: PromiseScore
    updates: PromiseScore
    facts: tuple[Fact, ...]
    tasks: tuple[IncidentTask, ...]
    assignments: tuple[Assignment, ...]
    contacts: tuple[Contact, ...]
    escalations: tuple[Escalation, ...]
    attempts: tuple[CallAttempt, ...]
    mentions: int
    complaints: int
    by_source: tuple[tuple[str, int], ...]
    peak: tuple[datetime, int] | None
    examples: tuple[StoredMention, ...]
    head: Link | None = None
    answering: Answering | None = None
    followup: Followup | None = None
    duties: tuple[Duty, ...] = ()
    areas: tuple[AreaSigned, ...] = ()
    call_centre: CallCentre | None = None
    calibration: tuple[Calibration, ...] = ()
    calibration_all: tuple[Calibration, ...] = ()

    @property
    def own_texts(self) -> tuple[Draft, ...]:
        """Those of ``published`` that answer nobody."""
        return tuple(draft for draft in self.published if draft.mention_id is None)
