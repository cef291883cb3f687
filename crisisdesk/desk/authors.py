"""People who say things: what they are to us sticks to everything they said and will say."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from crisisdesk.desk.core import Core
from crisisdesk.model.author import AuthorCard, Known, Relation
from crisisdesk.model.errors import InputError
from crisisdesk.model.mention import Mention, Sentiment
from crisisdesk.pipeline.engagement import acts, level
from crisisdesk.plain import one_line
from crisisdesk.store import inbox, mentions, sources
from crisisdesk.store.database import Connection

KEY: Final = "authors"
MANY: Final = 5_000
"""People whom a desk may know: they are written down one by one, by hand."""
LOOKED: Final = 200
"""Mentions of a person that the acts are counted from, the newest."""


class Authors:
    """Knows the people."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def card(self, mention_id: int) -> AuthorCard | None:
        """The author of a mention; ``None`` where it names nobody. NotFoundError when there is no such mention."""
        with self._core.read() as connection:
            key = _person(mentions.get(connection, mention_id).mention)
            if key is None:
                return None
            newest = inbox.of_person(connection, *key, limit=LOOKED)
            many, first = inbox.person_since(connection, *key)
            known = _known(connection).get(_written(key), {})
        done = acts(one.mention for one in newest)
        followers = next((n for one in newest if (n := one.mention.followers) is not None), None)
        return AuthorCard(
            source=key[0],
            person=key[1],
            known=msgspec.convert(known, Known),
            mentions=many,
            first_at=first,
            negative=sum(one.verdict.sentiment is Sentiment.NEGATIVE for one in newest),
            followers=followers,
            acts=done,
            level=level(done),
        )

    def say(self, mention_id: int, relation: Relation | None, *, vip: bool) -> Known:
        """Say what the author of a mention is; saying it was before undoes it, and both are in the timeline.

        Raises:
            InputError: the mention names nobody, or too many people are known.
            NotFoundError: no such mention.
        """
        with self._core.write() as tx:
            said = mentions.get(tx.connection, mention_id).mention
            key = _person(said)
            if key is None:
                raise InputError("author.nobody")
            everybody = _known(tx.connection)
            before = msgspec.convert(everybody.get(_written(key), {}), Known)
            now = Known(relation=relation, vip=vip, by=self._core.actor, at=self._core.clock.now())
            if (before.relation, before.vip) == (relation, vip):
                return before
            if relation is None and not vip:
                everybody.pop(_written(key), None)
            else:
                everybody[_written(key)] = msgspec.to_builtins(now)
            if len(everybody) > MANY:
                raise InputError("author.many", most=MANY)
            sources.set_meta(tx.connection, KEY, everybody)
            data = {"who": one_line(said.author or key[1], 60), **_told("", now), **_told("old_", before)}
            self._core.log_if_open(tx, "author.said", data=data)
            return now


def _person(said: Mention) -> tuple[str, str] | None:
    person = said.author_id or said.author
    return (said.source, person) if person else None


def _written(key: tuple[str, str]) -> str:
    return "\n".join(key)


def _known(connection: Connection) -> dict[str, Any]:
    return dict(sources.get_meta(connection, KEY) or {})


def _told(prefix: str, known: Known) -> dict[str, object]:
    relation = known.relation.value if known.relation else "nobody"
    return {f"{prefix}relation": f"{relation}_vip" if known.vip else relation}
