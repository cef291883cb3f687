"""Who holds a role right now: the incident's assignment, else the playbook's holder; and who stands in."""

from __future__ import annotations

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


def person(connection: Connection, incident_id: int, playbook: Playbook, to: str) -> str:
    """The contact slug behind a ladder's ``to``: a role, ``role.suplente``, or a contact's own slug."""
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
