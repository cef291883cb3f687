"""What we listen for: kept in the data file, tried on what was heard, and what part of the talk is about us."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any, Final

from crisisdesk import plain
from crisisdesk.connectors.options import QUERY, query_of
from crisisdesk.desk.core import Core
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import PreparationChanged
from crisisdesk.model.source import Query
from crisisdesk.model.voice import Rival, Sorted, Tested, Voices, Watched
from crisisdesk.pipeline import share
from crisisdesk.query import matches, of_words
from crisisdesk.store import mentions, sources

KEY: Final = "watched"
PARTS: Final = tuple(name for name in QUERY if name != "native")
MOST: Final = 50_000
"""Mentions that a count looks at, the newest."""
EXAMPLES: Final = 20
LONGEST: Final = 200
MANY: Final = 200
RIVALS: Final = 20


class Queries:
    """The desk's query and what is counted with it.

    Args:
        fallback: what we listen for until a person wrote a query.
    """

    def __init__(self, core: Core, fallback: Callable[[], Query]) -> None:
        self._core = core
        self._fallback = fallback
        self._known: Watched | None = None

    def current(self) -> Watched:
        """What we listen for now."""
        if self._known is None:
            with self._core.read() as connection:
                stored = sources.get_meta(connection, KEY)
            self._known = _loaded(stored) if stored else Watched(query=self._fallback())
        return self._known

    def query(self) -> Query:
        """The brand's part of it, which sources are asked for."""
        return self.current().query

    def read(self, parts: Mapping[str, str], rivals: str, own: str) -> Watched:
        """What a person typed.

        Args:
            parts: by the query's part, with commas.
            rivals: one a line: ``Name: word, two words, @account, #tag``; a name alone stands for itself.
            own: our own accounts, with commas.

        Raises:
            InputError: nothing to listen for, a word too long, too many words or rivals, a rival named twice.
        """
        query = query_of({name: parts.get(name, "") for name in PARTS})
        query = replace(
            query,
            handles=tuple(word for w in query.handles if (word := w.lstrip("@"))),
            hashtags=tuple(word for w in query.hashtags if (word := w.lstrip("#"))),
            langs=tuple(lang.lower() for lang in query.langs),
        )
        if not query:
            raise InputError("queries.empty")
        for lang in query.langs:
            if not (lang.isascii() and lang.isalpha() and 2 <= len(lang) <= 3):
                raise InputError("queries.lang", lang=plain.one_line(lang, 40))
        found: dict[str, Rival] = {}
        for line in filter(None, map(str.strip, rivals.splitlines())):
            name, colon, words = line.partition(":")
            name = name.strip()
            if not name or name.casefold() in found:
                raise InputError("queries.rival_twice" if name else "queries.rival_nameless", name=name)
            asked = of_words(words.split(",") if colon and words.strip() else [name])
            found[name.casefold()] = Rival(plain.one_line(name, 60), asked)
        watched = Watched(query=query, rivals=tuple(found.values()), own=_listed(own))
        _check(watched)
        return watched

    def save(self, watched: Watched) -> None:
        """Listen for this from now on; sources ask for it the next time, without a restart."""
        with self._core.write() as tx:
            sources.set_meta(tx.connection, KEY, _stored(watched))
            words = ", ".join([*watched.query.terms, *watched.query.phrases][:10])
            self._core.log(tx, "query.changed", None, data={"words": words or "—"})
            tx.emit(PreparationChanged())
        self._known = watched

    def exclude(self, words: Sequence[str]) -> None:
        """Rule these words or phrases out from now on, beside those that are ruled out already."""
        watched = self.current()
        new = tuple(word for word in words if word not in watched.query.exclude)
        if new:
            watched = replace(watched, query=replace(watched.query, exclude=(*watched.query.exclude, *new)))
            _check(watched)
            self.save(watched)

    def test(self, watched: Watched, days: int) -> Tested:
        """What the query finds in the last ``days`` times 24 hours of stored mentions."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            rows = mentions.latest(connection, limit=MOST + 1, start=now - timedelta(days=days), end=None)
        cut, rows = len(rows) > MOST, rows[:MOST]
        query, words, channels = watched.query, Counter[str](), Counter[str]()
        found, missed = [], []
        for row in rows:
            has = matches(query, row.mention.text, row.mention.lang)
            if not has:
                missed.append(row)
                continue
            found.append(row)
            words.update(has)
            channels[row.mention.channel or row.mention.source] += 1
        for mark, group in (("", query.terms), ("", query.phrases), ("@", query.handles), ("#", query.hashtags)):
            for word in group:
                words.setdefault(mark + word, 0)
        return Tested(
            looked=len(rows),
            found=len(found),
            cut=cut,
            words=tuple(sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))),
            channels=tuple(sorted(channels.items(), key=lambda pair: (-pair[1], pair[0]))),
            examples=tuple(found[:EXAMPLES]),
            missed=tuple(missed[:EXAMPLES]),
        )

    def voices(self, days: int, brand: str) -> Voices:
        """Shares of voice and the four numbers of the last ``days`` times 24 hours; ``brand`` names ours."""
        now, watched = self._core.clock.now(), self.current()
        rows, cut = self._sorted(days, watched)
        return Voices(
            since=now - timedelta(days=days),
            until=now,
            shares=share.shares(rows, _names(watched, brand)),
            four=share.four(rows, now),
            own=sum(row.own for row in rows),
            counted=len(rows),
            cut=cut,
        )

    def table(self, days: int, brand: str) -> bytes:
        """The rows that :meth:`voices` counts, as CSV (UTF-8 with BOM): no texts; a number for each author."""
        watched = self.current()
        rows, _cut = self._sorted(days, watched)
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([*share.COLUMNS, *map(plain.csv_cell, _names(watched, brand))])
        for row in rows:
            at = row.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
            cells = [at, row.source, row.voice, int(row.own), row.sentiment.value, *map(int, row.names)]
            writer.writerow([plain.csv_cell(cell) for cell in cells])
        return b"\xef\xbb\xbf" + out.getvalue().encode()

    def _sorted(self, days: int, watched: Watched) -> tuple[tuple[Sorted, ...], bool]:
        now = self._core.clock.now()
        with self._core.read() as connection:
            rows = mentions.heard(connection, now - timedelta(days=days), now, MOST + 1)
        return share.sort_out(rows[:MOST], watched), len(rows) > MOST


def _names(watched: Watched, brand: str) -> tuple[str, ...]:
    return (brand, *(rival.name for rival in watched.rivals))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for part in text.split(",") if (word := part.strip().lstrip("@"))))


def _check(watched: Watched) -> None:
    if len(watched.rivals) > RIVALS:
        raise InputError("queries.many_rivals", most=RIVALS)
    asked = (watched.query, *(rival.query for rival in watched.rivals))
    words = [word for query in asked for name in PARTS for word in getattr(query, name)] + list(watched.own)
    if len(words) > MANY:
        raise InputError("queries.many", most=MANY)
    for word in words:
        if len(word) > LONGEST:
            raise InputError("queries.long", word=plain.one_line(word, 60), most=LONGEST)


def _stored(watched: Watched) -> dict[str, Any]:
    def parts(query: Query) -> dict[str, list[str]]:
        return {name: list(getattr(query, name)) for name in PARTS}

    rivals = [{"name": rival.name, "query": parts(rival.query)} for rival in watched.rivals]
    return {"query": parts(watched.query), "rivals": rivals, "own": list(watched.own)}


def _loaded(stored: Mapping[str, Any]) -> Watched:
    def query(parts: Mapping[str, Any]) -> Query:
        known: dict[str, Any] = {name: tuple(map(str, parts.get(name, ()))) for name in PARTS}
        return Query(**known)

    rivals = tuple(Rival(str(one["name"]), query(one["query"])) for one in stored.get("rivals", ()))
    return Watched(query=query(stored["query"]), rivals=rivals, own=tuple(map(str, stored.get("own", ()))))
