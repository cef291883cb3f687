"""Answering one mention through its source: who is answered, who holds it, the plan, the sending, and every doubt."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

from PySide6.QtCore import Signal

from crisisdesk import plain
from crisisdesk.desk.outbox import ReplyView
from crisisdesk.model.draft import DraftState, DraftView
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.outgoing import Outgoing
from crisisdesk.words import when
from ui.context import Context
from ui.models.columns import outside
from ui.widgets.button import Button
from ui.widgets.outgoing_view import ENDED, open_address
from ui.widgets.panel import rule
from ui.widgets.safe import SafeLabel
from ui.widgets.send_pane import SendPane

_TOLD_EACH: Final = 5.0  # seconds between two signs that somebody is writing


class ReplyPane(SendPane):
    """Who is answered, who holds the mention, and how its replies stand.

    Signals:
        answering: the mention that is answered, or ``None``.
    """

    answering = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(context, "replies")
        self._reply: ReplyView | None = None
        self._lang = "es"
        self._link = ""
        self._signed = 0.0
        self.who = SafeLabel("", "strong", elide=True, limit=120)
        self.words = SafeLabel("", "muted", wrap=True, limit=400)
        self.lock = SafeLabel("", "promise", wrap=True)
        self.take = Button("", self._take, kind="plain")
        self.answered = SafeLabel("", "promise", wrap=True)
        self.second = Button("", self._send_second, kind="plain", deliberate=True)
        self._second: Callable[[], Outgoing] | None = None
        self.facts, self.payload, self.send, self.back = (
            self.view.facts, self.view.payload, self.view.send, self.view.back,
        )  # fmt: skip
        self.open_link = Button("", self._open_link, kind="quiet")
        self._lay_out()
        self.retranslate()
        self.hide()

    def _lay_out(self) -> None:
        self._fill_ask(*self.looks.values())
        head = (self.who, self.words, self.lock, self.take, self.answered, self.rows)
        for widget in (*head, self._ask, self.view, self.said, self.second, self.open_link, rule()):
            self._column.addWidget(widget)
        hidden = (self.lock, self.take, self.answered, self._ask, self.view, self.said, self.second, self.open_link)
        for widget in hidden:
            widget.hide()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        for button, key in ((self.take, "take"), (self.open_link, "open_link"), (self.second, "second")):
            button.set_text(self._context.texts(f"replies.pane.{key}"))
        super().retranslate()

    def show_view(self, view: DraftView) -> None:
        """Follow a draft; one that answers nobody has no such pane."""
        self._follow(view)
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
        self.rows.show_rows(reply.sent)
        held = reply.lock is not None and not reply.mine
        busy = any(row.state not in ENDED for row in reply.sent)
        out = view.draft.state in (DraftState.PUBLISHED, DraftState.DISCARDED)
        why = self._why_not(reply)
        self._ask.setVisible(self.plan is None and not (why or busy or out))
        for button in self.looks.values():
            button.setEnabled(view.publishable and not held)
        if why and not out:
            self._say(why)
        self.view.show_plan(self.plan)

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
        self._plan_by(draft_id, lambda: desk.outbox.plan_now(draft_id, mention, lang))

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

    def _refused(self, second: Callable[[], Outgoing] | None, error: CrisisDeskError) -> None:
        super()._refused(second, error)
        if error.key == "outgoing.answered" and second is not None:
            self._second = second
            self.second.show()
            self.second.setFocus()

    def _send_second(self) -> None:
        second = self._second
        if second is not None:
            self._do(second)

    def _take(self) -> None:
        mention, desk = self._mention_id(), self._context.desk
        if mention is not None:
            self._context.bridge.call(
                lambda: desk.reply_locks.take(mention, over=True), lambda _lock: self.refresh(), self._failed
            )

    def _say(self, words: str, link: str = "") -> None:
        super()._say(words)
        self._second = None
        self.second.hide()
        self._link = plain.safe_link(link)
        self.open_link.setVisible(bool(self._link))

    def _open_link(self) -> None:
        open_address(self._link)

    def _mention_id(self) -> int | None:
        return self._draft.draft.mention_id if self._draft is not None else None
