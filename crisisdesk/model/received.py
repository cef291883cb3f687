"""What a network answered, as it came: the bytes that mentions were read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One answer that a page was read from, or the events of a stream that it was read from.

    Attributes:
        url: where it came from after redirects, values that could be a secret left out.
        headers: those of the answer that are on the list of harmless ones, by lower-case name, ascending.
        body: the bytes as the network gave them, its compression undone; of a stream what each event held, one below
            the other.
        at: when it had come, UTC.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    at: datetime


def of_stream(url: str, events: Sequence[str], at: datetime) -> tuple[Received, ...]:
    """What the events of a stream held that a page was read from, as one answer; nothing where there are none."""
    body = "\n".join(events).encode("utf-8", "replace")
    return (Received(url=url, status=200, headers=(), body=body, at=at),) if events else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer in the data file, with the mentions that came with it.

    Attributes:
        body: its bytes, or ``None`` where they are gone; ``sha256`` and ``size`` are those of the bytes as they came.
        gone: why they are gone: ``age``, ``room``, ``source`` (a mention in them was deleted there), or empty.
        first: id of the first mention that came with it; ``last`` the last one. 0 and -1 where none was new.
        also: ids of mentions whose words it changed.
    """

    id: int
    source: str
    account: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    at: datetime
    sha256: str
    size: int
    first: int
    last: int
    also: tuple[int, ...] = ()
    gone: str = ""
    body: bytes | None = None

    def brought(self, mention_id: int) -> bool:
        """Whether a mention was read from it."""
        return self.first <= mention_id <= self.last or mention_id in self.also
