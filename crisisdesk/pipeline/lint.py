"""What a draft's own words promise. A first, honest version: words from ``resources/lexicons/promises.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from resources import files


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of a text that a rule caught: ``text[start:end]``."""

    rule: str
    start: int
    end: int
    words: str


@cache
def _rules(lang: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = tomllib.loads(files("lexicons", "promises.toml").read_text("utf-8"))[lang]
    return tuple((rule, re.compile(line, re.IGNORECASE)) for rule, lines in table.items() for line in lines)


def _folded(text: str) -> str:
    """Without accents, letter for letter, so that positions stay the same."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)


def lint(text: str, lang: str, allowed: Iterable[str] = ()) -> tuple[Hit, ...]:
    """Promises and conditional apologies in ``text``, first to last, longest first where they overlap.

    Args:
        text: one language's text as the public would read it.
        lang: ``es`` or ``en``.
        allowed: times that stand in the ledger, as shown (``"11:00"``); words that hold one are no finding.
    """
    folded = _folded(text)
    known = tuple(a for a in allowed if a)
    found: list[Hit] = []
    for rule, pattern in _rules(lang):
        for match in pattern.finditer(folded):
            words = text[match.start() : match.end()]
            if not any(time in words for time in known):
                found.append(Hit(rule, match.start(), match.end(), words))
    found.sort(key=lambda hit: (hit.start, -hit.end))
    kept: list[Hit] = []
    for hit in found:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return tuple(kept)


def numbers(text: str) -> tuple[str, ...]:
    """Numbers and times of a text, sorted, for comparing two languages."""
    return tuple(sorted(re.findall(r"\d+(?:[:.,]\d+)*", text)))
