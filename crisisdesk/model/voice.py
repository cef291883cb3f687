"""What the desk listens for besides its sources' own settings, and what is counted from what it heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from crisisdesk.model.mention import Sentiment, StoredMention
from crisisdesk.model.source import Query


@dataclass(frozen=True, slots=True)
class Rival:
    """A competitor by name, and the words that stand for it."""

    name: str
    query: Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What we listen for.

    Attributes:
        query: the brand's words.
        rivals: competitors, for the share of voice only; no source is asked for them.
        own: our own accounts, without ``@``; what they say is not the public's voice.
    """

    query: Query = field(default_factory=Query)
    rivals: tuple[Rival, ...] = ()
    own: tuple[str, ...] = ()


class Heard(NamedTuple):
    """The little of a stored mention that these counts need."""

    at: datetime
    source: str
    author: str
    author_id: str
    text: str
    lang: str
    url: str
    sentiment: Sentiment


class Sorted(NamedTuple):
    """A mention as it counts: whose voice (0 = unknown), whether ours, and which of (brand, rival 1, …) it names."""

    at: datetime
    source: str
    voice: int
    own: bool
    sentiment: Sentiment
    names: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """One brand's part of the talk.

    Attributes:
        mentions: those that name it, own accounts left out; one that names two counts for both.
        favourable: positive and neutral ones among them.
        total: mentions of all the named brands, added up: what both shares are parts of.
    """

    name: str
    mentions: int
    favourable: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Four:
    """Socialmention's four, as the counts that they are fractions of; own accounts are left out.

    Attributes:
        last_day: mentions of the brand in the last 24 hours, and ``all_last_day`` everything heard then: strength.
        positive: positive mentions of the brand, and ``negative`` ones: sentiment, as a ratio.
        repeated: authors of two or more mentions of the brand, and ``authors`` all of them: passion.
        signed: mentions of the brand whose author is known; ``authors`` of them: reach.
    """

    last_day: int
    all_last_day: int
    positive: int
    negative: int
    repeated: int
    authors: int
    signed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What a query would have found in stored history.

    Attributes:
        looked: mentions looked at, the newest ones; ``cut`` when there were more.
        found: those that it finds.
        words: (word as written, mentions that have it), most first; words that found nothing are there with 0.
        channels: (channel, mentions found), most first.
        examples: the newest that it finds.
        missed: the newest that it does not find.
    """

    looked: int
    found: int
    cut: bool
    words: tuple[tuple[str, int], ...]
    channels: tuple[tuple[str, int], ...]
    examples: tuple[StoredMention, ...]
    missed: tuple[StoredMention, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Shares and the four of a stretch of days; ``cut`` when only the newest mentions of it were counted."""

    since: datetime
    until: datetime
    shares: tuple[Share, ...]
    four: Four
    own: int
    counted: int
    cut: bool
