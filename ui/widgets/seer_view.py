"""Two beginnings at the sides and how people go on between them: an arrow's width is the number of mentions."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from crisisdesk.pipeline.seer import Arrow, Seen
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from crisisdesk.words import number
from ui.theme import Theme

ROW: Final = 27
GAP: Final = 12
WIDEST: Final = 15.0
"""Pixels of the widest arrow; a row is higher."""
THINNEST: Final = 1.0
_SIDE: Final = 0.15  # part of the width that a beginning takes
_PLACES: Final = {"left": 0.36, "shared": 0.5, "right": 0.64}


def width_of(count: int, most: int) -> float:
    """An arrow's width in pixels, proportional to its count, and never thinner than can be seen."""
    return max(THINNEST, WIDEST * count / most) if most and count else 0.0


class SeerView(QWidget):
    """Paints a :class:`Seen`; tells it in words to a screen reader."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        super().__init__()
        self._theme, self._texts = theme, texts
        self._stems = ("", "")
        self._seen: Seen | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        theme.changed.connect(self.update)

    def put(self, left: str, right: str, seen: Seen) -> None:
        """Show what was seen."""
        self._stems = (clamp(left, 100), clamp(right, 100))
        self._seen = seen
        told = [f"{one.words}: {one.left} / {one.right}" for _group, one in self._rows()]
        self.setAccessibleName(f"{left} / {right}")
        self.setAccessibleDescription("; ".join(told))
        self.updateGeometry()
        self.update()

    def _rows(self) -> list[tuple[str, Arrow]]:
        if self._seen is None:
            return []
        groups = (("left", self._seen.left), ("shared", self._seen.shared), ("right", self._seen.right))
        return [(name, one) for name, arrows in groups for one in arrows]

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(720, max(200, len(self._rows()) * ROW + 4 * GAP))

    def minimumSizeHint(self) -> QSize:
        """The same: a row is never cut."""
        return QSize(520, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Arrows first, words over them."""
        seen, rows = self._seen, self._rows()
        if seen is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max((max(one.left, one.right) for _group, one in rows), default=0)
        middle, wide = self.height() / 2, float(self.width())
        ends = (wide * _SIDE, wide * (1 - _SIDE))
        high = GAP + (self.height() - 2 * GAP - self._total(rows)) / 2
        before = ""
        for group, one in rows:
            high += GAP if before and group != before else 0
            before = group
            y = high + ROW / 2
            box = self._box(group, one, wide, y)
            if one.left:
                self._arrow(painter, QPointF(ends[0], middle), QPointF(box.left() - 6, y), one.left, most, "accent")
            if one.right:
                self._arrow(painter, QPointF(ends[1], middle), QPointF(box.right() + 6, y), one.right, most, "good")
            self._word(painter, box, one, group)
            high += ROW
        self._stem(painter, QRectF(0, middle - 40, ends[0] - 8, 80), 0, seen.left_total)
        self._stem(painter, QRectF(ends[1] + 8, middle - 40, wide - ends[1] - 8, 80), 1, seen.right_total)

    def _total(self, rows: list[tuple[str, Arrow]]) -> float:
        return len(rows) * ROW + GAP * max(0, len({group for group, _one in rows}) - 1)

    def _said(self, one: Arrow, group: str) -> str:
        counts = {"left": (one.left,), "right": (one.right,), "shared": (one.left, one.right)}[group]
        return f"{clamp(one.words, 60)}  {' / '.join(number(n, self._texts, 0) for n in counts)}"

    def _box(self, group: str, one: Arrow, wide: float, y: float) -> QRectF:
        length = min(self.fontMetrics().horizontalAdvance(self._said(one, group)) + 12.0, wide * 0.34)
        return QRectF(wide * _PLACES[group] - length / 2, y - ROW / 2 + 2, length, ROW - 4)

    def _arrow(self, painter: QPainter, start: QPointF, end: QPointF, count: int, most: int, tone: str) -> None:
        width, way = width_of(count, most), 1.0 if end.x() > start.x() else -1.0
        head = max(7.0, width * 0.75)
        tip, neck = end, QPointF(end.x() - way * head, end.y())
        bend = (neck.x() - start.x()) / 2
        path = QPainterPath(start)
        path.cubicTo(QPointF(start.x() + bend, start.y()), QPointF(neck.x() - bend, neck.y()), neck)
        colour = self._theme.colour(tone)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colour.setAlphaF(0.55)
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawPath(path)
        half = max(4.0, width * 0.75)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(tone))
        painter.drawPolygon(QPolygonF([tip, QPointF(neck.x(), neck.y() - half), QPointF(neck.x(), neck.y() + half)]))

    def _word(self, painter: QPainter, box: QRectF, one: Arrow, group: str) -> None:
        painter.setPen(QPen(self._theme.colour("line"), 1))
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(self._theme.colour("text"))
        painter.setFont(self.font())
        said = self.fontMetrics().elidedText(self._said(one, group), Qt.TextElideMode.ElideRight, int(box.width()) - 8)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, said)

    def _stem(self, painter: QPainter, box: QRectF, side: int, total: int) -> None:
        bold = QFont(self.font())
        bold.setPixelSize(15)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(self._theme.colour("text"))
        across = Qt.AlignmentFlag.AlignRight if side == 0 else Qt.AlignmentFlag.AlignLeft
        upper = QRectF(box.left(), box.top(), box.width(), box.height() / 2)
        flags = across | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
        painter.drawText(upper, int(flags), self._stems[side])
        painter.setFont(self.font())
        painter.setPen(self._theme.colour("muted"))
        lower = QRectF(box.left(), box.center().y() + 3, box.width(), box.height() / 2)
        painter.drawText(
            lower, int(across | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap),
            self._texts("seer.mentions", n=total),
        )  # fmt: skip
