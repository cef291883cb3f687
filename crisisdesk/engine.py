"""One asyncio loop in a thread of its own: watching sources, timers and reminders live here, never in the window.

Blocking work (a clock tick that writes, a name lookup) goes to a few ``engine-call`` threads, so that nothing
holds the loop for long. Closing cancels everything, waits for calls under way, and joins.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")

Call = Callable[[], object] | Callable[[], Awaitable[object]]
_WORKERS: Final = 4


class Engine:
    """Runs coroutines off the GUI thread from construction until :meth:`stop`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._pool = ThreadPoolExecutor(_WORKERS, "engine-call")
        self._loop.set_default_executor(self._pool)
        self._lock = threading.Lock()
        self._stopping = False
        self._grace = 5.0
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether work is still taken."""
        return not self._stopping

    def submit(self, coro: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine; its failure is logged and kept in the future. After :meth:`stop` the future is cancelled."""
        with self._lock:
            if not self._stopping:
                return asyncio.run_coroutine_threadsafe(_logged(coro), self._loop)
        coro.close()
        late: Future[T] = Future()
        late.cancel()
        return late

    def every(self, seconds: float, fn: Call) -> Callable[[], None]:
        """Call ``fn`` every ``seconds`` without overlap, whatever it raises; returns what ends it.

        A coroutine function runs on the loop, any other in a worker thread. Beats missed while it ran are left out.
        """
        task = self.submit(self._beat(seconds, fn))

        def end() -> None:
            task.cancel()

        return end

    def stop(self, timeout: float = 5.0) -> bool:
        """Cancel every task, wait for calls under way and join; False when something would not end in ``timeout`` s."""
        with self._lock:
            first, self._stopping = not self._stopping, True
        deadline = time.monotonic() + timeout
        if first:
            self._grace = timeout
            self._loop.call_soon_threadsafe(self._loop.stop)
        if threading.current_thread() is self._thread:
            return True
        self._thread.join(timeout)
        # A call under way cannot be cancelled: a tick that is writing ends before the data file is closed.
        calls = threading.Thread(
            target=self._pool.shutdown, kwargs={"cancel_futures": True}, name="engine-calls", daemon=True
        )
        calls.start()
        calls.join(max(0.0, deadline - time.monotonic()))
        late = [thread.name for thread in (self._thread, calls) if thread.is_alive()]
        if late and first:
            log.warning("still running after %.1f s: %s", timeout, ", ".join(late))
        return not late

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._wind_down())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    async def _wind_down(self) -> None:
        me = asyncio.current_task()
        # Cancelled before its first step, a task of anyio's would drop a coroutine that nobody awaited.
        while any(_unbegun(task) for task in asyncio.all_tasks() - {me}):
            await asyncio.sleep(0)
        tasks = asyncio.all_tasks() - {me}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self._grace)
        await self._loop.shutdown_asyncgens()

    async def _beat(self, seconds: float, fn: Call) -> None:
        trouble = ""
        due = self._loop.time()
        while True:
            try:
                await self._call(fn)
                if trouble:
                    log.info("%s works again", _name(fn))
                trouble = ""
            except Exception as error:
                if repr(error) != trouble:  # the same failure each second is told once
                    log.exception("%s failed", _name(fn))
                trouble = repr(error)
            due = max(due + seconds, self._loop.time())
            await asyncio.sleep(due - self._loop.time())

    async def _call(self, fn: Call) -> None:
        if inspect.iscoroutinefunction(fn):
            await fn()
        else:
            await self._loop.run_in_executor(None, fn)


async def _logged(coro: Coroutine[Any, Any, T]) -> T:
    try:
        return await coro
    except Exception:
        log.exception("a task failed: %s", getattr(coro, "__qualname__", coro))
        raise


def _unbegun(task: asyncio.Task[Any]) -> bool:
    coro = task.get_coro()
    return inspect.iscoroutine(coro) and inspect.getcoroutinestate(coro) == inspect.CORO_CREATED


def _name(fn: Call) -> str:
    whole = fn.func if isinstance(fn, partial) else fn
    return str(getattr(whole, "__qualname__", whole))
