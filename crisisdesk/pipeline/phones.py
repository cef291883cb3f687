"""Phone numbers inside a text. Pure."""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "…"
_NUMBER: Final = re.compile(r"(?<![\w#])\+?(?:\(\d{1,5}\)|\d)(?:[\s().\-/]{0,3}\d){6,18}(?!\w)")


def without_numbers(text: str) -> str:
    """A text with everything that can be a phone number struck out, however it is spaced."""
    return _NUMBER.sub(HIDDEN, text)
