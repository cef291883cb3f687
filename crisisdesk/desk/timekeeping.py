"""Timekeeping: a clock that is set does not lengthen or shorten a wait, and what comes late says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from crisisdesk.desk.core import DESK, Core
from crisisdesk.model.events import ClockSet
from crisisdesk.store import deadlines, sources

_KEY: Final = "clock"
_KEPT_EVERY: Final = timedelta(minutes=10)


class Timekeeping:
    """Watches the computer's clock for the desk."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._opened_at = core.clock.now()
        self._kept_at: datetime | None = None

    def follow(self) -> Callable[[datetime], str]:
        """Look at the clock once; gives what tells why something due at an instant comes only now.

        When the clock was set, by hand or while the desk was closed, waits move with it and the timeline says so.
        Times that were promised to anybody stay: eleven o'clock is eleven o'clock on everybody's wall.
        """
        beat = self._core.clock.beat()
        real = self._core.clock.system
        if real is not None:
            now, step = real.now(), beat.set_by
            if self._kept_at is None or step or abs(now - self._kept_at) >= _KEPT_EVERY:
                if self._kept_at is None:
                    with self._core.read() as connection:
                        step += real.set_since(sources.get_meta(connection, _KEY))
                self._keep(step)
                self._kept_at = now

        def why(due: datetime) -> str:
            if beat.slept:
                return "slept"
            return "closed" if due < self._opened_at else "busy"

        return why

    def _keep(self, step: timedelta) -> None:
        real = self._core.clock.system
        with self._core.write() as tx:
            if step:
                deadlines.move_waits(tx.connection, step)
                self._opened_at += step
                data = {"time": self._core.clock.now(), "minutes": round(step / timedelta(minutes=1), 2)}
                self._core.log(tx, "clock.set", self._core.open_incident(tx.connection), actor=DESK, data=data)
                tx.emit(ClockSet(step.total_seconds()))
            sources.set_meta(tx.connection, _KEY, real.mark() if real is not None else None)
