"""The seer over stored mentions, and what it saw kept in an incident's timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from crisisdesk import plain
from crisisdesk.desk.core import Core
from crisisdesk.model.errors import InputError
from crisisdesk.pipeline.seer import Arrow, Seen, Spoken, compare, country_of, words_of
from crisisdesk.store import mentions

MOST: Final = 50_000
"""Mentions that a look goes through, the newest."""
LONGEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was asked and what was seen.

    Attributes:
        langs: (language, mentions) of all that was looked at, most first; ``""`` = not known.
        countries: (country, mentions), most first; ``""`` = not known.
        looked: mentions gone through; ``cut`` when there were more.
    """

    left: str
    right: str
    days: int
    lang: str
    country: str
    seen: Seen
    langs: tuple[tuple[str, int], ...]
    countries: tuple[tuple[str, int], ...]
    looked: int
    cut: bool


class Seer:
    """Looks at how people go on after two beginnings; asks nobody outside."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def look(self, left: str, right: str, days: int, *, lang: str = "", country: str = "") -> Sight:
        """Both beginnings in the last ``days`` times 24 hours; raises ``InputError`` for an empty or too long one."""
        for stem in (left, right):
            if not words_of(stem):
                raise InputError("seer.empty")
            if len(stem) > LONGEST:
                raise InputError("seer.long", most=LONGEST)
        now = self._core.clock.now()
        with self._core.read() as connection:
            rows = mentions.heard(connection, now - timedelta(days=days), now, MOST + 1)
        spoken = [Spoken(row.text, row.lang, country_of(row.url)) for row in rows[:MOST]]
        return Sight(
            left=left.strip(),
            right=right.strip(),
            days=days,
            lang=lang,
            country=country,
            seen=compare(spoken, left, right, lang=lang, country=country),
            langs=_ranked(one.lang for one in spoken),
            countries=_ranked(one.country for one in spoken),
            looked=len(spoken),
            cut=len(rows) > MOST,
        )

    def keep(self, incident_id: int | None, sight: Sight) -> None:
        """Write what was seen into the incident's timeline, by its words and counts."""
        if incident_id is None:
            raise InputError("seer.no_incident")
        where = " · ".join(part for part in (sight.lang, sight.country, f"{sight.days} d") if part)
        seen = sight.seen
        parts = [f"{sight.left}: {_told(seen.left, 'left')}", f"{sight.right}: {_told(seen.right, 'right')}"]
        if sight.seen.shared:
            both = ", ".join(f"{one.words} {one.left}/{one.right}" for one in sight.seen.shared)
            parts.insert(1, f"{sight.left} + {sight.right}: {both}")
        data = {
            "what": f"«{sight.left}» {sight.seen.left_total} / «{sight.right}» {sight.seen.right_total} ({where})",
        }
        with self._core.write() as tx:
            self._core.log(tx, "seer.seen", incident_id, data=data, text=plain.one_line("; ".join(parts), 2_000))


def _told(arrows: tuple[Arrow, ...], side: str) -> str:
    return ", ".join(f"{one.words} {getattr(one, side)}" for one in arrows) or "—"


def _ranked(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counted = Counter(values)
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
