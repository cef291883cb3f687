"""People out of a file, before anybody has said that they may come in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crisisdesk.model.contact import Contact

_NOBODY = Contact(slug="", name="")


class Fate(StrEnum):
    """What would happen to a person of a file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonProblem:
    """What is wrong with a person of a file: the key of its sentence (``contacts_file.problem.*``) and its fields."""

    key: str
    fields: tuple[tuple[str, str], ...] = ()
    blocks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person of a file.

    Attributes:
        line: 1-based line of the file where the row or card begins.
        read: as the file gives it, as far as it could be read; another key may be given to it.
        contact: as it would be saved.
        fate: what would happen.
        problems: what a person should look at.
        given: names of the contact's fields that the file gives.
    """

    line: int
    read: Contact
    contact: Contact = _NOBODY
    fate: Fate = Fate.NEW
    problems: tuple[PersonProblem, ...] = ()
    given: frozenset[str] = frozenset()

    @property
    def blocked(self) -> bool:
        """Whether it cannot come in as it is."""
        return any(problem.blocks for problem in self.problems)
