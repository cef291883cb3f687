"""The note box: a sentence, what it is (hecho, decisión, pendiente) and when it happened if not now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.timeline import NoteKind
from crisisdesk.texts import Texts
from crisisdesk.words import when
from ui.theme import GAP, set_style
from ui.widgets.button import Button
from ui.widgets.clock_reading import Doubt, Reading, Toward, read_clock
from ui.widgets.safe import SafeLabel

_MOST = 10_000


class PastTime(QLineEdit):
    """A time that already was, typed as ``07:10`` or ``8/3 07:10``; empty = now."""

    def __init__(self, now: Callable[[], datetime], zone: str) -> None:
        super().__init__(maxLength=24)
        self._now = now
        self._zone = zone
        self.setFixedWidth(112)

    def reading(self) -> Reading:
        """What was understood."""
        return read_clock(self.text(), self._zone, self._now(), Toward.PAST)

    def put(self, instant: datetime, texts: Texts) -> None:
        """Show an instant as it would be typed."""
        self.setText(when(instant, self._zone, texts))

    def problem(self, texts: Texts) -> str:
        """Why the time cannot be used, or ``""``."""
        reading = self.reading()
        if reading.doubt is not Doubt.NONE:
            return texts(f"timeline_page.time.{reading.doubt}")
        if reading.instant is not None and reading.instant > self._now():
            return texts("timeline_page.time.future")
        return ""


class NoteEdit(QWidget):
    """The box; what was typed stays until the desk has written it down, and Esc never loses it.

    Signals:
        wanted: text, kind and instant (or ``None``) to write down.
    """

    wanted = Signal(str, NoteKind, object)

    def __init__(self, texts: Texts, now: Callable[[], datetime], zone: str) -> None:
        super().__init__()
        self._texts = texts
        self.text = QLineEdit(maxLength=_MOST)
        self.time = PastTime(now, zone)
        self.kinds = {kind: Button("", kind="chip") for kind in NoteKind}
        self._save = Button("", self._ask)
        self._problem = SafeLabel("", "danger", wrap=True)
        group = QButtonGroup(self)
        for button in self.kinds.values():
            group.addButton(button)
        self.kinds[NoteKind.FACT].setChecked(True)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.text, 1)
        for button in self.kinds.values():
            line.addWidget(button)
        line.addWidget(self.time)
        line.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self._problem)
        for edit in (self.text, self.time):
            edit.returnPressed.connect(self._ask)
            edit.textEdited.connect(lambda _text: self.set_problem(""))
        self.retranslate()
        self.set_problem("")

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._texts
        self.text.setPlaceholderText(texts("timeline_page.note.text"))
        self.text.setAccessibleName(texts("timeline_page.note.text_name"))
        self.time.setPlaceholderText(texts("timeline_page.note.time"))
        self.time.setAccessibleName(texts("timeline_page.note.time_name"))
        self._save.set_text(texts("timeline_page.note.save"))
        for kind, button in self.kinds.items():
            button.set_text(texts(f"timeline_page.note.{kind}"))

    def kind(self) -> NoteKind:
        """What the note is."""
        return next(kind for kind, button in self.kinds.items() if button.isChecked())

    def set_problem(self, problem: str) -> None:
        """Say why it was not written down."""
        self._problem.setText(f"▲ {problem}" if problem else "")
        self._problem.setVisible(bool(problem))
        set_style(self.text, state="error" if problem else "")
        self._save.setEnabled(True)

    def saved(self) -> None:
        """Make room for the next note."""
        self.text.clear()
        self.time.clear()
        self.set_problem("")

    def _ask(self) -> None:
        if not self._save.isEnabled():
            return
        problem = self.time.problem(self._texts)
        if not self.text.text().strip():
            problem = self._texts("timeline_page.note.missing")
        if problem:
            self.set_problem(problem)
            return
        self._save.setEnabled(False)
        self.wanted.emit(self.text.text().strip(), self.kind(), self.time.reading().instant)
