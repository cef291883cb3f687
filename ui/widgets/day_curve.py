"""One measure day by day as a line with its dots; an unknown day is a hole in the line, never a zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from crisisdesk.texts import Texts
from ui.theme import Theme

_FOOT: Final = 20.0
_HEAD: Final = 18.0
_LEFT: Final = 70.0
_DOT: Final = 3.0


class DayCurve(QWidget):
    """A curve from zero up, so that no small change looks large; its highest value is written at the left."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__()
        self._theme = theme
        self._texts = texts
        self._days: tuple[tuple[date, Decimal | None], ...] = ()
        self._words: tuple[str, ...] = ()
        self.setFixedHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def put(self, name: str, days: Sequence[tuple[date, Decimal | None]], words: Sequence[str]) -> None:
        """Show these days, oldest first, each with its value in words."""
        self._days, self._words = tuple(days), tuple(words)
        told = ", ".join(f"{self._day(one)} {said}" for (one, _value), said in zip(days, words, strict=True))
        self.setAccessibleName(name)
        self.setAccessibleDescription(told)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(300, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, the dots, the highest value and the first and last day."""
        known = [value for _day, value in self._days if value is not None]
        if not known:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        highest = max(known) or Decimal(1)
        foot = self.height() - _FOOT
        room = self.width() - _LEFT - 12
        step = room / max(1, len(self._days) - 1)
        painter.fillRect(QRectF(_LEFT, foot, room, 1), self._theme.colour("line"))
        painter.fillRect(QRectF(_LEFT, _HEAD, room, 1), self._theme.colour("grid"))
        top = next(said for (_day, value), said in zip(self._days, self._words, strict=True) if value == max(known))
        self._write(painter, QRectF(0, _HEAD - 8, _LEFT - 8, 16), top, Qt.AlignmentFlag.AlignRight, "text")
        self._write(painter, QRectF(0, foot - 8, _LEFT - 8, 16), "0", Qt.AlignmentFlag.AlignRight, "muted")
        places = [
            None if value is None else QPointF(_LEFT + n * step, foot - (foot - _HEAD) * float(value / highest))
            for n, (_day, value) in enumerate(self._days)
        ]
        painter.setPen(QPen(self._theme.colour("accent"), 1.6))
        for one, other in pairwise(places):
            if one is not None and other is not None:
                painter.drawLine(one, other)
        painter.setBrush(self._theme.colour("accent"))
        for place in places:
            if place is not None:
                painter.drawEllipse(place, _DOT, _DOT)
        ends = ((0, Qt.AlignmentFlag.AlignLeft), (-1, Qt.AlignmentFlag.AlignRight))
        below = QRectF(_LEFT, foot + 3, room, _FOOT - 4)
        for which, where in ends:
            self._write(painter, below, self._day(self._days[which][0]), where, "muted")

    def _write(self, painter: QPainter, where: QRectF, said: str, side: Qt.AlignmentFlag, token: str) -> None:
        painter.setPen(self._theme.colour(token))
        painter.drawText(where, int(side | Qt.AlignmentFlag.AlignVCenter), said)

    def _day(self, one: date) -> str:
        return self._texts("words.day", day=one.day, month=self._texts(f"words.month.m{one.month}"))
