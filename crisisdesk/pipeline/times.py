"""Words for times: the grammar of one language, compiled from its lexicon, and every time of a line.

The lexicons are ``resources/lexicons/promise.<lang>.toml``; what a time is worth in its sentence is judged by
``pipeline/promises.py``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from resources import files

from crisisdesk.pipeline.reading import Line

_KINDS: Final = ("nothing", "past", "every", "deadline", "haste", "soon", "span", "neutral", "length")
"""Kinds of times; where two of one length overlap, the first wins."""

_PART = re.compile(r"(?<!\(\?)(?<!\?P)<([a-z_]+)>")


class Time(NamedTuple):
    """Words for a time, as a span of the line's letters."""

    start: int
    end: int
    kind: str


class Sign(NamedTuple):
    """Words that tell what a time beside them is worth, as a span of the line's letters."""

    kind: str
    start: int
    end: int


def expand(pattern: str, parts: Mapping[str, Sequence[str]]) -> str:
    """A pattern with each ``<name>`` replaced by the alternatives of that part."""
    while _PART.search(pattern):
        pattern = _PART.sub(lambda m: "(?:" + "|".join(parts[m[1]]) + ")", pattern)
    return pattern


@dataclass(frozen=True)
class Grammar:
    """The words of one language, compiled."""

    times: Mapping[str, re.Pattern[str]]
    signs: Mapping[str, re.Pattern[str]]
    accented: Mapping[str, re.Pattern[str]]
    seams: Mapping[str, re.Pattern[str]]
    between: re.Pattern[str]
    purpose: re.Pattern[str]
    ahead: re.Pattern[str]
    behind: re.Pattern[str]
    sure: re.Pattern[str]
    dated: re.Pattern[str]
    generic: re.Pattern[str]


@cache
def grammar(lang: str) -> Grammar:
    """The grammar of ``es`` or ``en``."""
    table = tomllib.loads(files("lexicons", f"promise.{lang}.toml").read_text("utf-8"))
    parts = table["parts"]

    def one(patterns: Sequence[str], edge: str = "{}") -> re.Pattern[str]:
        return re.compile(edge.format("|".join(f"(?:{expand(p, parts)})" for p in patterns) or r"(?!)"))

    # The longest of a kind is wanted where several begin at one letter, so each pattern stands by itself in a
    # lookahead-free alternation, tried in the file's order.
    return Grammar(
        times={kind: one(table["times"][kind], r"\b(?:{})(?!\w)") for kind in _KINDS},
        signs={
            kind: one(patterns, r"(?:{})" if kind == "condition" else r"(?:(?<!\w)(?:{}))")
            for kind, patterns in table["signs"].items()
        },
        accented={kind: one(patterns) for kind, patterns in table["accented"].items()},
        seams={kind: one(patterns) for kind, patterns in table["seams"].items()},
        between=one(table["join"]["between"]),
        purpose=one(table["purpose"]["after"]),
        ahead=one(table["ahead"]["words"], r"\b(?:{})"),
        behind=one(table["ahead"]["behind"]),
        sure=one(table["ahead"]["sure"]),
        dated=one(table["ahead"]["dated"]),
        generic=one(table["ahead"]["generic"]),
    )


def times(line: Line, words: Grammar) -> tuple[Time, ...]:
    """Every time of a line, first to last; what belongs together («mañana a primera hora») is one."""
    found = [
        Time(m.start(), m.end(), kind)
        for kind in _KINDS
        for m in words.times[kind].finditer(line.folded)
        if m.end() > m.start()
    ]
    found.sort(key=lambda t: (t.start - t.end, _KINDS.index(t.kind)))
    kept: list[Time] = []
    for time in found:
        if all(time.end <= other.start or time.start >= other.end for other in kept):
            kept.append(time)
    kept.sort()
    return tuple(_joined(kept, line.folded, words))


_STRENGTH: Final = ("length", "span", "neutral", "haste", "soon", "deadline", "every")


_AHEAD: Final = frozenset({"soon", "haste", "deadline"})


_CLOCKS: Final = re.compile(r"\b(?:antes de|before|by) (?:las? )?\d")
"""«antes de las 9 antes de las 8:20» is two promises, of which the ledger may hold one."""


def _joined(found: list[Time], text: str, words: Grammar) -> Iterator[Time]:
    current: Time | None = None
    for time in found:
        if current is None:
            current = time
        elif current.kind != "nothing" != time.kind and words.between.fullmatch(text[current.end : time.start]):
            kinds = {current.kind, time.kind}
            gap = text[current.end : time.start].strip(" ,")
            both = current.kind == time.kind == "deadline" and not gap and _CLOCKS.search(text[time.start : time.end])
            if both or ("past" in kinds and gap in ("y", "and", "o", "or")):
                yield current
                current = time
                continue
            # «lo arreglaremos en breve desde las 7» is a promise, whatever stands behind it
            begun = current.kind in _AHEAD and text.startswith(("desde ", "since "), time.start)
            kind = "past" if "past" in kinds and not begun else max(kinds - {"past"}, key=_STRENGTH.index)
            current = Time(current.start, time.end, kind)
        else:
            yield current
            current = time
    if current is not None:
        yield current
