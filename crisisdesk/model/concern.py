"""What else a person should look at besides a rise: danger, a voice with reach, a turn of mood, a backlog, silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ConcernKind(StrEnum):
    """What it is about; of each there is one at a time."""

    SAFETY = "safety"
    REACH = "reach"
    VIP = "vip"
    NEGATIVE = "negative"
    BACKLOG = "backlog"
    CALMED = "calmed"
    DIED = "died"


class ConcernState(StrEnum):
    """Whether somebody has looked."""

    OPEN = "open"
    SEEN = "seen"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a rule saw now.

    Attributes:
        return_days: so much happens once in this many days on this desk's own history; infinite when it never has.
        mention_ids: the mentions that show it, newest first.
        figures: what the sentence about it needs: ``count``, ``of``, ``share``, ``usual``, ``author``, ``followers``,
            ``since``, ``names``, ``types`` (pairs of a type's id and its number); and ``persons``, [source, person]
            each, by whom two sightings of VIPs are told apart.
    """

    kind: ConcernKind
    return_days: float
    mention_ids: tuple[int, ...] = ()
    figures: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A sighting that waits for a person, or that one has looked at.

    Attributes:
        opened_at: when it was seen first, UTC.
        updated_at: when it was last seen to hold, UTC.
        return_days: the rarest so far; capped at a thousand years, as JSON knows no infinity.
        seen_by: who looked; empty while nobody has.
    """

    id: int
    kind: ConcernKind
    state: ConcernState
    opened_at: datetime
    updated_at: datetime
    return_days: float
    mention_ids: tuple[int, ...] = ()
    figures: Mapping[str, object] = field(default_factory=dict)
    seen_by: str = ""
    seen_at: datetime | None = None
