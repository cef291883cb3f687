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
    assert not page.steps["correct"].isEnabled() and not page.steps["reopen"].isEnabled()
    qtbot.mouseClick(page.steps["false"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.problem.text().startswith("▲"))
    page.words.setText("registros")
    qtbot.mouseClick(page.steps["false"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.words.text() == "")
    assert desk.rumours.list(incident)[0][0].verdict is RumourVerdict.FALSE
    shown = [label.text() for label in page.findChildren(QLabel)]
    assert any("<img src=file:///etc/passwd>" in text for text in shown)
    assert any("1 mención" in text for text in shown)
    qtbot.waitUntil(page.steps["correct"].isEnabled)
    qtbot.mouseClick(page.steps["correct"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(around.acted))
    assert around.acted[-1][0] == "draft.open"
    page.words.setText("era otro sistema")
    qtbot.mouseClick(page.steps["reopen"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.steps["reopen"].isEnabled())
    shown = [label.text() for label in page.findChildren(QLabel)]
    assert any("era otro sistema" in text for text in shown)
    assert any("hay una corrección" in text for text in shown)


def test_thanks_come_from_a_mention_and_are_taken_back(opened: Opened, qtbot: Any, tmp_path: Path) -> None:
    page, around, desk, _incident = opened
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
    page.words.setText("se equivocó")
    qtbot.mouseClick(page.steps["undo"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.steps["undo"].isEnabled())
    assert desk.community.kudos()[0].undone_reason == "se equivocó"


def test_an_idea_goes_from_received_to_done_in_the_window(opened: Opened, qtbot: Any) -> None:
    page, around, desk, incident = opened
    mention = desk.mentions.latest(1)[0].id
    page.actions_()["idea.note"](mention)
    for edit, text in zip(page.form.values(), ("avisar", "tell us"), strict=False):
        edit.setText(text)
    qtbot.keyClick(page.form["second"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page._shown and page._shown.ideas))
    assert desk.ideas.list(incident)[0].mention_ids == (mention,)
    assert not page.steps["tell"].isEnabled()
    qtbot.mouseClick(page.steps["studying"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.steps["studying"].isEnabled())
    qtbot.mouseClick(page.steps["done"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.problem.text().startswith("▲"))
    page.words.setText("ya avisamos")
    page.words_en.setText("we tell you now")
    qtbot.mouseClick(page.steps["done"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.steps["tell"].isEnabled)
    assert "Respuestas empezadas: 1" in around.said[-1]
    assert [d.mention_id for d in desk.replies.of(mention)] == [mention]


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


def test_an_experts_answer_is_taken_in_and_the_reply_to_whoever_asked_begun(opened: Opened, qtbot: Any) -> None:
    page, around, desk, _incident = opened
    mention = desk.mentions.latest(1)[0].id
    desk.community.add_expert("x", "Eva", ("roaming",), "por mensaje")
    page.actions_()["expert.ask"](mention)
    qtbot.waitUntil(lambda: bool(page._shown and page._shown.experts))
    page.words.setText("¿sirve en Chile?")
    page.words_en.setText("roaming")
    qtbot.mouseClick(page.steps["ask"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(desk.community.questions()))
    page.open_section("questions")
    qtbot.waitUntil(lambda: len(page.rows()) == 1)
    qtbot.mouseClick(page.steps["answer"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.problem.text().startswith("▲"))  # she has said nothing yet
    page.words.setText("sí, sirve")
    qtbot.mouseClick(page.steps["answer"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.steps["answer"].isEnabled())
    assert "empezada" in around.said[-1]
    assert [k.author for k in desk.community.kudos()] == ["Eva"]
    assert "sí, sirve" in desk.replies.of(mention)[0].body.es


def test_what_another_desk_changes_appears_by_itself(opened: Opened, qtbot: Any, tmp_path: Path) -> None:
    page, _around, desk, _incident = opened
    page.open_section("experts")
    other = build_desk(Settings(actor="luis"), profile(tmp_path), clock=PlayClock(START))
    other.community.add_expert("x", "Eva", ("roaming",), "por mensaje")
    desk.tick()
    qtbot.waitUntil(lambda: len(page.rows()) == 1)
    other.close()


def test_the_levels_are_counted_when_they_are_shown_and_at_most_once_a_minute(opened: Opened, qtbot: Any) -> None:
    page, _around, desk, _incident = opened
    counted: list[int] = []
    crowd = desk.authors.crowd
    desk.authors.crowd = lambda: counted.append(1) or crowd()  # type: ignore[method-assign, func-returns-value]
    page.refresh()
    qtbot.waitUntil(lambda: not page._reading)
    assert counted == []
    page.open_section("levels")
    qtbot.waitUntil(lambda: len(page.rows()) == 4)
    titles = [row.accessibleName() for row in page.rows()]
    assert "100" in titles[0] and "no observable" in titles[3]
    desk.ingest.manual("otra", author="eva", channel="x")
    qtbot.waitUntil(lambda: not page._reading and not page._stale)
    page.refresh()
    qtbot.waitUntil(lambda: not page._reading)
    assert counted == [1]
