"""«Antes de publicar»: the checklist."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.finding import Severity
from ui.context import Context
from ui.widgets.draft_words import CheckLine
from ui.widgets.panel import clear
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel

_MARK = {None: ("✓", "good"), Severity.WARNING: ("◆", "promise"), Severity.ERROR: ("▲", "danger")}
_SENTENCES = 6  # per line; the summary's count tells of the rest


class _Sentence(SafeLabel):
    """A problem in words; pressing it leads to its field."""

    pressed = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text, "small", wrap=True)
        self.setContentsMargins(18, 0, 0, 2)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Lead to the field."""
        super().mousePressEvent(event)
        self.pressed.emit()


class CheckList(QWidget):
    """The lines of the checklist.

    Signals:
        wanted: the field whose problem was pressed.
    """

    wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._lines: tuple[str, tuple[CheckLine, ...]] | None = None

    def show_lines(self, lines: tuple[CheckLine, ...]) -> None:
        """Show the checklist as it is now."""
        if (self._context.lang, lines) == self._lines:
            return
        self._lines = (self._context.lang, lines)
        clear(self._column)
        for line in lines:
            self._column.addWidget(self._line(line))
            told = [d for d in line.details if d[1].key != "not_approved"]  # its button says that
            for words, problem in told[:_SENTENCES]:
                sentence = _Sentence(words)
                sentence.pressed.connect(lambda name=problem.field: self.wanted.emit(name))
                self._column.addWidget(sentence)

    def words(self) -> tuple[str, ...]:
        """All that it says, line by line."""
        found: list[str] = []
        for place in range(self._column.count()):
            item = self._column.itemAt(place)
            label = item.widget() if item is not None else None
            found += [label.text()] if isinstance(label, RunsLabel | SafeLabel) else []
        return tuple(found)

    def _line(self, line: CheckLine) -> RunsLabel:
        mark, tone = _MARK[line.severity]
        label = self._context.texts(f"drafts.check.{line.group}")
        runs = (Run(f"{mark} ", tone, bold=True), Run(f"{label}: ", "muted"), Run(line.summary))
        return RunsLabel(self._context.theme, runs)
