"""The view of a :class:`RowTable`: painted cells, J and K, Enter; nothing in it ever reads markup."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.models.columns import Cell
from ui.models.table import CELL_ROLE, RowTable
from ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex

ROW: Final = 32
TALL_ROW: Final = 42
_PAD: Final = 12
_UNDER_PX: Final = 11


class CellPainter(QStyledItemDelegate):
    """Paints a :class:`Cell`: a mark, one or two lines of text, a smaller line under it."""

    def __init__(self, theme: Theme, lines: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines = lines

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Rows have one height, set by the table."""
        return QSize(0, 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        opt: Any = option  # the stubs of QStyleOption lack its fields
        cell = index.data(CELL_ROLE)
        if not isinstance(cell, Cell):
            return
        rect = QRect(opt.rect)
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self._theme.colour("grid"))
        if opt.state & QStyle.StateFlag.State_Selected:
            self._paint_selection(painter, rect, index)
        self._paint_text(painter, QRectF(rect.adjusted(_PAD, 1, -_PAD, -2)), cell, QFont(opt.font), index)
        painter.restore()

    def _paint_selection(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """A raised row with a bar at its left; a ring around it while the keys go there."""
        accent, width, height = self._theme.colour("accent"), rect.width(), rect.height()
        painter.fillRect(rect, self._theme.colour("raised"))
        if index.column() == 0:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, height), accent)
        view = self.parent()
        if isinstance(view, QWidget) and view.hasFocus():
            painter.fillRect(QRect(rect.left(), rect.top(), width, 2), accent)
            painter.fillRect(QRect(rect.left(), rect.bottom() - 1, width, 2), accent)
            if index.column() == index.model().columnCount() - 1:
                painter.fillRect(QRect(rect.right() - 1, rect.top(), 2, height), accent)

    def _paint_text(self, painter: QPainter, room: QRectF, cell: Cell, font: QFont, index: Index) -> None:
        font.setWeight(QFont.Weight.DemiBold if cell.bold else QFont.Weight.Normal)
        metrics = QFontMetrics(font)
        mark = metrics.horizontalAdvance(cell.mark) + 5.0 if cell.mark else 0.0
        layout = _laid_out(cell.text, font, room.width() - mark, self._lines)
        small = QFont(font)
        small.setPixelSize(_UNDER_PX)
        small.setWeight(QFont.Weight.Normal)
        under = QFontMetrics(small).height() if cell.under else 0
        height = len(layout) * metrics.height() + under
        top = room.top() + max((room.height() - height) / 2, 0)
        painter.setFont(font)
        if cell.mark:
            painter.setPen(self._theme.colour(cell.mark_token))
            painter.drawText(QPointF(room.left(), top + metrics.ascent()), cell.mark)
        painter.setPen(self._theme.colour(cell.token))
        for number, line in enumerate(layout):
            left = room.left() + mark
            if _is_number(index):
                left = room.right() - metrics.horizontalAdvance(line)
            painter.drawText(QPointF(left, top + number * metrics.height() + metrics.ascent()), line)
        if cell.under:
            fine = QFontMetrics(small)
            painter.setFont(small)
            painter.setPen(self._theme.colour(cell.under_token))
            text = fine.elidedText(cell.under, Qt.TextElideMode.ElideRight, int(room.width() - mark))
            left = room.right() - fine.horizontalAdvance(text) if _is_number(index) else room.left() + mark
            painter.drawText(QPointF(left, top + len(layout) * metrics.height() + fine.ascent()), text)


def _is_number(index: Index) -> bool:
    model = index.model()
    return isinstance(model, RowTable) and model.columns()[index.column()].number


def _laid_out(text: str, font: QFont, width: float, lines: int) -> list[str]:
    """``text`` on at most ``lines`` lines of ``width`` pixels; the last one elided."""
    metrics = QFontMetrics(font)
    if lines == 1 or metrics.horizontalAdvance(text) <= width:
        return [metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width))] if text else []
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    starts: list[int] = []
    while len(starts) < lines:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    ends = [*starts[1:], len(text)]
    shown = [text[start:end].rstrip() for start, end in zip(starts, ends, strict=True)]
    return [*shown[:-1], metrics.elidedText(shown[-1], Qt.TextElideMode.ElideRight, int(width))]


class DataTable(QTableView):
    """A table of rows with one selected row, or ``many``: Shift with J, K or the arrows adds to them.

    Signals:
        chosen: the row that the keys are on changed; the row itself or ``None``.
        opened: Enter or a double click on a row.
        newer: so many rows came in above what is in sight; the view did not move.
    """

    chosen = Signal(object)
    opened = Signal(object)
    newer = Signal(int)

    def __init__(
        self,
        model: RowTable[Any],
        theme: Theme,
        *,
        row: int = ROW,
        lines: int = 1,
        header: bool = True,
        many: bool = False,
    ) -> None:
        super().__init__()
        self._rows = model
        model.setParent(self)
        self.setModel(model)
        self.setItemDelegate(CellPainter(theme, lines, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if many else modes.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setStyleSheet(
            "QTableView:focus { border: 0; border-radius: 0; } QHeaderView::section { padding: 6px 12px; }"
        )
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setMinimumSectionSize(row)
        vertical.setDefaultSectionSize(row)
        self._set_up_header(header)
        theme.changed.connect(self.viewport().update)
        self._many = many
        self.selectionModel().currentRowChanged.connect(self._tell)
        self.doubleClicked.connect(lambda index: self._open(index.row()))

    def current(self) -> Any:
        """The row that the keys are on, or ``None``."""
        index = self.currentIndex()
        return self._rows.row_at(index.row()) if index.isValid() else None

    def chosen_rows(self) -> list[Any]:
        """The selected rows from the top."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [row for row in map(self._rows.row_at, places) if row is not None]

    def select(self, position: int, *, scroll: bool = True) -> None:
        """Select the row at a position and bring it into sight, unless the view is not to ``scroll``."""
        if 0 <= position < self._rows.rowCount():
            index = self._rows.index(position, 0)
            auto = self.hasAutoScroll()
            self.setAutoScroll(scroll)
            self.setCurrentIndex(index)
            self.setAutoScroll(auto)
            if scroll:
                self.scrollTo(index)

    def step(self, by: int, *, keep: bool = False) -> None:
        """Go ``by`` rows down (or up when negative); ``keep`` leaves what is selected so."""
        here = self.currentIndex().row()
        there = min(max(here + by, 0), self._rows.rowCount() - 1)
        if not keep or not self._many or there < 0:
            self.select(there)
            return
        flag, index = QItemSelectionModel.SelectionFlag, self._rows.index(there, 0)
        again = self.selectionModel().isRowSelected(there)  # going back over one leaves the last one out again
        if again and there != here:
            leave = self._rows.index(here, 0)
            self.selectionModel().select(leave, flag.Deselect | flag.Rows)
        self.selectionModel().setCurrentIndex(index, flag.Select | flag.Rows)
        self.scrollTo(index)

    def fit_height(self, most: int = 100_000) -> None:
        """Be as tall as the rows, so that the page scrolls and not the table."""
        rows = min(self._rows.rowCount(), most)
        head = 0 if self.horizontalHeader().isHidden() else self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + rows * self.verticalHeader().defaultSectionSize() + 2 * self.frameWidth() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow table leaves out what it can."""
        for place, column in enumerate(self._rows.columns()):
            if column.least:
                self.setColumnHidden(place, self.width() < column.least)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """J and K walk, with Shift they add to what is selected; Enter opens."""
        if event.modifiers() == Qt.KeyboardModifier.ShiftModifier and event.key() in (Qt.Key.Key_J, Qt.Key.Key_K):
            self.step(1 if event.key() == Qt.Key.Key_J else -1, keep=True)
            return
        if event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            if event.key() in (Qt.Key.Key_J, Qt.Key.Key_K):
                self.step(1 if event.key() == Qt.Key.Key_J else -1)
                return
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._open(self.currentIndex().row())
                return
        super().keyPressEvent(event)

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        """Rows that come in above do not move what the person is reading."""
        bar = self.verticalScrollBar()
        reading = bar.value() > 0 or self.viewport().underMouse()
        shift = start * self.verticalHeader().defaultSectionSize() <= bar.value() and end + 1 < self._rows.rowCount()
        super().rowsInserted(parent, start, end)
        if reading and shift:
            self.executeDelayedItemsLayout()
            bar.setValue(bar.value() + (end - start + 1) * self.verticalHeader().defaultSectionSize())
            self.newer.emit(end - start + 1)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the page, not a search."""

    def _set_up_header(self, shown: bool) -> None:
        header = self.horizontalHeader()
        header.setVisible(shown)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(20)
        for number, column in enumerate(self._rows.columns()):
            mode = QHeaderView.ResizeMode.Fixed if column.width else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(number, mode)
            if column.width:
                self.setColumnWidth(number, column.width)

    def _tell(self, index: QModelIndex) -> None:
        self.chosen.emit(self._rows.row_at(index.row()) if index.isValid() else None)

    def _open(self, position: int) -> None:
        row = self._rows.row_at(position)
        if row is not None:
            self.opened.emit(row)
