"""A rotation: people who take turns behind one slug of the playbook, and those who stand in for a turn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Who is on duty, turn by turn. Hand-overs keep their local hour through changes of the clocks.

    Attributes:
        slug: the name that playbooks use; it comes before a contact with the same slug.
        members: slugs of contacts, in the order of their turns.
        zone: the IANA time zone of its hand-overs.
        starts_at: the first hand-over; earlier turns are reckoned backwards from it.
        turn_hours: length of a turn in hours of the local clock, 1 to 24 × 56.
    """

    slug: str
    name: str
    members: tuple[str, ...]
    zone: str
    starts_at: datetime
    turn_hours: int = 168
    id: int = field(default=0)

    def handover(self, number: int) -> datetime:
        """When turn ``number`` begins, in UTC; turn 0 begins at ``starts_at``."""
        zone = ZoneInfo(self.zone)
        local = self.starts_at.astimezone(zone).replace(tzinfo=None) + timedelta(hours=self.turn_hours * number)
        return local.replace(tzinfo=zone).astimezone(UTC)

    def turn(self, at: datetime) -> int:
        """The number of the turn that holds ``at``."""
        guess = (at - self.starts_at) // timedelta(hours=self.turn_hours)
        while self.handover(guess) > at:
            guess -= 1
        while self.handover(guess + 1) <= at:
            guess += 1
        return guess

    def member(self, number: int) -> str:
        """The slug of who has turn ``number``."""
        return self.members[number % len(self.members)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Somebody stands in on a rotation, from ``starts_at`` until before ``ends_at``; the one written last counts."""

    id: int
    rotation_slug: str
    contact_slug: str
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A stretch of duty of one contact, from ``starts_at`` until before ``ends_at``."""

    contact_slug: str
    starts_at: datetime
    ends_at: datetime
    stands_in: bool = False


def shifts(rotation: Rotation, overrides: tuple[Override, ...], start: datetime, end: datetime) -> tuple[Shift, ...]:
    """Who is on duty in ``start <= t < end``, without a hole, in order; stretches are cut at ``start`` and ``end``."""
    mine = tuple(o for o in overrides if o.rotation_slug == rotation.slug and o.starts_at < end and o.ends_at > start)
    edges = {start, end}
    edges |= {edge for o in mine for edge in (o.starts_at, o.ends_at) if start < edge < end}
    number = rotation.turn(start) + 1
    while (edge := rotation.handover(number)) < end:
        edges.add(edge)
        number += 1
    found: list[Shift] = []
    times = sorted(edges)
    for begin, until in pairwise(times):
        standing = max((o for o in mine if o.starts_at <= begin < o.ends_at), key=lambda o: o.id, default=None)
        slug = standing.contact_slug if standing is not None else rotation.member(rotation.turn(begin))
        last = found[-1] if found else None
        shift = Shift(contact_slug=slug, starts_at=begin, ends_at=until, stands_in=standing is not None)
        if last is not None and (last.contact_slug, last.stands_in) == (slug, shift.stands_in):
            found[-1] = replace(last, ends_at=until)
        else:
            found.append(shift)
    return tuple(found)


def on_duty(rotation: Rotation, overrides: tuple[Override, ...], at: datetime) -> str:
    """The slug of who is on duty at ``at``."""
    return shifts(rotation, overrides, at, at + timedelta(microseconds=1))[0].contact_slug
