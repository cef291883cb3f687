"""The guidelines: what staff may share and until when, how to behave, and what nobody says."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.playbook import Bilingual, Phase
from crisisdesk.model.preparation import AmbassadorText, Guidelines
from crisisdesk.plain import clamp
from ui.context import Context
from ui.models.columns import DANGER_MARK, GOOD_MARK, WARNING_MARK, Cell, Column, Look, outside
from ui.models.table import RowTable
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.data_table import DataTable
from ui.widgets.draft_form import QuietCombo
from ui.widgets.field import Field
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.seven_steps import Prepared, expired
from ui.widgets.text_pair import TextPair
from ui.widgets.trainings import day_words, read_day


class GuidelinesView(QWidget):
    """Ambassador texts with their form, then the guidelines themselves.

    Signals:
        changed: something was saved or taken away.
    """

    changed = Signal()

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context = context
        self._sure = False
        self._phases: tuple[Phase, ...] = ()
        self._named = ""
        self._today = date.min
        self._stored: Guidelines | None = None
        self._editing: AmbassadorText | None = None
        texts = context.texts
        self._shared = Panel(" ", flush=True)
        columns: tuple[Column[AmbassadorText], ...] = (
            Column(heading="preparation.ambassador.phase", cell=self._phase_cell, width=150),
            Column(heading="preparation.ambassador.text",
                   cell=lambda one, look: Cell(text=outside(one.text.get(look.texts.lang), 400))),
            Column(heading="preparation.ambassador.version", cell=lambda one, _look: Cell(text=str(one.version)),
                   width=80, number=True),
            Column(heading="preparation.ambassador.expires", cell=self._expiry_cell, width=190),
        )  # fmt: skip
        self._model: RowTable[AmbassadorText] = RowTable(columns, look, lambda one: one.id)
        self.table = DataTable(self._model, context.theme, row=46, lines=2)
        self._none = SafeLabel("", "muted", wrap=True)
        self._none.setContentsMargins(12, 0, 12, 12)
        self.phase = QuietCombo("")
        self.expires = QLineEdit(maxLength=20)
        self.text = TextPair(texts, "preparation.ambassador.text")
        self.save_text = Button("", self._save_text, kind="primary")
        self.new = Button("", lambda: self.edit(None))
        self.copy = Button("", self._copy)
        self.remove = Button("", self._remove, kind="quiet")
        self._problem = SafeLabel("", "danger", wrap=True)
        self._own = Panel(" ")
        self.say = TextPair(texts, "preparation.guidelines.say", lines=4)
        self.never_say = TextPair(texts, "preparation.guidelines.never_say", lines=4)
        self.save = Button("", self._save)
        self._reviewed = SafeLabel("", "muted", wrap=True)
        self._lay_out()
        self.table.chosen.connect(self._choose)
        self.expires.returnPressed.connect(self._save_text)
        self._say("")

    def _lay_out(self) -> None:
        self._fields = {"phase": Field("", self.phase), "expires": Field("", self.expires)}
        line = QHBoxLayout()
        line.setSpacing(GAP)
        self._fields["phase"].setFixedWidth(220)
        self._fields["expires"].setFixedWidth(220)
        for field in self._fields.values():
            line.addWidget(field, 0, Qt.AlignmentFlag.AlignTop)
        line.addStretch(1)
        ends = QHBoxLayout()
        ends.setSpacing(GAP)
        for button in (self.save_text, self.new, self.copy, self.remove):
            ends.addWidget(button)
        ends.addWidget(self._problem, 1)
        self._shared.body.addWidget(self.table)
        self._shared.body.addWidget(self._none)
        self._shared.footer.addLayout(line)
        self._shared.footer.addWidget(self.text)
        self._shared.footer.addLayout(ends)
        self._own.body.addWidget(self.never_say)
        self._own.body.addWidget(self.say)
        foot = QHBoxLayout()
        foot.addWidget(self.save)
        foot.addWidget(self._reviewed, 1)
        self._own.body.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(self._shared)
        whole.addWidget(self._own)

    def put(self, now: Prepared, look: Look) -> None:
        """Show what is kept; what is being typed stays."""
        texts = look.texts
        self._today = now.today
        self._put_words(look)
        phases = now.playbook.phases
        if (phases, texts.lang) != (self._phases, self._named):
            chosen = self.phase.currentData()
            self.phase.clear()
            for phase in phases:
                self.phase.addItem(clamp(phase.name.get(texts.lang) or phase.id, 60), phase.id)
            self.phase.setCurrentIndex(max(self.phase.findData(chosen), 0))
        self._phases, self._named = phases, texts.lang
        order = {phase.id: place for place, phase in enumerate(phases)}
        shared = sorted(now.preparation.ambassador, key=lambda one: (order.get(one.phase, 99), one.id))
        self._model.set_look(look)
        self._model.show(shared)
        self.table.fit_height(8)
        self.table.setVisible(bool(shared))
        self._none.setVisible(not shared)
        kept = now.preparation.guidelines
        if self._stored is None or Guidelines(say=self.say.value(), never_say=self.never_say.value()) == Guidelines(
            say=self._stored.say, never_say=self._stored.never_say
        ):
            self.say.put(kept.say)
            self.never_say.put(kept.never_say)
        self._stored = kept
        when = day_words(kept.reviewed, look) if kept.reviewed else texts("preparation.never")
        self._reviewed.setText(texts("preparation.guidelines.reviewed", day=when))

    def _put_words(self, look: Look) -> None:
        texts = look.texts
        self._shared.set_title(texts("preparation.ambassador.title"), texts("preparation.ambassador.note"))
        self._own.set_title(texts("preparation.guidelines.title"), texts("preparation.guidelines.note"))
        self.table.setAccessibleName(texts("preparation.ambassador.title"))
        self._none.setText(texts("preparation.none.ambassador"))
        self._fields["phase"].set_label(texts("preparation.ambassador.phase"))
        self._fields["expires"].set_label(
            texts("preparation.ambassador.expires"), texts("preparation.ambassador.expires_hint")
        )
        self.save_text.set_text(texts("preparation.ambassador.save"))
        self.new.set_text(texts("preparation.ambassador.new"))
        self.copy.set_text(texts("preparation.ambassador.copy"))
        self.save.set_text(texts("preparation.guidelines.save"))
        for pair in (self.text, self.say, self.never_say):
            pair.retranslate()
        self._set_sure(False)

    def edit(self, one: AmbassadorText | None) -> None:
        """Edit a text, or begin a new one."""
        self._editing = one
        self.text.put(one.text if one else Bilingual())
        self.expires.setText(one.expires.isoformat() if one and one.expires else "")
        if one is not None:
            self.phase.setCurrentIndex(max(self.phase.findData(one.phase), 0))
        self._say("")
        self._set_sure(False)

    def _phase_cell(self, one: AmbassadorText, look: Look) -> Cell:
        found = next((phase for phase in self._phases if phase.id == one.phase), None)
        return Cell(text=outside(found.name.get(look.texts.lang) if found else one.phase, 60), bold=True)

    def _expiry_cell(self, one: AmbassadorText, look: Look) -> Cell:
        if one.expires is None:
            return Cell(text=look.texts("preparation.ambassador.no_expiry"), mark=WARNING_MARK, mark_token="promise")
        over = expired(one, self._today)
        key = "over" if over else "until"
        said = look.texts(f"preparation.ambassador.{key}", day=day_words(one.expires, look))
        return Cell(text=said, mark=DANGER_MARK if over else GOOD_MARK, mark_token="danger" if over else "good")

    def _choose(self, one: AmbassadorText | None) -> None:
        if one is not None:
            self.edit(one)

    def _save_text(self) -> None:
        texts = self._context.texts
        try:
            expires = read_day(self.expires.text())
        except ValueError:
            self._say(texts("preparation.problem_day"))
            self.expires.setFocus()
            return
        desk, phase, text = self._context.desk, str(self.phase.currentData() or ""), self.text.value()
        text_id = self._editing.id if self._editing else None
        self._context.bridge.call(
            lambda: desk.preparation.save_text(phase, text, expires, text_id=text_id), self._text_saved, self._failed
        )

    def _text_saved(self, one: AmbassadorText) -> None:
        self.edit(one)
        self._context.say(self._context.texts("preparation.ambassador.saved", version=one.version))
        self.changed.emit()

    def _copy(self) -> None:
        text = getattr(self.text.value(), self._context.lang)
        if not text:
            return
        if self._editing is not None and expired(self._editing, self._today):
            self._say(self._context.texts("preparation.ambassador.not_copied"))
            return
        QGuiApplication.clipboard().setText(text)
        self._context.say(self._context.texts("preparation.ambassador.copied"))

    def _remove(self) -> None:
        one = self._editing
        if not self._sure:
            self._set_sure(True)
        elif one is not None:
            desk = self._context.desk
            self._context.bridge.call(lambda: desk.preparation.remove_text(one.id), self._removed, self._failed)

    def _removed(self, _done: object) -> None:
        self.edit(None)
        self.changed.emit()

    def _save(self) -> None:
        desk, say, never_say = self._context.desk, self.say.value(), self.never_say.value()
        self._context.bridge.call(
            lambda: desk.preparation.save_guidelines(say, never_say), self._saved, self._context.bridge.failed.emit
        )

    def _saved(self, kept: Guidelines) -> None:
        self._stored = kept
        self._context.say(self._context.texts("preparation.guidelines.saved"))
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self._say(self._context.texts.error(error))

    def _say(self, problem: str) -> None:
        self._problem.setText(f"▲ {problem}" if problem else "")

    def _set_sure(self, sure: bool) -> None:
        self._sure = sure
        texts = self._context.texts
        self.remove.set_text(texts(f"preparation.ambassador.remove{'_sure' if sure else ''}"))
        self.remove.set_kind("danger" if sure else "quiet")
        self.remove.setVisible(self._editing is not None)
        self.copy.setEnabled(True)
