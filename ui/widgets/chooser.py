"""A short list over the page: a few letters or a number choose one line of it, Return takes it, Escape goes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ui.theme import GAP
from ui.widgets.keycap import KeyCap
from ui.widgets.safe import SafeLabel

WIDTH, HEIGHT, ROW = 520, 400, 32
_AROUND = 80


def fold(text: str) -> str:
    """Small letters without accents, for finding."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


@dataclass(frozen=True, slots=True)
class Choice:
    """One line: what is told when it is chosen, its words, a note beside them and its key."""

    id: str
    text: str
    note: str = ""
    key: str = ""


class Chooser(QFrame):
    """Opens over a widget; what can be chosen is whatever :meth:`found` says for the letters typed.

    Signals:
        chosen: id of the choice.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("palette")
        self._line = QLineEdit()
        self._list = QListWidget()
        self._none = SafeLabel("", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(GAP)
        for widget in (self._line, self._none, self._list):
            column.addWidget(widget)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._line.textChanged.connect(self._fill)
        self._line.returnPressed.connect(self._choose)
        self._line.installEventFilter(self)
        self._list.itemClicked.connect(lambda _item: self._choose())
        self.hide()

    def found(self, typed: str) -> Sequence[Choice]:
        """What can be chosen, in order."""
        return ()

    def show_over(self, hint: str, name: str, none: str) -> None:
        """Open with an empty line; ``name`` is what a screen reader calls it, ``none`` says that nothing is found."""
        parent = self._over
        tall = _AROUND + ROW * len(self.found(""))
        width = min(WIDTH, parent.width() - 40)
        self._line.setPlaceholderText(hint)
        self._line.setAccessibleName(name)
        self._none.setText(none)
        self.setGeometry((parent.width() - width) // 2, 64, width, min(HEIGHT, tall, parent.height() - 110))
        self._line.clear()
        self._fill()
        self.show()
        self.raise_()
        self._line.setFocus()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while letters go on into the line."""
        elsewhere = (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.TabFocusReason, Qt.FocusReason.OtherFocusReason)
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() in elsewhere:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step is not None and self._list.count():
                self._list.setCurrentRow((self._list.currentRow() + step) % self._list.count())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                self.left()
                return True
            return self.took(event.text())
        return False

    def left(self) -> None:
        """It went without a choice."""

    def took(self, key: str) -> bool:
        """Whether one pressed key chose something by itself."""
        return False

    def _fill(self) -> None:
        self._list.clear()
        for choice in self.found(self._line.text()):
            item = QListWidgetItem(self._list)
            item.setData(Qt.ItemDataRole.UserRole, choice.id)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (choice.text, choice.note))))
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.addWidget(SafeLabel(choice.text, elide=True), 1)
            if choice.note:
                line.addWidget(SafeLabel(choice.note, "muted", elide=True), 1)
            line.addWidget(KeyCap(choice.key, row))
            item.setSizeHint(QSize(0, ROW))
            self._list.setItemWidget(item, row)
        self._list.setCurrentRow(0)
        self._none.setVisible(not self._list.count())

    def _choose(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self.hide()
            self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))


class Picker(Chooser):
    """Chooses one of what it is given each time; the numbers 1 to 9 stand for the first nine.

    Args:
        back: what to do when it goes, chosen or not: give the focus back.
    """

    def __init__(self, parent: QWidget, back: Callable[[], object]) -> None:
        super().__init__(parent)
        self._back = back
        self._choices: tuple[Choice, ...] = ()
        self._then: Callable[[str], object] = lambda _id: None
        self.chosen.connect(self._taken)

    def ask(
        self, choices: Sequence[Choice], then: Callable[[str], object], *, hint: str, name: str, none: str
    ) -> None:
        """Offer these; ``then`` is given the id of the one that is taken."""
        self._choices = tuple(choices)
        self._then = then
        self.show_over(hint, name, none)

    def found(self, typed: str) -> Sequence[Choice]:
        """Those whose words hold every word typed."""
        words = fold(typed).split()
        return [c for c in self._choices if all(word in fold(f"{c.text} {c.note}") for word in words)]

    def took(self, key: str) -> bool:
        """A choice's own key takes it, while nothing is typed."""
        taken = next((c for c in self._choices if key and c.key == key), None) if not self._line.text() else None
        if taken is not None:
            self.hide()
            self.chosen.emit(taken.id)
        return taken is not None

    def left(self) -> None:
        """Nothing was chosen."""
        self._back()

    def _taken(self, chosen: str) -> None:
        self._back()
        self._then(chosen)
