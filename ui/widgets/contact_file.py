"""Contacts out of a file: what each row would change, and its problems, before anything is taken in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.desk.contact_import import Taken
from crisisdesk.model.errors import CrisisDeskError, InputError
from crisisdesk.model.person import Fate, Person, PersonProblem
from crisisdesk.texts import Texts
from ui.context import Context
from ui.models.columns import DANGER_MARK, DONE_MARK, WARNING_MARK, Cell, Column, Look, outside
from ui.models.table import RowTable
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.choose import choose_file
from ui.widgets.data_table import DataTable
from ui.widgets.field import Field
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel

_ROWS = 10


def problem_sentence(problem: PersonProblem, texts: Texts) -> str:
    """One problem in words."""
    fields: dict[str, object] = {name: outside(value, 80) for name, value in problem.fields}
    if problem.key.startswith("desk."):
        return texts.error(InputError(problem.key.removeprefix("desk."), **fields))
    if "field" in fields:
        fields["field"] = texts(f"preparation.contact.{fields['field']}")
    return texts(f"preparation.people.problem.{problem.key}", **fields)


def _name(one: Person, look: Look) -> Cell:
    who = one.contact if one.contact.name else one.read
    return Cell(text=outside(who.name, 80) or "—", bold=True, under=outside(who.title, 80))


def _reach(one: Person, look: Look) -> Cell:
    who = one.contact if one.contact.name else one.read
    return Cell(text=outside(who.phone, 40) or "—", under=outside(who.email, 80))


def _fate(one: Person, look: Look) -> Cell:
    texts = look.texts
    said = texts(f"preparation.people.fate.{one.fate}")
    told = " ".join(problem_sentence(problem, texts) for problem in one.problems)
    if one.fate is Fate.REFUSED:
        mark, token = DANGER_MARK, "danger"
    elif one.problems:
        mark, token = WARNING_MARK, "promise"
    else:
        mark, token = ("", "muted") if one.fate is Fate.SAME else (DONE_MARK, "good")
    return Cell(text=said, mark=mark, mark_token=token, under=told, spoken=f"{said}. {told}".strip())


COLUMNS: tuple[Column[Person], ...] = (
    Column(heading="preparation.column.line", cell=lambda one, _look: Cell(text=str(one.line), token="muted"),
           width=58, number=True),
    Column(heading="preparation.contact.name", cell=_name, width=200),
    Column(heading="preparation.contact.slug",
           cell=lambda one, _look: Cell(text=outside(one.contact.slug or one.read.slug, 60) or "—"), width=150),
    Column(heading="preparation.people.reach", cell=_reach, width=190),
    Column(heading="preparation.people.what", cell=_fate),
)  # fmt: skip


class ContactFile(QWidget):
    """Looks at a CSV or vCard file and takes in what a person wants.

    Signals:
        changed: contacts were taken in.
    """

    changed = Signal()

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context = context
        self._people: tuple[Person, ...] = ()
        self._panel = Panel(" ")
        self.path = QLineEdit(maxLength=4000)
        self._choose = Button("", self._ask_where)
        self.look_at = Button("", self.look)
        self._said = SafeLabel("", wrap=True)
        self._model: RowTable[Person] = RowTable(COLUMNS, look, lambda one: one.line)
        self.table = DataTable(self._model, context.theme, row=48)
        self.slug = QLineEdit(maxLength=80)
        self._slug = Field("", self.slug)
        self.set_slug = Button("", self._set_slug)
        self.take = Button("", self._take, kind="primary")
        self._leave = Button("", self.leave, kind="quiet")
        self._lay_out()
        self.path.returnPressed.connect(self.look)
        self.slug.returnPressed.connect(self._set_slug)
        self.table.chosen.connect(self._chosen)
        self.leave()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.path, 1)
        line.addWidget(self._choose)
        line.addWidget(self.look_at)
        ends = QHBoxLayout()
        ends.setSpacing(GAP)
        self._slug.setFixedWidth(240)
        ends.addWidget(self._slug)
        for button in (self.set_slug, self.take, self._leave):
            ends.addWidget(button)
        ends.addStretch(1)
        self._panel.body.addLayout(line)
        self._panel.body.addWidget(self._said)
        self._panel.body.addWidget(self.table)
        self._panel.body.addLayout(ends)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)

    def put(self, look: Look) -> None:
        """Say everything again; the preview stays."""
        texts = look.texts
        self._panel.set_title(texts("preparation.people.title"), texts("preparation.people.note"))
        self.path.setPlaceholderText(texts("preparation.people.path"))
        self.path.setAccessibleName(texts("preparation.people.path"))
        self._choose.set_text(texts("preparation.choose_file"))
        self.look_at.set_text(texts("preparation.look_at"))
        self._slug.set_label(texts("preparation.contact.slug"))
        self.set_slug.set_text(texts("preparation.people.set_slug"))
        self._leave.set_text(texts("preparation.leave"))
        self.table.setAccessibleName(texts("preparation.people.title"))
        self._model.set_look(look)
        self._say_counts()

    def look(self) -> None:
        """Read the file; nothing is changed by it."""
        path = Path(self.path.text().strip()).expanduser()
        desk = self._context.desk
        self._context.bridge.read(lambda: desk.contact_import.look_at(path), self._show, self._failed)

    def leave(self) -> None:
        """Forget the file."""
        self._people = ()
        self._model.show(())
        for widget in (self._said, self.table, self._slug, self.set_slug, self.take, self._leave):
            widget.hide()

    def _show(self, people: tuple[Person, ...]) -> None:
        self._people = people
        self._model.show(people)
        self.table.fit_height(_ROWS)
        for widget in (self._said, self.table, self._slug, self.set_slug, self.take, self._leave):
            widget.show()
        if self.table.current() is None and people:
            self.table.select(0)
        self._say_counts()

    def _say_counts(self) -> None:
        texts, counts = self._context.texts, {fate: sum(one.fate is fate for one in self._people) for fate in Fate}
        coming = counts[Fate.NEW] + counts[Fate.CHANGED]
        self.take.set_text(texts("preparation.people.take", n=coming))
        self.take.setEnabled(coming > 0)
        if self._people:
            self._said.setText(texts("preparation.people.counts", n=len(self._people), new=counts[Fate.NEW],
                                     changed=counts[Fate.CHANGED], same=counts[Fate.SAME],
                                     refused=counts[Fate.REFUSED]))  # fmt: skip

    def _failed(self, error: CrisisDeskError) -> None:
        self.leave()
        self._said.setText(f"▲ {self._context.texts.error(error)}")
        self._said.show()

    def _chosen(self, one: Person | None) -> None:
        if one is not None:
            self.slug.setText(one.contact.slug or one.read.slug)

    def _set_slug(self) -> None:
        """Give the row in sight another key, such as the one that the playbook uses."""
        row = self.table.current()
        if not isinstance(row, Person):
            return
        new = replace(row, read=replace(row.read, slug=self.slug.text().strip().lower()))
        people = tuple(new if one.line == row.line else one for one in self._people)
        desk = self._context.desk
        self._context.bridge.read(lambda: desk.contact_import.weigh(people), self._show, self._failed)

    def _take(self) -> None:
        desk, people = self._context.desk, self._people
        self.take.setEnabled(False)
        self._context.bridge.call(lambda: desk.contact_import.take(people), self._taken, self._not_taken)

    def _not_taken(self, error: CrisisDeskError) -> None:
        self._say_counts()
        self._said.setText(f"▲ {self._context.texts.error(error)}")

    def _taken(self, done: Taken) -> None:
        self.leave()
        self.path.clear()
        texts = self._context.texts
        self._context.say(texts("preparation.people.taken", added=done.added, changed=done.changed, left=done.left))
        self.changed.emit()

    def _ask_where(self) -> None:
        choose_file(self, self._file_chosen, self._context.texts("preparation.people.file_filter"))

    def _file_chosen(self, file: str) -> None:
        self.path.setText(file)
        self.look()
