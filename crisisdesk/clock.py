"""The one clock of the desk: countdowns, ladders, charts and timelines all ask it for the time.

Live work runs on :class:`SystemClock`. A replay or drill runs on :class:`PlayClock`, which follows the
computer's monotonic clock at a chosen speed, or is moved by hand from event to event.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

SET: Final = 2.0
"""Seconds by which the wall clock may differ from the boot clock before it counts as set."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What befell the clock since the beat before: by how much it was set, and how long the computer slept."""

    set_by: timedelta = timedelta(0)
    slept: timedelta = timedelta(0)


def boot_clock() -> Callable[[], float] | None:
    """The clock that counts from the computer's start and goes on in sleep, or ``None``.

    Linux CLOCK_BOOTTIME is tried out here; macOS CLOCK_MONOTONIC and Windows GetTickCount64 follow their makers'
    documentation and are not.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return lambda: time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return lambda: time.clock_gettime(time.CLOCK_MONOTONIC)
    if sys.platform == "win32":
        import ctypes

        ticks = ctypes.windll.kernel32.GetTickCount64
        ticks.restype = ctypes.c_uint64
        return lambda: float(ticks()) / 1000.0
    return None


def boot_name() -> str:
    """What tells this run of the computer from the one before; empty where the system has no such name."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class Clock(Protocol):
    """What the desk needs of a clock."""

    @property
    def simulated(self) -> bool:
        """Whether this is not the real time."""

    def now(self) -> datetime:
        """The desk's time, aware UTC; backwards only when the computer's clock was set back."""


class SystemClock:
    """Real time. It runs on through small corrections, and follows the computer's clock when that is *set*.

    A step of the wall clock that the boot clock does not know is a clock that was set, by hand or over the network.
    The desk then moves what it waits for by the same step (see :meth:`beat`), so that five minutes stay five minutes.

    Args:
        wall: the computer's time, seconds since 1970.
        boot: seconds since the computer was started, sleep included; ``None`` where the system does not tell, and
            then a clock that is set back stands still until it is caught up.
        awake: seconds that never go backwards and, on Linux and macOS, stand still in sleep.
    """

    simulated = False

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        boot: Callable[[], float] | None = None,
        awake: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._boot, self._awake = wall, boot or boot_clock(), awake
        self._lock = threading.Lock()
        self._last = _at(wall())
        self._offset = wall() - self._boot() if self._boot else 0.0
        self._set_by = 0.0
        self._seen = (self._boot() if self._boot else 0.0, awake())

    def now(self) -> datetime:
        """The time in UTC; it goes backwards only when the computer's clock was set back."""
        with self._lock:
            return self._read()

    def _read(self) -> datetime:
        wall = self._wall()
        offset = wall - self._boot() if self._boot else self._offset
        step, self._offset = offset - self._offset, offset
        if abs(step) > SET:
            self._set_by += step
            self._last = _at(wall)
        else:
            self._last = max(self._last, _at(wall))
        return self._last

    def beat(self) -> Beat:
        """How far the clock was set and how long the computer slept since the beat before."""
        with self._lock:
            self._read()
            set_by, self._set_by = self._set_by, 0.0
            boot, awake = (self._boot() if self._boot else 0.0), self._awake()
            slept = (boot - self._seen[0]) - (awake - self._seen[1]) if self._boot else 0.0
            self._seen = (boot, awake)
        return Beat(timedelta(seconds=set_by), timedelta(seconds=slept if slept > SET else 0.0))

    def mark(self) -> dict[str, object] | None:
        """What to keep on disk to find out after a restart that the clock was set; ``None`` where it cannot be told."""
        name = boot_name()
        if self._boot is None or not name:
            return None
        return {"boot": name, "offset": self._wall() - self._boot()}

    def set_since(self, mark: object) -> timedelta:
        """How far the clock was set since ``mark`` was kept; zero after the computer was started anew."""
        here = self.mark()
        if here is None or not isinstance(mark, dict) or mark.get("boot") != here["boot"]:
            return timedelta(0)
        step = float(str(here["offset"])) - float(str(mark.get("offset", here["offset"])))
        return timedelta(seconds=step) if abs(step) > SET else timedelta(0)


class PlayClock:
    """A clock that starts at ``start`` and runs at ``speed`` times real time, or stands still at speed 0."""

    simulated = True

    def __init__(self, start: datetime, *, speed: float = 0.0, monotonic: Callable[[], float] = time.monotonic) -> None:
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

    @property
    def system(self) -> SystemClock | None:
        """The real clock, while the desk follows it."""
        return self._inner if isinstance(self._inner, SystemClock) else None

    def beat(self) -> Beat:
        """What befell the clock since the beat before; nothing befalls simulated time."""
        return self.system.beat() if self.system is not None else Beat()

    def use(self, clock: Clock | None) -> None:
        """Follow ``clock``, or the real time again when ``None``."""
        self._inner = clock or self._system
