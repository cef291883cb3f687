"""Who has which mention: a person gives it to somebody, so that two do not begin on the same one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from crisisdesk.desk import roles
from crisisdesk.desk.core import Core
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import MentionsAssigned
from crisisdesk.model.inbox import MINE, Candidate
from crisisdesk.model.playbook import Bilingual
from crisisdesk.plain import one_line
from crisisdesk.store import assignees, inbox, mentions, rows
from crisisdesk.store.database import Connection, Transaction

MANY: Final = 5_000
"""So many mentions are given at once at the most."""
_NAME: Final = 80


class Assignees:
    """Keeps who has what, by name: the desk's people are known to one another by theirs."""

    def __init__(self, core: Core, playbooks: Playbooks) -> None:
        self._core = core
        self._playbooks = playbooks

    def assign(self, mention_ids: Sequence[int], name: str) -> int:
        """Give mentions to somebody; how many they did not have already.

        Raises:
            InputError: nobody is named, or too many mentions.
            NotFoundError: there is no such mention; then none is given.
        """
        name = one_line(" ".join(name.split()), _NAME)
        if not name or name == MINE:
            raise InputError("assignee.nobody")
        with self._core.write() as tx:
            had = self._had(tx.connection, mention_ids)
            new = [one for one, holder in had.items() if holder != name]
            if new:
                assignees.put(tx.connection, new, name, self._core.actor, self._core.clock.now())
                before = {had[one] for one in new}
                self._told(tx, "assigned", new, to=name, before=", ".join(sorted(before - {""})) or None)
            return len(new)

    def unassign(self, mention_ids: Sequence[int]) -> int:
        """Nobody has these any more; how many somebody had.

        Raises:
            InputError: too many mentions.
            NotFoundError: there is no such mention.
        """
        with self._core.write() as tx:
            had = {one: holder for one, holder in self._had(tx.connection, mention_ids).items() if holder}
            if had:
                assignees.drop(tx.connection, tuple(had))
                self._told(tx, "unassigned", tuple(had), before=", ".join(sorted(set(had.values()))))
            return len(had)

    def candidates(self) -> tuple[Candidate, ...]:
        """To whom a mention can be given: oneself, who holds a role, the contacts, and whoever has one now."""
        me = self._core.actor
        with self._core.read() as connection:
            waiting = assignees.waiting(connection)
            held = self._roles(connection)
            known = sorted((c.name for c in rows.contacts.where(connection)), key=str.casefold)
        order = dict.fromkeys((me, *held, *known, *sorted(waiting, key=str.casefold)))
        return tuple(
            Candidate(name=one, role=held.get(one, Bilingual()), waiting=waiting.get(one, 0), mine=one == me)
            for one in order
            if one
        )

    def names(self) -> tuple[str, ...]:
        """Who has a mention now, by name."""
        with self._core.read() as connection:
            return tuple(sorted(assignees.names(connection), key=str.casefold))

    def of(self, mention_ids: Sequence[int]) -> dict[int, str]:
        """Mention → who has it, of those that somebody has."""
        with self._core.read() as connection:
            return inbox.holders(connection, mention_ids)

    def mark(self) -> tuple[int, datetime | None]:
        """Another one as soon as anybody, at any desk on this data file, has given a mention or taken one back."""
        with self._core.read() as connection:
            return assignees.mark(connection)

    def _roles(self, connection: Connection) -> dict[str, Bilingual]:
        """Name → their roles, of whoever holds one in the open incident, or in the playbook in use."""
        incident_id = self._core.open_incident(connection)
        playbook = self._playbooks.of(incident_id) if incident_id is not None else self._playbooks.current
        now = self._core.clock.now()
        found: dict[str, list[Bilingual]] = {}
        for role in playbook.roles:
            slug = roles.person(connection, incident_id or 0, playbook, role.id, now)
            contact = rows.contacts.first(connection, slug=slug) if slug else None
            if contact is not None:
                found.setdefault(contact.name, []).append(role.name)
        return {
            name: Bilingual(", ".join(r.es for r in held), ", ".join(r.en or r.es for r in held))
            for name, held in found.items()
        }

    def _had(self, connection: Connection, mention_ids: Sequence[int]) -> dict[int, str]:
        if len(mention_ids) > MANY:
            raise InputError("assignee.many", most=MANY)
        wanted = tuple(dict.fromkeys(mention_ids))
        mentions.must_exist(connection, wanted)
        return dict.fromkeys(wanted, "") | inbox.holders(connection, wanted)

    def _told(self, tx: Transaction, done: str, which: Sequence[int], **data: object) -> None:
        """One row of the timeline for one act, however many mentions it was about."""
        tx.emit(MentionsAssigned(tuple(which)))
        one = len(which) == 1
        said = {"mention": str(which[0]) if one else None, "n": len(which), "of": None if one else "many", **data}
        self._core.log_if_open(tx, f"mention.{done}", data=said)
