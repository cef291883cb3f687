"""Files on the timeline's page, by chooser, paste and drop; a note put between two entries; hostile names stay text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.attachment import MOST_FILES, Upload
from crisisdesk.model.timeline import NoteKind
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.fakes import samples as s
from tests.fakes.pages_b import Stage, stage
from ui.pages.timeline import TimelinePage

HOSTILE = "<b>ñ</b>\u202egpj.exe"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = PlayClock(s.NOW - timedelta(hours=1))
    made = build_desk(Settings(zone=s.ZONE, actor="ana"), profile(tmp_path / "desk"), clock=clock)
    one = made.incidents.open(title="Sin señal", level=1, started_at=clock.now()).id
    for n in range(3):
        clock.move_to(s.NOW - timedelta(minutes=40 - 10 * n))
        made.timeline.note(one, f"nota {n}")
    clock.move_to(s.NOW)
    yield made
    made.close()


@pytest.fixture
def made(qtbot: Any, qapp: Any, desk: Any) -> Stage:
    return stage(qtbot, qapp, TimelinePage, desk, incident=desk.incidents.get("latest").id)


def file_of(folder: Path, name: str, content: bytes = b"x") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def dropped(widget: Any, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    for event in (QDragEnterEvent(QPoint(5, 5), *how), QDropEvent(QPointF(5, 5), *how)):
        QGuiApplication.sendEvent(widget, event)
        assert event.isAccepted()


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def chips(made: Stage) -> list[str]:
    return [b.text() for b in made.page.note.tray.findChildren(QPushButton) if not b.isHidden()]


def chosen(made: Stage) -> QFileDialog:
    (dialog,) = [d for d in made.page.findChildren(QFileDialog) if d.isVisible()]
    assert not dialog.isModal()
    return dialog


def test_what_cannot_be_taken_is_told_and_the_rest_is(made: Stage, tmp_path: Path) -> None:
    good = file_of(tmp_path, "acta.pdf")
    dropped(made.page.note.text, good, tmp_path / "none.txt", file_of(tmp_path, "empty", b""))
    made.settle()
    assert len(chips(made)) == 1
    assert "▲" in words(made.page.note) and "none.txt" in words(made.page.note)


def test_too_many_files_are_told_and_those_with_room_stay(made: Stage, tmp_path: Path) -> None:
    paths = [file_of(tmp_path, f"f{n}", f"{n}".encode()) for n in range(MOST_FILES + 1)]
    dropped(made.page.note, *paths)
    made.settle()
    assert len(made.page.note.tray.files) == MOST_FILES
    assert "▲" in words(made.page.note)
    made.page.note.tray.clear()
    assert made.page.note.tray.isHidden()


def test_a_hostile_name_is_plain_text_everywhere(made: Stage, desk: Any, tmp_path: Path) -> None:
    dropped(made.page.note.text, file_of(tmp_path, HOSTILE.replace("/", "∕")))
    made.settle()
    assert "\u202e" not in "".join(chips(made))
    made.page.note.text.setText("lo mandó el técnico")
    made.qtbot.keyClick(made.page.note.text, Qt.Key.Key_Return)
    made.qtbot.waitUntil(lambda: bool(made.page.detail.entry and made.page.detail.entry.attachments))
    made.settle()
    told = words(made.page.detail.files)
    assert "\u202e" not in told and "<b>ñ" in told
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in made.page.detail.files.findChildren(QLabel))


def test_a_note_takes_its_files_along_and_the_tray_is_empty_again(made: Stage, desk: Any, tmp_path: Path) -> None:
    made.page.note.attach.click()
    dialog = chosen(made)
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.filesSelected.emit([str(file_of(tmp_path, "a.txt", b"a")), str(file_of(tmp_path, "b.txt", b"b"))])
    dialog.reject()
    made.settle()
    assert len(chips(made)) == 2
    made.qtbot.mouseClick(made.page.note.tray.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    made.page.note.text.setText("con acta")
    made.qtbot.keyClick(made.page.note.text, Qt.Key.Key_Return)
    made.qtbot.waitUntil(lambda: bool(made.page.detail.entry and made.page.detail.entry.attachments))
    assert [file.name for file in made.page.detail.entry.attachments] == ["b.txt"]
    assert made.page.note.tray.files == ()


def test_a_picture_on_the_clipboard_is_pasted_as_a_file_and_text_stays_text(made: Stage, tmp_path: Path) -> None:
    clipboard = QGuiApplication.clipboard()
    picture = QImage(4, 4, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    clipboard.setImage(picture)
    made.qtbot.keyClick(made.page.note.text, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    made.settle()
    (file,) = made.page.note.tray.files
    assert file.content.startswith(b"\x89PNG")
    clipboard.setText("a las nueve")
    made.qtbot.keyClick(made.page.note.text, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert made.page.note.text.text() == "a las nueve"
    clipboard.clear()


def test_files_come_onto_the_entry_on_screen_and_out_as_a_copy(made: Stage, desk: Any, tmp_path: Path) -> None:
    made.page.table.select(1)
    entry = made.page.detail.entry
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_A)
    dialog = chosen(made)
    dialog.filesSelected.emit([str(file_of(tmp_path, "antena.jpg", b"foto"))])
    dialog.reject()
    made.qtbot.waitUntil(lambda: bool(made.page.detail.entry and made.page.detail.entry.attachments))
    made.settle()
    assert made.page.detail.entry.id == entry.id
    assert made.said[-1] == "1 archivo adjunto."
    (file,) = made.page.detail.entry.attachments
    made.page.files.save(file, tmp_path / "copia.jpg")
    made.settle()
    assert (tmp_path / "copia.jpg").read_bytes() == b"foto"
    made.page.files.save(file, tmp_path / "no" / "copia.jpg")
    made.settle()
    assert "copia.jpg" in made.said[-1] and "No se pudo" in made.said[-1]


def test_deleting_a_file_by_law_asks_for_a_reason_and_twice(made: Stage, desk: Any) -> None:
    incident = desk.incidents.get("latest").id
    note = desk.timeline.note(incident, "con foto", files=[Upload("rosa.jpg", b"ROSA")])
    made.page.show_entry(note.id)
    made.qtbot.waitUntil(lambda: bool(made.page.detail.entry and made.page.detail.entry.attachments))
    made.settle()
    form = made.page.detail.away_form
    away = [b for b in made.page.detail.files.findChildren(QPushButton) if b.text() == "Retirar…"]
    away[0].click()
    form.redact.click()
    assert form.isVisible() and "▲" in words(form)
    form.reason.setText("lo pide la persona")
    form.redact.click()
    assert form.isVisible()
    form.redact.click()
    made.qtbot.waitUntil(lambda: made.page.detail.entry.attachments[0].erased)
    made.settle()
    assert "borrado por ley" in words(made.page.detail.files)
    assert "rosa.jpg" not in words(made.page.detail)


def test_what_the_desk_captured_can_be_deleted_by_law_too(made: Stage, desk: Any) -> None:
    incident = desk.incidents.get("latest").id
    with desk.core.write() as tx:
        act = desk.core.log(tx, "fact.set", incident, data={"value": "Rosa, de Olmo 12"})
    made.page.show_entry(act.id)
    made.qtbot.waitUntil(lambda: made.page.detail.entry is not None and made.page.detail.entry.id == act.id)
    assert made.page.detail.away.isVisible()
    made.page.detail.away.click()
    assert not made.page.detail.away_form.remove.isVisible()
    opened = next(e for e in desk.timeline.entries(incident) if e.kind == "incident.opened")
    made.page.show_entry(opened.id)
    made.qtbot.waitUntil(lambda: made.page.detail.entry.id == opened.id)
    assert not made.page.detail.away.isVisible()


def test_a_note_goes_between_two_entries_late_and_with_its_own_recorded_time(made: Stage, desk: Any) -> None:
    rows = made.page.table.model().rows()
    notes = [n for n, entry in enumerate(rows) if entry.kind == "note.fact"]
    later, earlier = rows[notes[0]], rows[notes[1]]
    made.page.table.select(notes[1])
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_I)
    assert "Va entre" in words(made.page.note)
    made.page.note.text.setText("se me pasó anotarlo")
    made.qtbot.keyClick(made.page.note.text, Qt.Key.Key_Return)
    made.qtbot.waitUntil(lambda: made.page.detail.entry is not None and "pasó" in made.page.detail.entry.text)
    made.settle()
    entry = made.page.detail.entry
    assert earlier.occurred_at < entry.occurred_at < later.occurred_at
    assert (entry.late, entry.recorded_at) == (True, s.NOW)
    ids = [one.id for one in made.page.table.model().rows()]
    place = ids.index(entry.id)
    assert (ids[place - 1], ids[place + 1]) == (later.id, earlier.id)
    assert "aproximada" in words(made.page.detail)
    assert "Va entre" not in words(made.page.note)
    desk.timeline.revise(entry.id, "se me pasó anotarlo a tiempo")
    assert "after" in desk.timeline.some(1, [entry.id])[0].data
    desk.timeline.revise(entry.id, "fue a esta hora", entry.occurred_at)
    assert "after" not in desk.timeline.some(1, [entry.id])[0].data


def test_a_time_typed_over_is_no_guess_and_esc_leaves_the_place(made: Stage, desk: Any) -> None:
    made.page.table.select(1)
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_I)
    assert made.page.note.time.text()
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_Escape)
    assert made.page.note.time.text() == "" and "Va entre" not in words(made.page.note)
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_I)
    made.page.note.time.setText("06:50")
    made.page.note.text.setText("a esa hora")
    made.qtbot.keyClick(made.page.note.text, Qt.Key.Key_Return)
    made.qtbot.waitUntil(lambda: made.page.detail.entry is not None and made.page.detail.entry.text == "a esa hora")
    assert "after" not in made.page.detail.entry.data


def test_after_the_newest_entry_there_is_no_between(made: Stage) -> None:
    made.page.table.select(0)
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_I)
    assert "Va entre" not in words(made.page.note)


def test_decisions_and_what_is_pending_are_filters_of_their_own(made: Stage, desk: Any) -> None:
    incident = desk.incidents.get("latest").id
    wanted = desk.timeline.note(incident, "no dar hora", NoteKind.DECISION)
    desk.timeline.note(incident, "llamar al NOC", NoteKind.PENDING)
    made.page.groups["decisions"].click()
    made.settle()
    assert [entry.id for entry in made.page.table.model().rows()] == [wanted.id]
