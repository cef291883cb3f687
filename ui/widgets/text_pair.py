"""The same text in Spanish and English, side by side, typed in place."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from crisisdesk.model.playbook import Bilingual
from crisisdesk.texts import Texts
from ui.theme import GAP
from ui.widgets.field import Field

LANGUAGES = ("es", "en")


class TextPair(QWidget):
    """Two editors of plain text; Tab leaves them.

    Signals:
        edited: a person changed one of them.
    """

    edited = Signal()

    def __init__(self, texts: Texts, label: str, *, lines: int = 3) -> None:
        super().__init__()
        self._texts = texts
        self._label = label
        self._putting = False
        self.edits = {lang: QPlainTextEdit() for lang in LANGUAGES}
        self.fields = {lang: Field("", edit) for lang, edit in self.edits.items()}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for lang, edit in self.edits.items():
            edit.setTabChangesFocus(True)
            edit.setFixedHeight(edit.fontMetrics().lineSpacing() * lines + 18)
            edit.textChanged.connect(self._changed)
            row.addWidget(self.fields[lang], 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Say the labels again."""
        for lang, field in self.fields.items():
            field.set_label(f"{self._texts(self._label)} · {lang}")

    def value(self) -> Bilingual:
        """Both texts, trimmed."""
        return Bilingual(*(self.edits[lang].toPlainText().strip() for lang in LANGUAGES))

    def put(self, value: Bilingual) -> None:
        """Show both texts; one that is there already keeps its cursor."""
        self._putting = True
        for lang, edit in self.edits.items():
            text = getattr(value, lang)
            if edit.toPlainText().strip() != text.strip():
                edit.setPlainText(text)
        self._putting = False

    def set_problem(self, lang: str, problem: str) -> None:
        """Say what is wrong with one of them, or nothing."""
        self.fields[lang].set_problem(problem)

    def _changed(self) -> None:
        if not self._putting:
            self.edited.emit()
