"""What local time a promise told, and whether the zone's rules still make it the same instant.

Governments change their clocks; tzdata follows. A promise keeps the instant, the IANA zone and the local time that the
public read. When a new tzdata makes another instant of that local time, a person decides which of the two was meant.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crisisdesk.model.commitment import Commitment, CommitmentState


def wall(instant: datetime, zone: str) -> str:
    """The local date and time of an instant, with ``f1`` behind it for the second of two equal hours."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local.replace(tzinfo=None, fold=0).isoformat(timespec='seconds')}{'f1' if local.fold else ''}"


def instant_of(told: str, zone: str) -> datetime:
    """The instant that a local time is under the rules of today; an hour that is skipped counts as after it."""
    naive = datetime.fromisoformat(told.removesuffix("f1")).replace(fold=int(told.endswith("f1")))
    return naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def drifted(commitment: Commitment) -> datetime | None:
    """The instant that an open promise's local time means now, when it is no longer the one promised."""
    if commitment.state is not CommitmentState.OPEN or not commitment.wall:
        return None
    try:
        means = instant_of(commitment.wall, commitment.zone)
    except (ValueError, ZoneInfoNotFoundError):
        return None
    return means if abs((means - commitment.due_at).total_seconds()) >= 1 else None
