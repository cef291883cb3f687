"""Hours of the week in the brand's zone; a public holiday is a Sunday."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_SUNDAY: Final = 6


class Hours:
    """Tells the hour of the week.

    Args:
        zone: IANA time zone.
        country: ISO 3166 code whose public holidays count as Sundays; empty or unknown = no holidays.
    """

    def __init__(self, zone: str, country: str = "") -> None:
        self._zone = ZoneInfo(zone)
        self._country = country.upper()
        self._day: tuple[date | None, int] = None, 0

    def of_week(self, instant: datetime) -> int:
        """0 = Monday from midnight, 167 = Sunday before midnight."""
        local = instant.astimezone(self._zone)
        day = local.date()
        if day != self._day[0]:
            self._day = day, _SUNDAY if holiday(self._country, day) else day.weekday()
        return self._day[1] * 24 + local.hour


def known_country(country: str) -> bool:
    """Whether the holidays of the country with this ISO 3166 code are known; none at all is an answer, too."""
    if not country:
        return True
    try:
        _calendar(country.upper())
    except (NotImplementedError, KeyError):
        return False
    return True


@lru_cache(maxsize=4096)
def holiday(country: str, day: date) -> bool:
    """Whether ``day`` is a public holiday in ``country``."""
    if not country:
        return False
    try:
        return day in _calendar(country)
    except (NotImplementedError, KeyError):
        return False


@lru_cache(maxsize=8)
def _calendar(country: str) -> Container[date]:
    import holidays  # only where a country is set: it costs a tenth of a second

    return holidays.country_holidays(country)
