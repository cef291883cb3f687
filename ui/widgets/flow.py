"""Things side by side that go on in the next line where there is no more room, instead of being pressed together."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem

from ui.theme import GAP


class Flow(QLayout):
    """A row that breaks into lines; with ``even`` all are as wide as the widest must be, and fill their line."""

    def __init__(self, spacing: int = GAP, *, even: bool = False) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._even = even
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        """Qt's own: one more at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """The item at a place, which is no longer here."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high all lines are."""
        edge = self.contentsMargins()
        return self._lay(QRect(0, 0, width, 0).marginsRemoved(edge), move=False) + edge.top() + edge.bottom()

    def setGeometry(self, rect: QRect) -> None:
        """Lay them out."""
        super().setGeometry(rect)
        self._lay(rect.marginsRemoved(self.contentsMargins()), move=True)

    def sizeHint(self) -> QSize:
        """All in one line."""
        hints = [item.sizeHint() for item in self._seen()]
        wide = sum(hint.width() for hint in hints) + self.spacing() * max(0, len(hints) - 1)
        return QSize(wide, max((hint.height() for hint in hints), default=0)).grownBy(self.contentsMargins())

    def minimumSize(self) -> QSize:
        """The widest of them in a line of its own."""
        least = QSize()
        for item in self._seen():
            least = least.expandedTo(item.minimumSize())
        return least.grownBy(self.contentsMargins())

    def _seen(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, int]]]:
        """Each line's items with their widths."""
        items, gap = self._seen(), self.spacing()
        if self._even and items:
            each = max(item.minimumSize().width() for item in items)
            many = max(1, min(len(items), (width + gap) // (each + gap)))
            share = (width - gap * (many - 1)) // many
            return [[(item, share) for item in items[n : n + many]] for n in range(0, len(items), many)]
        lines: list[list[tuple[QLayoutItem, int]]] = []
        left = -1
        for item in items:
            wide = min(item.sizeHint().width(), width)
            if not lines or wide > left:
                lines.append([])
                left = width
            lines[-1].append((item, wide))
            left -= wide + gap
        return lines

    def _lay(self, rect: QRect, *, move: bool) -> int:
        y = rect.y()
        for line in self._lines(rect.width()):
            x, high = rect.x(), max(item.sizeHint().height() for item, _wide in line)
            for item, wide in line:
                own = min(item.sizeHint().height(), high)
                if move:
                    item.setGeometry(QRect(QPoint(x, y + (high - own) // 2), QSize(wide, own)))
                x += wide + self.spacing()
            y += high + self.spacing()
        return max(0, y - self.spacing() - rect.y())
