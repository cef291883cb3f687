"""The counts behind a chart as arrays: read once, then every new mention changes one number in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crisisdesk.model.mention import MinuteCount
from crisisdesk.model.room import ChartData

Floats = NDArray[np.float64]

_MINUTE: Final = timedelta(minutes=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NONE: Final[Floats] = np.empty(0)
_ROWS: Final = ("total", "reposts", "complaints", "negative")


@dataclass(frozen=True, slots=True)
class Buckets:
    """What a chart draws from ``start``: one number per bucket of ``step`` in every array, each of shape (n,).

    Attributes:
        low: the expected band, with ``middle`` and ``high``; empty arrays when nothing is expected yet.
        second: the second series, or empty.
    """

    start: datetime
    step: timedelta
    total: Floats
    reposts: Floats
    complaints: Floats
    negative: Floats
    low: Floats
    middle: Floats
    high: Floats
    second: Floats

    @property
    def end(self) -> datetime:
        """The last bucket's end."""
        return self.start + self.step * len(self.total)

    @property
    def originals(self) -> Floats:
        """Mentions that are no reposts."""
        return np.maximum(self.total - self.reposts, 0.0)

    @property
    def peak(self) -> float:
        """The highest thing that is drawn."""
        drawn = (self.total, self.high, self.second)
        return max((float(values.max()) for values in drawn if values.size), default=0.0)

    def place(self, at: datetime) -> int:
        """The bucket that holds ``at``, kept inside."""
        return min(max((at - self.start) // self.step, 0), len(self.total) - 1)


class Minutes:
    """The counts of one stretch, bucket by bucket, while it moves on.

    The stretch slides (``grows`` is false) or keeps its beginning. Counts come as they are now, so that an event that
    is heard twice, or after the read that already held it, does no harm.
    """

    def __init__(self, data: ChartData, *, grows: bool = False) -> None:
        self.step = data.step
        self.grows = grows
        self._start = data.start
        n = max(1, -((data.start - data.end) // data.step))
        self._values = np.zeros((len(_ROWS), n))
        self._band = np.asarray(data.expected, dtype=np.float64).reshape(-1, 3)
        self._band_start = data.start
        second = data.second
        self._kind = second.kind if second else ""
        self._second = np.zeros(n) if second and self._kind not in _ROWS else _NONE
        self.put(data.counts)
        for at, count in second.counts if second and self._second.size else ():
            place = (at - self._start) // self.step
            if 0 <= place < n:
                self._second[place] += count

    @property
    def start(self) -> datetime:
        """The first bucket's start."""
        return self._start

    @property
    def end(self) -> datetime:
        """The last bucket's end."""
        return self._start + self.step * self._values.shape[1]

    @property
    def live(self) -> bool:
        """Whether single minutes can be put in."""
        return self.step == _MINUTE

    def band_ends_within(self, more: timedelta) -> bool:
        """Whether the expected band does not reach ``more`` beyond the end; without a band there is none to end."""
        reach = self._band_start + self.step * len(self._band) - self.end
        return bool(len(self._band)) and reach < more

    def put(self, counts: Iterable[MinuteCount]) -> bool:
        """Set buckets to their counts; whether any of them lies inside and changed."""
        changed, n = False, self._values.shape[1]
        for count in counts:
            place = (count.minute - self._start) // self.step
            if 0 <= place < n:
                row = (count.total, count.reposts, count.complaints, count.negative)
                if (self._values[:, place] != row).any():
                    self._values[:, place] = row
                    changed = True
        return changed

    def move_on(self, end: datetime) -> bool:
        """Let the stretch end at ``end``, never earlier than it does; whether it moved."""
        more = -((self.end - end) // self.step)
        if more <= 0:
            return False
        n = self._values.shape[1]
        drop, length = (0, n + more) if self.grows else (min(more, n), n)
        self._values = _moved(self._values, drop, length)
        if self._second.size:
            self._second = _moved(self._second[np.newaxis], drop, length)[0]
        if not self.grows:
            self._start += self.step * more
        return True

    def buckets(self, start: datetime, end: datetime, step: timedelta) -> Buckets:
        """Buckets of ``step``, whole multiples of this one's, that cover ``start`` to ``end``; unknown ones are 0."""
        per = max(1, round(step / self.step))
        n = max(1, -((start - end) // (self.step * per)))
        rows, second = self._summed(start, n, per)
        low, middle, high = self._banded((start - self._band_start) // self.step, n, per)
        # rows are in the order of _ROWS
        return Buckets(start, self.step * per, rows[0], rows[1], rows[2], rows[3], low, middle, high, second)

    def again(self, before: Buckets) -> Buckets:
        """The same buckets with the counts of now; what is expected stays."""
        rows, second = self._summed(before.start, len(before.total), max(1, round(before.step / self.step)))
        total, reposts, complaints, negative = rows
        return replace(
            before, total=total, reposts=reposts, complaints=complaints, negative=negative, second=second
        )

    def _summed(self, start: datetime, n: int, per: int) -> tuple[Floats, Floats]:
        first = (start - self._start) // self.step
        rows = _cut(self._values, first, n * per)
        if per > 1:
            rows = rows.reshape(len(_ROWS), n, per).sum(axis=2)
        if self._kind in _ROWS:
            return rows, rows[_ROWS.index(self._kind)]
        if self._second.size:
            return rows, _cut(self._second[np.newaxis], first, n * per).reshape(n, per).sum(axis=1)
        return rows, _NONE

    def _banded(self, first: int, n: int, per: int) -> tuple[Floats, Floats, Floats]:
        if not len(self._band):
            return _NONE, _NONE, _NONE
        places = np.clip(np.arange(first, first + n * per), 0, len(self._band) - 1)
        rows = self._band[places].reshape(n, per, 3)
        if per == 1:
            return rows[:, 0, 0], rows[:, 0, 1], rows[:, 0, 2]
        return widened(rows[:, 0, :], rows[:, :, 1].sum(axis=1))


def widened(narrow: Floats, middle: Floats) -> tuple[Floats, Floats, Floats]:
    """The band of wider buckets: ``narrow`` is one (low, middle, high) for each, ``middle`` what they expect.

    Square roots of counts spread alike at every level, so the reach of the narrow band's root is the wide one's too;
    the upper side tells it, because the lower one may have ended at 0.
    """
    reach = np.sqrt(np.maximum(narrow[:, 2] - 0.5, 0.0)) - np.sqrt(narrow[:, 1])
    root = np.sqrt(middle)
    low = np.maximum(np.maximum(root - reach, 0.0) ** 2 - 0.5, 0.0)
    return low, middle, (root + reach) ** 2 + 0.5


def buckets_of(data: ChartData) -> Buckets:
    """The buckets of one picture."""
    held = Minutes(data)
    return held.buckets(held.start, held.end, held.step)


def _moved(values: Floats, drop: int, length: int) -> Floats:
    """``values`` (rows, n) without its first ``drop`` columns, with zeros at its end up to ``length``."""
    fresh = np.zeros((len(values), length))
    kept = values.shape[1] - drop
    fresh[:, :kept] = values[:, drop:]
    return fresh


def _cut(values: Floats, first: int, length: int) -> Floats:
    """Columns ``first`` to ``first + length`` of ``values`` (rows, n); 0 outside."""
    out = np.zeros((len(values), length))
    left, right = max(first, 0), min(first + length, values.shape[1])
    if left < right:
        out[:, left - first : right - first] = values[:, left:right]
    return out
