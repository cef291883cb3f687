"""The room: errors in place, the alert answered, what is next done by its key, notes written, hours of quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from crisisdesk.model.errors import StoreBusyError
from crisisdesk.model.events import AlertRaised, IncidentChanged
from crisisdesk.texts import Texts
from tests.fakes import samples
from tests.fakes.desk import FakeDesk
from ui.actions import key_of
from ui.pages.room import RoomPage
from ui.shots import settle
from ui.widgets.no_time import next_news
from ui.widgets.spike_card import phase_runs, return_words
from ui.window import Window, make_window

Opened = tuple[Window, RoomPage, FakeDesk]


@pytest.fixture
def opened(qapp: QApplication, qtbot: Any) -> Iterator[Callable[..., Opened]]:
    windows: list[Window] = []

    def make(**state: bool) -> Opened:
        desk = FakeDesk(**state)
        window = make_window(desk)  # type: ignore[arg-type]
        qtbot.addWidget(window)
        windows.append(window)
        window.resize(1366, 768)
        window.show()
        settle(window)
        page = window.page("room")
        assert isinstance(page, RoomPage)
        return window, page, desk

    yield make
    for window in windows:
        window.close()


def primaries(page: RoomPage) -> list[str]:
    return [b.text() for b in page.findChildren(QPushButton) if b.property("kind") == "primary" and b.isVisible()]


def verbs(desk: FakeDesk) -> list[str]:
    return [verb for verb, _ in desk.calls]


def test_an_error_is_one_sentence_in_place_and_nothing_typed_is_lost(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, page, desk = opened()
    desk.fail = StoreBusyError("store.busy")
    page.timeline.notes.line.setText("NOC: dos cuadrillas")
    qtbot.keyClick(page.timeline.notes.line, Qt.Key.Key_Return)
    qtbot.waitUntil(window.console.notice.isVisible)
    assert window.console.notice.text().startswith("▲ ")
    assert page.timeline.notes.line.text() == "NOC: dos cuadrillas"
    assert "timeline.note" not in verbs(desk)


def test_return_opens_the_incident_from_the_alert(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, page, desk = opened(alert_only=True)
    assert primaries(page) == ["Abrir incidencia (Intro)"]
    qtbot.keyClick(page, Qt.Key.Key_Return)
    form = page.situation.open_form
    assert form.isVisible()
    assert primaries(page) == ["Confirmar (Intro)"]
    assert form.started.instant() == samples.T0
    qtbot.keyClick(form.yes, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "incidents.open" in verbs(desk))
    _, (title, level, alert_id, started) = desk.calls[0]
    assert (level, alert_id, started) == (3, 1, samples.T0)
    assert "sin señal" in str(title)
    settle(window)
    assert not form.isVisible()
    assert primaries(page) == ["Redactar actualización"]


def test_a_figure_chooses_another_level_and_says_so(opened: Callable[..., Opened], qtbot: Any) -> None:
    _, page, desk = opened(alert_only=True)
    qtbot.keyClick(page, Qt.Key.Key_Return)
    form = page.situation.open_form
    qtbot.keyClick(form.yes, "2")
    assert "se eligió otro" in form._why.text()
    qtbot.keyClick(form.yes, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "incidents.open" in verbs(desk))
    assert desk.calls[0][1][1] == 2


def test_escape_leaves_the_form_and_the_alert_as_they_were(opened: Callable[..., Opened], qtbot: Any) -> None:
    _, page, desk = opened(alert_only=True)
    qtbot.keyClick(page, Qt.Key.Key_Return)
    qtbot.keyClick(page.situation.open_form, Qt.Key.Key_Escape)
    assert not page.situation.open_form.isVisible()
    assert desk.calls == []
    assert primaries(page) == ["Abrir incidencia (Intro)"]


def test_an_incident_without_a_title_cannot_be_opened(opened: Callable[..., Opened], qtbot: Any) -> None:
    _, page, desk = opened(alert_only=True)
    qtbot.keyClick(page, Qt.Key.Key_Return)
    form = page.situation.open_form
    form.title.setText("  ")
    assert not form.yes.isEnabled()
    qtbot.keyClick(form.title, Qt.Key.Key_Return)
    assert desk.calls == []


def test_dismissing_needs_a_reason(opened: Callable[..., Opened], qtbot: Any) -> None:
    _, page, desk = opened(alert_only=True)
    qtbot.keyClick(page, "x")
    ask = page.situation.ask
    qtbot.waitUntil(ask.isVisible)
    qtbot.keyClick(ask._line, Qt.Key.Key_Return)
    assert desk.calls == []
    qtbot.keyClicks(ask._line, "otra marca")
    qtbot.keyClick(ask._line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: verbs(desk) == ["alerts.dismiss", "queries.exclude"])
    assert desk.calls[0][1] == (1, "otra marca", ())  # nothing is excluded unless a person says so
    assert desk.calls[1][1] == ((),)


def test_what_is_not_ours_can_be_excluded_by_a_person(opened: Callable[..., Opened], qtbot: Any) -> None:
    """What the exclusion would have removed is said where it is asked, with an example."""
    _, page, desk = opened(alert_only=True)
    qtbot.keyClick(page, "x")
    ask = page.situation.ask
    qtbot.waitUntil(ask.isVisible)
    said = ask._question.text()
    assert "«concierto», «entradas» habría quitado 188 de las 214" in said
    assert "3 de las 9" in said
    assert "desde casa" in said
    ask._group.button(1).click()
    qtbot.keyClicks(ask._line, "un concierto")
    qtbot.keyClick(ask._line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: verbs(desk) == ["alerts.dismiss", "queries.exclude"])
    assert desk.calls[1][1] == (("concierto", "entradas"),)


def test_the_honest_choice_is_one_key_and_outranks_the_promise(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, page, desk = opened()
    window.act("promise.none", None)
    assert primaries(page) == ["Sin hora; próxima noticia 07:45"]
    window._pages["drafting"] = window._pages["room"]  # the draft's page is another test's
    qtbot.keyClick(page.situation.no_time.yes, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "commitments.no_time" in verbs(desk))
    assert desk.calls[0][1] == (1, samples.at("07:45"))
    del window._pages["drafting"]


def test_what_is_next_stands_by_time_with_keys_and_words(opened: Callable[..., Opened], qtbot: Any) -> None:
    _, page, _ = opened()
    rows = page.next.list.rows()
    assert [row._time.text() for row in rows] == ["07:20", "07:22", "07:30", "07:30", "08:24"]
    assert [row._key.text() for row in rows] == ["T", "Ctrl 2", "A", "T", "Ctrl 2"]
    assert rows[2]._left.property("rank") == "promise"
    assert rows[2]._left.accessibleName() == "faltan 12 minutos"
    page.next.list.setFocus()
    qtbot.keyClick(page.next.list, Qt.Key.Key_Down)
    chosen = page.next.list.chosen()
    assert chosen is not None
    assert chosen.key == "call.card"
    for _ in range(9):
        qtbot.keyClick(page.next.list, Qt.Key.Key_Down)
    assert page.next.list.rows()[-1].chosen


def test_the_chosen_row_stays_chosen_when_others_come_and_go(opened: Callable[..., Opened]) -> None:
    _, page, _ = opened()
    page.next.list.choose(2)
    page.next.list.set_items(samples.NEXT[1:], samples.ZONE)
    chosen = page.next.list.chosen()
    assert chosen is not None
    assert chosen.key == "update.write"


def test_a_task_that_needs_proof_is_not_done_without(opened: Callable[..., Opened], qtbot: Any) -> None:
    _, page, desk = opened()
    page.next.list.choose(3)
    qtbot.keyClick(page.next.list, "t")
    line = page.next.ask._line
    assert page.next.ask.isVisible()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert desk.calls == []
    qtbot.keyClicks(line, "acuse 123")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: verbs(desk) == ["incidents.finish_task"])
    assert desk.calls[0][1] == (3, "acuse 123")


def test_a_note_is_written_as_what_it_is(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, page, desk = opened()
    window.act("note.write", None)
    page.timeline.notes._kinds.button(1).click()
    page.timeline.notes.line.setText("No se promete hora")
    qtbot.keyClick(page.timeline.notes.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.timeline.notes.line.text() == "")
    assert desk.calls[0][1][2] == "decision"
    settle(window)
    assert page.timeline.strip.sentences()[0].endswith("No se promete hora")


def test_a_calm_day_is_said(opened: Callable[..., Opened]) -> None:
    _, page, _ = opened(calm=True)
    assert page.situation.calm.isVisible()
    assert page.situation.calm._heading.text() == "● Todo en calma"
    assert primaries(page) == []
    assert page.chart.view.ready()


def test_the_chart_tells_its_numbers_by_keyboard(opened: Callable[..., Opened], qtbot: Any) -> None:
    _, page, _ = opened()
    view = page.chart.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.accessibleDescription().startswith("07:17 (T+15) · 99 menciones · 63 originales · 36 reenvíos · ")
    assert "menciones" in view.accessibleDescription()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.accessibleDescription().startswith("De 05:19 a 07:19: ")


def test_events_out_of_sight_cost_nothing_until_shown(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, page, desk = opened()
    reads: list[object] = []
    view = desk.room.view
    desk.room.view = lambda wanted=None: (reads.append(wanted), view(wanted))[1]
    page.hide()
    with qtbot.waitSignal(window.context.bridge.events):
        desk.bus.publish([AlertRaised(1)])
    settle(window)
    hidden = len(reads)
    page.show()
    settle(window)
    assert len(reads) == hidden + 1


def test_many_events_are_one_read(opened: Callable[..., Opened], qtbot: Any) -> None:
    window, _, desk = opened()
    reads: list[object] = []
    view = desk.room.view
    desk.room.view = lambda wanted=None: (reads.append(wanted), view(wanted))[1]
    desk.bus.publish([IncidentChanged(1)] * 500)
    settle(window)
    assert 2 <= len(reads) <= 4  # the bars and the page, once each, and at most once again


@pytest.mark.parametrize(("size", "shape"), [((1366, 768), "columns"), ((1120, 720), "drawer"), ((1000, 620), "strip")])
def test_small_windows_keep_what_is_owed_in_sight(opened: Callable[..., Opened], size: Any, shape: str) -> None:
    window, page, _ = opened()
    window.resize(*size)
    settle(window)
    assert page._shape == shape
    assert page.timeline.isVisible() is (shape == "columns")
    assert page.next.list.rows()[0].isVisible()
    window.act("note.write", None)
    assert page.timeline.isVisible()


def test_the_other_language_says_everything(opened: Callable[..., Opened]) -> None:
    window, page, _ = opened()
    window.set_language("en")
    settle(window)
    assert primaries(page) == ["Draft an update"]
    assert page.next.list.rows()[0]._title.text() == "Script to the call centre"
    assert page.next.list.rows()[2]._left.accessibleName() == "12 minutes left"


def test_next_news_comes_at_the_playbooks_pace() -> None:
    assert next_news(samples.at("07:18"), timedelta(minutes=30)) == samples.at("07:45")
    assert next_news(samples.at("07:14"), timedelta(minutes=15)) == samples.at("07:30")
    assert next_news(samples.at("07:00"), None) == samples.at("07:30")
    for minute in range(60):
        now = samples.NOW.replace(minute=minute)
        found = next_news(now, timedelta(minutes=15))
        assert timedelta(minutes=10) <= found - now <= timedelta(minutes=25)
        assert found.minute % 15 == 0


def test_the_card_says_what_it_is_about_and_what_is_next_with_its_key(opened: Callable[..., Opened]) -> None:
    window, page, _ = opened(alert_only=True)
    window.resize(1920, 1080)
    settle(window)
    spike = page.situation.spike
    assert spike._about.isVisible()
    said = spike._about.text().replace(" ", " ")
    assert said == "De qué va: «sin señal en toda la colonia» con no hay red en 64\N{NO-BREAK SPACE}% de las menciones"
    first = min((t for p in samples.PLAYBOOK.phases for t in p.tasks), key=lambda t: t.before)
    assert spike._next.text().startswith("Lo siguiente: abrir la incidencia (Intro); el manual empieza por «")
    assert f"«{first.do.es}», en " in spike._next.text()
    window, page, _ = opened()
    settle(window)
    row = page.next.list.rows()[0]
    assert row._title.text() in page.situation.spike._next.text()
    assert page.situation.spike._next.text().endswith(f"({key_of(row.item.key, Texts('es'))})")


def test_rarity_and_phases_in_words(opened: Callable[..., Opened]) -> None:
    window, _, _ = opened(calm=True)
    context = window.context
    assert return_words(0.2, context) == ""
    assert return_words(41.0, context) == "tan alto ocurre una vez cada 41 días"
    assert return_words(900_000, context) == "tan alto ocurre una vez cada 100 años"
    runs = phase_runs([("Escuchar", 2, 2, False), ("Responder", 3, 5, True), ("Informar", 0, 4, False)], "Fase")
    assert "".join(run.text for run in runs) == "Fase  ✓ Escuchar › ● Responder 3/5 › Informar"


def test_what_was_late_is_said(opened: Callable[..., Opened]) -> None:
    window, page, _ = opened()
    late = replace(samples.ENTRIES[1], id=99, recorded_at=samples.at("07:18"))
    page.timeline.set_entries((late,), samples.ZONE, more=False)
    settle(window)
    assert page.timeline.strip.sentences() == ["Hecho · NOC: «quizá a las 09:00», de palabra. No se promete."]
