"""The return on investment in its three chapters; the assumptions stand below and are changed here."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.measure import CHAPTERS, Return
from crisisdesk.model.preparation import Preparation
from crisisdesk.words import exact
from ui.context import Context
from ui.models.columns import Look
from ui.theme import GUTTER
from ui.widgets.assumptions_form import AssumptionsForm
from ui.widgets.button import Button
from ui.widgets.panel import Panel, clear
from ui.widgets.row import Row
from ui.widgets.safe import SafeLabel


class ReturnView(QScrollArea):
    """Protect, save, improve.

    Signals:
        wanted: ``roi`` or ``voice``: a report as PDF.
    """

    wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._panels = {name: Panel(" ") for name in CHAPTERS}
        self._whole = SafeLabel("", "heading", wrap=True)
        self._lacking = SafeLabel("", "promise", wrap=True)
        self.assumptions = AssumptionsForm(context)
        self.reports = {name: Button("", partial(self.wanted.emit, name)) for name in ("roi", "voice")}
        inner = QWidget()
        inner.setProperty("ground", "clear")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GUTTER)
        head = QHBoxLayout()
        head.addWidget(self._whole, 1)
        for button in self.reports.values():
            head.addWidget(button)
        column.addLayout(head)
        column.addWidget(self._lacking)
        line = QHBoxLayout()
        line.setSpacing(GUTTER)
        for panel in self._panels.values():
            panel.body.setSpacing(0)
            line.addWidget(panel, 1)
        column.addLayout(line)
        column.addWidget(self.assumptions)
        column.addStretch(1)
        self.setWidget(inner)
        self.setWidgetResizable(True)

    def put(self, found: Return, kept: Preparation, look: Look) -> None:
        """Show a period's return."""
        texts = look.texts

        def money(value: Decimal | None) -> str:
            return texts("measure.unknown") if value is None else f"{exact(value, texts)}\u00a0{kept.currency}"

        whole, lacking = found.total(), found.missing()
        self._whole.setText(texts("roi.lead", value=money(whole)) if whole is not None else texts("roi.lead_unknown"))
        names = [texts(f"roi.term.{n}" if texts.has(f"roi.term.{n}") else f"preparation.roi.{n}") for n in lacking]
        self._lacking.setText(f"◆ {texts('roi.lacking', what=', '.join(names))}" if names else "")
        self._lacking.setVisible(bool(names))
        for name, button in self.reports.items():
            button.set_text(texts(f"measures.report.{name}"))
        for chapter, panel in self._panels.items():
            panel.set_title(texts(f"roi.chapter.{chapter}"), money(found.total(chapter)))
            clear(panel.body)
            for one in found.lines:
                if one.chapter == chapter:
                    panel.body.addWidget(Row(texts(f"roi.line.{one.key}"), money(one.value), label_width=150))
            panel.body.addWidget(SafeLabel(texts(f"roi.chapter.{chapter}_note", ideas=found.ideas), "small", wrap=True))
            panel.body.addStretch(1)
        self.assumptions.put(kept, look)
