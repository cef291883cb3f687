"""«Sin hora todavía»: the honest choice in one key, with the next news at the playbook's pace."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from crisisdesk.words import when
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.button import Button
from ui.widgets.safe import SafeLabel
from ui.widgets.time_edit import TimeEdit

QUARTER = timedelta(minutes=15)


def next_news(now: datetime, cadence: timedelta | None) -> datetime:
    """When the next news is proposed: one cadence (30 min without one) from ``now``, up to the next full quarter."""
    wanted = now + (cadence or timedelta(minutes=30))
    past = timedelta(minutes=wanted.minute % 15, seconds=wanted.second, microseconds=wanted.microsecond)
    down = wanted - past
    return down if down - now >= timedelta(minutes=10) else down + QUARTER


class NoTime(QFrame):
    """Offers to say when there will be news instead of when it will be solved; hidden until :meth:`start`.

    Signals:
        agreed: the instant of the next news.
        promise: the person wants to register a promise after all.
        left: nothing was chosen.
    """

    agreed = Signal(object)
    promise = Signal()
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._zone = "UTC"
        self.setProperty("panel", "warning")
        self._heading = SafeLabel("", "heading", wrap=True)
        self._hint = SafeLabel("", "muted", wrap=True)
        self.time = TimeEdit(context, owed=True)
        self.yes = Button("", self._agree, kind="primary")
        self._other = Button("", self._to_promise)
        self._no = Button("", self.leave, kind="quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(INSET, 10, INSET, INSET)
        column.setSpacing(GAP)
        for widget in (self._heading, self._hint, self.time):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for button in (self.yes, self._other, self._no):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.time.changed.connect(self._weigh)
        self.time.submitted.connect(self._agree)
        self.hide()

    def start(self, zone: str, now: datetime, cadence: timedelta | None) -> None:
        """Ask, with the next news at the playbook's pace; Return at once agrees."""
        texts = self._context.texts
        self._zone = zone
        self._heading.setText("◆ " + texts("room.no_time.heading"))
        self._hint.setText(texts("room.no_time.hint"))
        self._other.set_text(texts("room.no_time.promise"))
        self._no.set_text(texts("room.open.no"))
        self.time.set_zone(zone)
        self.time.set_instant(next_news(now, cadence))
        self._weigh()
        self.show()
        self.yes.setFocus()

    def leave(self) -> None:
        """Put it away."""
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return agrees, Escape leaves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._agree()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _weigh(self) -> None:
        texts, instant = self._context.texts, self.time.instant()
        now = self._context.desk.clock.now()
        shown = when(instant, self._zone, texts, ref=now) if instant else "—"
        self.yes.set_text(texts("room.no_time.yes", time=shown))
        self.yes.setEnabled(instant is not None and instant > now)

    def _agree(self) -> None:
        if self.yes.isEnabled():
            self.hide()
            self.agreed.emit(self.time.instant())

    def _to_promise(self) -> None:
        self.hide()
        self.promise.emit()
