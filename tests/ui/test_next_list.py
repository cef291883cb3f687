"""«Lo siguiente» on a bad day: many late tasks are one row, and a promise to the public never leaves the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from crisisdesk.bus import Bus
from crisisdesk.model.commitment import NextItem, NextKind
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.room import RoomView
from crisisdesk.texts import Texts
from crisisdesk.words import when
from tests.fakes import samples
from tests.fakes.desk import FakeDesk
from ui.bridge import Bridge
from ui.context import Context
from ui.models.next_rows import FOLDED_FROM, kept_in_sight, lines_of
from ui.theme import Theme
from ui.widgets.next_panel import NextPanel


def item(kind: NextKind, ref: int, minutes: int, key: str = "call.card", *, owed: bool = False) -> NextItem:
    """Due ``minutes`` from the sample desk's now."""
    title = Bilingual(f"{kind.value} {ref}", f"{kind.value} {ref}")
    return NextItem(
        kind=kind, ref=ref, due_at=samples.NOW + timedelta(minutes=minutes), title=title,
        why=Bilingual("", ""), key=key, owed=owed, overdue=minutes < 0,
    )  # fmt: skip


def late(n: int) -> list[NextItem]:
    return [item(NextKind.TASK, ref, ref - 100, "task.finish") for ref in range(1, n + 1)]


PROMISE = item(NextKind.PROMISE, 7, 12, "promise.answer", owed=True)
NEWS = item(NextKind.NEXT_UPDATE, 8, 20, "update.write", owed=True)
CALL = item(NextKind.CALL, 9, -200)


# ── the rows ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_few_late_tasks_stay_as_they_are() -> None:
    items = (*late(FOLDED_FROM - 1), PROMISE)
    assert [line.item for line in lines_of(items)] == list(items)


def test_many_late_tasks_are_one_row_at_the_oldest_s_place_and_nothing_else_is_folded() -> None:
    calls = [item(NextKind.CALL, 20 + n, -n) for n in range(1, 6)]
    items = sorted([CALL, *late(7), *calls, PROMISE, NEWS], key=lambda one: one.due_at)
    lines = lines_of(items)
    assert [line.folds for line in lines] == [0, 7, *[0] * 7]
    assert [line.item for line in lines if not line.folds] == [i for i in items if i.kind is not NextKind.TASK]
    assert lines[1].item.title.es == "7 tareas vencidas" and "task 1" in lines[1].item.why.es
    assert lines[1].item.due_at == late(1)[0].due_at


def test_opened_they_all_stand_below_their_row_in_their_order() -> None:
    lines = lines_of((*late(4), PROMISE), opened=True)
    assert [(line.folds, line.inner) for line in lines] == [(4, False), *[(0, True)] * 4, (0, False)]
    assert [line.item.ref for line in lines[1:5]] == [1, 2, 3, 4]
    assert len({line.key for line in lines}) == len(lines)


def test_a_task_that_is_not_late_yet_is_never_folded() -> None:
    ahead = [item(NextKind.TASK, 50 + n, n, "task.finish") for n in range(5)]
    assert not any(line.folds for line in lines_of((*late(2), *ahead)))


def test_what_must_stay_in_sight_is_what_the_public_was_told() -> None:
    assert kept_in_sight((CALL, *late(3), PROMISE, NEWS, replace(NEWS, ref=99))) == (PROMISE, NEWS)
    assert kept_in_sight((CALL, *late(3))) == ()


# ── on screen ────────────────────────────────────────────────────────────────────────────────────────────────────


class Scene:
    def __init__(self, app: QApplication) -> None:
        theme = Theme("light")
        theme.apply(app, "light")
        desk: Any = FakeDesk()
        self.acted: list[tuple[str, object | None]] = []
        self.bridge = Bridge(Bus())
        self.context = Context(
            desk, self.bridge, Texts("es"), theme, lambda _page: None,
            lambda action, thing=None: self.acted.append((action, thing)), lambda _said: None,
        )  # fmt: skip
        self.panel = NextPanel(self.context)
        self.panel.resize(386, 420)
        self.panel.show()

    def show(self, items: list[NextItem]) -> None:
        view: RoomView = replace(samples.ROOM, next=tuple(sorted(items, key=lambda one: one.due_at)))
        self.panel.set_view(view)


@pytest.fixture
def scene(qapp: QApplication, qtbot: Any) -> Iterator[Scene]:
    made = Scene(qapp)
    qtbot.addWidget(made.panel)
    yield made
    made.bridge.close()


def kept(scene: Scene) -> NextItem | None:
    return scene.panel.kept.item if scene.panel.kept.isVisible() else None


def test_ten_late_calls_do_not_push_the_promise_off_the_screen(scene: Scene, qtbot: Any) -> None:
    scene.show([item(NextKind.CALL, n, n - 100) for n in range(1, 11)] + [PROMISE, NEWS])
    qtbot.waitUntil(lambda: kept(scene) is PROMISE)
    assert "12" in scene.panel.kept.accessibleName()
    scene.panel.list.setFocus()
    for _ in range(11):
        qtbot.keyClick(scene.panel.list, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: kept(scene) is None)  # both are in the list's own sight
    scene.panel.list.choose(0)
    qtbot.waitUntil(lambda: kept(scene) is PROMISE)
    qtbot.mouseClick(scene.panel.kept, Qt.MouseButton.LeftButton)
    assert scene.panel.list.chosen() is PROMISE


def test_the_row_apart_never_covers_a_promise_that_comes_before_its_own(scene: Scene, qtbot: Any) -> None:
    for calls in range(1, 9):
        scene.show([item(NextKind.CALL, n, n - 100) for n in range(1, calls + 1)] + [PROMISE, NEWS])
        with qtbot.waitSignal(scene.panel.list.moved):
            pass
        qtbot.waitUntil(lambda: kept(scene) is PROMISE or scene.panel.list.in_sight(PROMISE))
        if kept(scene) is NEWS:
            assert scene.panel.list.in_sight(PROMISE)


def test_what_is_due_on_another_day_says_so_below_its_time_and_moves_no_title(scene: Scene, qtbot: Any) -> None:
    tomorrow = item(NextKind.TASK, 3, 24 * 60)
    scene.show([PROMISE, tomorrow])
    with qtbot.waitSignal(scene.panel.list.moved):
        pass
    today, other = scene.panel.list.rows()
    assert (today._day.text(), other._day.text()) == ("", "18 mar")
    assert other._time.text() == when(tomorrow.due_at, samples.ROOM.incident.zone, Texts("es"))  # type: ignore[union-attr]
    assert today._title.x() == other._title.x()


def test_the_list_scrolls_by_what_its_rows_need_at_this_width(scene: Scene, qtbot: Any) -> None:
    long = Bilingual("Confirmar con el centro de red y con las menciones que bajan", "Confirm with the network centre")
    items = [replace(item(NextKind.CALL, n, n), title=long, why=long) for n in range(1, 12)]
    bar, view = scene.panel.list.verticalScrollBar(), scene.panel.list.viewport()
    scene.show(items)
    for size in ((386, 400), (1_000, 400), (1_000, 900), (386, 900)):
        scene.panel.resize(*size)
        with qtbot.waitSignal(scene.panel.list.moved):
            scene.show(items)
        need = sum(row.height() for row in scene.panel.list.rows())
        assert bar.maximum() == max(0, need - view.height()), size
    bar.setValue(bar.maximum())
    assert scene.panel.list.in_sight(items[-1])


def test_with_room_for_all_nothing_is_said_twice(scene: Scene, qtbot: Any) -> None:
    scene.show([*late(9), PROMISE])
    with qtbot.waitSignal(scene.panel.list.moved):
        pass
    assert kept(scene) is None and len(scene.panel.list.rows()) == 2


def test_return_opens_the_late_tasks_and_closes_them_and_what_is_chosen_stays(scene: Scene, qtbot: Any) -> None:
    scene.show([*late(5), PROMISE])
    qtbot.keyClick(scene.panel.list, Qt.Key.Key_Return)
    assert len(scene.panel.list.rows()) == 7 and scene.acted == []
    qtbot.keyClick(scene.panel.list, Qt.Key.Key_Down)
    qtbot.keyClick(scene.panel.list, Qt.Key.Key_Return)
    assert scene.acted == [("task.finish", 1)]
    scene.show([*late(5)[1:], PROMISE])  # it was done
    assert len(scene.panel.list.rows()) == 6
    scene.panel.list.choose(0)
    qtbot.keyClick(scene.panel.list, Qt.Key.Key_Return)
    assert len(scene.panel.list.rows()) == 2


def test_a_key_does_the_oldest_late_task_though_it_is_folded(scene: Scene) -> None:
    scene.show([*late(5), PROMISE])
    assert scene.panel.list.act("task.finish") and scene.acted == [("task.finish", 1)]
