"""Rows made anew under a person's fingers: the focus stays on its thing, and on its place when the thing is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from ui.theme import Theme
from ui.widgets.press_list import PressList
from ui.widgets.press_row import PressRow


class Scene:
    def __init__(self) -> None:
        self.window, self.list, self.line = QWidget(), PressList(), QLineEdit()
        column = QVBoxLayout(self.window)
        column.addWidget(self.line)
        column.addWidget(self.list)

    def show(self, *keys: str) -> None:
        self.list.show_rows((key, PressRow(Theme("dark"), key)) for key in keys)

    @property
    def focused(self) -> str:
        focus = QApplication.focusWidget()
        return focus.accessibleName() if focus is not None else ""


@pytest.fixture
def scene(qapp: QApplication, qtbot: Any) -> Iterator[Scene]:
    made = Scene()
    qtbot.addWidget(made.window)
    with qtbot.waitActive(made.window):
        made.window.show()
    yield made


def test_the_focus_follows_its_thing_when_others_come_before_it(scene: Scene) -> None:
    scene.show("a", "b")
    scene.list.rows()[1].take_focus()
    scene.show("new", "a", "b")
    assert scene.focused == "b"


def test_when_its_thing_is_gone_the_focus_keeps_its_place(scene: Scene) -> None:
    scene.show("a", "b", "c")
    scene.list.rows()[2].take_focus()
    scene.show("a", "b")
    assert scene.focused == "b"
    scene.show("x")
    assert scene.focused == "x"


def test_rows_that_were_replaced_are_no_rows_any_more(scene: Scene) -> None:
    scene.show("a", "b")
    scene.show("c")
    scene.show()
    assert scene.list.rows() == ()
    scene.show("d")
    assert [row.accessibleName() for row in scene.list.rows()] == ["d"]


def test_who_is_typing_is_not_taken_to_the_rows(scene: Scene) -> None:
    assert not scene.list.walk()
    scene.show("a", "b")
    scene.line.setFocus()
    assert scene.list.walk() and QApplication.focusWidget() is scene.line
    scene.line.clearFocus()
    assert scene.list.walk() and scene.focused == "a"
