"""What can be done for the person behind a mention besides answering: lead into private, and call back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.call_back import CallBack, Impostor
from crisisdesk.model.draft import DraftView
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.mention import StoredMention
from crisisdesk.plain import clamp
from crisisdesk.words import when
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.kept_phones import KeptPhones
from ui.widgets.safe import SafeLabel
from ui.widgets.time_edit import TimeEdit

_SOON = timedelta(hours=1)


class MentionCare(QWidget):
    """Stands below the mention; its forms open in place, one at a time."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._row: StoredMention | None = None
        self._kept: CallBack | None = None
        self.phones = KeptPhones(context)
        self.warning = SafeLabel("", "promise", wrap=True)
        self.private = Button("", self.ask_private)
        self.call = Button("", lambda: self._open(self._call), kind="quiet")
        self.phone, self.consent, self.giver = (QLineEdit(maxLength=n) for n in (40, 300, 80))
        self.by = TimeEdit(context, owed=True)
        self.save = Button("", self._save_phone, kind="primary")
        self.promise = Button("", self._promise, kind="primary")
        self.said = SafeLabel("", "muted", wrap=True)
        self._fields = {
            name: Field("", editor)
            for name, editor in (
                ("phone", self.phone), ("consent", self.consent), ("giver", self.giver), ("by", self.by),
            )
        }  # fmt: skip
        self._lay_out()
        self.retranslate()
        self.show_mention(None)

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP)
        whole.addWidget(self.warning)
        for button in (self.private, self.call):
            whole.addWidget(button)
        self._call = self._form("phone", "consent", end=self.save)
        self._owe = self._form("giver", "by", end=self.promise)
        for form in (self.phones, self._call, self._owe, self.said):
            whole.addWidget(form)

    def _form(self, *names: str, end: Button) -> QWidget:
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for name in names:
            column.addWidget(self._fields[name])
        column.addWidget(end)
        return form

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self._context.texts
        for name in ("private", "call", "save", "promise"):
            getattr(self, name).set_text(texts(f"replies.care.{name}"))
        for name, field in self._fields.items():
            field.set_label(texts(f"replies.care.field.{name}"))
        self.phones.conceal()

    def show_mention(self, row: StoredMention | None) -> None:
        """Follow another mention; what was typed for the one before is gone with it."""
        same = row is not None and self._row is not None and row.id == self._row.id
        self._row = row
        self.setVisible(row is not None)
        if same:
            self.phones.refresh()  # another desk, or the time until which it was kept
            return
        self.phones.show_mention(row.id if row is not None else 0)
        if row is None:
            return
        self._kept = None
        self._open(None)
        for line in (self.phone, self.consent):
            line.clear()
        self.warning.hide()
        author, handoffs = row.mention.author, self._context.desk.handoffs
        self._context.bridge.read(
            lambda: handoffs.impostor(author), lambda found: self._warn(found, row.id), lambda _error: None
        )

    def _warn(self, found: Impostor, mention_id: int) -> None:
        if self._row is not None and self._row.id == mention_id and found.suspect:
            key = f"replies.care.like_{found.likeness.value}"
            self.warning.setText(f"◆ {self._context.texts(key, ours=clamp(found.ours, 60))}")
            self.warning.show()

    def ask_private(self) -> None:
        """Begin the text that leads into private, in F3."""
        if self._row is not None:
            mention, handoffs = self._row.id, self._context.desk.handoffs
            self._do(lambda: handoffs.ask(mention), self._begun)

    def _begun(self, view: DraftView) -> None:
        self._context.act("draft.open", view.draft.id)

    def _open(self, form: QWidget | None) -> None:
        for one in (self._call, self._owe):
            one.setVisible(one is form and not one.isVisibleTo(self))
        self.said.hide()
        desk = self._context.desk
        self.by.set_zone(desk.zone)
        self.by.set_instant((desk.clock.now() + _SOON).replace(second=0, microsecond=0))

    def _save_phone(self) -> None:
        if self._row is not None:
            mention, handoffs = self._row.id, self._context.desk.handoffs
            phone, consent = self.phone.text(), self.consent.text()
            self._do(lambda: handoffs.keep_phone(mention, phone, consent), self._saved)

    def _saved(self, kept: CallBack) -> None:
        texts, desk = self._context.texts, self._context.desk
        self._kept = kept
        self.phone.clear()
        self._open(self._owe)
        until = when(kept.keep_until, desk.zone, texts, ref=desk.clock.now())
        self._say("✓ " + texts("replies.care.kept", masked=kept.masked, until=until))
        self.phones.refresh()

    def _promise(self) -> None:
        kept, due, giver = self._kept, self.by.instant(), self.giver.text()
        handoffs = self._context.desk.handoffs
        if kept is not None and due is not None:
            self._do(lambda: handoffs.promise(kept.id, due, giver), lambda _owed: self._end("promised"))

    def _end(self, key: str) -> None:
        self._open(None)
        self._say("✓ " + self._context.texts(f"replies.care.{key}"))

    def _do(self, verb: Callable[[], Any], done: Callable[[Any], object]) -> None:
        self._context.bridge.call(verb, done, self._failed)

    def _failed(self, error: CrisisDeskError) -> None:
        self._say(f"▲ {self._context.texts.error(error)}")

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.show()
