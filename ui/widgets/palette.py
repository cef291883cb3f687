"""The palette (Ctrl+K): every action by a few letters of its name, with its key beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from crisisdesk.texts import Texts
from ui.actions import ACTIONS, Action, key_text
from ui.theme import GAP
from ui.widgets.keycap import KeyCap
from ui.widgets.safe import SafeLabel

WIDTH, HEIGHT, ROW = 520, 400, 32


def fold(text: str) -> str:
    """Small letters without accents, for finding."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def find(typed: str, texts: Texts) -> Sequence[Action]:
    """The listed actions whose words hold every word typed, those that begin with it first."""
    words = fold(typed).split()
    found = [(fold(a.text(texts)), a) for a in ACTIONS if a.listed]
    kept = [(said, a) for said, a in found if all(word in said for word in words)]
    return [a for said, a in sorted(kept, key=lambda pair: not pair[0].startswith(words[0] if words else ""))]


class Palette(QFrame):
    """Opens over the page, chooses with the arrows, does with Return, goes with Escape.

    Signals:
        chosen: id of the action.
    """

    chosen = Signal(str)

    def __init__(self, texts: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._texts = texts
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

    def open(self) -> None:
        """Show every action."""
        parent = self._over
        self._line.setPlaceholderText(self._texts("ui.palette.hint"))
        self._line.setAccessibleName(self._texts("ui.action.palette_open"))
        self._none.setText(self._texts("ui.palette.none"))
        self.setGeometry((parent.width() - WIDTH) // 2, 64, WIDTH, min(HEIGHT, parent.height() - 110))
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
                return True
        return False

    def _fill(self) -> None:
        self._list.clear()
        for action in find(self._line.text(), self._texts):
            item = QListWidgetItem(self._list)
            item.setData(Qt.ItemDataRole.UserRole, action.id)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, action.text(self._texts))
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.addWidget(SafeLabel(action.text(self._texts)), 1)
            line.addWidget(KeyCap(key_text(action.key, self._texts) if action.key else ""))
            item.setSizeHint(QSize(0, ROW))
            self._list.setItemWidget(item, row)
        self._list.setCurrentRow(0)
        self._none.setVisible(not self._list.count())

    def _choose(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            self.hide()
            self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
