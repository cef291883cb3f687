"""A text of our own through a source: where, the plan, the sending, and every doubt; copying it out stays beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from crisisdesk.desk.posts import PostView, Way
from crisisdesk.model.draft import DraftState, DraftView
from crisisdesk.plain import clamp
from ui.context import Context
from ui.widgets.panel import rule
from ui.widgets.safe import SafeLabel
from ui.widgets.send_pane import SendPane


class PostPane(SendPane):
    """Where a text of our own may be posted, and how what was sent stands; away without a source that posts."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "posting")
        self._post: PostView | None = None
        self._place: tuple[str, str, str] = ("", "", "")
        self.title = SafeLabel("", "strong", wrap=True)
        self.place = QComboBox(sizeAdjustPolicy=QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.place.setMinimumContentsLength(8)  # a long account must not widen the column
        self._fill_ask(self.place, *self.looks.values())
        for widget in (self.title, self.rows, self._ask, self.view, self.said, rule()):
            self._column.addWidget(widget)
        self.view.hide()
        self.said.hide()
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self._context.texts
        self.title.setText(texts("posting.pane.title"))
        self.place.setAccessibleName(texts("posting.pane.place"))
        super().retranslate()

    def show_view(self, view: DraftView) -> None:
        """Follow a draft; an answer to one person has a pane of its own."""
        before = self._follow(view)
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
        self._plan_by(draft_id, lambda: desk.posts.plan_now(draft_id, way.source, way.account, lang))

    def _send(self) -> None:
        view, plan, desk, (source, account, lang) = self._draft, self.plan, self._context.desk, self._place
        if view is None or plan is None:
            return
        draft_id = view.draft.id
        self.plan = None  # one press, one act
        self._show()
        self._do(lambda: desk.outbox.send_now(desk.posts.confirm(draft_id, source, account, lang, plan).id))
