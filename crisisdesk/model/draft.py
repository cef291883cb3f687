"""A draft: a filled form of a template, in Spanish and English, until it is published by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from crisisdesk.model.approval import Approval
from crisisdesk.model.finding import Severity
from crisisdesk.model.playbook import Bilingual, FieldKind, Template


class DraftState(StrEnum):
    """Nothing leaves ``COPIED`` for ``PUBLISHED`` but a person who says so."""

    WRITING = "writing"
    COPIED = "copied"
    PUBLISHED = "published"
    DISCARDED = "discarded"


DRAFT_STEPS: dict[DraftState, frozenset[DraftState]] = {
    DraftState.WRITING: frozenset({DraftState.COPIED, DraftState.PUBLISHED, DraftState.DISCARDED}),
    DraftState.COPIED: frozenset({DraftState.WRITING, DraftState.PUBLISHED, DraftState.DISCARDED}),
    DraftState.PUBLISHED: frozenset(),
    DraftState.DISCARDED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """What a person put into a field.

    Attributes:
        text: for texts, in both languages (a fact's pair, or typed).
        instant: for times and promises, UTC; shown in the incident's zone.
        giver: for a promise, slug or role of who gave the time.
        fact_id: the fact it came from, or ``None``.
        known: for a promise above the playbook's limit, what is known that the history does not know.
        known_by: who says so.
    """

    text: Bilingual = Bilingual()
    instant: datetime | None = None
    giver: str = ""
    fact_id: int | None = None
    known: str = ""
    known_by: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was put in at all."""
        return self.instant is None and not self.text.es.strip() and not self.text.en.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A reason why a draft may not be published (``error``) or deserves a look (``warning``).

    Attributes:
        key: sentence key under ``problem.`` in ``drafts.toml``.
        field: the field concerned, or empty.
        lang: ``es``, ``en`` or empty for both.
        span: start and end in that language's text, or ``None``.
    """

    severity: Severity
    key: str
    field: str = ""
    lang: str = ""
    span: tuple[int, int] | None = None
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as stored.

    Attributes:
        values: field name → value.
        body: the texts as rendered now (or as published), with ``{field}`` left where a value is missing.
        answers: commitment that this text apologises for or moves, or ``None``.
        approvals: role → who agreed and when; of the text as it is now.
        authors: everybody who has written in it, first to last.
        mention_id: the mention that it replies to, or ``None``.
        corrected: facts whose change somebody has judged to need no correction of this text.
        channel: where it was published.
        url: the proof.
    """

    id: int
    incident_id: int
    template_id: str
    state: DraftState
    values: dict[str, FieldValue]
    body: Bilingual
    created_at: datetime
    updated_at: datetime
    created_by: str
    approvals: dict[str, tuple[str, datetime]]
    answers: int | None = None
    channel: str = ""
    url: str = ""
    published_at: datetime | None = None
    authors: tuple[str, ...] = ()
    corrected: tuple[int, ...] = ()
    mention_id: int | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of both texts: what an approval is about."""
        return digest_of(self.body.es, self.body.en)


def digest_of(*texts: str) -> str:
    """SHA-256 of texts, each with its length before it, in hexadecimal."""
    whole = sha256()
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The proof that a text is out: which words, where, since when, who says so.

    Attributes:
        digest: SHA-256 of the text's UTF-8, so that anybody can hold the page against it.
        how: ``copied`` when a person pasted it, else the kind of the source that sent it.
        native_id: the platform's own id, where it told one.
    """

    id: int
    draft_id: int
    incident_id: int
    channel: str
    lang: str
    text: str
    digest: str
    url: str
    published_at: datetime
    recorded_at: datetime
    by: str
    how: str = "copied"
    native_id: str = ""

    def told(self) -> dict[str, object]:
        """As the timeline tells it."""
        return {
            "channel": self.channel or None,
            "url": self.url or None,
            "lang": self.lang,
            "digest": self.digest,
            "how": self.how,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """A draft with all that its page shows.

    Attributes:
        approvals: every question and answer about it, oldest first.
        publications: where it is out.
        approvers: roles that must agree with it.
    """

    draft: Draft
    template: Template
    problems: tuple[Problem, ...]
    suggestions: dict[str, FieldValue]
    approvals: tuple[Approval, ...] = ()
    publications: tuple[Publication, ...] = ()
    approvers: tuple[str, ...] = ()

    @property
    def publishable(self) -> bool:
        """Whether nothing blocks."""
        return not any(p.severity is Severity.ERROR for p in self.problems)

    def kind(self, name: str) -> FieldKind:
        """The kind of the field called ``name``."""
        return next((f.kind for f in self.template.fields if f.name == name), FieldKind.TEXT)
