"""How long past incidents lasted: what the risk of a promise stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """One case of the history: an incident of this desk that a person said is comparable, or one from before it.

    Attributes:
        incident_id: the incident, or ``None`` for a case from before the desk.
        playbook_id: whose case it is.
        cause: cause family (``victima``, ``accidental``, ``evitable``), as the strategy names it.
        level: the highest it reached.
        minutes: how long it lasted; ``None`` while its incident is open, and then its age counts.
        open: it had not ended when it was written down.
        comparable: «sí, es comparable», said by a person at its review.
        noted_at: when that was said.
        noted_by: by whom.
    """

    id: int
    incident_id: int | None
    playbook_id: str
    cause: str
    level: int
    minutes: float | None
    open: bool
    comparable: bool
    noted_at: datetime
    noted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """The estimate that stood beside a promise when it was made; kept, so that it can be scored later.

    Attributes:
        elapsed: minutes gone since the beginning.
        promise: promised minute since the beginning.
        at_risk: cases that lasted longer than ``elapsed``.
        over: of these, how many lasted longer than ``promise``.
        frequency: how often it would have failed, or ``None``: too few cases.
        low: lower end of the 80 % interval.
        high: upper end.
        limit: what the playbook accepted.
    """

    elapsed: float
    promise: float
    at_risk: int
    over: int
    frequency: float | None
    low: float | None
    high: float | None
    limit: float

    @property
    def beyond(self) -> bool:
        """Whether it was above the playbook's limit."""
        return self.frequency is not None and self.frequency > self.limit + 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Promises whose estimate lay in one band, and how many of them broke.

    Attributes:
        low: lower end of the band, exclusive but for 0.
        high: upper end, inclusive.
        promises: how many.
        broken: how many broke.
        expected: how many the estimates said would break.
    """

    low: float
    high: float
    promises: int
    broken: int
    expected: float
