"""The live chart: pictures drawn by the ``draw`` thread, with the bars and the crosshair painted between them.

A mention changes one number and repaints; only a new minute, scale, size or look asks the thread for new pictures
(docs/adr/0003). Nothing is ever left out of a repaint, so that no resize or theme change can lose a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontInfo, QKeyEvent, QMouseEvent, QPainter, QPaintEvent

from PySide6.QtGui import QResizeEvent, QWheelEvent  # isort: skip
from PySide6.QtWidgets import QSizePolicy, QWidget

from crisisdesk.model.mention import MinuteCount
from crisisdesk.model.room import ChartData, bucket_step
from ui.context import Context
from ui.widgets.chart_paint import Bars, Pictures, draw, paint, paint_alarms, paint_crosshair, paint_focus, paint_others

if TYPE_CHECKING:
    from crisisdesk.reports.chart_minutes import Buckets, Minutes

MOST_BUCKETS: Final = 1_440
LEAST_SPAN: Final = timedelta(minutes=10)
_BASE_PX: Final = 13.0
_DRAG_PX: Final = 4
_MINUTE: Final = timedelta(minutes=1)


class ChartView(QWidget):
    """Shows mentions over time; redrawn only when it is in sight and something changed.

    Left and right move the crosshair, Home and End to the first and last bucket, Return shows its mentions, Escape puts
    it away; plus and minus zoom, Shift with left and right pans, 0 shows all again. The wheel zooms, dragging pans.

    Signals:
        wanted: a stretch (start, end) that is not held was asked for.
        chosen: the mentions of a stretch (start, end) were asked for.
    """

    wanted = Signal(object, object)
    chosen = Signal(object, object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._data: ChartData | None = None
        self._minutes: Minutes | None = None
        self._note = ""
        self._pictures: Pictures | None = None
        self._buckets: Buckets | None = None
        self._bars: Bars | None = None
        self._alarms: Sequence[datetime] = ()
        self._others: Sequence[datetime] = ()
        self._generation = 0
        self._drawn: tuple[object, ...] = ()
        self._busy = False
        self._at: datetime | None = None
        self._zoomed: tuple[datetime, datetime] | None = None
        self._pressed: tuple[QPointF, tuple[datetime, datetime]] | None = None
        self._dragged = False
        self._soon = QTimer(self, singleShot=True, interval=40)
        self._soon.timeout.connect(self._draw)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(240, 90))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        context.theme.changed.connect(self._wish)

    def sizeHint(self) -> QSize:
        return QSize(560, 300)

    # -- what is shown -------------------------------------------------------------------------------------------

    def set_live(self, data: ChartData, minutes: Minutes, note: str = "", *, keep: bool = False) -> None:
        """Show ``minutes`` with the gaps, flags and band of ``data``; ``keep`` leaves the zoom as it is."""
        self._data, self._minutes, self._note = data, minutes, note
        self._generation += 1
        if not keep:
            self._zoomed = None
        self._wish()

    def set_data(self, data: ChartData, note: str = "") -> None:
        """Show one picture that does not move on."""
        from crisisdesk.reports.chart_minutes import Minutes

        self.set_live(data, Minutes(data), note)

    def put(self, counts: Iterable[MinuteCount], *, rescale: bool = True) -> bool:
        """Set minutes to their counts and show it at once; whether anything in sight of the data changed.

        ``rescale`` is false while changes come one upon another: then :meth:`fits` says whether the scale still serves.
        """
        if self._minutes is None or not self._minutes.put(counts):
            return False
        if self._buckets is None or self._bars is None or self._pictures is None or not self.isVisible():
            self._bars = None
            self._generation += 1  # out of sight: the scale is looked at when it is shown again
            self._wish()
            return True
        from crisisdesk.reports.chart_boxes import boxes

        place = self._pictures.place
        self._buckets = self._minutes.again(self._buckets)
        strip = self._bars.renew(boxes(self._buckets, place), self._pictures.ratio)
        self.update(strip) if self._at is None else self.update()
        if rescale and not self.fits():
            self._generation += 1
            self._wish()
        return True

    def fits(self) -> bool:
        """Whether the scale on screen is the one for what is shown."""
        from crisisdesk.reports.chart_scale import ceiling

        drawn = self._buckets is not None and self._pictures is not None
        return not drawn or ceiling(self._buckets.peak) == self._pictures.place.highest  # type: ignore[union-attr]

    def move_on(self, end: datetime) -> None:
        """Let the chart end at ``end``; a view of its last minutes follows."""
        held = self._minutes
        if held is None:
            return
        before = held.end
        if held.move_on(end):
            if self._zoomed is not None and self._zoomed[1] >= before:
                self._zoomed = (self._zoomed[0] + (held.end - before), held.end)
            self._generation += 1
            self._wish()

    def set_alarms(self, alarms: Sequence[datetime]) -> None:
        """Mark alarms that would have been raised."""
        self._alarms = tuple(alarms)
        self.update()

    def set_others(self, others: Sequence[datetime]) -> None:
        """Mark alarms of another rule."""
        self._others = tuple(others)
        self.update()

    def span(self) -> tuple[datetime, datetime] | None:
        """From when to when is shown."""
        if self._minutes is None:
            return None
        return self._zoomed or (self._minutes.start, self._minutes.end)

    def shown(self) -> tuple[ChartData, Buckets] | None:
        """What is shown, for exports and words."""
        span = self.span()
        if self._data is None or self._minutes is None or span is None:
            return None
        return self._data, self._minutes.buckets(*span, self._step(span))

    def ready(self) -> bool:
        """Whether what is on screen is the newest data at the present size."""
        return self._pictures is not None and not self._busy and self._drawn == self._wished()

    def retell(self) -> None:
        """Say the numbers to a screen reader: the bucket under the crosshair, else the whole chart."""
        shown = self.shown()
        if shown is None:
            return
        from crisisdesk.reports.chart_words import point, summary

        data, buckets = shown
        texts = self._context.texts
        if self._at is not None:
            self.setAccessibleDescription(point(data, buckets, buckets.place(self._at), texts))
        else:
            self.setAccessibleDescription(summary(data, buckets, texts))

    # -- when to draw --------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw again once the size stands still."""
        super().resizeEvent(event)
        self._wish()

    def event(self, event: QEvent) -> bool:
        """Draw what changed while out of sight, and whenever letters or the screen's pixels are of another size."""
        kinds = QEvent.Type
        if event.type() in (kinds.Show, kinds.FontChange, kinds.DevicePixelRatioChange, kinds.ScreenChangeInternal):
            self._soon.start()
        return super().event(event)

    def _zoom_of_letters(self) -> float:
        return max(QFontInfo(self.font()).pixelSize() / _BASE_PX, 0.5)

    def _wished(self) -> tuple[object, ...]:
        look = (self._context.theme.tokens, self._context.texts.lang, self._zoom_of_letters())
        return (self._generation, self.span(), self.size().toTuple(), self.devicePixelRatioF(), *look)

    def _wish(self) -> None:
        if self.isVisible():
            self._soon.start()

    def _step(self, span: tuple[datetime, datetime]) -> timedelta:
        assert self._minutes is not None
        return max(bucket_step(span[1] - span[0], MOST_BUCKETS), self._minutes.step)

    def _draw(self) -> None:
        wished, shown = self._wished(), self.shown()
        if shown is None or self._busy or not self.isVisible() or wished == self._drawn:
            return
        self._busy, self._drawn = True, wished
        # Larger letters are a smaller picture at a greater scale: everything on it grows alike.
        letters, dpr = self._zoom_of_letters(), self.devicePixelRatioF()
        size = (round(self.width() / letters), round(self.height() / letters))
        texts, tokens, note = self._context.texts, self._context.theme.tokens, self._note
        self._context.bridge.draw(partial(draw, *shown, size, letters, dpr, tokens, texts, note), self._show)

    def _show(self, pictures: Pictures) -> None:
        self._busy = False
        self._pictures, self._bars = pictures, None
        self.update()
        self.retell()
        self._draw()  # what was wished for meanwhile

    def paintEvent(self, event: QPaintEvent) -> None:
        """The whole chart, the alarms, the crosshair and, with the keyboard, the focus ring."""
        painter = QPainter(self)
        theme, pictures = self._context.theme, self._pictures
        if pictures is not None and self._minutes is not None:
            if self._bars is None or self._buckets is None:
                from crisisdesk.reports.chart_boxes import boxes

                place = pictures.place
                self._buckets = self._minutes.buckets(place.start, place.end, self._step((place.start, place.end)))
                self._bars = Bars(boxes(self._buckets, place))
            paint(painter, pictures, self._bars, theme, event.rect())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_others(painter, pictures, self._others, theme)
            paint_alarms(painter, pictures, self._alarms, theme)
            if self._at is not None and self._data is not None:
                self._paint_point(painter, pictures, self._buckets, self._at, self._data)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            paint_focus(painter, self.rect(), theme.colour("accent"))

    def _paint_point(
        self, painter: QPainter, pictures: Pictures, buckets: Buckets, at: datetime, data: ChartData
    ) -> None:
        if pictures.place.start <= at <= pictures.place.end:
            from crisisdesk.reports.chart_words import point

            index = buckets.place(at)
            said = point(data, buckets, index, self._context.texts)
            paint_crosshair(painter, pictures, buckets, index, said, self._context.theme)

    # -- mouse ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the chart."""
        span = self.span()
        if event.button() == Qt.MouseButton.LeftButton and span is not None:
            self._pressed, self._dragged = (event.position(), span), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The crosshair follows the pointer; with the button down the chart does."""
        if self._pressed is not None and self._pictures is not None:
            begun, (start, end) = self._pressed
            moved = begun.x() - event.position().x()
            if self._dragged or abs(moved) > _DRAG_PX:
                self._dragged = True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.look(start + (end - start) * (moved / self._pictures.width), end - start)
            return
        self._point(self._instant(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click without a drag shows the mentions of that bucket."""
        pressed, self._pressed = self._pressed, None
        self.unsetCursor()
        at = self._instant(event.position())
        if pressed is not None and not self._dragged and at is not None:
            self._choose(at)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer; sideways or with Shift, pan."""
        turn, span = event.angleDelta(), self.span()
        if span is None:
            return
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        sideways = turn.x() or (turn.y() if shift else 0)
        if sideways:
            self._pan(-sideways / 120 / 8)
        elif turn.y():
            self._zoom(0.8 ** (turn.y() / 120), self._instant(event.position()))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """The crosshair goes with the pointer."""
        super().leaveEvent(event)
        self._point(None)

    def _instant(self, at: QPointF) -> datetime | None:
        return self._pictures.instant_at(at.x()) if self._pictures is not None else None

    # -- keys ----------------------------------------------------------------------------------------------------

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The crosshair goes with the focus."""
        super().focusOutEvent(event)
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Crosshair, zoom and pan; what is none of these goes to the page."""
        if not (self._move(event) or self._magnify(event)):
            super().keyPressEvent(event)

    def _move(self, event: QKeyEvent) -> bool:
        keys, span = Qt.Key, self.span()
        if span is None:
            return False
        step, key = self._step(span), Qt.Key(event.key())
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        last = span[1] - step
        if key in (keys.Key_Left, keys.Key_Right):
            way = 1 if key == keys.Key_Right else -1
            if shift:
                self._pan(way / 8)
            else:
                here = self._at if self._at is not None else last + step * (way < 0)
                self._point(min(max(here + step * way, span[0]), last))
        elif key in (keys.Key_Home, keys.Key_End):
            self._point(span[0] if key == keys.Key_Home else last)
        elif key in (keys.Key_Return, keys.Key_Enter) and self._at is not None:
            self._choose(self._at)
        elif key == keys.Key_Escape and self._at is not None:
            self._point(None)
        else:
            return False
        return True

    def _magnify(self, event: QKeyEvent) -> bool:
        how = {"+": 0.5, "-": 2.0, "0": 0.0}.get(event.text())
        if how is None or self._minutes is None:
            return False
        if how:
            self._zoom(how, self._at)
        else:
            self._set_span(None)
        return True

    # -- moving over time ----------------------------------------------------------------------------------------

    def _point(self, at: datetime | None) -> None:
        if at != self._at:
            self._at = at
            self.retell()
            self.update()

    def _choose(self, at: datetime) -> None:
        shown = self.shown()
        if shown is not None:
            start = shown[1].start + shown[1].step * shown[1].place(at)
            self.chosen.emit(start, start + shown[1].step)

    def _zoom(self, factor: float, about: datetime | None) -> None:
        span = self.span()
        if span is None:
            return
        start, end = span
        wide = max((end - start) * factor, LEAST_SPAN)
        about = about if about is not None else end
        self.look(about - wide * ((about - start) / (end - start)), wide)

    def _pan(self, share: float) -> None:
        span = self.span()
        if span is not None:
            wide = span[1] - span[0]
            self.look(span[0] + wide * share, wide)

    def look(self, start: datetime, wide: timedelta) -> None:
        """Show ``wide`` from ``start`` in whole minutes, not beyond now; what is not held is asked for."""
        held = self._minutes
        if held is None:
            return
        wide = max(_MINUTE * round(wide / _MINUTE), held.step)
        end = min(start.replace(second=0, microsecond=0) + wide, held.end)
        start = end - wide
        if start < held.start:
            self.wanted.emit(start, end)
            start, end = held.start, min(held.start + wide, held.end)
        self._set_span(None if (start, end) == (held.start, held.end) else (start, end))

    def _set_span(self, span: tuple[datetime, datetime] | None) -> None:
        if span != self._zoomed:
            self._zoomed = span
            self._wish()
