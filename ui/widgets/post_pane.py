"""A text of our own through a source: where, the plan, the sending, and every doubt; copying it out stays beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from crisisdesk.desk.posts import PostView, Way
from crisisdesk.model.draft import DraftState, DraftView
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.outgoing import Outgoing
from crisisdesk.model.source import ReplyPlan
from crisisdesk.plain import clamp
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.outgoing_view import OutgoingRows, PlanView
from ui.widgets.panel import rule
from ui.widgets.safe import SafeLabel


class PostPane(QWidget):
    """Nothing leaves without the plan on screen and a press of its own button. Without a source that posts it is away.

    Signals:
        sent: the text's row of the outbox, when its state changed.
    """

    sent = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._draft: DraftView | None = None
        self._post: PostView | None = None
        self.plan: ReplyPlan | None = None
        self._place: tuple[str, str, str] = ("", "", "")
        self.title = SafeLabel("", "strong", wrap=True)
        self.place = QComboBox(sizeAdjustPolicy=QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.place.setMinimumContentsLength(8)  # a long account must not widen the column
        self.looks = {"es": Button("", lambda: self._ask_plan("es")), "en": Button("", lambda: self._ask_plan("en"))}
        self.view = PlanView(context, self._send, self.close_plan)
        self.rows = OutgoingRows(context, "posting", self._do)
        self.said = SafeLabel("", "small", wrap=True)
        self._lay_out()
        self.retranslate()
        self.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        self._ask = QWidget()
        ask = QVBoxLayout(self._ask)
        ask.setContentsMargins(0, 0, 0, 0)
        ask.setSpacing(4)
        for widget in (self.place, *self.looks.values()):
            ask.addWidget(widget)
        for widget in (self.title, self.rows, self._ask, self.view, self.said, rule()):
            column.addWidget(widget)
        self.view.hide()
        self.said.hide()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self._context.texts
        self.title.setText(texts("posting.pane.title"))
        self.place.setAccessibleName(texts("posting.pane.place"))
        for lang, button in self.looks.items():
            button.set_text(texts(f"posting.pane.plan_{lang}"))
        self.view.retranslate()
        self._show()

    def show_view(self, view: DraftView) -> None:
        """Follow a draft; an answer to one person has a pane of its own."""
        before, self._draft = self._draft, view
        if before is None or before.draft.id != view.draft.id or before.draft.body != view.draft.body:
            self.close_plan()  # a plan of other words must not be sent
        if before is not None and before.draft.id != view.draft.id:
            self._post = None
            self.hide()
        self.refresh()

    def refresh(self) -> None:
        """Read again where it can go and how what was sent stands."""
        desk, view = self._context.desk, self._draft
        if view is None or view.draft.mention_id is not None:
            self._post = None
            self.hide()
            return
        draft_id = view.draft.id
        self._context.bridge.read(lambda: desk.posts.of(draft_id), self._put, self._failed)

    def close_plan(self) -> None:
        """Leave the plan; nothing was sent."""
        self.plan = None
        self._say("")
        self._show()

    # What is shown

    def _put(self, post: PostView) -> None:
        if self._draft is None or self._draft.draft.id != post.draft.id:
            return
        before, self._post = self._post, post
        if before is None or before.ways != post.ways:
            chosen = self.place.currentIndex()
            self.place.clear()
            self.place.addItems([self._named(way) for way in post.ways])
            self.place.setCurrentIndex(chosen if 0 <= chosen < len(post.ways) else min(0, len(post.ways) - 1))
        self.setVisible(bool(post.ways or post.sent))
        self._show()

    def _named(self, way: Way) -> str:
        return f"{self._context.texts(f'sources.kind.{way.source}')} · {clamp(way.place, 80)}"

    def _show(self) -> None:
        post, view = self._post, self._draft
        if post is None or view is None:
            return
        self.rows.show_rows(post.sent, named=True)
        out = view.draft.state is DraftState.PUBLISHED
        gone = view.draft.state is DraftState.DISCARDED
        self._ask.setVisible(self.plan is None and bool(post.ways) and not gone)
        for button in self.looks.values():
            button.setEnabled(view.publishable or out)
        self.view.show_plan(self.plan)

    # What is done

    def _ask_plan(self, lang: str) -> None:
        view, post, desk = self._draft, self._post, self._context.desk
        if view is None or post is None or not 0 <= self.place.currentIndex() < len(post.ways):
            return
        way, draft_id = post.ways[self.place.currentIndex()], view.draft.id
        self._place = way.source, way.account, lang
        self._say(self._context.texts("replies.pane.planning"))
        self._context.bridge.read(
            lambda: desk.posts.plan_now(draft_id, way.source, way.account, lang),
            lambda plan: self._planned(plan, draft_id),
            self._failed,
        )

    def _planned(self, plan: ReplyPlan, draft_id: int) -> None:
        if self._draft is not None and self._draft.draft.id == draft_id:
            self.plan = plan
            self._say("")
            self._show()
            self.view.send.setFocus()

    def _send(self) -> None:
        view, plan, desk, (source, account, lang) = self._draft, self.plan, self._context.desk, self._place
        if view is None or plan is None:
            return
        draft_id = view.draft.id
        self.plan = None  # one press, one act
        self._show()
        self._do(lambda: desk.outbox.send_now(desk.posts.confirm(draft_id, source, account, lang, plan).id))

    def _do(self, verb: Callable[[], Outgoing], _second: object = None) -> None:
        """The network is asked off this thread; what is pressed meanwhile the outbox refuses."""
        self._say(self._context.texts("replies.pane.working"))
        self._context.bridge.read(verb, self._done, self._failed)

    def _done(self, row: Outgoing) -> None:
        self._say("")
        self.sent.emit(row)
        self.refresh()

    def _failed(self, error: CrisisDeskError) -> None:
        self._show()
        self._say(f"▲ {self._context.texts.error(error)}")

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))
