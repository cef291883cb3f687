"""The timeline: a note that fails stays typed, corrections leave the original, late entries say so."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from crisisdesk.model.errors import StoreBusyError
from crisisdesk.model.timeline import NoteKind
from tests.fakes import samples as s
from tests.fakes.pages_b import DeskB, Stage, stage
from ui.pages.timeline import TimelinePage


@pytest.fixture
def made(qtbot: Any, qapp: Any, tmp_path: Path) -> Stage:
    return stage(qtbot, qapp, TimelinePage, DeskB(tmp_path))


def write(made: Stage, text: str, at: str = "") -> None:
    made.page.note.text.setText(text)
    made.page.note.time.setText(at)
    made.qtbot.keyClick(made.page.note.text, Qt.Key.Key_Return)
    made.settle()


def kinds(made: Stage) -> list[str]:
    return [entry.kind for entry in made.page.table.model().rows()]


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_a_note_that_cannot_be_written_stays_in_the_box(made: Stage) -> None:
    made.desk.fail = StoreBusyError("store.busy")
    write(made, "el NOC dice que a las nueve")
    assert made.page.note.text.text() == "el NOC dice que a las nueve"
    assert "▲" in words(made.page.note)


@pytest.mark.parametrize("typed", ["las tantas", "25:00", "07:40"])
def test_an_impossible_or_coming_time_is_told_and_nothing_is_written(made: Stage, typed: str) -> None:
    write(made, "algo", typed)
    assert "timeline.note" not in made.verbs() and "▲" in words(made.page.note)


def test_an_empty_note_is_not_written(made: Stage) -> None:
    write(made, "  ")
    assert "timeline.note" not in made.verbs()


def test_a_correction_that_fails_stays_in_its_form(made: Stage) -> None:
    made.page.show_entry(made.desk.add_entry("note.fact", "a las ocho").id)
    made.settle()
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_E)
    made.page.detail.text.setPlainText("a las nueve")
    made.desk.fail = StoreBusyError("store.busy")
    made.page.detail.save.click()
    made.settle()
    assert made.page.detail.editing and made.page.detail.text.toPlainText() == "a las nueve"


def test_what_the_desk_captured_cannot_be_corrected(made: Stage) -> None:
    made.page.show_entry(next(e.id for e in s.ENTRIES if not e.kind.startswith("note.")))
    made.settle()
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_E)
    assert not made.page.detail.editing


def test_a_decision_with_its_time_is_written_and_shown(made: Stage) -> None:
    made.page.note.kinds[NoteKind.DECISION].click()
    write(made, "no dar hora todavía", "07:05")
    assert made.desk.calls[-1] == ("timeline.note", (1, "no dar hora todavía", NoteKind.DECISION))
    row = made.page.table.model().position(made.page.detail.entry.id)
    cell = made.page.table.model().index(row, 1)
    assert cell.data() == "07:05" and "anotado 07:18" in cell.data(Qt.ItemDataRole.AccessibleTextRole)
    assert made.page.note.text.text() == ""


def test_a_correction_leaves_the_original_in_sight(made: Stage) -> None:
    made.page.show_entry(made.desk.add_entry("note.fact", "el corte es en Puebla").id)
    made.settle()
    made.page.detail.start_edit()
    made.page.detail.text.setPlainText("el corte es en Toluca")
    made.page.detail.reason.setText("lo aclara el NOC")
    made.page.detail.save.click()
    made.qtbot.waitUntil(lambda: made.page.detail.entry.revised_by is not None)
    made.settle()
    assert not made.page.detail.editing
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_V)
    made.settle()
    told = words(made.page.detail)
    assert "el corte es en Puebla" in told and "Original" in told and "Corrección" in told


def test_taking_out_and_deleting_by_law_want_a_reason_and_the_law_asks_twice(made: Stage) -> None:
    made.desk.timeline.remove = made.desk._verb("timeline.remove")
    made.desk.timeline.redact = made.desk._verb("timeline.redact")
    entry = made.desk.add_entry("note.fact", "Rosa vive en Olmo 12").id
    made.page.show_entry(entry)
    made.settle()
    detail = made.page.detail
    detail.start_edit()
    detail.remove.click()
    detail.redact.click()
    made.settle()
    assert not {"timeline.remove", "timeline.redact"} & set(made.verbs()) and "▲" in words(detail)
    detail.reason.setText("lo pide la persona")
    detail.redact.click()
    made.settle()
    assert "timeline.redact" not in made.verbs()
    detail.redact.click()
    made.settle()
    assert made.desk.calls[-1] == ("timeline.redact", (entry, "lo pide la persona"))
    detail.start_edit()
    detail.reason.setText("otra incidencia")
    detail.remove.click()
    made.settle()
    assert made.desk.calls[-1] == ("timeline.remove", (entry, "otra incidencia"))


def test_a_note_that_was_taken_out_can_be_read_at_its_event(made: Stage) -> None:
    gone = made.desk.add_entry("note.fact", "esto era de otra incidencia")
    event = made.desk.add_entry("entry.removed")
    made.desk._entries[0] = event = replace(event, data={"entry": gone.id, "reason": "otra"})
    made.page.show_entry(event.id)
    made.settle()
    assert "esto era de otra" not in words(made.page.detail)
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_V)
    made.settle()
    assert "esto era de otra incidencia" in words(made.page.detail)


def test_star_filter_order_and_search(made: Stage) -> None:
    made.page.table.setFocus()
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_S)
    made.qtbot.waitUntil(lambda: made.page.table.model().row_at(0).starred)
    starred = made.page.table.model().row_at(0).id
    made.page.groups["starred"].click()
    made.settle()
    assert [entry.id for entry in made.page.table.model().rows()] == [starred]
    made.page.groups["notes"].click()
    made.settle()
    assert kinds(made) and all(kind.startswith("note.") for kind in kinds(made))
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_Escape)
    made.settle()
    newest = kinds(made)
    made.qtbot.keyClick(made.page.table, Qt.Key.Key_R)
    made.settle()
    assert kinds(made) == newest[::-1]
    made.page.search.setText("noc")
    made.page._set_search()
    made.settle()
    assert 0 < len(kinds(made)) < len(newest)


def test_a_hostile_note_is_inert_in_the_table_the_detail_and_the_csv(made: Stage, tmp_path: Path) -> None:
    text = "=cmd|'/C calc'!A0 <img src='/dev/zero'>\u202e"
    made.page.show_entry(made.desk.add_entry("note.fact", text).id)
    made.settle()
    assert "<img src='/dev/zero'>" in made.page.table.current().text
    assert "<img src='/dev/zero'>" in made.page.detail._sentence.toPlainText()
    made.page.export(tmp_path / "t.csv", "csv")
    made.settle()
    cells = [c for row in csv.reader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"))) for c in row]
    assert any("cmd" in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_a_folder_that_cannot_be_written_is_told(made: Stage, tmp_path: Path) -> None:
    made.page.export(tmp_path / "no" / "t.csv", "csv")
    made.settle()
    assert made.said and "t.csv" in made.said[-1] and "No se pudo" in made.said[-1]


def test_thousands_of_entries_show_at_once(made: Stage) -> None:
    for n in range(5_000):
        made.desk.add_entry("note.fact", f"nota {n}", occurred_at=s.NOW - timedelta(seconds=n), recorded_at=s.NOW)
    made.page.refresh()
    made.settle()
    assert made.page.table.model().rowCount() >= 5_000


def test_without_an_incident_it_says_so_and_takes_no_notes(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, TimelinePage, DeskB(tmp_path, calm=True), incident=None)
    assert made.page._empty.isVisible() and not made.page.note.isEnabled()
