"""What plays a past incident: which one, beside which other, to and fro, how fast, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from crisisdesk.model.incident import Incident
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from crisisdesk.words import MINUS, day, duration, number, when
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.keycap import KeyCap
from ui.widgets.safe import SafeLabel

SPEEDS: Final = (1, 10, 30, 60, 300, 3600)


class PlaybackBar(QWidget):
    """The controls; it knows no film.

    Signals:
        chosen, compared: an incident's id; 0 = beside none.
        played, stepped: play or stand still; to the next event (1) or the one before (-1).
        sped: a speed of :data:`SPEEDS`.
        sought: seconds from the film's start.
    """

    chosen = Signal(int)
    compared = Signal(int)
    played = Signal()
    stepped = Signal(int)
    sped = Signal(int)
    sought = Signal(int)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.which, self.beside = QComboBox(), QComboBox()
        self.play = Button("", self.played.emit, kind="primary")
        self.back = Button("‹", partial(self.stepped.emit, -1))
        self.on = Button("›", partial(self.stepped.emit, 1))
        self.speeds = {speed: Button(f"×{speed}", kind="chip") for speed in SPEEDS}
        self.clock = SafeLabel("", "title")
        self.count = SafeLabel("", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self._lay_out()
        self.which.activated.connect(lambda place: self.chosen.emit(self.which.itemData(place)))
        self.beside.activated.connect(lambda place: self.compared.emit(self.beside.itemData(place)))
        self.slider.valueChanged.connect(self.sought.emit)
        self.retranslate()

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setSpacing(GAP)
        self.which.setMinimumWidth(240)
        self.beside.setMinimumWidth(180)
        for choice in (self.which, self.beside):
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            first.addWidget(choice, 1)
        first.addWidget(self.clock)
        first.addWidget(self.count)
        for widget in (self.back, KeyCap("←"), self.play, self.on, KeyCap("→")):
            second.addWidget(widget)
        group = QButtonGroup(self)
        for speed, chip in self.speeds.items():
            group.addButton(chip)
            chip.clicked.connect(lambda _on=False, speed=speed: self.sped.emit(speed))
            second.addWidget(chip)
        second.addWidget(KeyCap("+"))
        second.addWidget(KeyCap("-"))
        second.addWidget(self.slider, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP)
        whole.addLayout(first)
        whole.addLayout(second)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._texts
        self.which.setAccessibleName(texts("playback.which"))
        self.beside.setAccessibleName(texts("playback.beside"))
        self.slider.setAccessibleName(texts("playback.slider"))
        self.back.setAccessibleName(texts("playback.back"))
        self.on.setAccessibleName(texts("playback.on"))
        for speed, chip in self.speeds.items():
            chip.setAccessibleName(texts("playback.speed", n=number(speed, texts, 0)))

    def offer(self, incidents: Sequence[Incident], shown: int, beside: int, zone: str) -> None:
        """The incidents that can be played, and laid beside."""
        texts = self._texts
        for choice in (self.which, self.beside):
            choice.clear()
        self.beside.addItem(texts("playback.nothing_beside"), 0)
        for one in incidents:
            said = f"{day(one.started_at, zone, texts)} · {clamp(one.title, 60)}"
            self.which.addItem(f"{texts('review.drill')} · {said}" if one.drill else said, one.id)
            if one.id != shown:
                self.beside.addItem(texts("playback.beside_one", said=said), one.id)
        self.which.setCurrentIndex(self.which.findData(shown))
        self.beside.setCurrentIndex(max(0, self.beside.findData(beside)))
        self.beside.setEnabled(self.beside.count() > 1)

    def set_length(self, length: timedelta) -> None:
        """How long the film is."""
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, int(length.total_seconds()))

    def set_state(self, *, playing: bool, speed: int) -> None:
        """Whether it runs, and how fast."""
        self.play.set_text(self._texts("playback.pause" if playing else "playback.play"))
        self.play.set_key("␣")
        self.speeds[speed].setChecked(True)

    def set_place(self, at: datetime, start: datetime, t0: datetime, zone: str, mentions: int) -> None:
        """Where it stands."""
        texts, since = self._texts, at - t0
        sign = MINUS if since < timedelta(0) else "+"
        with QSignalBlocker(self.slider):
            self.slider.setValue(int((at - start).total_seconds()))
        said = when(at, zone, texts, ref=t0)
        self.clock.setText(f"{said} · T{sign}{duration(abs(since), texts)}")
        self.count.setText(texts("playback.mentions", n=number(mentions, texts, 0)))
