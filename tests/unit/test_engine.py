"""The engine: failures are told, nothing is lost, and it ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from functools import partial

import anyio
import pytest

from crisisdesk.engine import Engine

WAIT = 5.0


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    assert made.stop(WAIT)


@pytest.mark.allow_logs
def test_a_failing_task_is_logged_and_its_future_tells(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    async def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        engine.submit(fails()).result(WAIT)
    assert "a task failed" in caplog.text
    assert "ValueError: no" in caplog.text


@pytest.mark.allow_logs
def test_a_failing_beat_goes_on_and_is_told_once_per_failure(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()
    calls = 0

    def tick() -> None:
        nonlocal calls
        calls += 1
        if calls <= 3:
            raise OSError("disk full")
        if calls == 4:
            raise OSError("still full")
        done.set()

    engine.every(0.001, tick)
    assert done.wait(WAIT)
    told = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [str(record.exc_info[1]) for record in told if record.exc_info] == ["disk full", "still full"]


@pytest.mark.allow_logs
def test_a_beat_that_brings_what_it_works_with_runs_on_the_loop_and_is_named(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    done = threading.Event()
    ran: list[str] = []

    async def send(where: list[str]) -> None:
        where.append(threading.current_thread().name)
        if len(where) > 1:
            done.set()
        raise OSError("no way out")

    engine.every(0.001, partial(send, ran))
    assert done.wait(WAIT)
    assert set(ran) == {"engine"}
    assert "send failed" in caplog.text and "partial" not in caplog.text


def test_work_after_stop_is_cancelled_not_lost_in_silence() -> None:
    engine = Engine()
    assert engine.stop(WAIT)

    async def late() -> None:
        raise AssertionError("must not run")

    future = engine.submit(late())
    assert future.cancelled()
    with pytest.raises(CancelledError):
        future.result(0)
    assert not engine.running


def test_stopping_twice_is_fine() -> None:
    engine = Engine()
    assert engine.stop(WAIT)
    assert engine.stop(WAIT)


def test_stop_cancels_waiting_tasks_and_runs_their_endings() -> None:
    engine = Engine()
    started, ended = threading.Event(), threading.Event()

    async def waits() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    future = engine.submit(waits())
    assert started.wait(WAIT)
    assert engine.stop(WAIT)
    assert ended.is_set()
    assert future.cancelled()


def test_what_was_begun_in_the_last_moment_is_ended_without_a_word() -> None:
    engine = Engine()
    began, ended = threading.Event(), threading.Event()

    async def child() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def parent() -> None:
        async with anyio.create_task_group() as group:
            engine.stop(WAIT)
            await asyncio.sleep(0)
            await asyncio.sleep(0)  # the loop stands still, and goes on for the ending only
            group.start_soon(child)

    future = engine.submit(parent())
    with pytest.raises(CancelledError):
        future.result(WAIT)
    assert engine.stop(WAIT)
    assert began.is_set() and ended.is_set()


def test_stop_waits_for_a_call_under_way() -> None:
    engine = Engine()
    inside, go_on, finished = threading.Event(), threading.Event(), threading.Event()

    def writes() -> None:
        inside.set()
        go_on.wait(WAIT)
        finished.set()

    engine.every(60, writes)
    assert inside.wait(WAIT)
    threading.Timer(0.05, go_on.set).start()
    assert engine.stop(WAIT)
    assert finished.is_set()


@pytest.mark.allow_logs
def test_a_call_that_will_not_end_is_named(caplog: pytest.LogCaptureFixture) -> None:
    engine = Engine()
    inside, go_on = threading.Event(), threading.Event()

    def hangs() -> None:
        inside.set()
        go_on.wait(WAIT)

    engine.every(60, hangs)
    assert inside.wait(WAIT)
    assert not engine.stop(0.05)
    assert "engine-calls" in caplog.text
    go_on.set()
    assert engine.stop(WAIT)


def test_a_task_that_refuses_to_end_is_left_after_the_deadline() -> None:
    engine = Engine()
    started = threading.Event()
    released = False

    async def stubborn() -> None:
        started.set()
        while not released:
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                continue

    engine.submit(stubborn())
    assert started.wait(WAIT)
    engine.submit(asyncio.sleep(0)).result(WAIT)
    released = True
    assert engine.stop(WAIT)


def test_results_come_back(engine: Engine) -> None:
    async def add(a: int, b: int) -> int:
        await asyncio.sleep(0)
        return a + b

    assert engine.submit(add(2, 3)).result(WAIT) == 5


def test_beats_run_in_their_own_threads_and_end_on_request(engine: Engine) -> None:
    seen: list[str] = []
    twice, awaited = threading.Event(), threading.Event()

    def tick() -> None:
        seen.append(threading.current_thread().name)
        if len(seen) == 2:
            twice.set()

    async def tock() -> None:
        seen.append(threading.current_thread().name)
        awaited.set()

    end = engine.every(0.001, tick)
    assert twice.wait(WAIT)
    end()
    assert all(name.startswith("engine-call") for name in seen)
    seen.clear()
    engine.every(60, tock)
    assert awaited.wait(WAIT)
    assert "engine" in seen


def test_beats_do_not_overlap(engine: Engine) -> None:
    inside = 0
    most = 0
    enough = threading.Event()
    calls = 0

    def tick() -> None:
        nonlocal inside, most, calls
        inside += 1
        most = max(most, inside)
        calls += 1
        threading.Event().wait(0.005)
        inside -= 1
        if calls == 5:
            enough.set()

    engine.every(0.001, tick)
    assert enough.wait(WAIT)
    assert most == 1
