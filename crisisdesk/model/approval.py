"""An approval: who is asked to agree with a text, by when, and what was answered. Silence is never consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LASTS: Final = timedelta(minutes=60)
"""How long an agreement holds: a text that was agreed with an hour ago must be read again."""
ANSWER_WITHIN: Final = timedelta(minutes=10)
"""How long a reviewer is given, where the next promised news leaves that much."""


class ApprovalState(StrEnum):
    """What was answered. Only an objection stops a text; an agreement is void once the text changes."""

    ASKED = "asked"
    AGREED = "agreed"
    OBJECTED = "objected"
    LIFTED = "lifted"
    VOID = "void"


APPROVAL_STEPS: dict[ApprovalState, frozenset[ApprovalState]] = {
    ApprovalState.ASKED: frozenset({ApprovalState.AGREED, ApprovalState.OBJECTED, ApprovalState.VOID}),
    ApprovalState.AGREED: frozenset({ApprovalState.OBJECTED, ApprovalState.VOID}),
    ApprovalState.OBJECTED: frozenset({ApprovalState.LIFTED}),
    ApprovalState.LIFTED: frozenset(),
    ApprovalState.VOID: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One role's answer about one text, as it stood then.

    Attributes:
        asked_at: when it was asked, or answered without being asked.
        due_at: by when an answer is wanted; nothing happens by itself when it passes.
        by: who answered for the role.
        at: when.
        expires_at: until when an agreement holds.
        reason: of an objection, or of lifting it.
        digest: SHA-256 of both texts that were agreed with.
    """

    id: int
    draft_id: int
    incident_id: int
    role: str
    state: ApprovalState
    asked_at: datetime
    due_at: datetime
    by: str = ""
    at: datetime | None = None
    expires_at: datetime | None = None
    reason: str = ""
    digest: str = ""

    def waits(self) -> bool:
        """Whether nobody has answered yet."""
        return self.state is ApprovalState.ASKED

    def holds(self, now: datetime) -> bool:
        """Whether it is an agreement that has not run out."""
        return self.state is ApprovalState.AGREED and (self.expires_at is None or now < self.expires_at)
