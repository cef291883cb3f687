"""Early warning on single mentions: a CUSUM on the time between them, for several multiples of the usual rate.

Under people who act independently the sums of Page (1954) are as fast as anything can be (Lorden 1971); how high they
go on a calm day is learnt on the brand's own count, like every other height.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from crisisdesk.pipeline.stream import DAY, FLOOR, NEEDED_DAYS, SLOT, Baseline, Kept, Rise, Tail

_RATES: Final = (1.5, 2.0, 3.0, 5.0, 8.0, 14.0)
_GAINS: Final = tuple(math.log(rate) for rate in _RATES)
_CAP: Final = 16.0
MEMORY: Final = 12 * 3600.0
COMPLAINTS_MEMORY: Final = 15 * 60.0
"""Seconds. Some complaints in an hour are an ordinary bad hour; in a minute they are news."""
_SUDDEN: Final = 15 * 60.0
_GRADUAL_FLOOR: Final = 6
COMPLAINTS_FLOOR: Final = 3
_SCALE: Final = 1 / 4
"""Windows, the slow stage, single mentions and complaints have four chances to be wrong."""


class Flash(NamedTuple):
    """A moment inside a bucket at which the early stage saw more than before in it.

    Attributes:
        second: into the bucket.
        days: return period.
        before: the run until the bucket's beginning.
        mentions: of this bucket until the moment.
        expected: mentions expected of the run until the moment.
    """

    second: float
    days: float
    before: Rise
    mentions: int
    expected: float


class Early(Kept):
    """The runs of one count.

    Args:
        floor: the least number of mentions within a quarter of an hour that can be an alarm; what takes longer
            needs eight while the brand is being learnt, six later.
        memory: seconds in which a run fades to a third.
    """

    def __init__(self, floor: int, memory: float) -> None:
        self._floor, self._memory = floor, memory
        self._tail = Tail(0.98, 10.0, 1.0, 36)
        self.runs = [0.0] * len(_RATES)
        self.seconds = [0.0] * len(_RATES)  # since the run began
        self.counts = [0] * len(_RATES)
        self.expected = [0.0] * len(_RATES)
        self.running = False
        self.top = 0.0

    def parts(self) -> dict[str, Kept]:
        """What has a state of its own, by name."""
        return {"early": self._tail}

    def copy(self) -> Early:
        """Another one in the same state, to look at a bucket that is not closed."""
        twin = Early(self._floor, self._memory)
        twin.restore(self.state())
        twin._tail.restore(self._tail.state())
        return twin

    def bucket(self, moments: Sequence[float], seconds: float, rate: float, base: Baseline) -> tuple[Flash, ...]:
        """Take one bucket of ``seconds`` in which ``rate`` mentions were expected; what rose to a new height in it.

        No more than a few of one minute's mentions are taken: no single minute may decide alone.
        """
        if not self.running and not moments:
            return ()
        dispersion, last, taken, seen = base.burstiness, 0.0, 0, 0
        allowed = (2 + 4 * 60 * rate / seconds) * seconds / 60
        doubt = _SCALE / (1 + 2 * max(0.0, 1 - base.slots / (NEEDED_DAYS * DAY)))
        gradual = _GRADUAL_FLOOR if base.slots >= NEEDED_DAYS * DAY else FLOOR
        before = list(zip(self.seconds, self.counts, self.expected, strict=True))
        found: list[Flash] = []
        highest = 1.0
        for moment in moments:
            seen += 1
            if taken >= allowed:
                continue
            taken += 1
            if self.running:
                self._wait(moment - last, rate * (moment - last) / seconds, dispersion)
            last = moment
            best = self._jump(dispersion)
            days = self._tail.days(self.runs[best]) * doubt
            floor = self._floor if self.seconds[best] <= _SUDDEN else gradual
            if days > highest and self.counts[best] >= floor:
                highest = days
                length, count, expected = before[best] if self.counts[best] > seen else (0.0, 0, 0.0)
                rise = Rise(math.ceil(length / 60), count, count, expected)
                found.append(Flash(moment, days, rise, seen, self.expected[best]))
        if self.running:
            self._wait(seconds - last, rate * (seconds - last) / seconds, dispersion)
        return tuple(found)

    def _wait(self, seconds: float, expected: float, dispersion: float) -> None:
        """Let time pass without a mention."""
        keep = math.exp(-seconds / self._memory)
        loss = expected / dispersion
        runs, running = self.runs, False
        for i, rate in enumerate(_RATES):
            run = runs[i]
            if not run:
                continue
            run = run * keep - (rate - 1) * loss
            if run > 0:
                runs[i] = run
                self.seconds[i] += seconds
                self.expected[i] += expected
                running = True
            else:
                runs[i] = self.seconds[i] = self.expected[i] = 0.0
                self.counts[i] = 0
        self.running = running

    def _jump(self, dispersion: float) -> int:
        """Take one mention; the number of the highest run."""
        runs, top, best = self.runs, 0.0, 0
        for i, gain in enumerate(_GAINS):
            runs[i] = run = min(runs[i] + gain / dispersion, _CAP)
            self.counts[i] += 1
            if run > top:
                top, best = run, i
        self.running = True
        self.top = max(self.top, top)
        return best

    def unheard(self) -> None:
        """Nobody knows what was said: every run ends."""
        for i in range(len(_RATES)):
            self.runs[i] = self.seconds[i] = self.expected[i] = 0.0
            self.counts[i] = 0
        self.running, self.top = False, 0.0

    def close_slot(self, heard: bool) -> None:
        """Learn how high the slot went, when all of it was heard."""
        if heard:
            self._tail.learn(self.top)
        self.top = max(self.runs) if self.running else 0.0


class Complaints(Kept):
    """The early stage on those voices that complain: few of them are news where there are hardly any."""

    def __init__(self, bucket: int) -> None:
        self._bucket = bucket
        self._base = Baseline()
        self._early = Early(COMPLAINTS_FLOOR, COMPLAINTS_MEMORY)
        self.hour = 0
        self.shape = 1.0
        self.count = 0

    def parts(self) -> dict[str, Kept]:
        """What has a state of its own, by name."""
        return {"base": self._base, "runs": self._early} | self._early.parts()

    def copy(self) -> Complaints:
        """Another one in the same state, to look at a bucket that is not closed; shares the baseline, which waits."""
        twin = Complaints(self._bucket)
        twin.restore(self.state())
        twin._base, twin._early = self._base, self._early.copy()
        return twin

    def open_slot(self, hour: int) -> None:
        """Begin five minutes at ``hour`` of the week."""
        self.hour, self.shape, self.count = hour, self._base.shape(hour), 0

    def bucket(self, moments: Sequence[float], seconds: float, hour: int | None) -> tuple[Flash, ...]:
        """Take one bucket; see :meth:`Early.bucket`."""
        self.count += len(moments)
        shape = self.shape if hour is None else self._base.shape(hour)
        rate = max(self._base.level, 1e-3) * shape * self._bucket / SLOT
        seen = self._early.bucket(moments, seconds, rate, self._base)
        # As for the whole: in its first day nobody knows how many complaints are usual here.
        return seen if self._base.slots >= DAY else ()

    def rate(self, hour: int) -> float:
        """Complaints expected in a slot at ``hour`` of the week."""
        return max(self._base.level, 1e-3) * self._base.shape(hour)

    def unheard(self) -> None:
        """Nobody knows what was said."""
        self._early.unheard()

    def close_slot(self, heard: bool) -> None:
        """Learn from the slot when all of it was heard."""
        self._early.close_slot(heard)
        if heard:
            self._base.learn(self.hour, self.shape, self.count)
