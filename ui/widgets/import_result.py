"""What became of an import: three counts that add up, the rejected rows by number, and what to do next."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.model.mention import IngestReport, RowProblem
from crisisdesk.texts import Texts
from crisisdesk.words import number, problem_sentence
from ui.models.columns import Cell, Column, Look, outside
from ui.models.table import RowTable
from ui.theme import GAP, Theme
from ui.widgets.button import Button
from ui.widgets.data_table import DataTable
from ui.widgets.safe import SafeLabel

_LISTED: Final = 10_000


def result_sentence(report: IngestReport, texts: Texts) -> str:
    """«1312 nuevas, 209 repetidas, 0 rechazadas»: every row is in one of them."""
    counts = {"added": report.added, "duplicates": report.duplicates, "rejected": len(report.rejected)}
    said = {name: texts(f"import.result.{name}", n=n, shown=number(n, texts)) for name, n in counts.items()}
    return texts("import.result.sentence", **said)


PROBLEMS: Final[tuple[Column[RowProblem], ...]] = (
    Column(
        heading="import.problem.row_heading", cell=lambda one, look: Cell(text=number(one.row, look.texts), bold=True),
        width=90, number=True,
    ),
    Column(
        heading="import.problem.why", cell=lambda one, look: Cell(text=outside(problem_sentence(one, look.texts)))
    ),
)  # fmt: skip


class ImportResult(QWidget):
    """The result.

    Signals:
        see: go back to the inbox.
        another: import another file.
        replay: play the file on a simulated clock.
    """

    see = Signal()
    another = Signal()
    replay = Signal()

    def __init__(self, look: Look, theme: Theme) -> None:
        super().__init__()
        self._look = look
        self._sentence = SafeLabel("", "title", wrap=True)
        self._more = SafeLabel("", "promise", wrap=True)
        self._list_title = SafeLabel("", "strong")
        self._model: RowTable[RowProblem] = RowTable(PROBLEMS, look, lambda one: one.row)
        self.table = DataTable(self._model, theme, row=30)
        self._beyond = SafeLabel("", "muted")
        self.see_button = Button("", self.see.emit, kind="primary")
        self.another_button = Button("", self.another.emit)
        self.replay_button = Button("", self.replay.emit)
        self._hint = SafeLabel("", "muted", wrap=True)
        ends = QHBoxLayout()
        ends.setSpacing(GAP)
        for widget in (self.see_button, self.another_button, self.replay_button):
            ends.addWidget(widget)
        ends.addWidget(self._hint, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 4, 12, 12)
        whole.setSpacing(GAP)
        for part in (self._sentence, self._more):
            whole.addWidget(part)
        whole.addLayout(ends)
        whole.addWidget(self._list_title)
        whole.addWidget(self.table, 100)
        whole.addWidget(self._beyond)
        whole.addStretch(1)

    def put(self, report: IngestReport, *, stopped: bool, look: Look) -> None:
        """Show what became of the import."""
        texts = look.texts
        self._look = look
        self._sentence.setText(result_sentence(report, texts))
        more = [texts("import.result.stopped")] if stopped else []
        if report.alerts:
            more.append(texts("import.result.alerts", n=len(report.alerts)))
        self._more.setText(" ".join(f"◆ {one}" for one in more))
        self._more.setVisible(bool(more))
        self._list_title.setText(texts("import.result.rejected_title"))
        self.table.setAccessibleName(texts("import.result.rejected_name"))
        self._model.set_look(look)
        self._model.show(report.rejected[:_LISTED])
        beyond = len(report.rejected) - _LISTED
        self._beyond.setText(texts("import.result.more", n=beyond))
        self._beyond.setVisible(beyond > 0)
        for part in (self._list_title, self.table):
            part.setVisible(bool(report.rejected))
        self.see_button.set_text(texts("import.result.see"))
        self.another_button.set_text(texts("import.result.another"))
        self.replay_button.set_text(texts("import.result.replay"))
        self._hint.setText(texts("import.result.replay_hint"))
        self.see_button.setFocus()
