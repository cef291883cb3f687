"""Turning the board on from the window: off at first, the choice is a person's, its address can be copied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from crisisdesk import serving
from crisisdesk.app import Desk
from crisisdesk.engine import Engine
from crisisdesk.model.errors import InputError
from crisisdesk.model.wallboard import Part
from crisisdesk.texts import Texts
from tests.fakes.outbox import desk_on
from ui.bridge import Bridge
from ui.context import Context
from ui.pages.wallboard import WallboardPage
from ui.theme import Theme


class Scene:
    def __init__(self, app: QApplication, folder: Path) -> None:
        self.desk = desk_on(folder / "desk")
        self.engine = Engine()
        self.desk.wallboards.use(self.engine.submit)
        theme = Theme("light")
        theme.apply(app, "light")
        self.context = Context(
            cast(Desk, self.desk), Bridge(self.desk.bus), Texts("es"), theme, lambda _page: None,
            lambda _action, _thing=None: None, lambda _said: None,
        )  # fmt: skip
        self.page = WallboardPage(self.context)
        self.page.show()

    @property
    def on(self) -> bool:
        return self.page._open_box.isVisibleTo(self.page)


@pytest.fixture
def scene(qapp: QApplication, tmp_path: Path, qtbot: Any) -> Iterator[Scene]:
    made = Scene(qapp, tmp_path)
    qtbot.addWidget(made.page)
    qtbot.waitUntil(lambda: made.page._standing is not None)
    made.page.port.setText("0")
    yield made
    made.page.hide()
    made.context.bridge.close()
    assert made.engine.stop()
    made.desk.close()


def test_it_is_off_until_a_person_turns_it_on_and_then_its_address_is_in_sight(scene: Scene, qtbot: Any) -> None:
    page = scene.page
    assert not scene.on and page.state.text().endswith("Apagado")
    page.turn.click()
    qtbot.waitUntil(lambda: scene.on)
    assert page.address.text() == scene.desk.wallboards.standing().address
    assert page.address.text().startswith("http://127.0.0.1:") and not page.port.isEnabled()
    page.copy.click()
    assert QGuiApplication.clipboard().text() == page.address.text()
    page.turn.click()
    qtbot.waitUntil(lambda: not scene.on)
    assert scene.desk.wallboards.standing().address == ""


def test_what_is_seen_is_chosen_there_and_the_inner_parts_are_off_at_first(scene: Scene, qtbot: Any) -> None:
    page = scene.page
    chosen = {part for part, box in page.parts.items() if box.isChecked()}
    assert chosen == {Part.NEWS, Part.PROMISES, Part.TEXTS}
    page.parts[Part.EXECUTIVE].click()
    qtbot.waitUntil(lambda: Part.EXECUTIVE in scene.desk.wallboards.parts())


def words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def test_without_an_incident_it_says_so_beside_the_choice(scene: Scene) -> None:
    assert "Sin incidencia abierta" in words(scene.page.preview)


def test_what_is_read_stands_beside_the_choice_and_follows_it(scene: Scene, qtbot: Any) -> None:
    page, title = scene.page, "Sin servicio <b>de voz</b>"
    scene.desk.incidents.open(title=title, level=3)
    qtbot.waitUntil(lambda: "Incidencia en curso" in words(page.preview))
    assert title not in words(page.preview)  # nobody chose to tell it
    assert "Nada publicado todavía" in words(page.preview)
    page.parts[Part.LEVEL].click()
    qtbot.waitUntil(lambda: title in words(page.preview))
    assert "Nivel 3" in words(page.preview)
    page.parts[Part.TEXTS].click()
    qtbot.waitUntil(lambda: "Nada publicado todavía" not in words(page.preview))


def test_what_has_not_changed_is_not_made_anew_under_the_reader(scene: Scene, qtbot: Any) -> None:
    page = scene.page
    scene.desk.incidents.open(title="Sin voz", level=3)
    qtbot.waitUntil(lambda: "Incidencia en curso" in words(page.preview))
    label = page.preview.findChildren(QLabel)[-1]
    board = scene.desk.wallboards.view()
    page.preview.show_board(board)
    assert page.preview.findChildren(QLabel)[-1] is label


@pytest.mark.parametrize("written", ["", "ochenta", "-1", "99999", "٨٠"])
def test_a_port_that_is_none_is_one_sentence_in_place(scene: Scene, qtbot: Any, written: str) -> None:
    scene.page.port.setText(written)
    scene.page.turn.click()
    qtbot.waitUntil(lambda: scene.page.said.text().startswith("▲ No se puede abrir el puerto"))
    assert not scene.on


def test_the_network_is_another_press_with_its_warning_and_without_one_it_says_so(
    scene: Scene, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise InputError("wallboard.no_network")

    monkeypatch.setattr(serving, "network_address", none)
    page = scene.page
    assert not page._lan_hint.isVisibleTo(page)
    page.lan.click()
    assert page._lan_hint.isVisibleTo(page) and "sin cifrar" in page._lan_hint.text()
    page.turn.click()
    qtbot.waitUntil(lambda: "no está en una red local" in page.said.text())
    assert not scene.on
