"""Mentions per day as bars, each with its number; told in words to a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crisisdesk.texts import Texts
from crisisdesk.words import number
from ui.theme import Theme

_FOOT: Final = 20.0
_HEAD: Final = 20.0
_WIDEST: Final = 56.0
_LABEL: Final = 46.0


class DayBars(QWidget):
    """One bar per day; every count is written above its bar while there is room."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__()
        self._theme = theme
        self._texts = texts
        self._days: tuple[tuple[date, int], ...] = ()
        self.setFixedHeight(170)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def put(self, days: Sequence[tuple[date, int]]) -> None:
        """Show these days, oldest first."""
        self._days = tuple(days)
        told = ", ".join(f"{self._day(one)} {number(count, self._texts)}" for one, count in self._days)
        self.setAccessibleName(self._texts("measures.bars"))
        self.setAccessibleDescription(told)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(300, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars from a common foot."""
        if not self._days:
            return
        painter = QPainter(self)
        highest = max((count for _day, count in self._days), default=0) or 1
        step = self.width() / len(self._days)
        wide = min(step * 0.7, _WIDEST)
        foot = self.height() - _FOOT
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        every = max(1, round(_LABEL / step + 0.5)) if step < _LABEL else 1
        painter.fillRect(QRectF(0, foot, self.width(), 1), self._theme.colour("line"))
        for place, (one, count) in enumerate(self._days):
            middle = (place + 0.5) * step
            tall = (foot - _HEAD) * count / highest
            painter.fillRect(QRectF(middle - wide / 2, foot - tall, wide, tall), self._theme.colour("bars"))
            if (len(self._days) - 1 - place) % every:
                continue
            painter.setPen(self._theme.colour("text"))
            over = QRectF(middle - _LABEL, foot - tall - 17, 2 * _LABEL, 15)
            painter.drawText(
                over, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom), number(count, self._texts)
            )
            painter.setPen(self._theme.colour("muted"))
            under = QRectF(middle - _LABEL, foot + 3, 2 * _LABEL, _FOOT - 4)
            painter.drawText(under, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), self._day(one))

    def _day(self, one: date) -> str:
        return self._texts("words.day", day=one.day, month=self._texts(f"words.month.m{one.month}"))
