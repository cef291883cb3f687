"""«Lo siguiente»: one list of what is due, first things first; arrows choose a row, its key does it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from crisisdesk.model.commitment import NextItem
from crisisdesk.words import other_day, when
from ui.actions import action, key_of
from ui.context import Context
from ui.models.next_rows import NextLine, lines_of
from ui.theme import GAP, INSET
from ui.widgets.countdown import Countdown
from ui.widgets.keycap import KeyCap
from ui.widgets.safe import SafeLabel


class NextRow(QWidget):
    """One row: time, what and why, what is left, and the key."""

    def __init__(self, context: Context, owner: NextList) -> None:
        super().__init__()
        self._context, self._owner = context, owner
        self.line: NextLine | None = None
        self.chosen = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._time = SafeLabel("", "strong")
        self._time.setMinimumWidth(56)
        self._day = SafeLabel("", "small")
        self._title = SafeLabel("", "strong", wrap=True)
        self._why = SafeLabel("", "muted", wrap=True)
        self._left = Countdown(context)
        self._key = KeyCap()
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(INSET, 9, INSET, 10)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(3)
        grid.addWidget(self._time, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._title, 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._left, 0, 2, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._day, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._why, 1, 1, Qt.AlignmentFlag.AlignTop)
        cap = QHBoxLayout()
        cap.addStretch(1)
        cap.addWidget(self._key)
        grid.addLayout(cap, 1, 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)

    @property
    def item(self) -> NextItem | None:
        """What the row shows."""
        return self.line.item if self.line is not None else None

    def set_line(self, line: NextLine, zone: str) -> None:
        """Show another line in this row."""
        texts, now = self._context.texts, self._context.desk.clock.now()
        self.line, item = line, line.item
        self._grid.setContentsMargins(INSET + (2 * GAP if line.inner else 0), 9, INSET, 10)
        self._time.setText(when(item.due_at, zone, texts))
        self._day.setText(other_day(item.due_at, zone, texts, now))
        late = item.due_at < now
        self._time.setProperty("rank", "danger" if late else "promise" if item.owed else "strong")
        self._time.style().polish(self._time)
        self._title.setText(item.title.get(texts.lang))
        self._why.setText(("◆ " if item.ripe else "") + item.why.get(texts.lang))
        self._why.setVisible(bool(item.why.get(texts.lang)))
        self._left.set_due(item.due_at, owed=item.owed)
        self._key.set_key(texts("ui.key.return") if line.folds else key_of(item.key, texts))
        self.setAccessibleName(f"{self._title.text()}, {self._left.accessibleName()}")

    def set_chosen(self, chosen: bool) -> None:
        """Mark the row as the chosen one."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Choose what the row shows."""
        if self.line is not None:
            self._owner.choose_key(self.line.key)
        self._owner.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Do it."""
        self._owner.act()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The chosen row's ground, its ring while the list has the focus, and the hairline below."""
        painter, theme = QPainter(self), self._context.theme
        if self.chosen:
            painter.fillRect(self.rect(), theme.colour("raised"))
        painter.setPen(theme.colour("line"))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        if self.chosen and self._owner.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))


class NextList(QScrollArea):
    """The rows, changed in place, so that nothing moves under the pointer that need not.

    Signals:
        moved: other rows may be in sight than before.
    """

    moved = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._chosen: tuple[str, int] | None = None
        self._rows: list[NextRow] = []
        self._items: Sequence[NextItem] = ()
        self._zone = ""
        self._opened = False
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        inner = self._inner = QWidget()
        inner.setProperty("ground", "clear")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.setWidget(inner)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(lambda _value: self.moved.emit())
        bar.rangeChanged.connect(lambda _low, _high: self.moved.emit())

    def rows(self) -> list[NextRow]:
        """The rows of the list, first due first."""
        return [row for row in self._rows if row.line is not None]

    def set_items(self, items: Sequence[NextItem], zone: str) -> None:
        """Show ``items``; the chosen one stays chosen wherever it moves."""
        self._items, self._zone = items, zone
        lines = lines_of(items, opened=self._opened)
        while len(self._rows) < len(lines):
            row = NextRow(self._context, self)
            self._rows.append(row)
            self._column.insertWidget(self._column.count() - 1, row)
        for n, row in enumerate(self._rows):
            if n < len(lines):
                row.set_line(lines[n], zone)
            else:
                row.line = None
            row.setVisible(n < len(lines))
        if self._chosen is not None:
            self.choose_key(self._chosen)
        else:
            self.choose(0)
        self._fit()
        QTimer.singleShot(0, self, self.moved.emit)  # when the rows have found their places

    def chosen(self) -> NextItem | None:
        """The chosen item."""
        return next((row.item for row in self.rows() if row.chosen), None)

    def choose(self, index: int) -> None:
        """Choose the row at ``index``, kept inside the list."""
        rows = self.rows()
        index = min(max(index, 0), len(rows) - 1)
        for n, row in enumerate(rows):
            row.set_chosen(n == index)
        if rows:
            line = rows[index].line
            assert line is not None
            self._chosen = line.key
            self.ensureWidgetVisible(rows[index], 0, 4)
            self.setAccessibleDescription(rows[index].accessibleName())

    def choose_key(self, key: tuple[str, int]) -> None:
        """Choose the row with this key, else the first."""
        keys = [row.line.key for row in self.rows() if row.line is not None]
        self.choose(keys.index(key) if key in keys else 0)

    def in_sight(self, item: NextItem, spare: int = 0) -> bool:
        """Whether the row of ``item`` is seen whole; ``spare`` pixels below the list count as its own."""
        row = next((row for row in self.rows() if row.item is item), None)
        if row is None:
            return False
        seen = QRect(0, 0, self.viewport().width(), self.viewport().height() + spare)
        top = row.mapTo(self.viewport(), QPoint(0, 0)).y()
        return seen.top() <= top and top + row.height() <= seen.bottom() + 2

    def act(self, action_id: str = "") -> bool:
        """Do the chosen row, or the first thing that ``action_id`` does; whether there was one."""
        chosen = self.chosen()
        if action_id and (chosen is None or chosen.key != action_id):
            chosen = next((item for item in self._items if item.key == action_id), None)
        if chosen is None:
            return False
        if chosen.key:
            self._context.act(chosen.key, chosen.ref)
        else:
            self.open_late(not self._opened)
        return True

    def open_late(self, opened: bool) -> None:
        """Show the late tasks one by one, or as one row."""
        self._opened = opened
        self.set_items(self._items, self._zone)

    def _fit(self) -> None:
        """As high as the rows are at this width: what Qt asks for is more, and a scroll bar that scrolls nothing."""
        self._inner.setMinimumHeight(max(0, self._column.totalHeightForWidth(self.viewport().width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer rows are in sight."""
        super().resizeEvent(event)
        self._fit()
        self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose, Return does; one-letter keys are the page's."""
        row = next((n for n, row in enumerate(self.rows()) if row.chosen), 0)
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.choose(row + step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen() is not None:
            self.act()
        elif not self._do_letter(event):
            event.ignore()

    def _do_letter(self, event: QKeyEvent) -> bool:
        chosen = self.chosen()
        known = action(chosen.key) if chosen is not None else None
        if known is None or not known.local or event.text().upper() != known.key:
            return False
        return self.act()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self._inner.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self._inner.update()
