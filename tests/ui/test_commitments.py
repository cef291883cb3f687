"""The ledger: refusals in place, keys that keep, move and withdraw, the honest promise first, broken ones repaired."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from crisisdesk.model.commitment import CommitmentKind, CommitmentState, RemedyKind
from crisisdesk.model.errors import StepError
from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.risk import Case, estimate
from crisisdesk.pipeline.risk_words import risk_line
from crisisdesk.texts import LANGUAGES, Texts
from tests.fakes import samples as s
from tests.fakes.foreseen import foreseen
from tests.fakes.pages_a import LEDGER, PagesDesk, Stage, stage
from ui.pages.commitments import CommitmentsPage
from ui.widgets.ledger import in_order, score, score_words

Opened = tuple[CommitmentsPage, Stage]


@pytest.fixture
def opened(qapp: QApplication, qtbot: Any) -> Iterator[Callable[..., Opened]]:
    stages: list[tuple[CommitmentsPage, Stage]] = []

    def make(chosen: int | None = None, *, desk: PagesDesk | None = None, lang: str = "es") -> Opened:
        around = stage(qapp, desk, lang=lang)
        page = CommitmentsPage(around.context)
        qtbot.addWidget(page)
        stages.append((page, around))
        page.resize(1302, 682)
        page.set_incident(1)
        if chosen is not None:
            page.actions_()["promise.answer"](chosen)  # before anything is read: it waits
        page.show()
        page.activateWindow()
        qtbot.waitUntil(lambda: page._shown is not None)
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


def primaries(page: CommitmentsPage) -> list[str]:
    return [b.text() for b in page.findChildren(QPushButton) if b.property("kind") == "primary" and b.isVisible()]


# errors first


def test_what_the_desk_refuses_is_heard_and_changes_nothing(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(2)
    heard: list[object] = []
    around.context.bridge.failed.connect(heard.append)
    around.desk.fail = StepError("commitment.too_late")
    qtbot.keyClick(page, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: bool(heard))
    assert not around.said


def test_moving_needs_a_time_to_come_a_reason_and_a_giver(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(2)
    qtbot.keyClick(page, Qt.Key.Key_M)
    form = page.detail.move_form
    assert form.isVisible()
    assert form.time.instant() is None
    qtbot.keyClicks(form.time.line, "7:10")  # it has passed
    qtbot.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    said = [field._below.text() for field, _problem in form._fields]
    assert said == ["▲ Esa hora ya pasó", "▲ Falta el motivo: se publica con la hora nueva", "▲ Falta quién da la hora"]
    assert not calls(around, "commitments.move")


def test_a_broken_promise_needs_a_remedy_and_its_words(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(4)
    form = page.detail.remedy_form
    assert form.isVisible()
    assert "A las 07:15 las llamadas de emergencia" in form.said.text()
    assert form.due.text() == "La disculpa sale antes de las 07:25 · aprueba Dirección"
    qtbot.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    assert form._problem.isVisible()
    form.kinds.button(1).click()
    qtbot.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    assert not calls(around, "commitments.set_remedy")
    qtbot.keyClicks(form.text, "doble enlace")
    qtbot.keyClick(form.text, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "commitments.set_remedy") == (4, RemedyKind.CHANGE, "doble enlace")
    qtbot.waitUntil(lambda: ("draft.open", 3) in around.acted)


def test_an_individual_promise_needs_somebody(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.keyClick(page, Qt.Key.Key_I)
    qtbot.keyClicks(page.form.es, "llamar")
    qtbot.keyClick(page.form.es, Qt.Key.Key_Return)
    assert not calls(around, "commitments.promise")
    qtbot.keyClicks(page.form.to_whom, "Hotel Sol")
    qtbot.keyClicks(page.form.time.line, "0:20")
    assert "18 mar" in page.form.time._hint.text()  # past midnight: the date is shown
    page.form.giver.setCurrentIndex(page.form.giver.findData("comunidad"))
    qtbot.mouseClick(page.form.save_button, Qt.MouseButton.LeftButton)
    args = wait_for(qtbot, around, "commitments.promise")
    assert args == (
        1, Bilingual("llamar", ""), s.at("00:20") + timedelta(days=1), CommitmentKind.INDIVIDUAL, "Hotel Sol",
        "comunidad",
    )  # fmt: skip


def test_without_an_incident_it_says_so(qapp: QApplication, qtbot: Any) -> None:
    around = stage(qapp)
    page = CommitmentsPage(around.context)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page._work.currentIndex() == 1)
    qtbot.keyClick(page, Qt.Key.Key_C)
    page.actions_()["promise.new"](None)
    page.hide()
    around.close()
    assert not around.desk.calls


# keys


def test_one_key_says_that_there_is_no_time_yet(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(2)
    assert primaries(page) == ["Sin hora todavía; próxima noticia…"]
    page.actions_()["promise.new"](None)
    assert page.no_time.yes.hasFocus()
    qtbot.keyClick(page.no_time.yes, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "commitments.no_time") == (1, s.at("07:45"))
    qtbot.waitUntil(lambda: bool(around.acted))
    assert around.acted[-1][0] == "draft.open"


def test_asked_before_anything_is_read_it_waits(qapp: QApplication, qtbot: Any) -> None:
    around = stage(qapp)
    page = CommitmentsPage(around.context)
    qtbot.addWidget(page)
    page.set_incident(1)
    page.show()
    page.actions_()["promise.new"](None)
    qtbot.waitUntil(page.no_time.isVisible)
    page.hide()
    around.close()


def test_kept(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(2)
    qtbot.keyClick(page, Qt.Key.Key_C)
    assert wait_for(qtbot, around, "commitments.keep") == (2,)
    qtbot.waitUntil(lambda: "Cumplida: Servicio de voz y datos recuperado" in "".join(around.said))


def test_moved_opens_the_text_that_tells_it(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(2)
    qtbot.keyClick(page, Qt.Key.Key_M)
    form = page.detail.move_form
    qtbot.keyClicks(form.time.line, "1130")
    qtbot.keyClicks(form.reason, "el empalme tarda")
    form.giver.setCurrentIndex(form.giver.findData("enlace_tecnico"))
    qtbot.keyClick(form.reason, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "commitments.move") == (2, s.at("11:30"), "el empalme tarda", "enlace_tecnico")
    qtbot.waitUntil(lambda: ("draft.open", 2) in around.acted)


def test_withdrawn_with_its_reason(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(2)
    qtbot.keyClick(page, Qt.Key.Key_R)
    qtbot.keyClick(page.detail.withdraw_form.reason, Qt.Key.Key_Return)
    assert not calls(around, "commitments.withdraw")
    qtbot.keyClicks(page.detail.withdraw_form.reason, "no hay hora fiable")
    qtbot.keyClick(page.detail.withdraw_form.reason, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "commitments.withdraw") == (2, "no hay hora fiable")


def test_a_next_update_is_answered_by_writing_it(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(1)
    assert set(page.detail.buttons) == {"update", "keep", "url"}
    qtbot.keyClick(page, Qt.Key.Key_A)
    assert around.acted == [("update.write", 1)]


def test_escape_puts_a_form_away(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, _around = opened(2)
    qtbot.keyClick(page, Qt.Key.Key_M)
    qtbot.keyClick(page.detail.move_form.time.line, Qt.Key.Key_Escape)
    assert not page.detail.move_form.isVisible()


def test_arrows_choose_a_promise(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, _around = opened()
    rows = page.ledger.rows()
    assert [row.commitment.id for row in rows] == [4, 1, 3, 2, 7, 5, 6]
    qtbot.waitUntil(rows[1].isVisible)
    rows[0].setFocus()
    qtbot.keyClick(rows[0], Qt.Key.Key_Down)
    assert page.detail.commitment is not None
    assert page.detail.commitment.id == 1
    assert rows[1].chosen


def test_a_broken_promise_can_be_done_late(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(4)
    qtbot.keyClick(page, Qt.Key.Key_C)
    assert wait_for(qtbot, around, "commitments.fulfil") == (4,)


def test_hostile_texts_are_shown_as_they_are(opened: Callable[..., Opened]) -> None:
    desk = PagesDesk()
    nasty = "<img src='/dev/zero'> & <b>x</b>"
    desk._commitments = [
        replace(LEDGER[1], what=Bilingual(nasty, nasty), quoted=Bilingual(nasty, nasty), to_whom=nasty, giver=nasty,
                url="file:///etc/passwd")
    ]  # fmt: skip
    page, _around = opened(desk=desk)
    assert page.detail._what.text() == nasty
    assert page.detail._quoted.toPlainText() == nasty
    assert "url" not in page.detail.buttons  # not an address that may be opened


# pure parts


def test_the_score_counts_what_fell_due() -> None:
    result = score(LEDGER)
    assert (result.kept, result.due, result.updates_kept, result.updates_due) == (1, 2, 1, 1)
    assert result.lateness == timedelta(minutes=-2)
    said = score_words(result, Texts("es")).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Cumplidas 50 % (1 de 2) · mediana 2 min antes · próximas noticias a tiempo 1/1"
    assert score_words(score(()), Texts("en")) == "None has fallen due yet"


def test_the_ledger_begins_with_what_hurts() -> None:
    groups = in_order(LEDGER)
    assert [name for name, _rows in groups] == ["broken", "owed", "ended"]
    chosen = [replace(c, remedy="abono") if c.state is CommitmentState.BROKEN else c for c in LEDGER]
    assert in_order(chosen)[0][0] == "broken"  # a remedy that nobody has read yet repairs nothing
    repaired = [replace(c, remedied_at=c.due_at) if c.state is CommitmentState.BROKEN else c for c in LEDGER]
    assert [name for name, _rows in in_order(repaired)] == ["owed", "ended"]


def test_another_language_reaches_every_form(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(4)
    around.context.texts.lang = "en"
    page.retranslate()
    qtbot.waitUntil(lambda: page.detail.buttons["keep"].text() == "Done, late")
    form = page.detail.remedy_form
    assert form.save_button.text() == "Note it and open the apology"
    assert [chip.text() for chip in form.kinds.buttons()] == ["Compensation", "Named change"]
    assert page.form.save_button.text() == "Register"


# the history, many at once, notes


def test_a_time_above_the_limit_asks_what_the_history_does_not_know(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    around.desk.foreseen = foreseen(180)
    page.ask_promise(CommitmentKind.RESOLUTION)
    form = page.form
    qtbot.keyClicks(form.es, "Recuperar la voz")
    qtbot.keyClicks(form.time.line, "23:50")
    qtbot.waitUntil(form.weight.isVisible)
    assert form.weight.told.text().startswith("◆ De 11 averías parecidas que ya duraban 60 min, 5 pasaron de 3 h")
    assert form.known.isVisible() and form.known_by.isVisible()
    form.giver.setCurrentIndex(1)
    qtbot.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    assert not calls(around, "commitments.promise")
    qtbot.keyClicks(form.known, "empalme terminado")
    qtbot.keyClicks(form.known_by, "jefe de redes")
    qtbot.mouseClick(form.save_button, Qt.MouseButton.LeftButton)
    args = wait_for(qtbot, around, "commitments.promise")
    assert "empalme terminado" in args and "jefe de redes" in args


def test_with_too_few_cases_the_form_without_a_time_comes_first(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    cases = [Case(45), Case(80), Case(300)]
    told = Bilingual(*(risk_line(estimate(cases, 10, 60), Texts(lang)) for lang in LANGUAGES))
    around.desk.foreseen = replace(foreseen(60), found=estimate(cases, 10, 60), sure=None, line=told)
    page._choose(1)
    page.ask_promise(CommitmentKind.RESOLUTION)
    assert primaries(page) == ["Registrar"]
    qtbot.keyClicks(page.form.time.line, "23:50")
    qtbot.waitUntil(page.form.weight.isVisible)
    assert "no sé" in page.form.weight.told.text()
    assert primaries(page) == ["Sin hora todavía; próxima noticia…"]
    assert not page.form.known.isVisible()  # nothing is forbidden, nothing more is asked
    qtbot.mouseClick(page.form.no_time_button, Qt.MouseButton.LeftButton)
    assert page.no_time.isVisible() and not page.form.isVisible()


def test_an_internal_promise_has_its_key_and_needs_somebody(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.keyClick(page, Qt.Key.Key_N)
    assert page.form.heading.text() == "Promesa interna"
    qtbot.keyClicks(page.form.es, "pasar los datos")
    qtbot.keyClicks(page.form.time.line, "07:50")
    page.form.giver.setCurrentIndex(1)
    qtbot.keyClick(page.form.es, Qt.Key.Key_Return)
    assert not calls(around, "commitments.promise")
    qtbot.keyClicks(page.form.to_whom, "Sistemas")
    qtbot.keyClick(page.form.to_whom, Qt.Key.Key_Return)
    args = wait_for(qtbot, around, "commitments.promise")
    assert CommitmentKind.INTERNAL in args and "Sistemas" in args


@pytest.mark.parametrize(("key", "verb"), [(Qt.Key.Key_1, "same_hour"), (Qt.Key.Key_2, "same_instant")])
def test_a_zone_that_changed_is_settled_with_one_key(
    key: Qt.Key, verb: str, opened: Callable[..., Opened], qtbot: Any
) -> None:
    desk = PagesDesk()
    desk._commitments = [replace(c, wall="2026-03-17T12:00:00") if c.id == 2 else c for c in desk._commitments]
    page, around = opened(2, desk=desk)
    said = page.detail._zone.text()
    assert "America/Mexico_City" in said and "«12:00»" in said and "11:00" in said
    qtbot.keyClick(page, key)
    assert wait_for(qtbot, around, f"commitments.{verb}") == (2,)
    page._choose(1)
    assert not page.detail._zone.isVisible()
    qtbot.keyClick(page, key)
    assert len(calls(around, f"commitments.{verb}")) == 1


def test_a_time_within_the_limit_asks_nothing(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    around.desk.foreseen = foreseen(310)
    page.ask_promise(CommitmentKind.RESOLUTION)
    qtbot.keyClicks(page.form.time.line, "23:50")
    qtbot.waitUntil(page.form.weight.isVisible)
    assert not page.form.known.isVisible()


def test_old_durations_are_looked_at_before_they_are_taken(
    opened: Callable[..., Opened], qtbot: Any, tmp_path: Path
) -> None:
    page, around = opened()
    qtbot.keyClick(page, Qt.Key.Key_H)
    old = page.old
    assert old.isVisible() and old.path.hasFocus() and not old.take.isVisible()
    old.path.setText(str(tmp_path / "no.csv"))
    qtbot.keyClick(old.path, Qt.Key.Key_Return)
    qtbot.waitUntil(old.said.isVisible)
    assert old.said.text().startswith("▲ ") and not calls(around, "risk.take_for")
    file = tmp_path / "antes.csv"
    file.write_text("minutos;abierto\n45;no\n=HYPERLINK(1);no\n120;sí\n", encoding="utf-8")
    old.path.setText(str(file))
    qtbot.mouseClick(old.look_at, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(old.take.isVisible)
    said = old.said.text()
    assert said.startswith("2 casos, de 45 a 120 min") and "abiertos: 1; filas que no se entienden: 1" in said
    assert not calls(around, "risk.take_for")
    qtbot.mouseClick(old.take, Qt.MouseButton.LeftButton)
    assert wait_for(qtbot, around, "risk.take_for") == (1, 3, [Case(45.0), Case(120.0, open=True)])
    qtbot.waitUntil(lambda: any("2 casos entran" in said for said in around.said))
    assert not old.isVisible()


def test_individual_promises_are_closed_at_once(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.keyClick(page, Qt.Key.Key_B)
    assert wait_for(qtbot, around, "commitments.close_individual") == (1,)
    qtbot.waitUntil(lambda: any("2 cumplidas, 1 tarde" in said for said in around.said))


def test_the_notes_go_to_the_clipboard(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    for action, text in (("handover.copy", "Relevo"), ("executive.copy", "Dirección")):
        page.actions_()[action](None)
        qtbot.waitUntil(lambda text=text: QApplication.clipboard().text() == text)
    page.actions_()["history.yes"](None)
    assert wait_for(qtbot, around, "risk.mark") == (1, True)
    page.hide()
