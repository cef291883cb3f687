"""What people's labels teach one desk: weights of words and word pairs, added to what the desk thinks by itself.

The method is the passive-aggressive rule (Crammer et al., JMLR 7, 2006) without a cap: after a lesson the very text is
judged as the person said, by a margin; a text that shares most of its words mostly follows, one that shares few does
not. Lessons are replayed in the order in which they were given, so taking one back is learning without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import sqrt
from typing import Final

from crisisdesk.pipeline.lexicon import Token

MARGIN: Final = 0.5
_ROUNDS: Final = 24
"""Updates within one lesson: one for each class that stood before the right one, and a few to settle."""


class Taught:
    """Additive weights per class, learnt from lessons; without a lesson it changes nothing."""

    def __init__(self, empty: frozenset[str]) -> None:
        self._empty = empty
        self._weights: dict[str, dict[str, float]] = {}  # word or pair → class → weight

    def __bool__(self) -> bool:
        return bool(self._weights)

    def marks(self, found: Sequence[Token], words: Sequence[str]) -> dict[str, float]:
        """The words and neighbouring pairs of a text that say something, as a vector of length 1."""
        said = [w for w, token in zip(words, found, strict=True) if not token.stops and w not in self._empty]
        marks = {*said, *(f"{a} {b}" for a, b in pairwise(said))}
        weight = 1 / sqrt(len(marks)) if marks else 0.0
        return dict.fromkeys(sorted(marks), weight)

    def score(self, marks: Mapping[str, float]) -> dict[str, float]:
        """Class → what the lessons add for a text with these marks."""
        total: dict[str, float] = {}
        for mark, size in marks.items():
            for label, weight in self._weights.get(mark, {}).items():
                total[label] = total.get(label, 0.0) + size * weight
        return total

    def known(self, marks: Iterable[str], label: str) -> tuple[str, ...]:
        """Those of the marks that lessons made speak for ``label``, strongest first."""
        spoken = [(self._weights[m].get(label, 0.0), m) for m in marks if m in self._weights]
        return tuple(m for w, m in sorted(spoken, key=lambda pair: (-pair[0], pair[1])) if w > 0)

    def learn(self, marks: Mapping[str, float], scores: Mapping[str, float], right: str) -> None:
        """One lesson: a text that scores ``scores`` by itself is ``right``; ``scores`` hold every class there is."""
        if not marks or right not in scores:
            return
        for _ in range(_ROUNDS):
            added = self.score(marks)
            now = {label: score + added.get(label, 0.0) for label, score in scores.items()}
            rival = max((label for label in now if label != right), key=lambda label: (now[label], label), default=None)
            if rival is None:
                return
            loss = MARGIN + now[rival] - now[right]
            if loss <= 1e-9:
                return
            for mark, size in marks.items():
                weights = self._weights.setdefault(mark, {})
                weights[right] = weights.get(right, 0.0) + loss / 2 * size
                weights[rival] = weights.get(rival, 0.0) - loss / 2 * size
