"""The risk of a promise on this desk: which past cases count, what they say of a time, and whether they were right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crisisdesk.desk.core import Core
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import IncidentChanged
from crisisdesk.model.history import Calibration, Foresight, PastCase
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.risk import Case, Estimate, calibration, earliest, estimate
from crisisdesk.pipeline.risk_words import risk_line, sure_line
from crisisdesk.store import rows
from crisisdesk.store.database import Connection
from crisisdesk.texts import Texts

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskView:
    """What is said of a time before it is promised.

    Attributes:
        found: the estimate for the time asked about.
        sure: the earliest time within the limit, or ``None``.
        sure_at: that time as an instant.
        limit: what the playbook accepts.
        line: the estimate in words.
        sure_line: the earliest time in words, empty when nothing can be said.
    """

    found: Estimate
    sure: Estimate | None
    sure_at: datetime | None
    limit: float
    line: Bilingual
    sure_line: Bilingual

    @property
    def beyond(self) -> bool:
        """Whether the time is above the limit, so that the desk asks what the history does not know."""
        return self.found.beyond(self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an incident stands in the history, and whether the estimates were right.

    Attributes:
        past: what a person said of it, or ``None`` while nobody has.
        minutes: how long it lasted, or has lasted until now.
        ended: whether it is over; an open one counts as «at least so long».
        drill: a drill never enters.
        cases: comparable cases that speak for incidents like it, itself left out.
        minimum: cases below which nothing is estimated.
        mine: its own promises against their estimates, by bands.
        all: those of every incident that is no drill.
    """

    past: PastCase | None
    minutes: float
    ended: bool
    drill: bool
    cases: int
    minimum: int
    mine: tuple[Calibration, ...]
    all: tuple[Calibration, ...]


class Risk:
    """Reads the history and weighs times against it."""

    def __init__(self, core: Core, playbooks: Playbooks) -> None:
        self._core = core
        self._playbooks = playbooks

    def cases(self, connection: Connection, incident: Incident) -> list[Case]:
        """Comparable cases: same playbook and cause family, same or higher level, never a drill or itself."""
        cause = self._playbooks.of(incident.id).strategy.cluster
        found = []
        for past in rows.history.where(
            connection, playbook_id=incident.playbook_id, cause=cause, comparable=True
        ):
            if past.level >= incident.level and past.incident_id != incident.id:
                case = self._case(connection, past)
                if case is not None:
                    found.append(case)
        return found

    def _case(self, connection: Connection, past: PastCase) -> Case | None:
        if past.incident_id is None:
            return Case(past.minutes, past.open) if past.minutes else None
        incident = rows.incidents.get(connection, past.incident_id)
        if incident.drill and not self._core.drill:
            return None
        end = incident.resolved_at or self._core.clock.now()
        minutes = (end - incident.started_at) / _MINUTE
        return Case(minutes, open=incident.resolved_at is None) if minutes > 0 else None

    def weigh(self, incident_id: int, due_at: datetime) -> RiskView:
        """What the history says of promising ``due_at`` now; asked again each minute, it changes."""
        with self._core.read() as connection:
            return self._weigh(connection, rows.incidents.get(connection, incident_id), due_at)

    def _weigh(self, connection: Connection, incident: Incident, due_at: datetime) -> RiskView:
        policy = self._playbooks.of(incident.id).commitments
        cases = self.cases(connection, incident)
        elapsed = max(0.0, (self._core.clock.now() - incident.started_at) / _MINUTE)
        promise = max(elapsed, (due_at - incident.started_at) / _MINUTE)
        found = estimate(cases, elapsed, promise, minimum=policy.min_history)
        sure = earliest(cases, elapsed, limit=policy.max_risk, minimum=policy.min_history)
        said, surely = [], []
        for lang in ("es", "en"):
            texts, place = Texts(lang), {"start": incident.started_at, "zone": incident.zone}
            said.append(risk_line(found, texts, **place))  # type: ignore[arg-type]
            told = sure_line(sure, texts, limit=policy.max_risk, **place) if found.known else ""  # type: ignore[arg-type]
            surely.append(told)
        return RiskView(
            found=found,
            sure=sure,
            sure_at=incident.started_at + sure.promise * _MINUTE if sure else None,
            limit=policy.max_risk,
            line=Bilingual(*said),
            sure_line=Bilingual(*surely),
        )

    def foresee(self, connection: Connection, incident: Incident, due_at: datetime) -> Foresight:
        """The estimate as it is kept beside a promise."""
        view = self._weigh(connection, incident, due_at)
        found = view.found
        return Foresight(
            elapsed=round(found.elapsed, 1),
            promise=round(found.promise, 1),
            at_risk=found.at_risk,
            over=found.over,
            frequency=found.frequency,
            low=found.low,
            high=found.high,
            limit=view.limit,
        )

    def ripe(self, connection: Connection, incident: Incident, due_at: datetime) -> RiskView | None:
        """The risk of an open promise as it is now, when it has grown above the limit."""
        view = self._weigh(connection, incident, due_at)
        return view if view.beyond else None

    # -- the history ---------------------------------------------------------------------------------------------

    def mark(self, incident_id: int, comparable: bool) -> PastCase:
        """A person says at the review whether an incident is a case to compare with; a drill never is."""
        with self._core.write() as tx:
            incident = rows.incidents.get(tx.connection, incident_id)
            if incident.drill:
                raise InputError("history.drill")
            playbook = self._playbooks.of(incident_id)
            ended = incident.resolved_at
            told = {
                "playbook_id": incident.playbook_id,
                "cause": playbook.strategy.cluster,
                "level": incident.level,
                "minutes": (ended - incident.started_at) / _MINUTE if ended else None,
                "open": incident.state is IncidentState.ACTIVE,
                "comparable": comparable,
                "noted_at": self._core.clock.now(),
                "noted_by": self._core.actor,
            }
            before = rows.history.first(tx.connection, incident_id=incident_id)
            if before is not None:
                past = rows.history.update(tx.connection, before.id, **told)
            else:
                past = rows.history.insert(tx.connection, PastCase(id=0, incident_id=incident_id, **told))  # type: ignore[arg-type]
            kind = "history.comparable" if comparable else "history.not_comparable"
            self._core.log(tx, kind, incident_id, data={"minutes": round(past.minutes) if past.minutes else None})
            tx.emit(IncidentChanged(incident_id))
            return past

    def take(self, playbook_id: str, cause: str, level: int, cases: Iterable[Case]) -> int:
        """Take in durations from before the desk, which a person says are comparable; returns how many."""
        with self._core.write() as tx:
            count = 0
            for case in cases:
                rows.history.insert(
                    tx.connection,
                    PastCase(
                        id=0,
                        incident_id=None,
                        playbook_id=playbook_id,
                        cause=cause,
                        level=level,
                        minutes=case.minutes,
                        open=case.open,
                        comparable=True,
                        noted_at=self._core.clock.now(),
                        noted_by=self._core.actor,
                    ),
                )
                count += 1
            return count

    def take_for(self, incident_id: int, level: int, cases: Iterable[Case]) -> int:
        """Take in old durations as comparable with an incident: its playbook, its cause family, and ``level``."""
        with self._core.write() as tx:
            incident = rows.incidents.get(tx.connection, incident_id)
            cause = self._playbooks.of(incident_id).strategy.cluster
            count = self.take(incident.playbook_id, cause, level, cases)
            self._core.log(tx, "history.taken", incident_id, data={"n": count, "level": level})
            tx.emit(IncidentChanged(incident_id))
            return count

    def standing(self, incident_id: int) -> Standing:
        """Where an incident stands in the history."""
        mine, every = self.scored(incident_id), self.scored()
        with self._core.read() as connection:
            incident = rows.incidents.get(connection, incident_id)
            end = incident.resolved_at or self._core.clock.now()
            return Standing(
                past=rows.history.first(connection, incident_id=incident_id),
                minutes=max(0.0, (end - incident.started_at) / _MINUTE),
                ended=incident.resolved_at is not None,
                drill=incident.drill,
                cases=len(self.cases(connection, incident)),
                minimum=self._playbooks.of(incident_id).commitments.min_history,
                mine=mine,
                all=every,
            )

    def history(self) -> tuple[PastCase, ...]:
        """Every case written down, comparable or not."""
        with self._core.read() as connection:
            return rows.history.where(connection)

    def scored(self, incident_id: int | None = None) -> tuple[Calibration, ...]:
        """Estimates against what became of their promises: of one incident, or of all that are no drill."""
        with self._core.read() as connection:
            return scored(connection, incident_id)


def scored(connection: Connection, incident_id: int | None = None) -> tuple[Calibration, ...]:
    """Estimates against what became of their promises: of one incident, or of all that are no drill."""
    equal: dict[str, Any] = {} if incident_id is None else {"incident_id": incident_id}
    drills = {i.id for i in rows.incidents.where(connection, drill=True)} if incident_id is None else set()
    pairs = [
        (c.foresight.frequency, c.state is CommitmentState.BROKEN)
        for c in rows.commitments.where(connection, kind=CommitmentKind.RESOLUTION, **equal)
        if c.incident_id not in drills
        and c.foresight is not None
        and c.foresight.frequency is not None
        and c.state in (CommitmentState.KEPT, CommitmentState.BROKEN)
    ]
    return calibration(pairs)
