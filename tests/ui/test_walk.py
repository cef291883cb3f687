"""Walk it, health and the strategy's form on a real desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.paths import profile
from crisisdesk.playbooks.strategy import Cause
from crisisdesk.settings import Settings
from tests.fakes import samples as s
from tests.fakes.pages_b import Stage, stage
from ui.pages.preparation import PreparationPage


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = build_desk(Settings(zone=s.ZONE, actor="ana"), profile(tmp_path / "desk"), clock=PlayClock(s.NOW))
    yield built
    built.close()


@pytest.fixture
def made(qtbot: Any, qapp: Any, desk: Any) -> Stage:
    return stage(qtbot, qapp, PreparationPage, desk, incident=None)


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def test_an_hour_that_is_none_is_told_and_nothing_is_walked(made: Stage) -> None:
    view = made.page.walk
    made.page.show_section("walk")
    view.gaps.put([], made.page.walk._look)
    view.hour.setText("tarde")
    view.walk.click()
    made.settle()
    assert "▲" in words(view) and view.gaps.model().rowCount() == 0


def test_the_walk_tells_gaps_texts_and_calls_and_goes_to_the_line(made: Stage) -> None:
    view = made.page.walk
    made.page.show_section("walk")
    view.hour.setText("3:00")
    view.walk.click()
    made.settle()
    assert view.calls.model().rowCount() > 10 and view.messages.model().rowCount() > 3
    assert view.gaps.model().rowCount() >= 1  # nobody is a contact yet
    line = view._gaps[0].line
    view._go((0, ()))
    made.settle()
    assert made.page._stack.currentWidget() is made.page.editor
    assert made.page.editor.text.textCursor().blockNumber() + 1 == line


def test_health_is_never_a_bare_number(made: Stage) -> None:
    view = made.page.health
    model = view.sheet.model()
    said = [model.index(row, 1).data() for row in range(model.rowCount())]
    assert len(said) > 4 and all(said)
    names = [name for row in range(model.rowCount()) if (name := model.index(row, 0).data())]
    assert len(names) == 4 and all(" de " in name for name in names)


def test_trained_roles_count_for_health(made: Stage, desk: Desk) -> None:
    before = next(p for p in desk.playbooks.health(None, frozenset()).parts if p.name == "organisation")
    roles = frozenset(role.id for role in desk.playbook.roles)
    after = next(p for p in desk.playbooks.health(s.NOW.date(), roles).parts if p.name == "organisation")
    assert after.held > before.held
    view = made.page.trainings
    view.edits["day"].setText("2026-02-10")
    view.edits["what"].setText("Primera hora")
    view.add.click()
    made.settle()
    assert set(desk.preparation.get().trainings[0].roles) == roles


def test_the_counsel_can_be_read_without_an_incident_and_not_recorded(made: Stage) -> None:
    form = made.page.strategy
    made.page.show_section("strategy")
    assert form._result.isHidden()
    form.causes[Cause.RUMOUR].click()
    made.settle()
    assert not form.decide.isEnabled() and "Rumor" in words(form)
    assert "Pedir perdón por algo falso lo confirma." in words(form)


def test_a_strategy_is_recorded_and_can_be_run_again(made: Stage, desk: Desk) -> None:
    incident = desk.incidents.open(title="Sin servicio", level=2)
    made.page.set_incident(incident.id)
    made.page.refresh()
    made.settle()
    form = made.page.strategy
    made.page.show_section("strategy")
    form.causes[Cause.ACCIDENT].click()
    made.settle()
    assert form.decide.isEnabled()
    form.decide.click()
    made.settle()
    made.qtbot.waitUntil(form._before.isVisible, timeout=5_000)
    form.answers["harmed"][True].click()
    made.settle()
    form.decide.click()
    made.settle()
    made.page.refresh()
    made.settle()
    assert len(desk.strategy.decisions(incident.id)) == 2
    assert form.causes[Cause.ACCIDENT].isChecked()  # what was answered stays for the next time
