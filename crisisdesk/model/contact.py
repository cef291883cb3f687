"""A contact: a real person or desk that the ladder can reach. Playbooks name only its slug, never a phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_SEARCH_DAYS = 8  # one week and a day: every weekday's hours are seen once


@dataclass(frozen=True, slots=True)
class Channel:
    """One more way to reach a contact than its phone and its mail.

    Attributes:
        kind: the notifier's kind, such as ``telegram``, ``ntfy`` or ``slack``.
        address: what that notifier calls an address: a chat's number, a topic, a member's id.
    """

    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class DayHours:
    """Hours of one weekday that differ from the contact's usual ones.

    Attributes:
        weekday: 0 = Monday … 6 = Sunday; hours past midnight belong to the day on which they begin.
        start: local time, ``None`` = not at all on this day.
        end: local time; before ``start`` it is on the next day, equal to ``start`` it is the whole day.
    """

    weekday: int
    start: time | None = None
    end: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact.

    Attributes:
        slug: the name that playbooks use, such as ``guardia.noc``.
        phone: as dialled, digits and spaces, may be empty.
        email: may be empty.
        from_hour: local time from which it may be called below level 3, ``None`` = any hour.
        to_hour: local time until which it may be called below level 3.
        week: weekdays with other hours than ``from_hour`` to ``to_hour``, by weekday.
        zone: the person's own IANA time zone, in which all its hours are read.
        channels: further ways to reach it, the best first.
        deputy: slug of who stands in, or empty.
        verified_at: when the phone was last proved right.
        example: shipped for the scenario; never called for real.
    """

    slug: str
    name: str
    title: str = ""
    phone: str = ""
    email: str = ""
    from_hour: time | None = None
    to_hour: time | None = None
    week: tuple[DayHours, ...] = ()
    zone: str = "America/Mexico_City"
    channels: tuple[Channel, ...] = ()
    deputy: str = ""
    verified_at: datetime | None = None
    example: bool = False
    id: int = field(default=0)

    @property
    def reachable(self) -> bool:
        """Whether there is any way at all to reach it."""
        return bool(self.phone.strip() or self.email.strip() or self.channels)

    def address(self, kind: str) -> str:
        """Its address on the channel ``kind``, or ``""``."""
        return next((c.address for c in self.channels if c.kind == kind), "")

    def hours(self, weekday: int) -> tuple[time, time] | None:
        """Start and end of a weekday's hours; equal = the whole day, ``None`` = quiet all day."""
        for day in self.week:
            if day.weekday == weekday:
                return None if day.start is None or day.end is None else (day.start, day.end)
        if self.from_hour is None or self.to_hour is None:
            return time(0), time(0)
        return self.from_hour, self.to_hour

    def awake(self, at: datetime) -> bool:
        """Whether ``at`` lies within its hours, read on its own clock."""
        local = at.astimezone(ZoneInfo(self.zone))
        clock = local.time().replace(tzinfo=None)
        today, yesterday = self.hours(local.weekday()), self.hours((local.weekday() - 1) % 7)
        if today is not None:
            start, end = today
            if start == end or (start <= clock < end if start < end else clock >= start):
                return True
        if yesterday is not None:
            start, end = yesterday
            return start > end and clock < end
        return False

    def awake_from(self, at: datetime) -> datetime | None:
        """The first instant from ``at`` on within its hours, in UTC; ``None`` when no weekday has any."""
        if self.awake(at):
            return at.astimezone(UTC)
        zone = ZoneInfo(self.zone)
        day = at.astimezone(zone).date()
        starts = []
        for n in range(_SEARCH_DAYS + 1):
            date = day + n * _DAY
            hours = self.hours(date.weekday())
            if hours is not None:
                start = time(0) if hours[0] == hours[1] else hours[0]  # a whole day begins at midnight
                starts.append(datetime.combine(date, start, zone).astimezone(UTC))
        return min((start for start in starts if start >= at and self.awake(start)), default=None)
