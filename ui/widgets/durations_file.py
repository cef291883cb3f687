"""Durations from before the desk: a CSV is looked at row by row before anything of it is taken into the history."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.desk.durations import DurationRow, look_at
from crisisdesk.model.errors import CrisisDeskError, InputError
from crisisdesk.model.fault import fault_of
from crisisdesk.model.playbook import Playbook
from crisisdesk.plain import clamp
from crisisdesk.words import number
from ui.context import Context
from ui.models.columns import DANGER_MARK, WARNING_MARK, Cell, Column, Look, outside
from ui.models.table import RowTable
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.choose import choose_file
from ui.widgets.data_table import DataTable
from ui.widgets.draft_form import QuietCombo
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel

_ROWS: Final = 8


def _lasted(one: DurationRow, look: Look) -> Cell:
    if one.case is None:
        return Cell(text="—", token="muted")
    return Cell(text=number(round(one.case.minutes, 1), look.texts), bold=True)


def _told(one: DurationRow, look: Look) -> Cell:
    texts = look.texts
    if one.problem is not None:
        said = texts(one.problem.key, **{name: outside(value, 60) for name, value in one.problem.fields})
        return Cell(text=said, mark=DANGER_MARK, mark_token="danger")
    if one.case is not None and one.case.open:
        return Cell(text=texts("commitments.old.open"), mark=WARNING_MARK, mark_token="promise")
    return Cell(text=texts("commitments.old.ended"), token="muted")


COLUMNS: tuple[Column[DurationRow], ...] = (
    Column(heading="preparation.column.line", cell=lambda one, _look: Cell(text=str(one.row), token="muted"),
           width=58, number=True),
    Column(heading="commitments.old.minutes", cell=_lasted, width=110, number=True),
    Column(heading="commitments.old.what", cell=_told),
)  # fmt: skip


class DurationsFile(QWidget):
    """Looks at a file and takes in what a person says is comparable; hidden until :meth:`start`.

    Signals:
        left: put away.
        taken: cases entered the history.
    """

    left = Signal()
    taken = Signal()

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context = context
        self._incident: int | None = None
        self._rows: tuple[DurationRow, ...] = ()
        self._panel = Panel(" ")
        self.path = QLineEdit(maxLength=4000)
        self._choose = Button("", self._ask_where)
        self.look_at = Button("", self.look)
        self.said = SafeLabel("", wrap=True)
        self._model: RowTable[DurationRow] = RowTable(COLUMNS, look, lambda one: one.row)
        self.table = DataTable(self._model, context.theme)
        self.level = QuietCombo("")
        self.level.setMinimumContentsLength(18)
        self.take = Button("", self._take, kind="primary")
        self._leave = Button("", self.leave, kind="quiet", key="Esc")
        self._lay_out()
        self.path.returnPressed.connect(self.look)
        self.hide()

    def _lay_out(self) -> None:
        line, ends = QHBoxLayout(), QHBoxLayout()
        for row in (line, ends):
            row.setSpacing(GAP)
        line.addWidget(self.path, 1)
        line.addWidget(self._choose)
        line.addWidget(self.look_at)
        ends.addWidget(self.level)
        ends.addWidget(self.take)
        ends.addWidget(self._leave)
        ends.addStretch(1)
        self._panel.body.addLayout(line)
        self._panel.body.addWidget(self.said)
        self._panel.body.addWidget(self.table)
        self._panel.body.addLayout(ends)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)

    def start(self, incident_id: int, playbook: Playbook, level: int, look: Look) -> None:
        """Ask for a file whose cases are comparable with this incident's."""
        texts = look.texts
        self._incident = incident_id
        self._panel.set_title(texts("commitments.old.title"), texts("commitments.old.note"))
        self.path.setPlaceholderText(texts("commitments.old.path"))
        self.path.setAccessibleName(texts("commitments.old.path"))
        self._choose.set_text(texts("preparation.choose_file"))
        self.look_at.set_text(texts("preparation.look_at"))
        self._leave.set_text(texts("commitments.new.cancel"))
        self.table.setAccessibleName(texts("commitments.old.title"))
        self.level.setAccessibleName(texts("commitments.old.level_name"))
        self._model.set_look(look)
        self.level.clear()
        for one in sorted(playbook.levels, key=lambda level: level.number):
            name = clamp(one.name.get(texts.lang), 40)
            self.level.addItem(texts("commitments.old.level", level=one.number, name=name), one.number)
        self.level.setCurrentIndex(max(self.level.findData(level), 0))
        self._show(())
        self.show()
        self.path.setFocus()

    def look(self) -> None:
        """Read the file; nothing is changed by it."""
        path = Path(self.path.text().strip()).expanduser()

        def read() -> tuple[DurationRow, ...]:
            try:
                return look_at(path)
            except OSError as error:
                raise InputError("importing.unreadable", path=clamp(str(path), 200), reason=fault_of(error)) from None

        self._context.bridge.read(read, self._show, self._failed)

    def leave(self) -> None:
        """Put it away."""
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _show(self, rows: tuple[DurationRow, ...]) -> None:
        self._rows = rows
        self._model.show(rows)
        self.table.fit_height(_ROWS)
        for widget in (self.said, self.table, self.level, self.take):
            widget.setVisible(bool(rows))
        cases = [one.case for one in rows if one.case is not None]
        texts = self._context.texts
        self.take.set_text(texts("commitments.old.take", n=len(cases)))
        self.take.setEnabled(bool(cases))
        if rows and cases:
            lengths = [case.minutes for case in cases]
            told = {name: number(round(value), texts) for name, value in
                    (("low", min(lengths)), ("middle", median(lengths)), ("high", max(lengths)))}  # fmt: skip
            still, refused = sum(case.open for case in cases), len(rows) - len(cases)
            self.said.setText(texts("commitments.old.counts", n=len(cases), open=still, refused=refused, **told))
        elif rows:
            self.said.setText("▲ " + texts("commitments.old.nothing"))

    def _failed(self, error: CrisisDeskError) -> None:
        self._show(())
        self.said.setText(f"▲ {self._context.texts.error(error)}")
        self.said.show()

    def _take(self) -> None:
        desk, incident_id = self._context.desk, self._incident
        cases, level = [one.case for one in self._rows if one.case is not None], int(self.level.currentData() or 1)
        if incident_id is None or not cases:
            return
        self.take.setEnabled(False)
        self._context.bridge.call(lambda: desk.risk.take_for(incident_id, level, cases), self._taken, self._failed)

    def _taken(self, count: int) -> None:
        self._context.say("✓ " + self._context.texts("commitments.old.taken", n=count))
        self.path.clear()
        self.taken.emit()
        self.leave()

    def _ask_where(self) -> None:
        choose_file(self, self._file_chosen, self._context.texts("commitments.old.file_filter"))

    def _file_chosen(self, file: str) -> None:
        self.path.setText(file)
        self.look()
