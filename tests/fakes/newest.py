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
    count: int = 24
    now: datetime = START
    items: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        at = START - timedelta(minutes=30)
        for number in range(self.count):
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


async def survive(
    source: Newest,
    poll: Callable[[str], Awaitable[tuple[list[str], str, bool]]],
    *,
    chance: float = 0.15,
    longest: int = 4_000,
) -> tuple[set[str], int]:
    """Poll until the source has told all, killed at random between fetch and store and after it.

    Args:
        source: its clock is moved on.
        poll: cursor to (ids of a page, new cursor, whether more is there at once); ids and cursor are stored together.
        chance: of each of the two kills, per round.
        longest: rounds after which it has not come to an end.

    Returns:
        the ids stored, and how many rounds it took.
    """
    dice = random.Random(source.seed + 1)
    stored: set[str] = set()
    cursor = ""
    end = max(i.shown for i in source.items) + timedelta(minutes=1)
    calm = 0
    for count in range(longest):
        ids, fresh, more = await poll(cursor)
        if dice.random() >= chance:  # else killed: fetched, not stored
            stored.update(ids)
            cursor = fresh  # one transaction; a kill behind it costs nothing
            calm += source.now >= end and not more  # walks that came down after everything was shown
            if calm == 3:
                return stored, count
        source.now = min(source.now + timedelta(seconds=dice.randrange(1, 90)), end)
    raise AssertionError("the walk never ends")
