"""The chart with its heading and the stretches of time to choose from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout

from crisisdesk.model.room import ChartData
from crisisdesk.words import duration
from ui.actions import key_of
from ui.context import Context
from ui.widgets.button import Button
from ui.widgets.chart import ChartView
from ui.widgets.panel import Panel

SPANS: Final[tuple[tuple[str, timedelta | None], ...]] = (
    ("hours", timedelta(hours=2)),
    ("day", timedelta(hours=24)),
    ("week", timedelta(days=7)),
    ("incident", None),
)
STRIP_HEIGHT: Final = 116


class ChartPanel(Panel):
    """Reads and shows one stretch of time; one read at a time, and none while out of sight.

    Signals:
        spanned: another stretch was chosen.
    """

    spanned = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(" ")
        self._context = context
        self._incident_id: int | None = None
        self._busy = False
        self._again = False
        self._step = timedelta(minutes=1)
        self.view = ChartView(context)
        self._group = QButtonGroup(self)
        chips = QHBoxLayout()
        chips.setSpacing(4)
        self.header.addLayout(chips)
        for n, (name, _span) in enumerate(SPANS):
            chip = Button("", kind="chip")
            chip.setObjectName(name)
            self._group.addButton(chip, n)
            chips.addWidget(chip)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(lambda _n: self.spanned.emit())
        self.body.setContentsMargins(4, 0, 4, 4)
        self.body.addWidget(self.view, 1)
        self.set_incident(False)
        self.retranslate()

    def chooser(self, name: str) -> Callable[[object | None], None]:
        """What chooses the stretch called ``name``."""
        place = [known for known, _span in SPANS].index(name)

        def choose(_ref: object | None) -> None:
            button = self._group.button(place)
            if button.isEnabled():
                button.click()

        return choose

    def set_incident(self, there_is: bool) -> None:
        """The whole incident can be shown only when there is one."""
        self._group.button(len(SPANS) - 1).setVisible(there_is)
        self._group.button(len(SPANS) - 1).setEnabled(there_is)
        if not there_is and self._group.checkedId() == len(SPANS) - 1:
            self._group.button(0).setChecked(True)

    def set_strip(self, strip: bool) -> None:
        """A low strip, or as high as there is room."""
        self.view.setMaximumHeight(STRIP_HEIGHT if strip else 16_777_215)
        self.setMaximumHeight(STRIP_HEIGHT + 44 if strip else 16_777_215)

    def read(self, incident_id: int | None) -> None:
        """Read the chosen stretch again."""
        self._incident_id = incident_id
        if self._busy or not self.isVisible():
            self._again = self._busy
            return
        self._busy, self._again = True, False
        span, desk = SPANS[self._group.checkedId()][1], self._context.desk
        self._context.bridge.read(lambda: desk.room.chart(span, incident_id), self._show, self._failed)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        for name, button in zip((n for n, _ in SPANS), self._group.buttons(), strict=True):
            assert isinstance(button, Button)
            button.set_text(texts(f"room.chart.{name}"))
            button.set_key(key_of(f"chart.{name}", texts))
        self.view.setAccessibleName(texts("room.chart.name"))
        self._say_title()

    def _say_title(self) -> None:
        texts = self._context.texts
        minute = self._step == timedelta(minutes=1)
        step = duration(self._step, texts)
        title = texts("room.chart.title") if minute else texts("room.chart.title_steps", step=step)
        self.set_title(title, texts("room.chart.legend"))

    def _show(self, data: ChartData) -> None:
        self._busy = False
        if data.step != self._step:
            self._step = data.step
            self._say_title()
        self.view.set_data(data)
        if self._again:
            self.read(self._incident_id)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self._context.bridge.failed.emit(error)
