"""When to speak: one signal for one rise, again only when it is a tier worse or proves to be real people."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from crisisdesk.model.alert import SignalKind
from crisisdesk.pipeline.early import Flash
from crisisdesk.pipeline.stream import SLOT, Kept, Rise, Stream

_COLD_COUNT: Final = 20
_COLD_TIMES: Final = 10
COLD_DAYS: Final = 30.0
_SILENCE: Final = 720
_CALM: Final = 60
_SETTLE: Final = 60
_TIER: Final = 10.0
_PEOPLE: Final = 1 / 3
_ECHOES: Final = 1 / 2


class Seen(NamedTuple):
    """A flash, what it is about, and the rise until then in mentions of every kind."""

    flash: Flash
    kind: SignalKind
    rise: Rise


class Reading(NamedTuple):
    """What the streams say at the close of one bucket, whatever the return period asked for.

    Attributes:
        minutes: of the bucket.
        heard: whether we were listening.
        days: return period of what is going on now; 0 when it is nothing.
        voices_days: the same of the voices alone; ``None`` where only totals are known.
        severity: return period by the windows alone: how bad, not whether.
        calm: no window sees anything.
        total: mentions of the bucket.
        rate: mentions expected of it.
        learning_days: days of history learnt.
        unheard_of: the last half hour dwarfs all that the first day has shown.
        rise: the rise until now; ``None`` when ``days`` is 0.
        flashes: what the early stage saw inside the bucket, ascending by moment and by return period.
    """

    minutes: int
    heard: bool
    days: float = 0.0
    voices_days: float | None = None
    severity: float = 0.0
    calm: bool = True
    total: int = 0
    rate: float = 0.0
    learning_days: float = 0.0
    unheard_of: bool = False
    rise: Rise | None = None
    flashes: tuple[Seen, ...] = ()


class Due(NamedTuple):
    """A signal is due: how many seconds into the bucket, and the rise until then."""

    second: float
    days: float
    rise: Rise
    kind: SignalKind


class Watch(Kept):
    """Follows one brand's readings and says when a signal is due."""

    def __init__(self) -> None:
        self.alarmed = self.calmed = False
        self.age = 0
        self.calm = 0
        self.peak = self.severity = 0.0
        self.echoes = False
        self.kind: str = SignalKind.VOLUME
        self.length = 0
        self.count = 0
        self.expected = 0.0

    def copy(self) -> Watch:
        """Another one in the same state."""
        twin = Watch()
        twin.restore(self.state())
        return twin

    def flash(self, reading: Reading, return_days: float) -> Due | None:
        """The first moment inside the bucket at which a signal is due; nobody is warned of a rise that is known."""
        if self.alarmed and not self.echoes:
            return None
        for seen in reading.flashes if reading.learning_days >= 1 else ():
            rise, flash = seen.rise, seen.flash
            people = rise.voices >= _PEOPLE * rise.mentions
            if flash.days < return_days or (self.alarmed and not people):
                continue
            before = Rise(rise.minutes, rise.mentions - flash.mentions, rise.voices, rise.expected)
            self._begin(before, flash.days, reading.severity, echoes=not people, kind=seen.kind)
            return Due(flash.second, flash.days, rise, seen.kind)
        return None

    def step(self, reading: Reading, return_days: float) -> Due | None:
        """Take one bucket; the signal that is due in it or at its close."""
        if not reading.heard:
            self._wait(reading.minutes)
            return None
        due = self.flash(reading, return_days)
        self._follow(reading)
        if due is not None:
            return due
        days, bar = reading.days, return_days
        if reading.learning_days < 1:
            days, bar = (days if reading.unheard_of else 0.0), max(bar, COLD_DAYS)
        rise = reading.rise
        if rise is None or days < bar:
            return None
        people = reading.voices_days is None or reading.voices_days >= return_days
        share = rise.voices / rise.mentions
        # While a rise lasts what counts is how bad it is; the slow stage only says that something is going on.
        height = reading.severity if self.alarmed and not (self.echoes and people) else days
        if height < self._bar(bar, people=people and share >= _PEOPLE):
            self.peak = max(self.peak, days)
            return None
        self._begin(rise, days, reading.severity, echoes=not people and share < _ECHOES, kind=SignalKind.VOLUME)
        return Due(60.0 * reading.minutes, days, rise, SignalKind.VOLUME)

    def rest(self, minutes: int) -> None:
        """Let ``minutes`` pass, all of them heard and calm."""
        if self.alarmed:
            self._wait(minutes)
            self._calm(minutes)

    def _bar(self, return_days: float, *, people: bool) -> float:
        """How rare a thing has to be now for a signal.

        While a rise lasts: a tier rarer than it was. After it: as rare as that at first, in the course of twelve hours
        as rare as ever; a second storm in the afternoon must not hide behind the morning's.
        """
        if not self.alarmed or (self.echoes and people):
            return return_days
        if self.age <= _SETTLE:
            return math.inf
        tier = max(return_days, _TIER * self.severity)
        if not self.calmed:
            return tier
        gone = min(1.0, self.age / _SILENCE)
        return float(tier ** (1 - gone) * return_days**gone)

    def _wait(self, minutes: int) -> None:
        """Let time pass."""
        if self.alarmed:
            self.age += minutes
            self.length += minutes

    def _calm(self, minutes: int) -> None:
        self.calm += minutes
        self.calmed = self.calmed or self.calm >= _CALM
        if self.calmed and self.age >= _SILENCE:
            self.alarmed = False

    def _follow(self, reading: Reading) -> None:
        """Let a heard bucket pass; a rise is over after an hour of calm."""
        if not self.alarmed:
            return
        self._wait(reading.minutes)
        if self.age <= _SETTLE:
            self.severity = max(self.severity, reading.severity)
        self.count += reading.total
        self.expected += reading.rate
        if reading.calm:
            self._calm(reading.minutes)
        else:
            self.calm = 0

    def _begin(self, rise: Rise, days: float, severity: float, *, echoes: bool, kind: SignalKind) -> None:
        """Note the rise that is being signalled."""
        self.alarmed, self.calmed, self.age, self.calm = True, False, 0, 0
        self.peak, self.severity, self.echoes, self.kind = days, severity, echoes, kind
        self.length, self.count, self.expected = rise.minutes, rise.mentions, rise.expected


class FirstDay(Kept):
    """The busiest half hour of the first day, until an hour ago: what dwarfs it needs no tail."""

    def __init__(self) -> None:
        self.busy = [0, 0, 0]

    def slot(self, half_hour: int, slots: int) -> None:
        """Take the half hour that ends with slot number ``slots``."""
        self.busy[2] = max(self.busy[2], half_hour)
        if slots % 12 == 0:
            self.busy = [max(self.busy[0], self.busy[1]), self.busy[2], 0]

    def dwarfed(self, stream: Stream) -> bool:
        """Whether the last half hour dwarfs all that came before."""
        enough = stream.baseline.slots >= 3 * 60 // SLOT
        return enough and stream.half_hour >= max(_COLD_COUNT, _COLD_TIMES * self.busy[0])
