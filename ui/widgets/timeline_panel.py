"""The timeline beside the work, with the note box always open below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedLayout, QWidget

from crisisdesk.model.timeline import Entry
from ui.context import Context
from ui.widgets.empty import EmptyState
from ui.widgets.note_box import NoteBox
from ui.widgets.panel import Panel
from ui.widgets.timeline_strip import TimelineStrip


class TimelinePanel(Panel):
    """Newest entries first, and the box to write one."""

    def __init__(self, context: Context) -> None:
        super().__init__(" ", flush=True)
        self._context = context
        self._count = (0, False)
        self.strip = TimelineStrip(context)
        self.notes = NoteBox(context.texts)
        self._empty = EmptyState()
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.strip)
        self._stack.addWidget(self._empty)
        self.body.addWidget(stack, 1)
        self.footer.addWidget(self.notes)
        self.retranslate()

    def set_entries(self, entries: Sequence[Entry], zone: str, *, more: bool) -> None:
        """Show ``entries``, newest first; ``more`` = there are older ones."""
        self._count = (len(entries), more)
        self.strip.set_entries(entries, zone)
        self._stack.setCurrentIndex(0 if entries else 1)
        self._say()

    def retranslate(self) -> None:
        """Say everything again."""
        self.notes.retranslate()
        self._say()

    def _say(self) -> None:
        texts, (count, more) = self._context.texts, self._count
        note = texts("room.timeline.note_many" if more else "room.timeline.note", n=count) if count else ""
        self.set_title(texts("room.timeline.title"), note)
        self._empty.set_text(texts("room.timeline.empty"), texts("room.timeline.empty_hint"))
