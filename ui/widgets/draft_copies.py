"""Putting a text on the clipboard; one whose reply may be out already only by an act of its own that says so."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.plain import clamp
from crisisdesk.words import when
from ui.context import Context
from ui.widgets.draft_publish import PublishBar
from ui.widgets.draft_snapshot import DraftSnapshot


class DraftCopies(QObject):
    """Copies drafts.

    Signals:
        copied: a text is on the clipboard now.
    """

    copied = Signal()

    def __init__(self, context: Context, bar: PublishBar) -> None:
        super().__init__(bar)
        self._context = context
        self._bar = bar

    def copy(self, draft_id: int, lang: str, channel: str, *, in_doubt: bool = False) -> None:
        """Copy a text for a channel; where its reply may be out already the bar offers to copy it all the same."""
        desk = self._context.desk
        self._context.bridge.call(
            lambda: desk.drafts.copy(draft_id, lang, channel, in_doubt=in_doubt),
            lambda text: self._copied(text, lang, channel),
            partial(self._refused, draft_id, lang, channel),
        )

    def _copied(self, text: str, lang: str, channel: str) -> None:
        texts = self._context.texts
        QGuiApplication.clipboard().setText(text)
        key = "drafting.publish.copied" if channel else "drafting.publish.copied_plain"
        said = texts(key, lang=texts(f"drafts.lang.{lang}"), channel=clamp(channel, 60))
        self._bar.tell("✓ " + said)
        self._bar.publish.setFocus()
        self.copied.emit()

    def _refused(self, draft_id: int, lang: str, channel: str, error: CrisisDeskError) -> None:
        if error.key == "outgoing.in_doubt":
            anyway = partial(self.copy, draft_id, lang, channel, in_doubt=True)
            self._bar.doubt(self._context.texts.error(error), anyway)
        else:
            self._context.bridge.failed.emit(error)

    def copy_last(self, shown: DraftSnapshot | None) -> None:
        """Copy the last published text in the language on screen."""
        last = shown.last_published if shown is not None else None
        if last is None or shown is None:
            self._context.say(self._context.texts("drafting.picker.nothing_published"))
            return
        desk, texts, lang = self._context.desk, self._context.texts, self._context.texts.lang
        time = when(last.published_at or last.updated_at, shown.incident.zone, texts)
        said = texts("drafting.picker.copied_last", purpose=shown.purpose(last, lang), time=time)

        def done(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self._context.say("✓ " + said)

        self._context.bridge.call(lambda: desk.drafts.copy(last.id, lang, last.channel), done)
