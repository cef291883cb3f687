"""The only place where the core's threads meet the GUI thread.

Events of the core's bus arrive in batches, at most one each 100 ms. Work goes to three kinds of thread, ``store``
(one, writes in order), ``read`` (two, queries) and ``draw`` (one, figures); its answer comes back in the GUI thread.
"""

from __future__ import annotations

import logging
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from crisisdesk.bus import Bus
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.events import Event

log = logging.getLogger(__name__)
T = TypeVar("T")
_TURN_S: Final = 0.0005
"""How long a worker may hold Python's lock while the window waits for it; Python's own 5 ms are paid at each widget."""
OnError = Callable[[CrisisDeskError], None]


def _alive(callback: Callable[..., object]) -> bool:
    """Whether the widget that a bound method belongs to still exists."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)


class Bridge(QObject):
    """Carries events to the window and the window's work to the core; silent after :meth:`close`.

    Signals:
        events: a ``list[Event]``, oldest first.
        failed: a :class:`CrisisDeskError` that no one else handles.
        broke: any other exception; a defect, already logged.
        beat: once a second, for clocks and countdowns.
    """

    events = Signal(list)
    failed = Signal(object)
    broke = Signal(object)
    beat = Signal()
    _woken = Signal()

    def __init__(self, bus: Bus | None = None) -> None:
        super().__init__()
        self._closed = False
        self._waiting = 0
        self._awake = False
        self._asking: set[object] = set()
        self._unheard: deque[Event] = deque()
        self._answers: deque[Callable[[], None]] = deque()
        self._unsubscribe: Callable[[], None] | None = None
        self._drain = QTimer(self, singleShot=True, interval=100)
        self._drain.timeout.connect(self._tell)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self.beat)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        sys.setswitchinterval(_TURN_S)
        self._store = ThreadPoolExecutor(1, "store")
        self._read = ThreadPoolExecutor(2, "read")
        self._draw = ThreadPoolExecutor(1, "draw")
        self._second.start()
        if bus is not None:
            self.listen(bus)

    @property
    def idle(self) -> bool:
        """Whether nothing that was asked for is still on its way."""
        return not (self._waiting or self._unheard)

    def listen(self, bus: Bus) -> None:
        """Carry the events of ``bus`` from now on."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._unsubscribe = bus.subscribe(self._hear)

    def call(
        self, fn: Callable[[], T], on_result: Callable[[T], Any] | None = None, on_error: OnError | None = None
    ) -> None:
        """Run a write on the ``store`` thread; writes run one after the other."""
        self._submit(self._store, fn, on_result, on_error)

    def once(
        self,
        asker: object,
        fn: Callable[[], T],
        on_result: Callable[[T], Any] | None = None,
        on_error: OnError | None = None,
    ) -> None:
        """As :meth:`call`; what ``asker`` asks again before the answer is left out: a second press is no second act."""
        if asker not in self._asking:
            self._submit(self._store, fn, on_result, on_error, asker)

    def read(
        self, fn: Callable[[], T], on_result: Callable[[T], Any] | None = None, on_error: OnError | None = None
    ) -> None:
        """Run a query on a ``read`` thread."""
        self._submit(self._read, fn, on_result, on_error)

    def draw(
        self, fn: Callable[[], T], on_result: Callable[[T], Any] | None = None, on_error: OnError | None = None
    ) -> None:
        """Run a drawing on the ``draw`` thread."""
        self._submit(self._draw, fn, on_result, on_error)

    def close(self) -> None:
        """Fall silent, finish the writes already asked for, and join all threads."""
        if self._closed:
            return
        self._closed = True
        self._drain.stop()
        self._second.stop()
        if self._unsubscribe is not None:
            self._unsubscribe()
        for pool in (self._read, self._draw):
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in (self._store, self._read, self._draw):
            pool.shutdown(wait=True)
        for left in (self._unheard, self._answers, self._asking):
            left.clear()

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        fn: Callable[[], T],
        on_result: Callable[[T], Any] | None,
        on_error: OnError | None,
        asker: object = None,
    ) -> None:
        if self._closed:
            return

        def told(future: Future[T]) -> None:
            self._asking.discard(asker)
            self._answer(future, on_result, on_error)

        def answer(future: Future[T]) -> None:
            if not self._closed and not future.cancelled():
                self._answers.append(lambda: told(future))
                self._rouse()

        if asker is not None:
            self._asking.add(asker)
        self._waiting += 1
        pool.submit(fn).add_done_callback(answer)

    def _answer(self, future: Future[T], on_result: Callable[[T], Any] | None, on_error: OnError | None) -> None:
        self._waiting -= 1
        error = future.exception()
        if error is None:
            if on_result is not None and _alive(on_result):
                on_result(future.result())
        elif isinstance(error, CrisisDeskError):
            if on_error is None:
                self.failed.emit(error)
            elif _alive(on_error):
                on_error(error)
        else:
            log.error("work for the window broke", exc_info=error)
            self.broke.emit(error)

    def _hear(self, event: Event) -> None:
        if not self._closed:
            self._unheard.append(event)
            self._rouse()

    def _rouse(self) -> None:
        """Wake the GUI thread once, from any thread, however much is waiting."""
        if not self._awake:
            self._awake = True
            self._woken.emit()

    def _wake(self) -> None:
        self._awake = False  # before looking, so that what arrives meanwhile wakes us again
        while self._answers and not self._closed:
            self._answers.popleft()()
        if self._unheard and not self._closed and not self._drain.isActive():
            self._drain.start()

    def _tell(self) -> None:
        batch = [self._unheard.popleft() for _ in range(len(self._unheard))]
        if batch and not self._closed:
            self.events.emit(batch)
