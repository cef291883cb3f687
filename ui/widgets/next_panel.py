"""«Lo siguiente» with who decides now and who may give a time."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedLayout, QWidget

from crisisdesk.model.room import RoomView
from ui.context import Context
from ui.widgets.ask import Ask
from ui.widgets.button import Button
from ui.widgets.empty import EmptyState
from ui.widgets.next_list import NextList
from ui.widgets.panel import Panel, rule
from ui.widgets.runs import Run, RunsLabel


class NextPanel(Panel):
    """The list, a question in place above it when one is open, and the footer."""

    def __init__(self, context: Context) -> None:
        super().__init__(" ", flush=True)
        self._context = context
        self._view: RoomView | None = None
        self.list = NextList(context)
        self.ask = Ask(margin=8)
        self.drawer = Button("", kind="chip")
        self.header.addWidget(self.drawer)
        self.drawer.hide()
        self._empty = EmptyState()
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        self.body.setSpacing(0)
        self.body.addWidget(rule())
        self.body.addWidget(self.ask)
        self.body.addWidget(stack, 1)
        self._decides = RunsLabel(context.theme)
        self.footer.addWidget(self._decides)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.retranslate()

    def set_view(self, view: RoomView) -> None:
        """Show the list of ``view``."""
        self._view = view
        self.list.set_items(view.next, view.zone)
        self._stack.setCurrentIndex(0 if view.next else 1)
        self._say()

    def set_drawer(self, open_: bool) -> None:
        """The button tells whether the timeline is open."""
        self.drawer.setChecked(open_)

    def retranslate(self) -> None:
        """Say everything again."""
        self.drawer.set_text(self._context.texts("room.timeline.show"))
        self.list.setAccessibleName(self._context.texts("room.next.title"))
        self._say()

    def _say(self) -> None:
        texts, view = self._context.texts, self._view
        count = len(view.next) if view else 0
        self.set_title(texts("room.next.title"), texts("room.next.note", n=count) if count else "")
        if view is not None and view.incident is not None:
            self._empty.set_text(texts("room.next.empty"), texts("room.next.done_hint"))
        elif view is not None and view.alert is not None:
            self._empty.set_text(texts("room.next.alert"), texts("room.next.alert_hint"))
        else:
            self._empty.set_text(texts("room.next.empty"), texts("room.next.empty_hint"))
        runs = [Run(texts("room.next.decides"), "muted")]
        runs.append(Run((view.decides if view else "") or texts("room.next.nobody"), bold=True))
        if view is not None and view.may_give_time:
            names = ", ".join(role.get(texts.lang) for role in view.may_give_time)
            runs.append(Run(texts("room.next.may_give") + names, "muted"))
        self._decides.set_runs(runs)
