"""An alert: the detector proposes that something is happening; a person decides what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisisdesk.model.playbook import Bilingual


class SignalKind(StrEnum):
    """What rose: everything, or only what is of one sort."""

    VOLUME = "volume"
    COMPLAINTS = "complaints"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What the detector saw at the close of one minute, or at one mention.

    Attributes:
        at: the instant of the decision (the minute's end, or the second after the mention that decided), UTC.
        since: when the rise began, UTC, a minute's start.
        count: mentions from ``since`` to ``at``.
        expected: mentions expected in the same stretch by the hour-of-week profile.
        ratio: ``count / expected``, with ``expected`` floored so that it is finite.
        window_minutes: the stretch's length.
        return_days: so much in so short a time happens once in this many days.
        amplified: only the raw count fires, distinct authors of originals do not.
        learning_days: days of history learnt so far; below ``needed_days`` the alert is provisional.
        needed_days: days of history that the detector wants.
        kind: what rose.
    """

    at: datetime
    since: datetime
    count: int
    expected: float
    ratio: float
    window_minutes: int
    return_days: float
    amplified: bool = False
    learning_days: float = 0.0
    needed_days: float = 14.0
    kind: SignalKind = SignalKind.VOLUME

    @property
    def provisional(self) -> bool:
        """Whether the detector is still learning this brand."""
        return self.learning_days < self.needed_days


@dataclass(frozen=True, slots=True)
class Firing:
    """One alarm of the past: when, and how rare what it saw was."""

    at: datetime
    return_days: float


@dataclass(frozen=True, slots=True)
class RuleFirings:
    """When another tool's published rule would have alarmed on the same counts.

    ``name`` is ``socialmetrix_1_5``, ``socialmetrix_2``, ``socialmetrix_3``, ``meltwater`` or ``agility``; its words
    are ``alert.rules.<name>``.
    """

    name: str
    at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldHave:
    """How often the desk would have alarmed with another return period («habría saltado 3 veces»).

    Attributes:
        start: first minute looked at, UTC; later than asked where the history begins later.
        end: the last closed hour's end.
        return_days: what was asked for.
        fired: ascending.
        rules: the rules of other tools on the same stretch.
        learning_days: days of history that the detector had learnt at the end.
        needed_days: days that it wants; with fewer the answer is provisional.
    """

    start: datetime
    end: datetime
    return_days: float
    fired: tuple[Firing, ...] = ()
    rules: tuple[RuleFirings, ...] = ()
    learning_days: float = 0.0
    needed_days: float = 14.0


class AlertState(StrEnum):
    """The life of an alert."""

    OPEN = "open"
    SNOOZED = "snoozed"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    CLEARED = "cleared"


ALERT_STEPS: dict[AlertState, frozenset[AlertState]] = {
    AlertState.OPEN: frozenset(
        {AlertState.SNOOZED, AlertState.ACCEPTED, AlertState.DISMISSED, AlertState.CLEARED}
    ),
    AlertState.SNOOZED: frozenset(
        {AlertState.OPEN, AlertState.ACCEPTED, AlertState.DISMISSED, AlertState.CLEARED}
    ),
    AlertState.ACCEPTED: frozenset(),
    AlertState.DISMISSED: frozenset(),
    AlertState.CLEARED: frozenset({AlertState.ACCEPTED, AlertState.DISMISSED}),
}


@dataclass(frozen=True, slots=True)
class Example:
    """An original post that shows what the alert is about."""

    mention_id: int
    text: str
    author: str
    channel: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is behind a signal.

    Attributes:
        terms: words new against the quiet period, strongest first.
        sources: channel or source with its share of the count, largest first.
        complaint_share: share of complaints in the stretch, 0–1.
        usual_complaint_share: the same in the quiet period, or ``None`` when there is none.
        examples: up to three originals.
        topic: what most of it is about: a phrase, then terms that come with it; empty when nothing is shared.
        topic_share: share of the mentions, 0–1, that hold one of its terms.
    """

    terms: tuple[str, ...] = ()
    sources: tuple[tuple[str, float], ...] = ()
    complaint_share: float = 0.0
    usual_complaint_share: float | None = None
    examples: tuple[Example, ...] = ()
    topic: tuple[str, ...] = ()
    topic_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Words that would keep an alert's mentions away, and what they would have taken with them.

    Attributes:
        terms: words or phrases for the query's ``exclude``; empty when none tells the mentions from ours.
        removed: mentions of the alert that they rule out, of the ``of`` looked at.
        removed_before: mentions of the month before, of the newest ``of_before`` of it.
        whole_month: whether ``of_before`` is all of the month.
        complaints_before: how many of ``removed_before`` complain.
        examples: some of ``removed_before``, complaints first.
    """

    terms: tuple[str, ...] = ()
    removed: int = 0
    of: int = 0
    removed_before: int = 0
    of_before: int = 0
    complaints_before: int = 0
    whole_month: bool = True
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of a playbook that matches the numbers: its words, and what was measured.

    Attributes:
        rule: the threshold in words, in both languages.
        measured: what was measured, with its unit, ready to show.
        value: the measured number.
    """

    rule: Bilingual
    measured: Bilingual
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelProposal:
    """The level that the playbook proposes (0 = none) and why. A person confirms."""

    level: int
    why: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """What an alert said when it was raised."""

    signal: Signal
    explanation: Explanation
    proposal: LevelProposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A stored alert; its numbers are raised while the same rise lasts (one open alert per topic).

    ``signal``, ``explanation`` and ``proposal`` are as of ``updated_at``; ``first`` is how they were when it opened.
    """

    id: int
    opened_at: datetime
    state: AlertState
    signal: Signal
    explanation: Explanation
    proposal: LevelProposal
    updated_at: datetime
    snoozed_until: datetime | None = None
    incident_id: int | None = None
    closed_reason: str = ""
    drill: bool = False
    first: Opening | None = None
