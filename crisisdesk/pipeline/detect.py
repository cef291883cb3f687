"""The spike detector: streaming, causal, one fixed setting for every brand; ``docs/detection.md`` argues each number.

A :class:`Detector` follows two counts of one brand: all mentions, and *voices* (distinct people with distinct words,
no reposts). Each has a robust level with an hourly profile; the excess over it is turned into a **return period in
days** by a tail that calibrates itself on that very count. An alarm is a return period longer than the one asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from crisisdesk.model.alert import Signal, SignalKind
from crisisdesk.pipeline.calendar import Hours
from crisisdesk.pipeline.early import MEMORY, Complaints, Early, Flash
from crisisdesk.pipeline.stream import DAY, FLOOR, NEEDED_DAYS, SLOT, Kept, Rise, Stream
from crisisdesk.pipeline.watch import Due, FirstDay, Reading, Seen, Watch

__all__ = ["EARLY_FLOOR", "FLOOR", "NEEDED_DAYS", "Detector", "Moments"]

_VERSION: Final = 2
EARLY_FLOOR: Final = 4
_SPREAD: Final = 1000  # evenly spread moments are made for so many voices of one bucket at most
Moments = Sequence[tuple[float, bool]]
"""Seconds into the bucket and whether it complains, for each voice, ascending."""
_NINE_OF_TEN: Final = 1.645 / 2


class _Clock(Kept):
    """Where in its slot the detector stands."""

    def __init__(self) -> None:
        self.last = 0.0
        self.elapsed = 0
        self.whole = True
        self.worded = True


class Detector:
    """Watches one brand, minute by minute.

    Args:
        zone: the brand's IANA time zone, for the profile by hour.
        country: ISO 3166 code of the country whose public holidays count as Sundays; empty = none known.
        return_days: alarm on what happens less often than once in so many days; the person's slider.
        state: an earlier :meth:`state`; one of another version is ignored, and history has to be fed again.
        bucket: minutes in one count; from 1 to 60, a divisor or a multiple of the slot of five minutes.
    """

    def __init__(
        self,
        zone: str,
        *,
        country: str = "",
        return_days: float = 7.0,
        state: Mapping[str, Any] | None = None,
        bucket: int = 1,
    ) -> None:
        if bucket not in (1, SLOT):
            raise ValueError(f"bucket of {bucket} minutes: 1 or {SLOT}")
        self._hours = Hours(zone, country)
        self._return_days = return_days
        self._bucket = bucket
        self._all = Stream(bucket)
        self._voices = Stream(bucket)
        self._early = Early(EARLY_FLOOR, MEMORY)
        self._complaints = Complaints(bucket)
        self._watch = Watch()
        self._first_day = FirstDay()
        self._now = _Clock()
        if state is not None and state.get("version") == _VERSION and state.get("bucket") == bucket:
            for name, part in self._parts().items():
                part.restore(state[name])

    def _parts(self) -> dict[str, Kept]:
        parts: dict[str, Kept] = {"watch": self._watch, "first_day": self._first_day, "now": self._now}
        known: dict[str, Stream | Early | Complaints] = {
            "all": self._all,
            "voices": self._voices,
            "early": self._early,
            "complaints": self._complaints,
        }
        for name, stream in known.items():
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

    @property
    def burstiness(self) -> float:
        """Variance over mean of whole hours, at least 1: people who answer one another."""
        return self._all.baseline.burstiness

    def expected(self, start: datetime, minutes: int = 1) -> tuple[float, float, float]:
        """Low, middle and high expected mentions of the ``minutes`` from ``start``: nine of ten calm stretches fit."""
        base = self._all.baseline
        middle = max(base.level, 1e-3) * base.shape(self._hours.of_week(start)) * minutes / SLOT
        # Square roots of counts spread alike at every level; half a mention of room because counts are whole.
        root, reach = math.sqrt(middle), _NINE_OF_TEN * math.sqrt(base.dispersion)
        return max(max(root - reach, 0.0) ** 2 - 0.5, 0.0), middle, (root + reach) ** 2 + 0.5

    def expected_complaints(self, start: datetime, minutes: int = 1) -> float:
        """Voices that complain, expected in the ``minutes`` from ``start``."""
        return self._complaints.rate(self._hours.of_week(start)) * minutes / SLOT

    def minute(
        self, start: datetime, total: int, distinct: int | None, heard: bool = True, moments: Moments | None = None
    ) -> Signal | None:
        """Take the closed minute that began at ``start``; the signal if it raises an alarm.

        Call it once for every minute, in order. ``distinct`` counts voices (``count.Voices``); ``None`` throughout
        when only totals are known. ``moments`` are those voices one by one (``count.Tally``); without them they are
        taken as evenly spread, and nobody knows which of them complain. An unheard minute teaches nothing and never
        raises an alarm.
        """
        due = self._watch.step(self.read(start, total, distinct, heard, moments), self._return_days)
        return self._signal(start, due) if due else None

    def peek(self, start: datetime, moments: Moments) -> Signal | None:
        """What the open minute from ``start`` raises already, with the voices so far; changes nothing.

        The closed minute will raise the very same, unless a voice comes late.
        """
        slot = self._now.elapsed == 0
        shape = self._hours.of_week(start) if slot else None
        seen = self._look(self._early.copy(), self._complaints.copy(), moments, shape)
        if not seen:
            return None
        reading = Reading(self._bucket, True, flashes=seen, severity=self._severity(), learning_days=self.learning_days)
        watch = self._watch.copy()
        due = watch.flash(reading, self._return_days)
        return self._signal(start, due, watch) if due else None

    def read(
        self, start: datetime, total: int, distinct: int | None, heard: bool = True, moments: Moments | None = None
    ) -> Reading:
        """Take a bucket like :meth:`minute`, without deciding: for asking what other return periods would do."""
        now = self._now
        if start.timestamp() <= now.last:
            raise ValueError(f"minute {start} after a later one")
        now.last = start.timestamp()
        if not now.elapsed:
            hour = self._hours.of_week(start)
            for stream in (self._all, self._voices, self._complaints):
                stream.open_slot(hour)
            now.whole = now.worded = True
        reading = Reading(self._bucket, False)
        if heard:
            reading = self._heard(total, distinct, moments)
        else:
            now.whole = False
            for part in (self._all, self._voices, self._early, self._complaints):
                part.unheard()
        now.elapsed += self._bucket
        if now.elapsed >= SLOT:
            now.elapsed = 0
            known = now.whole and distinct is not None
            self._all.close_slot(now.whole)
            self._voices.close_slot(known)
            self._early.close_slot(known)
            # Counts without words say nothing about complaints: they are unknown, not absent.
            self._complaints.close_slot(known and now.worded)
            self._first_day.slot(self._all.half_hour, self._all.baseline.slots)
        return reading

    def _heard(self, total: int, distinct: int | None, moments: Moments | None) -> Reading:
        seen: tuple[Seen, ...] = ()
        voices_days = None
        if distinct is not None:
            self._now.worded = self._now.worded and moments is not None
            if moments is None:
                gap = 60.0 * self._bucket / (distinct + 1)
                moments = tuple((gap * (n + 1), False) for n in range(min(distinct, _SPREAD)))
            seen = self._look(self._early, self._complaints, moments, None)
            voices_days = self._voices.minute(distinct, distinct)
        days = self._all.minute(total, distinct or 0)
        longest = max(days, voices_days or 0.0)
        return Reading(
            minutes=self._bucket,
            heard=True,
            days=longest,
            voices_days=voices_days,
            # The early stage says that something began, not how bad it is: that is what the windows say.
            severity=self._severity(),
            calm=self._all.calm,
            total=total,
            rate=self._all.rate(),
            learning_days=self.learning_days,
            unheard_of=self.learning_days < 1 and self._first_day.dwarfed(self._all),
            rise=self._all.rise() if longest > 0 else None,
            flashes=seen,
        )

    def _severity(self) -> float:
        return max(self._all.severity, self._voices.severity)

    def _look(self, early: Early, complaints: Complaints, moments: Moments, hour: int | None) -> tuple[Seen, ...]:
        """Let the two early stages take the voices of one minute; what they saw, ascending by moment."""
        seconds = 60.0 * self._bucket
        found = [
            Seen(f, SignalKind.VOLUME, self._whole(f))
            for f in early.bucket([m for m, _ in moments], seconds, self._voices.rate(hour), self._voices.baseline)
        ]
        angry = [m for m, complains in moments if complains]
        found += [Seen(f, SignalKind.COMPLAINTS, _run(f)) for f in complaints.bucket(angry, seconds, hour)]
        return tuple(sorted(found, key=lambda seen: seen.flash.second))

    def _whole(self, flash: Flash) -> Rise:
        """The rise of a flash in mentions of every kind, where those that came before this bucket are as many."""
        run, around = _run(flash), self._all.run()
        if around is None or around.mentions < flash.before.mentions:
            return run
        voices = around.voices + flash.mentions
        return Rise(around.minutes, around.mentions + flash.mentions, voices, max(around.expected, flash.expected))

    def rise(self, start: datetime) -> Signal | None:
        """The numbers up to the close of minute ``start`` of the rise that was signalled; ``None`` when it is over.

        One rise is one signal; with this the open alert's numbers can follow it.
        """
        if not self._watch.alarmed:
            return None
        watch = self._watch
        rise = Rise(watch.length, watch.count, watch.count, watch.expected)
        return self._signal(start, Due(60.0 * self._bucket, watch.peak, rise, SignalKind(watch.kind)))

    def _signal(self, start: datetime, due: Due, watch: Watch | None = None) -> Signal:
        watch = watch or self._watch
        whole = due.second >= 60 * self._bucket
        at = start + (timedelta(minutes=self._bucket) if whole else timedelta(seconds=int(due.second) + 1))
        since = start + timedelta(minutes=self._bucket if whole else 0) - timedelta(minutes=due.rise.minutes)
        # A tail says little about what is much rarer than all that it has seen.
        credible = max(self._return_days, 10 * self.learning_days)
        return Signal(
            at=at,
            since=since,
            count=due.rise.mentions,
            expected=due.rise.expected,
            ratio=due.rise.mentions / max(due.rise.expected, 1.0),
            window_minutes=max(1, math.ceil((at - since) / timedelta(minutes=1))),
            return_days=min(due.days, credible),
            amplified=watch.echoes,
            learning_days=self.learning_days,
            needed_days=NEEDED_DAYS,
            kind=due.kind,
        )


def _run(flash: Flash) -> Rise:
    """The voices of the run of a flash until its moment."""
    count = flash.before.mentions + flash.mentions
    return Rise(flash.before.minutes, count, count, flash.expected)
