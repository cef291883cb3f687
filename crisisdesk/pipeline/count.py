"""Counting by the minute, and who counts as a voice of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from crisisdesk.model.mention import VOICE_BLOCK, Mention, Said, Verdict

T = TypeVar("T")

MINUTE: Final = timedelta(minutes=1)
_MOVING = re.compile(r"https?://\S+|[@#]\w+")
_BETWEEN = re.compile(r"[\W\d_]+")
_LOOKED: Final = 1_000
_OWN_WORDS: Final = 4
_BLOCK: Final = VOICE_BLOCK.total_seconds()


def minute(instant: datetime) -> datetime:
    """The minute in which ``instant`` lies, by its start."""
    return instant.replace(second=0, microsecond=0)


class Tally(NamedTuple):
    """One minute: all mentions, the voices among them and those voices that complain.

    ``moments`` are the voices one by one: seconds into the minute, and whether it complains.
    """

    total: int = 0
    voices: int = 0
    complainers: int = 0
    moments: tuple[tuple[float, bool], ...] = ()


NOTHING: Final = Tally()


def fill(counts: Mapping[datetime, T], start: datetime, end: datetime, nothing: T) -> Iterator[tuple[datetime, T]]:
    """Every minute with ``start <= minute < end`` with its count, ``nothing`` where there is none."""
    at = minute(start)
    while at < end:
        yield at, counts.get(at, nothing)
        at += MINUTE


def wording(text: str) -> str:
    """What stays of a text when it is passed on: without addresses, handles, tags, digits, punctuation and case."""
    return " ".join(_BETWEEN.sub(" ", _MOVING.sub(" ", text[:_LOOKED].lower())).split())


class Voices:
    """Who speaks for the first time, with words of their own, in each ten minutes of the clock.

    Reposts have no voice. One person with ten posts is one voice, and so are ten accounts with one text; «no hay luz»
    is what people say, not a copy. Blocks of the clock, not ten minutes since the last, so that it does not matter
    where one begins to read.
    """

    def __init__(self) -> None:
        self._block = 0
        self._people: set[str] = set()
        self._words: set[str] = set()

    def copy(self) -> Voices:
        """Another one that knows the same."""
        twin = Voices()
        twin._block, twin._people, twin._words = self._block, set(self._people), set(self._words)
        return twin

    def heard(self, at: datetime, author: str, text: str, is_repost: bool) -> bool:
        """Whether this is a new voice; call in order of time."""
        if is_repost:
            return False
        block = int(at.timestamp() // _BLOCK)
        if block != self._block:
            self._block = block
            self._people.clear()
            self._words.clear()
        words = wording(text)
        if (author and author in self._people) or words in self._words:
            return False
        if author:
            self._people.add(author)
        if words.count(" ") + 1 >= _OWN_WORDS:
            self._words.add(words)
        return True


def tally(said: Iterable[Said], voices: Voices | None = None) -> dict[datetime, Tally]:
    """Minute → its tally, of what was said in order of time.

    It begins at the beginning of a block, or where ``voices`` stands.
    """
    voices, found = voices or Voices(), dict[datetime, list[Said]]()
    moments: dict[datetime, list[tuple[float, bool]]] = {}
    for one in said:
        at = minute(one.at)
        found.setdefault(at, []).append(one)
        if voices.heard(one.at, one.author, one.text, one.is_repost):
            second = (one.at - at).total_seconds()
            moments.setdefault(at, []).append((second, one.complaint))
    return {
        at: Tally(len(all_), len(new := moments.get(at, [])), sum(c for _, c in new), tuple(new))
        for at, all_ in found.items()
    }


def in_order(judged: Iterable[tuple[Mention, Verdict]]) -> list[Said]:
    """Mentions in any order as counting needs them; the same id of the same source counts once."""
    unique = {(m.source, m.account, m.native_id): (m, v) for m, v in judged}
    return sorted(
        Said(m.published_at, key, m.author, m.text, m.is_repost, v.complaint) for key, (m, v) in unique.items()
    )
