"""Rows that can be pressed, one under the other; when they are made anew, the focus stays on what it was on."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from ui.widgets.press_row import PressRow


class PressList(QWidget):
    """The rows, each under the key of what it shows."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[tuple[object, PressRow], ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 0, 1, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)

    def rows(self) -> tuple[PressRow, ...]:
        """The rows in their order."""
        return tuple(row for _key, row in self._rows)

    def show_rows(self, rows: Iterable[tuple[object, PressRow]], chosen: object = None) -> None:
        """Show these; a focus among them follows its key, or ``chosen``, and keeps its place when that row is gone."""
        before, self._rows = self._rows, tuple(rows)
        for place, (_key, row) in enumerate(self._rows):
            self._column.insertWidget(place, row)
        focused = next((place for place, (_key, row) in enumerate(before) if row.hasFocus()), None)
        if focused is not None and self._rows:
            keys = [key for key, _row in self._rows]
            key = before[focused][0] if chosen is None else chosen
            place = keys.index(key) if key in keys else min(focused, len(keys) - 1)
            self._rows[place][1].take_focus()  # before the old one goes, or the focus falls somewhere else
        for _key, row in before:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()

    def walk(self) -> bool:
        """The keys walk the rows from the first on, unless somebody is typing; whether there are rows."""
        if self._rows and not isinstance(QApplication.focusWidget(), QLineEdit):
            self._rows[0][1].take_focus()
        return bool(self._rows)
