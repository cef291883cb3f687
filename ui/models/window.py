"""A table as long as it likes: it knows the keys of all its rows, and holds only those rows that were looked at.

What is not held yet is painted as dots and asked for; the page reads it in the background and gives it to :meth:`hold`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QObject, Signal

from ui.models.columns import Cell, Column, Look
from ui.models.table import Remove, RowTable, steps

R = TypeVar("R")
_DOTS: Final = Cell(text="…", token="muted")
MOST_HELD: Final = 4_000
MOST_STEPS: Final = 3_000  # above it another list is begun: telling one from the other row by row takes longer


class WindowTable(RowTable[Any], Generic[R]):
    """Rows by key, read when they come into sight.

    Signals:
        lacking: a row in sight is not held; asked once until something is held.
    """

    lacking = Signal()

    def __init__(
        self, columns: Sequence[Column[R]], look: Look, key: Callable[[R], int], parent: QObject | None = None
    ) -> None:
        super().__init__(columns, look, lambda row: row, parent)
        self._key_of = key
        self._held: dict[int, R] = {}
        self._asked = False

    def keys(self) -> tuple[int, ...]:
        """The keys of all rows, in order."""
        return tuple(self._rows)

    def rows(self) -> tuple[R, ...]:
        """The rows that are held, in order."""
        return tuple(self._held[key] for key in self._rows if key in self._held)

    def row_at(self, row: int) -> R | None:
        """The row at a position, or ``None`` where there is none or it is not held yet."""
        return self._held.get(self._rows[row]) if 0 <= row < len(self._rows) else None

    def key_at(self, row: int) -> int | None:
        """The key at a position, held or not."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def position(self, key: object) -> int:
        """Where the row with this key stands, or -1."""
        return self._rows.index(key) if key in self._rows else -1

    def lacks(self, first: int, last: int) -> tuple[int, ...]:
        """Keys of the positions ``first`` to ``last`` whose rows are not held."""
        return tuple(key for key in self._rows[max(first, 0) : last + 1] if key not in self._held)

    def hold(self, rows: Sequence[R], *, only: bool = False) -> None:
        """Hold these rows; ``only`` = forget all others, because they may have changed."""
        if only or len(self._held) + len(rows) > MOST_HELD:
            self._held.clear()
            self._cells.clear()
        for row in rows:
            self._held[self._key_of(row)] = row
            self._cells.pop(self._key_of(row), None)
        self._asked = False
        self._repaint(0, len(self._rows) - 1)

    def show(self, rows: Sequence[Any], *, more: bool = False) -> None:
        """These keys from now on. What comes in at an end costs nothing, however long the table is.

        A list that has little in common with the one before begins anew, without a selection.
        """
        new, old = list(rows), self._rows
        fresh = len(new) - len(old)
        self._more = self._waiting = False
        if fresh >= 0 and new[fresh:] == old:
            self._insert(0, new[:fresh])
        elif fresh >= 0 and new[: len(old)] == old:
            self._insert(len(old), new[len(old) :])
        else:
            first, last = _alike(old, new)
            gone, come = old[first : len(old) - last], new[first : len(new) - last]
            if len(gone) + len(come) <= MOST_STEPS:
                self._exchange(first, gone, come)
            else:
                self.beginResetModel()
                self._rows = new
                self.endResetModel()

    def _exchange(self, first: int, gone: list[Any], come: list[Any]) -> None:
        """The rows from ``first`` on are other ones now; those before and after are not even looked at."""
        for step in steps(gone, come):
            if isinstance(step, Remove):
                self.beginRemoveRows(QModelIndex(), first + step.first, first + step.last)
                del self._rows[first + step.first : first + step.last + 1]
                self.endRemoveRows()
            else:
                self._insert(first + step.at, come[step.start : step.stop])

    def _insert(self, at: int, keys: list[Any]) -> None:
        if keys:
            self.beginInsertRows(QModelIndex(), at, at + len(keys) - 1)
            self._rows[at:at] = keys
            self.endInsertRows()

    def _cell(self, row: int, column: int) -> Cell:
        key = self._rows[row]
        value = self._held.get(key)
        if value is None:
            if not self._asked:
                self._asked = True
                self.lacking.emit()
            return _DOTS
        row_and_cells = self._cells.get(key)
        if row_and_cells is None:
            row_and_cells = value, tuple(one.cell(value, self._look) for one in self._columns)
            self._cells[key] = row_and_cells
        return row_and_cells[1][column]


def _alike(old: Sequence[Any], new: Sequence[Any]) -> tuple[int, int]:
    """How many rows both have at their beginning, and how many more at their end."""
    short = min(len(old), len(new))
    first = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), short)
    ends = zip(reversed(old), reversed(new), strict=False)
    last = next((n for n, (a, b) in enumerate(ends) if a != b), short)
    return first, min(last, short - first)
