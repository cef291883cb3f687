"""Language and sentiment of a text by the trained heads, and the words that spoke for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from crisisdesk.model.label import Reason
from crisisdesk.pipeline.cues import cues
from crisisdesk.pipeline.features import Pieces, pieces
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


def said(table: Table, text: str, read: Read, claimed: str = "", sense: Sequence[float] = ()) -> Said:
    """Judge a text that has been read; without a known language there are no scores.

    ``sense``: its sentence embedding, for the table of the full tier.
    """
    cut = pieces(text)
    weighed = table.weigh(cut)
    name = register(table, weighed, claimed)
    if name not in table:
        return Said("", {}, (), (), tuple(cues(text, read.hits, read.negated)), weighed)
    shown = cues(text, read.hits, read.negated, name[:2])
    scores = table.score(name, weighed, [*shown, *sense])
    chosen = max(scores, key=lambda label: scores[label])
    reasons, spans = _reasons(cut, table.toward(name, chosen, weighed), read)
    return Said(name[:2], scores, reasons, spans, tuple(shown), weighed)


def _reasons(cut: Pieces, toward: Floats, read: Read) -> tuple[tuple[Reason, ...], tuple[tuple[int, int], ...]]:
    """The words whose pieces spoke most for a class; a pair of words is told of its second one."""
    weights = np.bincount(cut.words, toward).tolist()
    words = cut.text.split()
    lowered = read.text.lower()
    if len(lowered) != len(read.text):
        return (), ()
    reasons: list[Reason] = []
    spans: list[tuple[int, int]] = []
    for number in sorted(range(len(weights)), key=weights.__getitem__, reverse=True):
        if weights[number] < _SPOKE or len(reasons) == _REASONS or number >= len(words):
            break
        word = words[number]
        start = -1 if word in _NO_WORD else lowered.find(word)
        if start >= 0 and any(map(str.isalnum, word)):
            spans.append((start, start + len(word)))
            reasons.append(Reason(read.text[start : start + len(word)], round(weights[number], 3)))
    return tuple(reasons), tuple(spans)
