"""Adding a wait to an instant, by the clock on the wall or by the hours in which the desk answers.

A public holiday is no working day. Hours are local, so a day with a change of the clock is as long as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.model.office import Due, Office
from crisisdesk.pipeline.calendar import holiday

_DAY: Final = timedelta(days=1)
_LOOKS: Final = 400
"""Days that are looked through for working ones; a desk that never answers is counted by the wall."""


def due(asked: datetime, wait: timedelta, office: Office | None, zone: str, country: str = "") -> Due:
    """When ``wait`` is over.

    Args:
        asked: aware instant.
        wait: more than nothing.
        office: ``None`` = every hour counts.
        zone: IANA zone of the office's hours.
        country: ISO 3166 code of the holidays; empty = none.
    """
    if office is not None:
        left, counted = wait, []
        for opens, closes in _stretches(asked.astimezone(ZoneInfo(zone)).date(), 1, office, zone, country):
            start = max(opens, asked)
            if start >= closes:
                continue
            end = min(closes, start + left)
            counted.append((start, end))
            left -= end - start
            if not left:
                return Due(asked=asked, wait=wait, at=end, counted=tuple(counted), office=True)
    return Due(asked=asked, wait=wait, at=asked + wait, counted=((asked, asked + wait),))


def newest_overdue(at: datetime, wait: timedelta, office: Office | None, zone: str, country: str = "") -> datetime:
    """The latest instant of asking whose ``wait`` is over at ``at``: everything asked until then is."""
    if office is not None:
        left = wait
        for opens, closes in _stretches(at.astimezone(ZoneInfo(zone)).date(), -1, office, zone, country):
            end = min(closes, at)
            if end <= opens:
                continue
            if end - opens >= left:
                return end - left
            left -= end - opens
    return at - wait


def _stretches(first: date, step: int, office: Office, zone: str, country: str) -> Iterator[tuple[datetime, datetime]]:
    local = ZoneInfo(zone)
    for n in range(_LOOKS):
        day = first + n * step * _DAY
        if day.weekday() in office.days and not holiday(country.upper(), day):
            opens, closes = (
                datetime.combine(day, hour, local).astimezone(UTC) for hour in (office.opens, office.closes)
            )
            if opens < closes:
                yield opens, closes
