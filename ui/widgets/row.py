"""A row of a sheet: what it is called, what it says, and who says so."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import GAP
from ui.widgets.safe import SafeLabel


class Row(QWidget):
    """A label in a narrow column and a value beside it, as in the truth sheet."""

    def __init__(self, label: str, value: str = "", note: str = "", *, label_width: int = 112) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 4, 0, 4)
        line.setSpacing(GAP)
        self.label = SafeLabel(label, "muted", wrap=True)
        self.label.setFixedWidth(label_width)
        self.value = SafeLabel(value, wrap=True)
        self.note = SafeLabel(note, "small", wrap=True)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self.value)
        column.addWidget(self.note)
        line.addWidget(self.label, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(column, 1)
        line.setStretch(1, 1)
        self.note.setVisible(bool(note))
