"""Dates as people and programs write them, to UTC.

Read: ISO 8601 with or without zone, day/month/year and month/day/year with or without time, seconds or milliseconds
since 1970, and the two English forms of mail and of Twitter. Everything else is a ``ValueError``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

_SLASHED = re.compile(
    r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})"
    r"(?:(?:,?\s+|T)(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s*([ap])?\.?\s?m?\.?)?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"-?\d{9,17}(?:\.\d{1,9})?|\d\.\d{3,17}[eE]\+?\d{1,2}")
_TWITTER = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})")
_NAMED_UTC = re.compile(r"\s*(?:UTC|GMT|Z)$")
_SPACED_OFFSET = re.compile(r"(\d)\s+([+-]\d\d:?\d\d)$")
_LONGEST: Final = 64


class Order(Enum):
    """Whether 03/04/2021 is the third of April or the fourth of March."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Dates:
    """Reads the dates of one file; naive ones are local times of ``zone``.

    Attributes:
        repeated: how many local times exist twice (the clock was put back); read as the earlier one.
        skipped: how many local times do not exist (the clock was put forward); read as if it had not been.
    """

    def __init__(self, zone: ZoneInfo, order: Order = Order.DAY_FIRST) -> None:
        self._zone = zone
        self._order = order
        self.repeated = 0
        self.skipped = 0

    def read(self, text: str) -> datetime:
        """The instant in UTC; raises ``ValueError`` (``OverflowError`` included)."""
        try:
            when = _parse(text.strip(), self._order)
            return when.astimezone(UTC) if when.tzinfo is not None else self._from_local(when)
        except (OverflowError, OSError, TypeError, IndexError) as fault:
            raise ValueError(text[:_LONGEST]) from fault

    def _from_local(self, when: datetime) -> datetime:
        local = when.replace(tzinfo=self._zone)
        earlier, later = local.utcoffset(), local.replace(fold=1).utcoffset()
        if earlier is not None and later is not None and earlier != later:
            self.repeated += earlier > later
            self.skipped += earlier < later
        return local.astimezone(UTC)


def find_order(samples: Iterable[str]) -> tuple[Order, bool]:
    """The order of day and month over all samples, and whether some date with slashes left it open."""
    first_large = second_large = open_ = 0
    for text in samples:
        found = _SLASHED.fullmatch(text.strip())
        if found is None or len(found[1]) > 2:
            continue
        first, second = int(found[1]), int(found[2])
        first_large += first > 12
        second_large += second > 12
        open_ += first <= 12 and second <= 12 and first != second
    order = Order.MONTH_FIRST if second_large > first_large else Order.DAY_FIRST
    return order, bool(open_) and not (first_large or second_large)


def _parse(text: str, order: Order) -> datetime:
    if len(text) > _LONGEST or not text:
        raise ValueError(text[:_LONGEST])
    if _EPOCH.fullmatch(text):
        return _epoch(float(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    slashed = _SLASHED.fullmatch(text)
    if slashed is not None:
        return _slashed(slashed, order)
    twitter = _TWITTER.fullmatch(text)
    if twitter is not None:
        month, day, clock, offset, year = twitter.groups()
        return parsedate_to_datetime(f"{day} {month} {year} {clock} {offset}")
    if text[0].isalpha() or text[-1].isalpha():
        utc = _NAMED_UTC.sub("", text)
        if utc != text and utc[:1].isdigit():
            return _parse(utc, order).replace(tzinfo=UTC)
        return parsedate_to_datetime(text)
    return datetime.fromisoformat(_SPACED_OFFSET.sub(r"\1\2", text))


def _epoch(number: float) -> datetime:
    """Seconds, or the finer units that programs write, since 1970."""
    for scale in (1.0, 1e3, 1e6):
        if abs(number) / scale < 1e11:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / scale)
    raise ValueError(str(number))


def _slashed(found: re.Match[str], order: Order) -> datetime:
    first, second, third = int(found[1]), int(found[2]), int(found[3])
    if len(found[1]) == 4:
        year, month, day = first, second, third
    elif len(found[1]) > 2:
        raise ValueError(found[0])
    else:
        day, month = (first, second) if order is Order.DAY_FIRST else (second, first)
        year = third + 2000 if len(found[3]) == 2 else third
    hour, minute, second_ = (int(found[i] or 0) for i in (4, 5, 6))
    half = (found[7] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(found[0])
        hour = hour % 12 + (12 if half == "p" else 0)
    return datetime(year, month, day, hour, minute, second_)
