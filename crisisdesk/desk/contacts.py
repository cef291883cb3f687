"""Contacts: the people whom ladders reach, by the slug that playbooks use."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from crisisdesk.desk.core import Core
from crisisdesk.desk.rotations import resolve
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import InputError, NotFoundError
from crisisdesk.model.events import ContactsChanged
from crisisdesk.store import rows
from crisisdesk.store.database import Transaction

_SLUG = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{2,30}[0-9](\s*(x|ext\.?)\s*[0-9]{1,6})?", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@<>,;\x00-\x1f]+@[^\s@<>,;\x00-\x1f]+")
_LINE = re.compile(r"[^\x00-\x1f\x7f\u2028\u2029]+")  # a second line would be another header of a mail


class Contacts:
    """Keeps contacts; what could not be called at three in the morning is refused when it is saved."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def list(self) -> tuple[Contact, ...]:
        """All contacts, by slug."""
        with self._core.read() as connection:
            return tuple(sorted(rows.contacts.where(connection), key=lambda c: c.slug))

    def get(self, slug: str) -> Contact:
        """The contact ``slug``; NotFoundError when there is none."""
        found = self.find(slug)
        if found is None:
            raise NotFoundError("store.no_contact", slug=slug)
        return found

    def find(self, slug: str) -> Contact | None:
        """The contact ``slug``, or ``None``."""
        with self._core.read() as connection:
            return rows.contacts.first(connection, slug=slug)

    def known(self, slug: str) -> bool:
        """Whether ``slug`` leads to somebody: a contact or a rotation."""
        with self._core.read() as connection:
            found = rows.contacts.first(connection, slug=slug) or rows.rotations.first(connection, slug=slug)
        return found is not None

    def name_of(self, slug: str) -> str:
        """The contact's name; of a rotation, who has the turn; the slug itself while nobody bears it."""
        if not slug:
            return slug
        with self._core.read() as connection:
            found = rows.contacts.first(connection, slug=resolve(connection, slug, self._core.clock.now()))
        return found.name if found else slug

    def answered(self, tx: Transaction, slug: str, at: datetime) -> None:
        """Its phone was proved right just now."""
        known = rows.contacts.first(tx.connection, slug=slug)
        if known is not None and not known.example:
            rows.contacts.update(tx.connection, known.id, verified_at=at)
            tx.emit(ContactsChanged())

    def save(self, contact: Contact) -> Contact:
        """Add a contact or change the one with its slug; InputError says what cannot be used."""
        check_contact(contact)
        with self._core.write() as tx:
            known = rows.contacts.first(tx.connection, slug=contact.slug)
            if known is None:
                saved = rows.contacts.insert(tx.connection, contact)
            else:
                names = [n for n in Contact.__dataclass_fields__ if n not in ("id", "slug")]
                changes = {name: getattr(contact, name) for name in names}
                saved = rows.contacts.update(tx.connection, known.id, **changes)
            tx.emit(ContactsChanged())
            return saved

    def delete(self, slug: str) -> None:
        """Remove a contact; what it did stays in the timeline."""
        with self._core.write() as tx:
            rows.contacts.delete(tx.connection, slug=slug)
            tx.emit(ContactsChanged())


def check_contact(contact: Contact) -> None:
    """Refuse, as InputError, what could not be called at three in the morning."""
    if not _SLUG.fullmatch(contact.slug):
        raise InputError("contact.slug", slug=contact.slug)
    if not contact.name.strip():
        raise InputError("contact.name", slug=contact.slug)
    if contact.phone and not _PHONE.fullmatch(contact.phone.strip()):
        raise InputError("contact.phone", phone=contact.phone)
    if contact.email and not _MAIL.fullmatch(contact.email.strip()):
        raise InputError("contact.email", email=contact.email)
    if contact.deputy == contact.slug:
        raise InputError("contact.own_deputy", slug=contact.slug)
    if any(not channel.kind or not _LINE.fullmatch(channel.address.strip()) for channel in contact.channels):
        raise InputError("contact.channel", slug=contact.slug)
    if any(not 0 <= day.weekday <= 6 for day in contact.week):
        raise InputError("contact.week", slug=contact.slug)
    try:
        ZoneInfo(contact.zone)
    except (KeyError, ValueError, OSError):
        raise InputError("contact.zone", zone=contact.zone) from None
