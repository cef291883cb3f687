"""What is around the chart: second series, comparison, files, and the slider that asks the past."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from crisisdesk.desk.hindsight import Cancelled
from crisisdesk.model.errors import StoreBusyError
from crisisdesk.model.room import SecondWanted
from tests.fakes import samples
from tests.fakes.desk import FakeDesk
from ui.shots import settle
from ui.widgets.chart_panel import ChartPanel
from ui.widgets.sensitivity import STEPS, nearest
from ui.window import Window, make_window

Opened = tuple[Window, ChartPanel, FakeDesk]

LONG = 30_000  # ms; a busy machine draws slowly


@pytest.fixture
def opened(qapp: QApplication, qtbot: Any) -> Iterator[Callable[..., Opened]]:
    windows: list[Window] = []

    def make(**state: bool) -> Opened:
        desk = FakeDesk(**state)
        window = make_window(desk)  # type: ignore[arg-type]
        qtbot.addWidget(window)
        windows.append(window)
        window.resize(1366, 768)
        window.show()
        settle(window)
        room: Any = window.page("room")
        qtbot.waitUntil(room.chart.view.ready, timeout=LONG)
        return window, room.chart, desk

    yield make
    for window in windows:
        window.close()


# ── the slider ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_past_that_cannot_be_read_is_said_and_can_be_asked_again(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, panel, desk = opened()
    ask = desk.hindsight.would_have_fired
    desk.hindsight.would_have_fired = lambda *_a, **_k: (_ for _ in ()).throw(StoreBusyError("store.busy"))
    window.act("chart.sensitivity", None)
    qtbot.waitUntil(window.console.notice.isVisible, timeout=LONG)
    desk.hindsight.would_have_fired = ask
    panel.sensitivity.slider.setValue(nearest(14))
    qtbot.waitUntil(lambda: "2 veces" in panel.sensitivity.said.text(), timeout=LONG)


def test_leaving_ends_what_is_being_read(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, panel, desk = opened()
    begun, ended = threading.Event(), threading.Event()

    def slow(_days: int, _rare: float, *, goes_on: Callable[[], bool]) -> Any:
        begun.set()
        while goes_on():
            ended.wait(0.005)
        ended.set()
        raise Cancelled

    desk.hindsight.would_have_fired = slow
    window.act("chart.sensitivity", None)
    qtbot.waitUntil(begun.is_set, timeout=LONG)
    assert panel.sensitivity.said.text() == "Leyendo el historial…"
    qtbot.keyClick(panel.sensitivity, Qt.Key.Key_Escape)
    qtbot.waitUntil(ended.is_set, timeout=LONG)
    settle(window)
    assert not panel.sensitivity.isVisible()
    assert panel.view._alarms == ()
    assert not window.console.notice.isVisible()


def test_the_slider_marks_its_alarms_and_the_rules_beside_it(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, panel, _ = opened()
    window.act("chart.sensitivity", None)
    slider = panel.sensitivity
    assert slider.days == 7
    qtbot.waitUntil(lambda: "Habría saltado 4 veces en los últimos 30 días" in slider.said.text(), timeout=LONG)
    assert len(panel.view._alarms) == 4
    qtbot.waitUntil(panel.view.ready, timeout=LONG)
    shown = panel.view.shown()
    assert shown is not None
    assert shown[1].start <= panel.view._alarms[0] <= shown[1].end
    assert "19 feb 19:00" in slider._when.text()
    chips = slider._group.buttons()
    assert [chip.text() for chip in chips] == ["Socialmetrix, 2 σ: 9", "Meltwater: 36", "Agility: 101"]
    chips[1].click()
    assert len(panel.view._others) == 36
    chips[2].click()
    assert len(panel.view._others) == 101
    assert not chips[1].isChecked()
    qtbot.keyClick(slider.slider, Qt.Key.Key_Right)
    assert slider.days == 10
    qtbot.waitUntil(lambda: len(panel.view._alarms) == 3, timeout=LONG)
    slider.close_()
    assert panel.view._alarms == ()
    assert panel.view._others == ()


def test_the_newest_position_wins(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, panel, desk = opened()
    asked: list[float] = []
    ask = desk.hindsight.would_have_fired
    desk.hindsight.would_have_fired = lambda d, r, goes_on: (asked.append(r), ask(d, r, goes_on))[1]
    window.act("chart.sensitivity", None)
    for value in range(len(STEPS)):
        panel.sensitivity.slider.setValue(value)
    qtbot.waitUntil(lambda: "Habría saltado 0 veces" in panel.sensitivity.said.text(), timeout=LONG)
    assert len(asked) <= 3
    assert asked[-1] == 365


def test_a_short_past_is_said_to_be_provisional(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, panel, desk = opened()
    short = replace(samples.would_have(7.0), learning_days=2.4)
    desk.hindsight.would_have_fired = lambda *_a, **_k: short
    window.act("chart.sensitivity", None)
    qtbot.waitUntil(lambda: "provisional: se ha aprendido 2 de 14 días" in panel.sensitivity._when.text(), timeout=LONG)
    none = replace(short, start=short.end, fired=(), rules=())
    desk.hindsight.would_have_fired = lambda *_a, **_k: replace(none, return_days=10.0)
    qtbot.keyClick(panel.sensitivity.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: "Todavía no hay historial" in panel.sensitivity.said.text(), timeout=LONG)


def test_what_was_tried_is_used_only_when_asked(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, panel, desk = opened()
    window.act("chart.sensitivity", None)
    assert not panel.sensitivity.use.isEnabled()
    panel.sensitivity.slider.setValue(nearest(30))
    assert [verb for verb, _ in desk.calls] == []
    panel.sensitivity.use.click()
    qtbot.waitUntil(lambda: desk.calls == [("set_return_days", (30.0,))], timeout=LONG)


# ── second series ────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_second_series_at_a_time(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, panel, _ = opened()
    window.act("chart.negative", None)
    assert panel.options.isVisible()
    assert panel.second == SecondWanted(kind="negative")
    window.act("chart.complaints", None)
    assert panel.second == SecondWanted(kind="complaints")
    assert not panel.options.group.button(0).isChecked()
    settle(window)
    assert "quejas" in panel._note.text()
    panel.options.words.setText("  otra   marca ")
    qtbot.keyClick(panel.options.words, Qt.Key.Key_Return)
    assert panel.second == SecondWanted(kind="words", words="otra marca")
    assert not panel.options.group.button(1).isChecked()
    settle(window)
    shown = panel.view.shown()
    assert shown is not None
    assert shown[1].second.sum() > 0
    panel.options.words.clear()
    assert panel.second is None
    panel.more.click()
    assert not panel.options.isVisible()


def test_a_past_incident_is_put_beside_this_one(opened: Callable[..., Opened], qtbot: Any) -> None:
    _, panel, desk = opened()
    past = replace(samples.INCIDENT, id=9, title="<b>Corte</b> de marzo", started_at=samples.at("07:02"))
    desk._incidents.append(past)
    panel.more.click()
    qtbot.waitUntil(lambda: panel.options.past.count() == 2, timeout=LONG)
    assert "<b>Corte</b>" in panel.options.past.itemText(1)
    panel.options.past.setCurrentIndex(1)
    panel.options.past.activated.emit(1)
    assert panel.second == SecondWanted(kind="incident", incident_id=9)


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_never_overwrites_and_a_full_or_missing_folder_is_said(
    opened: Callable[..., Opened], qtbot: Any, tmp_path: Path
) -> None:
    window, panel, _ = opened()
    panel.save("csv", tmp_path / "nowhere")
    failed = "No se pudo guardar mentions-2026-03-17-0519-0719.csv"
    qtbot.waitUntil(lambda: failed in window.console.notice.text(), timeout=LONG)
    for kind in ("png", "svg", "csv", "csv"):
        panel.save(kind, tmp_path)
    settle(window)
    qtbot.waitUntil(lambda: len(list(tmp_path.iterdir())) == 4, timeout=LONG)
    names = sorted(path.name for path in tmp_path.iterdir())
    stem = "mentions-2026-03-17-0519-0719"
    assert names == [f"{stem}-2.csv", f"{stem}.csv", f"{stem}.png", f"{stem}.svg"]
    assert (tmp_path / names[2]).read_bytes().startswith(b"\x89PNG")
    assert b"</svg>" in (tmp_path / names[3]).read_bytes()


def test_the_csv_holds_every_minute_and_says_what_was_not_heard(
    opened: Callable[..., Opened], qtbot: Any, tmp_path: Path
) -> None:
    window, panel, _ = opened()
    panel.more.click()
    panel.options.words.setText("=HYPERLINK(1)")
    qtbot.keyClick(panel.options.words, Qt.Key.Key_Return)
    settle(window)
    shown = panel.view.shown()
    assert shown is not None
    assert shown[0].second is not None
    panel.save("csv", tmp_path)
    qtbot.waitUntil(lambda: len(list(tmp_path.iterdir())) == 1, timeout=LONG)
    settle(window)
    (path,) = tmp_path.iterdir()
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert len(rows) == 120
    assert sum(int(row["mentions"]) for row in rows) == shown[1].total.sum()
    assert {row["heard"] for row in rows} == {"yes", "no"}
    assert rows[-1]["start_utc"] == "2026-03-17T13:18:00Z"
    assert rows[-1]["start_local"] == "2026-03-17T07:18:00-06:00"
    assert not any(name.startswith("=") for name in rows[0])
    assert int(rows[-1]["mentions"]) == int(rows[-1]["originals"]) + int(rows[-1]["reposts"])


# ── looking back ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_looking_further_back_reads_more_and_stays_there(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, panel, desk = opened()
    stretches: list[Any] = []
    chart = desk.room.chart
    desk.room.chart = lambda *a, **k: (stretches.append(k.get("stretch")), chart(*a, **k))[1]
    before = panel.view.span()
    assert before is not None
    qtbot.keyClick(panel.view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    wanted = (before[0] - (before[1] - before[0]) / 8, before[1] - (before[1] - before[0]) / 8)
    qtbot.waitUntil(lambda: bool(stretches) and not panel._busy, timeout=LONG)
    settle(window)
    start, end = stretches[-1]
    assert start < wanted[0]
    assert end == before[1]  # still up to now, so that it goes on
    qtbot.waitUntil(lambda: panel.view.span() == wanted, timeout=LONG)
    panel.chooser("hours")(None)
    panel.spanned.emit()
    qtbot.waitUntil(lambda: panel.view.span() == before, timeout=LONG)
