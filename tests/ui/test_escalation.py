"""Escalation: errors in place, the card's keys, answers into the truth sheet, ladders begun and roles filled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from crisisdesk.model.errors import StepError
from crisisdesk.model.escalation import CallOutcome, EscalationState
from crisisdesk.model.events import EscalationChanged
from crisisdesk.model.fact import FactSection
from crisisdesk.model.playbook import Bilingual
from tests.fakes import samples as s
from tests.fakes.pages_a import PagesDesk, Stage, stage
from ui.pages.escalation import EscalationPage
from ui.widgets.call_questions import fed_by

Opened = tuple[EscalationPage, Stage]


@pytest.fixture
def opened(qapp: QApplication, qtbot: Any) -> Iterator[Callable[..., Opened]]:
    stages: list[tuple[EscalationPage, Stage]] = []

    def make(desk: PagesDesk | None = None, *, lang: str = "es") -> Opened:
        around = stage(qapp, desk, lang=lang)
        page = EscalationPage(around.context)
        qtbot.addWidget(page)
        stages.append((page, around))
        page.resize(1302, 682)
        page.set_incident(1)
        page.show()
        page.activateWindow()
        # Rows that have just been made are shown by the event loop, a moment after they are there.
        qtbot.waitUntil(lambda: around.context.bridge.idle and any(r.isVisible() for r in page.ladders.rows()))
        qtbot.waitUntil(page.isActiveWindow)
        return page, around

    yield make
    for page, around in stages:
        page.hide()
        around.close()


def calls(around: Stage, verb: str) -> list[tuple[object, ...]]:
    return [args for name, args in around.desk.calls if name == verb]


def wait_for(qtbot: Any, around: Stage, verb: str) -> tuple[object, ...]:
    qtbot.waitUntil(lambda: bool(calls(around, verb)))
    return calls(around, verb)[-1]


def test_an_outcome_that_is_refused_leaves_the_card_on_the_table(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    heard: list[object] = []
    around.context.bridge.failed.connect(heard.append)
    around.desk.fail = StepError("escalation.recorded", who="Clara")
    qtbot.keyClick(page, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: bool(heard))
    assert page.card.isVisible()
    assert page.card.card is not None


def test_nobody_like_that_in_the_contacts(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.keyClick(page.roles.buttons["legal"], Qt.Key.Key_Return)
    page.roles.who.setText("Nadie Así")
    qtbot.keyClick(page.roles.who, Qt.Key.Key_Return)
    assert "No hay nadie" in page.roles._problem.text()
    assert not calls(around, "incidents.assign")
    qtbot.keyClick(page.roles.who, Qt.Key.Key_Escape)
    assert not page.roles.entry.isVisible()


def test_stopping_a_ladder_needs_a_reason(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.mouseClick(page.stop, Qt.MouseButton.LeftButton)
    qtbot.keyClick(page.ask._line, Qt.Key.Key_Return)
    assert not calls(around, "escalation.stop")
    qtbot.keyClicks(page.ask._line, "ya viene")
    qtbot.keyClick(page.ask._line, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "escalation.stop") == (1, "ya viene")


def test_without_an_incident_it_says_so(qapp: QApplication, qtbot: Any) -> None:
    around = stage(qapp)
    page = EscalationPage(around.context)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page._work.currentIndex() == 1)
    qtbot.keyClick(page, Qt.Key.Key_1)
    page.hide()
    around.close()
    assert not around.desk.calls


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        (Qt.Key.Key_2, CallOutcome.VOICEMAIL),
        (Qt.Key.Key_3, CallOutcome.NO_ANSWER),
        (Qt.Key.Key_4, CallOutcome.DECLINED),
    ],
)
def test_keys_record_what_came_of_the_call(
    opened: Callable[..., Opened], qtbot: Any, key: Qt.Key, outcome: CallOutcome
) -> None:
    page, around = opened()
    qtbot.keyClick(page, key)
    assert wait_for(qtbot, around, "escalation.outcome") == (2, outcome, "")
    qtbot.waitUntil(page._nobody.isVisible)


def test_answered_asks_whether_they_take_it(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.keyClick(page, Qt.Key.Key_1)
    assert page.card.asking
    assert not calls(around, "escalation.outcome")
    qtbot.keyClick(page, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "escalation.outcome") == (2, CallOutcome.ANSWERED, "")
    assert wait_for(qtbot, around, "escalation.acknowledge") == (1, "dir.adj")
    qtbot.waitUntil(lambda: page.card.taken)
    assert "Clara Núñez se hace cargo hasta las 08:18" in page.card._asked.text()
    assert page.card.questions.lines[0].hasFocus()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    qtbot.waitUntil(page._nobody.isVisible)


def test_answered_but_not_taken_lets_the_ladder_go_on(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.keyClick(page, Qt.Key.Key_1)
    qtbot.keyClick(page, Qt.Key.Key_N)
    _attempt, outcome, note = wait_for(qtbot, around, "escalation.outcome")
    assert outcome is CallOutcome.DECLINED
    assert note == "contestó y no se hace cargo"


def test_digits_in_an_answer_are_an_answer(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    since = page.card.questions.lines[1]
    since.setFocus()
    qtbot.keyClicks(since, "12 min")
    assert not calls(around, "escalation.outcome")
    qtbot.keyClick(since, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "facts.say") == (
        1, FactSection.KNOW, "inicio", Bilingual("12 min", ""), "Clara Núñez",
    )  # fmt: skip
    assert page.card.questions.lines[2].hasFocus()


def test_what_they_do_not_know_goes_among_the_doubts(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    page.card.questions._save(4, known=False)
    _incident, section, key, value, _who = wait_for(qtbot, around, "facts.say")
    assert (section, key) == (FactSection.DONT_KNOW, "hora_solucion")
    assert value == Bilingual("sin confirmar", "unconfirmed")


def test_a_card_in_use_is_not_replaced(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    first = page.card.questions.lines[0]
    qtbot.keyClicks(first, "fibra")
    later = replace(s.CARD, attempt=replace(s.ATTEMPTS[1], id=7), contact_name="Otra Persona")
    around.desk.open_cards = [later]
    around.desk.bus.publish([EscalationChanged(1, 1)])
    qtbot.waitUntil(lambda: page._shown is not None and page._shown.cards == (later,))
    assert page.card.card == s.CARD
    assert first.text() == "fibra"


def test_the_number_is_large_selectable_and_copied(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, _around = opened()
    assert page.card.phone.text() == "55 0000 0006"
    assert page.card.phone.isReadOnly()
    assert page.card.phone.font().pixelSize() >= 30 or page.card.phone.fontMetrics().height() >= 30
    qtbot.keyClick(page, Qt.Key.Key_Y)
    assert QGuiApplication.clipboard().text() == "55 0000 0006"


def test_a_ladder_begins_with_return_and_a_reason(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    legal = next(row for row in page.ladders.rows() if row.role == "legal")
    legal.setFocus()
    qtbot.keyClick(legal, Qt.Key.Key_Return)
    assert page.ask.isVisible()
    qtbot.keyClicks(page.ask._line, "nivel 3")
    qtbot.keyClick(page.ask._line, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "escalation.start") == (1, "legal", "nivel 3")


def test_arrows_go_from_ladder_to_ladder(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, _around = opened()
    rows = page.ladders.rows()
    rows[0].setFocus()
    qtbot.keyClick(rows[0], Qt.Key.Key_Down)
    assert rows[1].hasFocus()


def test_a_role_that_nobody_holds_is_amber_and_filled_by_typing(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    assert page.roles.missing() == 1
    qtbot.keyClick(page.roles.buttons["legal"], Qt.Key.Key_Return)
    page.roles.who.setText("marta")
    qtbot.keyClick(page.roles.who, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "incidents.assign") == (1, "legal", "jefa.redes")
    qtbot.waitUntil(lambda: page.roles.missing() == 0)


def test_the_next_card_action_goes_round(opened: Callable[..., Opened], qtbot: Any) -> None:
    desk = PagesDesk()
    other = replace(
        s.CARD, attempt=replace(s.ATTEMPTS[1], id=7), escalation=replace(s.ESCALATION, id=5, role="legal"),
        contact_name="Otra Persona",
    )  # fmt: skip
    desk.open_cards = [s.CARD, other]
    page, _around = opened(desk)
    page.card.focus_first()
    page.actions_()["call.card"](None)
    assert page.card.card == other
    page.actions_()["call.card"](1)
    assert page.card.card == s.CARD


def test_quiet_hours_and_a_hostile_name_are_shown(opened: Callable[..., Opened], qtbot: Any) -> None:
    desk = PagesDesk()
    desk.open_cards = [replace(s.CARD, quiet_hours=True, contact_name="<b>x</b>", phone="<img src='/dev/zero'>")]
    page, _around = opened(desk)
    assert page.card._quiet.isVisible()
    assert page.card._name.text() == "<b>x</b>"
    assert page.card.phone.text() == "<img src='/dev/zero'>"


def test_states_have_words_and_marks(opened: Callable[..., Opened]) -> None:
    desk = PagesDesk()
    desk.ladders.append(replace(s.ESCALATION, id=3, role="legal", state=EscalationState.EXHAUSTED, step_due_at=None))
    page, _around = opened(desk)
    names = [row.accessibleName() for row in page.ladders.rows()]
    assert names == [
        "Dirección: llamando", "Enlace técnico: Guardia NOC se hace cargo", "Legal: nadie contestó",
        "Supervisión de llamadas: sin empezar",
    ]  # fmt: skip


def test_questions_feed_the_playbooks_own_items() -> None:
    labels = {"quien_afecta": "", "alternativa": ""}
    assert fed_by(Bilingual("¿A quién afecta: zona, servicio?", "Who is affected?"), labels) == "quien_afecta"
    assert fed_by(Bilingual("¿Quién da esa hora?", "Who gives that time?"), labels) == "quien_da_hora"
    assert fed_by(Bilingual("¿Qué falla?", "What fails?"), labels) == "servicio"
    assert fed_by(Bilingual("¿Color?", "Colour?"), labels) == "Color"
