"""One table model for every list: rows by key, changed in place, never reset, older rows fetched when wanted.

A page hands it frozen rows in the order they are shown. What differs from before is removed, inserted or
repainted, so that the selection and the place under the pointer stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ui.models.columns import Cell, Column, Look

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex

CELL_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_CACHED_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Remove:
    """Rows ``first``…``last`` go."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Insert:
    """The new rows ``start``…``stop`` (exclusive) come in at ``at``."""

    at: int
    start: int
    stop: int


def steps(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Remove | Insert]:
    """The removals (from the end) and then insertions (from the top) that turn ``old`` keys into ``new`` ones."""
    place = {key: index for index, key in enumerate(old)}
    kept: list[int] = []
    fresh: list[int] = []
    for index, key in enumerate(new):
        was = place.get(key, -1)
        if was > (kept[-1] if kept else -1):
            kept.append(was)
        else:
            fresh.append(index)
    stays = set(kept)
    gone = [index for index in range(len(old)) if index not in stays]
    removals: list[Remove | Insert] = [Remove(first, last) for first, last in reversed(_runs(gone))]
    return removals + [Insert(first, first, last + 1) for first, last in _runs(fresh)]


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as unbroken runs, first and last of each."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


class RowTable(QAbstractTableModel, Generic[R]):
    """Rows of one kind, shown through columns that are data.

    Signals:
        older_wanted: the view came near the last row and the page should fetch more and :meth:`append` them.
    """

    older_wanted = Signal()

    def __init__(
        self,
        columns: Sequence[Column[R]],
        look: Look,
        key: Callable[[R], Hashable],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._look = look
        self._key = key
        self._rows: list[R] = []
        self._cells: dict[Hashable, tuple[R, tuple[Cell, ...]]] = {}
        self._more = False
        self._waiting = False

    def rows(self) -> tuple[R, ...]:
        """The rows held now, in order."""
        return tuple(self._rows)

    def row_at(self, row: int) -> R | None:
        """The row at a position, or ``None``."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def position(self, key: Hashable) -> int:
        """Where the row with this key stands, or -1."""
        return next((index for index, row in enumerate(self._rows) if self._key(row) == key), -1)

    def columns(self) -> tuple[Column[R], ...]:
        """What the table shows."""
        return self._columns

    def look(self) -> Look:
        """How it is shown."""
        return self._look

    def set_look(self, look: Look) -> None:
        """Show the same rows in another language or zone, or at another time of day."""
        self._look = look
        self._cells.clear()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
        self._repaint(0, len(self._rows) - 1)

    def show(self, rows: Sequence[R], *, more: bool = False) -> None:
        """Hold exactly these rows from now on; ``more`` says that older ones can be fetched."""
        self._more, self._waiting = more, False
        self._put(rows, len(self._rows))

    def merge(self, newest: Sequence[R], *, more: bool = False) -> None:
        """Bring the head up to date with the newest rows; what was fetched below them stays.

        Args:
            newest: the first rows as they are now.
            more: whether older rows follow ``newest``; asked only where the table must begin anew.
        """
        end = self.position(self._key(newest[-1])) + 1 if newest else 0
        if end == 0:
            self.show(newest, more=more)
        else:
            self._put(newest, end)

    def append(self, older: Sequence[R], *, more: bool) -> None:
        """Add the rows that :attr:`older_wanted` asked for."""
        self._more, self._waiting = more, False
        known = {self._key(row) for row in self._rows[-len(older) - 200 :]}
        fresh = [row for row in older if self._key(row) not in known]
        if fresh:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._rows.extend(fresh)
            self.endInsertRows()

    def renew(self, row: R) -> None:
        """Show another state of a row that is held; one that is not changes nothing."""
        at = self.position(self._key(row))
        if at >= 0:
            self._rows[at] = row
            self._repaint(at, at)

    def fetch_failed(self) -> None:
        """Nothing came; ask again when the view comes near the end again."""
        self._waiting = False

    def _put(self, rows: Sequence[R], end: int) -> None:
        """Make the first ``end`` rows equal to ``rows``."""
        for step in steps([self._key(row) for row in self._rows[:end]], [self._key(row) for row in rows]):
            if isinstance(step, Remove):
                self.beginRemoveRows(QModelIndex(), step.first, step.last)
                del self._rows[step.first : step.last + 1]
                self.endRemoveRows()
            else:
                self.beginInsertRows(QModelIndex(), step.at, step.at + step.stop - step.start - 1)
                self._rows[step.at : step.at] = rows[step.start : step.stop]
                self.endInsertRows()
        for index, row in enumerate(rows):
            if self._rows[index] != row:
                self._rows[index] = row
                self._repaint(index, index)

    def _repaint(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))

    def _cell(self, row: int, column: int) -> Cell:
        value = self._rows[row]
        key = self._key(value)
        row_and_cells = self._cells.get(key)
        if row_and_cells is None or row_and_cells[0] is not value:
            if len(self._cells) >= _CACHED_ROWS:
                self._cells.clear()
            row_and_cells = value, tuple(one.cell(value, self._look) for one in self._columns)
            self._cells[key] = row_and_cells
        return row_and_cells[1][column]

    def rowCount(self, parent: Index | None = None) -> int:
        """Rows held; none below a row."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Columns; none below a row."""
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether older rows may be asked for."""
        return not parent.isValid() and self._more and not self._waiting

    def fetchMore(self, parent: Index) -> None:
        """Ask the page for older rows; they come later through :meth:`append`."""
        if self.canFetchMore(parent):
            self._waiting = True
            self.older_wanted.emit()

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """A cell's text, its spoken text, its alignment, or the whole :class:`Cell` for the painter."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        if role == CELL_ROLE:
            return self._cell(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(index.row(), index.column()).text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            cell = self._cell(index.row(), index.column())
            return cell.spoken or cell.text
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> object:
        """A column's heading in the reader's language."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._look.texts(column.heading) if column.heading else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None
