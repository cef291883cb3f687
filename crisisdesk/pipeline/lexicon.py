"""Words from ``resources/lexicons`` and how they are found in a text: without regard to case, accents or «nooo»."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from resources import files

LOOKED: Final = 4_000
"""Characters of a text that are read for words."""

_REMEMBERED: Final = 20_000
_LINKS = re.compile(r"https?://\S{0,500}|www\.\S{0,500}|@\w{1,64}")
_TAG_SEAM = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])")
_TAG = re.compile(r"#\w{2,100}")
_LONG = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"[a-z0-9]+(?:['’][a-z]+)*|[.,;:!?…\n]|[\u2600-\u27bf\U0001f300-\U0001faff]")
_MARKS = frozenset(".,;:!?…\n")


def _fold_table() -> dict[int, str]:
    table = {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    for code in range(0xC0, 0x250):
        base = unicodedata.normalize("NFKD", chr(code))[0].lower()
        if base.isascii() and base.isalpha():
            table[code] = base
    table[ord("’")] = "'"
    return table


_FOLD: Final = _fold_table()


def fold(text: str) -> str:
    """Lower case without accents, letter for letter: positions stay the same."""
    return text.translate(_FOLD)


class Token(NamedTuple):
    """A word of a text: as compared, and where it stands."""

    word: str
    start: int
    end: int

    @property
    def stops(self) -> bool:
        """Whether it is punctuation."""
        return self.word in _MARKS


def prepare(text: str) -> str:
    """The part of a text that is read: composed letters, addresses and handles blanked out, tags split in words."""
    plain = unicodedata.normalize("NFC", text[:LOOKED])
    plain = _LINKS.sub(lambda found: " " * len(found[0]), plain)
    return _TAG.sub(lambda found: " " + _TAG_SEAM.sub(" ", found[0][1:]), plain)


def tokens(prepared: str) -> list[Token]:
    """The words and stops of a prepared text, in order."""
    return [Token(found[0], found.start(), found.end()) for found in _TOKEN.finditer(fold(prepared))]


class Hit(NamedTuple):
    """Words of a text that stand in a list: tokens ``first`` to ``last``, exclusive."""

    label: str
    first: int
    last: int


class _Begun(NamedTuple):
    """What may begin with a word: the lists that it stands in by itself, and all its phrases by their second word."""

    alone: tuple[str, ...]
    longer: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
    prefixes: Sequence[str]


class Phrases:
    """Finds the words and phrases of many lists at once, in time linear in the text."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._prefixes: dict[str, set[str]] = {}
        for label, phrases in lists.items():
            for phrase in phrases:
                self._add(label, phrase)
        self._begun: dict[str, _Begun] = {}
        self._lengths = sorted({len(prefix) for prefix in self._prefixes})
        self._known = {word for found in self._phrases.values() for words, _ in found for word in words}

    def _add(self, label: str, phrase: str) -> None:
        star = phrase.rstrip().endswith("*")
        words = tuple(t.word for t in tokens(unicodedata.normalize("NFC", phrase)) if not t.stops)
        if not words:
            return
        if star and len(words) == 1:
            self._prefixes.setdefault(words[0], set()).add(label)
            return
        self._phrases.setdefault(words[0], []).append((words, label))

    def spelled(self, words: Sequence[str]) -> list[str]:
        """Lengthened words as they are spelled: «nooo» is «no», «goood» is «good» where the lists know it."""
        return [self._spelled(word) for word in words] if _LONG.search(" ".join(words)) else list(words)

    def _spelled(self, word: str) -> str:
        if not _LONG.search(word):
            return word
        double = _LONG.sub(r"\1\1", word)
        return double if double in self._known else _LONG.sub(r"\1", word)

    def find(self, words: Sequence[str]) -> list[Hit]:
        """Every hit in order; where phrases of one list begin at the same word, the longest."""
        hits: list[Hit] = []
        for at, (word, then) in enumerate(pairwise((*words, ""))):
            begun = self._begun.get(word) or self._look(word)
            longer = begun.longer.get(then)
            if longer is None:
                hits += [Hit(label, at, at + 1) for label in begun.alone]
                continue
            longest: dict[str, int] = {}
            for phrase, label in longer:
                size = len(phrase)
                if size > longest.get(label, 0) and (size <= 2 or tuple(words[at : at + size]) == phrase):
                    longest[label] = size
            for label in begun.prefixes:
                longest.setdefault(label, 1)
            hits += [Hit(label, at, at + size) for label, size in longest.items()]
        return hits

    def _look(self, word: str) -> _Begun:
        """What may begin with a word; remembered, for the same words come again and again."""
        phrases = self._phrases.get(word, ())
        prefixes = [label for length in self._lengths for label in sorted(self._prefixes.get(word[:length], ()))]
        alone = [label for phrase, label in phrases if len(phrase) == 1]
        seconds = {phrase[1] for phrase, _ in phrases if len(phrase) > 1}
        longer = {then: [(p, label) for p, label in phrases if p[1:2] in ((), (then,))] for then in seconds}
        found = _Begun(tuple(dict.fromkeys((*alone, *prefixes))), longer, prefixes)
        if len(self._begun) >= _REMEMBERED:
            self._begun = {}
        self._begun[word] = found
        return found


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists of the desk; ``types`` are in order of precedence, ``portuguese`` holds feeling alone."""

    complaint: tuple[str, ...]
    service: tuple[str, ...]
    negative: tuple[str, ...]
    positive: tuple[str, ...]
    safety: tuple[str, ...]
    negators: tuple[str, ...]
    stops: frozenset[str]
    types: Mapping[str, tuple[str, ...]]
    empty: frozenset[str]
    portuguese: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls) -> Lexicon:
        """The lists that come with the desk, in Spanish and English."""
        return _load()


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(files("lexicons", f"{name}.toml").read_text("utf-8"))


def _lists(name: str) -> list[tuple[str, list[object]]]:
    return [(key, words) for key, words in _read(name).items() if isinstance(words, list)]


def _words(table: object) -> tuple[str, ...]:
    if not isinstance(table, Mapping):
        return ()
    return tuple(word for lang in ("es", "en") for word in table.get(lang, ()))


@cache
def _load() -> Lexicon:
    complaint, negation = _read("complaint"), _read("negation")
    stops, listed = negation["stops"], _read("types")
    types: dict[str, tuple[str, ...]] = {}
    for name, table in listed.items():
        types[name] = tuple(table["words"]) if isinstance(table, Mapping) else ()
    return Lexicon(
        complaint=_words(complaint["complaint"]),
        service=_words(complaint["service"]),
        negative=_words(_read("negative")),
        positive=_words(_read("positive")),
        safety=_words(_read("safety")),
        negators=_words(negation),
        stops=frozenset(stops if isinstance(stops, list) else ()),
        types=types,
        empty=frozenset(word for line in _read("stop").values() for word in str(line).split()),
        portuguese={name: tuple(map(str, words)) for name, words in _lists("portuguese")},
    )
