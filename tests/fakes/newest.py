"""A source that gives the newest first, indexes some items late and forgets nothing; and a desk that is killed."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """What somebody said: its number, when the source shows it first, and the instant that the source gives it."""

    number: int
    shown: datetime
    indexed: datetime


@dataclass(slots=True)
class Newest:
    """The source, on a clock of its own. Items appear until ``now``; late ones sort below newer ones."""

    seed: int
    late: timedelta = timedelta(minutes=3)
    page: int = 5
    now: datetime = START
    items: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        at = START - timedelta(minutes=30)
        for number in range(120):
            at += timedelta(seconds=chance.expovariate(1 / 30))
            behind = self.late * chance.random() if chance.random() < 0.3 else timedelta(0)
            self.items.append(Item(number, at + behind, at))

    def answer(self, token: str) -> tuple[list[Item], str]:
        """A page, newest first, and the token of the older one (``""`` at the end)."""
        shown = [i for i in self.items if i.shown <= self.now]
        shown.sort(key=lambda i: (i.indexed, i.number), reverse=True)
        if token:
            at, _, number = token.partition("~")
            before = (datetime.fromisoformat(at), int(number))
            shown = [i for i in shown if (i.indexed, i.number) < before]
        page = shown[: self.page]
        more = len(shown) > self.page
        return page, f"{page[-1].indexed.isoformat()}~{page[-1].number}" if more else ""


class Killed(Exception):
    """The process ended between two steps."""


async def survive(
    source: Newest, poll: Callable[[str], Awaitable[tuple[list[int], str]]], *, chance: float = 0.15
) -> tuple[set[int], list[int]]:
    """Poll until the source has told all, killed at random between fetch, store and the end of each round.

    Args:
        source: its clock is moved on.
        poll: cursor to (numbers of a page, new cursor); numbers and cursor are stored together, as the desk does.

    Returns:
        the numbers stored, and all that were ever handed over (doubles included).
    """
    dice = random.Random(source.seed + 1)
    stored: set[int] = set()
    handed: list[int] = []
    cursor = ""
    end = max(i.shown for i in source.items) + timedelta(minutes=1)
    quiet = 0
    while quiet < 60:  # long enough for a walk that was cut many times
        try:
            numbers, fresh = await poll(cursor)
            if dice.random() < chance:
                raise Killed  # fetched, not stored
            stored.update(numbers)
            cursor = fresh  # one transaction
            handed.extend(numbers)
            if dice.random() < chance:
                raise Killed  # stored, not told
        except Killed:
            pass
        source.now = min(source.now + timedelta(seconds=dice.randrange(1, 90)), end)
        quiet = quiet + 1 if source.now >= end else 0
    return stored, handed
