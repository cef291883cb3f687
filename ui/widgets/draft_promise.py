"""«Esto es una promesa»: an hour found in free text, with its three ways out; the honest one first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.playbook import Bilingual
from crisisdesk.plain import clamp
from crisisdesk.words import when
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.button import Button
from ui.widgets.draft_form import FormWords, QuietCombo
from ui.widgets.promise_evidence import Evidence
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel
from ui.widgets.time_edit import TimeEdit


@dataclass(frozen=True, slots=True)
class PromiseFound:
    """A promise that the check found.

    Attributes:
        words: as written.
        field: the field they stand in, or empty when they are the template's own.
        lang: the language they were found in.
    """

    words: str
    field: str
    lang: str


class PromisePanel(QFrame):
    """What to do with a promise that nobody registered.

    Signals:
        no_time: say instead that there is no time yet, and when the next news comes.
        removed: take the words out.
        opened: the form to register it stands open below.
        registered: what (a ``Bilingual``), when (a ``datetime``), who gave it (a role), what is known that the
            history does not know and who says so (a pair).
    """

    no_time = Signal(object)
    removed = Signal(object)
    opened = Signal()
    registered = Signal(object, object, str, object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("panel", "danger")
        self._context = context
        self._found: PromiseFound | None = None
        self.incident_id: int | None = None
        whole = QVBoxLayout(self)
        whole.setContentsMargins(INSET, 10, INSET, INSET)
        whole.setSpacing(GAP)
        self._said = RunsLabel(context.theme)
        self._note = SafeLabel("", "muted", wrap=True)
        whole.addWidget(self._said)
        whole.addWidget(self._note)
        self._choices = self._choice_row()
        self._form = self._register_form()
        whole.addWidget(self._choices)
        whole.addWidget(self._form)
        self._form.hide()
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self._context.texts
        for edit, key in zip(self.what, ("what_es", "what_en"), strict=True):
            edit.setPlaceholderText(texts(f"drafting.promise.{key}"))
            edit.setAccessibleName(texts(f"drafting.promise.{key}"))
        self.time.line.setAccessibleName(texts("drafting.promise.due"))
        self.giver.setAccessibleName(texts("drafting.promise.giver"))
        self.giver.clear()
        self.evidence.retranslate()
        buttons = (self.register_button, self.remove_button, self.save_button, self._cancel)
        for button, key in zip(buttons, ("register", "remove", "save", "cancel"), strict=True):
            button.set_text(texts(f"drafting.promise.{key}"))

    def show_found(self, found: PromiseFound | None, next_at: datetime, words: FormWords) -> None:
        """Show a promise, or hide; ``next_at`` is when the next news would be."""
        self.setVisible(found is not None)
        if found is None:
            self._found = None
            return
        texts = self._context.texts
        title, why = texts("drafting.promise.title"), texts("drafting.promise.why", words=clamp(found.words, 80))
        self._said.set_runs((Run(f"▲ {title} ", "danger", bold=True), Run(why)))
        self._note.setText(texts("drafting.promise.nobody" if found.field else "drafting.promise.in_template"))
        self.no_time_button.set_text(texts("drafting.promise.no_time", time=when(next_at, words.zone, texts)))
        self.no_time_button.setEnabled(bool(found.field))
        self.remove_button.setEnabled(bool(found.field))
        self.time.set_zone(words.zone)
        if self.giver.count() != len(words.givers) + 1:
            self.giver.clear()
            self.giver.addItem(texts("drafting.promise.giver"), "")
            for role, name in words.givers:
                self.giver.addItem(clamp(name, 60), role)
        if found != self._found:
            self._found = found
            self._open_form(False)

    def _choice_row(self) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.no_time_button = Button(on_press=lambda: self.no_time.emit(self._found), kind="primary")
        self.register_button = Button(on_press=lambda: self._open_form(True))
        self.remove_button = Button(on_press=lambda: self.removed.emit(self._found))
        line = QHBoxLayout()
        line.setSpacing(4)
        first = QHBoxLayout()
        first.addWidget(self.no_time_button)
        first.addStretch(1)
        column.addLayout(first)
        line.addWidget(self.register_button)
        line.addWidget(self.remove_button)
        line.addStretch(1)
        column.addLayout(line)
        return row

    def _register_form(self) -> QWidget:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        self.what = (QLineEdit(maxLength=300), QLineEdit(maxLength=300))
        told, given = QHBoxLayout(), QHBoxLayout()
        for row in (told, given):
            row.setSpacing(6)
            column.addLayout(row)
        for edit in self.what:
            edit.returnPressed.connect(self._save)
            told.addWidget(edit, 1)
        self.time = TimeEdit(self._context, owed=True)
        self.giver = QuietCombo("")
        given.addWidget(self.time, 1)
        given.addWidget(self.giver, 1)
        self.evidence = Evidence(self._context)
        self.time.changed.connect(lambda: self.evidence.weigh(self.incident_id, self.time.instant()))
        self._problem = SafeLabel("", "danger", wrap=True)
        column.addWidget(self.evidence)
        column.addWidget(self._problem)
        line = QHBoxLayout()
        self.save_button = Button(on_press=self._save, kind="primary")
        self._cancel = Button(on_press=lambda: self._open_form(False), kind="quiet")
        line.addWidget(self.save_button)
        line.addWidget(self._cancel)
        line.addStretch(1)
        column.addLayout(line)
        return form

    def _open_form(self, open_: bool) -> None:
        self._form.setVisible(open_)
        self._choices.setVisible(not open_)
        self._note.setVisible(not open_)
        if open_:
            self._say("")
            self.what[0].setFocus()
            self.opened.emit()

    def _say(self, problem: str) -> None:
        self._problem.setText(f"▲ {problem}" if problem else "")
        self._problem.setVisible(bool(problem))

    def _save(self) -> None:
        texts = self._context.texts
        what = Bilingual(self.what[0].text().strip(), self.what[1].text().strip())
        due, giver = self.time.instant(), str(self.giver.currentData() or "")
        checks = (
            (bool(what.es or what.en), "need_what", self.what[0]),
            (due is not None, "need_due", self.time),
            (bool(giver), "need_giver", self.giver),
        )
        for good, key, editor in checks:
            if not good:
                self._say(texts(f"drafting.promise.{key}"))
                editor.setFocus()
                return
        if lacking := self.evidence.missing():
            self._say(lacking[0])
            lacking[1].setFocus()
            return
        self.registered.emit(what, due, giver, self.evidence.told)
        self._open_form(False)
