"""What a typed time means: ``07:30``, ``730``, ``+20``, ``8/3 11:00``, in a zone, across midnight and DST."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_CLOCK = re.compile(r"(?:(\d{1,2})/(\d{1,2})(?:/(\d{4}))?\s+)?(\d{1,2})(?:[:.hH]?(\d{2}))?")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")
_AHEAD = re.compile(r"\+\s*(\d{1,3})")


class Toward(StrEnum):
    """Whether a bare hour most likely lies ahead (a promise) or behind (when it began)."""

    FUTURE = "future"
    PAST = "past"


class Doubt(StrEnum):
    """Why a typed time has no single meaning yet."""

    NONE = ""
    UNREADABLE = "unreadable"
    SKIPPED = "skipped"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood.

    Attributes:
        instant: the UTC instant, or ``None`` when empty or in doubt.
        doubt: why there is none.
        choices: the two instants to choose between on a night when the clock changes.
    """

    instant: datetime | None = None
    doubt: Doubt = Doubt.NONE
    choices: tuple[datetime, ...] = ()


def read_clock(typed: str, zone: str, now: datetime, toward: Toward = Toward.FUTURE) -> Reading:
    """Read ``typed`` as a local time of ``zone`` near ``now`` (aware); a bare hour looks a day's length around."""
    typed = typed.strip()
    if not typed:
        return Reading()
    if ahead := _AHEAD.fullmatch(typed):
        return Reading((now + timedelta(minutes=int(ahead[1]))).astimezone(UTC).replace(second=0, microsecond=0))
    if only := _DAY.fullmatch(typed):  # a day alone is its noon
        day, month, year, hour, minute = *only.groups(), "12", "0"
    elif found := _CLOCK.fullmatch(typed):
        day, month, year, hour, minute = found.groups()
    else:
        return Reading(doubt=Doubt.UNREADABLE)
    try:
        clock = time(int(hour), int(minute or 0))
        given = _date(int(day), int(month), year, now.astimezone(ZoneInfo(zone)).date()) if day else None
    except ValueError:
        return Reading(doubt=Doubt.UNREADABLE)
    return _on_day(given or _nearest(clock, zone, now, toward), clock, zone)


def _date(day: int, month: int, year: str | None, today: date) -> date:
    """The date typed; without a year the next one, or this year's when it passed less than a month ago."""
    if year:
        return date(int(year), month, day)
    found = date(today.year, month, day)
    return found if found > today - timedelta(days=31) else date(today.year + 1, month, day)


def _nearest(clock: time, zone: str, now: datetime, toward: Toward) -> date:
    """The local date that puts ``clock`` within 21 hours on the likely side of ``now``, 3 on the other."""
    today = now.astimezone(ZoneInfo(zone)).date()
    behind = timedelta(hours=3 if toward is Toward.FUTURE else 21)
    for step in (-1, 0, 1):
        instant = datetime.combine(today + timedelta(days=step), clock, ZoneInfo(zone)).astimezone(UTC)
        if instant > now - behind:
            return today + timedelta(days=step)
    return today


def _on_day(day: date, clock: time, zone: str) -> Reading:
    first = datetime.combine(day, clock, ZoneInfo(zone))
    second = first.replace(fold=1)
    instants = (first.astimezone(UTC), second.astimezone(UTC))
    if first.utcoffset() == second.utcoffset():
        return Reading(instants[0])
    exists = instants[0].astimezone(ZoneInfo(zone)).time() == clock
    return Reading(doubt=Doubt.TWICE if exists else Doubt.SKIPPED, choices=tuple(sorted(instants)))
