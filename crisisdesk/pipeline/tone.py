"""Language and sentiment of a text by the trained heads, and the words that spoke for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from crisisdesk.model.label import Reason
from crisisdesk.pipeline.cues import cues
from crisisdesk.pipeline.features import Pieces, cut
from crisisdesk.pipeline.heads import LANGUAGE, LANGUAGES, Floats, Table, Weighed, softmax
from crisisdesk.pipeline.wording import Read, Said

_SURE: Final = 0.6
"""Probability from which the words tell the language by themselves."""
_POSSIBLE: Final = 0.05
"""Probability from which what the source says of the language is believed."""
_FEWEST: Final = 12
"""Pieces without which no language is guessed."""
_REASONS: Final = 3
_SPOKE: Final = 0.08
"""Weight from which a word is named as a reason."""
_NO_WORD: Final = frozenset(("@user", "http"))


def register(table: Table, text: Weighed, claimed: str = "") -> str:
    """One of the registers, or empty where neither the words nor the language that a source claims tell."""
    if len(text.shares) < _FEWEST:
        return claimed if claimed in LANGUAGES else ""
    chances = softmax(table.score(LANGUAGE, text))
    spoken = {lang: sum(p for name, p in chances.items() if name[:2] == lang) for lang in LANGUAGES}
    lang = claimed if spoken.get(claimed, 0.0) >= _POSSIBLE else max(spoken, key=lambda name: spoken[name])
    if lang != claimed and spoken[lang] < _SURE:
        return ""
    return max((name for name in chances if name[:2] == lang), key=lambda name: chances[name])


class Looked(NamedTuple):
    """What the tables are asked about a text.

    Attributes:
        cut: its pieces.
        weighed: the same in the table of the heads.
        sense: its sentence embedding, for the table of the full tier; else empty.
    """

    cut: Pieces
    weighed: Weighed
    sense: Sequence[float] = ()


def look(table: Table, texts: Sequence[str], senses: Sequence[Sequence[float]] = ()) -> list[Looked]:
    """Look texts up together, which is cheaper than one by one and gives the same."""
    found = cut(texts)
    return [
        Looked(pieces, weighed, sense)
        for pieces, weighed, sense in zip(found, table.weigh_all(found), senses or [()] * len(found), strict=True)
    ]


def said(table: Table, text: str, read: Read, looked: Looked, claimed: str = "") -> Said:
    """Judge a text that has been read and looked up; without a known language there are no scores."""
    weighed = looked.weighed
    name = register(table, weighed, claimed)
    if name not in table:
        return Said("", {}, (), (), tuple(cues(text, read.hits, read.negated)), weighed)
    shown = cues(text, read.hits, read.negated, name[:2])
    scores = table.score(name, weighed, [*shown, *looked.sense])
    chosen = max(scores, key=lambda label: scores[label])
    reasons, spans = _reasons(looked.cut, table.toward(name, chosen, weighed), read)
    return Said(name[:2], scores, reasons, spans, tuple(shown), weighed)


def _reasons(cut: Pieces, toward: Floats, read: Read) -> tuple[tuple[Reason, ...], tuple[tuple[int, int], ...]]:
    """The words whose pieces spoke most for a class; a pair of words is told of its second one."""
    lowered = read.text.lower()
    if len(lowered) != len(read.text):
        return (), ()
    words = cut.text.split()
    weights = np.bincount(cut.words, toward).tolist()
    spoke = [number for number in range(min(len(weights), len(words))) if weights[number] >= _SPOKE]
    reasons: list[Reason] = []
    spans: list[tuple[int, int]] = []
    for number in sorted(spoke, key=weights.__getitem__, reverse=True):
        word = words[number]
        start = -1 if word in _NO_WORD else lowered.find(word)
        if start >= 0 and any(map(str.isalnum, word)):
            spans.append((start, start + len(word)))
            reasons.append(Reason(read.text[start : start + len(word)], round(weights[number], 3)))
            if len(reasons) == _REASONS:
                break
    return tuple(reasons), tuple(spans)
