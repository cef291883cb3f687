"""What comes after an incident: when its review is due, what was decided there and by whom, and what people said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from crisisdesk.model.draft import Draft
from crisisdesk.model.playbook import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlan:
    """By when one incident is reviewed; without one the playbook's own time counts.

    Attributes:
        due_at: until when a person wants it held.
        held_at: when it was held, ``None`` until then.
        told_at: when it was told that it is overdue.
    """

    id: int
    incident_id: int
    due_at: datetime
    set_by: str
    set_at: datetime
    held_at: datetime | None = None
    held_by: str = ""
    told_at: datetime | None = None


class ActionState(StrEnum):
    """The life of an action of a review."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


ACTION_STEPS: Final[dict[ActionState, frozenset[ActionState]]] = {
    ActionState.OPEN: frozenset({ActionState.DONE, ActionState.DROPPED}),
    ActionState.DONE: frozenset({ActionState.OPEN}),
    ActionState.DROPPED: frozenset({ActionState.OPEN}),
}
"""What was ended too early is opened again; nothing is deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAction:
    """One thing that a review decided to do.

    Attributes:
        owner: who does it: a contact's slug, a role of the playbook, or a name as typed.
        public: the post-mortem for everybody tells it, with its day.
        words: what shows that it was done, or why it was dropped.
        told_at: when it was told that it is overdue.
        commitment_id: the promise that it became when the post-mortem went out.
    """

    id: int
    incident_id: int
    what: str
    owner: str
    due_at: datetime
    state: ActionState
    created_by: str
    created_at: datetime
    public: bool = False
    ended_at: datetime | None = None
    ended_by: str = ""
    words: str = ""
    told_at: datetime | None = None
    commitment_id: int | None = None

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been done by now."""
        return self.state is ActionState.OPEN and self.due_at < now


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What one participant says of how it went: what went well, what did not, what should be otherwise."""

    id: int
    incident_id: int
    who: str
    well: str
    badly: str
    change: str
    noted_by: str
    noted_at: datetime


class ProposalState(StrEnum):
    """The life of a proposed change of the playbook."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookProposal:
    """A change of the playbook that a review proposes; a person accepts it, and it becomes the next version.

    Attributes:
        why: the lesson that it follows from.
        action_id: the action that it follows from, if any.
        playbook_id: whose text it changes; ``base_version`` the version that it was written against.
        base: the whole text that it was written against; ``text`` the whole text that it wants.
        version: the version that it became.
    """

    id: int
    incident_id: int
    why: str
    playbook_id: str
    base_version: int
    base: str
    text: str
    state: ProposalState
    by: str
    at: datetime
    action_id: int | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody who took part, and how often they have been heard in the review.

    Attributes:
        key: slug of a contact, or the name as the timeline has it.
    """

    key: str
    name: str
    role: str = ""
    heard: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedAction:
    """An action of an earlier incident that is still open."""

    action: ReviewAction
    incident: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Followup:
    """What comes after one incident.

    Attributes:
        due_at: by when the review is held, as a person set it or as the playbook wants it; ``None`` while the
            incident goes on.
        set_by_person: whether a person set it.
        actions: by due time, open ones first.
        carried: open actions of earlier incidents, by due time.
        feedback: oldest first.
        participants: who took part, those not heard yet first.
        names: slugs and roles → names.
        drafts: the texts that follow it, discarded ones left out, oldest first.
        proposals: newest first.
    """

    due_at: datetime | None
    set_by_person: bool = False
    held_at: datetime | None = None
    held_by: str = ""
    actions: tuple[ReviewAction, ...] = ()
    carried: tuple[CarriedAction, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    participants: tuple[Participant, ...] = ()
    names: tuple[tuple[str, Bilingual], ...] = ()
    drafts: tuple[Draft, ...] = ()
    proposals: tuple[PlaybookProposal, ...] = ()

    def name(self, key: str, lang: str) -> str:
        """What people call an owner."""
        return dict(self.names).get(key, Bilingual(key, key)).get(lang)
