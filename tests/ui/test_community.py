"""The community's page on a real desk: four lists, refusals said in place, texts as they were written."""

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
from crisisdesk.model.community import RumourVerdict
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.fakes.pages_a import Stage, stage
from tests.unit.desk.conftest import START
from ui.pages.community import CommunityPage

Opened = tuple[CommunityPage, Stage, Desk, int]


@pytest.fixture
def opened(qapp: QApplication, qtbot: Any, tmp_path: Path) -> Iterator[Opened]:
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(tmp_path), clock=PlayClock(START))
    desk.ingest.manual("dicen que fue un hackeo, deberían avisar", author="<b>x</b>", channel="x")
    incident = desk.incidents.open(title="Sin servicio", level=2, started_at=START - timedelta(minutes=5)).id
    desk.rumours.note(incident, "<img src=file:///etc/passwd> hackeo", ("hackeo",))
    around = stage(qapp, cast(Any, desk))
    page = CommunityPage(around.context)
    qtbot.addWidget(page)
    page.resize(1302, 682)
    page.set_incident(incident)
    page.show()
    qtbot.waitUntil(lambda: len(page.rows()) == 1)
    yield page, around, desk, incident
    page.hide()
    around.close()
    desk.close()


def test_a_verdict_wants_evidence_and_says_so_in_place(opened: Opened, qtbot: Any) -> None:
    page, around, desk, incident = opened
    qtbot.mouseClick(page.steps["correct"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.problem.text().startswith("▲"))
    page.words.setText("registros")
    qtbot.mouseClick(page.steps["false"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.words.text() == "")
    assert desk.rumours.list(incident)[0][0].verdict is RumourVerdict.FALSE
    shown = [label.text() for label in page.findChildren(QLabel)]
    assert any("<img src=file:///etc/passwd>" in text for text in shown)
    assert any("1 mención" in text for text in shown)
    qtbot.mouseClick(page.steps["correct"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(around.acted))
    assert around.acted[-1][0] == "draft.open"


def test_thanks_and_deeds_come_from_a_mention(opened: Opened, qtbot: Any, tmp_path: Path) -> None:
    page, around, desk, incident = opened
    mention = desk.mentions.latest(1)[0].id
    page.actions_()["kudos.give"](mention)
    qtbot.keyClick(page.form["first"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.problem.text().startswith("▲"))
    page.form["first"].setText("=avisó al 55 1234 5678")
    qtbot.keyClick(page.form["first"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(page.rows()) == 1)
    assert [k.author for k in desk.community.kudos()] == ["<b>x</b>"]
    page.save_statement(tmp_path / "no" / "kudos.csv")
    qtbot.waitUntil(lambda: any("kudos.csv" in said for said in around.said))
    body = desk.community.statement().decode("utf-8-sig")
    assert "'=avisó" in body and "1234" not in body
    page.actions_()["deed.note"](mention)
    for edit, text in zip(page.form.values(), ("avisar", "tell us", "ya avisamos", "we tell you"), strict=True):
        edit.setText(text)
    qtbot.keyClick(page.form["fourth"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page._shown and page._shown.deeds))
    assert desk.community.deeds(incident)[0].mention_ids == (mention,)


def test_an_expert_is_asked_on_their_topics_only(opened: Opened, qtbot: Any) -> None:
    page, _around, _desk, _incident = opened
    page.open_section("experts")
    for edit, text in zip(page.form.values(), ("mastodon", "Eva", "roaming, sim", "por mensaje"), strict=True):
        edit.setText(text)
    qtbot.keyClick(page.form["fourth"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page._shown and page._shown.experts))
    page.words.setText("¿sirve en Chile?")
    page.words_en.setText("cobros")
    qtbot.mouseClick(page.steps["ask"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "roaming, sim" in page.problem.text())
    page.words_en.setText("roaming")
    qtbot.mouseClick(page.steps["ask"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.words.text() == "")
