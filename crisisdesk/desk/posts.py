"""A text of our own, sent through a source as a post of its own: the plan first, a person's word, then the outbox.

It is the same verb of publishing as copying out: what blocks the one blocks the other, and what the text promises
enters the ledger when it is out. Where no source can post, a person copies the text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crisisdesk.connectors.base import Poster, connectors
from crisisdesk.desk.core import Core
from crisisdesk.desk.outbox import FindPoster, Outbox, whole_plan
from crisisdesk.model.draft import Draft, digest_of
from crisisdesk.model.errors import InputError, StepError, VaultError
from crisisdesk.model.outgoing import Outgoing, OutgoingState
from crisisdesk.model.source import ReplyPlan
from crisisdesk.store import outgoing, rows, sources
from crisisdesk.store.database import Connection

if TYPE_CHECKING:
    from crisisdesk.web import Web

_UNDER_WAY = (OutgoingState.READY, OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Way:
    """A source that posts: ``place`` is where people will read it (our account, a list's address)."""

    source: str
    account: str
    place: str


@dataclass(frozen=True, slots=True)
class PostView:
    """A text with the ways that it could go out by itself.

    Attributes:
        sent: what of it is in the outbox, oldest first.
        drill: nothing is sent from here.
    """

    draft: Draft
    ways: tuple[Way, ...]
    sent: tuple[Outgoing, ...]
    drill: bool


class Posts:
    """Sends texts of our own."""

    def __init__(self, core: Core, outbox: Outbox, poster: FindPoster, web: Callable[[], Web]) -> None:
        self._core = core
        self._outbox = outbox
        self._poster = poster
        self._web = web

    def ways(self) -> tuple[Way, ...]:
        """Every source that can post with its settings; one whose secret cannot be read now is left out."""
        with self._core.read() as connection:
            listed = [(row.source, row.account) for row in sources.sources(connection)]
        found = []
        for source, account in listed:
            if not hasattr(connectors().get(source), "plan_post"):
                continue  # most cannot: their secrets need not be asked for
            try:
                poster = self._poster(source, account)
            except (InputError, VaultError):
                continue
            if poster is not None and poster.posts_as:
                found.append(Way(source, account, poster.posts_as))
        return tuple(found)

    def of(self, draft_id: int) -> PostView:
        """All that a person sees beside a text of our own."""
        with self._core.read() as connection:
            draft = rows.drafts.get(connection, draft_id)
            sent = rows.outgoing.where(connection, draft_id=draft_id, mention_id=None)
        ways = self.ways() if draft.mention_id is None and not self._core.drill else ()
        return PostView(draft, ways, sent, drill=self._core.drill)

    async def plan(self, draft_id: int, source: str, account: str, lang: str, web: Web) -> ReplyPlan:
        """What would be sent, for a person to read: length, cost, warnings and the exact payload. Sends nothing."""
        with self._core.read() as connection:
            draft = rows.drafts.get(connection, draft_id)
        poster = self._find(source, account)
        key = _key(draft, source, account, lang)
        return whole_plan(poster, await poster.plan_post(web, draft.body.get(lang), lang, key))

    def confirm(self, draft_id: int, source: str, account: str, lang: str, plan: ReplyPlan) -> Outgoing:
        """A person has read the plan and says: send it. Only one of several gets through; the others are told who.

        Raises:
            StepError: in a drill; the text changed, may not go out, or is out or on its way there already.
        """
        if self._core.drill:
            raise StepError("outgoing.drill")
        with self._core.write() as tx:
            draft = rows.drafts.get(tx.connection, draft_id)
            if draft.mention_id is not None:
                raise InputError("outgoing.an_answer")
            if plan.key != _key(draft, source, account, lang):
                raise StepError("outgoing.other_text")
            self._outbox.must_be_new(tx.connection, plan.key)
            _must_be_free(tx.connection, draft, source, account, lang)
            return self._outbox.put(tx, draft, lang, plan, source, account)

    def plan_now(self, draft_id: int, source: str, account: str, lang: str) -> ReplyPlan:
        """:meth:`plan`, on a loop of its own: for the window's threads."""
        return asyncio.run(self.plan(draft_id, source, account, lang, self._web()))

    def _find(self, source: str, account: str) -> Poster:
        poster = self._poster(source, account)
        if poster is None or not poster.posts_as:
            raise InputError("outgoing.no_poster", source=source)
        return poster


def _must_be_free(connection: Connection, draft: Draft, source: str, account: str, lang: str) -> None:
    """Refuse a text of which a version is on its way or in doubt there, or which a person has posted there by hand."""
    same = {"draft_id": draft.id, "source": source, "account": account, "lang": lang, "mention_id": None}
    waiting = rows.outgoing.first(connection, state=_UNDER_WAY, **same)
    if waiting is not None:
        raise StepError("outgoing.already", by=waiting.confirmed_by, at=waiting.confirmed_at)
    if channel := outgoing.posted_by_hand(connection, draft.id, source, lang):
        raise StepError("draft.already_out", channel=channel)


def _key(draft: Draft, source: str, account: str, lang: str) -> str:
    """Same draft, same words, same language, same account: the same post."""
    place = digest_of(f"{source}\n{account}")[:12]
    return f"cd-{draft.id}-post-{place}-{lang}-{digest_of(draft.body.get(lang))[:24]}"
