"""The crossing between the core's threads and the GUI thread: order, batches, errors, silence after the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject

from crisisdesk.bus import Bus
from crisisdesk.model.errors import StoreBusyError
from crisisdesk.model.events import ContactsChanged, Event, MentionsAdded, PlaybookChanged
from ui.bridge import Bridge


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def bridge(qapp: Any, bus: Bus) -> Iterator[Bridge]:
    made = Bridge(bus)
    yield made
    made.close()


def test_errors_go_to_their_handler_and_not_to_the_window(bridge: Bridge, qtbot: Any) -> None:
    heard: list[object] = []
    handled: list[object] = []
    bridge.failed.connect(heard.append)

    def work() -> None:
        raise StoreBusyError("store.busy")

    bridge.call(work, on_error=handled.append)
    qtbot.waitUntil(lambda: bool(handled))
    assert isinstance(handled[0], StoreBusyError)
    assert heard == []


def test_errors_without_a_handler_go_to_the_window(bridge: Bridge, qtbot: Any) -> None:
    def work() -> None:
        raise StoreBusyError("store.busy")

    with qtbot.waitSignal(bridge.failed) as told:
        bridge.read(work)
    assert told.args[0].key == "store.busy"


@pytest.mark.allow_logs
def test_a_defect_is_logged_and_told(bridge: Bridge, qtbot: Any) -> None:
    with qtbot.waitSignal(bridge.broke) as told:
        bridge.read(lambda: 1 // 0)
    assert isinstance(told.args[0], ZeroDivisionError)


@pytest.mark.allow_logs
@pytest.mark.parametrize("error", [None, StoreBusyError("store.busy"), ZeroDivisionError()])
def test_a_second_press_is_no_second_act_and_the_next_one_is(
    bridge: Bridge, qtbot: Any, error: Exception | None
) -> None:
    begun: list[int] = []
    answered: list[object] = []
    gate = threading.Event()

    def work() -> int:
        begun.append(1)
        gate.wait(10)
        if error is not None:
            raise error
        return len(begun)

    one, other = QObject(), QObject()
    for asker in (one, one, other, one):
        bridge.once(asker, work, answered.append, answered.append)
    gate.set()
    qtbot.waitUntil(lambda: bridge.idle)
    assert len(begun) == 2
    bridge.once(one, work, answered.append, answered.append)
    qtbot.waitUntil(lambda: bridge.idle)
    assert len(begun) == 3
    assert len(answered) == (0 if isinstance(error, ZeroDivisionError) else 3)


def test_answers_come_back_in_the_gui_thread_and_writes_in_order(bridge: Bridge, qtbot: Any) -> None:
    here = threading.current_thread()
    answers: list[tuple[int, str, bool]] = []

    def work(n: int) -> tuple[int, str]:
        return n, threading.current_thread().name

    def answer(result: tuple[int, str]) -> None:
        answers.append((*result, threading.current_thread() is here))

    for n in range(50):
        bridge.call(lambda n=n: work(n), answer)
    qtbot.waitUntil(lambda: len(answers) == 50)
    assert [n for n, _, _ in answers] == list(range(50))
    assert all(name.startswith("store") and in_gui for _, name, in_gui in answers)
    assert bridge.idle


def test_each_kind_of_work_has_its_threads(bridge: Bridge, qtbot: Any) -> None:
    names: list[str] = []
    for ask in (bridge.call, bridge.read, bridge.draw):
        ask(lambda: threading.current_thread().name, names.append)
    qtbot.waitUntil(lambda: len(names) == 3)
    assert {name.rpartition("_")[0] for name in names} == {"store", "read", "draw"}


def test_events_arrive_in_one_batch_in_order(bridge: Bridge, bus: Bus, qtbot: Any) -> None:
    batches: list[list[Event]] = []
    bridge.events.connect(batches.append)
    sent: list[Event] = [ContactsChanged(), MentionsAdded(3, None), PlaybookChanged("p", 2)]

    def publish() -> None:
        for _ in range(200):
            bus.publish(sent)

    thread = threading.Thread(target=publish)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: sum(map(len, batches)) == 600)
    assert [event for batch in batches for event in batch] == sent * 200
    assert len(batches) <= 3


def test_an_answer_to_a_widget_that_is_gone_is_dropped(bridge: Bridge, qtbot: Any) -> None:
    class Asker(QObject):
        heard: list[object] = []  # noqa: RUF012

        def answer(self, value: object) -> None:
            self.heard.append(value)

    import shiboken6

    gate = threading.Event()
    asker = Asker()
    done: list[int] = []
    bridge.call(lambda: gate.wait(5), asker.answer)
    bridge.call(lambda: 1, done.append)
    shiboken6.delete(asker)
    gate.set()
    qtbot.waitUntil(lambda: bool(done))
    assert Asker.heard == []


def test_after_close_it_is_silent_and_writes_are_finished(qapp: Any, qtbot: Any) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    written: list[int] = []
    heard: list[object] = []
    bridge.events.connect(heard.append)
    for n in range(20):
        bridge.call(lambda n=n: written.append(n), heard.append)
    bridge.close()
    assert written == list(range(20))
    bus.publish([ContactsChanged()])
    bridge.call(lambda: written.append(99))
    qtbot.wait(1)
    assert heard == []
    assert 99 not in written
    bridge.close()
