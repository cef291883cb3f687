"""Opening an incident in place: what it is called, how bad it is and why, since when; Return confirms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from crisisdesk.model.alert import Alert
from crisisdesk.model.playbook import Playbook
from crisisdesk.words import reason
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.button import Button
from ui.widgets.clock_reading import Toward
from ui.widgets.field import Field
from ui.widgets.panel import clear
from ui.widgets.safe import SafeLabel
from ui.widgets.time_edit import TimeEdit


class OpenForm(QFrame):
    """The form; hidden until :meth:`start`.

    Signals:
        confirmed: title, level, T0 (``datetime``) and the alert's id or ``None``.
        left: the person thought better of it.
    """

    confirmed = Signal(str, int, object, object)
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._alert: Alert | None = None
        self._playbook: Playbook | None = None
        self.setProperty("panel", "callout")
        self._heading = SafeLabel("", "heading")
        self.title = QLineEdit(maxLength=120)
        self.started = TimeEdit(context, toward=Toward.PAST)
        self._title_field = Field("", self.title)
        self._started_field = Field("", self.started)
        self._levels = QHBoxLayout()
        self._levels.setSpacing(6)
        self._level_label = SafeLabel("", "muted")
        self._group = QButtonGroup(self)
        self._why = SafeLabel("", "muted", wrap=True)
        self.yes = Button("", self._confirm, kind="primary")
        self._no = Button("", self.leave, kind="quiet")
        self._lay_out()
        self._group.idClicked.connect(lambda _n: self._say_why())
        self.title.returnPressed.connect(self._confirm)
        self.started.submitted.connect(self._confirm)
        self.started.changed.connect(self._weigh)
        self.title.textChanged.connect(self._weigh)
        self.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(INSET, 10, INSET, INSET)
        column.setSpacing(GAP)
        column.addWidget(self._heading)
        fields = QHBoxLayout()
        fields.setSpacing(INSET)
        fields.addWidget(self._title_field, 3)
        fields.addWidget(self._started_field, 2)
        column.addLayout(fields)
        column.addWidget(self._level_label)
        column.addLayout(self._levels)
        column.addWidget(self._why)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.yes)
        buttons.addWidget(self._no)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def start(self, playbook: Playbook, zone: str, now: datetime, alert: Alert | None = None) -> None:
        """Ask, with everything that the alert already tells filled in; Return at once agrees to it."""
        texts = self._context.texts
        self._playbook, self._alert = playbook, alert
        self._heading.setText(texts("room.open.heading"))
        self._title_field.set_label(texts("room.open.title"))
        self._started_field.set_label(texts("room.open.started"))
        self._level_label.setText(texts("room.open.level"))
        self.yes.set_text(texts("room.open.yes"))
        self._no.set_text(texts("room.open.no"))
        terms = alert.explanation.terms[:2] if alert else ()
        name = playbook.title.get(texts.lang)
        self.title.setText(texts("room.open.title_from", playbook=name, terms=", ".join(terms)) if terms else name)
        self.started.set_zone(zone)
        self.started.set_instant(alert.signal.since if alert else now)
        self._offer_levels(playbook, alert.proposal.level if alert else 0)
        self._weigh()
        self.show()
        self.yes.setFocus()

    def _offer_levels(self, playbook: Playbook, proposed: int) -> None:
        texts = self._context.texts
        for button in self._group.buttons():
            self._group.removeButton(button)
        clear(self._levels)
        numbers = [level.number for level in playbook.levels]
        chosen = proposed if proposed in numbers else numbers[0]
        for level in playbook.levels:
            chip = Button(texts("ui.level", level=level.number, name=level.name.get(texts.lang)), kind="chip")
            self._group.addButton(chip, level.number)
            self._levels.addWidget(chip)
            chip.setChecked(level.number == chosen)
        self._levels.addStretch(1)
        self._say_why()

    def leave(self) -> None:
        """Put the form away; the alert stays as it was."""
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return agrees, Escape leaves, a figure chooses the level."""
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Return: self._confirm,
            Qt.Key.Key_Enter: self._confirm,
            Qt.Key.Key_Escape: self.leave,
        }
        if event.key() in keys:
            keys[event.key()]()
        elif event.text().isdigit() and (button := self._group.button(int(event.text()))) is not None:
            button.click()
        else:
            super().keyPressEvent(event)

    def _say_why(self) -> None:
        texts, alert, level = self._context.texts, self._alert, self._group.checkedId()
        proposed = alert.proposal if alert else None
        if proposed is None or not proposed.level:
            self._why.setText(texts("room.open.by_hand"))
            return
        reasons = " · ".join(reason(r, texts) for r in proposed.why)
        same = proposed.level == level
        self._why.setText(texts("room.open.why" if same else "room.open.other", level=proposed.level, reasons=reasons))

    def _weigh(self) -> None:
        self.yes.setEnabled(bool(self.title.text().strip()) and self.started.instant() is not None)

    def _confirm(self) -> None:
        started = self.started.instant()
        if self.yes.isEnabled() and started is not None:
            self.hide()
            alert_id = self._alert.id if self._alert else None
            self.confirmed.emit(self.title.text().strip(), self._group.checkedId(), started, alert_id)
