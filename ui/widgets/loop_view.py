"""Whom have we told what, and what is next for each: a row for each audience, one press writes its next text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from crisisdesk.desk.message_loop import LoopRow, loop
from crisisdesk.model.draft import Draft
from crisisdesk.model.playbook import Playbook
from crisisdesk.words import when
from ui.context import Context
from ui.widgets.panel import Panel, clear
from ui.widgets.press_row import PressRow
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel


class LoopView(Panel):
    """The audiences in their order.

    Signals:
        wanted: a template's id.
    """

    wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__("-", flush=True)
        self._context = context
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        self.body.addLayout(self._column)

    def show_loop(self, playbook: Playbook, drafts: Sequence[Draft], zone: str) -> None:
        """Show an incident's loop."""
        texts = self._context.texts
        self.set_title(texts("drafting.loop.title"), texts("drafting.loop.hint"))
        clear(self._column)
        for row in loop(playbook, drafts):
            self._column.addWidget(self._row(row, zone))

    def rows(self) -> tuple[PressRow, ...]:
        """The audiences' rows in their order."""
        return tuple(self.findChildren(PressRow))

    def _row(self, one: LoopRow, zone: str) -> PressRow:
        texts, lang = self._context.texts, self._context.lang
        name = texts(f"drafting.loop.audience.{one.audience}")
        following = one.next.purpose.get(lang) if one.next is not None else ""
        said = texts("drafting.loop.next", what=following) if following else texts("drafting.loop.done")
        now = self._context.desk.clock.now()
        told = []
        for cell in one.cells:
            phase = cell.phase.name.get(lang)
            if cell.told_at is not None:
                told.append(f"● {phase} {when(cell.told_at, zone, texts, ref=now)}")
            else:
                told.append(f"{'○' if cell.writing else '–'} {phase}")
        row = PressRow(self._context.theme, f"{name}. {', '.join(told)}. {said}")
        column = QVBoxLayout(row)
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(1)
        tone = "muted" if one.next is None else "text"
        column.addWidget(RunsLabel(self._context.theme, (Run(f"{name}  ", bold=True), Run(said, tone))))
        column.addWidget(SafeLabel(" · ".join(told), "small", elide=True))
        template = one.next
        if template is not None:
            row.pressed.connect(lambda: self.wanted.emit(template.id))
        return row
