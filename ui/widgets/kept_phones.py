"""Numbers that people gave us: masked; shown whole by an act that is written down, for a minute."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.model.call_back import CallBack
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.words import when
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.panel import clear
from ui.widgets.safe import SafeLabel

SHOWN_MS: Final = 60_000
"""So long a whole number stays on screen."""


class KeptPhones(QWidget):
    """One line for each number of a mention, or of the promise to call, with what can be done about it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._of: tuple[str, int] | None = None
        self._whole: tuple[int, str] | None = None
        self._kept: tuple[CallBack, ...] = ()
        self._hide = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._hide.timeout.connect(self.conceal)
        self.said = SafeLabel("", "danger", wrap=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._rows)
        column.addWidget(self.said)
        self.said.hide()
        self.hide()

    def show_mention(self, mention_id: int) -> None:
        """Follow a mention, ``0`` for none; a number that was shown whole is masked again."""
        self._follow(("mention", mention_id) if mention_id else None)

    def show_promise(self, commitment_id: int) -> None:
        """Follow the promise of a call."""
        if self._of != ("promise", commitment_id):
            self._follow(("promise", commitment_id))
        else:
            self.refresh()

    def _follow(self, of: tuple[str, int] | None) -> None:
        self._of = of
        self._kept = ()
        self.conceal()
        self.refresh()

    def refresh(self) -> None:
        """Read again which numbers are kept."""
        of, handoffs = self._of, self._context.desk.handoffs
        if of is not None:
            read = handoffs.of if of[0] == "mention" else handoffs.of_promise
            self._context.bridge.read(lambda: read(of[1]), lambda kept: self._put(kept, of), lambda _error: None)

    def conceal(self) -> None:
        """Show no number whole any more."""
        self._hide.stop()
        self._whole = None
        self._say("")
        self._lay_out()

    def _put(self, kept: tuple[CallBack, ...], of: tuple[str, int]) -> None:
        if of == self._of:
            self._kept = kept
            self._lay_out()

    def _lay_out(self) -> None:
        clear(self._rows)
        texts, zone, now = self._context.texts, self._context.desk.zone, self._context.desk.clock.now()
        for one in self._kept:
            whole = self._whole[1] if self._whole is not None and self._whole[0] == one.id else ""
            until = when(one.keep_until, zone, texts, ref=now)
            if one.deleted_at is not None:
                said = texts("replies.care.gone", masked=one.masked, at=when(one.deleted_at, zone, texts, ref=now))
            else:
                said = texts("replies.care.number", number=whole or one.masked, until=until)
            self._rows.addWidget(SafeLabel(said, "strong" if whole else "", wrap=True))
            if one.deleted_at is None:
                self._rows.addLayout(self._ways(one, whole=bool(whole)))
        self.setVisible(bool(self._kept))

    def _ways(self, one: CallBack, *, whole: bool) -> QHBoxLayout:
        texts = self._context.texts
        see = Button(texts(f"replies.care.{'conceal' if whole else 'reveal'}"), kind="quiet")
        see.clicked.connect(self.conceal if whole else partial(self._reveal, one.id))
        gone = Button(texts("replies.care.forget"), partial(self._forget, one.id), kind="quiet")
        line = QHBoxLayout()
        line.setSpacing(GAP)
        for button in (see, gone):
            line.addWidget(button)
        line.addStretch(1)
        return line

    def _reveal(self, call_back_id: int) -> None:
        handoffs = self._context.desk.handoffs
        self._context.bridge.call(
            lambda: handoffs.number(call_back_id), partial(self._revealed, self._of, call_back_id), self._failed
        )

    def _revealed(self, of: tuple[str, int] | None, call_back_id: int, number: str) -> None:
        if of == self._of:
            self._whole = (call_back_id, number)
            self._say("")
            self._lay_out()
            self._hide.start()

    def _forget(self, call_back_id: int) -> None:
        handoffs = self._context.desk.handoffs

        def done(_gone: CallBack) -> None:
            self.conceal()
            self.refresh()

        self._context.bridge.call(lambda: handoffs.forget(call_back_id), done, self._failed)

    def _failed(self, error: CrisisDeskError) -> None:
        self._say(f"▲ {self._context.texts.error(error)}")
        self.refresh()

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))
