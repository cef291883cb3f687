"""Linear heads over a text's pieces and cues: one table of weights, trained elsewhere and only read here.

Each head is multinomial logistic regression. A piece weighs its rarity (idf) as often as it occurs, a text's pieces are
scaled to length 1, and cues are added as they are; in the full tier a sentence embedding stands behind the cues.
``packaging/dev.py train`` makes the tables; ``resources/heads/README.md`` says from what and how well they do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from math import exp, sqrt
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resources import files

from crisisdesk.pipeline.features import BUCKETS, Pieces

Floats = NDArray[np.float32]
LANGUAGES: Final = ("es", "en", "pt")
REGISTERS: Final = ("es", "en", "pt", "es.airlines")
"""What the head ``language`` tells apart: a head of its own judges each; before the point stands the language."""
CLASSES: Final = ("negative", "neutral", "positive")
LANGUAGE: Final = "language"


class Weighed(NamedTuple):
    """A text against a table: what each piece adds to each column, times ``length``; sums with bias."""

    shares: Floats
    length: float
    sums: Floats


class Table:
    """Heads side by side, so that a text is looked up once.

    Args:
        heads: the name of each head and of its classes, in the order of the columns.
        idf: rarity per bucket; 0 where a bucket is not known.
        weights: per bucket and column.
        cues: for each head that takes any, per cue and class.
        bias: per column.
    """

    def __init__(
        self, heads: Mapping[str, Sequence[str]], idf: Floats, weights: Floats, cues: Mapping[str, Floats], bias: Floats
    ) -> None:
        self._columns: dict[str, slice] = {}
        self._classes = {name: tuple(classes) for name, classes in heads.items()}
        start = 0
        for name, classes in self._classes.items():
            self._columns[name] = slice(start, start + len(classes))
            start += len(classes)
        self._rows = np.hstack([weights * idf[:, None], (idf * idf)[:, None]]).astype(np.float32)
        self._contrasts = {
            (name, label): self._contrast(of, number)
            for name, of in self._columns.items()
            for number, label in enumerate(self._classes[name])
        }
        self._cues = cues
        self._bias = bias

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def _contrast(self, of: slice, number: int) -> Floats:
        """What the shares are multiplied by to tell one class from its head's classes together."""
        made = np.zeros(self._rows.shape[1], np.float32)
        made[of] = -1 / (of.stop - of.start)
        made[of.start + number] += 1
        return made

    def weigh(self, pieces: Pieces) -> Weighed:
        """Look a text up."""
        return self.weigh_all((pieces,))[0]

    def weigh_all(self, texts: Sequence[Pieces]) -> list[Weighed]:
        """Look texts up, the same as one by one and cheaper; all their rows are held at once."""
        if not texts:
            return []
        rows = self._rows.take(np.concatenate([text.buckets for text in texts]), axis=0)  # faster than [...]
        ends = np.cumsum([len(text.buckets) for text in texts]).tolist()
        starts = [0, *ends[:-1]]
        sums = np.add.reduceat(rows, starts, axis=0)
        lengths = [sqrt(squares) or 1.0 for squares in sums[:, -1].tolist()]
        sums /= np.array(lengths, np.float32)[:, None]
        sums[:, :-1] += self._bias
        return [
            Weighed(rows[start:end], length, one)
            for start, end, length, one in zip(starts, ends, lengths, sums, strict=True)
        ]

    def score(self, name: str, text: Weighed, cues: Sequence[float] | Floats = ()) -> dict[str, float]:
        """The logit of each class of the head ``name``."""
        of = self._columns[name]
        logits = text.sums[of]
        if len(cues):
            logits = logits + np.asarray(cues, np.float32) @ self._cues[name]
        return dict(zip(self._classes[name], logits.tolist(), strict=True))

    def toward(self, name: str, chosen: str, text: Weighed) -> Floats:
        """How much more each piece speaks for a class than for the head's classes together."""
        return np.asarray(text.shares @ self._contrasts[name, chosen] / np.float32(text.length), np.float32)


def softmax(logits: Mapping[str, float]) -> dict[str, float]:
    """Probabilities of logits."""
    top = max(logits.values())
    raised = {name: exp(logit - top) for name, logit in logits.items()}
    total = sum(raised.values())
    return {name: value / total for name, value in raised.items()}


def unpack(arrays: Mapping[str, NDArray[Any]]) -> Table:
    """The table of a file: kept buckets, their rarity and their weights in steps of ``scale``."""
    heads: dict[str, list[str]] = json.loads(bytes(arrays["heads"]).decode())
    kept, bias = arrays["kept"], arrays["bias"].astype(np.float32)
    idf = np.zeros(BUCKETS, np.float32)
    idf[kept] = arrays["idf"]
    weights = np.zeros((BUCKETS, len(bias)), np.float32)
    weights[kept] = arrays["weights"] * arrays["scale"].astype(np.float32)
    cues = {name[5:]: held.astype(np.float32) for name, held in arrays.items() if name.startswith("cues.")}
    return Table(heads, idf, weights, cues, bias)


@cache
def load(tier: str = "small") -> Table:
    """The table of ``resources/heads/<tier>.npz``."""
    with files("heads", f"{tier}.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        return unpack({name: arrays[name] for name in arrays.files})
