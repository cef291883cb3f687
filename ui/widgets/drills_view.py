"""The drills that can be played: each opens in a window of its own, marked, sending nothing."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.models.columns import Look, outside
from ui.widgets.button import Button
from ui.widgets.panel import Panel, clear, rule
from ui.widgets.safe import SafeLabel
from ui.widgets.seven_steps import Prepared


class DrillsView(QWidget):
    """One row per scenario.

    Signals:
        wanted: id of the scenario to play.
    """

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, Button] = {}
        self._panel = Panel(" ")
        self._rows = QVBoxLayout()
        self._panel.body.addLayout(self._rows)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)
        whole.addStretch(1)

    def put(self, now: Prepared, look: Look) -> None:
        """Show the scenarios."""
        texts = look.texts
        self._panel.set_title(texts("preparation.drills"), texts("preparation.drills_note"))
        clear(self._rows)
        self.buttons = {}
        if not now.drills:
            self._rows.addWidget(SafeLabel(texts("preparation.no_drills"), "muted", wrap=True))
        for place, (name, title) in enumerate(now.drills):
            if place:
                self._rows.addWidget(rule())
            line = QHBoxLayout()
            words = QVBoxLayout()
            words.setSpacing(2)
            words.addWidget(SafeLabel(outside(title.get(texts.lang), 160), "strong", wrap=True))
            words.addWidget(SafeLabel(name, "small"))
            button = self.buttons[name] = Button(texts("preparation.drill_start"), partial(self.wanted.emit, name))
            button.setAccessibleDescription(outside(title.get(texts.lang), 160))
            line.addLayout(words, 1)
            line.addWidget(button)
            self._rows.addLayout(line)
