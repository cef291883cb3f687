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
from crisisdesk.pipeline.stream import DAY, FLOOR, NEEDED_DAYS, SLOT, Kept, Rise, Stream

__all__ = ["FLOOR", "NEEDED_DAYS", "Detector"]

_VERSION: Final = 1
_COLD_COUNT: Final = 20
_COLD_TIMES: Final = 10
_COLD_DAYS: Final = 30.0
_SILENCE: Final = 720
_CALM: Final = 180
_SETTLE: Final = 60
_TIER: Final = 10.0
_NINE_OF_TEN: Final = 1.645 / 2


class _Watch(Kept):
    """When to speak: one signal for one rise, again only when it is a tier worse or proves to be real people."""

    def __init__(self) -> None:
        self.last = 0.0
        self.elapsed = 0
        self.whole = True
        self.alarmed = False
        self.age = 0
        self.calm = 0
        self.peak = self.severity = 0.0
        self.echoes = False
        self.length = 0
        self.count = 0
        self.expected = 0.0
        self.busy = [0, 0, 0]

    def busiest(self, half_hour: int, slots: int) -> None:
        """Remember the busiest half hour until an hour ago; used in the first day only."""
        self.busy[2] = max(self.busy[2], half_hour)
        if slots % 12 == 0:
            self.busy = [max(self.busy[0], self.busy[1]), self.busy[2], 0]

    def unheard_of(self, stream: Stream) -> bool:
        """Whether the last half hour dwarfs all that the first day has shown so far."""
        enough = stream.baseline.slots >= 3 * 60 // SLOT
        return enough and stream.half_hour >= max(_COLD_COUNT, _COLD_TIMES * self.busy[0])

    def wait(self, minutes: int) -> None:
        """Let unheard time pass."""
        if self.alarmed:
            self.age += minutes
            self.length += minutes

    def follow(self, total: int, rate: float, minutes: int, calm: bool) -> None:
        """Let a heard bucket pass; a rise is over after hours of calm."""
        if not self.alarmed:
            return
        self.wait(minutes)
        self.count += total
        self.expected += rate
        self.calm = self.calm + minutes if calm else 0
        if self.calm >= _CALM and self.age >= _SILENCE:
            self.alarmed = False

    def due(self, days: float, severity: float, people: bool) -> bool:
        """Whether a signal is due for what happens once in ``days``, long enough for an alarm."""
        if not self.alarmed or (self.echoes and people):
            return True
        if self.age > _SETTLE and severity >= _TIER * self.severity:
            return True
        if self.age <= _SETTLE:
            self.severity = max(self.severity, severity)
        self.peak = max(self.peak, days)
        return False

    def begin(self, rise: Rise, days: float, severity: float, echoes: bool) -> None:
        """Note the rise that is being signalled."""
        self.alarmed, self.age, self.calm = True, 0, 0
        self.peak, self.severity, self.echoes = days, severity, echoes
        self.length, self.count, self.expected = rise.minutes, rise.mentions, rise.expected


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
        self._watch = _Watch()
        if state is not None and state.get("version") == _VERSION and state.get("bucket") == bucket:
            for name, part in self._parts().items():
                part.restore(state[name])

    def _parts(self) -> dict[str, Kept]:
        parts: dict[str, Kept] = {"watch": self._watch}
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
        watch = self._watch
        if start.timestamp() <= watch.last:
            raise ValueError(f"minute {start} after a later one")
        watch.last = start.timestamp()
        if not watch.elapsed:
            local = start.astimezone(self._zone)
            for stream in (self._all, self._voices):
                stream.open_slot(local.weekday() * 24 + local.hour)
            watch.whole = True
        days = voices_days = 0.0
        if heard:
            days = self._all.minute(total, distinct or 0)
            voices_days = self._voices.minute(distinct, distinct) if distinct is not None else 0.0
        else:
            watch.whole = False
            self._all.unheard()
            self._voices.unheard()
        watch.elapsed += self._bucket
        if watch.elapsed >= SLOT:
            watch.elapsed = 0
            self._all.close_slot(watch.whole)
            self._voices.close_slot(watch.whole and distinct is not None)
            watch.busiest(self._all.half_hour, self._all.baseline.slots)
        return self._decide(start, days, voices_days, total if heard else None, distinct is not None)

    def _decide(
        self, start: datetime, days: float, voices_days: float, total: int | None, known: bool
    ) -> Signal | None:
        watch, longest, bar = self._watch, max(days, voices_days), self._return_days
        if total is None:
            watch.wait(self._bucket)
            return None
        watch.follow(total, self._all.rate(), self._bucket, self._all.calm)
        if self.learning_days < 1:
            longest, bar = (longest if watch.unheard_of(self._all) else 0.0), max(bar, _COLD_DAYS)
        if longest < bar:
            return None
        rise = self._all.rise()
        people = not known or voices_days >= self._return_days
        # The early stage says that something began, not how bad it is: that is what the windows say.
        severity = max(self._all.severity, self._voices.severity)
        if not watch.due(longest, severity, people and 3 * rise.voices >= rise.mentions):
            return None
        watch.begin(rise, longest, severity, not people and 2 * rise.voices < rise.mentions)
        return self._signal(start)

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
