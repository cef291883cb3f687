"""Feeds closed minutes to the detector and turns what it sees into alerts, inside the mention's own transaction.

Mentions that arrive late are binned by when they were said: the detector is set back to a settled state of one to
two hours ago and sees those minutes again. Older arrivals (an import) make it learn anew from the stored counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from crisisdesk.desk.alerts import Alerts
from crisisdesk.desk.core import Core
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.alert import Alert, AlertState, Explanation, LevelProposal, Signal, SignalKind
from crisisdesk.model.commitment import CommitmentState
from crisisdesk.model.incident import IncidentState
from crisisdesk.model.mention import Said
from crisisdesk.pipeline.count import NOTHING, Recent, Tally, fill, tally
from crisisdesk.pipeline.detect import Detector, Moments
from crisisdesk.pipeline.explain import explain
from crisisdesk.pipeline.hysteresis import CALM_RATIO, calm, settle
from crisisdesk.pipeline.propose import Measures, propose
from crisisdesk.store import mentions, minutes, rows, sources
from crisisdesk.store.database import Connection, Transaction

STREAM: Final = "all"
MARK: Final = "all.mark"  # a state up to an hour old
SETTLED: Final = "all.settled"  # the one before it
_SECOND: Final = timedelta(seconds=1)
_FEW: Final = 300
"""A minute with more mentions than this is seen when it closes: the early stage takes no more anyway."""
_MINUTE: Final = timedelta(minutes=1)
_KEEP: Final = timedelta(minutes=60)
_LEARN: Final = timedelta(days=60)
_RECENT: Final = timedelta(hours=6)
_QUIET: Final = timedelta(hours=24)
_EXPLAINED: Final = timedelta(hours=2)  # later on, what it is about is known to whom it concerns
_SAMPLE: Final = 600
_STATES: Final = 20
"""Minutes of which the state is kept in memory: sources that are asked each few minutes are late by no more."""
_LAST_SIGNAL: Final = "last_signal"


def pace(age: timedelta) -> timedelta:
    """How often an alert of this age is counted again: each minute at first, each quarter of an hour in the end."""
    return max(_MINUTE, min(15 * _MINUTE, age / 10))


def unheard(connection: Connection, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Stretches in which the whole desk heard nothing: unknown, not calm."""
    return [(g.start, g.end or end) for g in mentions.gaps(connection, start, end) if g.source == "desk"]


def _moments(told: Tally, history: int) -> Moments | None:
    """The voices one by one, or ``None`` where some are known by their number only."""
    return None if history else told.moments


class Watchman:
    """Keeps the detector of one desk."""

    def __init__(
        self, core: Core, playbooks: Playbooks, alerts: Alerts, *, return_days: float, brand_terms: tuple[str, ...]
    ) -> None:
        self._core = core
        self._playbooks = playbooks
        self._alerts = alerts
        self._return_days = return_days
        self._brand = brand_terms
        self._detector: Detector | None = None
        self._until: datetime | None = None
        self._again_from: datetime | None = None
        self._marked: datetime | None = None
        self._recent = Recent()
        self._states: dict[datetime, dict[str, Any]] = {}  # of the last minutes, by the minute that they wait for

    # -- state ---------------------------------------------------------------------------------------------------

    def _new(self, state: dict[str, Any] | None = None) -> Detector:
        return Detector(self._core.zone, country=self._core.country, return_days=self._return_days, state=state)

    @property
    def return_days(self) -> float:
        """What is rarer than once in so many days is told."""
        return self._return_days

    def set_return_days(self, days: float) -> None:
        """Alarm on what happens less often than once in ``days``, from the next minute on; what was learnt stays."""
        with self._core.write():  # nobody is counting meanwhile
            self._return_days = days
            self.forget()

    def _load(self, connection: Connection) -> tuple[Detector, datetime | None]:
        if self._detector is None:
            stored = mentions.load_detector(connection, STREAM)
            self._detector = self._new(stored[1] if stored else None)
            self._until = stored[0] if stored else None
            if self._until is not None:  # what came in before the desk ended, and nobody has looked at
                self._again_from = minutes.first_unseen(connection, self._until - _RECENT, self._until)
        return self._detector, self._until

    def forget(self) -> None:
        """Drop what is in memory, after a transaction that did not end well."""
        self._detector, self._until, self._again_from, self._marked = None, None, None, None
        self._recent.clear()
        self._states = {}

    def _save(self, connection: Connection, detector: Detector, until: datetime) -> None:
        state = detector.state()
        mentions.save_detector(connection, STREAM, until, state)
        if self._marked is None or until - self._marked >= _KEEP:
            mark = mentions.load_detector(connection, MARK)
            if mark is not None:
                mentions.save_detector(connection, SETTLED, *mark)
            mentions.save_detector(connection, MARK, until, state)
            self._marked = until
        self._states[until] = state
        for old in sorted(self._states)[:-_STATES]:
            del self._states[old]
        self._detector, self._until = detector, until

    # -- what comes in -------------------------------------------------------------------------------------------

    def arrived(self, tx: Transaction, oldest: datetime, said: Sequence[Said] = ()) -> None:
        """Mentions of ``oldest`` and later came in, those ``said``; :meth:`advance` looks at those minutes again."""
        tx.undo(self.forget)
        self._recent.add(said)
        _, until = self._load(tx.connection)
        minute = mentions.floor_minute(oldest)
        if until is not None and minute < until:
            self._again_from = min(self._again_from or minute, minute)

    def reworded(self) -> None:
        """Mentions have other words now, or none: what was read of them does not hold any more."""
        self._recent.doubt()

    def advance(self, tx: Transaction, now: datetime, *, heard: bool = True) -> tuple[int, ...]:
        """See every minute that has closed by ``now``; returns the ids of alerts that were raised.

        Args:
            heard: whether the desk was listening during the minutes not seen yet.
        """
        tx.undo(self.forget)
        return self._advance(tx, now, heard)

    def _advance(self, tx: Transaction, now: datetime, heard: bool) -> tuple[int, ...]:
        end = mentions.floor_minute(now)
        detector, until = self._load(tx.connection)
        if until == end and self._recent.stale:  # what came late into a storm is looked at when the minute closes
            return self._peek(tx, detector, end, now) if heard else ()
        if self._again_from is not None and until is not None:
            detector, until = self._set_back(tx.connection, self._again_from, until, now)
        if until is None:
            until = mentions.first_minute(tx.connection, now - _LEARN)
            if until is None or until >= end:
                return ()
        if until >= end and self._again_from is None:
            return self._peek(tx, detector, end, now) if until == end and heard else ()
        if not heard:
            mentions.open_gap(tx.connection, "desk", until, end)
        signals = self._run(tx.connection, detector, until, end)
        self._again_from = None
        self._save(tx.connection, detector, max(until, end))
        raised = self._signals(tx, [s for s in signals if s.at > now - _RECENT])
        raised += self._peek(tx, detector, end, now) if heard else ()
        self._follow(tx, now)
        return raised

    def _peek(self, tx: Transaction, detector: Detector, minute: datetime, now: datetime) -> tuple[int, ...]:
        """What the open minute shows already: a strong rise need not wait until the minute is over."""
        moments = self._recent.open(minute, now + _SECOND, _FEW)
        if moments is None:
            self._read(tx.connection, minute, minute)
            moments = self._recent.open(minute, now + _SECOND, _FEW)
        signal = detector.peek(minute, moments) if moments else None
        return self._signals(tx, [signal]) if signal else ()

    def _read(self, connection: Connection, start: datetime, end: datetime) -> dict[datetime, Tally]:
        """Read what was said since the beginning of the block of ``start``: the tally of ``start`` to ``end``."""
        begin = mentions.floor_block(start)
        return self._recent.read(begin, mentions.said(connection, begin, None), start, end)

    def _tally(self, connection: Connection, start: datetime, end: datetime, last: bool) -> dict[datetime, Tally]:
        """What was said from ``start``, from memory where it is that young."""
        found = self._recent.tally(start, end)
        if found is not None:
            return found
        if not last:  # months of history pass by day
            begin = mentions.floor_block(start)
            return tally(mentions.said(connection, begin, end))
        return self._read(connection, start, end)

    def _set_back(
        self, connection: Connection, again: datetime, until: datetime, now: datetime
    ) -> tuple[Detector, datetime | None]:
        """The youngest kept state from before ``again``, or a new detector that learns from what is stored."""
        young = max((at for at in self._states if at <= again), default=None)
        self._states = {at: state for at, state in self._states.items() if at <= again}
        if young is not None and self._marked is not None:
            if self._marked > again:  # the mark knows those minutes as they were before
                mentions.save_detector(connection, MARK, young, self._states[young])
                self._marked = young
            return self._new(self._states[young]), young
        for name in (MARK, SETTLED):
            kept = mentions.load_detector(connection, name)
            if kept is not None and kept[0] <= again:
                if name == SETTLED:  # the mark knows those minutes as they were before
                    mentions.save_detector(connection, MARK, *kept)
                    self._marked = kept[0]
                return self._new(kept[1]), kept[0]
        mentions.drop_detector(connection, MARK)
        mentions.drop_detector(connection, SETTLED)
        self._marked = None
        return self._new(), mentions.first_minute(connection, now - _LEARN) or until

    def _run(self, connection: Connection, detector: Detector, start: datetime, end: datetime) -> list[Signal]:
        signals = []
        deaf = unheard(connection, start, end)
        counted = mentions.counted_until(connection)
        day = start
        while day < end:  # a day at a time, so that learning from months of history stays small
            until = min(day + timedelta(days=1), end)
            totals = mentions.tallies(connection, day, until)
            found = self._tally(connection, day, until, until == end)
            new = {m: found.get(m, NOTHING) for m, (_, _, voices) in totals.items() if voices is None}
            mentions.keep_voices(connection, {m: (t.voices, t.complainers) for m, t in new.items()})
            for minute, (total, history, _) in fill(totals, day, until, (0, 0, None)):
                heard = not any(a <= minute < b for a, b in deaf)
                told = found.get(minute, NOTHING)
                moments = None if counted is not None and minute < counted else _moments(told, history)
                signal = detector.minute(minute, total, history + told.voices, heard, moments)
                if signal is not None:
                    signals.append(signal)
            day = until
        return signals

    # -- what it means -------------------------------------------------------------------------------------------

    def _signals(self, tx: Transaction, signals: list[Signal]) -> tuple[int, ...]:
        last = sources.get_meta(tx.connection, _LAST_SIGNAL)
        handled = datetime.fromisoformat(last) if last else None
        raised = []
        for signal in signals:
            if handled is not None and signal.at <= handled:
                continue
            explanation = self._explain(tx.connection, signal)
            proposal = self._propose(tx.connection, signal)
            lasting = self._alerts.current(tx.connection)
            if lasting is not None:
                proposal = self._settled(tx.connection, lasting, proposal, signal.at)
            alert = self._alerts.raise_(tx, signal, explanation, proposal)
            self._remember(tx.connection, alert.id)
            raised.append(alert.id)
            handled = signal.at
        if handled is not None and raised:
            sources.set_meta(tx.connection, _LAST_SIGNAL, handled.isoformat())
        return tuple(raised)

    def _remember(self, connection: Connection, alert_id: int) -> None:
        """Keep what was normal before this rise: charts and ratios are told against it, not against the storm."""
        name = f"before.{alert_id}"
        calm = mentions.load_detector(connection, SETTLED) or mentions.load_detector(connection, MARK)
        if calm is not None and mentions.load_detector(connection, name) is None:
            mentions.save_detector(connection, name, *calm)

    def normal(self, connection: Connection, alert_id: int | None) -> Detector:
        """What was normal before the alert's rise, or what is normal now."""
        calm = None if alert_id is None else mentions.load_detector(connection, f"before.{alert_id}")
        return self._load(connection)[0] if calm is None else self._new(calm[1])

    def _follow(self, tx: Transaction, now: datetime) -> None:
        """Keep the numbers of the alert that lasts up to date, and clear one that nobody had to answer."""
        alert = self._alerts.current(tx.connection)
        if alert is None:
            return
        if now - alert.updated_at < pace(now - alert.opened_at):
            return
        detector = self.normal(tx.connection, alert.id)
        end = mentions.floor_minute(now)
        if alert.state is not AlertState.ACCEPTED and end - alert.opened_at >= _KEEP:
            ratio, _ = self._ratio(tx.connection, detector, end)(_KEEP)
            if ratio < CALM_RATIO:
                self._alerts.clear(tx, alert)
                return
        grown = self._grown(tx.connection, detector, alert, end)
        proposal = self._settled(tx.connection, alert, self._propose(tx.connection, grown, detector), end)
        young = end - alert.opened_at <= _EXPLAINED
        explanation = self._explain(tx.connection, grown) if young else alert.explanation
        self._alerts.update(tx, alert, grown, explanation, proposal)

    def _settled(
        self, connection: Connection, alert: Alert, proposed: LevelProposal, now: datetime
    ) -> LevelProposal:
        """What is proposed while ``alert`` lasts: lower only after an hour of calm and with no promise open."""

        def falls() -> bool:
            open_ = CommitmentState.OPEN
            if alert.incident_id and rows.commitments.first(connection, incident_id=alert.incident_id, state=open_):
                return False
            normal = self.normal(connection, alert.id)

            def ratio(start: datetime, end: datetime) -> float:
                return mentions.totals(connection, start, end)[0] / max(self.expected(normal, start, end), 1.0)

            return calm(ratio, alert.signal.since, mentions.floor_minute(now))

        return settle(alert.proposal, proposed, falls=falls)

    def _grown(self, connection: Connection, detector: Detector, alert: Alert, end: datetime) -> Signal:
        old = alert.signal
        start = max(old.since, end - timedelta(hours=2))
        if old.kind is SignalKind.COMPLAINTS:
            count = mentions.complainers(connection, start, end)
            expected = self._summed(detector.expected_complaints, start, end)
        else:
            count, _, _ = mentions.totals(connection, start, end)
            expected = self.expected(detector, start, end)
        return Signal(
            at=end,
            since=old.since,
            count=count,
            expected=expected,
            ratio=count / max(expected, 1.0),
            window_minutes=max(1, round((end - start) / _MINUTE)),
            return_days=old.return_days,
            amplified=old.amplified,
            learning_days=old.learning_days,
            needed_days=old.needed_days,
            kind=old.kind,
        )

    def expected(self, detector: Detector, start: datetime, end: datetime) -> float:
        """Mentions expected with ``start <= minute < end``."""
        return self._summed(lambda at, minutes: detector.expected(at, minutes)[1], start, end)

    def _summed(self, expected: Callable[[datetime, int], float], start: datetime, end: datetime) -> float:
        hour, total, at = timedelta(hours=1), 0.0, start
        while at < end:
            until = min(at + hour, end)
            total += expected(at, max(1, round((until - at) / _MINUTE)))
            at = until
        return total

    def _ratio(
        self, connection: Connection, detector: Detector, end: datetime
    ) -> Callable[[timedelta], tuple[float, int]]:
        """A function that tells, for a window ending now, times the expected and how many mentions."""

        def ratio(window: timedelta) -> tuple[float, int]:
            count, _, _ = mentions.totals(connection, end - window, end)
            return count / max(self.expected(detector, end - window, end), 1.0), count

        return ratio

    def _explain(self, connection: Connection, signal: Signal) -> Explanation:
        start = max(signal.since, signal.at - signal.window_minutes * _MINUTE)
        inside = mentions.between(connection, start, signal.at, limit=_SAMPLE)
        quiet = mentions.between(connection, signal.since - _QUIET, signal.since, limit=_SAMPLE)
        return explain(inside, quiet, exclude=self._brand)

    def _propose(self, connection: Connection, signal: Signal, normal: Detector | None = None) -> LevelProposal:
        detector = normal or self._load(connection)[0]
        count, _complaints, negative = mentions.totals(connection, signal.since, signal.at)
        measures = Measures(
            ratio=self._ratio(connection, detector, signal.at),
            negative_share=negative / count if count else 0.0,
            negative_of=count,
            type_counts=mentions.types_between(connection, signal.since, signal.at),
            types_within=lambda span: mentions.types_between(connection, signal.at - span, signal.at),
            duration=self._lasts(connection, signal.at),
            signal=signal,
        )
        return propose(self._playbooks.current, measures)

    def _lasts(self, connection: Connection, at: datetime) -> timedelta | None:
        """How long the incident has lasted, once a person has said that it is one."""
        incident = rows.incidents.first(connection, state=IncidentState.ACTIVE)
        return at - incident.started_at if incident else None

    # -- what the chart shows ------------------------------------------------------------------------------------

    def band(
        self, connection: Connection, starts: list[datetime], step: timedelta, alert_id: int | None
    ) -> list[tuple[float, float, float]]:
        """The expected band per bucket (low, middle, high), as it was before the alert's rise."""
        detector = self.normal(connection, alert_id)
        per = max(1, round(step / _MINUTE))
        return [detector.expected(start, per) for start in starts]

    def learnt_days(self, connection: Connection) -> float:
        """Days of history that the detector has seen."""
        detector, _ = self._load(connection)
        return detector.learning_days
