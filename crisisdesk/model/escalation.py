"""An escalation: a ladder climbed in one incident until somebody acknowledges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from crisisdesk.model.playbook import Bilingual

BEFORE_THE_FIRST: Final = -1


class EscalationState(StrEnum):
    """``CALLING`` waits for an outcome or the step's time; an acknowledgement expires back to ``CALLING``."""

    CALLING = "calling"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    STOPPED = "stopped"


ESCALATION_STEPS: dict[EscalationState, frozenset[EscalationState]] = {
    EscalationState.CALLING: frozenset(
        {EscalationState.ACKNOWLEDGED, EscalationState.EXHAUSTED, EscalationState.STOPPED}
    ),
    EscalationState.ACKNOWLEDGED: frozenset({EscalationState.CALLING, EscalationState.STOPPED}),
    EscalationState.EXHAUSTED: frozenset(
        {EscalationState.CALLING, EscalationState.ACKNOWLEDGED, EscalationState.STOPPED}
    ),
    EscalationState.STOPPED: frozenset(),
}


class CallOutcome(StrEnum):
    """What came of a call: keys 1 to 4 of the call card. Declined is not ignored."""

    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """The ladder of one role in one incident.

    Attributes:
        step: 0-based index into the ladder's steps; ``BEFORE_THE_FIRST`` while the first waits for a person who was
            called less than a minute ago.
        round: 1-based walk of the ladder.
        step_due_at: when the next step begins by itself, in ``CALLING``.
        ack_by: slug of who acknowledged.
        ack_expires_at: when the acknowledgement lapses without an action.
        reason: why this ladder was started.
    """

    id: int
    incident_id: int
    role: str
    state: EscalationState
    step: int
    round: int
    started_at: datetime
    step_due_at: datetime | None = None
    ack_by: str = ""
    ack_at: datetime | None = None
    ack_expires_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAttempt:
    """One call: an attempt without an outcome is a card still on the table."""

    id: int
    escalation_id: int
    contact_slug: str
    step: int
    round: int
    channels: tuple[str, ...]
    started_at: datetime
    outcome: CallOutcome | None = None
    ended_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCard:
    """All that a person needs to make the call, with no network at all."""

    escalation: Escalation
    attempt: CallAttempt
    contact_name: str
    contact_title: str
    phone: str
    role_name: Bilingual
    script: Bilingual
    questions: tuple[Bilingual, ...]
    step_count: int
    repeat: int
    quiet_hours: bool = False
