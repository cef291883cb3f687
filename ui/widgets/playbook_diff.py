"""What changed in a playbook, line by line: against the one in use, or against the version of an open incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.plain import clamp
from crisisdesk.playbooks.outline import Line, compare
from ui.context import Context
from ui.models.columns import Cell, Column, Look
from ui.models.table import RowTable
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.data_table import DataTable
from ui.widgets.draft_form import QuietCombo
from ui.widgets.safe import SafeLabel

_BEFORE = 24
_MARKS = {"new": ("+", "good"), "gone": ("−", "danger"), "skip": ("⋯", "muted"), "same": ("", "muted")}
Row = tuple[int, Line]


def _words(row: Row, look: Look) -> Cell:
    _number, line = row
    mark, token = _MARKS[line.kind]
    shown = clamp(line.text, 400) if line.kind != "skip" else ""
    spoken = f"{look.texts(f'editor.diff.{line.kind}')}: {shown}" if line.kind != "same" else shown
    return Cell(text=shown, mark=mark, mark_token=token, token="text" if line.kind in ("new", "gone") else "muted",
                spoken=spoken)  # fmt: skip


def _number(row: Row, _look: Look) -> Cell:
    return Cell(text=str(row[1].new or row[1].old or ""), token="muted")


def near(lines: Sequence[Line]) -> list[Line]:
    """The lines; of one that was only changed at its end, what differs and a little before it, so that it is seen."""
    found = list(lines)
    for n, (old, new) in enumerate(pairwise(lines)):
        if (old.kind, new.kind) != ("gone", "new"):
            continue
        same = next((at for at, (a, b) in enumerate(zip(old.text, new.text, strict=False)) if a != b), 0)
        start = old.text.rfind(" ", 0, max(same - _BEFORE, 0)) + 1
        if start > _BEFORE:
            found[n], found[n + 1] = (replace(one, text=f"… {one.text[start:]}") for one in (old, new))
    return found


COLUMNS: tuple[Column[Row], ...] = (
    Column(heading="", cell=_number, width=52, number=True),
    Column(heading="", cell=_words),
)


class PlaybookDiff(QWidget):
    """Compares the text being written, or the playbook in use, with an older one.

    Signals:
        upgraded: an incident was taken to the playbook in use.
        line: go to this line of the text.
    """

    upgraded = Signal()
    line = Signal(int)

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context = context
        self._text = ""
        self._sure = False
        self._incidents: tuple[Incident, ...] = ()
        self.against = QuietCombo("")
        self.upgrade = Button("", self._upgrade)
        self._said = SafeLabel("", "muted", wrap=True)
        self._model: RowTable[Row] = RowTable(COLUMNS, look, lambda one: one[0])
        self.table = DataTable(self._model, context.theme, row=22, header=False)
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.against, 1)
        top.addWidget(self.upgrade)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(top)
        column.addWidget(self._said)
        column.addWidget(self.table)
        self.against.activated.connect(lambda _row: self.look())
        self.table.opened.connect(lambda row: self.line.emit(row[1].new or row[1].old))

    def put(self, text: str, incidents: tuple[Incident, ...], look: Look) -> None:
        """Compare ``text`` from now on; ``incidents`` are all of them."""
        texts = look.texts
        self._text = text
        self._model.set_look(look)
        self._incidents = tuple(one for one in incidents if one.state is not IncidentState.CLOSED)
        wanted = [(0, texts("editor.diff.in_use"))]
        wanted += [
            (one.id, texts("editor.diff.incident", name=clamp(one.title, 40), version=one.playbook_version))
            for one in self._incidents
        ]
        if [(self.against.itemData(n), self.against.itemText(n)) for n in range(self.against.count())] != wanted:
            chosen = self.against.currentData()
            self.against.clear()
            for key, name in wanted:
                self.against.addItem(name, key)
            self.against.setCurrentIndex(max(self.against.findData(chosen), 0))
        self.against.setAccessibleName(texts("editor.diff.against"))
        self.table.setAccessibleName(texts("editor.diff.title"))
        self.look()

    def look(self) -> None:
        """Compare again."""
        self._set_sure(False)
        desk, text, chosen = self._context.desk, self._text, int(self.against.currentData() or 0)

        def read() -> tuple[Line, ...]:
            return desk.playbooks.difference(chosen) if chosen else compare(desk.playbook.source, text)

        self._context.bridge.read(read, self._show, self._failed)

    def _show(self, lines: tuple[Line, ...]) -> None:
        texts = self._context.texts
        self._model.show(list(enumerate(near(lines))))
        self.table.fit_height()
        self.table.setVisible(bool(lines))
        new, gone = (sum(line.kind == kind for line in lines) for kind in ("new", "gone"))
        said = texts("editor.diff.counts", new=new, gone=gone) if lines else texts("editor.diff.none")
        if self.against.currentData():
            said = f"{said} {texts('editor.diff.pinned')}"
        self._said.setText(said)
        self.upgrade.setVisible(bool(self.against.currentData()) and bool(lines))

    def _failed(self, error: CrisisDeskError) -> None:
        self._said.setText(f"▲ {self._context.texts.error(error)}")
        self._set_sure(False)

    def _set_sure(self, sure: bool) -> None:
        self._sure = sure
        self.upgrade.set_text(self._context.texts(f"editor.diff.upgrade{'_sure' if sure else ''}"))
        self.upgrade.set_kind("danger" if sure else "plain")

    def _upgrade(self) -> None:
        if not self._sure:
            self._set_sure(True)
            return
        desk, chosen = self._context.desk, int(self.against.currentData() or 0)
        self._context.bridge.call(lambda: desk.incidents.upgrade_playbook(chosen), self._upgraded, self._failed)

    def _upgraded(self, incident: Incident) -> None:
        self._context.say(self._context.texts("editor.diff.upgraded", version=incident.playbook_version))
        self.look()
        self.upgraded.emit()
