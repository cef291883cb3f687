"""Language and sentiment of a text by the trained heads, and the words that spoke for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from crisisdesk.model.label import Reason
from crisisdesk.pipeline.cues import listed, signs
from crisisdesk.pipeline.features import Pieces, cut
from crisisdesk.pipeline.heads import CLASSES, LANGUAGE, LANGUAGES, Floats, Table, Weighed, softmax
from crisisdesk.pipeline.wording import Read, Said

_SURE: Final = 0.6
"""Probability from which the words tell the language by themselves."""
_POSSIBLE: Final = 0.05
"""Probability from which what the source says of the language is believed, and a share from which a head speaks."""
_FEWEST: Final = 12
"""Pieces without which no language is guessed."""
_REASONS: Final = 3
_SPOKE: Final = 0.08
"""Weight from which a word is named as a reason."""
_NO_WORD: Final = frozenset(("@user", "http"))


class Voices(NamedTuple):
    """Who judges a text.

    Attributes:
        language: the language that the words or their source tell, or empty.
        heads: the weight of each register's head, 1 together; none where nothing tells.
    """

    language: str
    heads: dict[str, float]


def voices(table: Table, text: Weighed, claimed: str = "") -> Voices:
    """The heads that judge a text: as likely as its register is, so each speaks.

    A language that the source claims keeps the others out, unless the words speak against it.
    """
    if len(text.shares) < _FEWEST:
        return Voices(claimed, {claimed: 1.0}) if claimed in LANGUAGES else Voices("", {})
    chances = softmax(table.score(LANGUAGE, text))
    spoken = dict.fromkeys(LANGUAGES, 0.0)
    for name, p in chances.items():
        spoken[name[:2]] += p
    if spoken.get(claimed, 0.0) >= _POSSIBLE:
        chances = {name: p for name, p in chances.items() if name[:2] == claimed}
        lang = claimed
    else:
        lang = max(spoken, key=lambda name: spoken[name])
    likely = {name: p for name, p in chances.items() if p >= _POSSIBLE * spoken[lang]}
    total = sum(likely.values())
    told = lang if lang == claimed or spoken[lang] >= _SURE else ""
    return Voices(told, {name: p / total for name, p in likely.items()})


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
    language, heads = voices(table, weighed, claimed)
    likeliest = max(heads, key=lambda name: heads[name], default="")
    seen = signs(text)
    cues = {lang: (*listed(read.hits, read.negated, lang), *seen) for lang in {n[:2] for n in (likeliest, *heads)}}
    shown = cues[likeliest[:2]]
    if not heads:
        return Said("", {}, (), (), shown, weighed)
    asked = {lang: np.array((*its, *looked.sense), np.float32) for lang, its in cues.items()}
    scores = dict.fromkeys(CLASSES, 0.0)
    for name, weight in heads.items():
        for label, score in table.score(name, weighed, asked[name[:2]]).items():
            scores[label] += weight * score
    chosen = max(scores, key=lambda label: scores[label])
    toward = np.zeros(len(weighed.shares), np.float32)
    for name, weight in heads.items():
        toward += np.float32(weight) * table.toward(name, chosen, weighed)
    reasons, spans = _reasons(looked.cut, toward, read)
    return Said(language, scores, reasons, spans, shown, weighed)


def _reasons(cut: Pieces, toward: Floats, read: Read) -> tuple[tuple[Reason, ...], tuple[tuple[int, int], ...]]:
    """The words whose pieces spoke most for a class; a pair of words is told of its second one."""
    lowered = read.text.lower()
    if len(lowered) != len(read.text):
        return (), ()
    words = cut.text.split()
    weights = np.bincount(cut.words, toward).tolist()
    spoke = [number for number, weight in enumerate(weights[: len(words)]) if weight >= _SPOKE]
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
