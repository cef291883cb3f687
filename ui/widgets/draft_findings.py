"""What the lint asks about one language's words: each chip of the text with its reason, pressed to go to its field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from crisisdesk.model.draft import Problem
from crisisdesk.model.finding import Severity
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from ui.context import Context
from ui.theme import INSET
from ui.widgets.panel import clear
from ui.widgets.press_row import PressRow
from ui.widgets.runs import Run, RunsLabel

ASKED: Final = ("tone", "conditional_apology")
"""Problems that the lint found in the words; promises have a panel of their own."""
_MARK: Final = {Severity.ERROR: ("▲", "danger"), Severity.WARNING: ("◆", "promise")}


def chips(problems: Sequence[Problem], lang: str) -> tuple[tuple[str, str], ...]:
    """Words and look of each chip of ``lang``: what blocks as ``promise``, what only asks as ``asked``."""
    found = []
    for problem in problems:
        words = dict(problem.fields).get("words", "")
        if words and (problem.lang or "es") == lang and problem.key in ("unregistered_promise", *ASKED):
            found.append((words, "promise" if problem.severity is Severity.ERROR else "asked"))
    return tuple(dict.fromkeys(found))


def reason_of(problem: Problem, texts: Texts) -> str:
    """Why the words are asked about, in one sentence."""
    rule = dict(problem.fields).get("rule", "apology.conditional")
    return texts(f"lint.{rule}")


class FindingsPanel(QFrame):
    """The findings of one language below its text.

    Signals:
        wanted: the field that holds the words of the finding that was pressed.
    """

    wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("panel", "warning")
        self._context = context
        self._shown: tuple[object, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(INSET, 4, INSET, 4)
        self._column.setSpacing(0)
        self.hide()

    def show_problems(self, problems: Sequence[Problem], lang: str) -> None:
        """Show what concerns ``lang``; what blocks first."""
        mine = tuple(p for p in problems if p.key in ASKED and (p.lang or "es") == lang)
        shown = (self._context.lang, mine)
        if shown == self._shown:
            return
        self._shown = shown
        self.setVisible(bool(mine))
        clear(self._column)
        for problem in mine:
            self._column.addWidget(self._row(problem))

    def words(self) -> tuple[str, ...]:
        """What it says, row by row."""
        labels = self.findChildren(RunsLabel)
        return tuple(label.text() for label in labels)

    def _row(self, problem: Problem) -> PressRow:
        texts = self._context.texts
        mark, tone = _MARK[problem.severity]
        words = texts("drafting.findings.words", words=clamp(dict(problem.fields).get("words", ""), 60))
        reason = reason_of(problem, texts)
        row = PressRow(self._context.theme, f"{words} {reason}", lined=False)
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 4, 0, 4)
        runs = (Run(f"{mark} ", tone, bold=True), Run(f"{words} ", bold=True), Run(reason, "muted"))
        column.addWidget(RunsLabel(self._context.theme, runs))
        row.pressed.connect(lambda: self.wanted.emit(problem.field))
        return row
