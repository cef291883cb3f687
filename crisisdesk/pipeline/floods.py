"""When one person says so much in so short a time that the inbox shows it as one row. Pure."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

MANY: Final = 5
"""So many mentions of one person..."""
WITHIN: Final = timedelta(hours=1)
"""...within so long are a flood; it lasts until the person is silent for as long."""
Who = tuple[str, str]


class _Recent:
    """What one person said within the last hour of theirs."""

    __slots__ = ("flood", "said")

    def __init__(self) -> None:
        self.said: list[tuple[datetime, int]] = []  # at most MANY
        self.flood: int | None = None


class Floods:
    """Who floods, by the id of the first mention of each flood.

    Args:
        most: how many people are remembered; those silent for longest are forgotten first.
    """

    def __init__(self, most: int = 5_000) -> None:
        self._most = most
        self._people: OrderedDict[Who, _Recent] = OrderedDict()

    def heard(self, number: int, at: datetime, who: Who, flood: int | None = None) -> tuple[int, list[int]] | None:
        """Take a mention in; the flood that it belongs to and which ids to put to it now, or ``None``.

        Args:
            number: the mention's id.
            who: source, and the author's id or name.
            flood: the flood that it is known to belong to already.
        """
        recent = self._people.setdefault(who, _Recent())
        self._people.move_to_end(who)
        if len(self._people) > self._most:
            self._people.popitem(last=False)
        said = recent.said
        if said and max(said)[0] - at > WITHIN:
            return None  # it came late and belongs to another time
        said[:] = [one for one in said if abs(at - one[0]) <= WITHIN][-MANY + 1 :]
        if not said:
            recent.flood = None
        said.append((at, number))
        if flood is not None:
            recent.flood = flood
        if recent.flood is not None:
            return recent.flood, [number]
        if len(said) < MANY:
            return None
        recent.flood = said[0][1]
        return recent.flood, [one for _at, one in said]
