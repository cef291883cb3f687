"""The frame: errors in the notice bar, actions to their pages, bars from the desk, drills unmistakable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

from crisisdesk.model.errors import NotFoundError, StoreFullError
from crisisdesk.model.events import CopyHindered, StoreTroubled, TimelineAdded
from crisisdesk.model.mention import SourceHealth, SourceState
from crisisdesk.texts import LANGUAGES, Texts, catalogue
from tests.fakes import samples
from tests.fakes.desk import FakeDesk
from ui import start
from ui.actions import ACTIONS, MORE_PAGES, PAGES, action, key_of
from ui.shots import settle
from ui.widgets.bottom_bar import lamp
from ui.widgets.palette import find
from ui.window import Window, make_window, page_class


@pytest.fixture
def opened(qapp: QApplication, qtbot: Any) -> Iterator[Callable[..., tuple[Window, FakeDesk]]]:
    windows: list[Window] = []

    def make(**state: bool) -> tuple[Window, FakeDesk]:
        desk = FakeDesk(**state)
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
    """A label's text with ordinary blanks."""
    return str(label.text()).replace("\u00a0", " ")


def test_an_error_is_told_in_the_notice_bar(opened: Callable[..., Any], qtbot: Any) -> None:
    window, _ = opened()
    window.context.bridge.failed.emit(NotFoundError("web.not_found", host="example.org"))
    assert window.console.notice.isVisible()
    assert window.console.notice.text() == "▲ example.org dice que esa dirección no existe (404)."
    window.console.notice.say("hecho")
    assert window.console.notice.text() == "hecho"


@pytest.mark.allow_logs
def test_a_defect_does_not_end_the_window(opened: Callable[..., Any], qtbot: Any) -> None:
    window, _ = opened()
    window.context.bridge.read(lambda: 1 // 0)
    qtbot.waitUntil(window.console.notice.isVisible)
    assert "ZeroDivisionError" in window.console.notice.text()


def test_a_hindered_copy_is_said_until_somebody_closes_it(opened: Callable[..., Any]) -> None:
    window, desk = opened()
    desk.bus.publish([CopyHindered(StoreFullError("store.low", path="crisisdesk.db", left="499"))])
    desk.bus.publish([TimelineAdded(1, 9)])
    settle(window)
    assert "Quedan 499 MB" in window.console.notice.text()


def test_a_store_in_trouble_is_said_until_something_is_saved(opened: Callable[..., Any]) -> None:
    window, desk = opened()
    desk.bus.publish([StoreTroubled("store.full", "crisisdesk.db")])
    settle(window)
    assert "crisisdesk.db" in window.console.bottom._saved.text()
    desk.bus.publish([StoreTroubled("web.server")])
    settle(window)
    assert window.console.bottom._saved.text().startswith("▲ ")
    desk.bus.publish([TimelineAdded(1, 9)])
    settle(window)
    assert window.console.bottom._saved.text().startswith("Guardado")


def test_the_bars_say_what_matters(opened: Callable[..., Any]) -> None:
    window, _ = opened()
    top = window.console.top
    assert top._title.text() == "Sin servicio de voz y datos"
    assert top._level.text() == "▲ Nivel 3 · Crisis"
    assert said(top._elapsed) == "desde 07:02 · 16 min"
    assert top._last.text() == "07:12 primer mensaje · 2 canales"
    assert (top._owed.text(), said(top._left)) == ("07:30", "faltan 12 min")
    assert window.console.bottom._local.text() == "07:18 Ciudad de México"
    assert window.console.bottom._utc.text() == "13:18 UTC"
    assert "▲ X: no lo vemos" in window.console.bottom._lamps.text()
    assert not top._drill.isVisible()


def test_countdowns_go_on_by_themselves(opened: Callable[..., Any]) -> None:
    window, desk = opened()
    desk.clock._inner.move_to(samples.at("07:26"))
    window.context.bridge.beat.emit()
    assert said(window.console.top._left) == "faltan 4:00"
    assert window.console.top._left.accessibleName() == "faltan 4 minutos"
    desk.clock._inner.move_to(samples.at("07:33"))
    window.context.bridge.beat.emit()
    assert said(window.console.top._left) == "▲ hace 3 min"
    assert window.console.top._left.property("rank") == "danger"


def test_a_drill_cannot_be_taken_for_work(opened: Callable[..., Any]) -> None:
    window, _ = opened(drill=True)
    assert window.console.top._drill.isVisible()
    assert window.console.top._drill.text() == "SIMULACRO"
    assert window.console._drill
    assert window.windowTitle().startswith("SIMULACRO")
    assert window.console.top._replay.text() == "REPETICIÓN ×60"


def test_the_window_can_be_used_on_a_calm_day(opened: Callable[..., Any]) -> None:
    window, _ = opened(calm=True)
    assert window.console.top._title.text() == "Todo en calma"
    assert window.console.top._owed.text() == "nada prometido"
    assert not window.console.top._left.isVisible()
    for name in ("note.write", "promise.none", "campaigns.stop", "incident.level", "text.last", "alert.open"):
        window.act(name, None)
    assert window.console.notice.text()


def test_every_action_has_words_a_free_key_and_a_page(opened: Callable[..., Any]) -> None:
    for known in ACTIONS:
        for lang in LANGUAGES:
            assert f"ui.action.{known.id.replace('.', '_')}" in catalogue(lang)
        assert known.page in (*PAGES, *MORE_PAGES, "")
        if known.key and not known.local:
            assert not QKeySequence(known.key).isEmpty()
    keys = [known.key for known in ACTIONS if known.key]
    assert len(keys) == len(set(keys))
    assert len({known.id for known in ACTIONS}) == len(ACTIONS)
    for item in samples.NEXT:
        assert action(item.key) is not None
    assert key_of("alert.open", Texts("es")) == "Intro"
    assert key_of("draft.open", Texts("es")) == ""


def test_the_palette_finds_by_a_few_letters_without_accents(opened: Callable[..., Any], qtbot: Any) -> None:
    texts = Texts("es")
    assert [a.id for a in find("camp det", texts)] == ["campaigns.stop"]
    assert find("cronologia", texts)[0].id in ("page.timeline", "note.write")
    assert list(find("zzz", texts)) == []
    window, _ = opened()
    window.act("palette.open", None)
    assert window.console.palette_.isVisible()
    qtbot.keyClicks(window.console.palette_._line, "ingles")
    qtbot.keyClick(window.console.palette_._line, Qt.Key.Key_Return)
    assert window.texts.lang == "en"
    assert not window.console.palette_.isVisible()
    settle(window)
    assert window.console.top._level.text() == "▲ Level 3 · Crisis"


def test_the_palette_goes_with_escape(opened: Callable[..., Any], qtbot: Any) -> None:
    window, _ = opened()
    window.act("palette.open", None)
    qtbot.keyClick(window.console.palette_._line, Qt.Key.Key_Escape)
    assert not window.console.palette_.isVisible()


def test_the_look_changes_at_once(opened: Callable[..., Any]) -> None:
    window, _ = opened()
    window.act("theme.light", None)
    assert not window.context.theme.dark
    window.act("theme.dark", None)
    assert window.context.theme.dark


def test_lamps_are_never_colour_alone() -> None:
    texts = Texts("es")
    for state in SourceState:
        source = SourceHealth(source="s", account="", label="S", state=state, lag_seconds=3)
        mark, _, said = lamp(source, texts)
        assert mark in "●◆▲"
        assert said.startswith("S")
    fresh = SourceHealth(source="s", account="", label="S", state=SourceState.GOOD)
    assert lamp(fresh, texts)[2] == "S: al día"


def test_cut_off_is_said_and_blind_sources_do_not_count(opened: Callable[..., Any]) -> None:
    from dataclasses import replace

    window, _ = opened()
    failing = tuple(replace(s, state=SourceState.FAILING) for s in samples.SOURCES[:3])
    window.console.bottom.set_view(replace(samples.ROOM, sources=(*failing, samples.SOURCES[3])))
    assert window.console.bottom._connection.text() == "▲ Sin conexión desde 07:18: seguimos trabajando aquí"
    window.console.bottom.set_view(replace(samples.ROOM, sources=()))
    assert window.console.bottom._connection.text() == "Sin fuentes en línea"


@pytest.mark.parametrize("name", PAGES)
def test_every_page_can_be_shown(name: str, opened: Callable[..., Any]) -> None:
    assert page_class(name).name == name
    window, _ = opened()
    window.go(name)
    settle(window)
    assert window.page(name).isVisible()
    assert not window.console.notice.isVisible()


def test_commands_go_to_whoever_does_them(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, list[str]]] = []

    class Module:
        def __init__(self, name: str) -> None:
            self.name = name

        def main(self, args: list[str]) -> int:
            called.append((self.name, args))
            return 7

    monkeypatch.setattr(start, "import_module", Module)
    monkeypatch.setattr(start, "open_window", lambda data_dir, lang: called.append(("window", [str(data_dir)])) or 0)
    assert start.main(["demo", "--auto"]) == 7
    assert start.main(["--data-dir", "/tmp/x", "check", "p.yaml"]) == 7
    assert start.main(["report", "1", "--format", "pdf", "--out", "f"]) == 7
    assert start.main(["report", "1", "--format", "md", "--out", "f"]) == 7
    assert start.main(["--version"]) == 7
    assert start.main(["--data-dir", "d"]) == 0
    assert called == [
        ("ui.demo", ["--auto"]),
        ("crisisdesk.__main__", ["--data-dir", "/tmp/x", "check", "p.yaml"]),
        ("ui.report_file", ["report", "1", "--format", "pdf", "--out", "f"]),
        ("crisisdesk.__main__", ["report", "1", "--format", "md", "--out", "f"]),
        ("crisisdesk.__main__", ["--version"]),
        ("window", ["d"]),
    ]


def test_without_a_screen_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Any) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in start.SCREENS:
        monkeypatch.delenv(name, raising=False)
    assert start.open_window(tmp_path, "es") == 2
    assert "No hay pantalla" in capsys.readouterr().err


def test_the_window_file_stays_small() -> None:
    from pathlib import Path

    lines = Path(start.__file__).with_name("window.py").read_text("utf-8").splitlines()
    assert len(lines) <= 200
