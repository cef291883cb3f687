"""What comes after an incident, on one sheet: the actions, the day of the review, and the voices."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.followup import Followup
from crisisdesk.model.review import ReviewData
from ui.context import Context
from ui.theme import GUTTER
from ui.widgets.review_actions import ReviewActions
from ui.widgets.review_day import ReviewDay
from ui.widgets.review_texts import ReviewTextsPanel
from ui.widgets.review_voices import ReviewVoices

_SIDE: Final = 380


class ReviewAfter(QScrollArea):
    """The sheet.

    Signals:
        changed: something was done; read again.
        proposed: a change of the playbook is wanted for this action.
        begun: one of the texts is wanted: ``preliminary`` or ``public``.
    """

    changed = Signal()
    begun = Signal(str)
    proposed = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.actions_ = ReviewActions(context)
        self.day = ReviewDay(context)
        self.voices = ReviewVoices(context)
        self.texts_ = ReviewTextsPanel(context)
        whole = QWidget()
        whole.setProperty("ground", "clear")
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(GUTTER)
        left.addWidget(self.actions_)
        for panel in (self.day, self.texts_, self.voices):
            panel.setFixedWidth(_SIDE)
            right.addWidget(panel)
        left.addStretch(1)
        right.addStretch(1)
        line.addLayout(left, 1)
        line.addLayout(right)
        self.setWidget(whole)
        self.setWidgetResizable(True)
        for part in (self.actions_, self.day, self.voices):
            part.changed.connect(self.changed)
        self.actions_.proposed.connect(self.proposed)
        self.texts_.begun.connect(self.begun)

    def put(self, data: ReviewData, now: datetime) -> None:
        """Show one incident's."""
        incident, followup = data.incident, data.followup or Followup(due_at=None)
        self.actions_.put(incident.id, incident.zone, followup)
        self.day.put(incident.id, incident.zone, followup, now)
        self.voices.put(incident.id, followup)
        self.texts_.put(data, now)

    def retranslate(self) -> None:
        """Say everything again."""
        for part in (self.actions_, self.day, self.texts_, self.voices):
            part.retranslate()
