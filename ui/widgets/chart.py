"""The live chart: an image drawn by the ``draw`` thread, with a crosshair painted over it that tells the numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crisisdesk.model.mention import MinuteCount
from crisisdesk.model.room import ChartData
from crisisdesk.words import number, when
from ui.context import Context

if TYPE_CHECKING:
    from crisisdesk.reports.charts import Image


def _drawing(context: Context, data: ChartData, size: tuple[int, int], scale: float, note: str) -> Callable[[], Image]:
    """What the ``draw`` thread runs; matplotlib is loaded there, not before the first paint."""
    tokens, texts = context.theme.tokens, context.texts

    def draw() -> Image:
        from crisisdesk.reports.charts import ChartTheme, render

        theme = ChartTheme(**{f.name: getattr(tokens, f.name) for f in fields(ChartTheme)})
        return render(data, size_px=size, scale=scale, theme=theme, texts=texts, note=note)

    return draw


class ChartView(QWidget):
    """Shows mentions over time; redrawn only when it is in sight and something changed.

    Left and right move the crosshair from bucket to bucket, Escape puts it away.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._data: ChartData | None = None
        self._note = ""
        self._image: Image | None = None
        self._picture: QImage | None = None
        self._drawn: tuple[object, ...] = ()
        self._busy = False
        self._at: datetime | None = None
        self._soon = QTimer(self, singleShot=True, interval=60)
        self._soon.timeout.connect(self._draw)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(240, 90))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        context.theme.changed.connect(self._wish)

    def sizeHint(self) -> QSize:
        """A comfortable size."""
        return QSize(560, 300)

    def set_data(self, data: ChartData, note: str = "") -> None:
        """Show ``data``; ``note`` is one calm line inside the plot."""
        self._data, self._note = data, note
        self._wish()

    def ready(self) -> bool:
        """Whether what is on screen is the newest data at the present size."""
        return self._picture is not None and not self._busy and self._drawn == self._wanted()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw again once the size stands still."""
        super().resizeEvent(event)
        self._wish()

    def event(self, event: QEvent) -> bool:
        """Draw what changed while out of sight as soon as the chart is in sight."""
        if event.type() == QEvent.Type.Show:
            self._soon.start()
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The crosshair follows the pointer."""
        if self._image is not None:
            self._point(self._image.instant_at(event.position().x() * self._image.scale))

    def leaveEvent(self, event: QEvent) -> None:
        """The crosshair goes with the pointer."""
        super().leaveEvent(event)
        self._point(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The crosshair goes with the focus."""
        super().focusOutEvent(event)
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the crosshair by one bucket, or put it away."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if self._data is not None and step is not None:
            last = self._data.end - self._data.step
            here = self._at or last + self._data.step * (step < 0)
            self._point(min(max(here + self._data.step * step, self._data.start), last))
        elif event.key() == Qt.Key.Key_Escape and self._at is not None:
            self._point(None)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The image, then the crosshair and, with the keyboard, the focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._picture is not None:
            painter.drawImage(QPointF(0, 0), self._picture)
        if self.hasFocus():
            painter.setPen(QPen(self._context.theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        bucket = self._bucket()
        if bucket is not None and self._image is not None:
            self._paint_crosshair(painter, self._image, bucket)

    def _wanted(self) -> tuple[object, ...]:
        size = (self.width(), self.height())
        scale = self.devicePixelRatioF()
        return (self._data, self._note, size, scale, self._context.theme.tokens, self._context.texts.lang)

    def _wish(self) -> None:
        if self.isVisible():
            self._soon.start()

    def _draw(self) -> None:
        wanted = self._wanted()
        if self._data is None or self._busy or not self.isVisible() or wanted == self._drawn:
            return
        self._busy, self._drawn = True, wanted
        size = (self.width(), self.height())
        work = _drawing(self._context, self._data, size, self.devicePixelRatioF(), self._note)
        self._context.bridge.draw(work, self._show_image)

    def _show_image(self, image: Image) -> None:
        self._busy = False
        self._image = image
        form = QImage.Format.Format_RGBA8888
        picture = QImage(image.rgba, image.width, image.height, image.width * 4, form).copy()
        picture.setDevicePixelRatio(image.scale)
        self._picture = picture
        self.update()
        self._draw()  # what was wished for meanwhile

    def _point(self, at: datetime | None) -> None:
        if at != self._at:
            self._at = at
            bucket = self._bucket()
            self.setAccessibleDescription(self._told(bucket) if bucket else "")
            self.update()

    def _bucket(self) -> tuple[datetime, MinuteCount | None, float] | None:
        """The bucket under the crosshair: its start, its count and what was expected there."""
        data = self._data
        if data is None or self._at is None or not data.start <= self._at <= data.end:
            return None
        index = min(int((self._at - data.start) / data.step), max(0, int((data.end - data.start) / data.step) - 1))
        start = data.start + data.step * index
        place = bisect_left(data.counts, start, key=lambda count: count.minute)
        found = data.counts[place] if place < len(data.counts) and data.counts[place].minute == start else None
        expected = data.expected[index][1] if index < len(data.expected) else 0.0
        return start, found, expected

    def _told(self, bucket: tuple[datetime, MinuteCount | None, float]) -> str:
        start, count, expected = bucket
        data, texts = self._data, self._context.texts
        assert data is not None
        time = when(start, data.zone, texts, ref=data.end)
        total, reposts = (count.total, count.reposts) if count else (0, 0)
        silent = count is None and any(g.start <= start and (g.end is None or start < g.end) for g in data.gaps)
        if silent:
            return texts("room.chart.silent", time=time)
        return texts(
            "room.chart.point",
            time=time,
            total=number(total, texts),
            originals=number(total - reposts, texts),
            reposts=number(reposts, texts),
            expected=number(round(expected, 1), texts),
        )

    def _paint_crosshair(
        self, painter: QPainter, image: Image, bucket: tuple[datetime, MinuteCount | None, float]
    ) -> None:
        theme = self._context.theme
        assert self._data is not None
        x = image.x_of(bucket[0] + self._data.step / 2) / image.scale
        top, bottom = image.top / image.scale, image.bottom / image.scale
        painter.setPen(QPen(theme.colour("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        y = image.y_of(bucket[1].total if bucket[1] else 0) / image.scale
        painter.setPen(QPen(theme.colour("panel"), 1))
        painter.setBrush(theme.colour("text"))
        painter.drawEllipse(QPointF(x, y), 3.5, 3.5)
        said = self._told(bucket)
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(said) + 16, metrics.height() + 8
        left = min(max(x - width / 2, image.left / image.scale), max(4, self.width() - width - 4))
        box = QRectF(left, top + 4, width, height)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(theme.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, said)
