"""The console round a page: rail, top bar, notice, bottom bar and the drill's frame, laid out once."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from crisisdesk.model import events as ev
from crisisdesk.model.room import ReplayStatus, RoomView
from ui.context import Context
from ui.widgets.bottom_bar import BottomBar
from ui.widgets.frame import DrillFrame
from ui.widgets.notice import Notice
from ui.widgets.paging_bar import PagingBar
from ui.widgets.palette import Palette
from ui.widgets.rail import Rail
from ui.widgets.top_bar import TopBar


class Console(DrillFrame):
    """Everything in the window that is not a page.

    Attributes:
        stack: the pages.
        palette_: over everything else, while it is open.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context.theme)
        self._context = context
        self.rail = Rail(context.texts, context.theme)
        self.top = TopBar(context)
        self.bottom = BottomBar(context)
        self.notice = Notice(context.texts)
        self.paging = PagingBar(context)
        self.stack = QStackedWidget()
        self.stack.setProperty("ground", "window")
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(self.rail)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.paging)
        column.addWidget(self.notice)
        column.addWidget(self.stack, 1)
        column.addWidget(self.bottom)
        across.addLayout(column, 1)
        self.column.addLayout(across)
        self.palette_ = Palette(context.texts, self)
        self.set_drill(context.desk.drill)

    def set_view(self, view: RoomView, status: ReplayStatus | None) -> str:
        """Show the bars of ``view``; gives the window's title."""
        texts = self._context.texts
        self.top.set_view(view)
        self.top.set_replay(status)
        self.bottom.set_view(view)
        self.paging.set_view(view)
        drill = self._context.desk.drill or view.drill
        self.set_drill(drill)
        waiting = f"ui.waiting_{view.alert.signal.kind}" if view.alert else "ui.calm"
        title = view.incident.title if view.incident else texts(waiting)
        return f"{texts('ui.drill') + ' · ' if drill else ''}{title} — {texts('ui.app.title')}"

    def hear(self, events: list[ev.Event]) -> None:
        """Tell what troubles the data file: below until something is saved, a copy until it is closed."""
        texts = self._context.texts
        for event in events:
            if isinstance(event, ev.CopyHindered):
                self.notice.complain(texts.error(event.error))
            if isinstance(event, ev.StoreTroubled):
                self.bottom.set_trouble(texts(f"errors.{event.key}", path=event.path))

    def retranslate(self) -> None:
        """Say everything again."""
        for part in (self.rail, self.top, self.bottom):
            part.retranslate()
