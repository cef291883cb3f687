"""What sending through a source asks everywhere: the plan on screen, one press that sends it, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.draft import DraftView
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.outgoing import Outgoing
from crisisdesk.model.source import ReplyPlan
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.outgoing_view import OutgoingRows, PlanView
from ui.widgets.safe import SafeLabel


class SendPane(QWidget):
    """Nothing leaves without the plan on screen and a press of its own button.

    A pane says where a draft may go (:meth:`_ask_plan`), how it is confirmed (:meth:`_send`) and what is in sight
    (:meth:`_show`, :meth:`refresh`).

    Args:
        words: the pane's sentences: ``replies`` or ``posting``.

    Signals:
        sent: a row of the outbox, when its state changed.
    """

    sent = Signal(object)

    def __init__(self, context: Context, words: str) -> None:
        super().__init__()
        self._context = context
        self._words = words
        self._draft: DraftView | None = None
        self.plan: ReplyPlan | None = None
        self.looks = {"es": Button("", lambda: self._ask_plan("es")), "en": Button("", lambda: self._ask_plan("en"))}
        self.view = PlanView(context, self._send, self.close_plan)
        self.rows = OutgoingRows(context, words, self._do)
        self.said = SafeLabel("", "small", wrap=True)
        self._ask = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)

    def _fill_ask(self, *widgets: QWidget) -> None:
        """Put what is asked before there is a plan one under the other."""
        ask = QVBoxLayout(self._ask)
        ask.setContentsMargins(0, 0, 0, 0)
        ask.setSpacing(4)
        for widget in widgets:
            ask.addWidget(widget)

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        for lang, button in self.looks.items():
            button.set_text(self._context.texts(f"{self._words}.pane.plan_{lang}"))
        self.view.retranslate()
        self._show()

    def refresh(self) -> None:
        """Read again where the draft stands."""
        raise NotImplementedError

    def close_plan(self) -> None:
        """Leave the plan; nothing was sent."""
        self.plan = None
        self._say("")
        self._show()

    def _follow(self, view: DraftView) -> DraftView | None:
        """Take another look at a draft, or another draft; the one before. A plan of other words must not be sent."""
        before, self._draft = self._draft, view
        if before is None or before.draft.id != view.draft.id or before.draft.body != view.draft.body:
            self.close_plan()
        return before

    def _show(self) -> None:
        raise NotImplementedError

    def _ask_plan(self, lang: str) -> None:
        raise NotImplementedError

    def _send(self) -> None:
        raise NotImplementedError

    def _plan_by(self, draft_id: int, ask: Callable[[], ReplyPlan]) -> None:
        """Ask for a plan off this thread; it is shown if the draft is still the same."""
        self._say(self._context.texts("replies.pane.planning"))
        self._context.bridge.read(ask, lambda plan: self._planned(plan, draft_id), self._failed)

    def _planned(self, plan: ReplyPlan, draft_id: int) -> None:
        if self._draft is not None and self._draft.draft.id == draft_id:
            self.plan = plan
            self._say("")
            self._show()
            self.view.send.setFocus()

    def _do(self, verb: Callable[[], Outgoing], second: Callable[[], Outgoing] | None = None) -> None:
        """The network is asked off this thread; what is pressed meanwhile the outbox refuses.

        Args:
            second: what a person may press when the mention was answered already: the same, as one more answer.
        """
        self._say(self._context.texts("replies.pane.working"))
        self._context.bridge.read(verb, self._done, lambda error: self._refused(second, error))

    def _refused(self, second: Callable[[], Outgoing] | None, error: CrisisDeskError) -> None:
        self._failed(error)

    def _done(self, row: Outgoing) -> None:
        self._say("")
        self.sent.emit(row)
        self.refresh()

    def _failed(self, error: CrisisDeskError) -> None:
        self._show()
        self._say(f"▲ {self._context.texts.error(error)}", str(error.fields.get("link", "")))

    def _say(self, words: str, link: str = "") -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))
