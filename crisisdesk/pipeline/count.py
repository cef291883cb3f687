"""Counting by the minute, and who counts as a voice of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from crisisdesk.model.mention import Mention

MINUTE: Final = timedelta(minutes=1)
_MOVING = re.compile(r"https?://\S+|[@#]\w+")
_BETWEEN = re.compile(r"[\W\d_]+")
_LOOKED: Final = 1_000


def minute(instant: datetime) -> datetime:
    """The minute in which ``instant`` lies, by its start."""
    return instant.replace(second=0, microsecond=0)


def fill(
    counts: Mapping[datetime, tuple[int, int]], start: datetime, end: datetime
) -> Iterator[tuple[datetime, int, int]]:
    """Every minute with ``start <= minute < end`` as ``(minute, total, distinct)``, zeros where there is nothing."""
    at = minute(start)
    while at < end:
        total, distinct = counts.get(at, (0, 0))
        yield at, total, distinct
        at += MINUTE


def wording(text: str) -> str:
    """What stays of a text when it is passed on: without addresses, handles, tags, digits, punctuation and case."""
    return " ".join(_BETWEEN.sub(" ", _MOVING.sub(" ", text[:_LOOKED].lower())).split())


def voices(mentions: Iterable[Mention]) -> int:
    """Distinct people with distinct words among the originals of one minute.

    One person with ten posts is one voice, and so are ten accounts with one text. Without an author only the words
    tell; without words every mention is its own.
    """
    originals = [m for m in mentions if not m.is_repost]
    people = {m.author or f"\0{m.native_id}" for m in originals}
    words = {wording(m.text) or f"\0{m.native_id}" for m in originals}
    return min(len(people), len(words))


def per_minute(mentions: Iterable[Mention]) -> dict[datetime, tuple[int, int]]:
    """Minute → ``(total, voices)`` of mentions in any order; the same id of the same source counts once."""
    unique = {(m.source, m.account, m.native_id): m for m in mentions}
    by_minute: dict[datetime, list[Mention]] = {}
    for mention in unique.values():
        by_minute.setdefault(minute(mention.published_at), []).append(mention)
    return {at: (len(found), voices(found)) for at, found in by_minute.items()}
