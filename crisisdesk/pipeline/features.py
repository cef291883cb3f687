"""A text as hashed pieces: runs of two to five letters inside words, whole words and pairs of words.

Texts are a handful of NumPy passes over their code points: every piece is a span, and the hash of a span comes from
two prefix sums of a polynomial hash modulo 2^64 (Karp and Rabin, 1987). No vocabulary is kept, so none is shipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

BITS: Final = 17
BUCKETS: Final = 1 << BITS
READ: Final = 2_000
"""Characters of a text that are read for pieces."""
_SHORTEST: Final = 2
_RUNS: Final = 4  # of 2, 3, 4 and 5 letters
_TOGETHER: Final = 8 * READ + 8
"""Characters that are passed over together; replaced handles, lower() and spaces around marks lengthen a text."""
_BASE: Final = 0x9E3779B97F4A7C15
_MIX: Final = 0xD6E8FEB86659FD93
_ADDRESS: Final = re.compile(r"https?://\S*|www\.\S+")
_HANDLE: Final = re.compile(r"@\w+")
_LONG: Final = re.compile(r"(.)\1{3,}")
_MARKS: Final = re.compile(r"([.,;:!?¡¿…\"“”()\[\]{}]+)")

Ints = NDArray[np.int64]


class Pieces(NamedTuple):
    """The pieces of a text: their buckets, and which word each belongs to.

    Attributes:
        text: what was read: lower case, one space around each word and run of marks, addresses and handles as one word.
        buckets: one number below ``BUCKETS`` for each piece, repeated where a piece repeats.
        words: the number of the word in ``text`` that each piece ends in, from 0.
    """

    text: str
    buckets: Ints
    words: Ints


def plain(text: str) -> str:
    """The text as it is cut into pieces."""
    text = _HANDLE.sub(" @user ", _ADDRESS.sub(" http ", text[:READ])).lower()
    words = _MARKS.sub(r" \1 ", _LONG.sub(r"\1\1\1", text)).split()
    return f" {' '.join(words)} "


@cache
def _powers() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Powers of the base and of its inverse modulo 2^64."""
    inverse = pow(_BASE, -1, 1 << 64)
    up, down = [1], [1]
    for _ in range(_TOGETHER):
        up.append(up[-1] * _BASE & 0xFFFFFFFFFFFFFFFF)
        down.append(down[-1] * inverse & 0xFFFFFFFFFFFFFFFF)
    return np.array(up, np.uint64), np.array(down, np.uint64)


def pieces(text: str) -> Pieces:
    """Cut a text; the same text gives the same pieces on every machine."""
    return cut((text,))[0]


def cut(texts: Iterable[str]) -> list[Pieces]:
    """Cut many texts, the same as one by one and cheaper: those that fit are passed over together."""
    made: list[Pieces] = []
    batch: list[str] = []
    size = 0
    for text in texts:
        read = plain(text)
        if batch and size + len(read) > _TOGETHER:
            made += _cut(batch)
            batch, size = [], 0
        batch.append(read)
        size += len(read)
    return made + _cut(batch) if batch else made


def _cut(read: list[str]) -> list[Pieces]:
    """The pieces of plain texts. Each begins and ends with a space, so that no run of letters leads into the next."""
    codes = np.frombuffer("".join(read).encode("utf-32-le", "surrogatepass"), np.uint32)
    size = len(codes)
    sizes = np.fromiter(map(len, read), np.int64, len(read))
    of = np.repeat(np.arange(len(read), dtype=np.uint16), sizes)
    up, down = _powers()
    sums = np.zeros(size + 1, np.uint64)
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * up[:size], out=sums[1:])
    gaps = codes == 32
    passed = np.cumsum(gaps)
    # a run may begin and end with a space, but there is none inside it
    starts = [np.flatnonzero(of[1:] == of[:-1])]
    starts += [np.flatnonzero(passed[inside:-1] == passed[: -inside - 1]) for inside in range(1, _RUNS)]
    spaces = np.flatnonzero(gaps)
    ends = [start + inside + _SHORTEST for inside, start in enumerate(starts)]
    for words in (1, 2):
        within = (of[spaces[words:]] == of[spaces[:-words]]) & (spaces[words:] - spaces[:-words] > 1)
        starts.append(spaces[:-words][within] + 1)
        ends.append(spaces[words:][within])
    begin, end = np.concatenate(starts), np.concatenate(ends)
    letters = sum(map(len, starts[:_RUNS]))
    hashes = (sums[end] - sums[begin]) * down[begin]
    hashes[letters:] ^= np.uint64(_MIX)  # the word «de» is not the run «de»
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(_MIX)
    buckets = (hashes >> np.uint64(64 - BITS)).astype(np.int64)
    if len(read) == 1:
        return [Pieces(read[0], buckets, passed[end - 2] - 1)]
    owner = of[begin]
    numbers = passed[end - 2] - passed[np.cumsum(sizes) - sizes][owner]
    order = np.argsort(owner, kind="stable")
    buckets, numbers = buckets[order], numbers[order]
    cuts = [0, *np.cumsum(np.bincount(owner, minlength=len(read))).tolist()]
    return [Pieces(text, buckets[a:b], numbers[a:b]) for text, (a, b) in zip(read, pairwise(cuts), strict=True)]
