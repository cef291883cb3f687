"""The note box: a sentence, what it is (hecho, decisión, pendiente), when it happened if not now, and its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.attachment import Upload
from crisisdesk.model.timeline import Entry, NoteKind
from crisisdesk.texts import Texts
from crisisdesk.words import when, zone_info
from ui.theme import GAP, set_style
from ui.widgets.button import Button
from ui.widgets.clock_reading import Doubt, Reading, Toward, read_clock
from ui.widgets.file_tray import FileTray
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

    def put(self, instant: datetime) -> None:
        """Show an instant as it would be typed."""
        local, today = (one.astimezone(zone_info(self._zone)) for one in (instant, self._now()))
        day = "" if local.date() == today.date() else f"{local.day}/{local.month}/{local.year} "
        self.setText(f"{day}{local:%H:%M}")

    def said(self, instant: datetime, texts: Texts) -> str:
        """An instant in words."""
        return when(instant, self._zone, texts, ref=self._now())

    def problem(self, texts: Texts) -> str:
        """Why the time cannot be used, or ``""``."""
        reading = self.reading()
        if reading.doubt is not Doubt.NONE:
            return texts(f"timeline_page.time.{reading.doubt}")
        if reading.instant is not None and reading.instant > self._now():
            return texts("timeline_page.time.future")
        return ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A note as it is to be written down: ``between`` are the entries that it was put between, its time a guess."""

    text: str
    kind: NoteKind
    occurred_at: datetime | None
    between: tuple[int, int] | None
    files: tuple[Upload, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Between two entries: the instant in the middle, and how it is shown in the field."""

    ids: tuple[int, int]
    middle: datetime
    shown: str


class NoteEdit(QWidget):
    """The box; what was typed stays until the desk has written it down, and Esc never loses it.

    Signals:
        wanted: a :class:`Wanted` to write down.
        files_wanted: the person wants to choose files for it.
    """

    wanted = Signal(object)
    files_wanted = Signal()

    def __init__(self, texts: Texts, now: Callable[[], datetime], zone: str) -> None:
        super().__init__()
        self._texts = texts
        self.text = QLineEdit(maxLength=_MOST)
        self.time = PastTime(now, zone)
        self.kinds = {kind: Button("", kind="chip") for kind in NoteKind}
        self._save = Button("", self._ask)
        self.attach = Button("", self.files_wanted.emit, kind="quiet")
        self.tray = FileTray(texts)
        self._place: _Place | None = None
        self._between = SafeLabel("", "small", wrap=True)
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
        line.addWidget(self.attach)
        line.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._between)
        column.addLayout(line)
        column.addWidget(self.tray)
        column.addWidget(self._problem)
        for edit in (self.text, self.time):
            edit.returnPressed.connect(self._ask)
            edit.textEdited.connect(lambda _text: self.set_problem(""))
        self.retranslate()
        self.set_problem("")
        self.leave_place()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._texts
        self.text.setPlaceholderText(texts("timeline_page.note.text"))
        self.text.setAccessibleName(texts("timeline_page.note.text_name"))
        self.time.setPlaceholderText(texts("timeline_page.note.time"))
        self.time.setAccessibleName(texts("timeline_page.note.time_name"))
        self._save.set_text(texts("timeline_page.note.save"))
        self.attach.set_text(texts("timeline_page.files.attach"))
        self.attach.setAccessibleName(texts("timeline_page.files.attach_note"))
        self.tray.retranslate()
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

    def put_between(self, earlier: Entry, later: Entry) -> None:
        """The note goes between two entries: the time in the middle is proposed, and can be typed over."""
        middle = earlier.occurred_at + (later.occurred_at - earlier.occurred_at) / 2
        self.time.put(middle)
        self._place = _Place((earlier.id, later.id), middle, self.time.text())
        first, second = (self.time.said(one.occurred_at, self._texts) for one in (earlier, later))
        self._between.setText(self._texts("timeline_page.note.between", first=first, second=second))
        self._between.show()
        self.text.setFocus()

    def leave_place(self) -> None:
        """The note goes where its time puts it."""
        if self._place is not None and self.time.text() == self._place.shown:
            self.time.clear()
        self._place = None
        self._between.hide()

    def saved(self) -> None:
        """Make room for the next note."""
        self.text.clear()
        self.leave_place()
        self.time.clear()
        self.tray.clear()
        self.set_problem("")

    def _ask(self) -> None:
        if not self._save.isEnabled():
            return
        placed = self._place is not None and self.time.text() == self._place.shown
        problem = "" if placed else self.time.problem(self._texts)
        if not self.text.text().strip():
            problem = self._texts("timeline_page.note.missing")
        if problem:
            self.set_problem(problem)
            return
        self._save.setEnabled(False)
        place = self._place if self._place is not None and self.time.text() == self._place.shown else None
        instant = self.time.reading().instant if place is None else place.middle
        between = None if place is None else place.ids
        self.wanted.emit(Wanted(self.text.text().strip(), self.kind(), instant, between, self.tray.files))
