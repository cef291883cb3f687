"""The five duties towards people — listen, respond, inform, connect, feed back — and what areas signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from crisisdesk.model.area import RouteState, Signature
from crisisdesk.model.measure import Figure, ServiceDay


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """One mention that a duty was done for: what it said, who said it, and when it was done and by whom."""

    mention_id: int
    at: datetime
    author: str
    text: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """How many mentions of an incident came through a duty; ``rows`` are the first of them, none for what was heard."""

    key: str
    n: int
    rows: tuple[DutyRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSigned:
    """What an area was asked in an incident, and its signatures that stand."""

    area: str
    what: str
    sent_at: datetime
    due_at: datetime
    state: RouteState
    signatures: tuple[Signature, ...] = ()

    def signed(self, state: RouteState) -> Signature | None:
        """The signature of one step, where it was given."""
        return next((one for one in reversed(self.signatures) if one.state is state), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCentre:
    """The call centre's days around an incident: a week before it, and after it a week at most.

    Attributes:
        figures: for each of ``days``, what its curves are on that day.
    """

    first: date
    last: date
    days: tuple[ServiceDay, ...] = ()
    figures: tuple[tuple[Figure, ...], ...] = ()
