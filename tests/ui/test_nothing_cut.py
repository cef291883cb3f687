"""At the size of a small laptop, in both languages: no words pressed together, no button narrower than what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget

from crisisdesk.app import Desk
from crisisdesk.texts import Texts
from tests.fakes.desk import FakeDesk
from tests.fakes.hostile import hostile_desk
from ui.actions import MORE_PAGES, PAGES
from ui.shots import settle
from ui.widgets.rail import RailButton
from ui.widgets.safe import SafeLabel
from ui.window import make_window

ARROW = 30


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    said = [f"sin señal en la calle {n}, y en la tienda dicen que no saben cuándo vuelve" for n in range(8)]
    made = cast(Desk, hostile_desk(tmp_path / "desk", said))
    yield made
    made.close()


def cut(part: QWidget) -> str:
    """What is lacking, or nothing."""
    metrics = part.fontMetrics()
    if isinstance(part, QLabel) and part.text() and part.wordWrap():
        need = part.heightForWidth(part.width())
        return f"{part.height()} of {need} high" if part.height() < need - 1 else ""
    if isinstance(part, SafeLabel) and part.text() and part.minimumSizeHint().width():  # others are cut with «…»
        need = part.sizeHint().width()
        return f"{part.width()} of {need} wide" if part.width() < need - 1 else ""
    if isinstance(part, QAbstractButton) and not isinstance(part, RailButton):
        need = metrics.horizontalAdvance(part.text().replace("&&", "&"))
        return f"{part.width()} of {need} wide" if part.width() < need else ""
    if isinstance(part, QComboBox) and part.sizeAdjustPolicy() is QComboBox.SizeAdjustPolicy.AdjustToContents:
        need = metrics.horizontalAdvance(part.currentText()) + ARROW
        return f"{part.width()} of {need} wide" if part.width() < need else ""
    return ""


def said(part: QWidget) -> str:
    return part.currentText() if isinstance(part, QComboBox) else part.text()  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", ["es", "en"])
def test_everything_in_sight_has_room(qapp: QApplication, desk: Desk, lang: str) -> None:
    window = make_window(desk, texts=Texts(lang))
    window.resize(1366, 768)
    window.show()
    found: list[str] = []
    for name in (*PAGES, *MORE_PAGES):
        window.go(name)
        settle(window)
        for part in window.console.findChildren(QWidget):
            if part.isVisible() and (lack := cut(part)):
                found.append(f"{name}: {said(part)[:60]!r} {lack}")
    window.close()
    assert found == []


@pytest.mark.parametrize("size", [(1093, 614), (880, 560)])  # a small laptop at 125 per cent, and the least there is
def test_in_a_small_window_what_is_to_be_done_is_whole(qapp: QApplication, qtbot: Any, size: tuple[int, int]) -> None:
    window = make_window(cast(Any, FakeDesk()))
    qtbot.addWidget(window)
    window.resize(*size)
    window.show()
    settle(window)
    room: Any = window.page("room")
    card, rows = room.situation, room.next.list.rows()
    buttons = [one for one in card.spike.buttons.values() if one.isVisible()]
    assert buttons
    for one in buttons:
        assert one.height() >= one.sizeHint().height()
        assert card.rect().contains(one.rect().translated(one.mapTo(card, one.rect().topLeft())))
    assert rows[0].height() <= room.next.list.viewport().height()
    window.go("commitments")
    settle(window)
    for one in window.page("commitments").findChildren(QAbstractButton):
        assert not one.isVisible() or not cut(one), one.text()
    window.close()
