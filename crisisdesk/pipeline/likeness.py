"""Texts that say the same in nearly the same words, found as they come in. Pure.

Method. A text is read as :func:`crisisdesk.pipeline.count.wording` reads it (no addresses, handles, tags, digits,
stops or case), without accents. Its features are its words and its pairs of neighbouring words. Two texts are alike
when their features overlap by at least :data:`ALIKE` (Jaccard: common ÷ all) and the same words in them deny: «ya hay
luz» and «no hay luz» are not alike however long they are. Texts of fewer than :data:`FEW` words are alike only word
for word.

So that a text is not compared with every other, candidates come from MinHash with bands (Broder 1997): 18 hash values
in 6 bands of 3, and a candidate shares a band. Of two texts with an overlap of 0.7 that finds 92 in 100, of 0.8 99, of
0.3 15; what it finds is then compared in full, so nothing is put together that is not alike. The first text of a kind
leads it: others are compared with that one and not with one another, so that kinds do not creep.
"""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import filterfalse, pairwise
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from crisisdesk.pipeline.count import wording

ALIKE: Final = 0.6
FEW: Final = 5
SPAN: Final = timedelta(hours=24)
"""A text joins its kind within so long of one that joined before."""
_BANDS: Final = 6
_ROWS: Final = 3
_DENY: Final = frozenset(
    "no ni nunca jamas nadie ningun ninguna ninguno nada sin tampoco ya not never nobody none nothing without "
    "cannot dont doesnt isnt arent wasnt didnt wont cant already nao nem ninguem nenhum nenhuma sem ja".split()
)
_LUCK: Final = np.random.RandomState(20_180_307)
_A: Final = _LUCK.randint(1, 1 << 62, size=(_BANDS * _ROWS, 1), dtype=np.int64).astype(np.uint64) | np.uint64(1)
_B: Final = _LUCK.randint(0, 1 << 62, size=(_BANDS * _ROWS, 1), dtype=np.int64).astype(np.uint64)
_HIGH: Final = np.uint64(32)


def words(text: str) -> list[str]:
    """The words of a text as they are compared."""
    read = wording(text)
    if not read.isascii():
        read = "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", read)))
    return read.split()


def features(read: Sequence[str]) -> NDArray[np.uint32]:
    """Words and pairs of neighbours as numbers, each once, ascending."""
    pairs = [f"{one} {other}" for one, other in pairwise(read)]
    return np.unique(np.array([crc32(one.encode()) for one in (*read, *pairs)], dtype=np.uint32))


def overlap(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Common features ÷ all features of two texts; 0 where there are none."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    every = len(one) + len(other) - common
    return common / every if every else 0.0


def bands(found: NDArray[np.uint32]) -> list[bytes]:
    """What two texts must share one of to be compared."""
    hashed = (_A * found.astype(np.uint64)[None, :] + _B) >> _HIGH
    least = hashed.min(axis=1).astype(np.uint32).tobytes()
    width = 4 * _ROWS
    return [bytes([n]) + least[n * width : (n + 1) * width] for n in range(_BANDS)]


class _Kind(NamedTuple):
    """The first text of a kind: its features and what denies in it; where it can be found again."""

    features: NDArray[np.uint32]
    denies: tuple[str, ...]
    keys: tuple[bytes, ...]


class Kinds:
    """The kinds of text of late, by the id of the first of each; those that nobody joins are forgotten first.

    Args:
        most: how many kinds are remembered.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._kinds: OrderedDict[int, _Kind] = OrderedDict()
        self._newest: dict[int, datetime] = {}
        self._by_key: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._kinds)

    def place(self, number: int, at: datetime, text: str) -> int | None:
        """The id of the first text of this kind, ``number`` itself when it begins one; ``None`` where nothing is said.

        Args:
            number: the text's id.
            at: when it was said.
        """
        read = words(text)
        if not read:
            return None
        said = " ".join(read).encode()
        whole = b"=" + said[:200] + crc32(said).to_bytes(4, "big")
        same = self._by_key.get(whole)
        if same is not None and self._joins(same, at):
            return same
        if len(read) < FEW:
            self._begin(number, at, _Kind(_NOTHING, (), (whole,)))
            return number
        found = features(read)
        keys = bands(found)
        denies = tuple(sorted(word for word in read if word in _DENY))
        for other in dict.fromkeys(filter(None, map(self._by_key.get, keys))):
            kind = self._kinds[other]
            if kind.denies == denies and overlap(found, kind.features) >= ALIKE and self._joins(other, at):
                return other
        self._begin(number, at, _Kind(found, denies, (whole, *keys)))
        return number

    def _joins(self, first: int, at: datetime) -> bool:
        newest = self._newest[first]
        if abs(at - newest) > SPAN:
            return False
        self._newest[first] = max(newest, at)
        self._kinds.move_to_end(first)
        return True

    def _begin(self, number: int, at: datetime, kind: _Kind) -> None:
        self._kinds[number] = kind
        self._newest[number] = at
        for key in kind.keys:
            self._by_key[key] = number  # a newer kind is the one to find
        while len(self._kinds) > self._most:
            old, gone = self._kinds.popitem(last=False)
            del self._newest[old]
            for key in gone.keys:
                if self._by_key.get(key) == old:
                    del self._by_key[key]


_NOTHING: Final = np.zeros(0, dtype=np.uint32)
