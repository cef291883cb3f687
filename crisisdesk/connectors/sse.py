"""Server-sent events out of lines (WHATWG HTML, 9.2.6), without trust: an event that is too long is left out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from crisisdesk.wire import MEGABYTE

EVENT_CHARACTERS: Final = MEGABYTE


class Event(NamedTuple):
    """One event: its name (``message`` where it has none) and its data."""

    name: str
    data: str


async def events(lines: AsyncIterator[str]) -> AsyncIterator[Event]:
    """The events of a stream; one that is cut off at its end is none."""
    name, data, size = "", list[str](), 0
    async for line in lines:
        if not line:
            if data and size <= EVENT_CHARACTERS:
                yield Event(name or "message", "\n".join(data))
            name, data, size = "", [], 0
            continue
        field, _, value = line.partition(":")  # a line that begins with «:» is a comment
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            size += len(value) + 1
            if size <= EVENT_CHARACTERS:
                data.append(value)
