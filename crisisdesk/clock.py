"""The one clock of the desk: countdowns, ladders, charts and timelines all ask it for the time.

Live work runs on :class:`SystemClock`. A replay or drill runs on :class:`PlayClock`, which follows the
computer's monotonic clock at a chosen speed, or is moved by hand from event to event.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the desk needs of a clock."""

    @property
    def simulated(self) -> bool:
        """Whether this is not the real time."""

    def now(self) -> datetime:
        """The desk's time, aware UTC, never backwards."""


class SystemClock:
    """Real time, never running backwards within one session."""

    simulated = False

    def __init__(self) -> None:
        self._last = datetime.fromtimestamp(0, UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The computer's time in UTC; the last answer again while the computer's clock is set back."""
        with self._lock:
            self._last = max(self._last, datetime.now(UTC))
            return self._last


class PlayClock:
    """A clock that starts at ``start`` and runs at ``speed`` times real time, or stands still at speed 0."""

    simulated = True

    def __init__(
        self, start: datetime, *, speed: float = 0.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._lock = threading.Lock()
        self._monotonic = monotonic
        self._base = start.astimezone(UTC)
        self._mark = monotonic()
        self._speed = speed

    @property
    def speed(self) -> float:
        """Desk seconds per real second; 0 while it stands still."""
        with self._lock:
            return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        with self._lock:
            self._base, self._mark = self._read()
            self._speed = speed

    def now(self) -> datetime:
        """The desk's time in UTC."""
        with self._lock:
            return self._read()[0]

    def move_to(self, instant: datetime) -> None:
        """Put the clock forward to ``instant``; an earlier instant is ignored."""
        with self._lock:
            base, mark = self._read()
            self._base, self._mark = max(base, instant.astimezone(UTC)), mark

    def _read(self) -> tuple[datetime, float]:
        mark = self._monotonic()
        return self._base + timedelta(seconds=(mark - self._mark) * self._speed), mark


class DeskClock:
    """The clock object that the whole desk holds; a replay puts another clock inside it and takes it out again."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._system: Clock = clock or SystemClock()
        self._inner: Clock = self._system

    @property
    def simulated(self) -> bool:
        """Whether the desk is on simulated time."""
        return self._inner.simulated

    def now(self) -> datetime:
        """The desk's time in UTC."""
        return self._inner.now()

    def use(self, clock: Clock | None) -> None:
        """Follow ``clock``, or the real time again when ``None``."""
        self._inner = clock or self._system
