"""Phone numbers on their way out of the house: whatever leaves goes through here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, partial
from importlib import resources
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.model.mention import StoredMention
from crisisdesk.pipeline.phones import everywhere, without_kept, without_numbers
from crisisdesk.store import rows
from crisisdesk.store.database import Connection

Strike = Callable[[str], str]
_ZONES: Final = ("zoneinfo", "zone1970.tab")


def kept_numbers(connection: Connection) -> tuple[str, ...]:
    """Every number that somebody gave us and that is not deleted."""
    return tuple(filter(None, (row.phone for row in rows.call_backs.where(connection))))


def strike_kept(connection: Connection) -> Strike | None:
    """What strikes the kept numbers out of a text; ``None`` while none is kept."""
    kept = kept_numbers(connection)
    return partial(without_kept, kept=kept) if kept else None


def strike_all(core: Core, connection: Connection) -> Strike:
    """What strikes every phone number out of a text that goes to people outside of the desk."""
    return partial(without_numbers, region=core.country or country_of(core.zone), kept=kept_numbers(connection))


def shareable(connection: Connection, found: Iterable[StoredMention]) -> tuple[StoredMention, ...]:
    """Mentions as they may leave the house: no kept number in any; where one was given, deleted meanwhile or not, no
    run of digits that can be one."""
    gave = {row.mention_id for row in rows.call_backs.where(connection)}
    strike = strike_kept(connection)
    return tuple(_shareable(one, strike, gave=one.id in gave) for one in found)


def shareable_words(connection: Connection, mention_id: int, words: str) -> str:
    """Earlier words of a mention, by the same rule as :func:`shareable`."""
    if any(row.mention_id == mention_id for row in rows.call_backs.where(connection)):
        return without_numbers(words)
    return without_kept(words, kept_numbers(connection))


def _shareable(one: StoredMention, strike: Strike | None, *, gave: bool) -> StoredMention:
    if gave:
        one = replace(one, mention=replace(one.mention, text=without_numbers(one.mention.text)))
    return everywhere(one, strike) if strike is not None else one


@cache
def country_of(zone: str) -> str:
    """ISO 3166 code of the first country that an IANA zone is kept in; ``""`` for a zone of none."""
    table = resources.files("tzdata").joinpath(*_ZONES).read_text("utf-8")
    for line in table.splitlines():
        codes, _, rest = line.partition("\t")
        if not line.startswith("#") and rest.split("\t")[1:2] == [zone]:
            return codes.partition(",")[0]
    return ""
