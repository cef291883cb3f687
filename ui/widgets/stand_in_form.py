"""Somebody stands in on a rotation for a while: who, from when, until when, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.contact import Contact
from crisisdesk.model.rotation import Rotation
from crisisdesk.plain import clamp
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.draft_form import QuietCombo
from ui.widgets.safe import SafeLabel
from ui.widgets.time_edit import TimeEdit


class StandInForm(QWidget):
    """Two lines: which turn and who; from, until and why.

    Signals:
        wanted: rotation, contact, beginning, end, reason.
    """

    wanted = Signal(str, str, object, object, str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[object, ...] = ()
        self.turn, self.person = QuietCombo(""), QuietCombo("")
        self.start, self.end = TimeEdit(context), TimeEdit(context)
        self.reason = QLineEdit(maxLength=200)
        self.save = Button("", self._ask)
        self.problem = SafeLabel("", "danger", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widgets in ((self.turn, self.person), (self.start, self.end), (self.reason, self.save)):
            line = QHBoxLayout()
            line.setSpacing(GAP)
            for widget in widgets:
                line.addWidget(widget, 0 if widget is self.save else 1)
            column.addLayout(line)
        column.addWidget(self.problem)
        self.problem.hide()
        self.reason.returnPressed.connect(self._ask)
        self.end.submitted.connect(self._ask)

    def put(self, rotations: Sequence[Rotation], contacts: Sequence[Contact], zone: str) -> None:
        """Offer these turns and people; what is being filled in stays."""
        texts = self._context.texts
        self.setVisible(bool(rotations))
        for edit, key in ((self.start, "start"), (self.end, "end")):
            edit.set_zone(zone)
            edit.line.setPlaceholderText(texts(f"escalation.stand_in.{key}"))
            edit.line.setAccessibleName(texts(f"escalation.stand_in.{key}"))
        self.reason.setPlaceholderText(texts("escalation.stand_in.reason"))
        self.reason.setAccessibleName(texts("escalation.stand_in.reason"))
        self.save.set_text(texts("escalation.stand_in.save"))
        offered = (tuple(r.slug for r in rotations), tuple((c.slug, c.name) for c in contacts), texts.lang)
        if offered == self._shown:
            return
        self._shown = offered
        rows = (
            (self.turn, "turn", [(r.slug, r.name) for r in rotations]),
            (self.person, "person", [(c.slug, c.name) for c in contacts]),
        )
        for combo, name, choices in rows:
            chosen = combo.currentData()
            combo.clear()
            combo.setAccessibleName(texts(f"escalation.stand_in.{name}"))
            combo.addItem(texts(f"escalation.stand_in.{name}"), "")
            for slug, words in choices:
                combo.addItem(clamp(words, 60), slug)
            only = 1 if name == "turn" and len(choices) == 1 else 0
            combo.setCurrentIndex(max(combo.findData(chosen), only) if chosen else only)

    def tell(self, problem: str) -> None:
        """Say what is wrong, or nothing."""
        self.problem.setText(f"▲ {problem}" if problem else "")
        self.problem.setVisible(bool(problem))

    def reset(self) -> None:
        """Empty it for the next."""
        self.person.setCurrentIndex(0)
        self.start.set_instant(None)
        self.end.set_instant(None)
        self.reason.clear()
        self.tell("")

    def _ask(self) -> None:
        texts = self._context.texts
        turn, person = str(self.turn.currentData() or ""), str(self.person.currentData() or "")
        start: datetime = self.start.instant() or self._context.desk.clock.now()
        end = self.end.instant()
        checks = (
            (bool(turn), "need_turn", self.turn), (bool(person), "need_person", self.person),
            (not self.start.doubt, "need_start", self.start), (end is not None, "need_end", self.end),
            (end is None or end > start, "backwards", self.end),
        )  # fmt: skip
        wrong = next(((key, editor) for good, key, editor in checks if not good), None)
        if wrong is not None:
            self.tell(texts(f"escalation.stand_in.{wrong[0]}"))
            wrong[1].setFocus()
            return
        self.wanted.emit(turn, person, start, end, self.reason.text().strip())
