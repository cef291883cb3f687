"""Areas of the house: what is asked of each, by when, and how it signs: received, answered, put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from crisisdesk.model.mention import StoredMention


class RouteState(StrEnum):
    """How far an area has come with what it was asked. The last three are its signatures."""

    SENT = "sent"
    RECEIVED = "received"
    ANSWERED = "answered"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


STEPS: Final = {
    RouteState.SENT: frozenset({RouteState.RECEIVED, RouteState.ANSWERED, RouteState.WITHDRAWN}),
    RouteState.RECEIVED: frozenset({RouteState.ANSWERED, RouteState.WITHDRAWN}),
    RouteState.ANSWERED: frozenset({RouteState.CORRECTED}),
    RouteState.CORRECTED: frozenset(),
    RouteState.WITHDRAWN: frozenset(),
}
"""An answer shows that it was received; nothing is put right before it is answered."""

WAITING: Final = (RouteState.SENT, RouteState.RECEIVED)
"""The area owes an answer."""

USUAL: Final = timedelta(hours=24)
"""When an area answers, where nothing else was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area of the house.

    Attributes:
        name: unique, as people call it.
        owner: who answers for it, a name; may be empty.
        minutes: how soon it usually answers.
    """

    id: int
    name: str
    owner: str = ""
    minutes: int = int(USUAL.total_seconds() // 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One step that an area signed: which, who, when, and in what words.

    Attributes:
        undone_by: who took the signature back, ``undone_at`` when and for which ``undone_reason``; it stays readable.
    """

    state: RouteState
    by: str
    at: datetime
    text: str = ""
    undone_by: str = ""
    undone_at: datetime | None = None
    undone_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One thing that an area was asked.

    Attributes:
        incident_id: the incident that was open when it was sent, or ``None``.
        mention_id: the mention that it is about, or ``None`` where a cause was sent.
        cause: what is wrong, in the desk's words; may be empty beside a mention.
        ask: what the area is asked.
        due_at: when its answer is due.
        signatures: in their order; the state is that of the last one that stands.
        reason: why it was withdrawn.
    """

    id: int
    area_id: int
    incident_id: int | None
    mention_id: int | None
    cause: str
    ask: str
    due_at: datetime
    state: RouteState
    sent_by: str
    sent_at: datetime
    signatures: tuple[Signature, ...] = ()
    reason: str = ""

    @property
    def standing(self) -> tuple[Signature, ...]:
        """The signatures that were not taken back."""
        return tuple(one for one in self.signatures if one.undone_at is None)

    def overdue(self, now: datetime) -> bool:
        """Whether the answer should have been here."""
        return self.state in WAITING and self.due_at < now


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One thing that was asked, with the area and the mention that it is about (``None``: a cause, or deleted)."""

    route: Route
    area: Area
    mention: StoredMention | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All areas with what each was asked, newest first, and the areas' counts.

    Attributes:
        waiting: area → what it owes an answer to.
        late: area → how many of these are past due.
    """

    areas: tuple[Area, ...]
    asked: tuple[Asked, ...]
    waiting: dict[int, int]
    late: dict[int, int]
