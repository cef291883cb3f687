"""Files that belong to entries of the timeline: what a person brings, and what is kept of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

MOST_BYTES: Final = 25 * 1024 * 1024
"""The largest file that is kept."""
MOST_FILES: Final = 20
"""Files that come with one act."""
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was read from outside: ``name`` is one plain line and no path, ``content`` its bytes."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of its bytes, as lower-case hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of an entry.

    Attributes:
        id: the row of the timeline (``entry.attached``) that holds its hash.
        name: as it came, one plain line; empty once it was deleted by law.
        size: bytes.
        sha256: of its bytes; stays when they were deleted by law.
        at: when it was attached, UTC; ``by`` whom.
        erased: its bytes and its name were deleted by law.
    """

    id: int
    name: str
    size: int
    sha256: str
    at: datetime
    by: str
    erased: bool = False
