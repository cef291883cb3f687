"""The outbox: what goes out through a source, at most once; what may or may not be out is asked, never guessed.

A person sees the whole plan and confirms it; that stores a row under an idempotency key. Sending claims the row first,
so a row is handed to the network by one caller only. Whatever dies between claim and mark leaves ``unknown``; without a
network a row is ``queued``, and when the network is back it is a person who confirms it again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from crisisdesk.connectors.base import Poster, Replier, Sender
from crisisdesk.desk.core import Core, check_step
from crisisdesk.desk.drafts import Drafts
from crisisdesk.desk.reply_locks import ReplyLocks
from crisisdesk.model.draft import Draft, DraftState, digest_of
from crisisdesk.model.errors import AmbiguousError, CrisisDeskError, InputError, StepError, TransientError, WebError
from crisisdesk.model.events import OutgoingChanged
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.outgoing import OUTGOING_STEPS, Outgoing, OutgoingState
from crisisdesk.model.reply_lock import ReplyLock
from crisisdesk.model.source import Receipt, ReplyPlan
from crisisdesk.pipeline.lengths import counted
from crisisdesk.store import mentions, outgoing, rows, versions
from crisisdesk.store.database import Connection, Transaction

if TYPE_CHECKING:
    from crisisdesk.web import Web


@dataclass(frozen=True, slots=True)
class ReplyView:
    """An answer with its surroundings.

    Attributes:
        lock: who answers the mention now, and whether that is this desk (``mine``).
        sent: what of this draft is in the outbox, oldest first.
        answers: whether the mention's source can answer from here at all.
        answered: who has answered the mention, and when; this draft's own replies count.
    """

    stored: StoredMention
    lock: ReplyLock | None
    mine: bool
    sent: tuple[Outgoing, ...]
    answers: bool
    drill: bool
    answered: tuple[str, datetime] | None = None


class FindReplier(Protocol):
    """Finds what answers for a stored source."""

    def __call__(self, source: str, account: str) -> Replier | None:
        """The connector of that source when it can answer, else ``None``."""


class FindPoster(Protocol):
    """Finds what posts for a stored source."""

    def __call__(self, source: str, account: str) -> Poster | None:
        """The connector of that source when it can post, else ``None``."""


class Outbox:
    """Keeps what goes out through a source; how a post of our own comes in is in ``desk/posts.py``."""

    def __init__(
        self, core: Core, drafts: Drafts, locks: ReplyLocks, replier: FindReplier, poster: FindPoster
    ) -> None:
        self._core = core
        self._drafts = drafts
        self._locks = locks
        self._replier = replier
        self._poster = poster
        self.recover()

    def recover(self) -> None:
        """After a start: what was being sent is unknown, and what was confirmed and never sent waits for a person."""
        left = (OutgoingState.SENDING, OutgoingState.READY)
        with self._core.read() as connection:
            if rows.outgoing.first(connection, state=left) is None:
                return
        with self._core.write() as tx:
            for row in rows.outgoing.where(tx.connection, state=left):  # another desk may have sent it since
                died = row.state is OutgoingState.SENDING
                state = OutgoingState.UNKNOWN if died else OutgoingState.QUEUED
                self._move(tx, row, state, error_key="outgoing.died" if died else "outgoing.not_sent")

    def list(self, incident_id: int) -> tuple[Outgoing, ...]:
        """What of the incident went or goes out, oldest first."""
        with self._core.read() as connection:
            return rows.outgoing.where(connection, incident_id=incident_id)

    def get(self, outgoing_id: int) -> Outgoing:
        """One row."""
        with self._core.read() as connection:
            return rows.outgoing.get(connection, outgoing_id)

    async def plan(self, draft_id: int, mention_id: int, lang: str, web: Web) -> ReplyPlan:
        """What would be sent, for a person to read: length, cost, warnings and the exact payload. Sends nothing."""
        with self._core.read() as connection:
            draft = rows.drafts.get(connection, draft_id)
            target = mentions.get(connection, mention_id).mention
            versions.must_stand(connection, mention_id)
        replier = self._replier(target.source, target.account)
        if replier is None:
            raise InputError("outgoing.no_replier", source=target.source)
        key = _key(draft, mention_id, lang)
        return whole_plan(replier, await replier.plan(web, target, draft.body.get(lang), key))

    def confirm(
        self, draft_id: int, mention_id: int, lang: str, plan: ReplyPlan, *, again: bool = False
    ) -> Outgoing:
        """A person has read the plan and says: send it. Only one of several gets through; the others are told who.

        Args:
            again: the mention has its answer, and this is meant to be one more.
        """
        if self._core.drill:
            raise StepError("outgoing.drill")
        with self._core.write() as tx:
            target = mentions.get(tx.connection, mention_id).mention
            draft = rows.drafts.get(tx.connection, draft_id)
            if plan.key != _key(draft, mention_id, lang):
                raise StepError("outgoing.other_text")
            self._locks.must_be_free(tx.connection, mention_id)
            self.must_be_new(tx.connection, plan.key)
            answer = outgoing.answer(tx.connection, mention_id, but_draft=draft_id)
            if answer is not None and not again:
                raise StepError("outgoing.answered", by=answer[0], at=answer[1])
            new = self.put(tx, draft, lang, plan, target.source, target.account, mention_id)
            self._locks.answered(tx, mention_id)
            return new

    def must_be_new(self, connection: Connection, key: str) -> None:
        """Refuse what is on its way, in doubt or out already under that key, as ``StepError``."""
        before = rows.outgoing.first(connection, key=key)
        if before is not None and before.state is not OutgoingState.CANCELLED:
            raise StepError("outgoing.already", by=before.confirmed_by, at=before.confirmed_at)

    def put(
        self, tx: Transaction, draft: Draft, lang: str, plan: ReplyPlan, source: str, account: str,
        mention_id: int | None = None,
    ) -> Outgoing:  # fmt: skip
        """Keep what a person has confirmed, if it still may go out; one that was cancelled gives way."""
        new = Outgoing(
            id=0,
            draft_id=draft.id,
            incident_id=draft.incident_id,
            mention_id=mention_id,
            source=source,
            account=account,
            lang=lang,
            digest=digest_of(draft.body.get(lang)),
            plan=plan,
            key=plan.key,
            state=OutgoingState.READY,
            confirmed_by=self._core.actor,
            confirmed_at=self._core.clock.now(),
            error_fields={},
        )
        self._check(tx.connection, draft, new)
        rows.outgoing.delete(tx.connection, key=plan.key)
        stored = rows.outgoing.insert(tx.connection, new)
        self._told(tx, stored)
        return stored

    def confirm_again(self, outgoing_id: int, *, again: bool = False) -> Outgoing:
        """A person says again that what waited, failed or is in doubt is to be sent, if it still may.

        Args:
            again: the mention was answered meanwhile, perhaps by hand in these very words; this is to be one more.
        """
        with self._core.write() as tx:
            row = rows.outgoing.get(tx.connection, outgoing_id)
            check_step(OUTGOING_STEPS, row.state, OutgoingState.READY, "outgoing.step")
            if not again:
                _must_be_unanswered(tx.connection, row)
            draft = rows.drafts.get(tx.connection, row.draft_id)
            self._check(tx.connection, draft, row)
            if digest_of(draft.body.get(row.lang)) != row.digest:
                raise StepError("outgoing.other_text")
            anew = {"confirmed_by": self._core.actor, "confirmed_at": self._core.clock.now(), "error_key": ""}
            return self._move(tx, row, OutgoingState.READY, **anew)

    def cancel(self, outgoing_id: int) -> Outgoing:
        """It is not to be sent (or, when in doubt, a person has looked and it is not out)."""
        with self._core.write() as tx:
            row = rows.outgoing.get(tx.connection, outgoing_id)
            return self._move(tx, row, OutgoingState.CANCELLED, ended_at=self._core.clock.now())

    def it_is_out(self, outgoing_id: int, url: str = "") -> Outgoing:
        """A person has looked: what was in doubt is out."""
        if url and not url.startswith(("http://", "https://")):
            raise InputError("draft.url", url=url)
        with self._core.write() as tx:
            row = self._doubtful(rows.outgoing.get(tx.connection, outgoing_id))
            at = row.attempted_at or row.confirmed_at
            return self._sent(tx, row, Receipt(native_id="", url=url, at=at))

    async def send(self, outgoing_id: int, web: Web) -> Outgoing:
        """Hand what was confirmed to the network, once; the row says how it ended."""
        row = self._claim(outgoing_id)
        try:
            receipt = await self._sender(row).publish(web, row.plan, self._core.clock.now())
        except TransientError as error:  # it never left this computer
            return self._ended(row, OutgoingState.QUEUED, error)
        except AmbiguousError as error:
            return self._ended(row, OutgoingState.UNKNOWN, error)
        except (WebError, InputError, StepError) as error:
            return self._ended(row, OutgoingState.FAILED, error)
        except BaseException:
            self._ended(row, OutgoingState.UNKNOWN, AmbiguousError("outgoing.died"))
            raise
        with self._core.write() as tx:
            return self._sent(tx, rows.outgoing.get(tx.connection, outgoing_id), receipt)

    async def look(self, outgoing_id: int, web: Web) -> Outgoing:
        """Ask the platform whether what is in doubt is out; where it is not found the doubt stays with a person."""
        row = self._doubtful(self.get(outgoing_id))
        receipt = await self._sender(row).confirm(web, row.plan, self._core.clock.now())
        if receipt is None:
            return row
        with self._core.write() as tx:
            if _of_another(tx.connection, row, receipt):
                return row
            return self._sent(tx, self._doubtful(rows.outgoing.get(tx.connection, outgoing_id)), receipt)

    # -- for callers without a loop: the window's threads -----------------------------------------------------------

    def plan_now(self, draft_id: int, mention_id: int, lang: str) -> ReplyPlan:
        """:meth:`plan`, on a loop of its own."""
        return asyncio.run(self.plan(draft_id, mention_id, lang, self._web()))

    def send_now(self, outgoing_id: int) -> Outgoing:
        """:meth:`send`, on a loop of its own."""
        return asyncio.run(self.send(outgoing_id, self._web()))

    def look_now(self, outgoing_id: int) -> Outgoing:
        """:meth:`look`, on a loop of its own."""
        return asyncio.run(self.look(outgoing_id, self._web()))

    def reply_of(self, draft_id: int) -> ReplyView:
        """All that a person sees beside an answer."""
        with self._core.read() as connection:
            draft = rows.drafts.get(connection, draft_id)
            if draft.mention_id is None:
                raise InputError("outgoing.no_mention")
            stored = mentions.get(connection, draft.mention_id)
            sent = rows.outgoing.where(connection, draft_id=draft_id)
            lock = self._locks.of(draft.mention_id)
            before = outgoing.answer(connection, draft.mention_id, but_draft=draft_id)
        answers = self._replier(stored.mention.source, stored.mention.account) is not None
        mine, drill = self._locks.mine(lock), self._core.drill
        return ReplyView(stored, lock, mine, sent, answers=answers, drill=drill, answered=before)

    def _web(self) -> Web:
        from crisisdesk.web import Web

        return Web(now=self._core.clock.now)

    def _doubtful(self, row: Outgoing) -> Outgoing:
        if row.state is not OutgoingState.UNKNOWN:
            raise StepError("outgoing.step", now=row.state.value, then=OutgoingState.SENT.value)
        return row

    def _sender(self, row: Outgoing) -> Sender:
        found = (self._poster if row.mention_id is None else self._replier)(row.source, row.account)
        if found is None:
            raise InputError(
                "outgoing.no_poster" if row.mention_id is None else "outgoing.no_replier", source=row.source
            )
        return found

    def _check(self, connection: Connection, draft: Draft, row: Outgoing) -> None:
        """The text may still go out, as the plan has it."""
        if row.mention_id is not None:
            versions.must_stand(connection, row.mention_id)
        if draft.body.get(row.lang) not in row.plan.text:
            raise StepError("outgoing.other_text")
        whole = whole_plan(self._sender(row), row.plan)
        if not whole.fits:
            raise StepError("outgoing.too_long", **_over(whole))
        if draft.state is not DraftState.PUBLISHED:
            self._drafts.must_be_publishable(connection, draft, row.source, row.lang)

    def _claim(self, outgoing_id: int) -> Outgoing:
        with self._core.write() as tx:
            row = rows.outgoing.get(tx.connection, outgoing_id)
            if row.state is not OutgoingState.READY:
                raise StepError("outgoing.step", now=row.state.value, then=OutgoingState.SENDING.value)
            return self._move(tx, row, OutgoingState.SENDING, attempted_at=self._core.clock.now())

    def _ended(self, row: Outgoing, state: OutgoingState, error: CrisisDeskError) -> Outgoing:
        fields = {name: str(value) for name, value in error.fields.items()}
        with self._core.write() as tx:
            current = rows.outgoing.get(tx.connection, row.id)
            if current.state is state:
                return current  # another desk has started meanwhile, and knew no better
            return self._move(tx, current, state, error_key=error.key, error_fields=fields)

    def _sent(self, tx: Transaction, row: Outgoing, receipt: Receipt) -> Outgoing:
        at = min(receipt.at, self._core.clock.now())
        done = self._move(
            tx, row, OutgoingState.SENT, ended_at=at, native_id=receipt.native_id, url=receipt.url, error_key=""
        )
        self._drafts.record(
            tx, row.draft_id, channel=row.source, url=receipt.url, at=at, lang=row.lang, native_id=receipt.native_id
        )
        return done

    def _move(self, tx: Transaction, row: Outgoing, state: OutgoingState, **changes: Any) -> Outgoing:
        check_step(OUTGOING_STEPS, row.state, state, "outgoing.step")
        moved = rows.outgoing.update(tx.connection, row.id, state=state, **changes)
        self._told(tx, moved)
        return moved

    def _told(self, tx: Transaction, row: Outgoing) -> None:
        data: dict[str, object] = {
            "source": row.source,
            "key": row.key,
            "mention": row.mention_id,
            "draft": row.draft_id,
            "who": row.confirmed_by,
            "url": row.url or None,
            "error": row.error_key or None,
            "lang": row.lang,
        }
        noun = "posting" if row.mention_id is None else "outgoing"
        self._core.log(tx, f"{noun}.{row.state.value}", row.incident_id, data=data)
        tx.emit(OutgoingChanged(row.incident_id, row.id))


def whole_plan(sender: Sender, plan: ReplyPlan) -> ReplyPlan:
    """A connector's plan with its length, in the unit in which its platform limits it."""
    limits = sender.limits
    return replace(
        plan,
        length=counted(plan.text, limits.reply_unit),
        unit=limits.reply_unit,
        bytes=len(plan.text.encode("utf-8", "surrogatepass")),
        bytes_max=limits.reply_bytes,
    )


def _over(plan: ReplyPlan) -> dict[str, object]:
    """The limit that a plan is over, and by what."""
    if plan.length_max is not None and plan.length > plan.length_max:
        return {"n": plan.length, "limit": plan.length_max}
    return {"n": plan.bytes, "limit": plan.bytes_max}


def _must_be_unanswered(connection: Connection, row: Outgoing) -> None:
    """Refuse what a person, or another reply, has said meanwhile in that place."""
    if row.mention_id is None:
        if channel := outgoing.posted_by_hand(connection, row.draft_id, row.source, row.lang):
            raise StepError("draft.already_out", channel=channel)
    elif answer := outgoing.answer(connection, row.mention_id, but_reply=row.id):
        raise StepError("outgoing.answered", by=answer[0], at=answer[1])


def _of_another(connection: Connection, row: Outgoing, receipt: Receipt) -> bool:
    """Whether what the platform found is known as another text of ours that said the same."""
    if not receipt.native_id:
        return False
    same = rows.outgoing.where(connection, source=row.source, account=row.account, native_id=receipt.native_id)
    return any(other.id != row.id for other in same)


def _key(draft: Draft, mention_id: int, lang: str) -> str:
    """Same draft, same words, same language, same mention: the same reply."""
    return f"cd-{draft.id}-{mention_id}-{lang}-{digest_of(draft.body.get(lang))[:24]}"

