"""The note box: always open; Return writes it into the timeline as a fact, a decision or something pending."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from crisisdesk.model.timeline import NoteKind
from crisisdesk.texts import Texts
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.safe import SafeLabel


class NoteBox(QFrame):
    """One line and three kinds; what was typed stays until it is saved.

    Signals:
        written: the text and its :class:`NoteKind`.
    """

    written = Signal(str, object)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.line = QLineEdit(maxLength=4000)
        self._kinds = QButtonGroup(self)
        self._kinds.setExclusive(True)
        self._saved = SafeLabel("", "small")
        row = QHBoxLayout()
        row.setSpacing(6)
        for n, _kind in enumerate(NoteKind):
            chip = Button("", kind="chip")
            self._kinds.addButton(chip, n)
            row.addWidget(chip)
        row.addStretch(1)
        row.addWidget(self._saved)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.line)
        column.addLayout(row)
        self._kinds.button(0).setChecked(True)
        self.line.returnPressed.connect(self._write)
        self.line.textEdited.connect(lambda _text: self._saved.setText(""))
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything again."""
        self.line.setPlaceholderText(self._texts("room.note.hint"))
        self.line.setAccessibleName(self._texts("room.note.name"))
        for n, kind in enumerate(NoteKind):
            button = self._kinds.button(n)
            assert isinstance(button, Button)
            button.set_text(self._texts(f"room.note.{kind.value}"))

    def done(self) -> None:
        """Empty the box once the note is safely written."""
        self.line.clear()
        self._saved.setText(self._texts("room.note.saved"))

    def _write(self) -> None:
        text = self.line.text().strip()
        if text:
            self.written.emit(text, tuple(NoteKind)[self._kinds.checkedId()])
