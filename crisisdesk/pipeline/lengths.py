"""How long a text is, counted exactly as each channel counts. Pure.

Sources: X — twitter-text, weighted lengths, configuration 3. Bluesky — ``app.bsky.feed.post``: 300 graphemes and 3,000
bytes of UTF-8. Mastodon — its ``StatusLengthValidator``: graphemes, an address counts 23 and a handle without its
server. SMS — 3GPP TS 23.038 (the 7-bit alphabet with its extension table) and TS 23.040 (concatenation).
"""

from __future__ import annotations

import importlib
import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit

import regex

from crisisdesk.model.source import LengthUnit
from crisisdesk.pipeline.speech import seconds


class Unit(StrEnum):
    """What a channel counts."""

    WEIGHTED = "weighted"
    GRAPHEMES = "graphemes"
    LINKS_23 = "links_23"
    SMS = "sms"
    SECONDS = "seconds"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel and its platform's own limits.

    Attributes:
        limit: greatest length in ``unit``, or ``None`` where the platform has none that we know.
        limit_bytes: greatest length in bytes of UTF-8, besides.
        limit_segments: greatest number of SMS segments.
    """

    id: str
    unit: Unit
    limit: int | None = None
    limit_bytes: int | None = None
    limit_segments: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A text measured for a channel.

    Attributes:
        used: its length in ``unit``; for SMS septets or 16-bit units, for a voice seconds.
        limit: what it may have, or ``None``.
        used_bytes: its length in UTF-8.
        segments: SMS segments it takes; 0 elsewhere.
        encoding: ``GSM-7`` or ``UCS-2`` for SMS.
    """

    channel: str
    unit: Unit
    used: int
    limit: int | None = None
    used_bytes: int = 0
    limit_bytes: int | None = None
    segments: int = 0
    limit_segments: int | None = None
    encoding: str = ""

    @property
    def fits(self) -> bool:
        """Whether the channel takes it whole."""
        pairs = (
            (self.used, self.limit),
            (self.used_bytes, self.limit_bytes),
            (self.segments, self.limit_segments),
        )
        return all(limit is None or used <= limit for used, limit in pairs)


CHANNELS: Final = {
    channel.id: channel
    for channel in (
        Channel(id="x", unit=Unit.WEIGHTED, limit=280),
        Channel(id="corto", unit=Unit.WEIGHTED),  # «a short network»: as the strictest of them counts
        Channel(id="bluesky", unit=Unit.GRAPHEMES, limit=300, limit_bytes=3_000),
        Channel(id="mastodon", unit=Unit.LINKS_23, limit=500),
        # One byte numbers the parts of a long message, but gateways take no more than ten.
        Channel(id="sms", unit=Unit.SMS, limit_segments=10),
        Channel(id="ivr", unit=Unit.SECONDS),
        Channel(id="correo", unit=Unit.CHARACTERS),
        Channel(id="web", unit=Unit.CHARACTERS),
    )
}
_OTHER_NAMES: Final = {
    "twitter": "x", "short": "corto", "bsky": "bluesky", "voz": "ivr", "voice": "ivr", "contestador": "ivr",
    "mail": "correo", "email": "correo", "sitio": "web", "pagina": "web", "website": "web",
}  # fmt: skip
_HOSTS: Final = {"x.com": "x", "twitter.com": "x", "bsky.app": "bluesky"}
_WORD: Final = re.compile(r"[a-z]+")


def channel_of(name: str) -> Channel:
    """The channel that a person means by ``name`` («X», «Mastodon @marca», an address); else one without limits."""
    text = name.strip()
    if text.lower().startswith(("http://", "https://")):
        try:
            host = (urlsplit(text).hostname or "").removeprefix("www.").removeprefix("mobile.")
        except ValueError:
            host = ""
        known = _HOSTS.get(host) or ("mastodon" if host.startswith("mastodon.") else "web")
        return CHANNELS[known]
    folded = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    for word in _WORD.findall(folded):
        known = _OTHER_NAMES.get(word, word)
        if known in CHANNELS:
            return CHANNELS[known]
    return Channel(id=text, unit=Unit.CHARACTERS)


def measure(text: str, channel: str, lang: str = "es", *, limits: Iterable[tuple[str, int]] = ()) -> Length:
    """``text`` as ``channel`` counts it.

    Args:
        channel: a channel's id, or what a person calls it.
        lang: ``es`` or ``en``, for what is read aloud.
        limits: a playbook's own limits, name → number in the channel's unit; the stricter one holds.
    """
    known = channel_of(channel)
    own = [n for name, n in limits if name == channel or channel_of(name).id == known.id]
    return _measured(text, known, lang, min((n for n in (known.limit, *own) if n is not None), default=None))


@lru_cache(maxsize=512)
def _measured(text: str, channel: Channel, lang: str, limit: int | None) -> Length:
    segments, encoding = 0, ""
    match channel.unit:
        case Unit.WEIGHTED:
            used = weighted(text)
        case Unit.GRAPHEMES:
            used = graphemes(text)
        case Unit.LINKS_23:
            used = graphemes(_mastodon(text))
        case Unit.SMS:
            encoding, used, segments = sms(text)
        case Unit.SECONDS:
            used = seconds(text, lang)
        case _:
            used = len(text)
    return Length(
        channel=channel.id,
        unit=channel.unit,
        used=used,
        limit=limit,
        used_bytes=len(text.encode("utf-8", "replace")),
        limit_bytes=channel.limit_bytes,
        segments=segments,
        limit_segments=channel.limit_segments,
        encoding=encoding,
    )


def counted(text: str, unit: LengthUnit) -> int:
    """``text`` in the unit of a platform's own limit (``Limits.reply_unit``)."""
    match unit:
        case LengthUnit.WEIGHTED_X:
            return weighted(text)
        case LengthUnit.GRAPHEMES:
            return graphemes(text)
        case LengthUnit.MASTODON:
            return graphemes(_mastodon(text))
        case LengthUnit.UTF16:
            return len(text.encode("utf-16-le", "surrogatepass")) // 2
        case LengthUnit.UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        case _:
            return len(text)


# -- X -----------------------------------------------------------------------------------------------------------

# No name of a host is longer than 253, and the library's pattern needs minutes for a chain of thousands of dots.
_NO_HOST: Final = re.compile(r"[\w.\-]{254,}")
_MOST_DOTS: Final = 500  # with more, addresses are counted letter by letter: such a text does not fit anyway


@cache
def _twitter_text() -> Any:
    """twitter-text-parser, which reads its one data file through ``pkg_resources``: gone from setuptools 82 on.

    A stand-in for that one function is there while the library is imported, and only then.
    """
    missing = object()
    before: Any = sys.modules.get("pkg_resources", missing)
    stand_in = ModuleType("pkg_resources")
    stand_in.resource_string = (  # type: ignore[attr-defined]
        lambda package, name: files(package.rpartition(".")[0]).joinpath(name).read_bytes()
    )
    sys.modules["pkg_resources"] = stand_in
    try:
        importlib.import_module("twitter_text.regexp.emoji")
    finally:
        if before is missing:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = before
    return importlib.import_module("twitter_text")


def parse(text: str, version: int = 3) -> Any:
    """twitter-text's own result for ``text`` (``weightedLength``, ``valid``…).

    Args:
        version: 3, as X counts today (an emoji weighs 2, however it is put together), or 2, as before.
    """
    library = _twitter_text()
    config = sys.modules["twitter_text.config"].config[f"version{version}"]
    return library.parse_tweet(text, {"emoji_parsing_enabled": False, **config})


def weighted(text: str) -> int:
    """The weighted length of ``text`` on X."""
    guarded = text if text.count(".") <= _MOST_DOTS else text.replace(".", "-")
    return int(parse(_NO_HOST.sub(lambda run: run[0].replace(".", "-"), guarded)).weightedLength)


# -- Bluesky, Mastodon -------------------------------------------------------------------------------------------


def graphemes(text: str) -> int:
    """How many characters a person sees: extended grapheme clusters."""
    return sum(1 for _ in regex.finditer(r"\X", text))


_LINK: Final = re.compile(r"https?://[^\s<>\"'«»]+?(?=[.,;:!?)\]…]*(?:[\s<>\"'«»]|$))", re.IGNORECASE)
_HANDLE: Final = re.compile(r"(^|[^/\w])@([a-z0-9_]+)@[a-z0-9.\-]+[a-z0-9]+", re.IGNORECASE)
_LINK_LENGTH: Final = 23


def _mastodon(text: str) -> str:
    return _HANDLE.sub(r"\1@\2", _LINK.sub("x" * _LINK_LENGTH, text))


# -- SMS ---------------------------------------------------------------------------------------------------------

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED: Final = frozenset("\f^{}\\[~]|€")


def sms(text: str) -> tuple[str, int, int]:
    """Encoding, units (septets or 16-bit units) and segments of ``text`` as a short message.

    A segment has 160 septets or 70 units when it is alone, 153 or 67 when there are several; an escaped letter or a
    surrogate pair is never cut in two.
    """
    if all(c in _GSM or c in _GSM_EXTENDED for c in text):
        encoding, alone, part = "GSM-7", 160, 153
        sizes = [2 if c in _GSM_EXTENDED else 1 for c in text]
    else:
        encoding, alone, part = "UCS-2", 70, 67
        sizes = [2 if ord(c) > 0xFFFF else 1 for c in text]
    total = sum(sizes)
    if total <= alone:
        return encoding, total, 1
    segments, room = 1, part
    for size in sizes:
        if size > room:
            segments, room = segments + 1, part
        room -= size
    return encoding, total, segments
