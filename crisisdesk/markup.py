"""Markup to plain words, in one linear pass over whatever a source sends.

Not ``html.parser``: on the Pythons we support, crafted input makes it quadratic, and a feed holds two thousand entries.
Here every search either moves on or ends the pass. The result is text, not safe markup: show it as plain text.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Final

MARKUP_LIMIT: Final = 200_000
"""Code points of markup that are looked at."""

_BLOCKS: Final = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main ol "
    "p pre section table td th tr ul".split()
)
_SILENT: Final = ("script", "style", "template", "noscript")
_TAG_NAME = re.compile(r"/?\s*([a-zA-Z][a-zA-Z0-9]{0,19})")
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[\n ]*")


def plain_text(markup: str) -> str:
    """The words of an HTML fragment, blocks on lines of their own, entities decoded, scripts and styles left out."""
    words = html.unescape(_without_tags(markup[:MARKUP_LIMIT]))
    return _BREAKS.sub("\n", _SPACES.sub(" ", words)).strip()


def _without_tags(markup: str) -> str:
    lower = markup.lower()
    kept: list[str] = []
    at = 0
    while (start := markup.find("<", at)) >= 0:
        kept.append(_SPACES.sub(" ", markup[at:start]).replace("\n", " "))
        if markup.startswith("<!--", start):
            at = _after(markup, "-->", start + 4)
            continue
        if markup.startswith("<![CDATA[", start):
            at = start + 9
            continue
        name = _TAG_NAME.match(markup, start + 1)
        if name is None and not markup.startswith(("<!", "<?"), start):
            kept.append("<")  # «3 < 4» is no tag
            at = start + 1
            continue
        at = _after(markup, ">", start)
        tag = name[1].lower() if name else ""
        if tag in _BLOCKS:
            kept.append("\n")
        elif tag in _SILENT and markup[start + 1] != "/":
            at = lower.find(f"</{tag}", at)
            if at < 0:
                return "".join(kept)
    return "".join(kept) + markup[at:].replace("\n", " ")


def _after(markup: str, end: str, start: int) -> int:
    """Where the text goes on behind ``end``; at the very end when it never comes."""
    found = markup.find(end, start)
    return len(markup) if found < 0 else found + len(end)


@cache
def _span_of(name: str) -> re.Pattern[str]:
    return re.compile(rf'<span class="{re.escape(name)}">[^<]*</span>')


def without_class(markup: str, name: str) -> str:
    """The fragment without its ``span`` elements of class ``name``, which a page does not show; in one pass."""
    kept, at_ = [], 0
    for found in _span_of(name).finditer(markup[:MARKUP_LIMIT]):
        kept.append(markup[at_ : found.start()])
        at_ = found.end()
    return "".join(kept) + markup[at_:MARKUP_LIMIT]
