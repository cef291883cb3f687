"""Playing an imported file or a drill on the desk's clock, through the very same path as live mentions.

Where it stands is kept in the same transaction as what it brought in, so that after a crash it goes on there: no
mention is lost and none is doubled.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from crisisdesk.clock import PlayClock
from crisisdesk.connectors.base import stored
from crisisdesk.desk.core import DESK, Core
from crisisdesk.desk.ingest import Ingest
from crisisdesk.model.errors import StepError
from crisisdesk.model.events import ReplayMoved
from crisisdesk.model.mention import Mention, Page, RowProblem
from crisisdesk.model.room import ReplayStatus
from crisisdesk.store import sources

_META: Final = "replay"
_MINUTE: Final = timedelta(minutes=1)
_BATCH: Final = 500
MAX_SPEED: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Cue:
    """Something besides mentions that happens at an instant: a call, a press article, an act of the autopilot."""

    at: datetime
    do: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """What is played: ``mentions`` ascending by the time at which they arrive (``fetched_at``), ``cues`` by theirs.

    Attributes:
        silences: from when to when the desk hears nothing.
        kind: ``file`` or ``scenario``.
        name: the file's digest or the scenario's id, so that the same one goes on after a restart.
        path: where the file was.
    """

    kind: str
    name: str
    title: str
    start: datetime
    end: datetime
    mentions: Sequence[Mention]
    path: str = ""
    cues: Sequence[Cue] = ()
    rejected: tuple[RowProblem, ...] = ()
    silences: tuple[tuple[datetime, datetime], ...] = ()


class Replay:
    """Plays one reel on the desk's clock."""

    def __init__(
        self, core: Core, ingest: Ingest, deadlines: Callable[[], None], pace: Callable[[], timedelta | None]
    ) -> None:
        self._core = core
        self._ingest = ingest
        self._deadlines = deadlines  # looks at everything that may be due now
        self._pace = pace  # how long nothing can come due by itself; None = for ever
        self._reel: Reel | None = None
        self._clock: PlayClock | None = None  # the desk's: stands at what is being played
        self._pacer: PlayClock | None = None  # runs ahead at the speed; the desk follows event by event
        self._speed = 1.0
        self._paused = False
        self._index = self._cue = 0
        self.added = self.duplicates = 0

    @property
    def rejected(self) -> tuple[RowProblem, ...]:
        """Rows of the reel's file that could not become a mention."""
        return self._reel.rejected if self._reel else ()

    # -- controls ------------------------------------------------------------------------------------------------

    def stored(self) -> dict[str, Any] | None:
        """What an earlier run left: its reel's kind and name, and where it stood."""
        with self._core.read() as connection:
            found: dict[str, Any] | None = sources.get_meta(connection, _META)
        return found

    def hold(self) -> None:
        """After a restart, stand where the last run stood, so that nothing becomes overdue by the real clock."""
        before = self.stored()
        if before is not None and self._reel is None:
            self._core.clock.use(PlayClock(datetime.fromisoformat(before["at"])))

    def load(self, reel: Reel, *, speed: float = 1.0, paused: bool = False) -> None:
        """Put a reel in, where an earlier run of the same one stopped, and take over the desk's clock."""
        reel = replace(reel, title=stored(reel.title), path=stored(reel.path))  # a file's name need not be UTF-8
        before = self.stored()
        start = reel.start
        if before is not None and (before["kind"], before["name"]) == (reel.kind, reel.name):
            self._index, self._cue = int(before["index"]), int(before["cue"])
            self.added, self.duplicates = int(before["added"]), int(before["duplicates"])
            start = datetime.fromisoformat(before["at"])
        self._reel, self._paused = reel, paused
        self._speed = min(speed, MAX_SPEED)
        self._clock = PlayClock(start)
        self._pacer = PlayClock(start, speed=0.0 if paused else self._speed)
        self._core.clock.use(self._clock)
        if before is None:
            with self._core.write() as tx:
                data = {"title": reel.title, "speed": self._speed}
                self._core.log(tx, "replay.started", None, actor=DESK, data=data)
                self._keep(tx.connection)
        self._tell()

    def hears(self, now: datetime) -> bool:
        """Whether the desk of the reel has a network at that instant; the minute that ends then included."""
        return self._reel is None or not any(start < now <= end for start, end in self._reel.silences)

    @property
    def loaded(self) -> bool:
        """Whether a reel is in, so that the desk's clock is its clock."""
        return self._reel is not None

    @property
    def ended(self) -> bool:
        """Whether everything of the reel has been played."""
        reel = self._reel
        return reel is None or (
            self._index >= len(reel.mentions)
            and self._cue >= len(reel.cues)
            and self._core.clock.now() >= reel.end
        )

    def status(self) -> ReplayStatus | None:
        """Where it stands, or ``None`` when the desk is on real time."""
        reel, clock = self._reel, self._clock
        if reel is None or clock is None:
            return None
        total = (reel.end - reel.start).total_seconds() or 1.0
        done = (clock.now() - reel.start).total_seconds() / total
        return ReplayStatus(
            running=not self.ended,
            paused=self._paused,
            speed=self._speed,
            progress=min(1.0, max(0.0, done)),
            title=reel.title,
            drill=self._core.drill,
        )

    def pause(self) -> None:
        """Stand still."""
        self._set(paused=True)

    def resume(self) -> None:
        """Go on."""
        self._set(paused=False)

    def set_speed(self, speed: float) -> None:
        """Run at ``speed`` times real time, 1 to 3,600."""
        self._speed = max(1.0, min(speed, MAX_SPEED))
        self._set(paused=self._paused)

    def stop(self) -> None:
        """Stand still for good; the desk stays on the reel's time, because its incidents live there."""
        self._set(paused=True)

    def _set(self, *, paused: bool) -> None:
        if self._pacer is None:
            raise StepError("replay.none")
        self._paused = paused
        self._pacer.speed = 0.0 if paused else self._speed
        self._tell()

    def _tell(self) -> None:
        status = self.status()
        if status is not None:
            with self._core.write() as tx:
                tx.emit(ReplayMoved(status.running and not status.paused, status.speed, status.progress))

    # -- playing -------------------------------------------------------------------------------------------------

    def step(self, until: datetime | None = None) -> None:
        """Play what the speed has brought since the last time, event by event, each at its own instant.

        ``until`` holds it at an instant, such as one at which a picture is taken.
        """
        if self._clock is None or self._pacer is None:
            return
        target = min(self._pacer.now(), until) if until else self._pacer.now()
        while self._clock.now() < target:
            self._walk(target)

    def leap(self) -> bool:
        """Move the clock to the next thing that happens and play it; False at the end.

        At the desk's own highest speed nothing waits: quiet hours are skipped in one leap while nothing can come
        due in them, and walked in small steps while something can.
        """
        if self._reel is None or self._clock is None or self._pacer is None or self.ended:
            return False
        self._walk(self._reel.end)
        self._pacer.move_to(self._clock.now())
        return not self.ended

    def _walk(self, limit: datetime) -> None:
        """Go to the next event, or to ``limit`` when nothing happens before."""
        reel, clock = self._reel, self._clock
        assert reel is not None and clock is not None
        now = clock.now()
        ahead = [limit]
        if self._index < len(reel.mentions):  # the minute of the next mention has to close
            ahead.append(_closed(reel.mentions[self._index].fetched_at))
        if self._cue < len(reel.cues):
            ahead.append(reel.cues[self._cue].at)
        pace = self._pace()
        if pace is not None:
            ahead.append(_closed(now + pace))
        clock.move_to(max(now, min(ahead)))
        while (due := self._next_due()) is not None and due <= clock.now():
            self._bring(min(due + _MINUTE, clock.now()))
        self._deadlines()

    def _next_due(self) -> datetime | None:
        reel = self._reel
        assert reel is not None
        waiting = []
        if self._index < len(reel.mentions):
            waiting.append(reel.mentions[self._index].fetched_at)
        if self._cue < len(reel.cues):
            waiting.append(reel.cues[self._cue].at)
        return min(waiting, default=None)

    def _bring(self, until: datetime) -> None:
        reel = self._reel
        assert reel is not None
        if self._cue < len(reel.cues) and reel.cues[self._cue].at <= until:
            until = reel.cues[self._cue].at  # what happens first comes first
        end = bisect.bisect_right(reel.mentions, until, lo=self._index, key=lambda m: m.fetched_at)
        while self._index < end:
            batch = reel.mentions[self._index : min(end, self._index + _BATCH)]
            page = Page(source=batch[0].source, account=batch[0].account, mentions=tuple(batch))
            with self._core.write() as tx:
                tx.undo(self._back())
                report = self._ingest.page(page)
                self._index += len(batch)
                self.added += report.added
                self.duplicates += report.duplicates
                self._keep(tx.connection, until)
        while self._cue < len(reel.cues) and reel.cues[self._cue].at <= until:
            with self._core.write() as tx:
                tx.undo(self._back())
                reel.cues[self._cue].do()
                self._cue += 1
                self._keep(tx.connection, until)

    def _back(self) -> Callable[[], None]:
        """What puts the position back to where it is now."""
        before = self._index, self._cue, self.added, self.duplicates

        def back() -> None:
            self._index, self._cue, self.added, self.duplicates = before

        return back

    def _keep(self, connection: Any, at: datetime | None = None) -> None:
        reel = self._reel
        assert reel is not None
        state = {
            "kind": reel.kind,
            "name": reel.name,
            "path": reel.path,
            "index": self._index,
            "cue": self._cue,
            "at": (at or reel.start).isoformat(),
            "added": self.added,
            "duplicates": self.duplicates,
        }
        sources.set_meta(connection, _META, state)


def _closed(instant: datetime) -> datetime:
    """The end of the minute that holds ``instant``; an instant on the minute is its own."""
    whole = instant.replace(second=0, microsecond=0)
    return whole if whole == instant else whole + _MINUTE
