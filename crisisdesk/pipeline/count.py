"""Counting by the minute, and who counts as a voice of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
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

    def heard(self, at: datetime, author: str, words: str, is_repost: bool) -> bool:
        """Whether this is a new voice, with its :func:`wording`; call in order of time."""
        if is_repost:
            return False
        block = int(at.timestamp() // _BLOCK)
        if block != self._block:
            self._block = block
            self._people.clear()
            self._words.clear()
        if (author and author in self._people) or words in self._words:
            return False
        if author:
            self._people.add(author)
        if words.count(" ") + 1 >= _OWN_WORDS:
            self._words.add(words)
        return True


class Worded(NamedTuple):
    """A :class:`Said` whose text has been read already; sorted, it is in the order that counting needs."""

    at: datetime
    key: tuple[str, str, str]
    author: str
    words: str
    is_repost: bool
    complaint: bool
    minute: datetime


def worded(one: Said) -> Worded:
    """Read the text once, however often it is counted."""
    words = "" if one.is_repost else wording(one.text)
    return Worded(one.at, one.key, one.author, words, one.is_repost, one.complaint, minute(one.at))


def tally(said: Iterable[Said], voices: Voices | None = None) -> dict[datetime, Tally]:
    """Minute → its tally, of what was said in order of time.

    It begins at the beginning of a block, or where ``voices`` stands.
    """
    return _tallies(map(worded, said), voices or Voices())


def _tallies(ordered: Iterable[Worded], voices: Voices) -> dict[datetime, Tally]:
    totals: dict[datetime, int] = {}
    moments: dict[datetime, list[tuple[float, bool]]] = {}
    for one in ordered:
        at = one.minute
        totals[at] = totals.get(at, 0) + 1
        if voices.heard(one.at, one.author, one.words, one.is_repost):
            second = (one.at - at).total_seconds()
            moments.setdefault(at, []).append((second, one.complaint))
    return {
        at: Tally(total, len(new := moments.get(at, [])), sum(c for _, c in new), tuple(new))
        for at, total in totals.items()
    }


class Recent:
    """The last minutes as they were said: a minute that closes, or one more mention for it, reads nothing again.

    Every mention since :attr:`begin` is here, and who had spoken before it in its block. It holds the last closed
    minute and the open one, and more of them while they are few: memory does not grow with a storm.

    Attributes:
        stale: something came into minutes that were let go, or has other words now. In a storm the whole block would
            have to be read again for each such mention, so that waits until a minute is to be counted; what the open
            minute shows meanwhile is told as if it had not come.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self.clear()

    def clear(self) -> None:
        """Know nothing; :meth:`read` begins again."""
        self.begin: datetime | None = None
        self.stale = False
        self._let_go = False
        self._first = Voices()
        self._minutes: dict[datetime, list[Worded]] = {}
        self._until: tuple[datetime, Voices] | None = None

    def read(self, begin: datetime, said: Iterable[Said], start: datetime, end: datetime) -> dict[datetime, Tally]:
        """Know the last minutes of what was said since ``begin``, in order of time, and return the :meth:`tally`.

        It goes through a minute at a time, so that a storm is never in memory whole.
        """
        self.clear()
        self.begin = begin
        voices, found = Voices(), dict[datetime, Tally]()
        for at, group in groupby(map(worded, said), key=lambda one: one.minute):
            self._minutes[at] = list(group)
            if at < end:
                told = _tallies(self._minutes[at], voices)
                found |= told if at >= start else {}
                self._until = at + MINUTE, voices.copy()
            self._trim(at)
        if self._until is not None:
            self._until = end, self._until[1]
        return found

    def add(self, said: Iterable[Said]) -> None:
        """Take what came in; what belongs before :attr:`begin`, in its very block, puts in doubt what is known."""
        for one in said:
            if self.begin is None:
                return
            at = minute(one.at)
            if at >= self.begin:
                self._minutes.setdefault(at, []).append(worded(one))
                if self._until is not None and at < self._until[0]:
                    self._until = None
            elif self.begin.timestamp() - at.timestamp() < _BLOCK:
                self.doubt()

    def doubt(self) -> None:
        """What is known does not hold any more: forget it, or in a storm until the next minute is to be counted."""
        if self._let_go:
            self.stale = True
        else:
            self.clear()

    def _ordered(self, start: datetime, end: datetime) -> Iterator[Worded]:
        for at in sorted(at for at in self._minutes if start <= at < end):
            self._minutes[at].sort()
            yield from self._minutes[at]

    def _before(self, start: datetime) -> Voices | None:
        """Who had spoken when ``start`` began; ``None`` when that is not known."""
        if self.begin is None or start < self.begin:
            return None
        if self._until is not None and self._until[0] == start:
            return self._until[1]
        voices = self._first.copy()
        _tallies(self._ordered(self.begin, start), voices)
        self._until = start, voices
        return voices

    def tally(self, start: datetime, end: datetime) -> dict[datetime, Tally] | None:
        """As :func:`tally` of all that was said with ``start <= at < end``; ``None`` when that is not known."""
        voices = None if self.stale else self._before(start)
        if voices is None:
            return None
        found = _tallies(self._ordered(start, end), voices)
        self._until = end, voices
        self._trim(end)
        return found

    def _trim(self, end: datetime) -> None:
        """Let go of the oldest minutes while there are too many mentions."""
        held = sum(map(len, self._minutes.values()))
        for at in sorted(self._minutes):
            if held <= self._most or at >= end - MINUTE:
                break
            _tallies(self._ordered(at, at + MINUTE), self._first)
            held -= len(self._minutes.pop(at))
            self.begin, self._let_go = at + MINUTE, True

    def open(self, start: datetime, until: datetime, most: int) -> Sequence[tuple[float, bool]] | None:
        """The voices so far of the open minute from ``start``: none if it holds more than ``most`` mentions."""
        if self.begin is None or start < self.begin:
            return None
        held = self._minutes.get(start, [])
        if len(held) > most or not held:
            return ()
        voices = self._before(start) or Voices()
        found = _tallies((one for one in sorted(held) if one.at < until), voices.copy())
        return found[start].moments if start in found else ()


def in_order(judged: Iterable[tuple[Mention, Verdict]]) -> list[Said]:
    """Mentions in any order as counting needs them; the same id of the same source counts once."""
    unique = {(m.source, m.account, m.native_id): (m, v) for m, v in judged}
    return sorted(
        Said(m.published_at, key, m.author, m.text, m.is_repost, v.complaint) for key, (m, v) in unique.items()
    )
