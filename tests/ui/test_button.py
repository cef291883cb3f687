"""A button by keyboard: Return presses it as the space bar does, except what goes out to the public."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.button import Button


class Page(QWidget):
    """What stands behind the button, and would take a Return that the button left."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.heard.append(event.key())


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    page = Page()
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_button_with_the_keyboard_is_pressed_and_nothing_behind_it(page: Page, key: Qt.Key) -> None:
    pressed: list[int] = []
    button = Button("Descartar", lambda: pressed.append(1), parent=page)
    button.show()
    QTest.keyClick(button, key)
    assert pressed == [1] and page.heard == []


def test_what_cannot_be_taken_back_wants_the_space_bar(page: Page) -> None:
    pressed: list[int] = []
    button = Button("Enviar", lambda: pressed.append(1), deliberate=True, parent=page)
    button.show()
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert pressed == [] and page.heard == []
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert pressed == [1]


def test_return_held_down_presses_once(page: Page) -> None:
    pressed: list[int] = []
    button = Button("Más", lambda: pressed.append(1), parent=page)
    button.show()
    for again in (False, True, True):
        event = QKeyEvent(
            QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=again
        )
        QApplication.sendEvent(button, event)
    assert pressed == [1]


def test_return_with_a_modifier_is_left_to_the_page(page: Page) -> None:
    pressed: list[int] = []
    button = Button("Más", lambda: pressed.append(1), parent=page)
    button.show()
    QTest.keyClick(button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == [] and page.heard[-1] == Qt.Key.Key_Return
