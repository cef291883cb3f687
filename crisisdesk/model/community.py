"""The people around a brand: experts by topic, those who are thanked, what they asked for, and rumours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from crisisdesk.model.playbook import Bilingual

ADVOCATE_FROM: Final = 3
"""So many kudos make an advocate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """Somebody who agreed to be asked about their topics, and about no other.

    Attributes:
        source: where they are (``mastodon``…), with their ``author`` name there.
        topics: in lower case.
    """

    id: int
    source: str
    author: str
    topics: tuple[str, ...]
    consent: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kudos:
    """Thanks to a person for a mention or for the answer to a question, each credited once, with the reason.

    Attributes:
        undone_by: who took it back, ``undone_at`` when and for which ``undone_reason``; the row stays.
    """

    id: int
    mention_id: int | None
    source: str
    author: str
    reason: str
    by: str
    at: datetime
    question_id: int | None = None
    undone_by: str = ""
    undone_at: datetime | None = None
    undone_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an expert was asked about one of their topics, and their answer.

    Attributes:
        source, author: the expert, as they were when they were asked.
        mention_id: of whoever wants to know, or ``None``.
        answer_mention_id: where the expert said it, or ``None`` where somebody wrote it down.
        told_by: who took the answer in.
        draft_id: the answer to whoever wants to know, once it is begun.
    """

    id: int
    incident_id: int | None
    source: str
    author: str
    topic: str
    text: str
    mention_id: int | None
    asked_by: str
    asked_at: datetime
    answer: str = ""
    answer_mention_id: int | None = None
    told_by: str = ""
    answered_at: datetime | None = None
    draft_id: int | None = None


class IdeaState(StrEnum):
    """How far we are with what people asked for."""

    RECEIVED = "received"
    STUDYING = "studying"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DONE = "done"


_I = IdeaState
IDEA_STEPS: Final = {
    _I.RECEIVED: frozenset({_I.STUDYING, _I.ACCEPTED, _I.REJECTED, _I.DONE}),
    _I.STUDYING: frozenset({_I.ACCEPTED, _I.REJECTED, _I.DONE}),
    _I.ACCEPTED: frozenset({_I.REJECTED, _I.DONE}),
    _I.REJECTED: frozenset({_I.STUDYING}),
    _I.DONE: frozenset(),
}
TOLD: Final = (IdeaState.REJECTED, IdeaState.DONE)
"""Whoever asked is told why not, or what was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaStep:
    """One change of an idea's state: who, when, and in what words (why not, what was done), where it needs any."""

    state: IdeaState
    by: str
    at: datetime
    words: Bilingual = Bilingual("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """What people asked for, who asked, and how far we are: «You said → we did».

    Attributes:
        did: what was done; empty before that.
        steps: every change of the state after it was received.
    """

    id: int
    incident_id: int
    said: Bilingual
    did: Bilingual
    mention_ids: tuple[int, ...]
    by: str
    at: datetime
    state: IdeaState = IdeaState.RECEIVED
    steps: tuple[IdeaStep, ...] = ()


class RumourVerdict(StrEnum):
    """What we found of a claim."""

    OPEN = "open"
    FALSE = "false"
    TRUE = "true"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A verdict that was taken back: what it was, and who took it back, when and why."""

    verdict: RumourVerdict
    evidence: str
    decided_by: str
    decided_at: datetime
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rumour:
    """A claim that goes round.

    Attributes:
        words: a mention that holds all of them repeats it.
        evidence: what the verdict stands on.
        correction: id of the draft that corrects it, once it is begun.
        past: verdicts that were taken back, oldest first.
    """

    id: int
    incident_id: int
    claim: str
    words: tuple[str, ...]
    verdict: RumourVerdict
    noted_by: str
    noted_at: datetime
    evidence: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    correction: int | None = None
    past: tuple[Withdrawn, ...] = ()

    @property
    def contradicted(self) -> bool:
        """Whether a correction was begun that its verdict does not bear any more."""
        return self.correction is not None and self.verdict is not RumourVerdict.FALSE


@dataclass(frozen=True, slots=True, kw_only=True)
class RumourReach:
    """How far a claim went.

    Attributes:
        mentions: that repeat it; ``authors`` how many people.
        followers: of them together, where their sources tell.
        last: when it was last seen.
        after: mentions of it since its correction went out: it is seen again.
    """

    mentions: int
    authors: int
    followers: int
    last: datetime | None
    after: int
