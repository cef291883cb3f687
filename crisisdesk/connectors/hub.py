"""What helpdesks have in common: a list of talks that changed, oldest change first, and the messages of each talk.

One message is one mention; a talk is their ``parent_id``. Only what customers write is a mention: agents' answers and
internal notes are not. The mark moves with the list; talks that are still to be read are kept in the cursor.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from crisisdesk.connectors.fields import Reading, at, rows, words
from crisisdesk.model.source import Receipt, ReplyPlan

if TYPE_CHECKING:
    from crisisdesk.web import Web

VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Talks that changed: their ids, the mark behind them, and whether the list goes on."""

    talks: tuple[str, ...]
    mark: str
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a helpdesk stands: the list's mark, talks that are still to be read, and whether the list goes on then."""

    mark: str = ""
    left: tuple[str, ...] = ()
    on: bool = False

    @staticmethod
    def read(cursor: str) -> Standing:
        """From a cursor; one that cannot be read means a first time."""
        try:
            value = json.loads(cursor) if cursor else None
        except ValueError:
            value = None
        if at(value, "v") != VERSION:
            return Standing()
        left = tuple(map(str, rows(value, "left")))
        return Standing(mark=words(value, "mark"), left=left, on=at(value, "on") is True)

    def text(self) -> str:
        """As a cursor."""
        return json.dumps({"v": VERSION, "mark": self.mark, "left": list(self.left), "on": self.on})


class Dialect(ABC):
    """One helpdesk's way of speaking."""

    @abstractmethod
    async def changed(self, web: Web, mark: str, now: datetime) -> Changed:
        """The talks that changed since ``mark`` (``""``: since a day ago)."""

    @abstractmethod
    async def messages(self, web: Web, talk: str, reading: Reading) -> None:
        """Put the customers' messages of a talk into ``reading``."""

    @abstractmethod
    def payload(self, talk: str, text: str) -> dict[str, object]:
        """What an answer looks like."""

    @abstractmethod
    async def send(self, web: Web, talk: str, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it."""

    @abstractmethod
    async def sent(self, web: Web, talk: str, text: str, now: datetime) -> Receipt | None:
        """Our own words among the newest messages of the talk."""


def same(one: Any, other: str) -> bool:
    """Whether two texts say the same but for blanks."""
    return str(one or "").split() == other.split()
