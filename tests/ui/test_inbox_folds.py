"""G folds and unfolds; the keys stay on their row while rows come in; danger stands first and can be told not to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from crisisdesk.model.errors import StepError
from crisisdesk.model.events import MentionsChanged
from crisisdesk.model.inbox import Fold, FoldState, Place
from tests.fakes.pages_b import DeskB, Stage, mention, stage
from ui.models.columns import fold_mark
from ui.pages.inbox import InboxPage

SAME, FLOOD = Fold(100, False), Fold(-60, False)
TEXT = 3


def dress(desk: DeskB, fold: Fold, *ids: int) -> None:
    """Put these mentions into one fold, each knowing how many they are."""
    for number in ids:
        desk.many.dressed[number] = replace(mention(number), fold=fold).of_many(len(ids))


@pytest.fixture
def inbox(qtbot: Any, qapp: Any, tmp_path: Path) -> Stage:
    desk = DeskB(tmp_path)
    dress(desk, SAME, 213, 211, 209, 206)
    dress(desk, FLOOD, 212, 205)
    made = stage(qtbot, qapp, InboxPage, desk)
    made.page.activateWindow()
    return made


def press(made: Stage, key: Qt.Key, shift: bool = False) -> None:
    made.page.table.setFocus()
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    made.qtbot.keyClick(made.page.table, key, held)
    made.settle()


def ids(made: Stage, n: int = 8) -> list[int]:
    return [row.id for row in made.page._model.rows()[:n]]


def spoken(made: Stage, at: int) -> str:
    model = made.page.table.model()
    return str(model.data(model.index(at, TEXT), int(Qt.ItemDataRole.AccessibleTextRole)))


def test_g_on_a_mention_that_stands_for_itself_says_so(inbox: Stage) -> None:
    press(inbox, Qt.Key.Key_G)
    assert inbox.said == ["Esta mención no está en ningún grupo."]


def test_what_is_deleted_at_its_source_is_off_the_screen_at_once(inbox: Stage) -> None:
    gone = mention(214)
    inbox.desk.many.dressed[214] = replace(gone, mention=replace(gone.mention, text="", author=""))
    inbox.desk.bus.publish([MentionsChanged(edited=0, buried=1)])
    inbox.settle()
    assert [row.mention.text for row in inbox.page._model.rows() if row.id == 214] == [""]


def test_when_nobody_is_left_that_is_said(inbox: Stage) -> None:
    inbox.desk.fail = StepError("reply.fold_done", people=4, answered=3, begun=1)
    inbox.page.table.select(1)
    press(inbox, Qt.Key.Key_R)
    assert "4 personas, 3 contestadas y 1 empezadas" in inbox.said[-1]


def test_a_row_stands_for_all_and_g_shows_them_below_it_and_folds_them(inbox: Stage) -> None:
    assert ids(inbox, 5) == [214, 213, 212, 210, 208]
    assert spoken(inbox, 1).startswith("4 iguales, plegadas: ")
    assert "2 de \u2068persona_18" in spoken(inbox, 2) or "2 de persona_18" in spoken(inbox, 2)
    inbox.page.table.select(1)
    press(inbox, Qt.Key.Key_G)
    assert ids(inbox, 7) == [214, 213, 211, 209, 206, 212, 210]
    assert spoken(inbox, 2).startswith("dentro del grupo: ") and not spoken(inbox, 0).startswith("dentro")
    places = [row.place for row in inbox.page._model.rows()[:6]]
    assert places == [Place.ALONE, Place.UNFOLDED, *[Place.UNDER] * 3, Place.FOLDED]
    inbox.page.table.select(3)
    press(inbox, Qt.Key.Key_G)  # from inside, too
    assert ids(inbox, 4) == [214, 213, 212, 210] and inbox.page.table.current().id == 213


def test_another_of_them_comes_in_and_the_keys_stay(inbox: Stage) -> None:
    inbox.page.table.select(1)
    press(inbox, Qt.Key.Key_G)
    inbox.page.table.select(3)
    assert inbox.page.table.current().id == 209
    dress(inbox.desk, SAME, 215, 213, 211, 209, 206)
    inbox.desk.arrive("otra igual")
    inbox.qtbot.waitUntil(lambda: ids(inbox, 1) == [215], timeout=10_000)
    assert ids(inbox, 7) == [215, 213, 211, 209, 206, 214, 212]
    assert inbox.page.table.current().id == 209
    press(inbox, Qt.Key.Key_G)
    assert inbox.page.table.current().id == 215
    dress(inbox.desk, SAME, 216, 215, 213, 211, 209, 206)
    inbox.desk.arrive("y otra")
    inbox.qtbot.waitUntil(lambda: ids(inbox, 1) == [216], timeout=10_000)
    assert inbox.page.table.current().id == 216  # the row that now stands for it


def test_what_was_fetched_below_stays_and_no_fold_has_two_rows(inbox: Stage) -> None:
    page = inbox.page
    dress(inbox.desk, Fold(3, False), 5, 3)
    for _ in range(3):
        page.table.verticalScrollBar().setValue(page.table.verticalScrollBar().maximum())
        inbox.settle()
    inbox.qtbot.waitUntil(lambda: page._model.rows()[-1].id == 1, timeout=10_000)
    assert [row.id for row in page._model.rows() if row.fold == Fold(3, False)] == [5]
    dress(inbox.desk, Fold(3, False), 215, 5, 3)
    inbox.desk.arrive("como las de abajo")
    inbox.qtbot.waitUntil(lambda: ids(inbox, 1) == [215], timeout=10_000)
    held = page._model.rows()
    assert [row.id for row in held if row.fold == Fold(3, False)] == [215]
    assert held[-1].id == 1 and len({row.id for row in held}) == len(held)


def test_r_on_a_folded_row_is_for_the_next_person_and_unfolded_for_that_mention(inbox: Stage) -> None:
    inbox.page.table.select(1)
    press(inbox, Qt.Key.Key_R)
    assert inbox.desk.calls[-1] == ("replies.start_next", (SAME,)) and inbox.acted[-1][0] == "draft.open"
    press(inbox, Qt.Key.Key_G)
    inbox.page.table.select(2)
    press(inbox, Qt.Key.Key_R)
    assert inbox.desk.calls[-1] == ("replies.start", (211,))


def test_a_on_a_folded_row_gives_all_of_them(inbox: Stage) -> None:
    inbox.page.table.select(1)
    press(inbox, Qt.Key.Key_A)
    line = inbox.page.acts.picker._line
    assert "estas 4 menciones" in line.placeholderText()
    inbox.qtbot.keyClick(line, Qt.Key.Key_Return)
    inbox.settle()
    verb, (given, name) = inbox.desk.calls[-1]  # type: ignore[misc]
    assert (verb, sorted(set(given)), name) == ("assignees.assign", [206, 209, 211, 213], "Ana Robles")


def test_beside_it_stands_how_far_its_people_are(inbox: Stage) -> None:
    inbox.page.table.select(1)
    inbox.qtbot.waitUntil(inbox.page.side.fold.isVisible, timeout=10_000)
    assert "46 iguales o casi iguales, de 44 personas: 3 contestadas, 2 empezadas, 39 por contestar." in (
        inbox.page.side.fold.text()
    )
    inbox.page.table.select(0)
    inbox.settle()
    assert not inbox.page.side.fold.isVisible()


# Danger first


def test_danger_stands_first_once_and_shift_d_puts_it_back_by_its_time(inbox: Stage) -> None:
    assert not inbox.page.list.first.isVisible()
    inbox.desk.many.dangerous = (mention(150), mention(20))
    inbox.desk.arrive("hay heridos")
    inbox.qtbot.waitUntil(lambda: ids(inbox, 3) == [150, 20, 215], timeout=10_000)
    assert inbox.page.list.first.isVisible() and "2 de peligro, primero" in inbox.page.list.first.text()
    assert [row.id for row in inbox.page._model.rows()].count(150) == 1
    press(inbox, Qt.Key.Key_D, shift=True)
    assert ids(inbox, 3) == [215, 214, 213]
    assert "2 de peligro, primero" in inbox.page.list.first.text()  # it is still said how many wait
    press(inbox, Qt.Key.Key_D, shift=True)
    assert ids(inbox, 2) == [150, 20]


def test_what_is_searched_for_is_read_in_its_order(inbox: Stage) -> None:
    inbox.desk.many.dangerous = (mention(150),)
    inbox.page.search.setText("colonia")
    inbox.page._set_search()
    inbox.settle()
    assert ids(inbox, 1) == [214] and not inbox.page.list.first.isVisible()


def test_the_mark_is_words_and_a_name_from_outside_is_tamed(inbox: Stage) -> None:
    row = replace(inbox.desk.many.dressed[212], many=1_204)
    hostile = replace(row, mention=replace(row.mention, author="\u202e<b>" + "x" * 500))
    said = fold_mark(hostile, inbox.page._model.look())
    assert len(said) < 60 and "1204" in said.replace("\u202f", "").replace("\u00a0", "").replace(".", "")
    assert "\u202e" not in said


def test_state_counts_who_is_left() -> None:
    assert FoldState(mentions=46, read=46, people=44, answered=3, begun=2).left == 39
