"""The spike detector: streaming, causal, one fixed setting for every brand; ``docs/detection.md`` argues each number.

A :class:`Detector` follows two counts of one brand: all mentions, and *voices* (distinct people with distinct words,
no reposts). Each has a robust level with an hourly profile; the excess over it is turned into a **return period in
days** by a tail that calibrates itself on that very count. An alarm is a return period longer than the one asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from crisisdesk.model.alert import Signal
from crisisdesk.pipeline.stream import DAY, FLOOR, NEEDED_DAYS, SLOT, Kept, Stream
from crisisdesk.pipeline.watch import FirstDay, Reading, Watch

__all__ = ["FLOOR", "NEEDED_DAYS", "Detector"]

_VERSION: Final = 2
_NINE_OF_TEN: Final = 1.645 / 2


class _Clock(Kept):
    """Where in its slot the detector stands."""

    def __init__(self) -> None:
        self.last = 0.0
        self.elapsed = 0
        self.whole = True


class Detector:
    """Watches one brand, minute by minute.

    Args:
        zone: the brand's IANA time zone, for the profile by hour.
        return_days: alarm on what happens less often than once in so many days; the person's slider.
        state: an earlier :meth:`state`; one of another version is ignored, and history has to be fed again.
        bucket: minutes in one count, 1 or 5.
    """

    def __init__(
        self, zone: str, *, return_days: float = 7.0, state: Mapping[str, Any] | None = None, bucket: int = 1
    ) -> None:
        if bucket not in (1, SLOT):
            raise ValueError(f"bucket of {bucket} minutes: 1 or {SLOT}")
        self._zone = ZoneInfo(zone)
        self._return_days = return_days
        self._bucket = bucket
        self._all = Stream(bucket, early=False)
        self._voices = Stream(bucket, early=True)
        self._watch = Watch()
        self._first_day = FirstDay()
        self._now = _Clock()
        if state is not None and state.get("version") == _VERSION and state.get("bucket") == bucket:
            for name, part in self._parts().items():
                part.restore(state[name])

    def _parts(self) -> dict[str, Kept]:
        parts: dict[str, Kept] = {"watch": self._watch, "first_day": self._first_day, "now": self._now}
        for name, stream in (("all", self._all), ("voices", self._voices)):
            parts[name] = stream
            parts |= {f"{name}.{key}": part for key, part in stream.parts().items()}
        return parts

    def state(self) -> dict[str, Any]:
        """Everything learnt, ready for JSON; a detector made from it goes on as if nothing had happened."""
        return {"version": _VERSION, "bucket": self._bucket} | {k: p.state() for k, p in self._parts().items()}

    @property
    def learning_days(self) -> float:
        """Days of history learnt so far."""
        return self._all.baseline.slots / DAY

    def expected(self, start: datetime, minutes: int = 1) -> tuple[float, float, float]:
        """Low, middle and high expected mentions of the ``minutes`` from ``start``: nine of ten calm stretches fit."""
        local = start.astimezone(self._zone)
        base = self._all.baseline
        middle = max(base.level, 1e-3) * base.shape(local.weekday() * 24 + local.hour) * minutes / SLOT
        # Square roots of counts spread alike at every level; half a mention of room because counts are whole.
        root, reach = math.sqrt(middle), _NINE_OF_TEN * math.sqrt(base.dispersion)
        return max(max(root - reach, 0.0) ** 2 - 0.5, 0.0), middle, (root + reach) ** 2 + 0.5

    def minute(self, start: datetime, total: int, distinct: int | None, heard: bool = True) -> Signal | None:
        """Take the closed minute that began at ``start``; the signal if it raises an alarm.

        Call it once for every minute, in order. ``distinct`` counts voices (``count.voices``); ``None`` throughout
        when only totals are known. An unheard minute teaches nothing and never raises an alarm.
        """
        due = self._watch.step(self.read(start, total, distinct, heard), self._return_days)
        return self._signal(start) if due else None

    def read(self, start: datetime, total: int, distinct: int | None, heard: bool = True) -> Reading:
        """Take a bucket like :meth:`minute`, without deciding: for asking what other return periods would do."""
        now = self._now
        if start.timestamp() <= now.last:
            raise ValueError(f"minute {start} after a later one")
        now.last = start.timestamp()
        if not now.elapsed:
            local = start.astimezone(self._zone)
            for stream in (self._all, self._voices):
                stream.open_slot(local.weekday() * 24 + local.hour)
            now.whole = True
        reading = Reading(self._bucket, False)
        if heard:
            reading = self._heard(total, distinct)
        else:
            now.whole = False
            self._all.unheard()
            self._voices.unheard()
        now.elapsed += self._bucket
        if now.elapsed >= SLOT:
            now.elapsed = 0
            self._all.close_slot(now.whole)
            self._voices.close_slot(now.whole and distinct is not None)
            self._first_day.slot(self._all.half_hour, self._all.baseline.slots)
        return reading

    def _heard(self, total: int, distinct: int | None) -> Reading:
        days = self._all.minute(total, distinct or 0)
        voices_days = None if distinct is None else self._voices.minute(distinct, distinct)
        longest = max(days, voices_days or 0.0)
        return Reading(
            minutes=self._bucket,
            heard=True,
            days=longest,
            voices_days=voices_days,
            # The early stage says that something began, not how bad it is: that is what the windows say.
            severity=max(self._all.severity, self._voices.severity),
            calm=self._all.calm,
            total=total,
            rate=self._all.rate(),
            learning_days=self.learning_days,
            unheard_of=self.learning_days < 1 and self._first_day.dwarfed(self._all),
            rise=self._all.rise() if longest > 0 else None,
        )

    def rise(self, start: datetime) -> Signal | None:
        """The numbers up to the close of minute ``start`` of the rise that was signalled; ``None`` when it is over.

        One rise is one signal; with this the open alert's numbers can follow it.
        """
        return self._signal(start) if self._watch.alarmed else None

    def _signal(self, start: datetime) -> Signal:
        watch = self._watch
        at = start + timedelta(minutes=self._bucket)
        # A tail says little about what is much rarer than all that it has seen.
        credible = max(self._return_days, 10 * self.learning_days)
        return Signal(
            at=at,
            since=at - timedelta(minutes=watch.length),
            count=watch.count,
            expected=watch.expected,
            ratio=watch.count / max(watch.expected, 1.0),
            window_minutes=watch.length,
            return_days=min(watch.peak, credible),
            amplified=watch.echoes,
            learning_days=self.learning_days,
            needed_days=NEEDED_DAYS,
        )
