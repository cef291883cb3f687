"""Saves what is being written by itself: at most a third of a second later, and again when it could not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from crisisdesk.model.draft import DraftView, FieldValue
from crisisdesk.model.errors import CrisisDeskError
from ui.context import Context

SAVE_AFTER_MS: Final = 300  # a crash loses less than a second of writing
RETRY_MS: Final = 2_000


class DraftSaver(QObject):
    """Holds the names of the fields that were written since the last save.

    Signals:
        saved: the desk's view (a ``DraftView``) and the values that it holds now (a ``dict``).
        failed: why not, in words; it will be tried again.
    """

    saved = Signal(object, object)
    failed = Signal(str)

    def __init__(self, context: Context, value: Callable[[str], FieldValue]) -> None:
        super().__init__()
        self._context = context
        self._value = value
        self._draft_id: int | None = None
        self._dirty: set[str] = set()
        self._flying = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.flush)

    @property
    def dirty(self) -> bool:
        """Whether something was written that has not been handed over."""
        return bool(self._dirty)

    @property
    def settled(self) -> bool:
        """Whether the desk holds everything that was written and has answered."""
        return not self._dirty and not self._flying

    def follow(self, draft_id: int | None) -> None:
        """Save this draft from now on; what was written into the one before is handed over first."""
        if draft_id != self._draft_id:
            self.flush()
            self._forget()
            self._draft_id = draft_id

    def drop(self) -> None:
        """What was written is not wanted any more."""
        self._forget()

    def note(self, field: str) -> None:
        """A field was written."""
        self._dirty.add(field)
        if not self._timer.isActive():
            self._timer.start(SAVE_AFTER_MS)

    def flush(self) -> None:
        """Hand over at once what was written."""
        self._timer.stop()
        draft_id, desk = self._draft_id, self._context.desk
        if draft_id is None or not self._dirty:
            return
        values = {name: self._value(name) for name in self._dirty}
        self._dirty.clear()
        self._flying += 1
        self._context.bridge.call(
            lambda: desk.drafts.fill(draft_id, values),
            lambda view: self._done(view, values),
            lambda error: self._not_done(draft_id, set(values), error),
        )

    def _forget(self) -> None:
        self._timer.stop()
        self._dirty.clear()

    def _done(self, view: DraftView, values: dict[str, FieldValue]) -> None:
        self._flying -= 1
        if view.draft.id == self._draft_id:
            self.saved.emit(view, values)

    def _not_done(self, draft_id: int, names: set[str], error: CrisisDeskError) -> None:
        """Keep what was written, say so, and try again."""
        self._flying -= 1
        if draft_id != self._draft_id:
            self._context.bridge.failed.emit(error)
            return
        self._dirty |= names
        self.failed.emit(self._context.texts.error(error))
        self._timer.start(RETRY_MS)
