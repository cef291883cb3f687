"""The frame round the whole window: nothing on a working day, amber hatching in a drill."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.theme import Theme

HATCH = 8


class DrillFrame(QWidget):
    """Holds the window's content; hatched at its edges while :meth:`set_drill` says so."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._drill = False
        self.setProperty("ground", "window")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        theme.changed.connect(self.update)

    def set_drill(self, drill: bool) -> None:
        """Mark the window as a drill, or as work."""
        if drill != self._drill:
            self._drill = drill
            edge = HATCH if drill else 0
            self.column.setContentsMargins(edge, edge, edge, edge)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground, and the hatching."""
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.colour("window"))
        if self._drill:
            painter.fillRect(self.rect(), QBrush(theme.colour("promise"), Qt.BrushStyle.BDiagPattern))
            painter.setPen(theme.colour("promise"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
