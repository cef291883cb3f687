"""Rotations: whose turn it is, who is next, and who stands in for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crisisdesk.desk.core import Core
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import ContactsChanged
from crisisdesk.model.rotation import Override, Rotation, Shift, on_duty, shifts
from crisisdesk.store import rows
from crisisdesk.store.database import Connection

LONGEST_TURN = 24 * 56
_AHEAD = timedelta(days=120)


def resolve(connection: Connection, slug: str, at: datetime) -> str:
    """The contact behind ``slug`` at ``at``: who has the turn, where it is a rotation, else the slug itself."""
    rotation = rows.rotations.first(connection, slug=slug) if slug else None
    if rotation is None:
        return slug
    return on_duty(rotation, rows.overrides.where(connection, rotation_slug=slug), at)


class Rotations:
    """Keeps the turns; what could not be followed at three in the morning is refused when it is saved."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def list(self) -> tuple[Rotation, ...]:
        """All rotations, by slug."""
        with self._core.read() as connection:
            return tuple(sorted(rows.rotations.where(connection), key=lambda r: r.slug))

    def overrides(self) -> tuple[Override, ...]:
        """Everybody who stands in or stood in, oldest first."""
        with self._core.read() as connection:
            return rows.overrides.where(connection)

    def save(self, rotation: Rotation) -> Rotation:
        """Add a rotation or change the one with its slug; InputError says what cannot be used."""
        with self._core.write() as tx:
            known_people = {contact.slug for contact in rows.contacts.where(tx.connection)}
            _check(rotation, known_people)
            known = rows.rotations.first(tx.connection, slug=rotation.slug)
            tx.emit(ContactsChanged())
            if known is None:
                return rows.rotations.insert(tx.connection, rotation)
            names = [n for n in Rotation.__dataclass_fields__ if n not in ("id", "slug")]
            return rows.rotations.update(tx.connection, known.id, **{n: getattr(rotation, n) for n in names})

    def delete(self, slug: str) -> None:
        """Remove a rotation and who stood in on it."""
        with self._core.write() as tx:
            rows.overrides.delete(tx.connection, rotation_slug=slug)
            rows.rotations.delete(tx.connection, slug=slug)
            tx.emit(ContactsChanged())

    def stand_in(self, slug: str, contact_slug: str, start: datetime, end: datetime, reason: str = "") -> Override:
        """Somebody takes the duty of ``slug`` from ``start`` until ``end``; the last word counts."""
        with self._core.write() as tx:
            if rows.rotations.first(tx.connection, slug=slug) is None:
                raise InputError("rotation.unknown", slug=slug)
            if rows.contacts.first(tx.connection, slug=contact_slug) is None:
                raise InputError("rotation.member", slug=contact_slug)
            if end <= start:
                raise InputError("rotation.backwards")
            tx.emit(ContactsChanged())
            return rows.overrides.insert(
                tx.connection,
                Override(
                    id=0,
                    rotation_slug=slug,
                    contact_slug=contact_slug,
                    starts_at=start,
                    ends_at=end,
                    reason=reason,
                ),
            )

    def withdraw(self, override_id: int) -> None:
        """Nobody stands in after all."""
        with self._core.write() as tx:
            rows.overrides.delete(tx.connection, id=override_id)
            tx.emit(ContactsChanged())

    def on_duty(self, slug: str, at: datetime | None = None) -> str:
        """The contact's slug behind ``slug``, now or at ``at``."""
        with self._core.read() as connection:
            return resolve(connection, slug, at or self._core.clock.now())

    def who_next(self, slug: str) -> Shift | None:
        """Who has the duty after the one who has it now, and from when; ``None`` when it never changes hands."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            rotation = rows.rotations.first(connection, slug=slug)
            if rotation is None:
                return None
            overrides = rows.overrides.where(connection, rotation_slug=slug)
        ahead = shifts(rotation, overrides, now, now + max(_AHEAD, timedelta(hours=2 * rotation.turn_hours)))
        return next((shift for shift in ahead if shift.contact_slug != ahead[0].contact_slug), None)


def _check(rotation: Rotation, people: set[str]) -> None:
    if not rotation.slug.strip() or not rotation.name.strip():
        raise InputError("rotation.name")
    if not rotation.members:
        raise InputError("rotation.empty", name=rotation.name)
    stranger = next((member for member in rotation.members if member not in people), "")
    if stranger:
        raise InputError("rotation.member", slug=stranger)
    if not 1 <= rotation.turn_hours <= LONGEST_TURN:
        raise InputError("rotation.turn", most=LONGEST_TURN)
    try:
        ZoneInfo(rotation.zone)
    except (KeyError, ValueError, OSError):
        raise InputError("contact.zone", zone=rotation.zone) from None
