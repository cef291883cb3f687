"""The playbook's form: lists of things, one of them open below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.playbooks.outline import Change
from crisisdesk.playbooks.save import Data, Path
from crisisdesk.texts import Texts
from ui.context import Context
from ui.models.columns import DANGER_MARK, Cell, Column, Look, outside
from ui.models.table import RowTable
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.data_table import DataTable
from ui.widgets.field import Field
from ui.widgets.playbook_fields import Section, Spec, at, words_of
from ui.widgets.playbook_inputs import Choices, Line, PlaybookInput
from ui.widgets.playbook_rules import RulesForm

Problems = Mapping[str, str]
"""Place as findings write it (``niveles[0].cadencia``) → what is wrong there."""
_OWN_KEYS = ("acuse_caduca", "ack_expires")
_LIST_ROWS = 7


def place(path: Path) -> str:
    """A path as findings write it."""
    made = ""
    for step in path:
        made += f"[{step}]" if isinstance(step, int) else f".{step}" if made else step
    return made


class ThingForm(QWidget):
    """The fields of one thing.

    Signals:
        wanted: a :class:`Change`.
    """

    wanted = Signal(object)

    def __init__(self, specs: tuple[Spec, ...], texts: Texts, *, columns: int = 2) -> None:
        super().__init__()
        self.inputs = [PlaybookInput(spec, texts) for spec in specs]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        row: QHBoxLayout | None = None
        for made in self.inputs:
            made.wanted.connect(self.wanted)
            if made.spec.kind in ("pair", "pair_long", "words", "long", "roles"):
                row = None
                column.addWidget(made)
                continue
            if row is None or row.count() >= columns:
                row = QHBoxLayout()
                row.setSpacing(GAP)
                column.addLayout(row)
            row.addWidget(made, 1, Qt.AlignmentFlag.AlignTop)

    def retranslate(self) -> None:
        """Say the labels again."""
        for made in self.inputs:
            made.retranslate()

    def put(self, base: Path, thing: Data | None, choices: Choices, problems: Problems) -> None:
        """Show one thing; fields that its kind does not have are left out."""
        last = isinstance(thing, dict) and "a" not in thing and bool({"repite", "si_nadie"} & thing.keys())
        for made in self.inputs:
            name = made.spec.name
            if name in ("a", "por", "espera", "repite", "si_nadie"):
                made.setVisible((name in ("repite", "si_nadie")) == last)
            made.put(base, thing, choices, problems.get(place((*base, *made.spec.path)), ""))


@dataclass(frozen=True, slots=True)
class Thing:
    """One row of a list: its key (a position or a free name), its title, and whether something is wrong in it."""

    key: int | str
    title: str
    wrong: bool


class ListForm(QWidget):
    """A list of things, and the chosen one with its fields.

    Signals:
        wanted: a :class:`Change`.
        chosen: a person went to the thing at this path.
    """

    wanted = Signal(object)
    chosen = Signal(tuple)

    def __init__(self, section: Section, context: Context, look: Look) -> None:
        super().__init__()
        self._section = section
        self._context = context
        self._base: Path = ()
        self._data: Data | None = None
        self._choices = Choices()
        self._problems: Problems = {}
        self._open_last = False
        texts = context.texts
        column: Column[Thing] = Column(heading="", cell=self._cell)
        self._model: RowTable[Thing] = RowTable((column,), look, lambda one: one.key)
        self.table = DataTable(self._model, context.theme, row=28, header=False)
        self.name = Line()
        self._name = Field("", self.name)
        self.add = Button("", self._add)
        self.remove = Button("", self._remove, kind="quiet")
        self.up = Button("▴", lambda: self._move(-1), kind="quiet")
        self.down = Button("▾", lambda: self._move(1), kind="quiet")
        self.form = ThingForm(section.fields, texts)
        self.rules = RulesForm(texts) if section.rules else None
        self.inner = ListForm(section.inner, context, look) if section.inner else None
        self._lay_out()
        self.table.chosen.connect(self._choose)
        self.name.editingFinished.connect(self._rename)
        for part in (self.form, self.rules, self.inner):
            if part is not None:
                part.wanted.connect(self.wanted)
        if self.inner is not None:
            self.inner.chosen.connect(self.chosen)
        self.retranslate()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        for button in (self.add, self.remove, self.up, self.down):
            line.addWidget(button)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.table)
        column.addLayout(line)
        column.addWidget(self._name)
        column.addWidget(self.form)
        for part in (self.rules, self.inner):
            if part is not None:
                column.addWidget(part)
        for button in (self.up, self.down):
            button.setVisible(not self._section.named)
        self._name.setVisible(self._section.named)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        self.table.setAccessibleName(texts(f"editor.section.{self._section.name}"))
        self._name.set_label(texts("editor.key"))
        self.add.set_text(texts(f"editor.new.{self._section.name}"))
        self.remove.set_text(texts("editor.remove"))
        self.up.setAccessibleName(texts("editor.up"))
        self.down.setAccessibleName(texts("editor.down"))
        self.form.retranslate()
        for part in (self.rules, self.inner):
            if part is not None:
                part.retranslate()

    # From the text

    def put(self, base: Path, data: Data | None, choices: Choices, problems: Problems, look: Look) -> None:
        """Show the things below ``base``; the chosen one stays chosen."""
        self._base = (*base, *self._section.path)
        self._data, self._choices, self._problems = at(data, self._section.path), choices, problems
        things = self._things(look)
        self._model.set_look(look)
        self._model.show(things)
        self.table.fit_height(_LIST_ROWS)
        self.table.setVisible(bool(things))
        if self._open_last and things:
            self.table.select(len(things) - 1)
        elif things and not self.table.currentIndex().isValid():
            self.table.select(0)
        self._open_last = False
        self._show()

    def _things(self, look: Look) -> list[Thing]:
        data, lang = self._data, look.texts.lang
        if isinstance(data, dict):
            rows: list[tuple[int | str, Data]] = [(k, v) for k, v in data.items() if k not in _OWN_KEYS]
        else:
            rows = list(enumerate(data)) if isinstance(data, list) else []
        things = []
        for key, thing in rows:
            title = " · ".join(word for path in self._section.title if (word := words_of(at(thing, path), lang)))
            if isinstance(thing, dict) and not title:
                title = words_of(thing.get("si_nadie"), lang)
            here = place((*self._base, key))
            wrong = any(where == here or where.startswith((f"{here}.", f"{here}[")) for where in self._problems)
            if isinstance(key, str):
                named = title or dict(self._choices.roles).get(key, "")
                title = f"{named.removesuffix(f' ({key})')} ({key})" if named else key
            things.append(Thing(key, title or "—", wrong))
        return things

    def _cell(self, thing: Thing, look: Look) -> Cell:
        mark = DANGER_MARK if thing.wrong else ""
        return Cell(text=outside(thing.title, 160), mark=mark, mark_token="danger")

    def _choose(self, thing: Thing | None) -> None:
        self._show()
        if thing is not None and self.table.hasFocus():
            self.chosen.emit((*self._base, thing.key))

    def _key(self) -> int | str | None:
        row = self.table.current()
        return row.key if isinstance(row, Thing) else None

    def _show(self) -> None:
        key = self._key()
        there = key is not None
        for part in (self.form, self.rules, self.inner):
            if part is not None:
                part.setVisible(there)
        self._name.setVisible(there and self._section.named)
        for button in (self.remove, self.up, self.down):
            button.setEnabled(there)
        if key is None:
            return
        base, thing = (*self._base, key), at(self._data, (key,))
        if not (self.name.hasFocus() and self.name.isModified()):
            self.name.setText(str(key))
            self.name.setModified(False)
        self.form.put(base, thing, self._choices, self._problems)
        if self.rules is not None:
            self.rules.put(base, thing)
        if self.inner is not None:
            self.inner.put(base, thing, self._choices, self._problems, self._model.look())

    # Into the text

    def _add(self) -> None:
        self._open_last = True
        if not self._section.named:
            size = len(self._data) if isinstance(self._data, list) else 0
            last = at(self._data, (size - 1,))
            ends = self._section.name == "steps" and isinstance(last, dict) and "a" not in last
            self.wanted.emit(Change("add", self._base, self._section.new, size - 1 if ends else None))
            return
        taken = set(self._data) if isinstance(self._data, dict) else set()
        stem = self._context.texts(f"editor.new_key.{self._section.name}")
        name = next(n for i in range(1, len(taken) + 2) if (n := stem if i == 1 else f"{stem}_{i}") not in taken)
        self.wanted.emit(Change("set", (*self._base, name), self._section.new))

    def _remove(self) -> None:
        if (key := self._key()) is not None:
            self.wanted.emit(Change("remove", (*self._base, key)))

    def _move(self, by: int) -> None:
        key, size = self._key(), len(self._data) if isinstance(self._data, list) else 0
        if isinstance(key, int) and 0 <= key + by < size:
            self.table.select(key + by)
            self.wanted.emit(Change("move", (*self._base, key), at=key + by))

    def _rename(self) -> None:
        key, name = self._key(), self.name.text().strip()
        if isinstance(key, str) and self.name.isModified() and name and name != key:
            self.name.setModified(False)
            self.wanted.emit(Change("rename", (*self._base, key), name))
