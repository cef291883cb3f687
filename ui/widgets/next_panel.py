"""«Lo siguiente» with who decides now and who may give a time."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedLayout, QWidget

from crisisdesk.model.room import RoomView
from ui.context import Context
from ui.models.next_rows import NextLine, kept_in_sight
from ui.widgets.ask import Ask
from ui.widgets.button import Button
from ui.widgets.empty import EmptyState
from ui.widgets.next_list import NextList, NextRow
from ui.widgets.panel import Panel, rule
from ui.widgets.runs import Run, RunsLabel


class NextPanel(Panel):
    """The list, a question in place above it when one is open, and the footer.

    Attributes:
        kept: the promise that comes next, shown apart while its row is out of sight.
    """

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
        self.kept = NextRow(context, self.list)
        self._kept_rule = rule()
        for widget in (self._kept_rule, self.kept):
            self.body.addWidget(widget)
            widget.hide()
        self.list.moved.connect(self._keep_in_sight)
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

    def _keep_in_sight(self) -> None:
        view, shown = self._view, self.kept.isVisibleTo(self)
        height = self.kept.sizeHint().height() + self._kept_rule.sizeHint().height()
        owed = kept_in_sight(view.next) if view is not None else ()
        without = height if shown else 0
        away = None
        if not all(self.list.in_sight(item, without) for item in owed):  # then the list has less room
            away = next((item for item in owed if not self.list.in_sight(item, without - height)), None)
        if away is not None and view is not None:
            self.kept.set_line(NextLine(away), view.zone)
        for widget in (self._kept_rule, self.kept):
            widget.setVisible(away is not None)

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
