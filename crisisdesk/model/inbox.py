"""What a person wants to see of the inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisisdesk.model.mention import Sentiment


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

    def __bool__(self) -> bool:
        return self != Sought()
