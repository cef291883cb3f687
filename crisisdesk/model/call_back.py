"""A person who is called back: the number that they gave, that they agreed, and until when it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

KEPT: Final = timedelta(days=30)
"""A number is kept so long unless a person says less; then its hash is all that is left."""
LONGEST: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """One number of one person.

    Attributes:
        name: whom the mention is by.
        phone: the number in E.164-like digits, or empty once it was deleted. Shown only to whoever calls.
        masked: what may be shown: its last two digits.
        salt: of ``digest``, random for each row.
        digest: scrypt of the number, by which a number that somebody names can still be compared.
        consent: the person's own words, or where they are.
        commitment_id: the promise to call, in the ledger.
    """

    id: int
    mention_id: int
    incident_id: int
    name: str
    phone: str
    masked: str
    salt: str
    digest: str
    consent: str
    kept_by: str
    kept_at: datetime
    keep_until: datetime
    commitment_id: int | None = None
    deleted_at: datetime | None = None
    deleted_by: str = ""


class Likeness(StrEnum):
    """How a handle stands to ours."""

    OURS = "ours"
    SAME_LOOK = "same_look"
    NEAR = "near"
    DRESSED = "dressed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Impostor:
    """What was found of a handle: how it stands to ``ours``, the one of our names that it resembles most."""

    handle: str
    likeness: Likeness
    ours: str = ""

    @property
    def suspect(self) -> bool:
        """Whether people may take it for us."""
        return self.likeness in (Likeness.SAME_LOOK, Likeness.NEAR, Likeness.DRESSED)
