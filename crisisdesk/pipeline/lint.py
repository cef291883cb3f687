"""What a draft's own words promise, and what its tone should not say. Pure; the words are data.

A promise of a time is found by a small grammar (``pipeline/promises.py``); the other rules are word lists with their
exceptions (``resources/lexicons/tone.<lang>.toml``). Every finding names its rule, where it stands and the sentence
key of its reason: ``lint.<rule>`` in both languages. A finding is a question to the writer, never a verdict.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from resources import files

from crisisdesk.pipeline.hours import hours
from crisisdesk.pipeline.promises import TIME, UPDATE, promised
from crisisdesk.pipeline.reading import Line, language, lines
from crisisdesk.pipeline.times import expand

LONGEST: Final = 100_000
"""Characters of a text that are read; a draft is a hundred times shorter."""

PRIVATE_CHANNELS: Final = frozenset(
    "privado private dm mail correo email voz voice phone llamada teléfono telefono interno".split()
)
"""Channels where the reader is alone with us, so that contact data may be asked for."""

RULES: Final = (
    TIME,
    UPDATE,
    "blame.customer",
    "blame.third_party",
    "minimising",
    "apology.conditional",
    "repeated",
    "cause.unverified",
    "data.public",
    "data.secret",
    "absolute.outage",
    "absolute.claim",
    "certainty",
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of a text that a rule caught: ``text[start:end]`` in code points, on 1-based ``line``."""

    rule: str
    start: int
    end: int
    words: str
    line: int = 1

    @property
    def span(self) -> tuple[int, int]:
        """Start and end, exclusive."""
        return self.start, self.end

    @property
    def reason(self) -> str:
        """Key of the sentence that says why, in both languages."""
        return f"lint.{self.rule}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the desk knows and a text alone cannot tell.

    Attributes:
        registered: times that stand in the ledger, as shown (``"11:00"``); a promise that holds one, however
            it writes the hour, is no finding.
        recent: the last texts that the public read; a sentence of theirs is not said again.
        cause_verified: the truth sheet holds a cause with its evidence.
        outage_total: the truth sheet says that everything is down.
    """

    registered: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    cause_verified: bool = False
    outage_total: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    find: re.Pattern[str]
    unless: re.Pattern[str]


@cache
def _tone(lang: str) -> tuple[_Rule, ...]:
    table = tomllib.loads(files("lexicons", f"tone.{lang}.toml").read_text("utf-8"))
    parts = table.pop("parts")

    def one(patterns: Iterable[str]) -> re.Pattern[str]:
        joined = "|".join(f"(?:{expand(pattern, parts)})" for pattern in patterns)
        return re.compile(rf"(?<!\w)(?:{joined})" if joined else r"(?!)")

    return tuple(_Rule(name, one(rule["find"]), one(rule["unless"])) for name, rule in table.items())


def lint(
    text: str,
    lang: str | None = None,
    allowed: Iterable[str] = (),
    *,
    channel: str = "",
    context: Context | None = None,
) -> tuple[Hit, ...]:
    """Everything in ``text`` that a rule asks about, first to last.

    Args:
        text: one text as the public would read it; a line break ends a sentence.
        lang: ``es`` or ``en``; without it each line's own words tell.
        allowed: more registered times, as in :class:`Context`.
        channel: where it is published; in a private one contact data may be asked for, secrets never.
        context: what is registered, said and proven.
    """
    known = context or Context()
    registered = tuple(t for t in (*known.registered, *allowed) if t)
    said = _said(known.recent)  # grows with the sentences of this text
    hits: list[Hit] = []
    text = text[:LONGEST]
    main = lang or language(" ".join(line.folded for line in lines(text)))
    for line in lines(text):
        spoken = lang or language(line.folded, main)
        found = [*_promises(line, spoken, registered), *_toned(line, spoken, channel, known), *_repeated(line, said)]
        for rule, start, end in found:
            a, b = line.span(start, end)
            hits.append(Hit(rule, a, b, text[a:b], line.number))
    return tuple(sorted(hits, key=lambda h: (h.start, RULES.index(h.rule), -h.end)))


def _promises(line: Line, lang: str, registered: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    for rule, start, end in _promised(line.original[line.places[0] : line.places[-1]], lang):
        rest = line.folded[end : end + _DAY]
        if not any(_registered(time, line.folded[start:end], rest) for time in registered):
            yield rule, start, end


_DAY: Final = 24
"""Characters in which a day that was begun ends."""
@lru_cache(maxsize=256)
def _promised(raw: str, lang: str) -> tuple[tuple[str, int, int], ...]:
    """What one line promises; kept, for who types changes one line and the others are read again and again."""
    return tuple(found for line in lines(raw) for found in promised(line, lang))


_SHOWN = re.compile(r"(\d{1,2}):(\d{2})")


def _registered(time: str, words: str, rest: str) -> bool:
    """Whether ``words`` hold a time of the ledger: as it is shown (``11:00``), or as people write it («las 11»).

    A day may run on into ``rest``, what follows them: «before 30» is half of «30 March».
    """
    shown = _SHOWN.fullmatch(time)
    if shown is None:
        found = re.search(rf"(?<!\d){re.escape(time.lower())}(?!\d)", words + rest)
        return found is not None and found.start() < len(words)
    minute = int(shown[1]) * 60 + int(shown[2])
    return any(minute in meant for meant in hours(words))


def _toned(line: Line, lang: str, channel: str, known: Context) -> Iterator[tuple[str, int, int]]:
    skipped = _skipped(channel, known)
    for start, end in line.sentences():
        sentence = line.folded[start:end]
        for rule in _tone(lang):
            if rule.name in skipped:
                continue
            last = 0
            for m in rule.find.finditer(sentence):
                if m.start() < last or m.end() == m.start():
                    continue
                if rule.unless.search(sentence):
                    break
                last = m.end()
                yield rule.name, start + m.start(), start + m.end()


def _skipped(channel: str, known: Context) -> frozenset[str]:
    skipped = set()
    if known.cause_verified:
        skipped.add("cause.unverified")
    if known.outage_total:
        skipped.add("absolute.outage")
    if channel.strip().lower() in PRIVATE_CHANNELS:
        skipped.add("data.public")
    return frozenset(skipped)


_WORD = re.compile(r"[a-z]+")
_FEWEST = 5
"""Words from which a sentence said twice is a repetition; «Lo sentimos» may be said again."""


def _plain(sentence: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(sentence))


def _said(recent: Iterable[str]) -> set[tuple[str, ...]]:
    return {
        _plain(line.folded[start:end])
        for text in recent
        for line in lines(text[:LONGEST])
        for start, end in line.sentences()
    }


def _repeated(line: Line, said: set[tuple[str, ...]]) -> Iterator[tuple[str, int, int]]:
    """Sentences that the public has read, or that this text has said; each joins ``said``."""
    for start, end in line.sentences():
        words = _plain(line.folded[start:end])
        if len(words) < _FEWEST:
            continue
        if words in said:
            lead = len(line.folded[start:end]) - len(line.folded[start:end].lstrip())
            yield "repeated", start + lead, end
        said.add(words)
