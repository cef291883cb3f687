"""The red bar: something was due and has not been done, so that nobody trusts a desk that does not call."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout

from crisisdesk.model import events as ev
from crisisdesk.model.incident import IncidentState
from crisisdesk.model.room import RoomView
from crisisdesk.words import duration
from ui.awake import Awake
from ui.context import Context
from ui.theme import set_style
from ui.widgets.corner import Corner
from ui.widgets.safe import SafeLabel

SILENT_MS: Final = 60_000  # no tick for so long: the core has stopped, whatever it would say


class PagingBar(QFrame):
    """Hidden while paging works. It also shows the desk's own notices and keeps the computer awake in a crisis."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._late: ev.PagingChecked | None = None
        self._ticked = QElapsedTimer()
        self._silent = False
        self.awake = Awake()
        self._corner = Corner(context, self)
        self.setObjectName("notice")
        set_style(self, state="danger")
        self._words = SafeLabel("", "strong", wrap=True)
        set_style(self._words, rank="danger")
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 6, 16, 6)
        line.addWidget(self._words, 1)
        context.bridge.events.connect(self._on_events)
        context.bridge.beat.connect(self._beat)
        paging = getattr(context.desk, "paging", None)
        if paging is not None:
            paging.window_opened()
        self.hide()

    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def set_view(self, view: RoomView) -> None:
        """Keep the computer awake while a real crisis is open."""
        crisis = view.incident is not None and view.incident.state is IncidentState.ACTIVE
        drill = self._context.desk.drill or view.drill
        self.awake.hold(crisis and not drill, self._context.texts("ui.paging.awake"))

    def _on_events(self, events: list[ev.Event]) -> None:
        for event in events:
            if isinstance(event, ev.Ticked):
                self._ticked.start()
                self._silent = False
            elif isinstance(event, ev.PagingChecked):
                self._checked(event)
            elif isinstance(event, ev.ClockSet):
                self._context.say(self._context.texts("ui.paging.clock", n=round(abs(event.seconds))))
            else:
                self._corner.hear(event)
        self._say()

    def _checked(self, event: ev.PagingChecked) -> None:
        if event.unreached:
            QApplication.beep()
            name = self._context.desk.contacts.name_of(event.unreached)
            self._context.say("▲ " + self._context.texts("ui.paging.unreached", who=name))
            return
        self._late = event if event.late else None

    def _beat(self) -> None:
        if self._ticked.isValid() and self._ticked.hasExpired(SILENT_MS):
            self._silent = True
        self._say()
        if not self.isHidden():
            QApplication.beep()

    def _say(self) -> None:
        texts = self._context.texts
        if self._silent:
            self._words.setText("▲ " + texts("ui.paging.silent"))
        elif self._late is not None and self._late.since is not None:
            ago = duration(self._context.desk.clock.now() - self._late.since, texts)
            self._words.setText("▲ " + texts("ui.paging.late", n=self._late.late, duration=ago))
        self.setVisible(self._silent or self._late is not None)
        self.setAccessibleName(self._words.text())
