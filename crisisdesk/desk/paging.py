"""Paging: sends the messages that are due, hears the answers, and watches that all of this works.

Everything here runs on the engine's loop; what touches the data file or the keyring goes to a worker thread. Nothing
is remembered here that the data file does not hold.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from crisisdesk.desk.channels import Channels, ChannelView
from crisisdesk.desk.core import DESK, Core
from crisisdesk.desk.escalation import Escalations
from crisisdesk.desk.notifications import Notifications
from crisisdesk.model.errors import (
    CrisisDeskError,
    InputError,
    RateLimitedError,
    StepError,
    TransientError,
    VaultError,
)
from crisisdesk.model.escalation import CallOutcome, EscalationState
from crisisdesk.model.events import NoticeShown, PagingChecked
from crisisdesk.model.notification import Notification, NotificationState
from crisisdesk.notifiers.base import UNANSWERED, Message, Outside, Reply
from crisisdesk.store import deadlines, rows
from crisisdesk.store import notifiers as store
from crisisdesk.texts import Texts
from crisisdesk.web import Web

log = logging.getLogger(__name__)

TRIES: Final = 4
AGAIN: Final = timedelta(seconds=15)
TRACKED: Final = timedelta(hours=2)  # how long a provider is asked what became of a message
AUDIT_AFTER: Final = timedelta(seconds=60)  # due for longer than this and not done: paging is broken
_AT_ONCE: Final = 12
_TRACK_EVERY: Final = timedelta(seconds=15)


class Paging:
    """Sends, hears and watches.

    Args:
        show: puts an event before the window; whether anybody shows it.
    """

    def __init__(
        self,
        core: Core,
        channels: Channels,
        notifications: Notifications,
        escalation: Escalations,
        publish: Callable[[list[Any]], None],
        lang: str,
    ) -> None:
        self._core = core
        self._channels = channels
        self._notifications = notifications
        self._escalation = escalation
        self._publish = publish
        self._lang = lang
        self._under_way: set[asyncio.Task[None]] = set()
        self._windows = 0
        self._suspected = self._told = False

    def outside(self, web: Web) -> Outside:
        """What notifiers may use of the world."""
        return Outside(web, self._show, self._core.clock.now)

    def window_opened(self) -> None:
        """A window is there that shows notices."""
        self._windows += 1

    def window_closed(self) -> None:
        """It is gone."""
        self._windows -= 1

    def _show(self, title: str, body: str) -> bool:
        self._publish([NoticeShown(title, body)])
        return self._windows > 0

    # Sending

    async def dispatch(self, outside: Outside) -> None:
        """Begin to send what is due; a slow provider holds up nobody else."""
        free = _AT_ONCE - len(self._under_way)
        if free <= 0:
            return
        for one in await asyncio.to_thread(self._notifications.claim, free):
            task = asyncio.get_running_loop().create_task(self._send(outside, one))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Wait until nothing is being sent."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _send(self, outside: Outside, one: Notification) -> None:
        learn = self._notifications.learn
        try:
            notifier, message = await asyncio.to_thread(self._made, one)
            receipt = await notifier.send(outside, message)
        except CrisisDeskError as error:
            await asyncio.to_thread(self._failed, one, error)
        except Exception as fault:  # a notifier's own defect must not stop the ladder
            log.exception("the notifier %s broke", one.kind)
            await asyncio.to_thread(self._failed, one, InputError("notice.broke", reason=type(fault).__name__))
        else:
            state = NotificationState.DELIVERED if receipt.delivered else NotificationState.ACCEPTED
            later = self._core.clock.now() + _TRACK_EVERY if hasattr(notifier, "progress") else None
            await asyncio.to_thread(learn, one.id, state, next_at=later, provider_id=receipt.provider_id)

    def _made(self, one: Notification) -> tuple[Any, Message]:
        view = next((view for view in self._channels.enabled() if view.kind == one.kind), None)
        if view is None:
            raise InputError("notice.off", kind=one.kind)
        with self._core.read() as connection:
            contact = rows.contacts.first(connection, slug=one.contact_slug)
            level = rows.incidents.get(connection, one.incident_id).level
        message = Message(
            token=one.token,
            to=one.address,
            name=contact.name if contact else one.contact_slug,
            subject=one.subject,
            body=one.body,
            lang=self._lang,
            level=level,
        )
        return self._channels.armed(view), message

    def _failed(self, one: Notification, error: CrisisDeskError) -> None:
        """Unknown stays «attempted»; what can be tried again is, with the same token; the rest failed for good."""
        now = self._core.clock.now()
        unknown = error.key in UNANSWERED
        again: datetime | None = None
        if one.tries < TRIES and isinstance(error, RateLimitedError | TransientError | VaultError):
            again = getattr(error, "retry_at", None) or now + AGAIN
        elif one.tries < TRIES and unknown:
            again = now + AGAIN
        state = NotificationState.WAITING if again else NotificationState.FAILED
        if unknown:
            state = NotificationState.ATTEMPTED
        known = self._notifications.learn(one.id, state, next_at=again, error=error)
        if known.state is NotificationState.FAILED:
            self._nobody_reached(known)

    def _nobody_reached(self, one: Notification) -> None:
        with self._core.write() as tx:
            if self._notifications.all_failed(tx.connection, one.attempt_id):
                self._escalation.hurry(tx, one.escalation_id, self._core.clock.now())
                tx.emit(PagingChecked(late=0, since=None, unreached=one.contact_slug))

    # Hearing

    async def listen(self, outside: Outside) -> None:
        """Fetch what people answered, and ask providers what became of their messages."""
        if self._core.drill or self._core.clock.simulated:
            return
        for view in await asyncio.to_thread(self._channels.enabled):
            try:
                if not await asyncio.to_thread(self._waits, view.kind):
                    continue
                notifier = await asyncio.to_thread(self._channels.armed, view)
                if hasattr(notifier, "replies"):
                    await self._hear(outside, view.kind, notifier)
                if hasattr(notifier, "progress"):
                    await self._track(outside, view.kind, notifier)
            except CrisisDeskError as error:
                log.info("no answers from %s: %s", view.kind, error.key)

    def _waits(self, kind: str) -> bool:
        """Whether anybody can still answer through ``kind``; a quiet desk asks nobody."""
        with self._core.read() as connection:
            sent = rows.notifications.where(connection, kind=kind, newest_first=True, limit=200)
            ladders = {one.escalation_id for one in sent if one.attempted_at is not None}
            states = [rows.escalations.get(connection, ladder).state for ladder in ladders]
        followed = any(one.state is NotificationState.ACCEPTED and one.next_at is not None for one in sent)
        return followed or any(state in (EscalationState.CALLING, EscalationState.EXHAUSTED) for state in states)

    async def _hear(self, outside: Outside, kind: str, notifier: Any) -> None:
        cursor = await asyncio.to_thread(self._cursor, kind)
        replies, then = await notifier.replies(outside, cursor)
        for reply in replies:
            words = await asyncio.to_thread(self.take, reply, kind)
            if words and reply.handle:
                try:
                    await notifier.tell(outside, reply, words)
                except CrisisDeskError as error:  # they will see that the ladder is quiet
                    log.info("%s could not be answered: %s", kind, error.key)
        if then != cursor:
            await asyncio.to_thread(self._read_up_to, kind, then)

    def _cursor(self, kind: str) -> str:
        with self._core.read() as connection:
            return next((row.cursor for row in store.all_set(connection) if row.kind == kind), "")

    def _read_up_to(self, kind: str, cursor: str) -> None:
        with self._core.write() as tx:
            store.put(tx.connection, kind, cursor=cursor)

    def take(self, reply: Reply, kind: str) -> str:
        """Do what an answer says, once; what to tell the person, in the desk's language."""
        texts = Texts(self._lang)
        with self._core.write() as tx:
            one = self._notifications.by_token(tx.connection, reply.token)
            if one is None or one.kind != kind:
                return texts("notice.tell.unknown")
            if reply.bounced:
                error = TransientError("notice.bounced", address=one.address)
                self._notifications.learn(one.id, NotificationState.FAILED, error=error)
                self._nobody_reached(one)
                return ""
            if one.state is NotificationState.ACKNOWLEDGED:
                return texts("notice.tell.taken")
            self._notifications.answered(tx, one.id)
            with self._core.acting_as(DESK):
                return self._obeyed(one, reply, kind, texts)

    def _obeyed(self, one: Notification, reply: Reply, kind: str, texts: Texts) -> str:
        try:
            if reply.takes:
                self._escalation.acknowledge(one.escalation_id, one.contact_slug, reply.by, by=kind)
                return texts("notice.tell.taken")
            self._escalation.outcome(one.attempt_id, CallOutcome.DECLINED, reply.by)
            return texts("notice.tell.declined")
        except StepError as error:  # somebody was first: say who
            return texts.error(error)

    async def _track(self, outside: Outside, kind: str, notifier: Any) -> None:
        for one in await asyncio.to_thread(self._tracked, kind):
            now = self._core.clock.now()
            sent = one.accepted_at or now
            if not one.provider_id or now - sent > TRACKED:
                await asyncio.to_thread(self._notifications.look_again, one.id, None)
                continue
            state = await notifier.progress(outside, one.provider_id)
            later = now + max(_TRACK_EVERY, (now - sent) / 4)
            if state is NotificationState.ACCEPTED:
                await asyncio.to_thread(self._notifications.look_again, one.id, later)
                continue
            failed = state is NotificationState.FAILED
            error = InputError("notice.undelivered") if failed else None
            known = await asyncio.to_thread(self._notifications.learn, one.id, state, error=error)
            if failed:
                await asyncio.to_thread(self._nobody_reached, known)

    def _tracked(self, kind: str) -> tuple[Notification, ...]:
        with self._core.read() as connection:
            ready = store.ready(connection, self._core.clock.now(), (NotificationState.ACCEPTED,), _AT_ONCE)
        return tuple(one for one in ready if one.kind == kind)

    # Watching

    def audit(self) -> PagingChecked:
        """Whether anything was due more than a minute ago and has not been done."""
        before = self._core.clock.now() - AUDIT_AFTER
        with self._core.read() as connection:
            late, since = deadlines.overdue(connection, before)
        return PagingChecked(late=late, since=since)

    def watch(self) -> None:
        """Audit, and tell the window what was late at two looks in a row, and when it no longer is.

        One look is not enough: on waking or starting, the tick that does what was missed may be a moment behind.
        """
        found = self.audit()
        if (found.late and self._suspected) or (self._told and not found.late):
            self._publish([found])
            self._told = bool(found.late)
        self._suspected = bool(found.late)

    async def heartbeat(self, outside: Outside) -> None:
        """Tell the dead-man switch that we are alive, while the audit finds nothing late."""
        if self._core.drill or self._core.clock.simulated:
            return
        views = await asyncio.to_thread(self._channels.enabled)
        view = next((view for view in views if view.kind == "heartbeat"), None)
        if view is None or (await asyncio.to_thread(self.audit)).late:
            return
        notifier = await asyncio.to_thread(self._channels.armed, view)
        await notifier.send(outside, Message(token="", to="", name="", subject="", body=""))

    def trial(self, kind: str, address: str) -> str:
        """Send a trial and wait for what comes of it; for a worker thread."""
        return asyncio.run(self.test(self.outside(Web(now=self._core.clock.now)), kind, address))

    async def test(self, outside: Outside, kind: str, address: str) -> str:
        """Send a trial through ``kind``; the key of what it came to. A drill sends none."""
        if self._core.drill:
            raise StepError("notice.drill")
        views = await asyncio.to_thread(self._channels.list)
        view: ChannelView | None = next((one for one in views if one.kind == kind), None)
        if view is None:
            raise InputError("notice.unknown_kind", kind=kind)
        texts = Texts(self._lang)
        message = Message(
            token=f"test-{int(self._core.clock.now().timestamp())}-{kind}",
            to=address,
            name=self._core.actor,
            subject=texts("notice.test.subject"),
            body=texts("notice.test.body"),
            lang=self._lang,
            level=1,
            test=True,
        )
        result = "accepted"
        try:
            notifier = await asyncio.to_thread(self._channels.armed, view)
            receipt = await notifier.send(outside, message)
            result = "delivered" if receipt.delivered else "accepted"
        except CrisisDeskError as error:
            result = "unknown" if error.key in UNANSWERED else "failed"
            raise
        finally:
            await asyncio.to_thread(self._tested, kind, result)
        return result

    def _tested(self, kind: str, result: str) -> None:
        with self._core.write() as tx:
            store.put(tx.connection, kind, tested_at=self._core.clock.now(), tested=result)
