"""After an incident, by keyboard: an action with owner and day, what is refused in place, voices, the day itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.contact import Contact
from crisisdesk.model.followup import ActionState
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.fakes import samples as s
from tests.fakes.pages_b import Stage, stage
from ui.pages.review import ReviewPage

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> PlayClock:
    return PlayClock(s.NOW)


@pytest.fixture
def desk(tmp_path: Path, clock: PlayClock) -> Iterator[Desk]:
    built = build_desk(Settings(zone=s.ZONE, actor="ana"), profile(tmp_path / "desk"), clock=clock)
    built.contacts.save(Contact(slug="guardia.noc", name="Nora Cruz", phone="55 0000 0101"))
    yield built
    built.close()


@pytest.fixture
def made(qtbot: Any, qapp: Any, desk: Desk) -> Stage:
    desk.incidents.open(title="Sin servicio", level=3, started_at=s.NOW - DAY)
    return stage(qtbot, qapp, ReviewPage, desk)


def words(widget: Any) -> str:
    labels = [label for label in widget.findChildren(QLabel) if not label.isHidden()]
    return " ".join(label.text() for label in labels).replace("\u2068", "").replace("\u2069", "")


def press(made: Stage, widget: Any, key: Qt.Key = Qt.Key.Key_Return) -> None:
    made.qtbot.keyClick(widget, key)
    made.settle()


def add(made: Stage, what: str, owner: str, day: str) -> None:
    made.page.actions_()["review.add"](None)
    actions = made.page.after.actions_
    actions.owner.setText(owner)  # typed, it would open a list that the offscreen screen cannot show
    for edit, typed in ((actions.what, what), (actions.due.line, day)):
        edit.clear()
        made.qtbot.keyClicks(edit, typed)
    press(made, actions.what)


def test_an_action_without_a_day_or_an_owner_is_refused_in_place_and_stays_typed(made: Stage, desk: Desk) -> None:
    add(made, "Comprar otro enlace", "Nora Cruz", "")
    actions = made.page.after.actions_
    assert "día" in actions.problem.text() and actions.what.text() == "Comprar otro enlace"
    add(made, "Comprar otro enlace", " ", "8/12/2030")
    assert "sin dueño" in actions.problem.text()
    assert desk.followups.of(1).actions == ()


def test_an_action_is_added_ended_and_opened_again_by_keyboard(made: Stage, desk: Desk) -> None:
    add(made, "Comprar otro enlace", "nora cruz", "8/12/2030")
    page = made.page
    (one,) = desk.followups.of(1).actions
    assert (one.owner, page.after.actions_.what.text()) == ("guardia.noc", "")
    assert (one.due_at.hour, one.due_at.minute) == (5, 59)  # the day's last minute in Mexico City
    (row,) = page.after.actions_.rows()
    assert "Nora Cruz" in words(row)
    row.take_focus()
    made.qtbot.keyClicks(page.after.actions_.words, "acta")
    press(made, page.after.actions_.words)
    assert desk.followups.get(one.id).state is ActionState.DONE
    made.qtbot.waitUntil(lambda: "hecha" in words(page.after.actions_.rows()[0]))
    press(made, page.after.actions_.steps["reopen"], Qt.Key.Key_Space)
    press(made, page.after.actions_.steps["drop"], Qt.Key.Key_Space)
    assert "por qué" in page.after.actions_.problem.text()
    assert desk.followups.get(one.id).state is ActionState.OPEN


def test_what_is_next_opens_the_review_at_its_action(made: Stage, desk: Desk, clock: PlayClock) -> None:
    first = desk.followups.add(1, "Ensayar", "Luis", s.NOW + DAY)
    second = desk.followups.add(1, "Medir", "Luis", s.NOW + 2 * DAY)
    clock.move_to(s.NOW + 3 * DAY)
    made.page.actions_()["review.action"](second.id)
    made.settle()
    made.settle()
    chosen = [row.property("action") for row in made.page.after.actions_.rows() if row.chosen]
    assert chosen == [second.id] and made.page.views["after"].isChecked()
    late = " ".join(words(row) for row in made.page.after.actions_.rows())
    assert late.count("▲") == 2 and first.what in late


def test_voices_and_the_day_are_kept_and_said(made: Stage, desk: Desk) -> None:
    voices, day = made.page.after.voices, made.page.after.day
    made.page.actions_()["review.voice"](None)
    press(made, voices.who)
    assert voices.problem.text()
    voices.who.setText("Nora Cruz")
    voices.lines["badly"].setText("el guion llegó tarde")
    press(made, voices.lines["badly"])
    assert [f.who for f in desk.followups.of(1).feedback] == ["guardia.noc"]
    made.qtbot.waitUntil(lambda: "Nora Cruz" in words(voices))  # Qt shows what was put in at its next turn
    assert "el guion llegó tarde" in words(voices)
    press(made, day.set, Qt.Key.Key_Space)
    assert "día y hora" in day.problem.text()
    made.qtbot.keyClicks(day.due.line, "8/12/2030 10:00")
    press(made, day.due.line)
    assert desk.followups.of(1).set_by_person
    press(made, day.held, Qt.Key.Key_Space)
    assert "Se hizo" in words(day) and day.held.isHidden()


def test_both_languages_say_the_sheet_whole(made: Stage) -> None:
    for lang in ("en", "es"):
        made.page.texts.lang = lang
        made.page.retranslate()
        made.settle()
        shown = words(made.page.after)
        assert "review." not in shown and "{" not in shown




def test_the_texts_that_follow_are_begun_and_opened_where_they_are_written(
    made: Stage, desk: Desk, clock: PlayClock
) -> None:
    panel = made.page.after.texts_
    assert not panel.buttons["public"].isEnabled() and "cuando esté resuelta" in words(panel)
    made.page.actions_()["review.preliminary"](None)
    made.settle()
    (draft,) = desk.drafts.list(1)
    assert made.acted == [("draft.open", draft.id)]
    clock.move_to(s.NOW + timedelta(hours=1))
    desk.incidents.resolve(1, "guardia.noc")
    made.settle()
    made.page.refresh()
    made.settle()
    assert "en borrador" in words(panel) and panel.buttons["preliminary"].text() == "Abrir"
    press(made, panel.buttons["public"], Qt.Key.Key_Space)
    assert [d.template_id for d in desk.drafts.list(1)] == ["post_publico", "analisis_preliminar"]
    assert made.acted[-1] == ("draft.open", desk.drafts.list(1)[0].id)


def test_a_lesson_is_proposed_seen_as_a_difference_and_accepted_by_a_person(made: Stage, desk: Desk) -> None:
    add(made, "Llamar antes a Legal", "Nora Cruz", "8/12/2030")
    page, version = made.page, desk.playbook.version
    press(made, page.after.actions_.steps["propose"], Qt.Key.Key_Space)
    sheet = page.playbook
    assert page.views["playbook"].isChecked() and sheet.why.text() == "Llamar antes a Legal"
    made.settle()
    press(made, sheet.propose, Qt.Key.Key_Space)
    assert "cambia algo" in sheet.problem.text()
    sheet.task.setCurrentIndex(sheet.task.findData("r8"))
    made.qtbot.keyClicks(sheet.time, "T+10 min")
    press(made, sheet.time)
    made.qtbot.waitUntil(lambda: "1" in words(sheet.diff))
    assert "T+10 min" in sheet.text.toPlainText() and sheet.diff.table.isVisible()
    shown = [sheet.diff.table.model().index(n, 1).data() for n in range(sheet.diff.table.model().rowCount())]
    assert [line for line in shown if "T+10 min" in line and line.startswith("…")]  # the end that differs is in sight
    press(made, sheet.propose, Qt.Key.Key_Space)
    (waits,) = desk.followups.of(1).proposals
    assert desk.playbook.version == version and waits.action_id == desk.followups.of(1).actions[0].id
    sheet.list.rows()[0].take_focus()
    press(made, sheet.list.accept, Qt.Key.Key_Space)
    assert desk.playbook.version == version  # asked once more
    press(made, sheet.list.accept, Qt.Key.Key_Space)
    assert desk.playbook.version == version + 1
    made.settle()
    assert "aceptada" in words(sheet.list.rows()[0]) and sheet.text.toPlainText() == desk.playbook.source


def test_a_proposal_that_is_declined_says_why(made: Stage, desk: Desk) -> None:
    text = desk.followups.proposals.retime(desk.playbook.source, "r8", "T+10 min")
    desk.followups.proposals.propose(1, text, "tarde")
    made.page.open_view("playbook")
    made.page.refresh()
    made.settle()
    sheet = made.page.playbook
    press(made, sheet.list.decline, Qt.Key.Key_Space)
    assert "por qué" in sheet.list.problem.text()
    made.qtbot.keyClicks(sheet.list.reason, "no hace falta")
    press(made, sheet.list.reason)
    assert desk.followups.of(1).proposals[0].reason == "no hace falta"


def test_a_duty_shows_the_mentions_behind_it_and_what_was_heard_opens_the_inbox(
    made: Stage, desk: Desk, clock: PlayClock
) -> None:
    desk.ingest.manual("no tengo señal", author="vecina", channel="x")
    area = desk.areas.save("Red", owner="Luis")
    desk.areas.send(area.id, mention_id=desk.mentions.latest(1)[0].id)
    clock.move_to(s.NOW + timedelta(minutes=5))
    made.page.refresh()
    made.settle()
    duties = made.page.view.duties
    shown = [duties.duties.model().index(n, 1).data() for n in range(5)]
    assert shown == ["1", "0", "1", "0", "0"] and duties.behind.isHidden()
    duties.duties.selectRow(2)
    made.settle()
    assert not duties.behind.isHidden() and "señal" in duties.behind.model().index(0, 1).data()
    made.page.refresh()
    made.settle()
    assert not duties.behind.isHidden()  # what was chosen stays
    duties.duties.selectRow(0)
    duties.duties.setFocus()
    made.qtbot.keyClick(duties.duties, Qt.Key.Key_Return)
    incident = desk.incidents.get(1)
    assert made.acted[-1][0] == "chart.mentions" and made.acted[-1][1][0] == incident.started_at  # type: ignore[index]
