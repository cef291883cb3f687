"""What a person wants to see of the inbox, and its rows: a mention with who has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

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

    def __bool__(self) -> bool:
        return self != Sought()


@dataclass(frozen=True, slots=True)
class Listed(StoredMention):
    """A row of the inbox.

    Attributes:
        assignee: the name of who has it, or ``""``.
    """

    assignee: str = ""


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
