"""Answering one mention through its source: who is answered, who holds it, the plan, the sending, and every doubt."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk import plain
from crisisdesk.desk.outbox import ReplyView
from crisisdesk.model.draft import DraftState, DraftView
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.outgoing import Outgoing
from crisisdesk.model.source import ReplyPlan
from crisisdesk.words import when
from ui.context import Context
from ui.models.columns import outside
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.outgoing_view import ENDED, OutgoingRows, PlanView, open_address
from ui.widgets.panel import rule
from ui.widgets.safe import SafeLabel

_TOLD_EACH: Final = 5.0  # seconds between two signs that somebody is writing


class ReplyPane(QWidget):
    """Nothing leaves without the plan on screen and a press of its own button.

    Signals:
        sent: the reply's row of the outbox, when its state changed.
        answering: the mention that is answered, or ``None``.
    """

    sent = Signal(object)
    answering = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._draft: DraftView | None = None
        self._reply: ReplyView | None = None
        self.plan: ReplyPlan | None = None
        self._lang = "es"
        self._link = ""
        self._signed = 0.0
        self.who = SafeLabel("", "strong", elide=True, limit=120)
        self.words = SafeLabel("", "muted", wrap=True, limit=400)
        self.lock = SafeLabel("", "promise", wrap=True)
        self.take = Button("", self._take, kind="plain")
        self.answered = SafeLabel("", "promise", wrap=True)
        self.second = Button("", self._send_second, kind="plain")
        self._second: Callable[[], Outgoing] | None = None
        self.said = SafeLabel("", "small", wrap=True)
        self.looks = {"es": Button("", lambda: self._ask_plan("es")), "en": Button("", lambda: self._ask_plan("en"))}
        self._plan = PlanView(context, self._send, self.close_plan)
        self.facts, self.payload, self.send, self.back = (
            self._plan.facts, self._plan.payload, self._plan.send, self._plan.back,
        )  # fmt: skip
        self._rows = OutgoingRows(context, "replies", self._do)
        self.open_link = Button("", self._open_link, kind="quiet")
        self._lay_out()
        self.retranslate()
        self.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        head: tuple[QWidget, ...] = (self.who, self.words, self.lock, self.take, self.answered)
        for widget in head:
            column.addWidget(widget)
        column.addWidget(self._rows)
        self._ask = QWidget()
        ask = QVBoxLayout(self._ask)
        ask.setContentsMargins(0, 0, 0, 0)
        ask.setSpacing(4)
        for button in self.looks.values():
            ask.addWidget(button)
        for widget in (self._ask, self._plan, self.said, self.second, self.open_link, rule()):
            column.addWidget(widget)
        hidden = (self.lock, self.take, self.answered, self._ask, self._plan, self.said, self.second, self.open_link)
        for widget in hidden:
            widget.hide()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self._context.texts
        for lang, button in self.looks.items():
            button.set_text(texts(f"replies.pane.plan_{lang}"))
        for button, key in ((self.take, "take"), (self.open_link, "open_link"), (self.second, "second")):
            button.set_text(texts(f"replies.pane.{key}"))
        self._plan.retranslate()
        self._show()

    def show_view(self, view: DraftView) -> None:
        """Follow a draft; one that answers nobody has no such pane."""
        before, self._draft = self._draft, view
        if before is None or before.draft.id != view.draft.id or before.draft.body != view.draft.body:
            self.close_plan()  # a plan of other words must not be sent
        if view.draft.mention_id is None:
            self._reply = None
            self.hide()
            self.answering.emit(None)
            return
        self.refresh()

    def refresh(self) -> None:
        """Read again who holds the mention and how its replies stand."""
        desk, view = self._context.desk, self._draft
        if view is not None and view.draft.mention_id is not None:
            draft_id = view.draft.id
            self._context.bridge.read(lambda: desk.outbox.reply_of(draft_id), self._put, self._failed)

    def typed(self, _field: str = "") -> None:
        """A person is writing: the lock lives on, and others see it."""
        mention, desk = self._mention_id(), self._context.desk
        if mention is not None and monotonic() - self._signed > _TOLD_EACH:
            self._signed = monotonic()
            self._context.bridge.call(lambda: desk.reply_locks.typing(mention), None, self._failed)

    def close_plan(self) -> None:
        """Leave the plan; nothing was sent."""
        self.plan = None
        self._say("")
        self._show()

    # What is shown

    def _put(self, reply: ReplyView) -> None:
        if self._draft is not None and self._draft.draft.mention_id == reply.stored.id:
            self._reply = reply
            self.answering.emit(reply.stored)
            self.show()
            self._show()

    def _show(self) -> None:
        reply, view, texts = self._reply, self._draft, self._context.texts
        if reply is None or view is None:
            return
        mention = reply.stored.mention
        named = outside(mention.author, 80) or texts("inbox.no_author")
        self.who.setText(texts("replies.pane.to", who=named, where=outside(mention.channel or mention.source, 40)))
        self.words.setText(plain.clamp(mention.text, 240))
        self._show_lock(reply)
        self._show_answered(reply)
        self._rows.show_rows(reply.sent)
        held = reply.lock is not None and not reply.mine
        busy = any(row.state not in ENDED for row in reply.sent)
        out = view.draft.state in (DraftState.PUBLISHED, DraftState.DISCARDED)
        why = self._why_not(reply)
        self._ask.setVisible(self.plan is None and not (why or busy or out))
        for button in self.looks.values():
            button.setEnabled(view.publishable and not held)
        if why and not out:
            self._say(why)
        self._plan.show_plan(self.plan)

    def _why_not(self, reply: ReplyView) -> str:
        texts = self._context.texts
        if reply.drill:
            return texts("errors.outgoing.drill")
        if not reply.answers:
            return texts("errors.outgoing.no_replier", source=reply.stored.mention.source)
        return ""

    def _show_lock(self, reply: ReplyView) -> None:
        texts, desk, lock = self._context.texts, self._context.desk, reply.lock
        held = lock is not None and not reply.mine
        self.lock.setVisible(held)
        self.take.setVisible(held)
        if lock is not None and held:
            now = desk.clock.now()
            key = "writing" if lock.writing(now) else "held"
            since = when(lock.since, desk.zone, texts, ref=now)
            self.lock.setText(f"◆ {texts(f'replies.pane.{key}', who=plain.clamp(lock.by, 60), since=since)}")

    def _show_answered(self, reply: ReplyView) -> None:
        """Who was quicker, before a second answer is written."""
        texts, desk, answered = self._context.texts, self._context.desk, reply.answered
        self.answered.setVisible(answered is not None and not reply.sent)
        if answered is not None:
            at = when(answered[1], desk.zone, texts, ref=desk.clock.now())
            self.answered.setText(f"◆ {texts('replies.pane.answered', who=plain.clamp(answered[0], 60), at=at)}")

    # What is done

    def _ask_plan(self, lang: str) -> None:
        view, desk, mention = self._draft, self._context.desk, self._mention_id()
        if view is None or mention is None:
            return
        draft_id, self._lang = view.draft.id, lang
        self._say(self._context.texts("replies.pane.planning"))
        self._context.bridge.read(
            lambda: desk.outbox.plan_now(draft_id, mention, lang),
            lambda plan: self._planned(plan, draft_id),
            self._failed,
        )

    def _planned(self, plan: ReplyPlan, draft_id: int) -> None:
        if self._draft is not None and self._draft.draft.id == draft_id:
            self.plan = plan
            self._say("")
            self._show()
            self.send.setFocus()

    def _send(self) -> None:
        view, plan, outbox, lang = self._draft, self.plan, self._context.desk.outbox, self._lang
        mention = self._mention_id()
        if view is None or plan is None or mention is None:
            return
        draft_id = view.draft.id
        self.plan = None  # one press, one act
        self._show()
        self._do(
            lambda: outbox.send_now(outbox.confirm(draft_id, mention, lang, plan).id),
            lambda: outbox.send_now(outbox.confirm(draft_id, mention, lang, plan, again=True).id),
        )

    def _do(self, verb: Callable[[], Outgoing], second: Callable[[], Outgoing] | None = None) -> None:
        """The network is asked off this thread; what is pressed meanwhile the outbox refuses.

        Args:
            second: what a person may press when the mention was answered already: the same, as one more answer.
        """
        self._say(self._context.texts("replies.pane.working"))
        self._context.bridge.read(verb, self._done, partial(self._refused, second))

    def _refused(self, second: Callable[[], Outgoing] | None, error: CrisisDeskError) -> None:
        self._failed(error)
        if error.key == "outgoing.answered" and second is not None:
            self._second = second
            self.second.show()
            self.second.setFocus()

    def _send_second(self) -> None:
        second = self._second
        if second is not None:
            self._do(second)

    def _done(self, row: Outgoing) -> None:
        self._say("")
        self.sent.emit(row)
        self.refresh()

    def _take(self) -> None:
        mention, desk = self._mention_id(), self._context.desk
        if mention is not None:
            self._context.bridge.call(
                lambda: desk.reply_locks.take(mention, over=True), lambda _lock: self.refresh(), self._failed
            )

    def _failed(self, error: CrisisDeskError) -> None:
        self._show()
        self._say(f"▲ {self._context.texts.error(error)}", str(error.fields.get("link", "")))

    def _say(self, words: str, link: str = "") -> None:
        self._second = None
        self.second.hide()
        self.said.setText(words)
        self.said.setVisible(bool(words))
        self._link = plain.safe_link(link)
        self.open_link.setVisible(bool(self._link))

    def _open_link(self) -> None:
        open_address(self._link)

    def _mention_id(self) -> int | None:
        return self._draft.draft.mention_id if self._draft is not None else None
