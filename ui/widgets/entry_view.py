"""One entry of the timeline: when it happened and was written down, its correction, and what it said at first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from crisisdesk.model.attachment import Attachment
from crisisdesk.model.timeline import Entry
from crisisdesk.words import duration, entry_sentence, when
from ui.models.columns import Look, outside
from ui.theme import GAP
from ui.widgets.attachment_list import AttachmentList
from ui.widgets.away_form import AwayForm
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.keycap import KeyCap
from ui.widgets.note_edit import PastTime
from ui.widgets.panel import clear, rule
from ui.widgets.row import Row
from ui.widgets.safe import PlainView, SafeLabel

TOLD_BY: Final = frozenset({"entry", "incident", "alert"})  # what tells of the timeline itself cannot be deleted


class EntryView(QWidget):
    """Shows one entry, stars it, corrects a note; the original stays in sight.

    Signals:
        starred: entry id and whether it belongs to the short version.
        corrected: entry id, text, instant (or ``None``) and reason.
        originals_wanted: entry id.
        removed, redacted: entry id and reason: take the note or a file out, or delete it by law.
        attach_wanted: files for the entry on screen.
        place_wanted: a note between this entry and the next one.
    """

    starred = Signal(int, bool)
    corrected = Signal(int, str, object, str)
    originals_wanted = Signal(int)
    removed = Signal(int, str)
    redacted = Signal(int, str)
    attach_wanted = Signal()
    place_wanted = Signal()

    def __init__(self, look: Look, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._look = look
        self._entry: Entry | None = None
        self._lang = look.texts.lang
        self._sentence = PlainView(grows=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.star = Button("", self.toggle_star, key="S")
        self.edit = Button("", self.start_edit, key="E")
        self.originals = Button("", self.want_originals, key="V")
        self.attach = Button("", self.attach_wanted.emit, key="A")
        self.place = Button("", self.place_wanted.emit, key="I")
        self.away = Button("", self._ask_away, kind="quiet")
        self.files = AttachmentList()
        self.away_form = AwayForm(look.texts)
        self._first = QVBoxLayout()
        self._first.setSpacing(4)
        self.text = QPlainTextEdit(tabChangesFocus=True)
        self.text.setFixedHeight(96)
        self.time = PastTime(now, look.zone)
        self.reason = QLineEdit(maxLength=500)
        self.save = Button("", self._ask, kind="primary")
        self.cancel = Button("", self.stop_edit, kind="quiet")
        self.remove = Button("", self._ask_remove, kind="quiet")
        self.redact = Button("", self._ask_redact, kind="quiet")
        self._sure = False
        self._none = SafeLabel("", "muted", wrap=True)
        self._lay_out()
        self.show_entry(None, look)

    @property
    def entry(self) -> Entry | None:
        """The entry on screen."""
        return self._entry

    @property
    def editing(self) -> bool:
        """Whether a correction is being typed."""
        return not self._form.isHidden()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(GAP)
        body.addWidget(self._sentence)
        body.addLayout(self._rows)
        buttons = QHBoxLayout()
        self._edit_key, self._originals_key = KeyCap("E"), KeyCap("V")
        for button, key in (
            (self.star, KeyCap("S")),
            (self.edit, self._edit_key),
            (self.originals, self._originals_key),
        ):
            buttons.addWidget(button)
            buttons.addWidget(key)
        buttons.addStretch(1)
        body.addLayout(buttons)
        more = QHBoxLayout()
        for widget in (self.attach, KeyCap("A"), self.place, KeyCap("I")):
            more.addWidget(widget)
        more.addStretch(1)
        body.addLayout(more)
        body.addWidget(self.away, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self.files)
        body.addWidget(self.away_form)
        self.files.away_wanted.connect(self._ask_away)
        self.away_form.removed.connect(self.removed)
        self.away_form.redacted.connect(self.redacted)
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(GAP)
        self._text_field, self._time_field = Field("", self.text), Field("", self.time)
        self._reason_field = Field("", self.reason)
        for part in (rule(), self._text_field, self._time_field, self._reason_field):
            form.addWidget(part)
        ends = QHBoxLayout()
        ends.addWidget(self.save)
        ends.addWidget(self.cancel)
        ends.addStretch(1)
        form.addLayout(ends)
        away = QHBoxLayout()
        away.addWidget(self.remove)
        away.addWidget(self.redact)
        away.addStretch(1)
        form.addLayout(away)
        body.addWidget(self._form)
        body.addLayout(self._first)
        column.addWidget(self._none)
        column.addWidget(self._body)
        column.addStretch(1)

    def show_entry(self, entry: Entry | None, look: Look) -> None:
        """Show an entry, or that none is chosen; a correction being typed is not disturbed by a re-read."""
        same = entry is not None and self._entry is not None and entry.id == self._entry.id
        changed = entry != self._entry or look.texts.lang != self._lang
        self._entry, self._look, self._lang = entry, look, look.texts.lang
        self._say(entry)
        self._body.setVisible(entry is not None)
        self._none.setVisible(entry is None)
        if not same:
            self.stop_edit()
            self.away_form.hide()
        if entry is None or (same and not changed):
            return
        clear(self._first)
        texts = look.texts
        self._sentence.set_text(entry_sentence(entry, texts, look.zone))
        clear(self._rows)
        self._add("occurred", self._long(entry.occurred_at))
        late = texts("timeline_page.late", duration=duration(entry.recorded_at - entry.occurred_at, texts))
        self._add("recorded", self._long(entry.recorded_at), f"◆ {late}" if entry.late else "")
        self._add("offset", _offset(entry.offset_minutes))
        actor = texts("timeline_page.the_desk") if entry.actor == "desk" else outside(entry.actor, 120)
        self._add("who", actor)
        if entry.kind.startswith("note.") and "after" in entry.data:
            self._add("place", texts("timeline_page.placed"))
        self.files.show_files(entry.attachments, look)

    def _say(self, entry: Entry | None) -> None:
        texts = self._look.texts
        self._none.setText(texts("timeline_page.none_chosen"))
        self._sentence.setAccessibleName(texts("timeline_page.column.what"))
        self.star.set_text(texts("timeline_page.unstar" if entry and entry.starred else "timeline_page.star"))
        self.edit.set_text(texts("timeline_page.edit"))
        is_note = entry is not None and entry.kind.startswith("note.")
        self.edit.setVisible(is_note)
        self._edit_key.setVisible(is_note)
        self.attach.set_text(texts("timeline_page.files.attach"))
        self.place.set_text(texts("timeline_page.insert"))
        self.away.set_text(texts("timeline_page.away_redact"))
        kept = entry is not None and entry.kind.partition(".")[0] in TOLD_BY
        self.away.setVisible(not (is_note or kept) and not (entry is not None and entry.redacted))
        self.originals.set_text(texts("timeline_page.see_original"))
        corrected = self._original() is not None
        self.originals.setVisible(corrected)
        self._originals_key.setVisible(corrected)
        self._text_field.set_label(texts("timeline_page.edit_text"))
        self._time_field.set_label(texts("timeline_page.edit_time"), texts("timeline_page.edit_time_hint"))
        self._reason_field.set_label(texts("timeline_page.edit_reason"))
        self.save.set_text(texts("timeline_page.edit_save"))
        self.cancel.set_text(texts("timeline_page.edit_cancel"))
        self.remove.set_text(texts("timeline_page.remove"))
        self._set_sure(False)

    def _long(self, instant: datetime) -> str:
        return when(instant, self._look.zone, self._look.texts, ref=self._look.now)

    def _add(self, name: str, value: str, note: str = "") -> None:
        row = Row(self._look.texts(f"timeline_page.detail.{name}"), value, note, label_width=92)
        row.note.setProperty("rank", "promise")
        self._rows.addWidget(row)

    def show_originals(self, versions: Sequence[Entry]) -> None:
        """Show every version of the entry as it was written, oldest first."""
        clear(self._first)
        texts = self._look.texts
        for number, version in enumerate(versions):
            name = "first" if number == 0 else "correction"
            head = texts(f"timeline_page.{name}", time=self._long(version.recorded_at), who=outside(version.actor, 60))
            self._first.addWidget(rule())
            self._first.addWidget(SafeLabel(head, "small", wrap=True))
            said = entry_sentence(version, texts, self._look.zone)
            self._first.addWidget(SafeLabel(said, wrap=True, limit=2_000, selectable=True))

    def start_edit(self) -> None:
        """Open the correction form with the note as it reads now."""
        if self._entry is None or not self._entry.kind.startswith("note."):
            return
        if not self.editing:
            self.text.setPlainText(self._entry.text)
            self.time.clear()
            self.reason.clear()
        self._form.show()
        self.text.setFocus()

    def _ask_away(self, file: Attachment | None = None) -> None:
        """Ask for the reason for which a file is taken out, or an entry's words are deleted by law."""
        if file is not None:
            what = self._look.texts("timeline_page.away_file", file=outside(file.name, 60))
            self.away_form.ask(file.id, what, removable=True)
        elif self._entry is not None:
            self.away_form.ask(self._entry.id, self._look.texts("timeline_page.away_entry"), removable=False)

    def _ask_remove(self) -> None:
        if self._entry is not None and self._reasoned():
            self.removed.emit(self._entry.id, self.reason.text().strip())

    def _ask_redact(self) -> None:
        """Ask once more, in place: these words cannot be brought back."""
        if self._entry is None or not self._reasoned():
            return
        if not self._sure:
            self._set_sure(True)
            return
        self._set_sure(False)
        self.redacted.emit(self._entry.id, self.reason.text().strip())

    def _reasoned(self) -> bool:
        missing = not self.reason.text().strip()
        self._reason_field.set_problem(self._look.texts("errors.timeline.no_reason") if missing else "")
        return not missing

    def _set_sure(self, sure: bool) -> None:
        self._sure = sure
        self.redact.set_text(self._look.texts("timeline_page.redact_sure" if sure else "timeline_page.redact"))
        self.redact.set_kind("danger" if sure else "quiet")

    def stop_edit(self) -> None:
        """Close the correction form."""
        self._set_sure(False)
        self._reason_field.set_problem("")
        self._form.hide()
        self._text_field.set_problem("")
        self._time_field.set_problem("")

    def failed(self, problem: str) -> None:
        """Say why the correction was not written down; it stays in the form."""
        self._text_field.set_problem(problem)
        self.save.setEnabled(True)

    def saved(self) -> None:
        """The correction is written down."""
        self.save.setEnabled(True)
        self.stop_edit()

    def toggle_star(self) -> None:
        """Put the entry into the short version, or take it out."""
        if self._entry is not None:
            self.starred.emit(self._entry.id, not self._entry.starred)

    def want_originals(self) -> None:
        """Ask for every version of the entry."""
        original = self._original()
        if original is not None:
            self.originals_wanted.emit(original)

    def _original(self) -> int | None:
        """The entry whose versions can be read here: its own when it was corrected, the one that was taken out."""
        entry = self._entry
        if entry is None:
            return None
        if entry.kind == "entry.removed" and isinstance(taken := entry.data.get("entry"), int):
            return taken
        return entry.id if entry.revised_by is not None else None

    def _ask(self) -> None:
        problem = self.time.problem(self._look.texts)
        self._time_field.set_problem(problem)
        text = self.text.toPlainText().strip()
        self._text_field.set_problem("" if text else self._look.texts("timeline_page.note.missing"))
        if self._entry is not None and text and not problem:
            self.save.setEnabled(False)
            self.corrected.emit(self._entry.id, text, self.time.reading().instant, self.reason.text().strip())


def _offset(minutes: int) -> str:
    sign = "−" if minutes < 0 else "+"
    return f"UTC {sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
