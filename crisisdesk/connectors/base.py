"""What every source has in common: the door that connectors come through, and how outside text is stored.

A connector is one file in this folder, or one entry point of the group ``crisisdesk.connectors`` of another package: a
class that follows :class:`Listener`, named by its module's ``CONNECTOR``. See docs/connectors.md.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, runtime_checkable

from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.source import Limits, PrivateOption, Receipt, ReplyPlan

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


@runtime_checkable
class Listener(Protocol):
    """Tier 1, which every connector is: a source that is asked, at a pace that the desk keeps.

    Built as ``connector(settings, query)``; ``settings`` is an instance of ``Settings`` with its secrets filled in.
    """

    kind: ClassVar[str]
    """Mention.source of everything that it finds; one lower-case word."""
    Settings: ClassVar[type[Any]]
    """A frozen dataclass of :func:`option` fields: what a person fills in."""
    limits: ClassVar[Limits]
    overlap: ClassVar[timedelta]
    """How far behind what it has seen a source may still bring something new."""

    @property
    def account(self) -> str:
        """Mention.account of everything that it finds: which of its kind it is."""

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """What is new since ``cursor`` (``""`` at first); raises a ``WebError`` and then has changed nothing."""


@runtime_checkable
class Streamer(Protocol):
    """Tier 2: a source that tells by itself. The desk polls once after every beginning: streams have no memory."""

    @property
    def live(self) -> bool:
        """Whether it does so with these settings."""

    def stream(self, web: Web, cursor: str, now: Callable[[], datetime]) -> AsyncIterator[Page]:
        """Pages as they come, one at once when the source has agreed; raises a ``WebError`` when it breaks.

        A page without a cursor leaves that of the polls alone.
        """


@runtime_checkable
class Sender(Protocol):
    """What sends in public. Called only after a person's explicit act."""

    limits: ClassVar[Limits]

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send exactly ``plan``; ``AmbiguousError`` when it may or may not be out."""

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """After an ambiguous end: what is out, if it is, else ``None``."""


@runtime_checkable
class Replier(Sender, Protocol):
    """Tier 3: answers in public."""

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """What would be sent; sends nothing. ``NotAllowedError`` where the platform refuses such a reply."""


@runtime_checkable
class Poster(Sender, Protocol):
    """Tier 3 too: posts a text of our own, which answers nobody."""

    @property
    def posts_as(self) -> str:
        """Where such a post is read: our account, or the address of a list; ``""`` = not with these settings."""

    async def plan_post(self, web: Web, text: str, lang: str, key: str) -> ReplyPlan:
        """What would be sent; sends nothing. The plan has no target."""


@runtime_checkable
class PrivateHandoff(Protocol):
    """Tier 4: leads a talk into private."""

    async def private_options(self, web: Web, target: Mention, now: datetime) -> tuple[PrivateOption, ...]:
        """The ways that are open for this mention now, best first."""


@runtime_checkable
class Rechecker(Protocol):
    """Tier 5: sees whether mentions still stand."""

    async def recheck(self, web: Web, native_ids: Sequence[str], now: datetime) -> Page:
        """The mentions as they are now, and a tombstone for each that is gone."""


def option(
    default: Any = "",
    *,
    required: bool = False,
    secret: bool = False,
    help_key: str = "",
    choices: tuple[str, ...] = (),
) -> Any:
    """A field of a connector's ``Settings``, from which its form is built.

    Args:
        default: the value where the person gives none; its type is the field's.
        required: nothing works without it.
        secret: lives in the keyring only; never in the data file, a log or a command line.
        help_key: sentence under the field (``sources.<kind>.<help_key>``); the field's name by default.
        choices: the values that it may have.
    """
    metadata = {"required": required, "secret": secret, "help": help_key, "choices": choices}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The settings of a source that is one address."""

    address: str = option(required=True)
    label: str = option()
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
