"""Importing: a bad file is told in words, what is guessed can be changed, every row is accounted for."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from crisisdesk.model.errors import ImportFileError, StoreFullError
from crisisdesk.model.mention import IngestReport, RowProblem
from crisisdesk.texts import Texts
from tests.fakes.pages_b import DeskB, Stage, stage
from ui.pages.inbox import InboxPage
from ui.widgets.import_result import result_sentence

CSV = "id;fecha;mensaje;usuario\n1;02/03/2026 07:10;sin señal en casa;ana\n2;13/03/2026 07:11;se cayó todo;luis\n"


@pytest.fixture
def made(qtbot: Any, qapp: Any, tmp_path: Path) -> Stage:
    shown = stage(qtbot, qapp, InboxPage, DeskB(tmp_path))
    shown.page.open_import()
    return shown


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "exportación.csv"
    path.write_text(CSV, "cp1252")
    return path


def look_at(made: Stage, path: Path) -> Any:
    made.page.importing.open_file(str(path))
    made.settle()
    return made.page.importing


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_a_file_that_is_not_there_is_told_and_nothing_can_be_imported(made: Stage, tmp_path: Path) -> None:
    panel = look_at(made, tmp_path / "nada.csv")
    assert panel._empty.isVisible() and not panel.run_button.isVisible()
    assert "importing.run" not in made.verbs()


def test_a_full_disk_leaves_the_file_ready_to_try_again(made: Stage, file: Path) -> None:
    panel = look_at(made, file)
    made.desk.fail = StoreFullError("store.full")
    panel.run()
    made.settle()
    assert "▲" in panel._said.text() and panel.run_button.isVisible() and panel.form.isEnabled()


def test_a_zone_that_does_not_exist_leaves_the_last_guess(made: Stage, file: Path) -> None:
    panel = look_at(made, file)
    panel.form.zone.setText("Marte/Norte")
    panel.form.zone.editingFinished.emit()
    made.settle()
    assert "▲" in panel._said.text()
    assert panel.form.zone.text() == "America/Mexico_City"


def test_what_is_guessed_is_shown_and_its_rows_as_they_will_be_read(made: Stage, file: Path) -> None:
    panel = look_at(made, file)
    assert panel.form.delimiter.currentData() == ";"
    assert panel.form.columns["text"].currentData() == "mensaje"
    assert [panel.preview.model().index(row, 3).data().strip("\u2068\u2069") for row in (0, 1)] == [
        "sin señal en casa",
        "se cayó todo",
    ]
    assert "Ciudad de México" in panel._facts.text()


def test_another_zone_moves_the_times_in_the_preview(made: Stage, file: Path) -> None:
    panel = look_at(made, file)
    before = panel.preview.model().row_at(0).mention.published_at
    panel.form.zone.setText("Europe/Madrid")
    panel.form.zone.editingFinished.emit()
    made.settle()
    assert panel.preview.model().row_at(0).mention.published_at != before
    assert panel._guess.zone == "Europe/Madrid"


def test_a_column_can_be_given_another_meaning(made: Stage, file: Path) -> None:
    panel = look_at(made, file)
    combo = panel.form.columns["text"]
    combo.setCurrentIndex(combo.findData("usuario"))
    combo.activated.emit(combo.currentIndex())
    made.settle()
    assert panel.preview.model().row_at(0).mention.text == "ana"


def test_without_a_text_column_it_cannot_be_imported(made: Stage, file: Path) -> None:
    panel = look_at(made, file)
    combo = panel.form.columns["text"]
    combo.setCurrentIndex(0)
    combo.activated.emit(0)
    made.settle()
    assert not panel.run_button.isEnabled() and "texto" in panel._said.text()


def test_the_result_counts_every_row_and_lists_the_rejected_ones(made: Stage, file: Path) -> None:
    panel = look_at(made, file)
    rejected = tuple(RowProblem(row=n, key="importing.no_text") for n in (4, 7))
    made.desk.report = IngestReport(added=1312, duplicates=209, rejected=rejected, alerts=(1,))
    panel.run()
    made.settle()
    assert "1312 nuevas, 209 repetidas, 2 rechazadas." in words(panel.result)
    assert [row.row for row in panel.result.table.model().rows()] == [4, 7]
    panel.result.replay_button.click()
    assert made.acted == [("replay.start", str(file))]


def test_a_running_import_can_be_stopped_and_says_so(made: Stage, file: Path) -> None:
    panel = look_at(made, file)
    begun, go_on = threading.Event(), threading.Event()

    def run(path: Path, how: Any, *, progress: Any) -> IngestReport:
        begun.set()
        go_on.wait(5)
        assert progress(0.5) is False
        return IngestReport(added=500)

    made.desk.importing.run = run
    panel.run()
    made.qtbot.waitUntil(begun.is_set)
    assert panel.stop_button.isVisible() and not panel.path.isEnabled()
    made.qtbot.mouseClick(panel.stop_button, Qt.MouseButton.LeftButton)
    go_on.set()
    made.settle()
    assert "Se detuvo antes del final" in words(panel.result)


def test_leaving_does_not_stop_an_import_and_its_result_waits(made: Stage, file: Path) -> None:
    panel = look_at(made, file)
    panel.run()
    made.qtbot.keyClick(panel, Qt.Key.Key_Escape)
    made.settle()
    assert made.page.river.isVisible()
    made.page._stack.setCurrentWidget(panel)
    assert panel.result.isVisible()


def test_the_sentence_is_right_for_one_and_many(texts_es: Texts, texts_en: Texts) -> None:
    one = IngestReport(added=1, duplicates=1, rejected=(RowProblem(row=1, key="x"),))
    assert result_sentence(one, texts_es) == "1 nueva, 1 repetida, 1 rechazada."
    assert result_sentence(replace(one, added=0, rejected=()), texts_en) == "0 new, 1 repeated, 0 rejected."


def test_the_broken_samples_never_break_the_panel(made: Stage, shared: Path) -> None:
    for name in ("import_bad.csv", "import_bad.jsonl", "import_bigfield.csv", "import_latin1.csv", "import_utf16.csv"):
        panel = look_at(made, shared / "payloads" / name)
        assert panel._rows.isVisible() or panel._empty.isVisible()
    assert not any(isinstance(one, ImportFileError) for one in made.said)
