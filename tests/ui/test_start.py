"""Starting on data that cannot be opened: why is said, and a copy of them is offered in their place."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crisisdesk.model.contact import Contact
from crisisdesk.paths import profile
from crisisdesk.settings import Settings, load
from crisisdesk.store import copies, rows
from crisisdesk.store.database import Database
from crisisdesk.texts import Texts
from ui import start
from ui.widgets.loading import Loading

TEXTS = Texts("es")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data file of a profile, with one contact in it and one copy of it."""
    path = profile(tmp_path).database
    database = Database(path)
    with database.write() as tx:
        rows.contacts.insert(tx.connection, Contact(slug="ana", name="Ana"))
    copies.take(path, datetime(2026, 11, 28, 9, 5, tzinfo=UTC))
    database.close()
    return path


@pytest.fixture
def first(data: Path, qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[start.First]:
    """The first instance on the damaged profile."""
    data.write_bytes(b"\xff\xd8\xff\xe0 a picture")
    for spoilt in getattr(request, "param", ()):
        copies.find(data, spoilt).path.write_bytes(b"no copy any more")
    first = start.First(qapp, profile(data.parent), Settings(language="es", zone="UTC"), TEXTS, None)
    yield first
    if first._window is not None:
        first._window.close()
    first._loading.close()
    first.close()


def test_a_damaged_file_gives_way_to_its_last_copy(first: start.First, data: Path, qtbot: QtBot) -> None:
    words = first._loading._words
    qtbot.waitUntil(words._button.isVisible, timeout=20_000)
    assert "dañado" in words._text.text() and words._hint.text() == TEXTS("ui.start.put_back_hint")
    assert "28 nov" in words._button.text() and "09:05" in words._button.text()
    words._button.click()
    qtbot.waitUntil(lambda: first._window is not None, timeout=30_000)
    assert first._desk is not None and [contact.name for contact in first._desk.contacts.list()] == ["Ana"]
    (aside,) = data.parent.glob("crisisdesk.db.broken-*Z")
    assert aside.read_bytes() == b"\xff\xd8\xff\xe0 a picture"


@pytest.mark.parametrize("first", [("latest",)], indirect=True)
def test_a_damaged_copy_is_not_offered_twice(first: start.First, data: Path, qtbot: QtBot) -> None:
    words = first._loading._words
    qtbot.waitUntil(words._button.isVisible, timeout=20_000)
    words._button.click()
    qtbot.waitUntil(lambda: "crisisdesk-20261128T090500Z" in words._text.text(), timeout=20_000)
    assert not words._button.isVisible()
    assert data.read_bytes() == b"\xff\xd8\xff\xe0 a picture"


@pytest.mark.allow_logs
def test_what_nobody_foresaw_is_said_and_does_not_load_for_ever(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    def broken(_: object) -> Any:
        raise RuntimeError("a defect")

    first = start.First(qapp, profile(tmp_path), Settings(), TEXTS, None, broken)
    qtbot.waitUntil(lambda: "RuntimeError" in first._loading._words._text.text(), timeout=20_000)
    first._loading.close()
    first.close()


@pytest.fixture
def refused(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the frame says that stands instead of a window; it is closed at once."""
    said: list[str] = []

    def close() -> int:
        for frame in qapp.topLevelWidgets():
            if isinstance(frame, Loading):
                said.append(frame._words._text.text())
                frame.close()
                frame.deleteLater()
        return 0

    monkeypatch.setattr(start, "First", None)  # no window may be opened
    monkeypatch.setattr("ui.window.make_app", lambda: type("App", (), {"exec": staticmethod(close)}))
    return said


def test_a_folder_that_cannot_be_made_is_told_on_screen(tmp_path: Path, refused: list[str], capsys: Any) -> None:
    (tmp_path / "file").write_text("in the way")
    assert start.open_window(tmp_path / "file", "es") == 2
    assert str(tmp_path / "file") in refused[0] and "--data-dir" in refused[0]
    assert refused[0].removeprefix("▲ ") == capsys.readouterr().err.strip()


def test_a_lock_of_another_computer_names_it(tmp_path: Path, refused: list[str]) -> None:
    profile(tmp_path).lock.write_text("77\ncrisisdesk\ndesk-of-luis\n\n\n")
    assert start.open_window(tmp_path, "es") == 2
    assert "desk-of-luis" in refused[0] and "crisisdesk.lock" in refused[0]


def test_a_folder_that_takes_no_lock_is_not_called_open(
    tmp_path: Path, refused: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = profile(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("crisisdesk.paths.put_file", full)
    monkeypatch.setattr(type(paths), "lock", property(lambda self: self.data / "gone" / "crisisdesk.lock"))
    assert start.open_window(tmp_path, "es") == 2
    assert "no queda sitio" in refused[0]


def test_an_empty_lock_that_a_full_disk_left_keeps_nobody_out(tmp_path: Path, qapp: QApplication) -> None:
    paths = profile(tmp_path)
    paths.lock.touch()
    lock = start._lock(paths)
    assert lock is not None
    lock.unlock()


def test_broken_settings_are_told_in_a_sentence(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    paths = profile(tmp_path)
    paths.settings.write_bytes(b"\xff not toml")
    settings, trouble = load(paths.settings)
    first = start.First(qapp, paths, settings, TEXTS, trouble)
    qtbot.waitUntil(lambda: first._window is not None, timeout=30_000)
    assert first._window is not None
    assert first._window.console.notice.text().endswith(TEXTS("errors.settings.broken"))
    assert "errors." not in first._window.console.notice.text()
    first._window.close()
    first.close()


@pytest.mark.allow_logs
def test_no_secret_that_the_session_knows_stands_in_the_log(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    paths = profile(tmp_path)
    first = start.First(qapp, paths, Settings(), TEXTS, None)
    qtbot.waitUntil(lambda: first._window is not None, timeout=30_000)
    assert first._window is not None and first._desk is not None
    first._desk.channels.vault.set("source", "CDCANARY-4711-of-nobody")
    logging.getLogger("crisisdesk.web").warning("asked /botCDCANARY-4711-of-nobody/getUpdates in vain")
    first._window.close()
    first.close()
    written = (paths.logs / "crisisdesk.log").read_text("utf-8")
    assert "getUpdates in vain" in written and "CDCANARY" not in written
