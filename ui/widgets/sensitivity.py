"""«Habría saltado N veces»: the slider that is the return period, tried on our own past, beside other tools' rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QSlider, QVBoxLayout

from crisisdesk.model.alert import WouldHave
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.words import day, when
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.button import Button
from ui.widgets.panel import clear
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel, safe_tooltip

if TYPE_CHECKING:
    from crisisdesk.app import Desk

STEPS: Final = (1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60, 90, 180, 365)
"""Days of the slider's positions."""
PAST_DAYS: Final = 30
SETTLE_MS: Final = 120
SHOWN: Final = 6
ACROSS: Final = 3


def nearest(days: float) -> int:
    """The slider's position next to a return period."""
    return min(range(len(STEPS)), key=lambda n: abs(STEPS[n] - days))


def _ask(desk: Desk, days: float, goes_on: Callable[[], bool]) -> WouldHave | None:
    """For a ``read`` thread; ``None`` when nobody wants to know any more."""
    from crisisdesk.desk.hindsight import Cancelled

    try:
        return desk.hindsight.would_have_fired(PAST_DAYS, days, goes_on=goes_on)
    except Cancelled:
        return None


class Sensitivity(QFrame):
    """Asks the past for each position of the slider; one question at a time, the newest wins, Escape ends it.

    Signals:
        answered: a :class:`WouldHave`: its alarms belong on the chart.
        compared: instants at which another tool's rule would have alarmed; empty for none.
        left: the person is done.
    """

    answered = Signal(object)
    compared = Signal(object)
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._wanted = [True]  # shared with the thread that reads, which must not hold a widget
        self._busy = self._again = False
        self._answer: WouldHave | None = None
        self._in_use = STEPS[0]
        self.setProperty("panel", "warning")
        self._question = SafeLabel("", "strong")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, len(STEPS) - 1)
        self.slider.setPageStep(2)
        self.said = RunsLabel(context.theme, pixel_size=15)
        self._when = SafeLabel("", "muted", wrap=True)
        self._others = SafeLabel("", "muted")
        self._rules = QGridLayout()
        self._rules.setSpacing(4)
        self._rules.setColumnStretch(ACROSS, 1)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self.use = Button("", self._use)
        self.leave = Button("", self.close_, kind="quiet")
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._read)
        self.slider.valueChanged.connect(self._moved)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(INSET, 10, INSET, 10)
        column.setSpacing(GAP)
        head = QHBoxLayout()
        head.setSpacing(INSET)
        head.addWidget(self._question)
        head.addWidget(self.slider, 1)
        column.addLayout(head)
        answer = QHBoxLayout()
        answer.setSpacing(GAP)
        answer.addWidget(self.said, 1)
        answer.addWidget(self.use)
        answer.addWidget(self.leave)
        column.addLayout(answer)
        column.addWidget(self._when)
        column.addWidget(self._others)
        column.addLayout(self._rules)

    # -- asking --------------------------------------------------------------------------------------------------

    def open_(self) -> None:
        """Begin at the return period in use."""
        self._in_use = STEPS[nearest(self._context.desk.settings.return_days)]
        self.slider.blockSignals(True)
        self.slider.setValue(nearest(self._in_use))
        self.slider.blockSignals(False)
        self._answer = None
        self.show()
        self.slider.setFocus()
        self.retranslate()
        self._read()

    def close_(self) -> None:
        """End what is being read, and put the slider away."""
        self._wanted[0] = False
        self._settle.stop()
        self._again = False
        if not self.isHidden():
            self.hide()
            self.compared.emit(())
            self.left.emit()

    @property
    def days(self) -> int:
        """The return period that the slider shows."""
        return STEPS[self.slider.value()]

    def _moved(self, _value: int) -> None:
        self._say()
        self._settle.start()

    def _read(self) -> None:
        if self.isHidden():
            return
        if self._busy:
            self._again = True
            return
        self._busy, self._again = True, False
        desk, days = self._context.desk, float(self.days)
        self._wanted = wanted = [True]
        self._context.bridge.read(lambda: _ask(desk, days, lambda: wanted[0]), self._told, self._failed)
        self._say()

    def _told(self, answer: WouldHave | None) -> None:
        self._busy = False
        if self.isHidden():
            return
        if answer is not None and round(answer.return_days) == self.days:
            self._answer = answer
            self._show_rules(answer)
            self._say()
            self.answered.emit(answer)
        if self._again or answer is None:
            self._read()

    def _failed(self, error: CrisisDeskError) -> None:
        self._busy = False
        self._context.bridge.failed.emit(error)

    def _use(self) -> None:
        desk, days = self._context.desk, float(self.days)
        self._context.bridge.call(lambda: desk.set_return_days(days), self._used)

    def _used(self, _done: object) -> None:
        self._in_use = self.days
        self._context.say(self._context.texts("room.sensitivity.used", n=self.days))
        self._say()

    # -- saying --------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        self.slider.setAccessibleName(texts("room.sensitivity.name"))
        self._others.setText(texts("room.sensitivity.others"))
        self.use.set_text(texts("room.sensitivity.use"))
        self.leave.set_text(texts("room.sensitivity.close"))
        if self._answer is not None:
            self._show_rules(self._answer)
        self._say()

    def _say(self) -> None:
        texts, answer = self._context.texts, self._answer
        asked = texts("room.sensitivity.question", n=self.days)
        self._question.setText(asked)
        self.use.setEnabled(self.days != self._in_use)
        if answer is None or round(answer.return_days) != self.days:
            self.said.set_runs((Run(texts("room.sensitivity.reading"), "muted"),))
            self._when.setText("")
            return
        count, past = len(answer.fired), max(1, round((answer.end - answer.start).total_seconds() / 86_400))
        if answer.start == answer.end:
            said = texts("room.sensitivity.no_past")
        else:
            said = texts("room.sensitivity.fired", n=count, days=past)
        self.said.set_runs((Run("▲ " if count else "● ", "danger" if count else "good"), Run(said, bold=True)))
        self._when.setText(self._times(answer))
        self.slider.setAccessibleDescription(f"{asked} {said} {self._when.text()}")

    def _times(self, answer: WouldHave) -> str:
        texts, zone = self._context.texts, self._context.desk.zone
        shown = answer.fired[-SHOWN:]
        times = [f"{day(f.at, zone, texts, year=False)} {when(f.at, zone, texts)}" for f in shown]
        lines = [" · ".join(times)] if times else []
        if len(answer.fired) > SHOWN:
            lines[0] = texts("room.sensitivity.last", n=SHOWN, times=lines[0])
        if answer.learning_days < answer.needed_days:
            learnt = {"n": int(answer.learning_days), "needed": int(answer.needed_days)}
            lines.append(texts("room.spike.learning", **learnt))
        return "\n".join(lines)

    def _show_rules(self, answer: WouldHave) -> None:
        texts = self._context.texts
        chosen = {self._group.id(b) for b in self._group.buttons() if b.isChecked()}
        for button in self._group.buttons():
            self._group.removeButton(button)
        clear(self._rules)
        for n, rule in enumerate(answer.rules):
            name = texts(f"alert.rules.{rule.name}")
            chip = Button(texts("room.sensitivity.rule", name=name.partition(" (")[0], n=len(rule.at)), kind="chip")
            chip.setAccessibleName(texts("room.sensitivity.rule", name=name, n=len(rule.at)))
            safe_tooltip(chip, name)
            chip.setChecked(n in chosen)
            chip.clicked.connect(lambda on=False, at=rule.at, place=n: self._compare(on, at, place))
            self._group.addButton(chip, n)
            self._rules.addWidget(chip, n // ACROSS, n % ACROSS)

    def _compare(self, on: bool, at: Sequence[datetime], place: int) -> None:
        for button in self._group.buttons():
            if self._group.id(button) != place:
                button.setChecked(False)
        self.compared.emit(tuple(at) if on else ())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight, nobody waits for an answer."""
        super().hideEvent(event)
        self._wanted[0] = False
