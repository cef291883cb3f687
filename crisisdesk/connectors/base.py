"""What every source has in common: the door that connectors come through, and how outside text is stored.

A connector is one file in this folder, or one entry point of the group ``crisisdesk.connectors`` of another package: a
class that follows :class:`Listener`, named by its module's ``CONNECTOR``. See docs/connectors.md.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from crisisdesk.model.mention import Page

if TYPE_CHECKING:
    from crisisdesk.web import Web

GROUP: Final = "crisisdesk.connectors"
TEXT_LIMIT: Final = 100_000
"""Code points of a mention's text that are stored."""
AUTHOR_LIMIT: Final = 1_000
PAGE_LIMIT: Final = 2_000
"""Mentions that one page may hold."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_EARLIEST_YEAR: Final = 2000
_CLOCK_SKEW: Final = timedelta(minutes=10)


class Listener(Protocol):
    """A source that is asked, at a pace that the desk keeps."""

    kind: ClassVar[str]
    """Mention.source of everything that it finds; one lower-case word."""
    Settings: ClassVar[type[Any]]
    """A frozen dataclass: what a person fills in; field metadata ``secret`` = goes to the keyring."""

    @property
    def account(self) -> str:
        """Mention.account of everything that it finds: which of its kind it is."""

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """What is new since ``cursor`` (``""`` at first); raises a ``WebError`` and then has changed nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The settings of a source that is one address."""

    address: str = field(metadata={"required": True})
    label: str = ""
    allow_private: frozenset[str] = frozenset()


@cache
def connectors() -> Mapping[str, Any]:
    """Every connector's class by kind: the files of this folder, then entry points; a built-in kind is not replaced."""
    found: dict[str, Any] = {}
    package = importlib.import_module("crisisdesk.connectors")
    for module in pkgutil.iter_modules(package.__path__):
        connector = getattr(importlib.import_module(f"{package.__name__}.{module.name}"), "CONNECTOR", None)
        if connector is not None:
            found[connector.kind] = connector
    for entry in entry_points(group=GROUP):
        connector = entry.load()
        found.setdefault(connector.kind, connector)
    return found


def stored(text: str, limit: int = TEXT_LIMIT) -> str:
    """A text as it may be stored: at most ``limit`` code points, NUL and lone surrogates as U+FFFD, else unchanged."""
    cut = text[:limit]
    return cut if cut.isascii() and "\0" not in cut else _UNSTORABLE.sub("\ufffd", cut)


def fingerprint(*parts: str) -> str:
    """A stable id made of a row's own words, for rows that bring none."""
    digest = blake2b(digest_size=12)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(4, "big") + data)
    return f"hash:{digest.hexdigest()}"


def language(tag: str) -> str:
    """The primary tag of a language (``es`` of ``es-MX``), else ``""``."""
    primary = tag.strip().replace("_", "-").partition("-")[0].lower()
    return primary if primary.isascii() and primary.isalpha() and len(primary) in (2, 3) and primary != "und" else ""


def credible(when: datetime, now: datetime) -> bool:
    """Whether a source's date can be true: after 1999 and, but for a wrong clock, not in the future."""
    return when.year >= _EARLIEST_YEAR and when - now <= _CLOCK_SKEW
