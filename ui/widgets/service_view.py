"""The call centre's four curves, each by itself: cost, length, satisfaction, detraction. They are never merged."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.model.measure import Figure, Rows, ServiceDay
from crisisdesk.pipeline.measures import LINES, service_figures
from crisisdesk.words import figure_value, number
from ui.context import Context
from ui.models.columns import Look
from ui.theme import GUTTER
from ui.widgets.button import Button
from ui.widgets.day_curve import DayCurve
from ui.widgets.empty import EmptyState
from ui.widgets.panel import Panel

CURVES: Final = ("cost", "length", "satisfaction", "detraction")


class ServiceView(QWidget):
    """Chips for the telephone and the mail, and four charts."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        theme, texts = context.theme, context.texts
        self._line = LINES[0]
        self._rows: Rows | None = None
        self._look: Look | None = None
        self.lines = {line: Button("", kind="chip") for line in LINES}
        self.curves = {name: DayCurve(theme, texts) for name in CURVES}
        self._panels = {name: Panel(" ") for name in CURVES}
        self._empty = EmptyState()
        chips = QHBoxLayout()
        group = QButtonGroup(self)
        for line, button in self.lines.items():
            group.addButton(button)
            chips.addWidget(button)
            button.clicked.connect(lambda _checked=False, line=line: self._use(line))
        chips.addStretch(1)
        self.lines[self._line].setChecked(True)
        inner = QWidget()
        inner.setProperty("ground", "clear")
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GUTTER)
        for place, name in enumerate(CURVES):
            self._panels[name].body.addWidget(self.curves[name])
            grid.addWidget(self._panels[name], place // 2, place % 2)
        grid.setRowStretch(2, 1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        self._stack = QStackedWidget()
        self._stack.addWidget(scroll)
        self._stack.addWidget(self._empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(chips)
        whole.addWidget(self._stack, 1)

    def put(self, rows: Rows, look: Look) -> None:
        """Show a period."""
        texts = look.texts
        self._rows, self._look = rows, look
        for line, button in self.lines.items():
            button.set_text(texts(f"measure.of.{line}"))
        self._empty.set_text(texts("measures.service.none"), texts("measures.service.none_hint"))
        days = [day for day in rows.service if day.line == self._line]
        self._stack.setCurrentIndex(0 if days else 1)
        whole = {one.key: one for one in service_figures(days)}
        for name in CURVES:
            self._show(name, rows, {day.day: day for day in days}, whole.get(f"service.{name}"), look)

    def _show(self, name: str, rows: Rows, days: dict[object, ServiceDay], whole: Figure | None, look: Look) -> None:
        texts, key = look.texts, f"service.{name}"
        points, said = [], []
        span = (rows.period.last - rows.period.first).days + 1
        for n in range(span):
            at = rows.period.first + timedelta(days=n)
            day = days.get(at)
            one = next((f for f in service_figures([day] if day else []) if f.key == key), None)
            points.append((at, one.value if one else None))
            said.append(figure_value(one, texts) if one else texts("measure.unknown"))
        title = texts(f"measure.{key}")
        note = texts("measure.unknown")
        if whole is not None:
            note = texts("measures.service.note", value=figure_value(whole, texts), n=number(whole.n, texts, 0))
            if " " in whole.of:
                note = f"{note} · {whole.of.partition(' ')[2]}"
        self._panels[name].set_title(title, note)
        self.curves[name].put(f"{title}: {note}", points, said)

    def _use(self, line: str) -> None:
        self._line = line
        if self._rows is not None and self._look is not None:
            self.put(self._rows, self._look)
