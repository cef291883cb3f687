"""What a source is asked for, what else than mentions it tells, and what an answer to one of its authors looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What we listen for, in no source's own syntax; each connector says it in its own words.

    Attributes:
        terms: single words, any of them.
        phrases: several words in this order, any of them.
        handles: accounts without ``@``; a mention of any.
        hashtags: without ``#``, any of them.
        exclude: words or phrases that rule a text out.
        langs: BCP-47 primary tags; empty means all.
        native: the source's own syntax, written by a person; it then stands instead of all the others.
    """

    terms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    native: str = ""

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return bool(self.terms or self.phrases or self.handles or self.hashtags or self.native)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A mention was deleted, or made private, at its source: its words go, its count stays."""

    source: str
    account: str
    native_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of a source's allowance; ``None`` where the source does not say."""

    remaining: int | None = None
    limit: int | None = None
    reset_at: datetime | None = None


class LengthUnit(StrEnum):
    """How a platform counts the length of a text (``pipeline/lengths.py``)."""

    WEIGHTED_X = "x"
    GRAPHEMES = "graphemes"
    MASTODON = "mastodon"
    CODEPOINTS = "codepoints"
    UTF16 = "utf16"
    UTF8 = "utf8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a platform allows, as published; what a server says itself goes before it.

    Attributes:
        reply_max: longest reply in ``reply_unit``; ``None`` where none is known.
        reply_bytes: longest reply in UTF-8 bytes besides, or ``None``.
        pace: seconds between two questions at the least.
        lookback: seconds that the source remembers; older is a gap. ``None`` = as far as it goes.
        depth: how many newest items it gives at all, or ``None``.
        cost: US dollars per unit, as text (``{"read": "0.005"}``); shown before anything is spent.
    """

    reply_max: int | None = None
    reply_unit: LengthUnit = LengthUnit.CODEPOINTS
    reply_bytes: int | None = None
    pace: float = 60.0
    lookback: float | None = None
    depth: int | None = None
    cost: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPlan:
    """A reply, or a post of our own, as it would go out, shown to a person before; publishing sends exactly this.

    Attributes:
        target: native id of the mention that is answered; ``""`` for a post of our own.
        text: as people will read it.
        length: in the platform's unit (``Limits.reply_unit``); counted by the desk, a connector leaves it at 0.
        length_max: in the same unit, or ``None``.
        unit: what ``length`` counts; filled in by the desk.
        bytes: length in UTF-8; ``bytes_max`` what the platform allows besides, or ``None``.
        cost: US dollars as text, or ``""`` where it costs nothing.
        warnings: keys of sentences (``sources.warning.*``).
        payload: what is sent, as JSON or as a whole message.
        key: the idempotency key; stored before sending.
    """

    target: str
    text: str
    length: int = 0
    length_max: int | None = None
    unit: LengthUnit = LengthUnit.CODEPOINTS
    bytes: int = 0
    bytes_max: int | None = None
    cost: str = ""
    warnings: tuple[str, ...] = ()
    payload: Mapping[str, object] = field(default_factory=dict)
    key: str = ""

    @property
    def fits(self) -> bool:
        """Whether the platform takes it whole."""
        pairs = ((self.length, self.length_max), (self.bytes, self.bytes_max))
        return all(limit is None or used <= limit for used, limit in pairs)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is out: the platform's own id, where it can be seen, and since when."""

    native_id: str
    url: str
    at: datetime


class PrivateWay(StrEnum):
    """How a talk goes on in private."""

    API = "api"
    LINK = "link"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class PrivateOption:
    """One way to go on in private; ``until`` when the platform closes it."""

    way: PrivateWay
    url: str = ""
    until: datetime | None = None
