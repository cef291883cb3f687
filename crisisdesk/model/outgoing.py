"""A text on its way out through a source: shown whole first, sent at most once, and a person decides every doubt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisisdesk.model.source import ReplyPlan


class OutgoingState(StrEnum):
    """``QUEUED`` never becomes ``READY`` by itself, and ``UNKNOWN`` never becomes anything by itself.

    A desk that starts takes what another one is sending for lost; that one still knows how it ended, and says so.
    """

    READY = "ready"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


_S = OutgoingState
OUTGOING_STEPS: dict[OutgoingState, frozenset[OutgoingState]] = {
    _S.READY: frozenset({_S.SENDING, _S.QUEUED, _S.CANCELLED}),
    _S.QUEUED: frozenset({_S.READY, _S.CANCELLED}),
    _S.SENDING: frozenset({_S.SENT, _S.FAILED, _S.UNKNOWN, _S.QUEUED}),
    _S.UNKNOWN: frozenset({_S.SENT, _S.READY, _S.CANCELLED, _S.QUEUED, _S.FAILED}),  # the last two by who was sending
    _S.FAILED: frozenset({_S.READY, _S.CANCELLED}),
    _S.SENT: frozenset(),
    _S.CANCELLED: frozenset(),
}

MAY_BE_OUT = (_S.READY, _S.SENDING, _S.UNKNOWN)
"""What goes out, or is out for all that is known: its draft is not rewritten meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One reply, or one post of our own, of the outbox.

    Attributes:
        mention_id: the mention that it answers; ``None`` for a post of our own.
        source: kind of the source that sends it, with its ``account``.
        digest: of the text that a person confirmed; it goes out only while the draft still says that.
        plan: exactly what is sent.
        key: the idempotency key: same draft, words, language and mention (or account that posts), same key.
        confirmed_by: who pressed send, last; ``confirmed_at`` when.
        attempted_at: when it was last handed to the network.
        error_key: sentence of what went wrong last, with its fields.
    """

    id: int
    draft_id: int
    incident_id: int
    mention_id: int | None
    source: str
    account: str
    lang: str
    digest: str
    plan: ReplyPlan
    key: str
    state: OutgoingState
    confirmed_by: str
    confirmed_at: datetime
    attempted_at: datetime | None = None
    ended_at: datetime | None = None
    native_id: str = ""
    url: str = ""
    error_key: str = ""
    error_fields: dict[str, str] | None = None
