"""The editor: one truth, the text; a form edit changes only its lines, and one undo takes back form and text alike."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit

from resources import files

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk.playbooks import shipped
from crisisdesk.model.contact import Contact
from crisisdesk.paths import profile
from crisisdesk.playbooks.outline import Change
from crisisdesk.settings import Settings
from tests.fakes import samples as s
from tests.fakes.pages_b import Stage, stage
from ui.pages.preparation import PreparationPage
from ui.widgets.playbook_editor import PlaybookEditor

SHIPPED = sorted(
    entry.name.removesuffix(".yaml") for entry in files("playbooks").iterdir() if entry.name.endswith(".yaml")
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(zone=s.ZONE, actor="ana")
    built = build_desk(settings, profile(tmp_path / "desk"), clock=PlayClock(s.NOW))
    yield built
    built.close()


@pytest.fixture
def made(qtbot: Any, qapp: Any, desk: Any) -> Stage:
    shown = stage(qtbot, qapp, PreparationPage, desk, incident=None)
    shown.page.show_section("editor")
    settled(shown)
    return shown


def settled(made: Stage) -> PlaybookEditor:
    """Everything typed has been looked at and every change made."""
    editor: PlaybookEditor = made.page.editor
    if editor._pause.isActive():
        editor.look_now()
    made.qtbot.waitUntil(lambda: editor.idle and made.page.context.bridge.idle, timeout=20_000)
    return editor


def words(widget: Any) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def typed(made: Stage, edit: Any, text: str) -> None:
    """Type over what stands in a field and leave it."""
    if isinstance(edit, QPlainTextEdit):
        edit.setPlainText(text)
        made.page.editor._stack.currentWidget().setFocus()
    else:
        edit.setText(text)
        edit.setModified(True)
        edit.editingFinished.emit()


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))[2:]
    return [line[1:] for line in lines if line[0] == "-"], [line[1:] for line in lines if line[0] == "+"]


def test_the_editor_is_laid_out_when_it_is_first_wanted(qtbot: Any, qapp: Any, desk: Any) -> None:
    """It is half of all that the page holds, and the page opened late by it."""
    made = stage(qtbot, qapp, PreparationPage, desk, incident=None)
    assert not made.page.findChildren(PlaybookEditor)
    made.page.show_section("editor")
    assert settled(made).text.toPlainText() == desk.playbooks.writing() != ""
    assert made.page.findChildren(PlaybookEditor) == [made.page.editor]



def inputs(editor: PlaybookEditor, section: str) -> dict[str, Any]:
    return {made.spec.name: made for made in editor.lists[section].form.inputs}


# Wrong texts


def test_a_broken_text_is_told_beside_its_line_is_never_used_and_never_lost(made: Stage, desk: Desk) -> None:
    editor = made.page.editor
    before = desk.playbook
    broken = editor.text.toPlainText().replace("cadencia: {publica: 20 min", "cadencia: {publica: veinte", 1)
    editor.text.replace_text(broken)
    settled(made)
    line = next(n for n, text in enumerate(broken.split("\n"), 1) if "veinte" in text)
    assert "veinte" in editor.text.note_of(line)
    assert not editor.save.isEnabled() and desk.playbook is before
    editor._keep_now()
    made.settle()
    assert desk.playbooks.writing() == broken


def test_a_text_that_is_no_yaml_keeps_the_form_and_names_the_line(made: Stage) -> None:
    editor = made.page.editor
    editor.text.replace_text(editor.text.toPlainText() + "\n\tcon: tabulador\n")
    settled(made)
    assert editor.finding_lines() and editor.text.note_of(editor.finding_lines()[0].line)
    assert editor.lists["levels"].table.model().rowCount() == 4
    editor.change(Change("set", ("niveles", 0, "nivel"), "5"))
    settled(made)
    assert "▲" in words(editor)


def test_a_sentence_that_makes_no_sense_is_told_while_it_is_typed(made: Stage) -> None:
    editor = made.page.editor
    rules = editor.lists["levels"].rules
    assert rules is not None
    assert any("Entendido" in label.text() for label in rules._echoes)
    rules.lines[0].selectAll()
    made.qtbot.keyClicks(rules.lines[0], "muchas")
    assert "▲" in rules._echoes[0].text()


def test_what_only_the_text_can_hold_is_left_to_it(made: Stage) -> None:
    editor = made.page.editor
    text = editor.text.toPlainText().replace("[comunicacion, enlace_tecnico, comunidad]", "[comunicacion, {a: b}]", 1)
    editor.text.replace_text(text)
    settled(made)
    editor.lists["levels"].table.select(2)
    assert not inputs(editor, "levels")["escala"].edits[""].isEnabled()


# The form and the text


def test_a_threshold_being_typed_survives_a_read_of_the_page(made: Stage) -> None:
    rules = made.page.editor.lists["levels"].rules
    line = rules.lines[0]
    line.setFocus()
    line.setText(">= 12 veces")
    line.setModified(True)
    made.page.refresh()
    settled(made)
    made.settle()
    assert rules.lines[0] is line and line.text() == ">= 12 veces"


def test_what_was_understood_of_a_threshold_is_said(made: Stage) -> None:
    rules = made.page.editor.lists["levels"].rules
    assert "Entendido: 10 × lo esperado" in rules._echoes[0].text()


@pytest.mark.parametrize("name", SHIPPED)
def test_an_edit_in_the_form_changes_only_its_lines(qtbot: Any, qapp: Any, desk: Desk, name: str) -> None:
    text = shipped(name)
    desk.playbooks.keep_writing(text)
    made = stage(qtbot, qapp, PreparationPage, desk, incident=None)  # type: ignore[arg-type]
    made.page.show_section("editor")
    editor = settled(made)
    assert editor.text.toPlainText() == text
    acts = (
        ("levels", "nombre", "es", "Otro nombre"),
        ("roles", "titular", "", "otra.persona"),
        ("phases", "objetivo", "en", "Another goal"),
        ("mentions", "nota", "es", "Otra nota: con dos puntos # y almohadilla"),
        ("templates", "para", "en", "Another purpose"),
        ("compensation", "propone", "", "otra_cosa"),
    )
    for section, field, part, value in acts:
        before = editor.text.toPlainText()
        editor.show_tab(section)
        typed(made, inputs(editor, section)[field].edits[part], value)
        settled(made)
        after = editor.text.toPlainText()
        gone, new = changed_lines(before, after)
        assert len(new) == 1 and len(gone) <= 1, (section, gone, new)
        assert value in new[0] and "#" not in "".join(gone).replace(value, "")
        assert before.count("#") <= after.count("#")


def test_one_undo_takes_back_form_and_text_alike(made: Stage) -> None:
    editor = made.page.editor
    first = editor.text.toPlainText()
    typed(made, inputs(editor, "levels")["nombre"].edits["es"], "Catástrofe")
    settled(made)
    second = editor.text.toPlainText()
    editor.text.replace_text(second + "# al final\n")
    settled(made)
    editor.undo.click()
    assert editor.text.toPlainText() == second
    editor.undo.click()
    settled(made)
    assert editor.text.toPlainText() == first
    assert inputs(editor, "levels")["nombre"].edits["es"].text() == "Crisis mayor"
    editor.redo.click()
    settled(made)
    assert inputs(editor, "levels")["nombre"].edits["es"].text() == "Catástrofe"


def test_undo_from_a_field_reaches_the_text(made: Stage) -> None:
    editor = made.page.editor
    first = editor.text.toPlainText()
    line = inputs(editor, "levels")["nombre"].edits["es"]
    typed(made, line, "Catástrofe")
    settled(made)
    line.setFocus()
    made.qtbot.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.text.toPlainText() == first


def test_things_are_added_moved_and_removed(made: Stage) -> None:
    editor = made.page.editor
    first = editor.text.toPlainText()
    tasks = editor.lists["phases"].inner
    assert tasks is not None
    editor.show_tab("phases")
    count = tasks.table.model().rowCount()
    tasks.add.click()
    settled(made)
    assert tasks.table.model().rowCount() == count + 1 and tasks.table.currentIndex().row() == count
    tasks.up.click()
    settled(made)
    tasks.remove.click()
    settled(made)
    assert editor.text.toPlainText() == first


def test_a_new_ladder_step_comes_before_the_last_line(made: Stage) -> None:
    editor = made.page.editor
    editor.show_tab("ladders")
    steps = editor.lists["ladders"].inner
    assert steps is not None
    count = steps.table.model().rowCount()
    steps.add.click()
    settled(made)
    data = editor._seen.data["escaladas"]["enlace_tecnico"]  # type: ignore[union-attr, index, call-overload]
    assert len(data) == count + 1 and "repite" in data[-1]


def test_a_threshold_is_added_and_removed(made: Stage) -> None:
    editor = made.page.editor
    first = editor.text.toPlainText()
    rules = editor.lists["levels"].rules
    assert rules is not None
    count = len(rules.lines)
    rules.measure.setCurrentIndex(rules.measure.findData("tipo"))
    rules._show_subject()
    rules.subject.setText("prensa")
    made.qtbot.keyClicks(rules.sentence, ">= 2")
    rules.add.click()
    settled(made)
    assert len(rules.lines) == count + 1 and rules._rows[-1][1:] == ("tipo", "prensa")
    rules._remove(count)
    settled(made)
    assert editor.text.toPlainText() == first


# Using it


def test_saving_raises_the_version_and_what_is_written_survives_a_restart(made: Stage, desk: Desk) -> None:
    editor = made.page.editor
    version = desk.playbook.version
    typed(made, inputs(editor, "levels")["nombre"].edits["es"], "Catástrofe")
    settled(made)
    editor.save.click()
    settled(made)
    assert desk.playbook.version == version + 1 and desk.playbook.levels[0].name.es == "Catástrofe"
    assert editor.text.toPlainText() == desk.playbook.source and not editor.save.isEnabled()
    gone, new = changed_lines(shipped(desk.playbook.id), desk.playbook.source)
    assert len(gone) == len(new) == 2  # the version and the name


def test_going_back_to_the_one_in_use_can_be_undone(made: Stage, desk: Desk) -> None:
    editor = made.page.editor
    written = editor.text.toPlainText() + "# mío\n"
    editor.text.replace_text(written)
    settled(made)
    editor.discard.click()
    settled(made)
    assert editor.text.toPlainText() == desk.playbook.source
    editor.undo.click()
    assert editor.text.toPlainText() == written


def test_a_file_that_cannot_be_written_is_told(made: Stage, tmp_path: Path) -> None:
    editor = made.page.editor
    editor.export_to(str(tmp_path / "no" / "hay.yaml"))
    made.qtbot.waitUntil(lambda: "▲" in editor._said.text(), timeout=5_000)
    editor.export_to(str(tmp_path / "copia.yaml"))
    settled(made)
    assert (tmp_path / "copia.yaml").read_text("utf-8") == editor.text.toPlainText()


def test_an_incident_keeps_its_version_until_a_person_asks(made: Stage, desk: Desk) -> None:
    desk.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0001"))
    incident = desk.incidents.open(title="Sin servicio", level=2)
    editor = made.page.editor
    typed(made, inputs(editor, "levels")["nombre"].edits["es"], "Catástrofe")
    settled(made)
    editor.save.click()
    settled(made)
    made.page.refresh()
    settled(made)
    made.settle()
    assert desk.incidents.playbook(incident.id).version == 1
    editor.show_tab("diff")
    editor.diff.against.setCurrentIndex(editor.diff.against.findData(incident.id))
    editor.diff.look()
    settled(made)
    assert editor.diff.upgrade.isVisible() and editor.diff.table.model().rowCount() > 2
    editor.diff.upgrade.click()
    assert desk.incidents.playbook(incident.id).version == 1
    editor.diff.upgrade.click()
    settled(made)
    assert desk.incidents.playbook(incident.id).version == 2


# For everyone


def test_every_field_has_a_name_and_the_keys_reach_it(made: Stage) -> None:
    editor = made.page.editor
    for name in editor.tabs:
        editor.show_tab(name)
        for edit in editor._stack.currentWidget().findChildren(QLineEdit):
            if edit.isVisible():
                assert edit.accessibleName(), name
    made.page.steps.setFocus()
    made.qtbot.keyClick(made.page.steps, Qt.Key.Key_Return)
    assert editor.text.hasFocus() and made.page._nav.isHidden()
    made.qtbot.keyClick(editor.text, Qt.Key.Key_Tab)
    assert not editor.text.hasFocus() and "\t" not in editor.text.toPlainText()
    editor.whole.setChecked(False)
    assert made.page._nav.isVisible()


def test_both_languages(made: Stage) -> None:
    made.page.texts.lang = "en"
    made.page.retranslate()
    settled(made)
    made.settle()
    assert "Save and use" in made.page.editor.save.text() and "Understood" in words(made.page.editor)
    made.page.texts.lang = "es"
