"""A fact of the truth sheet: know, don't know, doing, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisisdesk.model.playbook import Bilingual


class FactSection(StrEnum):
    """The truth sheet's three sections."""

    KNOW = "know"
    DONT_KNOW = "dont_know"
    DOING = "doing"


class ProofKind(StrEnum):
    """What a fact can be traced to."""

    MENTION = "mention"
    NOTE = "note"
    PERSON = "person"
    FILE = "file"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a fact stands on.

    Attributes:
        ref: id of the mention or of the timeline's entry, the contact's slug, the file's name or the address.
        label: a few words of it, as they were when it was attached.
        digest: SHA-256 of a file's bytes, so that nobody can exchange it unseen.
    """

    kind: ProofKind
    ref: str
    label: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact in both languages. A newer fact with the same key stands in its place; the old one stays.

    Attributes:
        key: the template field that it feeds (``servicio``, ``alcance``…), or a free name.
        said_by: who says so.
        said_at: when it was said, UTC.
        evidence: how it is known, in words.
        proofs: the mention, note, person, file or address that it stands on.
    """

    id: int
    incident_id: int
    section: FactSection
    key: str
    value: Bilingual
    said_by: str
    said_at: datetime
    recorded_at: datetime
    evidence: str = ""
    replaced_by: int | None = None
    proofs: tuple[Proof, ...] = ()

    @property
    def proven(self) -> bool:
        """Whether it stands on more than somebody's word."""
        return any(proof.kind is not ProofKind.PERSON for proof in self.proofs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A published text that used a fact which does not stand any more.

    Attributes:
        draft_id: the text that is out.
        field: the field that the fact stood in.
        said: what was published.
        stands: what we know now; the newest fact with that key.
    """

    draft_id: int
    template_id: str
    field: str
    said: Fact
    stands: Fact
    published_at: datetime
    channel: str = ""
    url: str = ""
