"""What a rise is likely about: the phrase that most of it shares, and the words that come with it. No model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

_TOGETHER: Final = 0.5
"""Two terms are one topic when at least this part of the texts of the rarer one holds the other, too."""
_LIFT: Final = 1.2
"""And when that is so much more than chance would bring them together."""
_KEPT: Final = 0.6
"""A phrase grows by a word while so many of the texts that hold it still do."""
_LONGEST: Final = 8
_LEAST: Final = 0.1
"""A group of terms in a smaller part of the texts is not what a rise is about."""


class Topic(NamedTuple):
    """What most texts share.

    Attributes:
        phrase: neighbouring words, folded; empty when nothing is shared.
        others: terms that come with it, strongest first, none of them part of the phrase.
        share: of the texts, 0 to 1, that hold a term of the group.
    """

    phrase: str = ""
    others: tuple[str, ...] = ()
    share: float = 0.0


def topic(
    terms: Sequence[str], pages: Sequence[Collection[str]], texts: Sequence[Sequence[str]], empty: Collection[str]
) -> Topic:
    """The topic of a rise.

    Args:
        terms: what is new against the quiet time, strongest first (``explain``).
        pages: the terms of each text of the rise, each once.
        texts: the words of the same texts in their order, folded.
        empty: words that tell nothing; a phrase neither begins nor ends with one, but for «sin» and «no».
    """
    where = {term: frozenset(n for n, page in enumerate(pages) if term in page) for term in terms}
    groups = _groups(terms, where, len(pages))
    if not groups:
        return Topic()
    found = [(frozenset[int]().union(*(where[term] for term in group)), group) for group in groups]
    about, group = max(found, key=lambda one: (len(one[0]), -terms.index(one[1][0])))
    if len(about) < 2 or len(about) < _LEAST * len(pages):
        return Topic()
    # The term that most of the group's texts hold carries the phrase; the strongest of equals.
    seed = max(group, key=lambda term: (len(where[term]), -terms.index(term)))
    phrase = _phrase(tuple(seed.split()), [texts[n] for n in sorted(where[seed])], empty)
    inside = set(phrase)
    others = tuple(term for term in group if not set(term.split()) <= inside)
    return Topic(" ".join(phrase), others, len(about) / len(pages))


def _groups(terms: Sequence[str], where: dict[str, frozenset[int]], texts: int) -> list[list[str]]:
    """Terms that go together; each joins the first group with a term that it goes with."""
    groups: list[list[str]] = []
    for term in terms:
        mine = where[term]
        if not mine:
            continue
        for group in groups:
            if any(_together(mine, where[other], texts) for other in group):
                group.append(term)
                break
        else:
            groups.append([term])
    return groups


def _together(a: frozenset[int], b: frozenset[int], texts: int) -> bool:
    both = len(a & b)
    return both >= _TOGETHER * min(len(a), len(b)) and both * texts >= _LIFT * len(a) * len(b)


def _phrase(seed: tuple[str, ...], texts: Sequence[Sequence[str]], empty: Collection[str]) -> tuple[str, ...]:
    """``seed`` with the neighbours that most of the ``texts`` that hold it give it."""
    least = _KEPT * sum(_find(text, seed) is not None for text in texts)
    best = phrase = seed
    while least >= 2 * _KEPT and len(phrase) < _LONGEST:
        grown: Counter[tuple[str, ...]] = Counter()
        for text in texts:
            at = _find(text, phrase)
            if at is None:
                continue
            before, after = text[max(at - 1, 0) : at], text[at + len(phrase) : at + len(phrase) + 1]
            grown.update((*before, *phrase) for word in before if word[0].isalnum())  # a stop ends a phrase
            grown.update((*phrase, *after) for word in after if word[0].isalnum())
        top = min(grown, key=lambda words: (-grown[words], words), default=None)
        if top is None or grown[top] < max(least, 2):
            break
        phrase = top
        if phrase[-1] not in empty and (phrase[0] not in empty or phrase[0] in ("sin", "no")):
            best = phrase
    return best


def _find(text: Sequence[str], phrase: tuple[str, ...]) -> int | None:
    """Where ``phrase`` stands in ``text`` first."""
    size = len(phrase)
    for at in range(len(text) - size + 1):
        if text[at] == phrase[0] and tuple(text[at : at + size]) == phrase:
            return at
    return None
