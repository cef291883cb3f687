"""When to speak: one signal for one rise, again only when it is a tier worse or proves to be real people."""

from __future__ import annotations

from typing import Final, NamedTuple

from crisisdesk.pipeline.stream import SLOT, Kept, Rise, Stream

_COLD_COUNT: Final = 20
_COLD_TIMES: Final = 10
_COLD_DAYS: Final = 30.0
_SILENCE: Final = 720
_CALM: Final = 180
_SETTLE: Final = 60
_TIER: Final = 10.0


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


class Watch(Kept):
    """Follows one brand's readings and says when a signal is due."""

    def __init__(self) -> None:
        self.alarmed = False
        self.age = 0
        self.calm = 0
        self.peak = self.severity = 0.0
        self.echoes = False
        self.length = 0
        self.count = 0
        self.expected = 0.0

    def step(self, reading: Reading, return_days: float) -> bool:
        """Take one bucket; whether a signal is due at its close."""
        if not reading.heard:
            self._wait(reading.minutes)
            return False
        self._follow(reading)
        days, bar = reading.days, return_days
        if reading.learning_days < 1:
            days, bar = (days if reading.unheard_of else 0.0), max(bar, _COLD_DAYS)
        rise = reading.rise
        if rise is None or days < bar:
            return False
        people = reading.voices_days is None or reading.voices_days >= return_days
        if not self._due(days, reading.severity, people and 3 * rise.voices >= rise.mentions):
            return False
        self._begin(rise, days, reading.severity, not people and 2 * rise.voices < rise.mentions)
        return True

    def rest(self, minutes: int) -> None:
        """Let ``minutes`` pass, all of them heard and calm."""
        if self.alarmed:
            self._wait(minutes)
            self._calm(minutes)

    def _wait(self, minutes: int) -> None:
        """Let time pass."""
        if self.alarmed:
            self.age += minutes
            self.length += minutes

    def _calm(self, minutes: int) -> None:
        self.calm += minutes
        if self.calm >= _CALM and self.age >= _SILENCE:
            self.alarmed = False

    def _follow(self, reading: Reading) -> None:
        """Let a heard bucket pass; a rise is over after hours of calm."""
        if not self.alarmed:
            return
        self._wait(reading.minutes)
        self.count += reading.total
        self.expected += reading.rate
        if reading.calm:
            self._calm(reading.minutes)
        else:
            self.calm = 0

    def _due(self, days: float, severity: float, people: bool) -> bool:
        """Whether a signal is due for what happens once in ``days``, long enough for an alarm."""
        if not self.alarmed or (self.echoes and people):
            return True
        if self.age > _SETTLE and severity >= _TIER * self.severity:
            return True
        if self.age <= _SETTLE:
            self.severity = max(self.severity, severity)
        self.peak = max(self.peak, days)
        return False

    def _begin(self, rise: Rise, days: float, severity: float, echoes: bool) -> None:
        """Note the rise that is being signalled."""
        self.alarmed, self.age, self.calm = True, 0, 0
        self.peak, self.severity, self.echoes = days, severity, echoes
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
