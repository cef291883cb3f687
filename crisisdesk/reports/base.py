"""What every report is made of: sections of plain blocks, which each format then sets in its own way.

A block holds words and numbers only, never markup. Texts of people and of mentions are clamped here, escaped by the
format that writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crisisdesk import plain
from crisisdesk.model.errors import InputError

TEXT_LIMIT = 4_000
SHORT_LIMIT = 500
LONG_TABLE = 400


class Cut(StrEnum):
    """Who will read it: the team, or everybody."""

    INTERNAL = "internal"
    PUBLIC = "public"


class Kind(StrEnum):
    """Which document of an incident: what came of it, where it stands now, or all that was done, in order."""

    REVIEW = "review"
    SITUATION = "situation"
    TIMELINE = "timeline"


FORMATS: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.REVIEW: ("html", "pdf", "md", "csv", "json", "zip"),
    Kind.SITUATION: ("html", "pdf", "md", "json"),
    Kind.TIMELINE: ("html", "pdf", "md", "csv", "json"),
}
"""What each kind comes as: ``pdf`` is set by ``ui/paper.py``, ``zip`` is the evidence pack, made by the desk."""


def kind_named(name: str) -> Kind:
    """The kind of report called ``name``; ``InputError`` (``report.kind``) for any other word."""
    try:
        return Kind(name)
    except ValueError:
        raise InputError("report.kind", kind=plain.one_line(name, 40), known=", ".join(Kind)) from None


def cut_named(name: str) -> Cut:
    """The cut called ``name``; ``InputError`` (``report.cut``) for any other word."""
    try:
        return Cut(name)
    except ValueError:
        raise InputError("report.cut", cut=plain.one_line(name, 40), known=", ".join(Cut)) from None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes:
        tone: ``good``, ``danger``, ``promise``, ``muted``, ``strong`` or empty; the words carry the state as well.
        link: http(s) address, already checked, or empty.
    """

    text: str
    tone: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``widths`` are percentages that add up to 100, ``right`` the columns set to the right."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]
    right: frozenset[int] = frozenset()
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences, one paragraph each; as a list when ``bulleted``."""

    sentences: tuple[str, ...]
    bulleted: bool = False
    kind: str = "words"


@dataclass(frozen=True, slots=True)
class Message:
    """A text as published: when, where, and the words in both languages."""

    time: str
    title: str
    where: str
    link: str
    es: str
    en: str
    approvals: str
    kind: str = "message"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of somebody outside."""

    text: str
    source: str
    kind: str = "quote"


@dataclass(frozen=True, slots=True)
class Picture:
    """The chart, with what it shows in words; the format puts the image there."""

    caption: str
    kind: str = "picture"


Block = Table | Words | Message | Quote | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report; ``key`` is its anchor, ``new_page`` begins it on a page of its own.

    What is there to be looked up rather than read is an ``annex``: annexes stand last, and the contents say so.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]
    note: str = ""
    new_page: bool = False
    annex: bool = False

    @property
    def long(self) -> bool:
        """Whether a table of it goes on for pages and pages: paper sets it by itself, so that it is set once."""
        return any(isinstance(block, Table) and len(block.rows) > LONG_TABLE for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report before it is set.

    Attributes:
        lang: language of everything but the published texts.
        banner: what stands across the top, such as the drill's warning; empty otherwise.
        title: the incident's.
        kicker: the small line over the title.
        facts: name and value of what stands in the head.
        lead: the summary's sentences.
        head: the sentence with the head of the timeline's chain, below the footer; empty where there is none.
        contents: whether it lists its parts and begins them on a page of their own; a short one does neither.
    """

    lang: str
    cut: Cut
    banner: str
    kicker: str
    title: str
    facts: tuple[tuple[str, str], ...]
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: str
    head: str = ""
    contents: bool = True

    @property
    def first_annex(self) -> str:
        """The key of the section with which the annexes begin; empty where there is none."""
        return next((section.key for section in self.sections if section.annex), "")

    @property
    def foot(self) -> str:
        """What stands at the foot of each page, line by line."""
        return "\n".join(line for line in (self.footer, self.head) if line)


def shown(text: str, limit: int = SHORT_LIMIT) -> str:
    """A text of a person or a mention as a report shows it: clamped, its spaces trimmed."""
    return plain.clamp(text.strip(), limit)


def link(url: str) -> str:
    """The address when it is safe to open, else empty."""
    return plain.safe_link(url)
