"""The areas' page on a real desk: sent, signed, late ones first, and every text as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.area import RouteState
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.fakes.pages_a import Stage, stage
from tests.unit.desk.conftest import START
from ui.pages.areas import AreasPage

Opened = tuple[AreasPage, Stage, Desk]


@pytest.fixture
def opened(qapp: QApplication, qtbot: Any, tmp_path: Path) -> Iterator[Opened]:
    clock = PlayClock(START)
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(tmp_path), clock=clock)
    desk.ingest.manual("<img src=file:///etc/passwd> sin señal", author="<b>x</b>", channel="x")
    network = desk.areas.save("Red <i>", owner="Luis", within=timedelta(hours=3))
    desk.areas.send(network.id, mention_id=desk.mentions.latest(1)[0].id)
    desk.areas.send(desk.areas.save("Caja").id, cause="cobros dobles", due_at=START + timedelta(minutes=5))
    clock.move_to(START + timedelta(minutes=10))
    around = stage(qapp, cast(Any, desk))
    page = AreasPage(around.context)
    qtbot.addWidget(page)
    page.resize(1302, 682)
    page.show()
    qtbot.waitUntil(lambda: len(page.rows()) == 2)
    yield page, around, desk
    page.hide()
    around.close()
    desk.close()


def shown(page: AreasPage) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel)]


def test_what_changes_on_another_desk_leaves_the_keys_on_their_row(opened: Opened, qtbot: Any) -> None:
    page, _around, desk = opened
    page.rows()[1].take_focus()
    chosen = page._chosen
    desk.areas.send(desk.areas.list()[0].id, cause="otra", due_at=START + timedelta(hours=1))
    page.refresh()
    qtbot.waitUntil(lambda: len(page.rows()) == 3)
    focus = QApplication.focusWidget()
    assert focus in page.rows() and focus.property("route") == chosen == page._chosen


def test_what_cannot_be_sent_is_said_and_stays_in_the_form(opened: Opened, qtbot: Any) -> None:
    page, _around, desk = opened
    qtbot.keyClick(page.form.area, Qt.Key.Key_Return)
    assert page.form.problem.text().startswith("▲")
    page.form.area.setText("Red <i>")
    page.form.ask.setText("¿cuándo vuelve?")
    qtbot.keyClick(page.form.ask, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "pulsa E" in page.form.problem.text())
    assert page.form.ask.text() == "¿cuándo vuelve?"
    assert len(desk.areas.board().asked) == 2


def test_the_late_one_stands_first_and_texts_are_plain(opened: Opened, qtbot: Any) -> None:
    page, _around, _desk = opened
    assert "▲" in page.rows()[0].accessibleName() and "cobros dobles" in page.rows()[0].accessibleName()
    assert any("<img src=file:///etc/passwd>" in text for text in shown(page))
    page.rows()[1].pressed.emit()
    assert page.text.toPlainText() == "<img src=file:///etc/passwd> sin señal"


def test_a_cause_goes_to_a_new_area_and_is_signed(opened: Opened, qtbot: Any) -> None:
    page, _around, desk = opened
    page.form.area.setText("Facturación")
    page.form.cause.setText("facturas sin folio")
    qtbot.keyClick(page.form.cause, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.rows()) == 3)
    assert page.form.cause.text() == ""
    page.by.setText("Eva")
    page.words.setText("se reenvían hoy")
    qtbot.mouseClick(page.sign[RouteState.ANSWERED], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.sign[RouteState.CORRECTED].isEnabled)
    route = desk.areas.board().asked[0].route
    assert [(s.state, s.by, s.text) for s in route.signatures] == [(RouteState.ANSWERED, "Eva", "se reenvían hoy")]
    assert not page.sign[RouteState.RECEIVED].isEnabled()


def test_return_pressed_twice_sends_once(opened: Opened, qtbot: Any) -> None:
    page, _around, desk = opened
    page.form.area.setText("Red <i>")
    page.form.cause.setText("una sola vez")
    for _press in range(2):
        qtbot.keyClick(page.form.cause, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.rows()) == 3 and page.context.bridge.idle)
    assert sum(one.route.cause == "una sola vez" for one in desk.areas.board().asked) == 1


def test_a_pack_is_saved_or_the_reason_is_said(opened: Opened, qtbot: Any, tmp_path: Path) -> None:
    page, around, desk = opened
    area = desk.areas.list()[0].id
    page.save_pack(area, "csv", tmp_path / "no" / "pack.csv")
    qtbot.waitUntil(lambda: any("pack.csv" in said for said in around.said))
    page.save_pack(area, "html", tmp_path / "pack.html")
    qtbot.waitUntil((tmp_path / "pack.html").exists)
    assert "cobros dobles" in (tmp_path / "pack.html").read_text("utf-8")


def test_an_areas_owner_and_time_are_edited_and_a_signature_is_taken_back(opened: Opened, qtbot: Any) -> None:
    page, around, desk = opened
    assert not page.terms.isVisible()
    page.which.setCurrentIndex(page.which.findText("Red", Qt.MatchFlag.MatchStartsWith))
    qtbot.waitUntil(page.terms.isVisible)
    assert (page.terms.owner.text(), page.terms.amount.text(), page.terms.unit.currentData()) == ("Luis", "3", "hours")
    page.terms.owner.setText("<b>Eva</b>")
    page.terms.amount.setText("45")
    page.terms.unit.setCurrentIndex(page.terms.unit.findData("minutes"))
    qtbot.keyClick(page.terms.owner, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(around.said))
    area = next(one for one in desk.areas.list() if one.name.startswith("Red"))
    assert (area.owner, area.minutes) == ("<b>Eva</b>", 45)
    assert not page.unsign.isEnabled()
    qtbot.mouseClick(page.sign[RouteState.RECEIVED], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.unsign.isEnabled)
    page.words.setText("no era suyo")
    qtbot.mouseClick(page.unsign, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.unsign.isEnabled())
    assert "no era suyo" in shown(page)
    assert desk.areas.board(area.id).asked[0].route.state is RouteState.SENT
