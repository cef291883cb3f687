"""The inbox: what fails is said in place, hostile texts stay plain, and a hundred thousand rows are not all fetched."""

from __future__ import annotations

import json
import time
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel

from crisisdesk.model.errors import StoreBusyError
from crisisdesk.model.mention import IngestReport, RowProblem, StoredMention
from crisisdesk.paths import put_file
from crisisdesk.plain import clamp, hidden
from tests.fakes.pages_b import DeskB, Stage, mention, stage
from ui.models.columns import MENTIONS, Look
from ui.models.table import Insert, Remove, RowTable, steps
from ui.pages.inbox import InboxPage
from ui.widgets import mention_view


@pytest.fixture
def inbox(qtbot: Any, qapp: Any, tmp_path: Path) -> Stage:
    return stage(qtbot, qapp, InboxPage, DeskB(tmp_path))


def rows(made: Stage) -> list[StoredMention]:
    return list(made.page.table.model().rows())


def type_in(made: Stage, text: str) -> None:
    made.page.add.text.setText(text)
    made.qtbot.keyClick(made.page.add.text, Qt.Key.Key_Return)
    made.settle()


# What fails


def test_a_mention_that_the_desk_refuses_stays_in_the_line(inbox: Stage) -> None:
    inbox.desk.fail = StoreBusyError("store.busy")
    type_in(inbox, "sin señal en el centro")
    assert inbox.page.add.text.text() == "sin señal en el centro"
    assert "▲" in inbox.page.add.findChildren(QLabel)[-1].text()


def test_a_rejected_mention_stays_and_says_why(inbox: Stage) -> None:
    inbox.desk.ingest.manual = lambda text, **_: IngestReport(rejected=(RowProblem(row=1, key="importing.no_text"),))
    type_in(inbox, "…")
    assert inbox.page.add.text.text() == "…"


def save_whole(made: Stage, into: Path) -> None:
    """The person asks for the chosen text as a file, answers where, and has walked on meanwhile."""
    detail = made.page.side.detail
    detail._ask_where()
    made.page.table.select(1)
    dialog = made.page.findChild(QFileDialog)
    dialog.fileSelected.emit(str(into))
    dialog.close()
    made.settle()


def test_a_text_that_cannot_be_written_is_said(inbox: Stage, tmp_path: Path) -> None:
    save_whole(inbox, tmp_path)  # a folder stands there
    assert "No se pudo escribir" in inbox.said[-1]


def test_the_text_that_was_asked_for_is_written_and_not_by_the_windows_thread(
    inbox: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, by = rows(inbox)[0].mention.text, []

    def noted(path: Path, content: bytes) -> None:
        by.append(current_thread())
        put_file(path, content)

    monkeypatch.setattr(mention_view, "put_file", noted)
    save_whole(inbox, tmp_path / "texto.txt")
    assert (tmp_path / "texto.txt").read_text("utf-8") == wanted
    assert by and main_thread() not in by


def test_an_empty_line_is_not_saved(inbox: Stage) -> None:
    type_in(inbox, "   ")
    assert "ingest.manual" not in inbox.verbs()


def test_older_rows_that_cannot_be_read_are_asked_for_again(inbox: Stage) -> None:
    real = inbox.desk.mentions.latest

    def fails(*_a: Any, **_k: Any) -> Any:
        raise StoreBusyError("store.busy")

    inbox.desk.mentions.latest = fails
    inbox.page.table.model().fetchMore(QModelIndex())
    inbox.settle()
    assert len(rows(inbox)) == 200 and inbox.said
    inbox.desk.mentions.latest = real
    inbox.page.table.model().fetchMore(QModelIndex())
    inbox.settle()
    assert len(rows(inbox)) == 214


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "https://a:b@host/", "data:text/html,x"])
def test_an_unsafe_link_is_never_opened(inbox: Stage, monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    inbox.desk.arrive("mira", url=link)
    inbox.page.refresh()
    inbox.settle()
    inbox.page.table.select(0)
    inbox.qtbot.keyClick(inbox.page.table, Qt.Key.Key_O)
    assert not opened and inbox.page.detail.link == ""
    assert any("no se abre" in label.text() for label in inbox.page.detail.findChildren(QLabel))


def test_a_safe_link_shows_its_true_host_before_it_is_opened(inbox: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    inbox.desk.arrive("mira", url="http://\u0430pple.com/x")
    inbox.page.refresh()
    inbox.settle()
    inbox.page.table.select(0)
    shown = " ".join(label.text() for label in inbox.page.detail.findChildren(QLabel) if not label.isHidden())
    assert "xn--" in shown and "otro alfabeto" in shown
    inbox.qtbot.keyClick(inbox.page.table, Qt.Key.Key_O)
    assert len(opened) == 1


# Hostile texts


@pytest.fixture(scope="module")
def hostile(shared: Path) -> list[str]:
    found: list[str] = json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8"))
    return found


def test_hostile_texts_are_plain_characters_in_the_table_and_the_detail(inbox: Stage, hostile: list[str]) -> None:
    assert len(hostile) == 42
    for place, text in enumerate(hostile):
        row = mention(10_000 + place, text, author=text)
        inbox.page.table.model().show([row])
        inbox.page.table.select(0)
        inbox.page.grab()
        cell = str(inbox.page.table.model().index(0, 3).data())
        detail = inbox.page.detail.findChild(type(inbox.page.detail._text)).toPlainText()
        expected = " ".join(clamp(text).split())
        assert cell.strip("\u2068\u2069") == (expected or "(sin texto)")
        assert detail.replace("\u200b", "") == (clamp(text, 20_000) if clamp(text).strip() else "(sin texto)")


@pytest.mark.parametrize("text", ["a" * 1_000_000, "\u200b" * 100_000 + "x", "e" + "\u0301" * 100_000, "\n" * 100_000])
def test_enormous_texts_do_not_stall(inbox: Stage, text: str) -> None:
    inbox.desk.arrive(text)
    inbox.page.refresh()
    inbox.settle()
    start = time.perf_counter()
    inbox.page.table.select(0)
    inbox.page.grab()
    assert time.perf_counter() - start < 1.0


def test_hidden_direction_characters_bear_a_badge(inbox: Stage) -> None:
    text = "\u202egnp.exe\u202c"
    inbox.desk.arrive(text)
    inbox.page.refresh()
    inbox.settle()
    inbox.page.table.select(0)
    badges = [label.text() for label in inbox.page.detail.findChildren(QLabel) if label.property("badge")]
    assert any("2 caracteres de dirección ocultos" in badge for badge in badges)
    assert hidden(text).direction == 2
    spoken = inbox.page.table.model().index(0, 3).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "ocultos: 2" in spoken


# Volume


def test_a_hundred_thousand_rows_scroll_without_fetching_all(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, InboxPage, DeskB(tmp_path, mentions=100_000))
    many, table = made.desk.many, made.page.table
    assert many.given == 200
    for _ in range(10):
        table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
        table.viewport().repaint()
        made.settle()
    assert 200 < many.given <= 200 * 14
    assert [row.id for row in rows(made)] == list(range(100_000, 100_000 - len(rows(made)), -1))


def test_a_new_row_does_not_move_what_is_being_read(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, InboxPage, DeskB(tmp_path, mentions=5_000))
    table = made.page.table
    table.select(50)
    top = table.rowAt(0)
    reading = made.page.table.model().row_at(top)
    made.desk.arrive("recién llegada")
    made.qtbot.waitUntil(lambda: rows(made)[0].mention.text == "recién llegada")
    made.settle()
    assert made.page.table.model().row_at(table.rowAt(0)) == reading
    assert table.current().id == 5_000 - 50
    assert "nueva arriba" in made.page.list._note.text()


def test_typed_in_by_hand_with_three_keys_and_the_text(inbox: Stage) -> None:
    inbox.page.actions_()["mention.add"](None)
    assert inbox.page.add.text.hasFocus()
    inbox.page.add.channel.setText("x")
    type_in(inbox, "se cayó otra vez")
    assert inbox.desk.calls[-1] == ("ingest.manual", ("se cayó otra vez", "", "x"))
    assert inbox.page.add.text.text() == "" and inbox.page.add.channel.text() == "x"


def test_the_alert_filter_shows_its_mentions_and_escape_leaves_it(inbox: Stage) -> None:
    inbox.page.actions_()["alert.mentions"](1)
    inbox.settle()
    assert len(rows(inbox)) == 3 and inbox.page.list.narrowed.isVisible()
    inbox.qtbot.keyClick(inbox.page.table, Qt.Key.Key_Escape)
    inbox.settle()
    assert len(rows(inbox)) == 200


def test_search_and_complaints_narrow_the_table(inbox: Stage) -> None:
    inbox.qtbot.keyClick(inbox.page.table, Qt.Key.Key_Slash)
    assert inbox.page.search.hasFocus()
    inbox.qtbot.keyClicks(inbox.page.search, "van 21")
    inbox.qtbot.waitUntil(lambda: inbox.page._filter.search == "van 21")
    inbox.settle()
    assert all("van 21" in row.mention.text for row in rows(inbox))
    inbox.page.table.setFocus()
    inbox.qtbot.keyClick(inbox.page.table, Qt.Key.Key_C)
    inbox.settle()
    assert rows(inbox) and all(row.verdict.complaint for row in rows(inbox))


def test_j_and_k_walk_and_the_detail_follows(inbox: Stage) -> None:
    inbox.page.table.setFocus()
    for _ in range(3):
        inbox.qtbot.keyClick(inbox.page.table, Qt.Key.Key_J)
    inbox.qtbot.keyClick(inbox.page.table, Qt.Key.Key_K)
    assert inbox.page.table.currentIndex().row() == 2
    assert "van 212" in inbox.page.detail._text.toPlainText()


def test_nothing_to_show_says_what_to_do(qtbot: Any, qapp: Any, tmp_path: Path) -> None:
    made = stage(qtbot, qapp, InboxPage, DeskB(tmp_path, mentions=0), lang="en")
    assert made.page.list.empty.isVisible()
    assert any("No mentions yet" in label.text() for label in made.page.list.empty.findChildren(QLabel))


# The table's model


@given(st.lists(st.integers(0, 30), unique=True), st.lists(st.integers(0, 30), unique=True))
def test_the_steps_turn_old_rows_into_new_ones(old: list[int], new: list[int]) -> None:
    held = list(old)
    for step in steps(old, new):
        if isinstance(step, Remove):
            del held[step.first : step.last + 1]
        else:
            assert isinstance(step, Insert)
            held[step.at : step.at] = new[step.start : step.stop]
    assert held == new


def test_the_table_is_never_reset(inbox: Stage, texts_es: Any) -> None:
    look = Look(texts_es, "America/Mexico_City", inbox.desk.clock.now())
    model: RowTable[StoredMention] = RowTable(MENTIONS, look, lambda row: row.id)
    resets: list[object] = []
    model.modelReset.connect(lambda: resets.append(1))
    for batch in ([3, 2, 1], [5, 4, 3, 2], [9], [], [1, 9]):
        model.show([mention(number) for number in batch])
        assert [row.id for row in model.rows()] == batch
    assert not resets
