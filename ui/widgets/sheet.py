"""A small table of ready cells, as tall as its rows, for pages that are read like a document."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractItemView

from ui.models.columns import Cell, Look, SheetRow, sheet_columns
from ui.models.table import RowTable
from ui.theme import Theme
from ui.widgets.data_table import DataTable


class Sheet(DataTable):
    """Rows of cells under headings; it never scrolls by itself.

    Args:
        spec: heading key, width in pixels (0 = what is left) and whether the column holds numbers.
        row: height of a row.
        lines: lines of text in a cell.
    """

    def __init__(
        self, spec: Sequence[tuple[str, int, bool]], look: Look, theme: Theme, *, row: int = 30, lines: int = 1
    ) -> None:
        self._model: RowTable[SheetRow] = RowTable(sheet_columns(spec), look, lambda one: one[0])
        super().__init__(self._model, theme, row=row, lines=lines)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def put(self, rows: Sequence[Sequence[Cell]], look: Look) -> None:
        """Show these rows."""
        self._model.set_look(look)
        self._model.show([(number, tuple(cells)) for number, cells in enumerate(rows)])
        self.fit_height()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page scrolls, not the sheet."""
        event.ignore()
