"""Contacts out of a file: looked at first, with what each row would change; taken in only when a person says so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crisisdesk.connectors import contactfile
from crisisdesk.desk.contacts import Contacts, check_contact
from crisisdesk.desk.core import Core
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import InputError
from crisisdesk.model.person import Fate, Person, PersonProblem


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did."""

    added: int
    changed: int
    left: int


class ContactImport:
    """Reads files of contacts and takes in those that were chosen."""

    def __init__(self, core: Core, contacts: Contacts) -> None:
        self._core = core
        self._contacts = contacts

    def look_at(self, path: Path) -> tuple[Person, ...]:
        """The people of a file and what would happen to each; changes nothing. ``ImportFileError`` in one sentence."""
        return self.weigh(contactfile.read(path, self._core.zone))

    def weigh(self, people: Sequence[Person]) -> tuple[Person, ...]:
        """What would happen to each now; those without a key of their own get the one of the contact that they are,
        or one made of their name."""
        known = self._contacts.list()
        slugs = {contact.slug for contact in known}
        seen: dict[str, int] = {}
        weighed = []
        for person in people:
            contact = person.read
            if not contact.slug and contact.name:
                slug = _same_person(contact, known, seen) or _free(_slug_of(contact.name), slugs | seen.keys())
                contact = replace(contact, slug=slug)
            before = next((one for one in known if one.slug == contact.slug), None)
            weighed.append(_weighed(replace(person, contact=contact), before, seen))
            seen.setdefault(contact.slug, person.line)
        return tuple(weighed)

    def take(self, people: Sequence[Person]) -> Taken:
        """Save the new and the changed ones, all of them or none; refused ones are left out."""
        weighed = self.weigh(people)
        wanted = [person for person in weighed if person.fate in (Fate.NEW, Fate.CHANGED)]
        with self._core.write():
            for person in wanted:
                self._contacts.save(person.contact)
        added = sum(person.fate is Fate.NEW for person in wanted)
        return Taken(added=added, changed=len(wanted) - added, left=len(people) - len(wanted))


def _weighed(person: Person, before: Contact | None, seen: dict[str, int]) -> Person:
    problems = [p for p in person.problems if not p.key.startswith("desk.") and p.key not in ("no_way", "twice")]
    contact = person.contact
    if before is not None:
        contact = _merged(contact, before, person.given)
    if contact.slug in seen:
        problems.append(PersonProblem(key="twice", fields=(("line", str(seen[contact.slug])),), blocks=True))
    elif contact.slug and contact.name and not contact.reachable:
        problems.append(PersonProblem(key="no_way"))
    if not any(problem.blocks for problem in problems):
        try:
            check_contact(contact)
        except InputError as error:
            told = tuple((name, str(value)) for name, value in error.fields.items())
            problems.append(PersonProblem(key=f"desk.{error.key}", fields=told, blocks=True))
    blocked = any(problem.blocks for problem in problems)
    fate = Fate.REFUSED if blocked else Fate.NEW if before is None else Fate.SAME if contact == before else Fate.CHANGED
    return replace(person, contact=contact, problems=tuple(problems), fate=fate)


def _merged(contact: Contact, before: Contact, given: frozenset[str]) -> Contact:
    """What the file gives over what is known: an empty cell erases nothing, another number is not verified."""
    new = {name: getattr(contact, name) for name in given if name != "slug"}
    same_phone = new.get("phone", before.phone) == before.phone
    example = before.example and not ({"phone", "email"} & new.keys())
    return replace(before, **new, verified_at=before.verified_at if same_phone else None, example=example)


def _same_person(contact: Contact, known: Sequence[Contact], seen: dict[str, int]) -> str:
    """The key of the one contact with this phone or mail."""
    digits = _digits(contact.phone)
    mail = contact.email.casefold()
    found = [
        one.slug
        for one in known
        if one.slug not in seen
        and ((digits and digits == _digits(one.phone)) or (mail and mail == one.email.casefold()))
    ]
    return found[0] if len(found) == 1 else ""


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-10:] if len(re.sub(r"\D", "", phone)) >= 7 else ""


def _slug_of(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[a-z0-9]+", "".join(c for c in letters if not unicodedata.combining(c)))
    return ".".join(words[:3])[:60] or "contacto"


def _free(slug: str, taken: set[str]) -> str:
    return next(name for n in range(1, len(taken) + 2) if (name := slug if n == 1 else f"{slug}.{n}") not in taken)
