"""PySide6 6.12 loses a reference to None or True at every call on Python 3.11 and aborts a program within minutes.

From Python 3.12 on both are immortal: their counts may drift without harm, and the tests only show that all survives.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QTableView, QWidget
from pytestqt.qtbot import QtBot

TIMES = 2000
SLACK = 200  # other objects come and go; the defect costs at least one reference each time


class Painted(QWidget):
    """Draws what a chart's overlay draws."""

    frames = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(Qt.GlobalColor.red))
        painter.drawLine(0, 0, self.width(), self.height())
        painter.end()
        self.frames += 1


class Rows(QAbstractTableModel):
    """Answers None for most roles, as every table model does."""

    asked = 0

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 5

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 2

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        self.asked += 1
        return "x" if role == Qt.ItemDataRole.DisplayRole else None


class Speaker(QObject):
    said = Signal(bool)


def _lost(work: Callable[[], None]) -> tuple[int, int]:
    """How many references to None and to True ``work`` lost."""
    gc.collect()
    none, true = sys.getrefcount(None), sys.getrefcount(True)
    work()
    gc.collect()
    return none - sys.getrefcount(None), true - sys.getrefcount(True)


def _assert_kept(work: Callable[[], None]) -> None:
    work()  # once to warm up: caches fill and modules load
    if sys.version_info >= (3, 12):  # None and True are immortal; what the binding does to their counts is harmless
        work()
        return
    none, true = _lost(work)
    assert none < SLACK, f"{none} references to None are gone"
    assert true < SLACK, f"{true} references to True are gone"


def test_painting_loses_no_reference(qtbot: QtBot) -> None:
    widget = Painted()
    qtbot.addWidget(widget)
    widget.resize(40, 20)
    with qtbot.waitExposed(widget):
        widget.show()

    def paint() -> None:
        for _ in range(TIMES):
            widget.repaint()

    _assert_kept(paint)
    assert widget.frames >= 2 * TIMES


def test_tables_lose_no_reference(qtbot: QtBot) -> None:
    view, rows = QTableView(), Rows()
    view.setModel(rows)
    qtbot.addWidget(view)
    view.resize(120, 80)
    with qtbot.waitExposed(view):
        view.show()

    def paint() -> None:
        for _ in range(TIMES // 10):
            view.viewport().repaint()

    _assert_kept(paint)
    assert rows.asked > TIMES


@pytest.mark.usefixtures("qapp")
def test_timers_and_signals_lose_no_reference() -> None:
    heard: list[bool] = []
    beats: list[int] = []
    speaker = Speaker()
    speaker.said.connect(heard.append)

    def speak() -> None:
        for number in range(TIMES):
            speaker.said.emit(True)
            QTimer.singleShot(0, lambda number=number: beats.append(number))
            QCoreApplication.processEvents()
        heard.clear()
        QCoreApplication.processEvents()

    _assert_kept(speak)
    assert len(beats) == 2 * TIMES
