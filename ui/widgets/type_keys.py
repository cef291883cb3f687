"""The number keys say what a mention is: 1 to 9 a type of the process table, 0 none; U takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.playbook import MentionType
from ui.context import Context
from ui.widgets.safe import SafeLabel

MOST: Final = 9


class TypeKeys(QWidget):
    """The legend of the keys, and what they do.

    Args:
        current: the mention that is chosen.
        place: where the keys count.

    Signals:
        judged: the mention as it is now.
    """

    judged = Signal(object)

    def __init__(self, context: Context, current: Callable[[], StoredMention | None], place: QWidget) -> None:
        super().__init__()
        self._context = context
        self._current = current
        self._types: tuple[MentionType, ...] = ()
        self.legend = SafeLabel("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.legend)
        for number in range(MOST + 1):
            self._key(str(number), place, partial(self.judge, number))
        self._key("U", place, self.undo)

    def _key(self, key: str, place: QWidget, do: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(key), place, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(do)

    def set_types(self, types: Sequence[MentionType]) -> None:
        """The first nine types of the process table, in its order."""
        texts = self._context.texts
        self._types = tuple(types[:MOST])
        named = " · ".join(f"{n} {kind.name.get(texts.lang)}" for n, kind in enumerate(self._types, start=1))
        self.legend.setVisible(bool(self._types))
        self.legend.setText(texts("inbox.judge.keys", types=named))

    def judge(self, number: int) -> None:
        """Say that the chosen mention is of the type with this number; 0 = of none."""
        row = self._current()
        if row is None or number > len(self._types):
            return
        kind = self._types[number - 1].id if number else ""
        desk = self._context.desk
        self._context.bridge.call(
            lambda: desk.verdicts.correct(row.id, type=kind), lambda now: self._told("done", now), self._failed
        )

    def undo(self) -> None:
        """Take the newest correction of the chosen mention back."""
        row = self._current()
        if row is None:
            return
        desk = self._context.desk
        self._context.bridge.call(
            lambda: desk.verdicts.undo(row.id), lambda now: self._told("undone", now), self._failed
        )

    def _told(self, said: str, now: StoredMention) -> None:
        texts = self._context.texts
        types = self._context.desk.playbook.mention_types
        kind = next((t.name.get(texts.lang) for t in types if t.id == now.verdict.type), "")
        self._context.say(texts(f"inbox.judge.{said}", type=kind or texts("inbox.detail.no_type")))
        self.judged.emit(now)

    def _failed(self, error: CrisisDeskError) -> None:
        self._context.say(self._context.texts("inbox.judge.failed", error=self._context.texts.error(error)))
