"""What the GUI thread paints of the chart: bars and second series from the numbers, alarms and crosshair over them.

The rest (axes, band, hatching, flags, labels) is drawn by the ``draw`` thread and arrives as two pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from ui.theme import Theme, Tokens

if TYPE_CHECKING:
    from crisisdesk.model.room import ChartData
    from crisisdesk.reports.chart_boxes import Boxes
    from crisisdesk.reports.chart_minutes import Buckets
    from crisisdesk.reports.charts import Image, Layers
    from crisisdesk.texts import Texts

_PAD: Final = 8
_MARK: Final = 5.0


@dataclass(frozen=True, slots=True)
class Pictures:
    """The two pictures of a chart, ready to be painted, and where things are on the widget.

    Attributes:
        place: where things are on the pictures, in their own pixels.
        ratio: pixels of the pictures per logical pixel of the widget.
    """

    place: Image
    ground: QImage
    over: QImage
    ratio: float

    @staticmethod
    def of(layers: Layers, ratio: float) -> Pictures:
        """Made by the ``draw`` thread, so that the GUI thread converts nothing."""
        place = layers.ground

        def picture(rgba: bytes) -> QImage:
            raw = QImage(rgba, place.width, place.height, place.width * 4, QImage.Format.Format_RGBA8888)
            made = raw.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
            made.setDevicePixelRatio(ratio)
            return made

        return Pictures(place, picture(place.rgba), picture(layers.over), ratio)

    @property
    def plot(self) -> QRectF:
        """The plot area."""
        place, ratio = self.place, self.ratio
        corner, size = (place.left, place.top), (place.right - place.left, place.bottom - place.top)
        return QRectF(*(v / ratio for v in (*corner, *size)))

    @property
    def width(self) -> float:
        """The plot's width."""
        return (self.place.right - self.place.left) / self.ratio

    def x_of(self, at: datetime) -> float:
        """Where ``at`` is."""
        return self.place.x_of(at) / self.ratio

    def y_of(self, count: float) -> float:
        """Where ``count`` is, inside the plot."""
        return max(self.place.y_of(count), self.place.top) / self.ratio

    def instant_at(self, x: float) -> datetime:
        """The instant at ``x``, kept inside the chart."""
        return self.place.instant_at(x * self.ratio)


def draw(
    data: ChartData, buckets: Buckets, size: tuple[int, int], letters: float, dpr: float, tokens: Tokens, texts: Texts,
    note: str,
) -> Pictures:  # fmt: skip
    """What the ``draw`` thread runs; matplotlib is loaded there, not before the first paint."""
    from crisisdesk.reports.charts import ChartTheme, layers

    theme = ChartTheme(**{f.name: getattr(tokens, f.name) for f in fields(ChartTheme)})
    made = layers(data, buckets, size_px=size, scale=dpr * letters, theme=theme, texts=texts, note=note)
    return Pictures.of(made, dpr)


class Bars:
    """Bars as rectangles in device pixels, upper part (reposts) and lower part (originals); the second series.

    A new count changes its own rectangles only: making thousands of them anew is what costs time.
    """

    def __init__(self, made: Boxes) -> None:
        self._boxes = made
        self._reposts: list[QRect] = []
        self._originals: list[QRect] = []
        edges = (made.left.tolist(), made.wide.tolist(), made.high.tolist(), made.low.tolist())
        for x, wide, high, low in zip(*edges, strict=True):
            self._reposts.append(QRect(x, high, wide, low - high))
            self._originals.append(QRect(x, low, wide, made.base - low))
        self._second = self._steps()

    def renew(self, made: Boxes, ratio: float) -> QRect:
        """Take other heights; the strip of the widget that has to be painted again, in logical pixels."""
        changed = made.changed(self._boxes)
        self._boxes = made
        for n in changed:
            x, wide, high, low = int(made.left[n]), int(made.wide[n]), int(made.high[n]), int(made.low[n])
            self._reposts[n] = QRect(x, high, wide, low - high)
            self._originals[n] = QRect(x, low, wide, made.base - low)
        if not changed:
            return QRect()
        if made.second.size:
            self._second = self._steps()
        left, right = self._originals[changed[0]].left() / ratio, self._originals[changed[-1]].right() / ratio
        return QRect(QPoint(int(left) - 3, 0), QPoint(int(right) + 4, 16_000))

    def between(self, left: int, right: int) -> tuple[list[QRect], list[QRect]]:
        """Reposts and originals of the bars that touch ``left`` to ``right``, device pixels."""
        places = self._boxes.left
        first = max(int(places.searchsorted(left)) - 1, 0)
        last = int(places.searchsorted(right, "right"))
        return self._reposts[first:last], self._originals[first:last]

    @property
    def second(self) -> QPolygonF:
        """The second series as a line of steps."""
        return self._second

    def _steps(self) -> QPolygonF:
        made, line = self._boxes, QPolygonF()
        if made.second.size:
            ends = [*made.left.tolist()[1:], int(made.left[-1] + made.wide[-1])]
            for x, end, y in zip(made.left.tolist(), ends, made.second.tolist(), strict=True):
                line.append(QPointF(x, y))
                line.append(QPointF(end, y))
        return line


def paint(painter: QPainter, pictures: Pictures, bars: Bars, theme: Theme, where: QRect) -> None:
    """Ground, bars, second series, and what stands before them, as far as ``where`` (logical pixels) reaches."""
    ratio = pictures.ratio
    seen = QRectF(where).intersected(QRectF(0, 0, pictures.ground.width() / ratio, pictures.ground.height() / ratio))
    source = QRectF(seen.topLeft() * ratio, seen.size() * ratio)
    painter.drawImage(seen, pictures.ground, source)
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    reposts, originals = bars.between(int(where.left() * ratio), int(where.right() * ratio) + 1)
    for rects, colour in ((reposts, "reposts"), (originals, "bars")):
        painter.setBrush(theme.colour(colour))
        painter.drawRects(rects)
    if not bars.second.isEmpty():
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("text"), 1.5 * ratio))
        painter.drawPolyline(bars.second)
    painter.restore()
    painter.drawImage(seen, pictures.over, source)


def paint_alarms(painter: QPainter, pictures: Pictures, alarms: Sequence[datetime], theme: Theme) -> None:
    """A triangle and a thin line for each alarm that the slider would have had."""
    plot, colour = pictures.plot, theme.colour("danger")
    painter.setBrush(colour)
    for at in alarms:
        if pictures.place.start <= at <= pictures.place.end:
            x = pictures.x_of(at)
            painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            tip = QPointF(x, plot.top() - 1)
            painter.drawPolygon(QPolygonF([tip, tip + QPointF(-_MARK, -_MARK - 3), tip + QPointF(_MARK, -_MARK - 3)]))


def paint_others(painter: QPainter, pictures: Pictures, others: Sequence[datetime], theme: Theme) -> None:
    """A hollow triangle at the bottom for each alarm of another tool's rule."""
    plot = pictures.plot
    painter.setBrush(theme.colour("panel"))
    painter.setPen(QPen(theme.colour("text"), 1))
    for at in others:
        if pictures.place.start <= at <= pictures.place.end:
            tip = QPointF(pictures.x_of(at), plot.bottom() - 2 * _MARK)
            painter.drawPolygon(QPolygonF([tip, tip + QPointF(-_MARK, _MARK + 3), tip + QPointF(_MARK, _MARK + 3)]))


def paint_crosshair(
    painter: QPainter, pictures: Pictures, buckets: Buckets, index: int, said: str, theme: Theme
) -> None:
    """A line at the bucket, a dot at its count, and its numbers in a box that stays inside."""
    plot = pictures.plot
    x = pictures.x_of(buckets.start + buckets.step * index + buckets.step / 2)
    painter.setPen(QPen(theme.colour("muted"), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(x, plot.top(), x, plot.bottom()))
    painter.setPen(QPen(theme.colour("panel"), 1))
    painter.setBrush(theme.colour("text"))
    painter.drawEllipse(QPointF(x, pictures.y_of(float(buckets.total[index]))), 3.5, 3.5)
    wrap = int(Qt.TextFlag.TextWordWrap)
    most = QRect(0, 0, max(60, int(plot.width()) - 2 * _PAD), 400)
    needed = painter.fontMetrics().boundingRect(most, wrap, said)
    width, height = needed.width() + 2 * _PAD, needed.height() + _PAD
    start = min(max(x - width / 2, plot.left()), max(4.0, plot.right() - width))
    box = QRectF(start, plot.top() + 4, width, height)
    painter.setPen(QPen(theme.colour("line"), 1))
    painter.setBrush(theme.colour("raised"))
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(theme.colour("text"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter) | wrap, said)


def paint_focus(painter: QPainter, rect: QRect, colour: QColor) -> None:
    """The ring that shows where the keys go."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 2))
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 6, 6)
