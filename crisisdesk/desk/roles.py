"""Who holds a role right now: the incident's assignment or the playbook's holder, whose turn it is, who stands in."""

from __future__ import annotations

from datetime import datetime

from crisisdesk.desk.rotations import resolve
from crisisdesk.model.playbook import Playbook
from crisisdesk.store import rows
from crisisdesk.store.database import Connection

_DEPUTY = (".suplente", ".deputy")


def holder(connection: Connection, incident_id: int, playbook: Playbook, role_id: str) -> str:
    """The contact slug that holds ``role_id`` in the incident, or ``""``."""
    for assignment in rows.assignments.where(connection, incident_id=incident_id, role=role_id):
        return assignment.contact_slug
    role = playbook.role(role_id)
    return role.holder if role else ""


def person(connection: Connection, incident_id: int, playbook: Playbook, to: str, at: datetime) -> str:
    """The contact to call for a ladder's ``to``: a role, ``role.suplente``, a rotation, or a contact's own slug.

    Somebody whom nobody can reach gives way to the deputy that the contact names.
    """
    slug = resolve(connection, _named(connection, incident_id, playbook, to), at)
    contact = rows.contacts.first(connection, slug=slug) if slug else None
    if contact is None or contact.reachable or not contact.deputy:
        return slug
    deputy = resolve(connection, contact.deputy, at)
    stands_in = rows.contacts.first(connection, slug=deputy)
    return deputy if stands_in is not None and stands_in.reachable else slug


def awake(connection: Connection, incident_id: int, playbook: Playbook, to: str, at: datetime) -> str:
    """As :func:`person`, but somebody who sleeps gives way to a deputy who does not: the role's or the contact's."""
    slug = person(connection, incident_id, playbook, to, at)
    contact = rows.contacts.first(connection, slug=slug) if slug else None
    if contact is None or contact.awake(at):
        return slug
    role_deputy = person(connection, incident_id, playbook, f"{to}{_DEPUTY[0]}", at) if playbook.role(to) else ""
    for other in dict.fromkeys(filter(None, (role_deputy, resolve(connection, contact.deputy, at)))):
        known = rows.contacts.first(connection, slug=other)
        if other != slug and known is not None and known.reachable and known.awake(at):
            return other
    return slug


def _named(connection: Connection, incident_id: int, playbook: Playbook, to: str) -> str:
    """The slug that the playbook or the incident names for ``to``."""
    for ending in _DEPUTY:
        if to.endswith(ending) and playbook.role(to.removesuffix(ending)) is not None:
            role = playbook.role(to.removesuffix(ending))
            deputy = role.deputy if role else ""
            if playbook.role(deputy) is not None:  # a deputy may be another role
                return holder(connection, incident_id, playbook, deputy)
            return deputy
    if playbook.role(to) is not None:
        return holder(connection, incident_id, playbook, to)
    return to
