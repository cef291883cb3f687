"""A small grammar of time commitments: which times of a text are promised, and which only told.

A time becomes a promise by what stands around it. A sentence is cut into clauses; the finite sign nearest before a
time, else nearest behind it, decides: what we will do or expect makes a promise, what happened, what is asked of the
reader, opening hours, other people's plans and an honest «we cannot say» do not. The words are data
(``resources/lexicons/promise.<lang>.toml``); this file is only the order in which they are weighed.
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

TIME: Final = "promise.time"
UPDATE: Final = "promise.update"

_KINDS: Final = ("nothing", "past", "every", "deadline", "haste", "soon", "neutral", "length")
"""Kinds of times; where two of one length overlap, the first wins."""

_PART = re.compile(r"(?<!\(\?)(?<!\?P)<([a-z_]+)>")
_COMMIT: Final = frozenset({"future", "present", "expect"})
_SPEAKS: Final = (
    "future", "present", "expect", "effort", "past", "customer", "ongoing", "negated", "either", "participle",
)  # fmt: skip
"""Signs with a verb: the nearest to a time decides."""


class Time(NamedTuple):
    """Words for a time, as a span of the line's letters."""

    start: int
    end: int
    kind: str


class _Sign(NamedTuple):
    kind: str
    start: int
    end: int


_CLOCK = re.compile(r"\d|medio ?dia|media ?noche|\ba las? \w+$")
_BEGINS = re.compile(r"(?:ra|ran|remos|ras|reis)$|^vuelve|^will|'ll$")
"""Behind «desde el martes» only what is plainly ahead begins; «desde las 7 sale agua turbia» has begun."""
_GOES_ON = re.compile(
    r" (?:de(?! trabajo)|sin|of(?! work)|without|free|old|for|in|per|por|al?|late|long|walk|drive|trip|with)\b"
)
_RETURN = re.compile(r"return|back|again|resume|de (?:vuelta|nuevo)|otra vez|nuevamente|regreso")


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


_STRENGTH: Final = ("length", "neutral", "haste", "soon", "deadline", "every")


def _joined(found: list[Time], text: str, words: Grammar) -> Iterator[Time]:
    current: Time | None = None
    for time in found:
        if current is None:
            current = time
        elif current.kind != "nothing" != time.kind and words.between.fullmatch(text[current.end : time.start]):
            kinds = {current.kind, time.kind}
            gap = text[current.end : time.start].strip(" ,")
            if "past" in kinds and gap in ("y", "and", "o", "or"):
                yield current
                current = time
                continue
            kind = "past" if "past" in kinds else max(kinds, key=_STRENGTH.index)
            current = Time(current.start, time.end, kind)
        else:
            yield current
            current = time
    if current is not None:
        yield current


class _Clause(NamedTuple):
    start: int
    end: int
    hard: bool
    """Whether a strong seam (a dash, «pero») stands before it."""


class _Sentence:
    """One sentence with its clauses and the signs in it."""

    def __init__(self, line: Line, span: tuple[int, int], found: Sequence[Time], words: Grammar) -> None:
        self.line, self.words = line, words
        self.start, self.end = span
        self.times = [t for t in found if self.start <= t.start < self.end]
        self.text = line.folded[self.start : self.end]
        self.question = line.shown[self.start : self.end].rstrip(" \"'»”").endswith("?")
        self.signs = sorted(self._signs(), key=lambda s: (s.start, -s.end))
        self.clauses = self._clauses()

    def _inside_time(self, start: int, end: int) -> bool:
        return any(t.start <= start and end <= t.end and t.kind != "nothing" for t in self.times)

    def _signs(self) -> Iterator[_Sign]:
        for table, text in ((self.words.signs, self.line.folded), (self.words.accented, self.line.accented)):
            for kind, pattern in table.items():
                if kind == "condition":
                    continue
                for m in pattern.finditer(text, self.start, self.end):
                    if not self._inside_time(m.start(), m.end()):
                        yield _Sign(kind, m.start(), m.end())

    def _clauses(self) -> list[_Clause]:
        cuts: list[tuple[int, int, bool]] = []
        for name, pattern in self.words.seams.items():
            for m in pattern.finditer(self.line.folded, self.start, self.end):
                if not self._inside_time(m.start(), m.end()):
                    cuts.append((m.start(), m.end(), name == "hard"))
        clauses, at, hard = [], self.start, False
        for start, _, strong in sorted(cuts):
            if start > at:
                clauses.append(_Clause(at, start, hard))
                hard = False
            at, hard = start, hard or strong
        clauses.append(_Clause(at, self.end, hard))
        return clauses

    def within(self, clause: _Clause, *kinds: str) -> list[_Sign]:
        """Signs of a clause, in order."""
        return [s for s in self.signs if clause.start <= s.start < clause.end and s.kind in kinds]

    def near(self, at: int) -> list[int]:
        """Other clauses in the order in which a time of clause ``at`` looks for its verb: before, then behind.

        A strong seam is not crossed.
        """
        first = at
        while first > 0 and not self.clauses[first].hard:
            first -= 1
        last = at + 1
        while last < len(self.clauses) and not self.clauses[last].hard:
            last += 1
        return [*range(at - 1, first - 1, -1), *range(at + 1, last)]


def promised(line: Line, lang: str) -> Iterator[tuple[str, int, int]]:
    """Rule and span of every promise of a time in a line, in order."""
    words = grammar(lang)
    found = times(line, words)
    closed = tuple((t.start, t.end) for t in found)
    for span in line.sentences(closed):
        sentence = _Sentence(line, span, found, words)
        if sentence.question:
            continue
        for time in sentence.times:
            rule = _judge(sentence, time)
            if rule:
                yield rule, time.start, time.end


def _nearest(signs: Sequence[_Sign], time: Time) -> _Sign | None:
    """The sign that governs a time: the last that begins before it, else the first behind it."""
    signs = [s for s in signs if s.kind != "either"] or signs
    before = [s for s in signs if s.start < time.start]
    if before:
        return max(before, key=lambda s: (s.end if s.end <= time.start else time.start, s.end - s.start))
    return min((s for s in signs if s.start >= time.start), key=lambda s: s.start, default=None)


def _judge(sentence: _Sentence, time: Time) -> str:  # the order of the questions is the grammar
    if time.kind == "nothing":
        return ""
    at = max(i for i, clause in enumerate(sentence.clauses) if clause.start <= time.start)
    clause = sentence.clauses[at]
    if _unsaid(sentence, at, time):
        return ""
    governing = _governing(sentence, at, time)
    if time.kind == "past":
        return TIME if _begins(sentence, time, governing) else ""
    updates = [c for c in ([clause] if governing else sentence.clauses[: at + 1]) if sentence.within(c, "update")]
    if updates and not _ours(sentence, updates[-1], time):
        return TIME if time.kind in ("soon", "haste") else UPDATE
    if time.kind == "every" or _hours(sentence, clause, time, governing):
        return ""
    if _conditional(sentence, clause, time):
        return ""
    return TIME if _weigh(sentence, clause, time, governing) else ""


def _begins(sentence: _Sentence, time: Time, governing: _Sign | None) -> bool:
    """Whether «desde las 15 h» begins something that is yet to come."""
    since = sentence.line.folded.startswith(("desde las", "desde el", "desde manana"), time.start)
    if not since or governing is None or governing.kind not in ("future", "present"):
        return False
    return governing.start < time.start or bool(_BEGINS.search(sentence.line.folded[governing.start : governing.end]))


def _unsaid(sentence: _Sentence, at: int, time: Time) -> bool:
    """Whether the time is one that was said before, or one that we say we cannot give."""
    scope: list[_Sign] = []
    for i in range(at, -1, -1):
        scope = sentence.within(sentence.clauses[i], "unknown", "reported", "hearsay") + scope
        if sentence.clauses[i].hard:
            break
    said = [s for s in scope if s.start < time.end]
    if not said:
        bare = not sentence.within(sentence.clauses[at], *_SPEAKS)
        return bare and any(sentence.within(sentence.clauses[i], "unknown") for i in sentence.near(at) if i > at)
    if any(s.kind == "hearsay" for s in said):
        return True
    last = said[-1]
    fresh = [s for s in sentence.signs if s.kind == "future" and last.end <= s.start < time.start]
    own = sentence.clauses[at]
    return not (fresh and fresh[-1].start >= own.start and not (own.start <= last.start))


def _ours(sentence: _Sentence, clause: _Clause, time: Time) -> bool:
    """Whether a promise of a solution stands nearer to the time than the word for news."""
    updates = sentence.within(clause, "update")
    results = [
        s
        for s in sentence.within(clause, "result")
        if not any(u.start <= s.start < u.end for u in updates)
        and not _RETURN.match(sentence.line.folded, s.start)  # «volvemos con más datos» is news, not a solution
    ]
    nearest = _nearest([*updates, *results], time)
    return nearest is not None and nearest.kind == "result"


def _governing(sentence: _Sentence, at: int, time: Time) -> _Sign | None:
    signs = sentence.within(sentence.clauses[at], *_SPEAKS)
    first = next((s.start for s in signs if s.kind in _COMMIT), None)
    # «will have it fixed», «should see it corrected»: behind a future, a participle is no past.
    begins = sentence.clauses[at].start
    words = sentence.line.folded[begins : time.end]
    lead = begins + len(words) - len(words.lstrip(" ,"))
    # A participle at the very beginning stands before its noun: «Held parcels go out tomorrow».
    return _nearest(
        [s for s in signs if s.kind != "participle" or (s.start > lead and (first is None or s.start < first))], time
    )


def _hours(sentence: _Sentence, clause: _Clause, time: Time, governing: _Sign | None) -> bool:
    """Whether the time only tells when a door or a line is open."""
    ahead = time.kind == "deadline" and (governing is None or governing.kind in ("future", "present"))
    if ahead or (governing is not None and governing.kind == "expect"):  # «para Navidad estará abierto»
        return False
    at = sentence.clauses.index(clause)
    around = [clause, *(sentence.clauses[i] for i in sentence.near(at) if governing is None)]
    return any(sentence.within(c, "opening") for c in around) and not sentence.within(clause, "result")


def _conditional(sentence: _Sentence, clause: _Clause, time: Time) -> bool:
    """Whether the time belongs to an «if»: «si llamas antes de las 8 te atenderá una persona»."""
    text = sentence.line.folded[clause.start : clause.end].lstrip(" ,")
    return bool(sentence.words.signs["condition"].match(text)) and not any(
        s.start < time.start for s in sentence.within(clause, "future")
    )


def _weigh(sentence: _Sentence, clause: _Clause, time: Time, governing: _Sign | None) -> bool:
    at = sentence.clauses.index(clause)
    result = bool(sentence.within(clause, "result"))
    if time.kind == "length":
        if _leads(sentence, clause, time):
            return True
        if not any(sentence.within(sentence.clauses[i], "wait") for i in (at, *sentence.near(at))):
            return False
    if governing is None and not result:
        for i in sentence.near(at):
            signs = sentence.within(sentence.clauses[i], *_SPEAKS)
            result = result or bool(sentence.within(sentence.clauses[i], "result"))
            if signs:
                governing = signs[-1] if i < at else signs[0]
                break
    if sentence.within(clause, "other") and not result:
        return False
    if governing is None:
        return result or (not sentence.within(clause, "state") and _bare(sentence, time))
    if governing.kind == "effort":
        return time.kind != "haste" and (time.kind != "neutral" or result or _aims(sentence, governing, time))
    if governing.kind == "either":
        if any(sentence.within(sentence.clauses[i], "past") for i in sentence.near(at)):
            return False
        return result or (_ahead(sentence, time) and not _CLOCK.search(sentence.line.folded[time.start : time.end]))
    return governing.kind in _COMMIT


def _leads(sentence: _Sentence, clause: _Clause, time: Time) -> bool:
    """Whether a sentence is little more than a length: «Dos horas más y listo», "Twenty minutes, tops"."""
    words = sentence.line.folded
    before, behind = words[sentence.start : time.start].strip(" ,¡¿-"), words[time.end : sentence.end]
    signs = [s for s in sentence.signs if s.kind not in ("wait", "result", "future", "expect", "update")]
    return not before and not signs and not _GOES_ON.match(behind)


def _bare(sentence: _Sentence, time: Time) -> bool:
    """Whether a time with no sign around it still lies ahead: «Mañana a primera hora.», «Wages land on Friday»."""
    return time.kind in ("deadline", "soon") or (time.kind == "neutral" and _ahead(sentence, time))


def _aims(sentence: _Sentence, effort: _Sign, time: Time) -> bool:
    """Whether an effort names what it is for before it names the time: «trabajamos para tenerlo a las 6»."""
    return bool(sentence.words.purpose.search(sentence.line.folded, effort.end, time.start))


def _ahead(sentence: _Sentence, time: Time) -> bool:
    """Whether a time lies ahead by its own words («mañana», "tonight") or may («a las 8»)."""
    words = sentence.line.folded[time.start : time.end]
    return bool(sentence.words.ahead.search(words)) and not sentence.words.behind.search(words)
