"""A text as hashed pieces: runs of two to five letters inside words, whole words and pairs of words.

One text is a handful of NumPy passes over its code points: every piece is a span, and the hash of a span comes from
two prefix sums of a polynomial hash modulo 2^64 (Karp and Rabin, 1987). No vocabulary is kept, so none is shipped.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

BITS: Final = 17
BUCKETS: Final = 1 << BITS
READ: Final = 2_000
"""Characters of a text that are read for pieces."""
_SHORTEST: Final = 2
_RUNS: Final = 4  # of 2, 3, 4 and 5 letters
_INSIDE: Final = np.arange(_RUNS)[:, None]
_BEYOND: Final = np.full(_RUNS, -1)
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
    longest = 8 * READ + 8  # replaced handles, lower() and spaces around marks lengthen a text
    inverse = pow(_BASE, -1, 1 << 64)
    up, down = [1], [1]
    for _ in range(longest):
        up.append(up[-1] * _BASE & 0xFFFFFFFFFFFFFFFF)
        down.append(down[-1] * inverse & 0xFFFFFFFFFFFFFFFF)
    return np.array(up, np.uint64), np.array(down, np.uint64)


def pieces(text: str) -> Pieces:
    """Cut a text; the same text gives the same pieces on every machine."""
    read = plain(text)
    codes = np.frombuffer(read.encode("utf-32-le", "surrogatepass"), np.uint32)
    size = len(codes)
    up, down = _powers()
    sums = np.zeros(size + 1, np.uint64)
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * up[:size], out=sums[1:])
    gaps = codes == 32
    passed = np.cumsum(gaps)
    # a run may begin and end with a space, but there is none inside it; the text ends with one
    open_ = np.concatenate([passed, _BEYOND])[np.arange(size - 1) + _INSIDE] == passed[: size - 1]
    line, start = np.divmod(np.flatnonzero(open_), max(1, size - 1))
    spaces = np.flatnonzero(gaps)
    begin = np.concatenate([start, spaces[:-1] + 1, spaces[:-2] + 1])
    end = np.concatenate([start + line + _SHORTEST, spaces[1:], spaces[2:]])
    letters = len(start)
    hashes = (sums[end] - sums[begin]) * down[begin]
    hashes[letters:] ^= np.uint64(_MIX)  # the word «de» is not the run «de»
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(_MIX)
    return Pieces(read, (hashes >> np.uint64(64 - BITS)).astype(np.int64), passed[end - 2] - 1)
