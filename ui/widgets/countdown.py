"""A countdown: once a minute until the last five, then each second, and calm words for a screen reader."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt

from crisisdesk.words import countdown
from ui.context import Context
from ui.theme import set_style
from ui.widgets.safe import SafeLabel


class Countdown(SafeLabel):
    """Shows what is left until an instant, by the desk's clock; past it, how long ago, in the danger colour."""

    def __init__(
        self, context: Context, due: datetime | None = None, *, owed: bool = False, rank: str = "strong"
    ) -> None:
        super().__init__("", rank)
        self._context = context
        self._rank = rank
        self._due = due
        self._owed = owed
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        context.bridge.beat.connect(self.tick)
        self.tick()

    def set_due(self, due: datetime | None, *, owed: bool = False) -> None:
        """Count down to another instant; ``owed`` is amber: the public was told."""
        self._due, self._owed = due, owed
        self.tick()

    def tick(self) -> None:
        """Say what is left now."""
        if self._due is None:
            self.setText("")
            return
        now = self._context.desk.clock.now()
        late = self._due < now
        said = countdown(self._due, now, self._context.texts)
        self.setText(f"▲ {said}" if late else said)
        spoken = countdown(self._due, now, self._context.texts, spoken=True)
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)
        set_style(self, rank="danger" if late else "promise" if self._owed else self._rank)
