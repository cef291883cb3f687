"""Who said something: what they are to us, and how they take part in talk, as far as that can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Relation(StrEnum):
    """What a person is to the brand, as somebody at the desk says."""

    CLIENT = "client"
    ADVOCATE = "advocate"
    DETRACTOR = "detractor"
    PRESS = "press"
    REGULATOR = "regulator"
    EMPLOYEE = "employee"


class Level(StrEnum):
    """Gartner's Generation V, told by acts. The fourth, those who only read, cannot be observed: never given."""

    CREATOR = "creator"
    CONTRIBUTOR = "contributor"
    OPPORTUNIST = "opportunist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the desk says of one person; it holds for everything they said and will say."""

    relation: Relation | None = None
    vip: bool = False
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What somebody did in the mentions that were looked at."""

    starts: int = 0
    answers: int = 0
    asks: int = 0
    forwards: int = 0

    @property
    def all(self) -> int:
        """Mentions looked at."""
        return self.starts + self.answers + self.asks + self.forwards


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorCard:
    """One person.

    Attributes:
        source, person: as in :attr:`Sought.author`.
        mentions: all that is stored of them.
        first_at: the oldest of those.
        negative: so many of :attr:`acts` sounded negative.
        followers: the newest figure that a source gave, or ``None``.
        level: by the acts; ``None`` where there are none.
    """

    source: str
    person: str
    known: Known
    mentions: int
    first_at: datetime
    negative: int
    followers: int | None
    acts: Acts
    level: Level | None
