"""Answering one mention through its source: who is answered, who holds it, the plan, the sending, and every doubt."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Final

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk import plain
from crisisdesk.desk.outbox import ReplyView
from crisisdesk.model.draft import DraftState, DraftView
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.outgoing import Outgoing, OutgoingState
from crisisdesk.model.source import ReplyPlan
from crisisdesk.words import number, when
from ui.context import Context
from ui.models.columns import outside
from ui.theme import GAP, set_style
from ui.widgets.button import Button
from ui.widgets.panel import clear, rule
from ui.widgets.safe import PlainView, SafeLabel

_TOLD_EACH: Final = 5.0  # seconds between two signs that somebody is writing
_STATES: Final = {
    OutgoingState.READY: ("muted", "○"), OutgoingState.QUEUED: ("promise", "◆"),
    OutgoingState.SENDING: ("muted", "○"), OutgoingState.SENT: ("good", "✓"), OutgoingState.FAILED: ("danger", "▲"),
    OutgoingState.UNKNOWN: ("danger", "▲"), OutgoingState.CANCELLED: ("muted", "–"),
}  # fmt: skip


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
        self.facts = SafeLabel("", "", wrap=True)
        self.text = PlainView(grows=True)
        self.payload = PlainView()
        self.payload.setFixedHeight(110)
        self.show_payload = Button("", self._toggle_payload, kind="quiet")
        self.looks = {"es": Button("", lambda: self._ask_plan("es")), "en": Button("", lambda: self._ask_plan("en"))}
        self.send = Button("", self._send, kind="primary")
        self.back = Button("", self.close_plan, kind="quiet")
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
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        column.addLayout(self._rows)
        self._ask, self._plan = QWidget(), QWidget()
        ask = QVBoxLayout(self._ask)
        ask.setContentsMargins(0, 0, 0, 0)
        ask.setSpacing(4)
        for button in self.looks.values():
            ask.addWidget(button)
        plan = QVBoxLayout(self._plan)
        plan.setContentsMargins(0, 0, 0, 0)
        plan.setSpacing(GAP)
        shown: tuple[QWidget, ...] = (self.facts, self.text, self.show_payload, self.payload, self.send, self.back)
        for widget in shown:
            plan.addWidget(widget)
        for widget in (self._ask, self._plan, self.said, self.second, self.open_link, rule()):
            column.addWidget(widget)
        hidden = (self.lock, self.take, self.answered, self._ask, self._plan, self.payload, self.said, self.second)
        for widget in (*hidden, self.open_link):
            widget.hide()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self._context.texts
        for lang, button in self.looks.items():
            button.set_text(texts(f"replies.pane.plan_{lang}"))
        for button, key in (
            (self.take, "take"), (self.send, "send"), (self.back, "back"), (self.open_link, "open_link"),
            (self.show_payload, "payload"), (self.second, "second"),
        ):  # fmt: skip
            button.set_text(texts(f"replies.pane.{key}"))
        self.text.setAccessibleName(texts("replies.pane.text_name"))
        self.payload.setAccessibleName(texts("replies.pane.payload"))
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
        clear(self._rows)
        for row in reply.sent:
            self._rows.addWidget(self._state(row))
        held = reply.lock is not None and not reply.mine
        busy = any(row.state not in _ENDED for row in reply.sent)
        out = view.draft.state in (DraftState.PUBLISHED, DraftState.DISCARDED)
        why = self._why_not(reply)
        self._ask.setVisible(self.plan is None and not (why or busy or out))
        for button in self.looks.values():
            button.setEnabled(view.publishable and not held)
        if why and not out:
            self._say(why)
        self._show_plan()

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

    def _show_plan(self) -> None:
        plan, texts = self.plan, self._context.texts
        self._plan.setVisible(plan is not None)
        if plan is None:
            return
        key = "length" if plan.length_max is not None else "length_free"
        unit = texts(f"replies.unit.{plan.unit.value}")
        limit = number(plan.length_max or 0, texts)
        lines = [texts(f"replies.pane.{key}", n=number(plan.length, texts), limit=limit, unit=unit)]
        lines.append(texts("replies.pane.cost", cost=plan.cost) if plan.cost else texts("replies.pane.free"))
        lines += [f"◆ {texts(key)}" if texts.has(key) else f"◆ {key}" for key in plan.warnings]
        if not plan.fits:
            lines.append(f"▲ {texts('replies.pane.too_long')}")
        self.facts.setText("\n".join(lines))
        self.text.set_text(plan.text)
        self.payload.set_text(json.dumps(dict(plan.payload), ensure_ascii=False, indent=1))
        self.send.setEnabled(plan.fits)

    def _state(self, row: Outgoing) -> QWidget:
        texts, (rank, mark) = self._context.texts, _STATES[row.state]
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        at = when(row.ended_at or row.attempted_at or row.confirmed_at, self._context.desk.zone, texts)
        said = texts(f"replies.state.{row.state.value}", who=plain.clamp(row.confirmed_by, 60), at=at)
        label = SafeLabel(f"{mark} {said}", wrap=True)
        set_style(label, rank=rank)
        column.addWidget(label)
        if row.error_key:
            reason = texts(f"errors.{row.error_key}", **(row.error_fields or {}))
            column.addWidget(SafeLabel(reason, "small", wrap=True, limit=400))
        for key, verb in self._ways(row):
            column.addWidget(Button(texts(f"replies.pane.{key}"), verb, kind="quiet"))
        return box

    def _ways(self, row: Outgoing) -> tuple[tuple[str, Callable[[], object]], ...]:
        """What a person can do about a reply in this state."""
        outbox = self._context.desk.outbox
        again = (
            "again",
            lambda: self._do(
                lambda: outbox.send_now(outbox.confirm_again(row.id).id),
                lambda: outbox.send_now(outbox.confirm_again(row.id, again=True).id),
            ),
        )
        cancel = ("cancel", lambda: self._do(lambda: outbox.cancel(row.id)))
        if row.state is OutgoingState.UNKNOWN:
            look = ("look", lambda: self._do(lambda: outbox.look_now(row.id)))
            out = ("it_is_out", lambda: self._do(lambda: outbox.it_is_out(row.id)))
            return look, out, again, ("not_out", cancel[1])
        if row.state in (OutgoingState.QUEUED, OutgoingState.FAILED):
            return again, cancel
        if row.state is OutgoingState.READY:
            return ("send", lambda: self._do(lambda: outbox.send_now(row.id))), cancel
        return (("open_reply", lambda: self._open(row.url)),) if plain.safe_link(row.url) else ()

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

    def _toggle_payload(self) -> None:
        self.payload.setVisible(not self.payload.isVisibleTo(self))

    def _open_link(self) -> None:
        self._open(self._link)

    def _open(self, address: str) -> None:
        if link := plain.safe_link(address):
            QDesktopServices.openUrl(QUrl(link, QUrl.ParsingMode.StrictMode))

    def _mention_id(self) -> int | None:
        return self._draft.draft.mention_id if self._draft is not None else None


_ENDED: Final = (OutgoingState.CANCELLED, OutgoingState.FAILED)
