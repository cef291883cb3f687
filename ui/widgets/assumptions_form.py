"""The figures behind the return: each with where it comes from, so that a finance director can attack it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.preparation import ASSUMPTIONS, Preparation
from ui.context import Context
from ui.models.columns import Look
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.trainings import day_words

_FIGURE: Final = 130


class AssumptionsForm(QWidget):
    """One row per figure.

    Signals:
        changed: they were saved.
    """

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._put: dict[str, str] = {}
        self._panel = Panel(" ")
        self.currency = QLineEdit(maxLength=3)
        self.currency.setFixedWidth(_FIGURE)
        self._currency = Field("", self.currency)
        self._panel.body.addWidget(self._currency)
        self.figures = {name: QLineEdit(maxLength=30) for name in ASSUMPTIONS}
        self.sources = {name: QLineEdit(maxLength=300) for name in ASSUMPTIONS}
        self._names = {name: SafeLabel("", "text", wrap=True) for name in ASSUMPTIONS}
        self._days = {name: SafeLabel("", "small") for name in ASSUMPTIONS}
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(6)
        self._heads = tuple(SafeLabel("", "small") for _ in range(4))
        for column, head in enumerate(self._heads):
            grid.addWidget(head, 0, column)
        for row, name in enumerate(ASSUMPTIONS, start=1):
            figure = self.figures[name]
            figure.setFixedWidth(_FIGURE)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            for column, widget in enumerate((self._names[name], figure, self.sources[name], self._days[name])):
                grid.addWidget(widget, row, column)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        self._panel.body.addLayout(grid)
        self.save = Button("", self._save, kind="primary")
        self._problem = SafeLabel("", "danger", wrap=True)
        ends = QHBoxLayout()
        ends.setSpacing(GAP)
        ends.addWidget(self.save)
        ends.addWidget(self._problem, 1)
        self._panel.body.addLayout(ends)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)
        whole.addStretch(1)
        for edit in (*self.figures.values(), *self.sources.values(), self.currency):
            edit.returnPressed.connect(self._save)

    def put(self, kept: Preparation, look: Look) -> None:
        """Show the figures; what is being typed stays."""
        texts = look.texts
        self._panel.set_title(texts("preparation.roi.title"), texts("preparation.roi.note"))
        self._currency.set_label(texts("preparation.roi.currency"))
        for head, key in zip(self._heads, ("figure", "value", "source", "set"), strict=True):
            head.setText(texts(f"preparation.roi.column_{key}"))
        self.save.set_text(texts("preparation.roi.save"))
        fresh = self._typed() == self._put
        for name in ASSUMPTIONS:
            said = texts(f"preparation.roi.{name}")
            one = kept.assumption(name)
            self._names[name].setText(said)
            self.figures[name].setAccessibleName(said)
            self.sources[name].setAccessibleName(f"{said} · {texts('preparation.roi.column_source')}")
            self._days[name].setText(day_words(one.day, look) if one else "—")
        if fresh or not self._put:
            self._show(kept)

    def _show(self, kept: Preparation) -> None:
        self.currency.setText(kept.currency)
        for name in ASSUMPTIONS:
            one = kept.assumption(name)
            self.figures[name].setText(one.value if one else "")
            self.sources[name].setText(one.source if one else "")
            for edit in (self.figures[name], self.sources[name]):
                edit.setCursorPosition(0)
        self._put = self._typed()

    def _typed(self) -> dict[str, str]:
        typed = {f"{name}.value": edit.text() for name, edit in self.figures.items()}
        return {"currency": self.currency.text(), **typed, **{n: e.text() for n, e in self.sources.items()}}

    def _save(self) -> None:
        values = {name: (self.figures[name].text(), self.sources[name].text()) for name in ASSUMPTIONS}
        desk, currency = self._context.desk, self.currency.text()
        self._context.bridge.call(
            lambda: desk.preparation.save_assumptions(values, currency), self._saved, self._failed
        )

    def _saved(self, kept: Preparation) -> None:
        self._problem.setText("")
        self._show(kept)
        self._context.say(self._context.texts("preparation.roi.saved"))
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        fields = dict(error.fields)
        if "figure" in fields:
            name = str(fields["figure"])
            fields["figure"] = self._context.texts(f"preparation.roi.{name}")
            (self.sources if error.key == "preparation.no_source" else self.figures)[name].setFocus()
        told = type(error)(error.key, **fields)
        self._problem.setText(f"▲ {self._context.texts.error(told)}")
