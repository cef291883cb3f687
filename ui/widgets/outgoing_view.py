"""What goes out through a source: the plan as it is shown before, and each text on its way with what can be done."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk import plain
from crisisdesk.model.outgoing import Outgoing, OutgoingState
from crisisdesk.model.source import ReplyPlan
from crisisdesk.words import number, when
from ui.context import Context
from ui.theme import GAP, set_style
from ui.widgets.button import Button
from ui.widgets.panel import clear
from ui.widgets.safe import PlainView, SafeLabel

_STATES: Final = {
    OutgoingState.READY: ("muted", "○"), OutgoingState.QUEUED: ("promise", "◆"),
    OutgoingState.SENDING: ("muted", "○"), OutgoingState.SENT: ("good", "✓"), OutgoingState.FAILED: ("danger", "▲"),
    OutgoingState.UNKNOWN: ("danger", "▲"), OutgoingState.CANCELLED: ("muted", "–"),
}  # fmt: skip
_UNSETTLED: Final = (OutgoingState.READY, OutgoingState.QUEUED, OutgoingState.UNKNOWN, OutgoingState.FAILED)

ENDED: Final = (OutgoingState.CANCELLED, OutgoingState.FAILED)
"""Nothing of such a row is out or on its way."""


def open_address(address: str) -> None:
    """Open a page in the browser, if it is one that may be opened."""
    if link := plain.safe_link(address):
        QDesktopServices.openUrl(QUrl(link, QUrl.ParsingMode.StrictMode))


class PlanView(QWidget):
    """Length, cost, warnings, the text and the exact payload, with the press that sends and the one that does not."""

    def __init__(self, context: Context, send: Callable[[], object], back: Callable[[], object]) -> None:
        super().__init__()
        self._context = context
        self.facts = SafeLabel("", "", wrap=True)
        self.text = PlainView(grows=True)
        self.payload = PlainView()
        self.payload.setFixedHeight(110)
        self.show_payload = Button("", self._toggle_payload, kind="quiet")
        self.send = Button("", send, kind="primary", deliberate=True)
        self.back = Button("", back, kind="quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        shown: tuple[QWidget, ...] = (self.facts, self.text, self.show_payload, self.payload, self.send, self.back)
        for widget in shown:
            column.addWidget(widget)
        self.payload.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self._context.texts
        for button, key in ((self.send, "send"), (self.back, "back"), (self.show_payload, "payload")):
            button.set_text(texts(f"replies.pane.{key}"))
        self.text.setAccessibleName(texts("replies.pane.text_name"))
        self.payload.setAccessibleName(texts("replies.pane.payload"))

    def show_plan(self, plan: ReplyPlan | None) -> None:
        """Show a plan, or nothing."""
        self.setVisible(plan is not None)
        if plan is None:
            return
        texts = self._context.texts
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

    def _toggle_payload(self) -> None:
        self.payload.setVisible(not self.payload.isVisibleTo(self))


class OutgoingRows(QWidget):
    """Each text on its way: how it stands, why, and the presses that a person can do about it.

    Args:
        words: the table of sentences (``replies``, ``posting``) for what differs in them.
        do: carries a verb of the outbox out, off this thread; a second verb is the same once more, when the first
            was refused because an answer is out already.
    """

    def __init__(self, context: Context, words: str, do: Callable[..., None]) -> None:
        super().__init__()
        self._context, self._words, self._do = context, words, do
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)

    def show_rows(self, rows: Sequence[Outgoing], *, named: bool = False) -> None:
        """Show them, oldest first; ``named`` says of each through which account."""
        clear(self._column)
        for row in rows:
            self._column.addWidget(self._state(row, named=named))
        self.setVisible(bool(rows))

    def _state(self, row: Outgoing, *, named: bool) -> QWidget:
        texts, (rank, mark) = self._context.texts, _STATES[row.state]
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if named:
            where = f"{texts(f'sources.kind.{row.source}')} · {plain.clamp(row.account, 80)}"
            column.addWidget(SafeLabel(where, "strong", elide=True))
        at = when(row.ended_at or row.attempted_at or row.confirmed_at, self._context.desk.zone, texts)
        said = texts(f"{self._words}.state.{row.state.value}", who=plain.clamp(row.confirmed_by, 60), at=at)
        label = SafeLabel(f"{mark} {said}", wrap=True)
        set_style(label, rank=rank)
        column.addWidget(label)
        if row.error_key:
            reason = texts(f"errors.{row.error_key}", **(row.error_fields or {}))
            column.addWidget(SafeLabel(reason, "small", wrap=True, limit=400))
        if row.state in _UNSETTLED:  # what a person says yes or no to
            column.addWidget(SafeLabel(f"«{plain.clamp(row.plan.text, 400)}»", "muted", wrap=True, limit=402))
        for key, verb in self._ways(row):
            column.addWidget(Button(self._said(key), verb, kind="quiet", deliberate=True))
        return box

    def _said(self, key: str) -> str:
        texts, own = self._context.texts, f"{self._words}.pane.{key}"
        return texts(own if texts.has(own) else f"replies.pane.{key}")

    def _ways(self, row: Outgoing) -> tuple[tuple[str, Callable[[], object]], ...]:
        """What a person can do about a text in this state."""
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
        return (("open_reply", lambda: open_address(row.url)),) if plain.safe_link(row.url) else ()
