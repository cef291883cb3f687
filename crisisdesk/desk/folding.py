"""What comes in is folded: what says the same in nearly the same words, and what one person said in a flood.

The methods are :mod:`crisisdesk.pipeline.likeness` and :mod:`crisisdesk.pipeline.floods`. What they remember is memory
only: after a start they read the newest mentions again, and what another desk on the data file stored is read before
one's own. A fold is about what is shown: every mention counts, is judged and is answered by itself.
"""

from __future__ import annotations

from typing import Final

from crisisdesk.pipeline.floods import Floods
from crisisdesk.pipeline.likeness import Kinds
from crisisdesk.store import folds
from crisisdesk.store.database import Transaction
from crisisdesk.store.folds import Unread

REMEMBERED: Final = 5_000
"""So many of the newest mentions are read again after a start."""
_NEWS: Final = frozenset(("press", "regulator"))
_NEWS_SOURCES: Final = frozenset(("feed",))


class Folding:
    """Folds new mentions in the transaction that stores them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Know nothing; the next mentions begin with what the file holds."""
        self._kinds, self._floods = Kinds(), Floods()
        self._seen: int | None = None

    def take_in(self, tx: Transaction, known: int, newest: int) -> None:
        """Fold the mentions after ``known`` up to ``newest``, which this transaction has stored."""
        after = max(known - REMEMBERED, self._seen if self._seen is not None else 0)
        tx.undo(self.forget)
        found: dict[int, int] = {}
        leaders: set[int] = set()
        for one in folds.unread(tx.connection, after):
            if one.id <= known or one.fold is not None:
                self._remember(one)
            else:
                self._fold(one, found, leaders)
        self._seen = newest
        folds.put(tx.connection, found, leaders - found.keys())

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
