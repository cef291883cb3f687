"""A commitment: something promised to the public, with a time. The ledger is the heart of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crisisdesk.model.history import Foresight
from crisisdesk.model.playbook import Bilingual


class CommitmentKind(StrEnum):
    """What was promised: next news, a solution by a time, a remedy by a day, something to one person or inside."""

    NEXT_UPDATE = "next_update"
    RESOLUTION = "resolution"
    INDIVIDUAL = "individual"
    INTERNAL = "internal"
    REMEDY = "remedy"


class CommitmentState(StrEnum):
    """The life of a commitment. A broken one stays broken; the remedy stands beside it."""

    OPEN = "open"
    KEPT = "kept"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    BROKEN = "broken"


COMMITMENT_STEPS: dict[CommitmentState, frozenset[CommitmentState]] = {
    CommitmentState.OPEN: frozenset(
        {CommitmentState.KEPT, CommitmentState.MOVED, CommitmentState.WITHDRAWN, CommitmentState.BROKEN}
    ),
    CommitmentState.KEPT: frozenset(),
    CommitmentState.MOVED: frozenset(),
    CommitmentState.WITHDRAWN: frozenset(),
    CommitmentState.BROKEN: frozenset(),
}


class RemedyKind(StrEnum):
    """How a broken promise is made good."""

    COMPENSATION = "compensation"
    CHANGE = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """One row of the ledger: UTC instant, IANA zone and the exact text told to the public.

    Attributes:
        what: what was promised, short, in both languages.
        to_whom: the public, or one person.
        quoted: the sentence as published, in both languages; empty until published.
        owner: role that must keep it.
        giver: who gave the time.
        published_at: when and (``url``) where the public read it.
        ended_at: when it was kept, moved, withdrawn or broken.
        moved_to: the commitment that stands in its place.
        apology_draft_id: the draft opened when it broke.
        remedy: what makes it good, once chosen.
        fulfilled_at: for a broken one, when it was done after all.
        remedied_at: for a broken one, when its apology was published.
        known: what was known that the history does not know, for a time above the limit (evidence).
        known_by: who said so.
        foresight: the estimate that stood beside it when it was made.
        wall: the local date and time that was told (``2026-03-10T11:00:00``), held against the zone's rules again.
    """

    id: int
    incident_id: int
    kind: CommitmentKind
    state: CommitmentState
    what: Bilingual
    to_whom: str
    due_at: datetime
    zone: str
    owner: str
    giver: str
    made_at: datetime
    quoted: Bilingual = Bilingual()
    url: str = ""
    draft_id: int | None = None
    ended_at: datetime | None = None
    reason: str = ""
    moved_to: int | None = None
    apology_draft_id: int | None = None
    remedy_kind: RemedyKind | None = None
    remedy: str = ""
    fulfilled_at: datetime | None = None
    remedied_at: datetime | None = None
    known: str = ""
    known_by: str = ""
    foresight: Foresight | None = None
    wall: str = ""

    def lateness(self) -> timedelta | None:
        """How late it was kept (negative = early), or ``None`` while nothing is known."""
        done = self.ended_at if self.state is CommitmentState.KEPT else self.fulfilled_at
        return None if done is None else done - self.due_at


class NextKind(StrEnum):
    """What a row of «Lo siguiente» is."""

    PROMISE = "promise"
    NEXT_UPDATE = "next_update"
    TASK = "task"
    CALL = "call"
    APOLOGY = "apology"
    APPROVAL = "approval"
    REPLY = "reply"
    ACK_EXPIRES = "ack_expires"
    EXECUTIVE = "executive"
    AREA = "area"
    REVIEW = "review"
    REVIEW_ACTION = "review_action"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextItem:
    """One row of «Lo siguiente».

    Attributes:
        kind: what it is.
        ref: id of the commitment, task, escalation or draft.
        due_at: when.
        title: what, in both languages.
        why: one line of why and who, in both languages.
        key: the action's id in the window's table of actions; one key does it.
        owed: a time owed to the public (amber).
        overdue: past due at the moment of the snapshot.
        ripe: a promise whose risk has grown above the limit while time went by.
    """

    kind: NextKind
    ref: int
    due_at: datetime
    title: Bilingual
    why: Bilingual
    key: str
    owed: bool = False
    overdue: bool = False
    ripe: bool = False
