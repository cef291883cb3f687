"""What is measured, and the rows that it is counted from: numbers exact, unknown said as unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.mention import Sentiment


class Unit(StrEnum):
    """What a figure counts in; how many digits each has stands in ``docs/measures.md``."""

    COUNT = "count"
    SECONDS = "seconds"
    SHARE = "share"
    MONEY = "money"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole local days, ``first`` to ``last``, and the instants that they are: ``start <= at < end``."""

    first: date
    last: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionRow:
    """A mention as the measures see it: no words, no name.

    Attributes:
        voice: a number for each author of each source, 0 where the author is not known.
        labelled: a sentiment was found in it, or a person gave one; what no rule decided is not a label.
        own: one of our own accounts wrote it.
        type: of the playbook's process table, or empty.
        names: which of the brands it names, ours first; empty where no competitor is listed.
    """

    id: int
    at: datetime
    source: str
    channel: str
    voice: int
    sentiment: Sentiment
    labelled: bool
    by_person: bool
    complaint: bool
    idea: bool
    own: bool
    type: str = ""
    names: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRow:
    """A mention that was answered: when it asked, when its answer was begun, and when the first answer was out."""

    mention_id: int
    incident: str
    source: str
    channel: str
    voice: int
    asked_at: datetime
    begun_at: datetime | None
    replied_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """A promise; ``area`` is the role that must keep it, ``done_at`` when it was done, late ones included."""

    id: int
    incident: str
    kind: CommitmentKind
    area: str
    state: CommitmentState
    due_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """An incident: when it began, was known, spoke first to the public, and was over."""

    name: str
    started_at: datetime
    opened_at: datetime
    first_message_at: datetime | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDay:
    """A day of the telephone or of the mail, as the call centre's own system counts it. ``None`` is unknown.

    Attributes:
        line: ``phone`` or ``mail``.
        contacts: calls or letters.
        seconds: time spent in all of them together.
        cost: of all of them together, in ``currency`` (ISO 4217).
        asked: customers who answered the question about satisfaction; ``satisfied`` of them.
        rated: customers who gave a 0–10 recommendation; ``detractors`` of them (0–6).
    """

    day: date
    line: str
    contacts: int
    seconds: Decimal | None = None
    cost: Decimal | None = None
    currency: str = ""
    asked: int | None = None
    satisfied: int | None = None
    rated: int | None = None
    detractors: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Everything that a period's figures are counted from; of drills there is nothing in it.

    Attributes:
        brands: ours first, then the competitors that are listed; empty where there are none.
        drills: incidents of the period that were drills and are left out.
        later: mentions up to 30 days after the period, for conversion only.
    """

    period: Period
    mentions: tuple[MentionRow, ...] = ()
    later: tuple[MentionRow, ...] = ()
    replies: tuple[ReplyRow, ...] = ()
    promises: tuple[PromiseRow, ...] = ()
    incidents: tuple[IncidentRow, ...] = ()
    service: tuple[ServiceDay, ...] = ()
    brands: tuple[str, ...] = ()
    drills: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number.

    Attributes:
        key: which measure, ``response.p90``; its name is ``measure.<key>``.
        of: what it is the number of: a channel, an area, a line, a brand, a currency; empty for all.
        value: exact and rounded once, as ``docs/measures.md`` says; ``None`` is unknown.
        n: how many rows it was counted from.
        rows: the table of those rows: ``mentions``, ``replies``, ``promises``, ``incidents``, ``service``.
    """

    key: str
    unit: Unit
    value: Decimal | None
    n: int
    rows: str
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """A line of the return on investment: what it is worth in the period, and from what.

    Attributes:
        key: its sentence is ``roi.line.<key>``.
        chapter: ``protect``, ``save`` or ``improve``.
        value: to the cent, in the currency of the assumptions; a cost is negative; ``None`` while a term is unknown.
        terms: name → number that went in, ``None`` where nobody knows it: a count of the period, or an assumption.
    """

    key: str
    chapter: str
    value: Decimal | None
    terms: Mapping[str, Decimal | None] = field(default_factory=dict)


CHAPTERS: Final = ("protect", "save", "improve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """The return on investment of a period: its lines, and how many ideas were heard in it."""

    lines: tuple[Worth, ...]
    ideas: int

    def total(self, chapter: str = "") -> Decimal | None:
        """The sum of a chapter or of all; unknown while one of its lines is."""
        values = [one.value for one in self.lines if chapter in ("", one.chapter)]
        known = [value for value in values if value is not None]
        return sum(known, Decimal(0)) if len(known) == len(values) else None

    def missing(self) -> tuple[str, ...]:
        """The terms that nobody has said, each once."""
        return tuple(dict.fromkeys(name for one in self.lines for name, value in one.terms.items() if value is None))
