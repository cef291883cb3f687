"""By when the review is held, and that it was."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.followup import Followup
from crisisdesk.words import countdown, when
from ui.context import Context
from ui.models.columns import DANGER_MARK, DONE_MARK, outside
from ui.theme import GAP, set_style
from ui.widgets.button import Button
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.time_edit import TimeEdit


class ReviewDay(Panel):
    """The day of the review.

    Signals:
        changed: it was set, or the review was held; read again.
    """

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(" ")
        self._context = context
        self._incident = 0
        self._said = SafeLabel("", "text", wrap=True)
        self.due = TimeEdit(context)
        self.set = Button("", self.set_)
        self.held = Button("", self.hold, kind="quiet")
        self.problem = SafeLabel("", "danger", wrap=True)
        self.body.addWidget(self._said)
        self.body.addWidget(self.due)
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.set)
        line.addWidget(self.held)
        line.addStretch(1)
        self.body.addLayout(line)
        self.body.addWidget(self.problem)
        self.due.submitted.connect(self.set_)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        self.set_title(texts("review.day.title"))
        self.due.line.setPlaceholderText(texts("review.day.hint"))
        self.due.line.setAccessibleName(texts("review.day.when"))
        self.set.set_text(texts("review.day.set"))
        self.held.set_text(texts("review.day.held"))
        self._tell("")

    def put(self, incident_id: int, zone: str, followup: Followup, now: datetime) -> None:
        """Show where it stands."""
        texts = self._context.texts
        self._incident = incident_id
        self.due.set_zone(zone)
        late = False
        if followup.held_at is not None:
            at = when(followup.held_at, zone, texts, ref=now)
            said = f"{DONE_MARK} {texts('review.day.was_held', time=at, who=outside(followup.held_by, 60))}"
        elif followup.due_at is None:
            said = texts("review.day.not_yet")
        else:
            late = followup.due_at < now
            key = "due" if followup.set_by_person else "due_playbook"
            time = when(followup.due_at, zone, texts, ref=now)
            said = texts(f"review.day.{key}", time=time, left=countdown(followup.due_at, now, texts))
            said = f"{DANGER_MARK} {said}" if late else said
        self._said.setText(said)
        set_style(self._said, rank="danger" if late else "text")
        self.held.setVisible(followup.held_at is None)

    def set_(self) -> None:
        """Hold it by the time in the line."""
        due, desk, incident = self.due.instant(), self._context.desk, self._incident
        if due is None:
            self._tell(self._context.texts("review.day.need"))
            self.due.setFocus()
            return
        self._context.bridge.call(lambda: desk.followups.set_due(incident, due), self._done, self._failed)

    def hold(self) -> None:
        """It was held."""
        desk, incident = self._context.desk, self._incident
        self._context.bridge.call(lambda: desk.followups.hold(incident), self._done, self._failed)

    def _done(self, _plan: object) -> None:
        self.due.set_instant(None)
        self._tell("")
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self._tell(self._context.texts.error(error))

    def _tell(self, problem: str) -> None:
        self.problem.setText(f"{DANGER_MARK} {problem}" if problem else "")
        self.problem.setVisible(bool(problem))
