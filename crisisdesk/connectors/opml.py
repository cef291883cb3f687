"""OPML: the list of feeds that every reader of feeds can write.

Bytes in, addresses out. A document type is refused before the parser sees it: that is where XML bombs live.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from crisisdesk.model.errors import InputError
from crisisdesk.plain import one_line, safe_link

LARGEST: Final = 5_000_000
MOST: Final = 2_000
_DOCTYPE = re.compile(rb"<!\s*(doctype|entity)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of the list: its address and the name that its owner gave it."""

    address: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """The feeds of a file, each once, and the addresses that are none (as they may be shown)."""

    feeds: tuple[Outline, ...]
    refused: tuple[str, ...]


def read(body: bytes, name: str) -> FeedList:
    """The feeds in an OPML file; raises ``InputError`` where it is none, too large, or could harm."""
    if len(body) > LARGEST:
        raise InputError("sources.opml_large", path=name, megabytes=LARGEST // 1_000_000)
    if _DOCTYPE.search(body.replace(b"\0", b"")):
        raise InputError("sources.opml_doctype", path=name)
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError) as fault:
        line = fault.position[0] if isinstance(fault, ElementTree.ParseError) else 1
        raise InputError("sources.opml_broken", path=name, line=line) from None
    if root.tag.rpartition("}")[2].lower() != "opml":
        raise InputError("sources.opml_other", path=name)
    found: dict[str, Outline] = {}
    refused: dict[str, None] = {}
    for element in root.iter():
        address = next((v for k, v in element.attrib.items() if k.lower() == "xmlurl"), "").strip()
        if not address:
            continue
        link = safe_link(re.sub(r"^feed:(//)?", lambda m: "http://" if m[1] else "", address))
        if not link:
            refused[one_line(address, 120)] = None
        elif len(found) < MOST:
            title = element.attrib.get("title") or element.attrib.get("text") or link
            found.setdefault(link, Outline(link, one_line(title, 120)))
    if not found and not refused:
        raise InputError("sources.opml_empty", path=name)
    return FeedList(feeds=tuple(found.values()), refused=tuple(refused))
