"""The evidence pack: what goes into it, and what a check of one found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crisisdesk.model.chain import Answer, Link, Value, Verdict
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.received import KeptAnswer
from crisisdesk.model.review import ReviewData


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """A file of the incident: the row that attached it, the entry that it belongs to, and its bytes.

    ``content`` is ``None`` where it does not go along: too much for one pack, or no longer as it was attached.
    """

    row: int
    entry: int
    name: str
    size: int
    sha256: str
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackData:
    """Everything of one incident that can be checked, read in one snapshot.

    Attributes:
        rows: the incident's rows of the timeline as the file holds them, in the order of ``chain.FIELDS``.
        links: the whole chain, the rows of other incidents too: without them no link could be followed.
        mentions: of the incident's time, ascending; ``versions`` holds the words that they had before, by their id.
        verdict: what the check of the whole timeline found just now.
        phones: of all contacts, as written; none may leave the house.
        files: attached to its entries, those that were deleted by law not among them.
        answers: of the networks, that its mentions were read from, oldest first; ``body`` where it may go along.
    """

    review: ReviewData
    rows: tuple[tuple[Value, ...], ...]
    links: tuple[Link, ...]
    mentions: tuple[StoredMention, ...]
    versions: dict[int, tuple[tuple[str, datetime], ...]]
    verdict: Verdict
    phones: tuple[str, ...]
    files: tuple[PackedFile, ...] = ()
    answers: tuple[KeptAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackVerdict:
    """Both answers about a pack.

    Attributes:
        digest: SHA-256 of its list of members; what is written down elsewhere to know the pack again.
        members: files in it; ``rows`` of the timeline that were checked against the chain.
        head: the newest link of the chain in it, ``ROW:DIGEST``, or empty.
    """

    integrity: Answer
    completeness: Answer
    digest: str
    members: int
    rows: int
    head: str
