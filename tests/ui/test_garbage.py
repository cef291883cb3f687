"""Cyclic garbage is collected, and never in a worker's thread."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QWidget

from ui.garbage import MANY, Garbage

LONG = 30_000  # ms; a busy machine draws slowly


class Ring:
    """Two objects that hold one another."""

    def __init__(self) -> None:
        self.other = type("Other", (), {})()
        self.other.ring = self


@pytest.fixture
def garbage(qapp: QApplication) -> Iterator[Garbage]:
    made = Garbage()
    yield made
    made.close()
    gc.unfreeze()


def test_a_worker_that_allocates_collects_nothing_itself(garbage: Garbage, qtbot: Any) -> None:
    threads: list[str] = []
    known = threading.current_thread().name

    def note(phase: str, _info: object) -> None:
        if phase == "start":
            threads.append(threading.current_thread().name)

    gc.callbacks.append(note)
    try:
        with ThreadPoolExecutor(1) as pool:
            lost = pool.submit(lambda: [weakref.ref(Ring()) for _ in range(3 * MANY[0])]).result()
        qtbot.waitUntil(lambda: all(ref() is None for ref in lost[: MANY[0]]), timeout=LONG)
    finally:
        gc.callbacks.remove(note)
    assert threads
    assert set(threads) == {known}


def test_a_widget_in_a_cycle_ends_in_the_gui_thread(garbage: Garbage, qtbot: Any) -> None:
    ended: list[bool] = []
    widget: Any = QWidget()
    widget.destroyed.connect(lambda: ended.append(QThread.currentThread().isMainThread()))
    widget.itself = widget
    del widget
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: [Ring() for _ in range(3 * MANY[0])]).result()
    qtbot.waitUntil(lambda: bool(ended), timeout=LONG)
    assert ended == [True]


def test_what_stands_is_put_aside_and_python_gets_its_work_back(qapp: QApplication) -> None:
    gc.enable()
    made = Garbage()
    assert not gc.isenabled()
    before = gc.get_freeze_count()
    made.put_aside()
    assert gc.get_freeze_count() > before
    made.close()
    assert gc.isenabled()
    gc.unfreeze()


def test_collecting_that_was_off_stays_off(qapp: QApplication) -> None:
    assert not gc.isenabled()  # as it is in every test
    Garbage().close()
    assert not gc.isenabled()
