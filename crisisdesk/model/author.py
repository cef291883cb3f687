"""Who said something: what they are to us, and how they take part in talk, as far as that can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


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


BANDS: Final = {Level.CREATOR: (0, 3), Level.CONTRIBUTOR: (3, 10), Level.OPPORTUNIST: (10, 20)}
"""Gartner's reference: per cent of a whole public, from and to."""
LURKERS: Final = 80
"""Per cent of a whole public who only read, by the same reference; never counted here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the desk says of one person; it holds for everything they said and will say.

    Attributes:
        lists: names of the VIP lists that they are on, in the order of the alphabet.
        name: as they were called when this was said.
    """

    relation: Relation | None = None
    vip: bool = False
    lists: tuple[str, ...] = ()
    name: str = ""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody on a VIP list: ``source`` and ``person`` as in :attr:`Sought.author`, and who wrote them down."""

    source: str
    person: str
    name: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One author among all: how they are called and what they did."""

    source: str
    person: str
    name: str
    acts: Acts


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How those who speak spread over the levels; those who only read are in no mention and in no number here.

    Attributes:
        mentions: looked at, the newest; ``nameless`` of them name nobody.
        since: the oldest of those, or ``None`` where there are none.
        voices: level → its authors, who did most first.
    """

    mentions: int
    nameless: int
    since: datetime | None
    voices: Mapping[Level, tuple[Voice, ...]]

    @property
    def authors(self) -> int:
        """People who speak."""
        return sum(map(len, self.voices.values()))
