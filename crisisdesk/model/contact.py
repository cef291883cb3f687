"""A contact: a real person or desk that the ladder can reach. Playbooks name only its slug, never a phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact.

    Attributes:
        slug: the name that playbooks use, such as ``guardia.noc``.
        phone: as dialled, digits and spaces, may be empty.
        email: may be empty.
        from_hour: local time from which it may be called below level 3, ``None`` = any hour.
        to_hour: local time until which it may be called below level 3.
        zone: the person's own IANA time zone.
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
    zone: str = "America/Mexico_City"
    deputy: str = ""
    verified_at: datetime | None = None
    example: bool = False
    id: int = field(default=0)
