"""Share of voice against named competitors, and the four numbers of Socialmention, counted from stored mentions.

Every number is a fraction of two counts, so that a person can do it again by hand from the exported rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from crisisdesk.model.mention import Sentiment
from crisisdesk.model.voice import Four, Heard, Share, Sorted, Watched
from crisisdesk.query import folded, matches

DAY: Final = timedelta(hours=24)
COLUMNS: Final = ("utc", "source", "voice", "own", "sentiment")
"""Columns of the export before the brands' names; ``voice`` is a number for each author, 0 where there is none."""


def sort_out(rows: Iterable[Heard], watched: Watched) -> tuple[Sorted, ...]:
    """Each mention with whom it names and whose voice it is."""
    queries = (watched.query, *(rival.query for rival in watched.rivals))
    own = {folded(name.lstrip("@")) for name in (*watched.own, *watched.query.handles)}
    voices: dict[tuple[str, str], int] = {}
    found = []
    for row in rows:
        author = folded(row.author.strip().lstrip("@"))
        known = row.author_id or author
        voice = voices.setdefault((row.source, known), len(voices) + 1) if known else 0
        ours = bool(author) and (author in own or author.partition("@")[0] in own)
        names = tuple(bool(matches(query, row.text, row.lang)) for query in queries)
        found.append(Sorted(row.at, row.source, voice, ours, row.sentiment, names))
    return tuple(found)


def shares(rows: Sequence[Sorted], names: Sequence[str]) -> tuple[Share, ...]:
    """The part of each of ``names`` (the brand first), own accounts left out."""
    public = [row for row in rows if not row.own]
    counts = [sum(row.names[n] for row in public) for n in range(len(names))]
    good = [sum(row.names[n] and row.sentiment is not Sentiment.NEGATIVE for row in public) for n in range(len(names))]
    return tuple(Share(name, counts[n], good[n], sum(counts)) for n, name in enumerate(names))


def four(rows: Sequence[Sorted], now: datetime) -> Four:
    """The four counts of the brand, own accounts left out."""
    public = [row for row in rows if not row.own]
    brand = [row for row in public if row.names[0]]
    voices = Counter(row.voice for row in brand if row.voice)
    return Four(
        last_day=sum(row.at > now - DAY for row in brand),
        all_last_day=sum(row.at > now - DAY for row in public),
        positive=sum(row.sentiment is Sentiment.POSITIVE for row in brand),
        negative=sum(row.sentiment is Sentiment.NEGATIVE for row in brand),
        repeated=sum(count > 1 for count in voices.values()),
        authors=len(voices),
        signed=sum(voices.values()),
    )
