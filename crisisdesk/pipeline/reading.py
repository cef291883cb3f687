"""A text as its rules read it: letters without accents, lines, sentences; every place is a place of the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_QUOTES = str.maketrans({"’": "'", "‘": "'", "´": "'", "\u00a0": " ", "\u202f": " ", "\t": " ", "‑": "-", "−": "-"})
_STOPS = re.compile(r"[.!?…]+(?=\s|$|[»”\"'])|[.!?…](?=[¿¡A-ZÁÉÍÓÚÑ])")
_MARKERS = {
    "es": re.compile(
        r"\b(?:el|la|los|las|de|del|que|en|y|a|un|una|por|con|para|no|se|su|al|lo|es|son|esta|estamos|servicio|hoy|"
        r"manana|antes|nuestro|nuestra|sentimos|lamentamos|ya|te|les|horas|hora|todo|mas|muy|sin|su|sus|tu|tus|nos|"
        r"desde|hasta|\w{3,}(?:cion|[ao]s?))\b"
    ),
    "en": re.compile(
        r"\b(?:the|of|to|and|in|is|are|we|our|you|your|will|for|on|by|it|this|that|be|have|has|with|at|not|from|"
        r"service|today|tomorrow|sorry|all|an|was|were|hours|hour|soon|back|i|they|if|but|from|"
        r"before|after|until|then|their|out|up|more|next|no|so|by|\w*(?:th|sh|wh|ght|ee|oo|tt|ff|pp|[kw])\w*|"
        r"\w{3,}(?:ing|ed|ly|'s|'re|'ll|n't)|(?:january|february|march|may|june|july|monday|friday|sunday|saturday))\b"
    ),
}


@dataclass(frozen=True)
class Line:
    """One line, with ``accented`` (lower case) and ``folded`` (also without accents) letter for letter.

    Invisible characters and loose accents are left out; ``places[i]`` is where letter ``i`` stands in the original
    text, in code points, and ``places[-1]`` where the line ends.
    """

    original: str
    accented: str
    folded: str
    places: tuple[int, ...]
    number: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Letters ``start`` to ``end`` as a span of the original text."""
        last = self.places[end - 1] + 1 if end > start else self.places[start]
        while last < self.places[-1] and unicodedata.combining(self.original[last]):
            last += 1  # loose accents belong to the letter before them
        return self.places[start], last

    @cached_property
    def shown(self) -> str:
        """The letters as written: case kept, invisible characters left out."""
        return "".join(self.original[place] for place in self.places[:-1])

    def sentences(self, closed: tuple[tuple[int, int], ...] = ()) -> Iterator[tuple[int, int]]:
        """Spans of the sentences; a full stop inside a ``closed`` span (``a.m.``) ends none, at its end it may."""
        start = 0
        for stop in _STOPS.finditer(self.shown):
            inside = any(a <= stop.start() and stop.end() < b for a, b in closed)
            ends = any(stop.end() == b for _, b in closed) and not re.match(
                r"\s*(?:[A-ZÁÉÍÓÚÑ¿¡«]|$)", self.shown[stop.end() :]
            )
            if not inside and not ends:
                yield start, stop.end()
                start = stop.end()
        if start < len(self.folded):
            yield start, len(self.folded)


def lines(text: str) -> Iterator[Line]:
    """The lines of ``text`` that hold anything, in order; a line break ends a sentence.

    A very long line comes in parts that end where a sentence ends, or else a word: what weighs every word of a
    sentence against every other would take minutes for a page without a full stop.
    """
    at = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        for start, end in _parts(raw):
            if raw[start:end].strip():
                yield _line(text, at + start, at + end, number)
        at += len(raw) + 1


_LONGEST = 1_000
"""Characters of a line that are read at once; people's sentences end long before."""
_SENTENCE_ENDS = re.compile(r"[.!?…][»”\"')]*\s+(?=[A-ZÁÉÍÓÚÑ¿¡«“\"])")


def _parts(raw: str) -> Iterator[tuple[int, int]]:
    start = 0
    while len(raw) - start > _LONGEST:
        window = raw[start : start + _LONGEST]
        ends = [stop.end() for stop in _SENTENCE_ENDS.finditer(window)]
        size = ends[-1] if ends else window.rfind(" ") + 1 or _LONGEST
        yield start, start + size
        start += size
    yield start, len(raw)


def _line(text: str, start: int, end: int, number: int) -> Line:
    accented: list[str] = []
    folded: list[str] = []
    places: list[int] = []
    for at in range(start, end):
        letter = text[at]
        kind = unicodedata.category(letter)
        if kind == "Mn" and accented:
            accented[-1] = unicodedata.normalize("NFC", accented[-1] + letter)[:1]
            continue
        if kind in ("Cf", "Mn", "Me"):
            continue
        plain = letter.translate(_QUOTES)
        accented.append(plain.lower()[:1] or plain)
        folded.append((unicodedata.normalize("NFKD", plain)[:1] or plain).lower()[:1])
        places.append(at)
    places.append(end)
    return Line(text, "".join(accented), "".join(folded), tuple(places), number)


def language(folded: str, other: str = "es") -> str:
    """``es`` or ``en`` by the small words of a text; ``other`` where they do not tell."""
    score = {lang: len(pattern.findall(folded)) for lang, pattern in _MARKERS.items()}
    if score["es"] == score["en"]:
        return other
    return max(score, key=lambda lang: score[lang])
