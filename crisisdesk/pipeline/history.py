"""What the detector would have done on the stored past, for any return period.

The streams do not know the return period, so the past is read once; each position of the slider then only decides
again, over the few minutes in which anything was going on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from crisisdesk.pipeline.detect import Detector, Moments
from crisisdesk.pipeline.watch import Reading, Watch

LEAST_DAYS = 0.5
"""The shortest return period that can be asked for."""

Bucket = tuple[datetime, int, int | None, bool, Moments | None]
"""As for ``Detector.minute``: start, all mentions, voices, whether it was heard, the voices one by one."""


class Cancelled(Exception):
    """The person does not want to know any more."""


class Past:
    """The readings of a stretch of the past.

    Args:
        detector: a fresh one, or one that stands at the stretch's beginning.
        buckets: ascending, without holes.
        goes_on: asked now and then; ``False`` ends it with :class:`Cancelled`.
    """

    def __init__(
        self, detector: Detector, buckets: Iterable[Bucket], goes_on: Callable[[], bool] = lambda: True
    ) -> None:
        self._busy: list[tuple[datetime, int, Reading]] = []  # end, calm minutes before it, reading
        quiet = 0
        for n, (start, total, voices, heard, moments) in enumerate(buckets):
            if n % 2000 == 0 and not goes_on():
                raise Cancelled
            reading = detector.read(start, total, voices, heard, moments)
            if reading.heard and reading.calm and reading.days < LEAST_DAYS and not reading.flashes:
                quiet += reading.minutes
                continue
            self._busy.append((start + timedelta(minutes=reading.minutes), quiet, reading))
            quiet = 0
        self.learning_days = detector.learning_days

    def fired(self, return_days: float) -> Iterator[tuple[datetime, float]]:
        """When an alarm would have been raised, and how rare what it saw was, ascending."""
        watch, asked = Watch(), max(return_days, LEAST_DAYS)
        for at, quiet, reading in self._busy:
            if quiet:
                watch.rest(quiet)
            due = watch.step(reading, asked)
            if due is not None:
                yield at - timedelta(minutes=reading.minutes) + timedelta(seconds=due.second), due.days
