"""A row that can be pressed, with the mouse or Return; the arrows go from row to row."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.theme import Theme


class PressRow(QWidget):
    """A row of a list: raised while chosen or under the pointer, a ring while it has the focus.

    Signals:
        pressed: mouse, Return or Space.
        entered: the focus came to it.
    """

    pressed = Signal()
    entered = Signal()

    def __init__(self, theme: Theme, name: str = "", *, lined: bool = True) -> None:
        super().__init__()
        self._lined = lined
        self._theme = theme
        self._chosen = False
        self._over = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(name)

    @property
    def chosen(self) -> bool:
        """Whether it is the one whose details are shown."""
        return self._chosen

    def set_chosen(self, chosen: bool) -> None:
        """Look chosen, or not."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def take_focus(self) -> None:
        """Take the focus, also when it has only just been put into its list (Qt would show it a moment later)."""
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, hairline and focus ring."""
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self._chosen or self._over:
            painter.fillRect(box, self._theme.colour("raised"))
        if self._lined:
            painter.fillRect(QRectF(0, box.height() - 1, box.width(), 1), self._theme.colour("line"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._chosen:
            painter.fillRect(QRectF(0, 0, 3, box.height() - 1), self._theme.colour("accent"))
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -2), 5, 5)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return and Space press it; the arrows go to the neighbours."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._neighbour(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the focus, then press."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that a person came here; a window that becomes active is nobody's choice."""
        super().focusInEvent(event)
        self.update()
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Raise it under the pointer."""
        super().enterEvent(event)
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Lower it again."""
        super().leaveEvent(event)
        self._over = False
        self.update()

    def _neighbour(self, way: int) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        rows = parent.findChildren(PressRow, options=Qt.FindChildOption.FindDirectChildrenOnly)
        rows = sorted((r for r in rows if r.isVisible()), key=lambda r: r.y())
        if self not in rows:  # it has just been taken out of its list
            return
        place = rows.index(self) + way
        if 0 <= place < len(rows):
            rows[place].setFocus(Qt.FocusReason.OtherFocusReason)
