"""A mention: something somebody said about the brand, somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from crisisdesk.model.received import Received
from crisisdesk.model.source import Budget, Tombstone

VOICE_BLOCK: Final = timedelta(minutes=10)
"""Within each ten minutes of the clock one person is one voice, however often, and so is one text."""


class Sentiment(StrEnum):
    """Three classes, a suggestion; a person's correction wins."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One mention as a source gave it, normalised.

    Attributes:
        source: the kind of source (``import``, ``feed``, ``manual``, ``scenario``).
        account: which of that kind: a feed's address, a file's stem, a person.
        native_id: the source's own id. ``(source, account, native_id)`` never counts twice.
        published_at: when it was said, UTC; a claim of the source.
        fetched_at: when we got it, UTC.
        text: as received, at most 100,000 characters; hostile until shown through ``plain.clamp``.
        author: as received.
        channel: where people saw it, in the source's words (``x``, ``mastodon``, ``prensa``…); may be empty.
        lang: BCP-47 primary tag (``es``, ``en``) or empty.
        url: http(s) address or empty.
        is_repost: a repost of somebody else's words.
        date_doubtful: the source's date was missing or not credible, so ``published_at`` is ``fetched_at``.
        version: the source's mark of this state of the words; the same id with another version is an edit.
        author_id: the source's own, lasting id of the author, or empty.
        parent_id: native id of what it answers, or empty.
        private: only the brand can read it (a mail, a direct message); never in a public report.
        reference: what the source's own reply needs, as its connector wrote it; opaque.
    """

    source: str
    account: str
    native_id: str
    published_at: datetime
    fetched_at: datetime
    text: str
    author: str = ""
    channel: str = ""
    lang: str = ""
    url: str = ""
    is_repost: bool = False
    likes: int | None = None
    reposts: int | None = None
    followers: int | None = None
    date_doubtful: bool = False
    version: str = ""
    author_id: str = ""
    parent_id: str = ""
    private: bool = False
    reference: str = ""


class Judge(StrEnum):
    """Who gave a verdict: the quick tier as a mention arrives, the full tier when there is time, or a person."""

    SMALL = "small"
    FULL = "full"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the desk thinks a mention is, with the words that decided. A suggestion, unless a person gave it.

    Attributes:
        type: a type of the playbook's process table, or ``""`` when none fits.
        sentiment: one of three classes.
        complaint: whether it complains about the service.
        safety: whether it speaks of people in danger.
        words: the words that decided, in the order found.
        signs: what else it shows besides its type: ``press``, ``regulator``, ``promise``, ``helper``, ``idea``.
        language: ``es``, ``en``, ``pt`` or empty, as the words tell; :attr:`Mention.lang` is what the source claims.
        judge: who gave it; what a person gave, nobody else changes.
    """

    type: str = ""
    sentiment: Sentiment = Sentiment.NEUTRAL
    complaint: bool = False
    safety: bool = False
    words: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    language: str = ""
    judge: Judge = Judge.SMALL


@dataclass(frozen=True, slots=True)
class StoredMention:
    """A mention in the data file with its verdict."""

    id: int
    mention: Mention
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """A row of an import that was rejected: its 1-based number, the sentence's key and fields."""

    row: int
    key: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of one source, as a connector hands it to ``desk/ingest``.

    Attributes:
        source: see :class:`Mention`.
        account: see :class:`Mention`.
        mentions: in any order.
        rejected: rows that could not become a mention.
        cursor: what to give the connector next time; stored in the same transaction as the mentions.
        checked: the source answered up to this instant, so that silence until then is calm and not a gap.
        tombstones: mentions that are gone at the source.
        gaps: stretches that the source cannot tell any more; unknown, not calm.
        more: there is another page at once.
        budget: what is left of the source's allowance, where it says.
        received: the answers that it was read from, noted by the desk while the connector asked.
    """

    source: str
    account: str
    mentions: tuple[Mention, ...] = ()
    rejected: tuple[RowProblem, ...] = ()
    cursor: str = ""
    checked: datetime | None = None
    tombstones: tuple[Tombstone, ...] = ()
    gaps: tuple[Gap, ...] = ()
    more: bool = False
    budget: Budget | None = None
    received: tuple[Received, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What became of a page: every row is in exactly one of added, duplicates and rejected.

    ``edited`` counts those of the duplicates that brought new words, ``buried`` mentions that are gone at the source.
    """

    added: int = 0
    duplicates: int = 0
    rejected: tuple[RowProblem, ...] = ()
    alerts: tuple[int, ...] = ()
    edited: int = 0
    buried: int = 0

    @property
    def rows(self) -> int:
        """Rows accounted for."""
        return self.added + self.duplicates + len(self.rejected)


class Said(NamedTuple):
    """The little of a mention that counting needs; ``key`` orders what was said at the same instant."""

    at: datetime
    key: tuple[str, str, str]
    author: str
    text: str
    is_repost: bool
    complaint: bool


class SourceState(StrEnum):
    """How well we hear a source: state is never colour alone."""

    GOOD = "good"
    LATE = "late"
    FAILING = "failing"
    BLIND = "blind"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """Health of one source for the bottom bar: ``blind`` sources are listed too («X: no lo vemos»).

    ``live``: it is telling by itself right now, besides being asked; ``cut``: its stream broke.
    """

    source: str
    account: str
    label: str
    state: SourceState
    last_ok: datetime | None = None
    lag_seconds: float | None = None
    error_key: str = ""
    error_fields: tuple[tuple[str, str], ...] = ()
    budget: Budget | None = None
    live: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class MinuteCount:
    """One bucket of the rollup: counts of one minute over all sources."""

    minute: datetime
    total: int
    reposts: int
    complaints: int
    negative: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that we did not hear: unknown, not calm. ``end`` is ``None`` while it lasts.

    ``reason`` is the key of a sentence (``sources.gap.*``), or empty where the source simply did not answer.
    """

    source: str
    start: datetime
    end: datetime | None
    reason: str = ""
