"""«Lo siguiente»: one list of what is due, first things first; arrows choose a row, its key does it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from crisisdesk.model.commitment import NextItem
from crisisdesk.words import when
from ui.actions import action, key_of
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.countdown import Countdown
from ui.widgets.keycap import KeyCap
from ui.widgets.safe import SafeLabel


class NextRow(QWidget):
    """One row: time, what and why, what is left, and the key."""

    def __init__(self, context: Context, owner: NextList) -> None:
        super().__init__()
        self._context, self._owner = context, owner
        self.item: NextItem | None = None
        self.chosen = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._time = SafeLabel("", "strong")
        self._time.setMinimumWidth(56)
        self._title = SafeLabel("", "strong", wrap=True)
        self._why = SafeLabel("", "muted", wrap=True)
        self._left = Countdown(context)
        self._key = KeyCap()
        grid = QGridLayout(self)
        grid.setContentsMargins(INSET, 9, INSET, 10)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(3)
        grid.addWidget(self._time, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._title, 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._left, 0, 2, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._why, 1, 1, Qt.AlignmentFlag.AlignTop)
        cap = QHBoxLayout()
        cap.addStretch(1)
        cap.addWidget(self._key)
        grid.addLayout(cap, 1, 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)

    def set_item(self, item: NextItem, zone: str) -> None:
        """Show another item in this row."""
        texts, now = self._context.texts, self._context.desk.clock.now()
        self.item = item
        self._time.setText(when(item.due_at, zone, texts, ref=now))
        late = item.due_at < now
        self._time.setProperty("rank", "danger" if late else "promise" if item.owed else "strong")
        self._time.style().polish(self._time)
        self._title.setText(item.title.get(texts.lang))
        self._why.setText(("◆ " if item.ripe else "") + item.why.get(texts.lang))
        self._why.setVisible(bool(item.why.get(texts.lang)))
        self._left.set_due(item.due_at, owed=item.owed)
        self._key.set_key(key_of(item.key, texts))
        self.setAccessibleName(f"{self._title.text()}, {self._left.accessibleName()}")

    def set_chosen(self, chosen: bool) -> None:
        """Mark the row as the chosen one."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Choose the row."""
        self._owner.choose(self._owner.rows().index(self))
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
    """The rows, changed in place, so that nothing moves under the pointer that need not."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._chosen: tuple[str, int] | None = None
        self._rows: list[NextRow] = []
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

    def rows(self) -> list[NextRow]:
        """The rows in sight, first due first."""
        return [row for row in self._rows if row.item is not None]

    def set_items(self, items: Sequence[NextItem], zone: str) -> None:
        """Show ``items``; the chosen one stays chosen wherever it moves."""
        while len(self._rows) < len(items):
            row = NextRow(self._context, self)
            self._rows.append(row)
            self._column.insertWidget(self._column.count() - 1, row)
        for n, row in enumerate(self._rows):
            if n < len(items):
                row.set_item(items[n], zone)
            else:
                row.item = None
            row.setVisible(n < len(items))
        keys = [(item.kind.value, item.ref) for item in items]
        self.choose(keys.index(self._chosen) if self._chosen in keys else 0)

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
            item = rows[index].item
            assert item is not None
            self._chosen = (item.kind.value, item.ref)
            self.ensureWidgetVisible(rows[index], 0, 4)
            self.setAccessibleDescription(rows[index].accessibleName())

    def act(self, action_id: str = "") -> bool:
        """Do the chosen row, or the first row that ``action_id`` does; whether there was one."""
        items = [item for row in self.rows() if (item := row.item) is not None]
        chosen = self.chosen()
        if action_id and (chosen is None or chosen.key != action_id):
            chosen = next((item for item in items if item.key == action_id), None)
        if chosen is None:
            return False
        self._context.act(chosen.key, chosen.ref)
        return True

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
