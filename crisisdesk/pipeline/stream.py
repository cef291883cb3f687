"""One count of one brand: what is normal, how far above it we are, and how rare that is on this very count.

Everything is learnt by *slots* of five minutes and judged at every bucket by sliding windows: docs/detection.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

FLOOR: Final = 8
"""The least number of mentions that can be an alert: below it nobody can tell a rise from a chat."""
NEEDED_DAYS: Final = 14.0
SLOT: Final = 5
"""Minutes of a slot."""
DAY: Final = 1440 // SLOT
"""Slots of a day."""

_WINDOWS: Final = (5, 15, 30)
_WINDOW_SLOTS: Final = tuple(minutes // SLOT for minutes in _WINDOWS)
_SLOW: Final = 72  # slots: the six hours in which a slow rise shows
_SLOW_AFTER: Final = 7 * DAY
_RATES: Final = (2.0, 3.0, 5.0, 8.0, 14.0)
_GAINS: Final = tuple(math.log(rate) for rate in _RATES)
_RUN_CAP: Final = 30.0
_RUN_MEMORY: Final = 180.0  # minutes
_DAYLONG: Final = 1 - 2 ** (-1 / DAY)
_WEEKLONG: Final = 1 - 2 ** (-1 / (7 * DAY))
_HOURLY: Final = 1 - 2 ** (-1 / (7 * 24))
_TAIL_MEMORY: Final = 2 ** (-1 / (60 * DAY))
_PROFILE: Final = 2 ** (-1 / (28 * 12))  # half forgotten in 28 days, for a bin visited 12 times a day
_WEEK_PROFILE: Final = 2 ** (-1 / (4 * 12))
# What each stage's own figure is multiplied by so that it means the same: see "Scales" in docs/detection.md.
_FAST_SCALE: Final = 1.5
_SLOW_SCALE: Final = 0.2


class Kept:
    """Public attributes are the state: numbers and lists, saved and restored by name."""

    def state(self) -> dict[str, Any]:
        """The attributes by name, ready for JSON."""
        return {k: list(v) if isinstance(v, list) else v for k, v in vars(self).items() if k[0] != "_"}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        vars(self).update({k: list(v) if isinstance(v, list) else v for k, v in state.items() if k in vars(self)})


class Tail(Kept):
    """Peaks over a running quantile; a Lomax tail says how many days apart peaks so high are."""

    def __init__(self, quantile: float, peaks: float, mean: float, gap: int) -> None:
        self._quantile, self._peaks, self._mean, self._gap = quantile, peaks, mean, gap
        self.threshold = 0.0
        self.steps = 0
        self.number = peaks
        self.total = peaks * mean
        self.clusters = 0.5
        self.days_seen = 1.0
        self.top: float | None = None
        self.below = 0

    def days(self, height: float) -> float:
        """Return period of ``height`` in days; 0 below the threshold."""
        if height <= self.threshold:
            return 0.0
        rarer: float = (1 + (height - self.threshold) / self.total) ** self.number
        return self.days_seen / self.clusters * rarer

    def learn(self, height: float) -> None:
        """Take the highest value of one slot."""
        above = height > self.threshold
        if above:
            self.top = height if self.top is None else max(self.top, height)
            self.below = 0
        elif self.top is not None:
            self.below += 1
            if self.below >= self._gap:
                self.total += max(self.top - self.threshold, 0.0)
                self.number += 1
                self.clusters += 1
                self.top = None
        step = max(0.05 / (1 + self.steps / 500), 0.002)
        self.threshold += step * self._quantile if above else step * (self._quantile - 1)
        self.steps += 1
        prior = self._peaks * self._mean
        self.number = self._peaks + (self.number - self._peaks) * _TAIL_MEMORY
        self.total = prior + (self.total - prior) * _TAIL_MEMORY
        self.clusters = 0.5 + (self.clusters - 0.5) * _TAIL_MEMORY
        self.days_seen = 1 + (self.days_seen - 1) * _TAIL_MEMORY + 1 / DAY


class Baseline(Kept):
    """What is normal: level × profile by hour of day, refined by hour of week where there is enough history."""

    def __init__(self) -> None:
        self.level = self.slow_level = 0.1
        self.weight = self.slow_weight = 0.0
        self.seen = [0.0] * 24
        self.usual = [0.0] * 24
        self.week_seen = [0.0] * 168
        self.week_usual = [0.0] * 168
        self.spread = self.spread_weight = 0.0
        self.hours: list[float] = []
        self.hour_sum = 0.0
        self.hour_count = 0
        self.burst = self.burst_weight = 0.0
        self.slots = 0
        self.reference = 0.0

    def shape(self, hour: int) -> float:
        """How this hour of the week compares with the mean hour (1 = the same)."""
        level, day = max(self.level, 1e-3), hour % 24
        prior = 12 * level + 6
        shape = (self.seen[day] + prior) / (self.usual[day] + prior)
        prior = 96 * level + 6
        return (self.week_seen[hour] + prior * shape) / (self.week_usual[hour] + prior)

    @property
    def dispersion(self) -> float:
        """Variance over mean, at least 1."""
        return max(self.spread / self.spread_weight, 1.0) if self.spread_weight else 1.0

    @property
    def burstiness(self) -> float:
        """Variance over mean of whole hours, at least the :attr:`dispersion`: people who answer one another."""
        return max(self.burst / self.burst_weight if self.burst_weight else 1.0, self.dispersion)

    def learn(self, hour: int, shape: float, count: int) -> None:
        """Take one slot; what is far above the expected counts only up to five standard deviations."""
        rate = max(self.level, 1e-3) * shape
        tame = min(float(count), rate + 5 * math.sqrt(max(rate, 0.25) * self.dispersion))
        self.spread += 0.002 * ((tame - rate) ** 2 / max(rate, 0.25) - self.spread)
        self.spread_weight += 0.002 * (1 - self.spread_weight)
        level, day, plain = max(self.level, 1e-3), hour % 24, tame / max(shape, 0.05)
        self.weight += (1 - self.weight) * _DAYLONG
        self.level += _DAYLONG / self.weight * (plain - self.level)
        self.slow_weight += (1 - self.slow_weight) * _WEEKLONG
        self.slow_level += _WEEKLONG / self.slow_weight * (plain - self.slow_level)
        self.seen[day] = self.seen[day] * _PROFILE + tame
        self.usual[day] = self.usual[day] * _PROFILE + level
        self.week_seen[hour] = self.week_seen[hour] * _WEEK_PROFILE + tame
        self.week_usual[hour] = self.week_usual[hour] * _WEEK_PROFILE + level
        self._refer(rate, count)

    def _refer(self, rate: float, count: int) -> None:
        """Keep the mean expected rate of the last three days, the yardstick of every excess."""
        self.hour_sum += rate
        self.hour_count += count
        self.slots += 1
        rest = self.slots % 12
        if rest == 0:
            mean = max(self.hour_sum, 1.0)
            tame = min(float(self.hour_count), self.hour_sum + 5 * math.sqrt(mean * self.burstiness))
            self.burst += _HOURLY * ((tame - self.hour_sum) ** 2 / mean - self.burst)
            self.burst_weight += _HOURLY * (1 - self.burst_weight)
            self.hour_count = 0
            self.hours = [*self.hours[-71:], self.hour_sum]
            self.hour_sum = 0.0
        if rest == 0 or self.slots < 12:
            self.reference = (sum(self.hours) + self.hour_sum) / (12 * len(self.hours) + rest)


def _height(excess: float, usual: float) -> float:
    """Excess over the stream's own level, on a logarithmic scale that needs no special case at zero."""
    return math.log(((excess if excess > 0 else 0.0) + 0.5 * usual) / (usual + 1) + 0.05)


class Rise(NamedTuple):
    """A rise until now: minutes, mentions, voices among them, and mentions expected."""

    minutes: int
    mentions: int
    voices: int
    expected: float


class Stream(Kept):
    """One count of a brand: its baseline, its sliding windows, its runs and its tails."""

    def __init__(self, bucket: int) -> None:
        self._bucket = bucket
        self._spans = tuple(w // bucket for w in _WINDOWS)
        self._size = self._spans[-1]
        self._base = Baseline()
        self._tails = tuple(Tail(0.99, 25.0, 0.5, 36) for _ in _WINDOWS)
        self._slow_tail = Tail(0.98, 15.0, 0.2, 144)
        self.counts = [0] * self._size
        self.excess = [0.0] * self._size
        self.at = 0
        self.sums = [0.0] * len(_WINDOWS)
        self.half_hour = 0
        self.tops = [-9.0] * len(_WINDOWS)
        self.slow_counts = [0] * _SLOW
        self.slow_voices = [0] * _SLOW
        self.slow_rates = [0.0] * _SLOW
        self.slow_at = 0
        self.slow_days = 0.0
        self.runs = [0.0] * len(_RATES)
        self.run_length = [0] * len(_RATES)
        self.run_count = [0] * len(_RATES)
        self.run_voices = [0] * len(_RATES)
        self.run_rate = [0.0] * len(_RATES)
        self.best = 0
        self.running = False
        self.hour = 0
        self.shape = 1.0
        self.slot_count = self.slot_voices = 0
        self.calm = True
        self.severity = 0.0

    def parts(self) -> dict[str, Kept]:
        """What has a state of its own, by name."""
        tails = {f"tail{i}": tail for i, tail in enumerate(self._tails)}
        return {"base": self._base, "slow": self._slow_tail, **tails}

    @property
    def baseline(self) -> Baseline:
        """What is normal for this count."""
        return self._base

    def open_slot(self, hour: int) -> None:
        """Begin five minutes at ``hour`` of the week."""
        self.hour, self.shape = hour, self._base.shape(hour)
        self.slot_count = self.slot_voices = 0

    def rate(self, hour: int | None = None) -> float:
        """Expected mentions of one bucket of the open slot, or of a slot to be opened at ``hour`` of the week."""
        shape = self.shape if hour is None else self._base.shape(hour)
        return max(self._base.level, 1e-3) * shape * self._bucket / SLOT

    def unheard(self) -> None:
        """Let time pass without knowledge: the windows move on, nothing is added."""
        self._push(0, 0.0)

    def minute(self, count: int, voices: int) -> float:
        """Take one bucket; the return period in days of what is going on now, 0 with too few mentions."""
        self.slot_count += count
        self.slot_voices += voices
        rate = self.rate()
        self._push(count, count - rate)
        self.severity = fast = self._windows() * _FAST_SCALE
        self._run(count, voices, rate)
        if self.run_count[self.best] < FLOOR:
            fast = 0.0
        slow = self.slow_days if self.slow_days and sum(self.slow_counts) >= FLOOR else 0.0
        return max(fast, slow)

    def _push(self, count: int, excess: float) -> None:
        at, size, sums, ring = self.at, self._size, self.sums, self.excess
        for i, span in enumerate(self._spans):
            sums[i] += excess - ring[at - span]
        self.half_hour += count - self.counts[at]
        ring[at], self.counts[at] = excess, count
        self.at = (at + 1) % size

    def _windows(self) -> float:
        """Geometric mean of the windows' return periods."""
        reference = self._base.reference or self._base.level
        rare, calm = 1.0, True
        for i, slots in enumerate(_WINDOW_SLOTS):
            usual = slots * reference
            height = _height(self.sums[i], usual)
            self.tops[i] = max(self.tops[i], height)
            days = self._tails[i].days(height)
            rare *= days + 0.01
            calm = calm and not days
        self.calm = calm
        return 0.01 if calm else rare ** (1 / len(_WINDOWS))

    def _run(self, count: int, voices: int, rate: float) -> None:
        """Since when: one CUSUM for each multiple of the rate; the rise began where the highest last was zero."""
        if not count and not self.running:
            return
        tame = min(float(count), 2 + 4 * rate)
        dispersion = self._base.dispersion
        keep = 1 - self._bucket / _RUN_MEMORY
        top = 0.0
        for i, multiple in enumerate(_RATES):
            run = self.runs[i] * keep + (tame * _GAINS[i] - (multiple - 1) * rate) / dispersion
            if run <= 0:
                if self.runs[i]:
                    self.runs[i] = self.run_rate[i] = 0.0
                    self.run_length[i] = self.run_count[i] = self.run_voices[i] = 0
                continue
            self.runs[i] = run = min(run, _RUN_CAP)
            self.run_length[i] += 1
            self.run_count[i] += count
            self.run_voices[i] += voices
            self.run_rate[i] += rate
            if run > top:
                top, self.best = run, i
        self.running = top > 0

    def close_slot(self, heard: bool) -> None:
        """Learn from the slot when all of it was heard."""
        rate = max(self._base.slow_level, 1e-3) * self.shape
        at = self.slow_at
        self.slow_counts[at], self.slow_voices[at] = self.slot_count, self.slot_voices
        self.slow_rates[at] = rate if heard else float(self.slot_count)  # half heard: no excess, no lack
        self.slow_at = (at + 1) % _SLOW
        if heard:
            for tail, top in zip(self._tails, self.tops, strict=True):
                tail.learn(top)
            reference = self._base.reference or self._base.level
            height = _height(sum(self.slow_counts) - sum(self.slow_rates), _SLOW * reference)
            ready = self._base.slots >= _SLOW_AFTER
            self.slow_days = self._slow_tail.days(height) * _SLOW_SCALE if ready else 0.0
            self._slow_tail.learn(height)
            self._base.learn(self.hour, self.shape, self.slot_count)
        self.tops = [-9.0] * len(_WINDOWS)

    def run(self) -> Rise | None:
        """The strongest run until now, if it is long enough to be a rise."""
        best = self.best
        if self.run_count[best] < FLOOR:
            return None
        length = self.run_length[best] * self._bucket
        return Rise(length, self.run_count[best], self.run_voices[best], self.run_rate[best])

    def rise(self) -> Rise:
        """The rise that is going on: since the strongest run began, else the last six hours."""
        run = self.run()
        if run is not None:
            return run
        return Rise(_SLOW * SLOT, sum(self.slow_counts), sum(self.slow_voices), sum(self.slow_rates))
