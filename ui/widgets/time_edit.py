"""A time typed by hand, in the incident's zone: says the date past midnight, asks in words when the clock changes."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.desk.followups import last_minute
from crisisdesk.words import countdown, day, when, zone_info
from ui.context import Context
from ui.theme import set_style
from ui.widgets.button import Button
from ui.widgets.clock_reading import Doubt, Reading, Toward, read_clock
from ui.widgets.safe import SafeLabel

STEP = timedelta(minutes=5)


class _Line(QLineEdit):
    """The typed text; the arrows move it by five minutes."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the up and down arrows, leave the rest."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)


class TimeEdit(QWidget):
    """Reads ``07:30``, ``730``, ``+20`` or ``8/3 11:00`` as an instant.

    Signals:
        changed: what it means changed, maybe to nothing.
        submitted: Return, on a time that is understood.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(
        self,
        context: Context,
        *,
        toward: Toward = Toward.FUTURE,
        owed: bool = False,
        day_only: bool = False,
        name: str = "",
    ) -> None:
        super().__init__()
        self._context, self._toward, self._owed, self._day_only = context, toward, owed, day_only
        self._zone = "UTC"
        self._reading = Reading()
        self.line = _Line(maxLength=20)
        self.line.setAccessibleName(name)
        self.line.setFixedWidth(104)
        self.setFocusProxy(self.line)
        self._hint = SafeLabel("", "muted", wrap=True)
        self._choices = (Button(kind="chip"), Button(kind="chip"))
        self._lay_out()
        self.line.textEdited.connect(self._typed)
        self.line.stepped.connect(self._step)
        self.line.editingFinished.connect(self._tidy)
        self.line.returnPressed.connect(self._submit)
        for place, button in enumerate(self._choices):
            button.clicked.connect(lambda _checked=False, place=place: self._choose(place))
        context.bridge.beat.connect(self._say)
        self._say()

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        top, below = QHBoxLayout(), QHBoxLayout()
        for line in (top, below):
            line.setSpacing(8)
            whole.addLayout(line)
        top.addWidget(self.line)
        top.addWidget(self._hint, 1)
        for button in self._choices:
            below.addWidget(button)
            button.hide()
        below.addStretch(1)

    @property
    def doubt(self) -> Doubt:
        """Why there is no instant though something is typed."""
        return self._reading.doubt

    def instant(self) -> datetime | None:
        """The UTC instant, or ``None`` when empty or in doubt."""
        return self._reading.instant

    def set_zone(self, zone: str) -> None:
        """Read and show local times of ``zone`` from now on."""
        if zone != self._zone:
            self._zone = zone
            self.set_instant(self._reading.instant)

    def set_instant(self, instant: datetime | None) -> None:
        """Show another instant; says nothing through ``changed``."""
        self._reading = Reading(instant)
        self.line.setText("" if instant is None else self._written(instant))
        self._say()

    def set_read_only(self, read_only: bool) -> None:
        """Show it without letting it be changed."""
        self.line.setReadOnly(read_only)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Put the cursor into the line, all of it chosen."""
        self.line.setFocus(reason)
        self.line.selectAll()

    def _typed(self, typed: str) -> None:
        self._reading = read_clock(typed, self._zone, self._context.desk.clock.now(), self._toward)
        self._say()
        self.changed.emit()

    def _step(self, way: int) -> None:
        if self.line.isReadOnly() or self._day_only:
            return
        start = self._reading.instant or self._context.desk.clock.now().replace(second=0, microsecond=0)
        minute = timedelta(minutes=start.minute % 5)
        self.set_instant(start - minute + (STEP if way > 0 else -STEP if not minute else timedelta(0)))
        self.changed.emit()

    def _choose(self, place: int) -> None:
        if place < len(self._reading.choices):
            self.set_instant(self._reading.choices[place])
            self.changed.emit()
            self.line.setFocus()

    def _submit(self) -> None:
        if self._reading.doubt is Doubt.NONE and self._reading.instant is not None:
            self.submitted.emit()

    def _tidy(self) -> None:
        """Write an understood time the usual way once the typing ends."""
        if self._reading.instant is not None:
            self.line.setText(self._written(self._reading.instant))

    def _written(self, instant: datetime) -> str:
        """The instant as it would be typed: the hour, or the day alone."""
        local = instant.astimezone(zone_info(self._zone))
        return f"{local.day}/{local.month}/{local.year}" if self._day_only else f"{local:%H:%M}"

    def _say(self) -> None:
        texts, reading = self._context.texts, self._reading
        self.line.setPlaceholderText(texts("drafting.time.hint"))
        now = self._context.desk.clock.now()
        for button in self._choices:
            button.setVisible(bool(reading.choices))
        for button, choice in zip(self._choices, reading.choices, strict=False):
            local = choice.astimezone(zone_info(self._zone))
            button.set_text(texts("drafting.time.choice", time=f"{local:%H:%M}", offset=f"UTC{local:%z}"))
        if reading.doubt is not Doubt.NONE:
            said = f"▲ {texts(f'drafting.time.{reading.doubt}', typed=self.line.text().strip())}"
        elif reading.instant is None:
            said = ""
        else:
            said = self._meaning(reading.instant, now)
        late = reading.instant is not None and self._toward is Toward.FUTURE and self._ends(reading.instant) < now
        troubled = bool(reading.doubt) or late
        self._hint.setText(f"▲ {said}" if late else said)
        set_style(self._hint, rank="danger" if troubled else "muted")
        owed = self._owed and reading.instant is not None
        set_style(self.line, state="error" if troubled else "owed" if owed else "")
        self.line.setAccessibleDescription(said)

    def _ends(self, instant: datetime) -> datetime:
        """Until when what was typed is not over: a day lasts until its last minute."""
        return last_minute(instant, self._zone) if self._day_only else instant

    def _meaning(self, instant: datetime, now: datetime) -> str:
        """How far away it is, with the date when it is not today."""
        texts = self._context.texts
        if self._day_only:
            return day(instant, self._zone, texts)
        said = when(instant, self._zone, texts, ref=now)
        left = countdown(instant, now, texts)
        other_day = said != when(instant, self._zone, texts)
        return texts("drafting.time.is", when=said, left=left) if other_day else left
