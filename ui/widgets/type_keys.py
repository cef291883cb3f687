"""The number keys say what a mention is: 1 to 9 a type of the process table, 0 none; U takes it back.

Every type, also those after the ninth, can be chosen by its name: :attr:`TypeKeys.types` is what that list offers.
"""

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
        self.types: tuple[MentionType, ...] = ()
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
        """The types of the process table, in its order; the first nine have a number."""
        texts = self._context.texts
        self.types = tuple(types)
        named = " · ".join(f"{n} {kind.name.get(texts.lang)}" for n, kind in enumerate(self.types[:MOST], start=1))
        if more := len(self.types) - MOST if len(self.types) > MOST else 0:
            named = " · ".join((named, texts("inbox.judge.more", n=more)))
        self.legend.setVisible(bool(self.types))
        self.legend.setText("\n".join((texts("inbox.judge.keys", types=named), texts("inbox.judge.other"))))

    def judge(self, number: int) -> None:
        """Say that the chosen mention is of the type with this number; 0 = of none."""
        if number <= min(len(self.types), MOST):
            self.judge_as(self.types[number - 1].id if number else "")

    def judge_as(self, kind: str) -> None:
        """Say that the chosen mention is of the type with this id; ``""`` = of none."""
        row, desk = self._current(), self._context.desk
        if row is None:
            return
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
