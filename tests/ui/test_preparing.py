"""The seven steps on a real desk: contacts out of a file, trainings, guidelines and assumptions, kept and told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.playbook import Bilingual
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.fakes import samples as s
from tests.fakes.pages_b import Stage, stage
from ui.pages.preparation import PreparationPage

LIST = "Clave;Nombre;Teléfono\nguardia.noc;Guardia NOC;55 0000 0003\n;Ana <b>Robles</b>;55 0000 0001\n;Mala;no\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(zone=s.ZONE, actor="ana")
    built = build_desk(settings, profile(tmp_path / "desk"), clock=PlayClock(s.NOW))
    yield built
    built.close()


@pytest.fixture
def made(qtbot: Any, qapp: Any, desk: Any) -> Stage:
    return stage(qtbot, qapp, PreparationPage, desk, incident=None)


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def look_at(made: Stage, path: Path) -> Any:
    made.page.show_section("team")
    made.page.people.path.setText(str(path))
    made.page.people.look()
    made.settle()
    return made.page.people


def test_a_file_of_contacts_that_cannot_be_read_is_told(made: Stage, tmp_path: Path) -> None:
    view = look_at(made, tmp_path / "nada.csv")
    assert "▲" in words(view) and view.take.isHidden()


def test_contacts_are_looked_at_and_only_then_taken(made: Stage, tmp_path: Path, desk: Desk) -> None:
    path = tmp_path / "gente.csv"
    path.write_text(LIST)
    view = look_at(made, path)
    model = view.table.model()
    assert model.rowCount() == 3 and not desk.contacts.list()
    assert "<b>" in model.index(1, 1).data()  # shown as it is
    assert view.take.text().endswith("(2)")
    view.table.select(1)
    view.slug.setText("cm.turno")
    view.set_slug.click()
    made.settle()
    view.take.click()
    made.settle()
    assert [one.slug for one in desk.contacts.list()] == ["cm.turno", "guardia.noc"]
    assert "2 nuevos" in made.said[-1] and view.take.isHidden() and not view.path.text()


def test_a_training_without_a_date_stays_in_the_line(made: Stage, desk: Desk) -> None:
    view = made.page.trainings
    view.edits["what"].setText("Primera media hora")
    view.edits["day"].setText("ayer")
    view.add.click()
    made.settle()
    assert "▲" in words(view) and view.edits["what"].text() and not desk.preparation.get().trainings
    view.edits["day"].setText("2030-01-01")
    view.add.click()
    made.settle()
    assert "▲" in words(view)
    view.edits["day"].setText("10/02/2026")
    view.add.click()
    made.settle()
    (one,) = desk.preparation.get().trainings
    assert one.day.isoformat() == "2026-02-10" and not view.edits["what"].text()
    view.table.select(0)
    view.remove.click()
    assert desk.preparation.get().trainings
    view.remove.click()
    made.settle()
    assert not desk.preparation.get().trainings


def test_a_text_to_share_needs_both_languages_and_expires(made: Stage, desk: Desk) -> None:
    view = made.page.guidelines
    view.text.put(Bilingual("Lo sabemos y lo estamos mirando", ""))
    view.save_text.click()
    made.settle()
    assert "▲" in words(view) and not desk.preparation.get().ambassador
    view.text.put(Bilingual("Lo sabemos y lo estamos mirando", "We know and are looking at it"))
    view.expires.setText("2025-01-01")
    view.save_text.click()
    made.settle()
    QGuiApplication.clipboard().setText("")
    view.copy.click()
    assert QGuiApplication.clipboard().text() == "" and "caducado" in words(view)
    view.expires.setText("2027-01-01")
    view.save_text.click()
    made.settle()
    view.copy.click()
    assert QGuiApplication.clipboard().text() == "Lo sabemos y lo estamos mirando"
    (one,) = desk.preparation.get().ambassador
    assert one.version == 1


def test_guidelines_being_written_survive_a_read(made: Stage, desk: Desk) -> None:
    made.page.guidelines.never_say.put(Bilingual("Culpar al cliente", "Blame the customer"))
    made.page.refresh()
    made.settle()
    assert made.page.guidelines.never_say.value().es == "Culpar al cliente"
    made.page.guidelines.save.click()
    made.settle()
    assert desk.preparation.get().guidelines.never_say.en == "Blame the customer"


def test_a_figure_without_its_source_is_refused_and_stays(made: Stage, desk: Desk) -> None:
    form = made.page.roi
    form.figures["call_cost"].setText("52,5")
    form.save.click()
    made.settle()
    assert "▲" in words(form) and "llamada" in words(form) and form.figures["call_cost"].text() == "52,5"
    form.sources["call_cost"].setText("Finanzas, marzo")
    form.save.click()
    made.settle()
    figure = desk.preparation.get().assumption("call_cost")
    assert figure is not None and figure.value == "52.5" and form.figures["call_cost"].text() == "52.5"


def test_what_each_source_brings_is_told_with_what_is_worth_doing(made: Stage, desk: Desk) -> None:
    desk.ingest.manual("sin señal en casa", channel="x")
    made.page.refresh()
    made.settle()
    model = made.page.volume.sheet.model()
    assert model.rowCount() >= 1
    assert any("importar archivos basta" in model.index(row, 3).data() for row in range(model.rowCount()))


def test_both_languages_at_once(made: Stage) -> None:
    made.page.texts.lang = "en"
    made.page.retranslate()
    made.settle()
    assert "Import contacts" in words(made.page.people) and "Assumptions" in words(made.page.roi)
    made.page.texts.lang = "es"
