"""The owed time in the top bar: next due first, always there, calm, and never in the way of who is writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from crisisdesk.model import events as ev
from tests.fakes import samples as s
from tests.fakes.desk import FakeDesk
from ui.actions import PAGES
from ui.shots import settle
from ui.window import Window, make_window

Opened = tuple[Window, FakeDesk]


@pytest.fixture
def opened(qapp: QApplication, qtbot: Any) -> Iterator[Callable[..., Opened]]:
    windows: list[Window] = []

    def make() -> Opened:
        desk = FakeDesk()
        window = make_window(desk)  # type: ignore[arg-type]
        qtbot.addWidget(window)
        windows.append(window)
        window.resize(1366, 768)
        window.show()
        settle(window)
        return window, desk

    yield make
    for window in windows:
        window.close()


def said(label: Any) -> str:
    return str(label.text()).replace("\u00a0", " ")


def at(window: Window, desk: FakeDesk, clock: str) -> str:
    desk.clock._inner.move_to(s.at(clock))
    window.context.bridge.beat.emit()
    return said(window.console.top._left)


@pytest.mark.parametrize("size", [(880, 560), (1000, 600), (1093, 614), (1366, 768)])
def test_it_is_whole_in_a_small_window(opened: Callable[..., Opened], size: tuple[int, int]) -> None:
    window, _desk = opened()
    window.resize(*size)
    settle(window)
    top = window.console.top
    for label in (top._owed, top._left):
        assert label.width() >= label.sizeHint().width()
    assert top._last.isVisible() is (size[0] >= 1200)


def test_it_is_there_on_every_page(opened: Callable[..., Opened]) -> None:
    window, _desk = opened()
    for page in PAGES:
        window.go(page)
        settle(window)
        assert window.console.top._owed.isVisible() and window.console.top._owed.text() == "07:30"


def test_once_a_minute_until_the_last_five_then_each_second(opened: Callable[..., Opened]) -> None:
    window, desk = opened()
    told = [at(window, desk, clock) for clock in ("07:20", "07:24")]
    assert told == ["faltan 10 min", "faltan 6 min"]
    desk.clock._inner.move_to(s.at("07:29") + timedelta(seconds=17))
    window.context.bridge.beat.emit()
    assert said(window.console.top._left) == "faltan 0:43"
    spoken = window.console.top._left.accessibleName()
    desk.clock._inner.move_to(s.at("07:29") + timedelta(seconds=18))
    window.context.bridge.beat.emit()
    assert window.console.top._left.accessibleName() == spoken  # a screen reader does not hear every second


def test_the_next_due_takes_its_place_and_nobody_loses_the_cursor(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, desk = opened()
    line = QLineEdit(window)
    line.show()
    line.setFocus()
    qtbot.keyClicks(line, "sin servicio en ")
    top = window.console.top
    view = top._view
    assert view is not None
    for owed in (s.at("07:20"), None, s.at("11:00")):
        top.set_view(replace(view, owed_at=owed))
        assert QApplication.focusWidget() is line
    for event, told in ((ev.CommitmentDueSoon(1, 1), "◆ Vence a las"), (ev.CommitmentBroken(1, 1), "▲ No se cumplió")):
        desk.bus.publish([event, ev.CommitmentChanged(1, 1)])
        settle(window)
        assert window.console.notice.text().startswith(told)
        assert QApplication.focusWidget() is line
    qtbot.keyClicks(line, "el norte")
    assert line.text() == "sin servicio en el norte"
    assert QApplication.activeModalWidget() is None


def test_nothing_in_it_takes_the_focus(opened: Callable[..., Opened]) -> None:
    window, _desk = opened()
    for widget in (window.console.top._owed, window.console.top._left):
        assert widget.focusPolicy() is Qt.FocusPolicy.NoFocus
