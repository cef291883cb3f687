"""What the history says of a time, in words, with its count; amber when it is above the limit, never red alone."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from crisisdesk.desk.risk import RiskView
from ui.context import Context
from ui.theme import INSET
from ui.widgets.safe import SafeLabel


class RiskLine(QFrame):
    """Two sentences: how often such a promise failed, and the earliest time within the limit."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.beyond = False
        self.told = SafeLabel("", "text", wrap=True)
        self.sure = SafeLabel("", "muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(INSET, 8, INSET, 8)
        column.setSpacing(4)
        column.addWidget(self.told)
        column.addWidget(self.sure)
        self.hide()

    def show_risk(self, view: RiskView | None) -> None:
        """Show an estimate, or nothing."""
        self.setVisible(view is not None)
        self.beyond = view is not None and view.beyond
        if view is None:
            return
        lang, texts = self._context.lang, self._context.texts
        self.setProperty("panel", "warning" if self.beyond or not view.found.known else "callout")
        self.style().unpolish(self)
        self.style().polish(self)
        mark = "◆ " if self.beyond else ""
        self.told.setText(mark + view.line.get(lang))
        ask = texts("commitments.new.ask_known") if self.beyond else ""
        self.sure.setText(" ".join(filter(None, (view.sure_line.get(lang), ask))))
        self.sure.setVisible(bool(self.sure.text()))
