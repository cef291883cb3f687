"""The spokesperson's page: nothing but cleared lines, one key copies, and nobody speaks without a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from crisisdesk.desk.spokesperson import ClearedLine, SaidLine
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import StepError
from crisisdesk.model.playbook import Bilingual
from tests.fakes import samples as s
from tests.fakes.pages_a import PagesDesk, Stage, stage
from ui.pages.spokesperson import SpokespersonPage

Opened = tuple[SpokespersonPage, Stage]
LINES = tuple(
    ClearedLine(text=Bilingual(es, en), purpose=Bilingual("Primer mensaje", "Holding statement"), since=s.at("07:12"),
                cleared_by=("Ana",))
    for es, en in (
        ("Sabemos que voz y datos están fallando.", "We know that voice and data are failing."),
        ("<b>Sentimos</b> las molestias.", "We are <b>sorry</b>."),
    )
)  # fmt: skip
PEOPLE = (Contact(slug="dir.general", name="Amalia Duarte", title="Directora general"),)


@pytest.fixture
def opened(qapp: QApplication, qtbot: Any) -> Iterator[Callable[..., Opened]]:
    stages: list[tuple[SpokespersonPage, Stage]] = []

    def make(lines: tuple[ClearedLine, ...] = LINES, people: tuple[Contact, ...] = PEOPLE) -> Opened:
        desk = PagesDesk()
        said = (SaidLine(at=s.at("07:15"), who="Amalia Duarte, Directora general", to="@vecina", text="Gracias."),)
        desk.spokesperson = SimpleNamespace(
            lines=lambda i: lines, speakers=lambda i: people, said=lambda i: said,
            say=desk._verb("spokesperson.say", lambda i, digest, who, lang, to: "texto — Amalia Duarte"),
        )  # fmt: skip
        around = stage(qapp, desk)
        page = SpokespersonPage(around.context)
        qtbot.addWidget(page)
        stages.append((page, around))
        page.resize(1302, 682)
        page.set_incident(1)
        page.show()
        qtbot.waitUntil(lambda: page._shown is not None)
        return page, around

    yield make
    for page, around in stages:
        page.hide()
        around.close()


def calls(around: Stage) -> list[tuple[object, ...]]:
    return [args for name, args in around.desk.calls if name == "spokesperson.say"]


def test_what_the_desk_no_longer_clears_is_heard(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    heard: list[object] = []
    around.context.bridge.failed.connect(heard.append)
    around.desk.fail = StepError("spokesperson.stale")
    QApplication.clipboard().clear()
    qtbot.keyClick(page.rows()[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(heard))
    assert QApplication.clipboard().text() == ""


@pytest.mark.parametrize(("lines", "people"), [((), PEOPLE), (LINES, ())])
def test_without_lines_or_a_name_nothing_can_be_said(
    lines: tuple[ClearedLine, ...], people: tuple[Contact, ...], opened: Callable[..., Opened]
) -> None:
    page, around = opened(lines, people)
    assert page._rows.currentIndex() == 1
    page.say_(LINES[0]) if not people else None
    assert not calls(around)


def test_one_key_copies_the_line_with_its_name(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.keyClicks(page.to, "@cliente")
    qtbot.keyClick(page.rows()[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(calls(around)))
    assert calls(around)[-1] == (1, LINES[0].digest, "dir.general", "es", "@cliente")
    qtbot.waitUntil(lambda: QApplication.clipboard().text() == "texto — Amalia Duarte")
    assert any("Copiado y anotado" in said for said in around.said)


def test_texts_are_shown_as_they_are(opened: Callable[..., Opened]) -> None:
    page, _around = opened()
    shown = [label.text() for label in page.findChildren(QLabel)]
    assert "<b>Sentimos</b> las molestias." in shown
    assert any("07:15 · Amalia Duarte, Directora general · a @vecina" in text for text in shown)
