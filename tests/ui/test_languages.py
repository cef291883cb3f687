"""Another language while everything stands open: what is on screen says what a window begun in it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from crisisdesk.app import Desk
from crisisdesk.texts import Texts
from tests.fakes.hostile import hostile_desk
from ui.actions import MORE_PAGES, PAGES
from ui.shots import settle
from ui.window import Window, make_window

NAMES = (*PAGES, *MORE_PAGES)
ROWS = 8


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = cast(Desk, hostile_desk(tmp_path / "desk", [f"sin señal en la calle {n}" for n in range(6)]))
    yield made
    made.close()


def opened(desk: Desk, lang: str) -> Window:
    """A window that has shown every page."""
    window = make_window(desk, texts=Texts(lang))
    window.resize(1366, 768)
    window.show()
    for name in NAMES:
        window.go(name)
        settle(window)
    return window


def words(page: QWidget) -> Counter[str]:
    """All that can be read or heard of what is in sight."""
    found: list[str] = []
    for part in page.findChildren(QWidget):
        if not part.isVisibleTo(page):
            continue
        found += [part.accessibleName(), part.accessibleDescription(), part.toolTip()]
        if isinstance(part, (QLabel, QAbstractButton)):
            found.append(part.text())
        if isinstance(part, QLineEdit):
            found.append(part.placeholderText())
        if isinstance(part, QComboBox):
            found += [part.itemText(n) for n in range(part.count())]
        if isinstance(part, QPlainTextEdit) and part.isReadOnly():
            found.append(part.toPlainText())
        if isinstance(part, QTableView) and part.model() is not None:
            found += cells(part)
    return Counter(one for one in found if one)


def cells(table: QTableView) -> list[str]:
    model: Any = table.model()
    heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    rows = range(min(model.rowCount(), ROWS))
    return [*map(str, heads), *(str(model.index(r, c).data()) for r in rows for c in range(model.columnCount()))]


def test_a_window_that_changes_its_language_says_all_that_one_begun_in_it_says(qapp: QApplication, desk: Desk) -> None:
    switched, fresh = opened(desk, "es"), opened(desk, "en")
    switched.set_language("en")
    left: dict[str, Counter[str]] = {}
    read = 0
    for name in NAMES:
        for window in (switched, fresh):
            window.go(name)
            settle(window)
        old, new = words(switched.page(name)), words(fresh.page(name))
        read += new.total()
        if old != new:
            left[name] = old - new
    for window in (switched, fresh):
        window.close()
    assert not left
    assert read > 500
