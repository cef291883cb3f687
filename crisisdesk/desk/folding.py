"""What comes in is folded: what says the same in nearly the same words, and what one person said in a flood.

The methods are :mod:`crisisdesk.pipeline.likeness` and :mod:`crisisdesk.pipeline.floods`. What they remember is memory
only: after a start they read the newest mentions again, and what another desk on the data file stored is read before
one's own. A fold is about what is shown: every mention counts, is judged and is answered by itself.
"""

from __future__ import annotations

from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.model.events import MentionsChanged
from crisisdesk.pipeline.floods import Floods
from crisisdesk.pipeline.likeness import Kinds
from crisisdesk.store import folds, mentions, sources
from crisisdesk.store.database import Transaction
from crisisdesk.store.folds import Unread

REMEMBERED: Final = 5_000
"""So many of the newest mentions are read again after a start."""
REACH: Final = 100_000
"""So many of the newest that were stored before there were folds are folded after all."""
BATCH: Final = 250
HANDFUL: Final = 20
"""When more came in since the last beat, nothing old is folded in this one."""
_WALK: Final = "folds_walked"  # (up to which id, and until which it goes)
_NEWS: Final = frozenset(("press", "regulator"))
_NEWS_SOURCES: Final = frozenset(("feed",))


class Folding:
    """Folds new mentions in the transaction that stores them; another of its kind walks over those of before."""

    def __init__(self) -> None:
        self._newest = 0
        self.forget()

    def forget(self) -> None:
        """Know nothing; the next mentions begin with what the file holds."""
        self._kinds, self._floods = Kinds(), Floods()
        self._seen: int | None = None

    def take_in(self, tx: Transaction, known: int, newest: int) -> None:
        """Fold the mentions after ``known`` up to ``newest``; what was folded before stays as it is."""
        after = max(known - REMEMBERED, self._seen if self._seen is not None else 0)
        tx.undo(self.forget)
        found: dict[int, int] = {}
        leaders: set[int] = set()
        for one in folds.unread(tx.connection, after, newest):
            if one.id <= known or one.fold is not None:
                self._remember(one)
            else:
                self._fold(one, found, leaders)
        self._seen = newest
        folds.put(tx.connection, found, leaders - found.keys())

    def catch_up(self, core: Core) -> int:
        """Fold some of what was stored before there were folds; how many mentions were looked at.

        Once for each data file, over its newest mentions, and nothing in a drill or a replay. A beat in which more
        came in than a handful is left to them.
        """
        if core.drill or core.clock.simulated:
            return 0
        with core.read() as connection:
            walked, newest = sources.get_meta(connection, _WALK), mentions.newest_id(connection)
        came, self._newest = newest - self._newest, newest
        if came > HANDFUL or (walked and walked[0] >= walked[1]):
            return 0
        with core.write() as tx:
            at, end = sources.get_meta(tx.connection, _WALK) or (max(0, newest - REACH), newest)
            until = min(at + BATCH, end)
            self.take_in(tx, at, until)
            sources.set_meta(tx.connection, _WALK, (until, end))
            if until == end:
                tx.emit(MentionsChanged(edited=0, buried=0))
        return int(until - at)

    def _fold(self, one: Unread, found: dict[int, int], leaders: set[int]) -> None:
        flood = self._floods.heard(one.id, one.at, (one.source, one.author)) if _may_flood(one) else None
        if flood is not None:
            first, ids = flood
            found.update(dict.fromkeys(ids, -first))
            return
        first_of_kind = self._kinds.place(one.id, one.at, one.text)
        if first_of_kind is not None and first_of_kind != one.id:
            found[one.id] = first_of_kind
            leaders.add(first_of_kind)

    def _remember(self, one: Unread) -> None:
        if _may_flood(one):
            flooding = -one.fold if one.fold is not None and one.fold < 0 else None
            self._floods.heard(one.id, one.at, (one.source, one.author), flooding)
        if one.fold is None or one.fold > 0:
            self._kinds.place(one.fold or one.id, one.at, one.text)


def _may_flood(one: Unread) -> bool:
    """Whoever reports or decides for others is never folded for saying much."""
    return bool(one.author) and one.source not in _NEWS_SOURCES and not _NEWS & set(one.signs)
