"""What a person wants to see of the inbox, and its rows: a mention with who has it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from crisisdesk.model.mention import Sentiment, StoredMention
from crisisdesk.model.playbook import Bilingual

MINE: Final = "@"
"""In place of a name in :attr:`Sought.assignee`: whoever asks. No person is called so."""


class Reply(StrEnum):
    """Whether a mention has had its answer."""

    ANSWERED = "answered"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which mentions are wanted; what is not said narrows nothing.

    Attributes:
        search: words that text and author together must hold; between quotation marks in that order; accents, case
            and signs do not count. With ``*`` behind it the last word is the beginning of one.
        type: id of a type of the process table; ``""`` = those without one.
        reply: ``OVERDUE`` are those without an answer whose time for a first reply is over.
        start, end: ``start <= published_at < end``.
        alert_id: those of an alert, from its beginning to its newest number.
        author: everything that one person said: source, and the source's id of that person (or the name, where the
            source has no ids).
        vip: name of a VIP list: what anybody on it said.
        assignee: who has it, by name; ``""`` = those that nobody has, ``MINE`` = whoever asks.
        hours: said in so many hours until now; 0 = whenever.
        area: id of the area that was asked about it.
        originals: nothing that only passes on what somebody else said.
    """

    search: str = ""
    source: str = ""
    type: str | None = None
    sentiment: Sentiment | None = None
    language: str = ""
    reply: Reply | None = None
    complaint: bool = False
    safety: bool = False
    start: datetime | None = None
    end: datetime | None = None
    alert_id: int | None = None
    author: tuple[str, str] | None = None
    vip: str = ""
    assignee: str | None = None
    hours: int = 0
    area: int | None = None
    originals: bool = False

    def __bool__(self) -> bool:
        return self != Sought()


class Fold(NamedTuple):
    """Mentions that the inbox shows as one row.

    Attributes:
        number: the id of the first that said the same; less than nothing: the flood of one person, by its first.
        safety: those that speak of danger, which are folded apart from the others.
    """

    number: int
    safety: bool

    @property
    def flood(self) -> bool:
        """Whether one person said it all."""
        return self.number < 0


class Place(StrEnum):
    """Where a row stands in its fold."""

    ALONE = "alone"
    FOLDED = "folded"
    UNFOLDED = "unfolded"
    UNDER = "under"


@dataclass(frozen=True, slots=True)
class Listed(StoredMention):
    """A row of the inbox.

    Attributes:
        assignee: the name of who has it, or ``""``.
        answered: whether it has had its answer.
        fold: what it is folded with.
        many: how many there are in its fold; 1 where it stands for itself.
        place: whether it stands for its fold, and how.
    """

    assignee: str = ""
    answered: bool = False
    fold: Fold | None = None
    many: int = 1
    place: Place = Place.ALONE

    def of_many(self, many: int) -> Listed:
        """The row as the one that stands for so many."""
        return replace(self, many=many, place=Place.FOLDED if many > 1 else Place.ALONE)


@dataclass(frozen=True, slots=True)
class Window:
    """A page of rows.

    Attributes:
        last: id of the last mention that was looked at, shown or folded away; the next page begins after it.
        more: whether there may be another page.
    """

    rows: tuple[Listed, ...]
    last: int | None
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldState:
    """How far the people of a fold have been answered.

    Attributes:
        mentions: in the fold.
        read: the newest of them, which were looked at for what follows.
        people: who said those; a mention that names nobody is a person of its own.
        answered: people who had an answer to one of them.
        begun: people whose answer is being written, or waits.
    """

    mentions: int
    read: int
    people: int
    answered: int
    begun: int

    @property
    def left(self) -> int:
        """People whom nobody has begun to answer."""
        return self.people - self.answered - self.begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody to whom a mention can be given.

    Attributes:
        role: what they do in the playbook in use; empty where it names them nowhere.
        waiting: mentions that they have and nobody has answered.
        mine: whoever asks.
    """

    name: str
    role: Bilingual = Bilingual()
    waiting: int = 0
    mine: bool = False
