"""A gives mentions to somebody by the keyboard, T says a type by its name, and the rows show who has what."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from crisisdesk.model import events as ev
from crisisdesk.model.area import Area
from crisisdesk.model.errors import StoreError
from crisisdesk.model.inbox import MINE, Sought
from crisisdesk.model.playbook import Bilingual, MentionType
from tests.fakes.pages_b import DeskB, Stage, stage
from ui.pages.inbox import InboxPage

TYPES = tuple(MentionType(id=f"t{n}", name=Bilingual(f"Tipo {chr(64 + n)}", f"Type {n}")) for n in range(1, 13))


@pytest.fixture
def inbox(qtbot: Any, qapp: Any, tmp_path: Path) -> Stage:
    desk = DeskB(tmp_path)
    desk.playbook = SimpleNamespace(mention_types=TYPES)  # type: ignore[assignment]
    made = stage(qtbot, qapp, InboxPage, desk)
    made.page.activateWindow()
    qtbot.waitUntil(made.page.isActiveWindow)
    return made


def press(made: Stage, key: Qt.Key, shift: bool = False) -> None:
    made.page.table.setFocus()
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    made.qtbot.keyClick(made.page.table, key, held)
    made.settle()


def type_(made: Stage, words: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    line = made.page.acts.picker._line
    made.qtbot.keyClicks(line, words)
    made.qtbot.keyClick(line, end)
    made.settle()


def test_escape_gives_it_to_nobody_and_the_keys_walk_on(inbox: Stage) -> None:
    press(inbox, Qt.Key.Key_A)
    assert inbox.page.acts.picker.isVisible()
    type_(inbox, "luis", Qt.Key.Key_Escape)
    assert not inbox.page.acts.picker.isVisible() and "assignees.assign" not in inbox.verbs()
    assert inbox.page.table.hasFocus()


def test_a_name_that_nobody_has_chooses_nothing(inbox: Stage) -> None:
    press(inbox, Qt.Key.Key_A)
    type_(inbox, "zzz")
    assert "assignees.assign" not in inbox.verbs()
    assert not inbox.page.acts.picker._none.isHidden()


def test_what_the_file_refuses_is_said(inbox: Stage) -> None:
    inbox.desk.fail = StoreError("store.full")
    press(inbox, Qt.Key.Key_A)
    type_(inbox, "")
    assert inbox.said[-1].startswith("No se asignó")


def test_a_and_return_is_me_a_number_or_letters_somebody_else(inbox: Stage) -> None:
    row = inbox.page.table.current()
    press(inbox, Qt.Key.Key_A)
    type_(inbox, "")
    assert inbox.desk.calls[-1] == ("assignees.assign", ([row.id], "Ana Robles"))
    press(inbox, Qt.Key.Key_A)
    type_(inbox, "3", Qt.Key.Key_Shift)
    assert inbox.desk.calls[-1] == ("assignees.assign", ([row.id], "Noemí Paz"))
    press(inbox, Qt.Key.Key_A)
    type_(inbox, "comun lu")  # a role and the beginning of a name
    assert inbox.desk.calls[-1] == ("assignees.assign", ([row.id], "Luis Ortega"))
    assert inbox.said[-1] == "Mención asignada a Luis Ortega."


def test_shift_j_chooses_more_and_all_of_them_are_given(inbox: Stage) -> None:
    inbox.page.table.select(4)
    press(inbox, Qt.Key.Key_J, shift=True)
    press(inbox, Qt.Key.Key_J, shift=True)
    press(inbox, Qt.Key.Key_K, shift=True)  # one too many
    assert "2 elegidas" in inbox.page.list._note.text()
    wanted = [inbox.page._model.row_at(n).id for n in (4, 5)]
    press(inbox, Qt.Key.Key_A)
    type_(inbox, "")
    assert inbox.desk.calls[-1] == ("assignees.assign", (wanted, "Ana Robles"))
    press(inbox, Qt.Key.Key_J)
    assert len(inbox.page.table.chosen_rows()) == 1


def test_who_has_it_stands_in_the_row_and_beside_it_and_can_be_taken_off(inbox: Stage) -> None:
    held = inbox.page._model.row_at(150)  # far below the newest page's head
    inbox.desk.assignees.of = lambda ids: {held.id: "Luis <b>Ortega</b>"}
    inbox.desk.assignees.mark = lambda: (1, None)
    inbox.desk.bus.publish([ev.MentionsAssigned((held.id,))])
    inbox.qtbot.waitUntil(lambda: inbox.page._model.row_at(150).assignee != "", timeout=10_000)
    model, column = inbox.page.table.model(), 4
    assert model.data(model.index(150, column)) == "Luis <b>Ortega</b>"
    assert model.data(model.index(0, column), int(Qt.ItemDataRole.AccessibleTextRole)) == "Sin asignar"
    inbox.page.table.select(150)
    inbox.settle()
    assert any(row.value.text() == "Luis <b>Ortega</b>" for row in inbox.page.detail.findChildren(type_row()))
    press(inbox, Qt.Key.Key_A)
    type_(inbox, "0", Qt.Key.Key_Shift)
    assert inbox.desk.calls[-1] == ("assignees.unassign", ([held.id],))


def type_row() -> Any:
    from ui.widgets.row import Row

    return Row


def test_what_another_desk_gave_comes_in_by_itself(inbox: Stage) -> None:
    reads = inbox.desk.many.reads
    inbox.page._look_at_others()
    inbox.settle()
    assert inbox.desk.many.reads == reads  # nothing changed: nothing is read
    inbox.desk.assignees.mark = lambda: (7, None)
    inbox.page._look_at_others()
    inbox.qtbot.waitUntil(lambda: inbox.desk.many.reads > reads, timeout=10_000)
    assert inbox.page._looking.isActive()
    inbox.page.hide()
    assert not inbox.page._looking.isActive()


def test_t_chooses_a_type_after_the_ninth_by_its_name(inbox: Stage) -> None:
    row = inbox.page.table.current()
    assert "T por su nombre (3 más)" in inbox.page.side.types.legend.text()
    press(inbox, Qt.Key.Key_T)
    type_(inbox, "tipo l")
    assert inbox.desk.calls[-1] == ("verdicts.correct", (row.id, "t12"))
    press(inbox, Qt.Key.Key_T)
    type_(inbox, "0", Qt.Key.Key_Shift)
    assert inbox.desk.calls[-1] == ("verdicts.correct", (row.id, ""))


def test_the_boxes_say_whose_since_when_and_which_area(inbox: Stage) -> None:
    boxes = inbox.page.filters
    boxes.put(Sought(hours=5, assignee="Eva"), {}, (), {}, ("Luis",), (Area(id=7, name="Cobros"),))
    assert [boxes.boxes["assignee"].itemText(n) for n in range(5)] == [
        "Asignación", "Mías", "Sin asignar", "De Eva", "De Luis",
    ]  # fmt: skip
    told: list[Sought] = []
    boxes.changed.connect(told.append)
    for name, key in (("assignee", MINE), ("hours", "24"), ("area", "7")):
        box = boxes.boxes[name]
        box.setCurrentIndex(box.findData(key))
        box.activated.emit(box.currentIndex())
    assert told[-1] == Sought(hours=24, assignee=MINE, area=7)
    boxes.put(Sought(), {}, (), {})
    assert boxes.boxes["area"].isHidden() and boxes._kept.isHidden()
