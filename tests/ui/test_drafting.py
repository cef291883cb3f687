"""Drafting: what fails is said in place and nothing written is lost; promises, copies and proofs by the right verbs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from crisisdesk.desk.apologies import Part
from crisisdesk.model.commitment import RemedyKind
from crisisdesk.model.draft import DraftState, FieldValue, Problem
from crisisdesk.model.errors import StepError, StoreBusyError
from crisisdesk.model.fact import FactSection
from crisisdesk.model.finding import Severity
from crisisdesk.model.playbook import Bilingual, FieldKind, TemplateField
from tests.fakes import samples as s
from tests.fakes.foreseen import foreseen
from tests.fakes.pages_a import VALUES, PagesDesk, Stage, stage
from ui.pages.drafting import DraftingPage
from ui.widgets.clock_reading import read_clock
from ui.widgets.draft_form import FormWords, TimeRow

Opened = tuple[DraftingPage, Stage]
NO_TIME = "Todavía no hay una hora fiable"


@pytest.fixture
def opened(qapp: QApplication, qtbot: Any) -> Iterator[Callable[..., Opened]]:
    stages: list[tuple[DraftingPage, Stage]] = []

    def make(draft: int | None = 2, *, lang: str = "es", desk: PagesDesk | None = None) -> Opened:
        around = stage(qapp, desk, lang=lang)
        page = DraftingPage(around.context)
        qtbot.addWidget(page)
        stages.append((page, around))
        page.resize(1302, 682)
        page.set_incident(1)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(lambda: bool(page.picker.rows()))
        if draft is not None:
            page.open_draft(draft)
            qtbot.waitUntil(lambda: page.editor.draft_id == draft)
        return page, around

    yield make
    for page, around in stages:
        page.hide()
        around.close()


def calls(around: Stage, verb: str) -> list[tuple[object, ...]]:
    return [args for name, args in around.desk.calls if name == verb]


def line(page: DraftingPage, field: str, lang: int = 0) -> Any:
    """The line of a field, the cursor at its end."""
    found = page.editor.form.rows()[field].editors[lang]
    found.end(False)  # type: ignore[attr-defined]
    return found


def wait_for(qtbot: Any, around: Stage, verb: str, n: int = 1) -> tuple[object, ...]:
    qtbot.waitUntil(lambda: len(calls(around, verb)) >= n)
    return calls(around, verb)[-1]


# errors first


def test_what_cannot_be_saved_stays_on_screen_says_why_and_is_saved_again(
    opened: Callable[..., Opened], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.widgets.draft_saver.RETRY_MS", 20)
    page, around = opened()
    around.desk.fail = StoreBusyError("store.busy")
    qtbot.keyClicks(line(page, "detalle"), ", y mas")
    qtbot.waitUntil(lambda: "▲" in page.editor.saved.text())
    assert line(page, "detalle").text().endswith(", y mas")
    draft_id, values = wait_for(qtbot, around, "drafts.fill")
    assert draft_id == 2
    assert values["detalle"].text.es.endswith(", y mas")  # type: ignore[index]


def test_escape_loses_nothing(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.keyClicks(line(page, "utilidad"), " y SMS")
    qtbot.keyClick(line(page, "utilidad"), Qt.Key.Key_Escape)
    _draft, values = wait_for(qtbot, around, "drafts.fill")
    assert values["utilidad"].text.es.endswith(" y SMS")  # type: ignore[index]
    assert page.picker.isVisible()


def test_leaving_the_page_saves_at_once(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.keyClicks(line(page, "utilidad"), "!")
    page.hide()
    wait_for(qtbot, around, "drafts.fill")


def test_a_first_keystroke_is_saved_within_half_a_second(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.keyClicks(line(page, "utilidad"), "a")
    qtbot.waitUntil(lambda: bool(calls(around, "drafts.fill")), timeout=500)


def test_a_fact_without_a_source_is_refused_in_place(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(None)
    page.sheet.open_form()
    form = page.sheet.form
    form.key.setEditText("zona")
    qtbot.keyClicks(form.es, "centro")
    qtbot.mouseClick(form.save, Qt.MouseButton.LeftButton)
    assert "Falta quién lo dice" in form._problem.text()
    assert form.es.text() == "centro"
    assert not calls(around, "facts.say")


def test_publishing_is_refused_with_the_reason_on_the_button(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    around.desk.auto = False
    promise = Problem(severity=Severity.ERROR, key="unregistered_promise", lang="es", fields=(("words", "las 11"),))
    around.desk.problems = [promise]
    page.refresh()
    button = page.side.publish.publish
    qtbot.waitUntil(lambda: button.text() == "Publicar — falta resolver 1 promesa")
    assert not button.isEnabled()
    assert not page.side.publish.copy_es.isEnabled()


def test_an_address_that_is_no_address_is_not_published(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    around.desk.auto = False
    page.refresh()
    publish = page.side.publish
    qtbot.waitUntil(publish.publish.isEnabled)
    qtbot.mouseClick(publish.publish, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(publish.url, "javascript:alert(1)")
    qtbot.keyClick(publish.url, Qt.Key.Key_Return)
    assert "https://" in publish._url_field._below.text()
    assert not calls(around, "drafts.publish")
    qtbot.keyClick(publish.url, Qt.Key.Key_Escape)
    assert not publish.asking
    assert page.editor.isVisible()


def test_discarding_asks_once_more(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.mouseClick(page.editor.discard, Qt.MouseButton.LeftButton)
    assert not calls(around, "drafts.discard")
    qtbot.mouseClick(page.editor.discard, Qt.MouseButton.LeftButton)
    assert wait_for(qtbot, around, "drafts.discard")[0] == 2


def test_without_an_incident_it_says_so(qapp: QApplication, qtbot: Any) -> None:
    around = stage(qapp)
    page = DraftingPage(around.context)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page._work.currentIndex() == 1)
    page.actions_()["draft.holding"](None)
    page.hide()
    around.close()
    assert not around.desk.calls


# promises in free text


def test_a_promise_stands_out_with_three_ways_out_the_honest_one_primary(
    opened: Callable[..., Opened], qtbot: Any
) -> None:
    page, _around = opened()
    panel = page.editor.promise
    assert panel.isVisible()
    assert "antes de las 11" in panel._said.text()
    assert panel.no_time_button.text() == "Sin hora; próxima noticia 07:45"
    primary = [b.text() for b in page.findChildren(QPushButton) if b.property("kind") == "primary" and b.isVisible()]
    assert primary[0] == panel.no_time_button.text()
    parts = page.editor.panels["es"].text.parts()
    assert [p.text for p in parts if p.look == "promise"] == ["antes de las 11"]
    assert [p.text for p in parts if p.look == "owed"] == ["07:45"]


def test_no_time_replaces_the_sentence_and_announces_the_next_news(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.mouseClick(page.editor.promise.no_time_button, Qt.MouseButton.LeftButton)
    _draft, values = wait_for(qtbot, around, "drafts.fill")
    assert values["detalle"].text == Bilingual(NO_TIME, "Crews are on site")  # type: ignore[index]
    assert values["proxima"].instant == s.at("07:45")  # type: ignore[index]
    qtbot.waitUntil(lambda: not page.editor.promise.isVisible())


def test_taking_the_promise_out_leaves_the_rest(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    qtbot.mouseClick(page.editor.promise.remove_button, Qt.MouseButton.LeftButton)
    _draft, values = wait_for(qtbot, around, "drafts.fill")
    assert values["detalle"].text.es == "Estará resuelto"  # type: ignore[index]


def test_registering_a_promise_needs_what_when_and_who(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    panel = page.editor.promise
    qtbot.mouseClick(panel.register_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    assert not calls(around, "commitments.promise")
    qtbot.keyClicks(panel.what[0], "voz y datos")
    qtbot.keyClicks(panel.time.line, "1100")
    panel.giver.setCurrentIndex(panel.giver.findData("enlace_tecnico"))
    qtbot.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    args = wait_for(qtbot, around, "commitments.promise")
    assert args[:3] == (1, Bilingual("voz y datos", ""), s.at("11:00"))
    assert args[-3:] == ("enlace_tecnico", "", "")


def test_registering_a_time_above_the_limit_needs_what_is_known_and_who_says_so(
    opened: Callable[..., Opened], qtbot: Any
) -> None:
    page, around = opened()
    around.desk.foreseen = foreseen(180)
    panel = page.editor.promise
    qtbot.mouseClick(panel.register_button, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(panel.what[0], "voz y datos")
    qtbot.keyClicks(panel.time.line, "1100")
    panel.giver.setCurrentIndex(panel.giver.findData("enlace_tecnico"))
    qtbot.waitUntil(panel.evidence.known.isVisible)
    qtbot.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    assert panel._problem.text() == "▲ Falta qué se sabe: el historial dice otra cosa"
    assert not calls(around, "commitments.promise")
    qtbot.keyClicks(panel.evidence.known, "empalme terminado")
    qtbot.keyClicks(panel.evidence.known_by, "jefe de redes")
    qtbot.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    args = wait_for(qtbot, around, "commitments.promise")
    assert args[-2:] == ("empalme terminado", "jefe de redes")


def test_a_promise_in_a_form_shows_its_risk_and_asks_for_its_evidence(
    opened: Callable[..., Opened], qtbot: Any
) -> None:
    page, around = opened(None)
    around.desk.foreseen = foreseen(180)
    page.start("con_hora")
    qtbot.waitUntil(lambda: "promesa" in page.editor.form.rows())
    row = page.editor.form.rows()["promesa"]
    assert not row.evidence.isVisible()
    qtbot.keyClicks(row.time.line, "1100")
    qtbot.waitUntil(row.evidence.known.isVisible)
    assert "5 pasaron de 3 h" in row.evidence.risk.told.text()
    qtbot.keyClicks(row.evidence.known, "empalme terminado")
    qtbot.keyClicks(row.evidence.known_by, "jefe de redes")
    value = page.editor.form.value("promesa")
    assert (value.known, value.known_by) == ("empalme terminado", "jefe de redes")
    around.desk.foreseen = foreseen(310)
    row.time.line.clear()
    qtbot.keyClicks(row.time.line, "1200")
    qtbot.waitUntil(lambda: not row.evidence.known.isVisible())
    assert page.editor.form.value("promesa").known == ""


# whom we have told what


def test_the_loop_writes_the_next_text_of_an_audience(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(None)
    rows = page.picker.loop.rows()
    names = [row.accessibleName() for row in rows]
    assert names[0].startswith("Nuestra gente") and any(name.startswith("Todos los clientes") for name in names)
    assert "● Escuchar 07:12" in next(name for name in names if name.startswith("Todos los clientes"))
    rows[0].take_focus()
    qtbot.keyClick(rows[0], Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "drafts.start")[:2] == (1, "guion_llamadas")


# the apology in steps


def test_an_apology_in_steps_says_what_is_missing_where_it_is_missing(
    opened: Callable[..., Opened], qtbot: Any
) -> None:
    page, around = opened(None)
    page.actions_()["apology.build"](None)
    qtbot.waitUntil(page.apology.isVisible)
    builder = page.apology
    assert "Grupo: Evitable." in builder._cluster.text() and builder.wizard.isVisible()
    assert builder.rows[Part.OWN].text() == Bilingual("Es responsabilidad nuestra", "It is our responsibility")
    qtbot.mouseClick(builder.save_button, Qt.MouseButton.LeftButton)
    said = {part: row._problem.text() for part, row in builder.rows.items()}
    assert said[Part.OWN] == "" and said[Part.REMEDY].startswith("▲ Falta con qué se repara")
    assert builder.rows[Part.ACKNOWLEDGE].lines[0].hasFocus()
    assert not calls(around, "apologies.build")
    page.refresh()  # a refresh in the middle takes nothing away
    qtbot.waitUntil(lambda: around.context.bridge.idle)
    assert builder.isVisible()
    qtbot.keyClicks(builder.rows[Part.EFFECT].lines[0], "sin poder llamar")
    qtbot.keyClick(builder, Qt.Key.Key_Escape)
    assert page.picker.isVisible() and not builder.isVisible()
    page.actions_()["apology.build"](4)
    qtbot.waitUntil(builder.isVisible)
    assert builder.rows[Part.EFFECT].text().es == ""  # another apology
    builder.leave()
    page.actions_()["apology.build"](None)
    qtbot.waitUntil(builder.isVisible)
    assert builder.rows[Part.EFFECT].text().es == "sin poder llamar"  # Escape loses nothing


def test_an_apology_for_a_broken_promise_quotes_it_and_opens_the_draft(
    opened: Callable[..., Opened], qtbot: Any
) -> None:
    page, around = opened(None)
    page.actions_()["apology.build"](4)
    qtbot.waitUntil(page.apology.isVisible)
    builder = page.apology
    assert "A las 07:15 las llamadas de emergencia" in builder._quoted.toPlainText()
    for part, row in builder.rows.items():
        row.put(Bilingual(f"dato {part}", f"fact {part}"))
    qtbot.keyClick(builder, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert builder._kind_problem.isVisible() and not calls(around, "apologies.build")
    builder.kinds.button(1).click()
    qtbot.keyClick(builder, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    incident, parts, more = wait_for(qtbot, around, "apologies.build")
    assert incident == 1 and parts[Part.REMEDY] == Bilingual("dato remedy", "fact remedy")  # type: ignore[index]
    assert more == {"commitment_id": 4, "by": None, "remedy": RemedyKind.CHANGE}
    qtbot.waitUntil(page.editor.isVisible)


# the way out


def test_keys_write_a_holding_statement(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(None)
    qtbot.keyClick(page, "1")
    assert wait_for(qtbot, around, "drafts.start")[:2] == (1, "primer_mensaje")
    qtbot.waitUntil(lambda: page.editor.isVisible() and page.editor.draft_id is not None)
    service, since, news, where = page.editor.form.rows().values()
    assert service.editors[0].hasFocus()  # the first empty field
    qtbot.keyClick(service.editors[0], Qt.Key.Key_Return)  # takes what the truth sheet says
    assert service.value().text == Bilingual("voz y datos", "voice and data")
    assert service.value().fact_id == 1
    qtbot.keyClicks(since.editors[0].line, "702")  # type: ignore[attr-defined]
    qtbot.keyClicks(news.editors[0].line, "+27")  # type: ignore[attr-defined]
    qtbot.keyClicks(where.editors[0], "red.example")
    assert page.editor.panels["en"].text.text().startswith("We know voice and data has been failing since 07:02.")
    qtbot.keyClick(where.editors[0], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(calls(around, "drafts.fill")))
    qtbot.waitUntil(page.side.publish.publish.isEnabled)
    qtbot.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, around, "drafts.copy")
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().startswith("Sabemos que voz y datos está fallando"))


def test_published_says_when_and_where(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    around.desk.auto = False
    page.refresh()
    publish = page.side.publish
    qtbot.waitUntil(publish.publish.isEnabled)
    publish.channel.setCurrentText("mastodon")
    qtbot.mouseClick(publish.copy_en, Qt.MouseButton.LeftButton)
    assert wait_for(qtbot, around, "drafts.copy") == (2, "en", "mastodon")
    qtbot.mouseClick(publish.publish, Qt.MouseButton.LeftButton)
    assert publish.time.instant() == s.NOW
    qtbot.keyClicks(publish.url, "https://social.example/9")
    qtbot.keyClick(publish.url, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "drafts.publish") == (2, "mastodon", "https://social.example/9", s.NOW, "en")
    qtbot.waitUntil(page.picker.isVisible)
    assert around.desk._draft(2).state is DraftState.PUBLISHED
    assert around.said[-1] == "✓ Publicado a las 07:18"


def test_a_text_whose_reply_may_be_out_is_copied_by_a_press_of_its_own(
    opened: Callable[..., Opened], qtbot: Any
) -> None:
    page, around = opened()
    around.desk.auto = False
    kept = around.desk.drafts.copy

    def copy(draft_id: int, lang: str, channel: str, *, in_doubt: bool = False) -> str:
        if not in_doubt:
            raise StepError("outgoing.in_doubt", by="<b>luis</b>", at=s.NOW)
        return str(kept(draft_id, lang, channel, in_doubt=True))

    around.desk.drafts.copy = copy
    page.refresh()
    publish = page.side.publish
    qtbot.waitUntil(publish.copy_es.isEnabled)
    QGuiApplication.clipboard().setText("antes")
    qtbot.mouseClick(publish.copy_es, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: publish.anyway.isVisibleTo(publish))
    assert "<b>luis</b>" in publish.doubts.text() and QGuiApplication.clipboard().text() == "antes"
    qtbot.keyClick(publish.anyway, Qt.Key.Key_Space)
    assert wait_for(qtbot, around, "drafts.copy") == (2, "es", publish.channel_name(), True)
    qtbot.waitUntil(lambda: not publish.anyway.isVisibleTo(publish))
    assert QGuiApplication.clipboard().text() != "antes"


def test_in_a_drill_the_bar_says_that_copies_are_marked(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(desk=PagesDesk(drill=True))
    around.desk.auto = False
    page.refresh()
    qtbot.waitUntil(page.side.publish.copy_es.isEnabled)
    assert "SIMULACRO" in page.side.publish.note.text()
    qtbot.mouseClick(page.side.publish.copy_es, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().startswith("SIMULACRO — "))


def test_an_approval_records_who_agreed(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    approvals = page.side.approvals
    qtbot.mouseClick(approvals.buttons["legal"], Qt.MouseButton.LeftButton)
    approvals.who.setText("Luis Prado")  # typing would open the list of names in a window of its own
    qtbot.keyClick(approvals.who, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "drafts.approve") == (2, "legal", "Luis Prado")
    qtbot.waitUntil(lambda: "legal" not in approvals.buttons)


def test_the_last_published_text_is_copied(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(None)
    qtbot.mouseClick(page.picker.copy_last, Qt.MouseButton.LeftButton)
    assert wait_for(qtbot, around, "drafts.copy") == (1, "es", "mastodon")
    qtbot.waitUntil(lambda: bool(around.said))


def test_a_fact_is_added_in_place(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened(None)
    page.actions_()["facts.sheet"](None)
    form = page.sheet.form
    form.key.setEditText("Mientras tanto")  # a field's label stands for its name
    qtbot.keyClicks(form.es, "llamadas por Wi-Fi")
    qtbot.keyClicks(form.en, "calls over Wi-Fi")
    form.said_by.setText("producto")
    qtbot.keyClick(form.said_by, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "facts.say") == (
        1, FactSection.KNOW, "utilidad", Bilingual("llamadas por Wi-Fi", "calls over Wi-Fi"), "producto",
    )  # fmt: skip
    qtbot.waitUntil(lambda: any(row.fact.key == "utilidad" for row in page.sheet.rows()))


def test_tab_goes_from_field_to_field(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, _around = opened()
    line(page, "servicio").setFocus()
    qtbot.keyClick(line(page, "servicio"), Qt.Key.Key_Tab)
    assert line(page, "servicio", 1).hasFocus()
    qtbot.keyClick(line(page, "servicio", 1), Qt.Key.Key_Tab)
    assert line(page, "alcance").hasFocus()


def test_what_is_being_written_is_not_overwritten(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    line(page, "detalle").setFocus()
    qtbot.keyClicks(line(page, "detalle"), " hoy")
    around.desk._draft_to(2, DraftState.WRITING, values=dict(VALUES))
    page.refresh()
    qtbot.wait(50)
    assert line(page, "detalle").text().endswith(" hoy")


@pytest.mark.parametrize("lang", ["es", "en"])
def test_hostile_texts_are_shown_as_they_are(
    opened: Callable[..., Opened], qtbot: Any, shared: Path, lang: str
) -> None:
    hostile = [t for t in json.loads((shared / "payloads/mention_texts.json").read_text("utf-8")) if isinstance(t, str)]
    desk = PagesDesk()
    desk._facts = [
        type(s.FACTS[0])(
            id=100 + n, incident_id=1, section=FactSection.KNOW, key=text[:40] or "x", value=Bilingual(text, text),
            said_by=text[:60], said_at=s.NOW, recorded_at=s.NOW,
        )
        for n, text in enumerate(hostile)
    ]  # fmt: skip
    page, _around = opened(2, lang=lang, desk=desk)
    qtbot.waitUntil(lambda: len(page.sheet.rows()) == len(hostile), timeout=20_000)
    bold = next(row for row in page.sheet.rows() if row.fact.value.es == "<b>bold</b>")
    assert "<b>bold</b>" in bold.said.text()
    for text in hostile[:12]:
        page.editor.form.put("detalle", FieldValue(text=Bilingual(text[:2000], text[:2000])))
        page.editor.show_text()
        page.grab()
    page.editor.form.put("detalle", FieldValue(text=Bilingual("<img src='/dev/zero'>", "<b>b</b>")))
    assert "<img src='/dev/zero'>" in page.editor.panels["es"].text.text()


def test_the_form_asks_about_the_hour_that_comes_twice(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, _around = opened()
    row = page.editor.form.rows()["proxima"]
    time = row.time  # type: ignore[attr-defined]
    time.set_zone("Europe/Madrid")
    time._reading = read_clock("02:30", "Europe/Madrid", datetime(2026, 10, 24, 22, tzinfo=UTC))
    time._say()
    assert [b.isVisible() for b in time._choices] == [True, True]
    qtbot.mouseClick(time._choices[1], Qt.MouseButton.LeftButton)
    assert time.instant() == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)



def test_an_objection_needs_its_reason_and_all_are_asked_at_once(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    approvals = page.side.approvals
    qtbot.waitUntil(lambda: "legal" in approvals.objections)
    approvals.ask_all.click()
    wait_for(qtbot, around, "drafts.approvals.ask")
    approvals.objections["legal"].click()
    approvals.who.setText("Luis Prado")
    qtbot.keyClick(approvals.who, Qt.Key.Key_Return)
    assert not calls(around, "drafts.approvals.oppose")  # without a reason nothing is stopped
    qtbot.keyClicks(approvals.reason, "admite una causa")
    qtbot.keyClick(approvals.reason, Qt.Key.Key_Return)
    qtbot.keyClick(approvals.who, Qt.Key.Key_Return)
    assert wait_for(qtbot, around, "drafts.approvals.oppose") == (2, "legal", "Luis Prado", "admite una causa")


def test_ctrl_return_in_a_field_goes_on_only_once_what_was_written_is_stored(
    opened: Callable[..., Opened], qtbot: Any
) -> None:
    desk = PagesDesk()
    desk.auto = False  # nothing blocks
    page, around = opened(desk=desk)
    field = line(page, "detalle")
    qtbot.keyClicks(field, " ya")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, around, "drafts.copy")
    names = [name for name, _args in around.desk.calls]
    assert names.index("drafts.copy") > max(n for n, name in enumerate(names) if name == "drafts.fill")


def test_each_finding_is_a_chip_with_its_reason_and_leads_to_its_field(
    opened: Callable[..., Opened], qtbot: Any
) -> None:
    page, around = opened()
    text = page.editor.panels["es"].text.text()
    words = text.split()[0]
    fields = (("words", words), ("rule", "minimising"))
    hostile = (("words", "<b>solo</b>"), ("rule", "blame.third_party"))
    around.desk.auto = False
    around.desk.problems = [
        Problem(severity=Severity.WARNING, key="tone", field="utilidad", lang="es", span=(0, 3), fields=fields),
        Problem(severity=Severity.ERROR, key="tone", lang="en", span=(0, 3), fields=hostile),
    ]
    page.refresh()
    panels = page.editor.panels
    qtbot.waitUntil(panels["es"].findings.isVisible)
    assert any(p.text == words and p.look == "asked" for p in panels["es"].text.parts())
    assert "Quita importancia" in panels["es"].findings.words()[0]
    assert "<b>solo</b>" in panels["en"].findings.words()[0]
    assert "Culpa a otro" in panels["en"].findings.words()[0]
    page.editor.panels["es"].findings.wanted.emit("utilidad")
    assert page.editor.form.rows()["utilidad"].editors[0].hasFocus()
    assert page.side.publish.publish.text() == "Publicar — hay que cambiar el tono"


def test_links_and_names_that_differ_are_said_each(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, around = opened()
    around.desk.auto = False
    around.desk.problems = [
        Problem(severity=Severity.WARNING, key="links_differ", fields=(("es", "a.example"), ("en", "—"))),
        Problem(severity=Severity.WARNING, key="names_differ", fields=(("es", "Colima"), ("en", "Lima"))),
    ]
    page.refresh()
    qtbot.waitUntil(lambda: "a.example" in page.editor._differ_said.text())
    assert page.editor._differ.isVisible()
    said = page.editor._differ_said.text()
    assert "«a.example» solo está en español" in said
    assert "«Colima» en español, «Lima» en inglés" in said


def test_who_gives_a_time_is_called_by_name(opened: Callable[..., Opened], qtbot: Any) -> None:
    page, _around = opened()
    assert page._shown is not None
    slug, name = next(iter(page._shown.people.items()))
    assert slug != name
    field = TemplateField(name="promesa", kind=FieldKind.PROMISE, optional=False)
    row = TimeRow(field, "Hora", page.context, FormWords(s.ZONE, (), page._shown.people), 1)
    qtbot.addWidget(row.giver)
    for giver, shown in ((slug, name), ("nobody.known", "nobody.known")):
        row.put(FieldValue(instant=s.at("11:00"), giver=giver))
        assert (row.giver.currentText(), row.value().giver) == (shown, giver)
