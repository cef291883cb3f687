"""Which rows the inbox holds: danger first, then the newest; an unfolded row with what it stands for under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from crisisdesk.model.inbox import Fold, Listed, Place, Window
from ui.models.table import RowTable


class InboxRows:
    """Keeps the model as it should be while pages come in above and below.

    Attributes:
        last: the last mention that was looked at; older ones come after it.
        unfolded: what each unfolded row stands for, newest first.
        top: the rows of danger, which stand above the others whatever their time.
    """

    def __init__(self, model: RowTable[Listed]) -> None:
        self._model = model
        self._heads: tuple[Listed, ...] = ()
        self.top: tuple[Listed, ...] = ()
        self.last: int | None = None
        self.more = False
        self.unfolded: dict[Fold, tuple[Listed, ...]] = {}

    def folds(self) -> frozenset[Fold]:
        """Folds that have their row."""
        return frozenset(row.fold for row in (*self.top, *self._heads) if row.fold is not None)

    def begin(self, window: Window, top: Sequence[Listed]) -> None:
        """Show this page and nothing else; what was unfolded is folded."""
        self.unfolded.clear()
        self._take(window, top)

    def renew(self, window: Window, top: Sequence[Listed], unfolded: dict[Fold, tuple[Listed, ...]]) -> None:
        """Bring the head up to date with the newest page; what was fetched below it stays."""
        self.unfolded = {fold: rows for fold, rows in unfolded.items() if fold in self.unfolded}
        old = self._heads
        if not (window.more and window.rows and old and _age(old[0]) >= _age(window.rows[-1])):
            self._take(window, top)
            return
        end = _age(window.rows[-1])
        below = [row for row in old if _age(row) < end]
        self.top = tuple(top)
        newest = self._without(window.rows, self.top)
        tail = self._without(below, (*self.top, *newest))
        self._heads = (*newest, *tail)
        head = self._composed((*self.top, *newest))
        if len(tail) == len(below) and head:
            self._model.merge(head, more=self.more)
        else:
            self._model.show((*head, *self._composed(tail)), more=self.more)

    def append(self, window: Window) -> None:
        """Add an older page."""
        older = self._without(window.rows, (*self.top, *self._heads))
        self._heads += older
        self.last, self.more = window.last, window.more
        self._model.append(self._composed(older), more=window.more)

    def unfold(self, fold: Fold, rows: Sequence[Listed]) -> None:
        """Show what a row stands for below it."""
        self.unfolded[fold] = tuple(rows)
        self._show()

    def fold(self, fold: Fold) -> int:
        """Show one row for all; where that row stands."""
        self.unfolded.pop(fold, None)
        self._show()
        return self.position(fold)

    def position(self, fold: Fold) -> int:
        """Where the row of a fold stands; -1 where it has none."""
        rows = self._model.rows()
        return next((n for n, row in enumerate(rows) if row.fold == fold and row.place is not Place.UNDER), -1)

    def change(self, row: Listed) -> None:
        """A row is as this one now, wherever it stands."""
        self._heads = tuple(row if one.id == row.id else one for one in self._heads)
        self.top = tuple(row if one.id == row.id else one for one in self.top)
        for fold, rows in self.unfolded.items():
            self.unfolded[fold] = tuple(row if one.id == row.id else one for one in rows)
        self._model.renew(row)

    def _take(self, window: Window, top: Sequence[Listed]) -> None:
        self.top = tuple(top)
        self._heads = self._without(window.rows, self.top)
        self.last, self.more = window.last, window.more
        self._show()

    def _show(self) -> None:
        self._model.show(self._composed((*self.top, *self._heads)), more=self.more)

    def _composed(self, heads: Sequence[Listed]) -> tuple[Listed, ...]:
        rows: list[Listed] = []
        for head in heads:
            under = self.unfolded.get(head.fold) if head.fold is not None and head.many > 1 else None
            if under is None:
                rows.append(head)
                continue
            rows.append(replace(head, place=Place.UNFOLDED))
            rows += [replace(row, place=Place.UNDER) for row in under if row.id != head.id]
        return tuple(rows)

    @staticmethod
    def _without(rows: Sequence[Listed], others: Sequence[Listed]) -> tuple[Listed, ...]:
        """Those of ``rows`` that have no row among ``others``, themselves or as a part of their fold."""
        ids = {row.id for row in others}
        folds = {row.fold for row in others if row.fold is not None}
        return tuple(row for row in rows if row.id not in ids and row.fold not in folds)


def _age(row: Listed) -> tuple[datetime, int]:
    return row.mention.published_at, row.id
