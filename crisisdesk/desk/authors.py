"""People who say things: what they are to us sticks to everything they said and will say."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from crisisdesk.desk.core import Core
from crisisdesk.desk.erasure import Erasures
from crisisdesk.model.author import AuthorCard, Crowd, Known, Member, Relation
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import CommunityChanged
from crisisdesk.model.mention import Mention, Sentiment
from crisisdesk.pipeline.engagement import acts, level, spread
from crisisdesk.plain import one_line
from crisisdesk.store import inbox, mentions, people, sources
from crisisdesk.store.database import Connection, Transaction

KEY: Final = "authors"
MANY: Final = 5_000
"""People whom a desk may know: they are written down one by one, by hand."""
LOOKED: Final = 200
"""Mentions of a person that the acts are counted from, the newest."""
CROWD: Final = 20_000
"""Mentions that the levels of everybody are counted from, the newest."""
LISTS: Final = 50
NAME: Final = 40
"""VIP lists, and how long the name of one may be."""


class Authors:
    """Knows the people."""

    def __init__(self, core: Core, ours: tuple[str, ...] = ()) -> None:
        self._core = core
        self.erasures = Erasures(core, ours)

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
            if (before.relation, before.vip) == (relation, vip):
                return before
            now = self._keep(tx, said, key, relation=relation, vip=vip, lists=before.lists)
            data = {"who": now.name, **_told("", now), **_told("old_", before)}
            self._core.log_if_open(tx, "author.said", data=data)
            return now

    def enlist(self, mention_id: int, name: str) -> Known:
        """Put the author of a mention on a VIP list; one of that name that nobody was on begins with them.

        Raises:
            InputError: the mention names nobody, the list has no name, or there are too many people or lists.
            NotFoundError: no such mention.
        """
        name = one_line(" ".join(name.split()), NAME)
        if not name:
            raise InputError("author.no_list")
        return self._on_lists(mention_id, name, on=True)

    def delist(self, mention_id: int, name: str) -> Known:
        """Take the author of a mention off a list; a list that nobody is on any more is gone."""
        return self._on_lists(mention_id, name, on=False)

    def lists(self) -> dict[str, tuple[Member, ...]]:
        """Every VIP list by name, with its people by theirs."""
        with self._core.read() as connection:
            return vip_lists(connection)

    def vips(self) -> frozenset[tuple[str, str]]:
        """(source, person) of everybody who is a VIP or on a VIP list."""
        with self._core.read() as connection:
            return vips(connection)

    def crowd(self, limit: int = CROWD) -> Crowd:
        """How the authors of the newest ``limit`` mentions spread over the levels of Generation V."""
        with self._core.read() as connection:
            found = people.acting(connection, limit)
        return Crowd(
            mentions=found.mentions, nameless=found.nameless, since=found.since, voices=spread(found.voices)
        )

    def _on_lists(self, mention_id: int, name: str, *, on: bool) -> Known:
        with self._core.write() as tx:
            said = mentions.get(tx.connection, mention_id).mention
            key = _person(said)
            if key is None:
                raise InputError("author.nobody")
            before = msgspec.convert(_known(tx.connection).get(_written(key), {}), Known)
            known = {one.casefold(): one for one in vip_lists(tx.connection)}
            name = known.get(name.casefold(), name)  # a list is one, however it is typed
            if (name in before.lists) is on:
                return before
            if on and name not in known.values() and len(known) >= LISTS:
                raise InputError("author.many_lists", most=LISTS)
            lists = {*before.lists, name} if on else {*before.lists} - {name}
            now = self._keep(
                tx, said, key, relation=before.relation, vip=before.vip, lists=tuple(sorted(lists, key=str.casefold))
            )
            kind = "author.listed" if on else "author.unlisted"
            self._core.log_if_open(tx, kind, data={"who": now.name, "words": name})
            return now

    def _keep(
        self, tx: Transaction, said: Mention, key: tuple[str, str], *, relation: Relation | None, vip: bool,
        lists: tuple[str, ...],
    ) -> Known:  # fmt: skip
        everybody = _known(tx.connection)
        now = Known(
            relation=relation,
            vip=vip,
            lists=lists,
            name=one_line(said.author or key[1], 60),
            by=self._core.actor,
            at=self._core.clock.now(),
        )
        if relation is None and not vip and not lists:
            everybody.pop(_written(key), None)
        else:
            everybody[_written(key)] = msgspec.to_builtins(now)
        if len(everybody) > MANY:
            raise InputError("author.many", most=MANY)
        sources.set_meta(tx.connection, KEY, everybody)
        tx.emit(CommunityChanged())
        return now


def on_list(connection: Connection, name: str) -> tuple[tuple[str, str], ...]:
    """(source, person) of everybody on a VIP list."""
    return tuple((one.source, one.person) for one in vip_lists(connection).get(name, ()))


def vips(connection: Connection) -> frozenset[tuple[str, str]]:
    """:meth:`Authors.vips` in a transaction."""
    found = ((written, msgspec.convert(data, Known)) for written, data in _known(connection).items())
    return frozenset(_key(written) for written, known in found if known.vip or known.lists)


def vip_lists(connection: Connection) -> dict[str, tuple[Member, ...]]:
    """:meth:`Authors.lists` in a transaction."""
    found: dict[str, list[Member]] = {}
    for written, data in _known(connection).items():
        source, person = _key(written)
        known = msgspec.convert(data, Known)
        member = Member(source=source, person=person, name=known.name or person, by=known.by, at=known.at)
        for name in known.lists:
            found.setdefault(name, []).append(member)
    by_name = sorted(found, key=lambda name: (name.casefold(), name))
    return {n: tuple(sorted(found[n], key=lambda m: (m.name.casefold(), m.source, m.person))) for n in by_name}


def _person(said: Mention) -> tuple[str, str] | None:
    person = said.author_id or said.author
    return (said.source, person) if person else None


def _written(key: tuple[str, str]) -> str:
    return "\n".join(key)


def _key(written: str) -> tuple[str, str]:
    source, _, person = written.partition("\n")
    return source, person


def _known(connection: Connection) -> dict[str, Any]:
    return dict(sources.get_meta(connection, KEY) or {})


def _told(prefix: str, known: Known) -> dict[str, object]:
    relation = known.relation.value if known.relation else "nobody"
    return {f"{prefix}relation": f"{relation}_vip" if known.vip else relation}
