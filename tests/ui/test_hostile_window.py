"""Every hostile text on a real desk, on every page of a real window: plain characters, no file, no address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QWidget

from tests.fakes.hostile import Watch, hostile_desk, sees_reading, watched
from ui.actions import MORE_PAGES, PAGES
from ui.shots import settle
from ui.window import Window, make_window

STEPS = 60


@pytest.fixture
def around(
    qapp: QApplication, shared: Path, tmp_path: Path
) -> Iterator[tuple[Window, Watch]]:
    texts: list[str] = json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8"))
    assert len(texts) >= 42
    with watched(tmp_path) as watch:
        desk = hostile_desk(tmp_path / "desk", [*texts, *watch.texts])
        window = make_window(cast(Any, desk))
        window.resize(1366, 768)
        window.show()
        settle(window)
        yield window, watch
        window.close()
        desk.close()


def plain_only(window: QWidget) -> None:
    """Every label reads plain text, and no document holds more than characters."""
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText, label.text()[:60]
        assert not label.openExternalLinks()
    for document in cast("list[QTextDocument]", window.findChildren(QTextDocument)):
        formats = document.allFormats()
        assert not any(one.isImageFormat() or one.isTableFormat() or one.isListFormat() for one in formats)


def test_a_reading_would_be_seen(tmp_path: Path) -> None:
    with watched(tmp_path) as watch:
        if not sees_reading(watch):
            pytest.skip("this file system does not note when a file is read")
        watch.rest()
        watch.file.read_bytes()
        assert watch.found()[-1] == "the file was read"
        watch.touched.clear()
        watch.rest()
        assert watch.found() == []


def turn_over(window: Window) -> int:
    """Choose every row of every table in sight, since what is chosen is shown whole beside it; the rows chosen."""
    chosen = 0
    for table in cast("list[QAbstractItemView]", window.findChildren(QAbstractItemView)):
        if not table.isVisible() or table.model() is None:
            continue
        for row in range(min(table.model().rowCount(), STEPS)):
            table.setCurrentIndex(table.model().index(row, 0))
            chosen += 1
        settle(window)
        plain_only(window)
    return chosen


def test_every_page_shows_them_as_characters(
    around: tuple[Window, Watch], monkeypatch: pytest.MonkeyPatch
) -> None:
    window, watch = around
    loaded: list[object] = []
    monkeypatch.setattr(QTextDocument, "loadResource", lambda *given: loaded.append(given))
    watch.rest()
    rows, written = {}, {}
    for name in (*PAGES, *MORE_PAGES):
        window.go(name)
        settle(window)
        window.grab()
        plain_only(window)
        written[name] = any("<script>alert(1)</script>" in one.text() for one in window.page(name).findChildren(QLabel))
        rows[name] = turn_over(window)
        window.grab()
    # mentions, and the notes and promises that quote them, were there to be looked at
    assert rows["inbox"] >= 42 and rows["timeline"] >= 42
    assert all(written[name] for name in ("room", "commitments", "areas", "community")), written
    window.go("inbox")
    settle(window)
    page = window.page("inbox")
    for key in "REVPGAT":
        QTest.keyClick(page, Qt.Key.Key_J)
        QTest.keyClick(page, getattr(Qt.Key, f"Key_{key}"))
        settle(window)
        window.grab()
        plain_only(window)
        QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Escape)
    assert not loaded
    assert watch.found() == []
