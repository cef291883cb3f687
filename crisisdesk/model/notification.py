"""A message that the desk itself sends to a contact while a ladder is climbed, and what is honestly known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class NotificationState(StrEnum):
    """What is known, and no more. Four of them are told to people: attempted, accepted, delivered, acknowledged.

    ``ATTEMPTED`` after a time-out means that nobody knows whether it went out; it never becomes «sent».
    """

    HELD = "held"  # decided and recorded; delivery waits for the contact's hours
    WAITING = "waiting"  # to be sent, or to be sent again: it surely did not go out
    ATTEMPTED = "attempted"  # handed out; no answer yet, or none came
    ACCEPTED = "accepted"  # the provider took it
    DELIVERED = "delivered"  # the provider says that it reached the person's device or mailbox
    ACKNOWLEDGED = "acknowledged"  # the person took it
    FAILED = "failed"  # the provider refused it for good, or it bounced
    DROPPED = "dropped"  # nobody needs it any more: the ladder was answered or stopped first


N = NotificationState
NOTIFICATION_STEPS: dict[NotificationState, frozenset[NotificationState]] = {
    N.HELD: frozenset({N.WAITING, N.ATTEMPTED, N.DROPPED}),
    N.WAITING: frozenset({N.ATTEMPTED, N.FAILED, N.DROPPED}),
    N.ATTEMPTED: frozenset({N.ATTEMPTED, N.WAITING, N.ACCEPTED, N.DELIVERED, N.ACKNOWLEDGED, N.FAILED, N.DROPPED}),
    N.ACCEPTED: frozenset({N.DELIVERED, N.ACKNOWLEDGED, N.FAILED}),
    N.DELIVERED: frozenset({N.ACKNOWLEDGED}),
    N.ACKNOWLEDGED: frozenset(),
    N.FAILED: frozenset({N.ACKNOWLEDGED}),
    N.DROPPED: frozenset({N.ACKNOWLEDGED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message on one channel of one call attempt.

    Attributes:
        kind: the notifier's kind.
        address: where to, as that notifier calls it.
        token: unguessable; the same at every try, so that the other side can tell a repetition, and what an
            acknowledgement names.
        subject: first line, plain text.
        body: the rest, plain text, the same at every try.
        due_at: when it should have gone out.
        next_at: when the desk looks at it next; ``None`` = nothing more to do.
        tries: how often it was handed out.
        provider_id: the provider's own name for it, or empty.
        error_key: why the last try did not work (``errors.toml``), or empty.
    """

    id: int
    incident_id: int
    escalation_id: int
    attempt_id: int
    contact_slug: str
    kind: str
    address: str
    token: str
    state: NotificationState
    subject: str
    body: str
    due_at: datetime
    next_at: datetime | None = None
    tries: int = 0
    attempted_at: datetime | None = None
    accepted_at: datetime | None = None
    delivered_at: datetime | None = None
    acknowledged_at: datetime | None = None
    provider_id: str = ""
    error_key: str = ""
    error_fields: Mapping[str, object] = field(default_factory=dict)
