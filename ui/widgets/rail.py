"""The rail: the nine pages with their keys, and which of them is on screen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QVBoxLayout

from crisisdesk.texts import Texts
from ui.actions import PAGES
from ui.theme import Theme

WIDTH = 66


class RailButton(QAbstractButton):
    """One page: its key above its name; a bar at the left when it is on screen."""

    def __init__(self, theme: Theme, key: str) -> None:
        super().__init__()
        self._theme = theme
        self._key = key
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as the rail, and lower where the window is low."""
        return QSize(WIDTH - 9, 50)

    def minimumSizeHint(self) -> QSize:
        """What still can be read."""
        return QSize(WIDTH - 9, 40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Key and name."""
        painter, colour = QPainter(self), self._theme.colour
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("raised"))
            painter.drawRoundedRect(box, 8, 8)
        if self.isChecked():
            painter.setPen(QPen(colour("accent"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(box.left() + 1, box.top() + 10), QPointF(box.left() + 1, box.bottom() - 10))
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 8, 8)
        painter.setPen(colour("text" if self.isChecked() else "muted"))
        font = self.font()
        font.setPixelSize(14)
        painter.setFont(font)
        middle = box.height() / 2
        top = QRectF(box.left(), box.top(), box.width(), middle + 2)
        painter.drawText(top, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, self._key)
        font.setPixelSize(11)
        painter.setFont(font)
        below = QRectF(box.left() - 4, box.top() + middle + 3, box.width() + 8, middle)
        name = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(below.width()))
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, name)


class Rail(QFrame):
    """The pages, from F1 to F9.

    Signals:
        chosen: name of the page that was pressed.
    """

    chosen = Signal(str)

    def __init__(self, texts: Texts, theme: Theme) -> None:
        super().__init__()
        self._texts = texts
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 4, 8)
        column.setSpacing(2)
        self._group = QButtonGroup(self)
        for n, name in enumerate(PAGES):
            button = RailButton(theme, f"F{n + 1}")
            button.clicked.connect(lambda _checked=False, name=name: self.chosen.emit(name))
            self._group.addButton(button, n)
            column.addWidget(button)
        column.addStretch(1)
        self.retranslate()

    def show_page(self, name: str) -> None:
        """Mark the page on screen; one that the rail does not show leaves no mark."""
        self._group.setExclusive(False)
        for n, known in enumerate(PAGES):
            self._group.button(n).setChecked(known == name)
        self._group.setExclusive(True)

    def retranslate(self) -> None:
        """Say the names again."""
        for n, name in enumerate(PAGES):
            said = self._texts(f"ui.page.{name}")
            self._group.button(n).setText(said)
            self._group.button(n).setAccessibleName(f"{said}, F{n + 1}")
