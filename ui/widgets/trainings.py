"""The trainings that were held: the evidence of the team's step, with a line that adds one."""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.preparation import Training
from crisisdesk.plain import clamp
from ui.context import Context
from ui.models.columns import Cell, Column, Look, outside
from ui.models.table import RowTable
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.data_table import DataTable
from ui.widgets.draft_form import QuietCombo
from ui.widgets.field import Field
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.seven_steps import Prepared


def read_day(text: str) -> date | None:
    """``2026-11-20`` or ``20/11/2026``; nothing for an empty text; ValueError for anything else."""
    text = text.strip()
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text, re.ASCII)
    return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)


def day_words(one: date, look: Look) -> str:
    """A date in words: «20 nov 2026»."""
    return look.texts("words.day_year", day=one.day, month=look.texts(f"words.month.m{one.month}"), year=one.year)


COLUMNS: tuple[Column[Training], ...] = (
    Column(heading="preparation.training.day", cell=lambda one, look: Cell(text=day_words(one.day, look)), width=130),
    Column(heading="preparation.training.what", cell=lambda one, look: Cell(text=outside(one.what, 160), bold=True)),
    Column(heading="preparation.training.who", cell=lambda one, look: Cell(text=outside(one.who, 160), token="muted")),
)


class Trainings(QWidget):
    """The trainings, newest first.

    Signals:
        changed: one was added or taken away.
    """

    changed = Signal()

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context = context
        self._sure = False
        self._panel = Panel(" ", flush=True)
        self._model: RowTable[Training] = RowTable(COLUMNS, look, lambda one: one.id)
        self.table = DataTable(self._model, context.theme, row=30)
        self._none = SafeLabel("", "muted", wrap=True)
        self._none.setContentsMargins(12, 0, 12, 12)
        self.edits = {name: QLineEdit(maxLength=400) for name in ("day", "what", "who")}
        self.edits["day"].setFixedWidth(120)
        self.roles = QuietCombo("")
        self._known: tuple[str, ...] = ()
        self._fields = {name: Field("", edit) for name, edit in (*self.edits.items(), ("roles", self.roles))}
        self.add = Button("", self._add)
        self.remove = Button("", self._remove, kind="quiet")
        self._problem = SafeLabel("", "danger", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        for name, field in self._fields.items():
            line.addWidget(field, 0 if name in ("day", "roles") else 1, Qt.AlignmentFlag.AlignTop)
        for button in (self.add, self.remove):
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self._panel.body.addWidget(self.table)
        self._panel.body.addWidget(self._none)
        self._panel.footer.addLayout(line)
        self._panel.footer.addWidget(self._problem)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)
        self.table.chosen.connect(lambda _row: self._set_sure(False))
        for edit in self.edits.values():
            edit.returnPressed.connect(self._add)
        self._say("")

    def put(self, now: Prepared, look: Look) -> None:
        """Show the trainings; what is being typed stays."""
        texts = look.texts
        held = sorted(now.preparation.trainings, key=lambda one: (one.day, one.id), reverse=True)
        self._panel.set_title(texts("preparation.trainings"), texts("preparation.trainings_note"))
        self.table.setAccessibleName(texts("preparation.trainings"))
        self._model.set_look(look)
        self._model.show(held)
        self.table.fit_height(6)
        self.table.setVisible(bool(held))
        self._none.setText(texts("preparation.none.trainings"))
        self._none.setVisible(not held)
        for name, field in self._fields.items():
            field.set_label(texts(f"preparation.training.{name}"))
        self._offer(now, look)
        self.edits["day"].setPlaceholderText(f"{now.today:%Y-%m-%d}")
        self.add.set_text(texts("preparation.training.add"))
        self._set_sure(False)

    def _offer(self, now: Prepared, look: Look) -> None:
        """The roles that a training can be for: all of them, or one."""
        self._known = tuple(role.id for role in now.playbook.roles)
        offered = [("", look.texts("preparation.training.all_roles"))]
        offered += [(role.id, clamp(role.name.get(look.texts.lang) or role.id, 40)) for role in now.playbook.roles]
        if [(self.roles.itemData(n), self.roles.itemText(n)) for n in range(self.roles.count())] != offered:
            chosen = self.roles.currentData()
            self.roles.clear()
            for role_id, name in offered:
                self.roles.addItem(name, role_id)
            self.roles.setCurrentIndex(max(self.roles.findData(chosen), 0))

    def _add(self) -> None:
        texts, typed = self._context.texts, {name: edit.text().strip() for name, edit in self.edits.items()}
        try:
            day = read_day(typed["day"])
        except ValueError:
            day = None
        if day is None:
            self._say(texts("preparation.problem_day"))
            self.edits["day"].setFocus()
            return
        desk, when, one = self._context.desk, day, str(self.roles.currentData() or "")
        roles = (one,) if one else self._known
        self._context.bridge.call(
            lambda: desk.preparation.add_training(when, typed["what"], roles=roles, who=typed["who"]),
            self._added, self._failed,
        )  # fmt: skip

    def _added(self, _done: object) -> None:
        self._say("")
        for edit in self.edits.values():
            edit.clear()
        self._context.say(self._context.texts("preparation.training.added"))
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self._say(self._context.texts.error(error))

    def _say(self, problem: str) -> None:
        self._problem.setText(f"▲ {problem}")
        self._problem.setVisible(bool(problem))

    def _set_sure(self, sure: bool) -> None:
        self._sure = sure
        self.remove.set_text(self._context.texts(f"preparation.training.remove{'_sure' if sure else ''}"))
        self.remove.set_kind("danger" if sure else "quiet")
        self.remove.setVisible(self.table.current() is not None)

    def _remove(self) -> None:
        row = self.table.current()
        if not self._sure:
            self._set_sure(True)
        elif isinstance(row, Training):
            desk = self._context.desk
            self._context.bridge.call(
                lambda: desk.preparation.remove_training(row.id), lambda _done: self.changed.emit(), self._failed
            )
