"""Hours in which a desk answers, and when a first reply is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WRITTEN: Final = re.compile(
    rf"\s*({'|'.join(DAYS)})\s*-\s*({'|'.join(DAYS)})\s+([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Local hours of the days on which somebody answers; ``days`` are 0 = Monday to 6 = Sunday."""

    days: frozenset[int]
    opens: time
    closes: time


def read_office(text: str) -> Office | None:
    """``"mon-fri 09:00-18:00"``; ``None`` where it is not that, or closes before it opens."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    first, last = (DAYS.index(found[n].lower()) for n in (1, 2))
    days = frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))
    opens, closes = time(int(found[3]), int(found[4])), time(int(found[5]), int(found[6]))
    return Office(days=days, opens=opens, closes=closes) if opens < closes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a first reply is due, and how that was counted.

    Attributes:
        asked: when it was said.
        wait: the playbook's time for this type.
        at: when it is over.
        counted: the stretches that were counted, ascending; together they are ``wait``.
        office: whether only the desk's hours were counted.
    """

    asked: datetime
    wait: timedelta
    at: datetime
    counted: tuple[tuple[datetime, datetime], ...]
    office: bool = False
