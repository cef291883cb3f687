"""A page that others read on a wall or a second screen: what is on it, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisisdesk.model.playbook import Bilingual


class Part(StrEnum):
    """What a person may put on it. ``LEVEL`` and ``EXECUTIVE`` are not known outside; the others are public already."""

    LEVEL = "level"
    EXECUTIVE = "executive"
    NEWS = "news"
    PROMISES = "promises"
    TEXTS = "texts"


PUBLIC_PARTS: frozenset[Part] = frozenset({Part.NEWS, Part.PROMISES, Part.TEXTS})


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise to the public with its instant."""

    what: Bilingual
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A text that the public read: where, when, in which words."""

    channel: str
    url: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallboard:
    """What is on the page at one instant; a part that nobody chose is empty.

    Attributes:
        live: whether an incident is open; ``title`` is told only with a part that is not public.
        more: how many other incidents are open.
        level: 0 when it is not told; ``since`` and ``level_name`` then tell nothing either.
        executive: the line for the direction, as text with ``- `` before each point.
        news: when the public hears from us next, or ``None``.
    """

    now: datetime
    zone: str
    drill: bool
    parts: frozenset[Part]
    live: bool = False
    title: str = ""
    more: int = 0
    level: int = 0
    level_name: Bilingual = Bilingual()
    since: datetime | None = None
    executive: Bilingual = Bilingual()
    news: datetime | None = None
    promises: tuple[Owed, ...] = ()
    texts: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the page stands: ``address`` is empty while it is off, and holds its key, so it is never logged.

    Attributes:
        network: whether other computers can reach it.
        reads: how often it was read since it was turned on.
    """

    address: str
    network: bool
    port: int
    parts: frozenset[Part]
    reads: int
