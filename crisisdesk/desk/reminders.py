"""A letter to whoever is late with an action of a review: one, by mail only, which waits until it is read.

Whom a letter is owed is kept in the data file, in the transaction that tells of the action: it waits for a start, and
of two desks one takes it. Each is taken before it is sent; a crash between the two loses the letter and not the row. A
drill, simulated time and the shipped example contacts send nothing.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import Final

from crisisdesk.desk import roles
from crisisdesk.desk.channels import Channels, ChannelView
from crisisdesk.desk.core import DESK, Core
from crisisdesk.desk.kept_numbers import strike_kept
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.followup import ActionState, ReviewAction
from crisisdesk.model.playbook import Bilingual
from crisisdesk.notifiers.base import UNANSWERED, Message, Outside
from crisisdesk.plain import clamp
from crisisdesk.store import rows, sources
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.words import day

TRIES: Final = 4
_OWED: Final = "review_letters"  # [id of an action, tries so far] each, oldest first
_KIND: Final = "mail"


def owe(core: Core, tx: Transaction, action_id: int) -> None:
    """Whoever has the action is owed a letter, in the transaction that tells that it is overdue."""
    if not (core.drill or core.clock.simulated):
        sources.set_meta(tx.connection, _OWED, [*(sources.get_meta(tx.connection, _OWED) or ()), [action_id, 0]])


@dataclass(frozen=True, slots=True)
class _Letter:
    action: ReviewAction
    contact: Contact
    view: ChannelView
    message: Message
    tries: int


class Reminders:
    """Sends the letters."""

    def __init__(self, core: Core, channels: Channels, playbooks: Playbooks, lang: str) -> None:
        self._core = core
        self._channels = channels
        self._playbooks = playbooks
        self._lang = lang

    async def send(self, outside: Outside) -> None:
        """Send what is owed, each once; what surely did not go out is tried again at the next beats."""
        again: list[list[int]] = []
        while (letter := await asyncio.to_thread(self._take)) is not None:
            error: CrisisDeskError | None = None
            try:
                notifier = await asyncio.to_thread(self._channels.armed, letter.view)
                await notifier.send(outside, letter.message)
            except CrisisDeskError as fault:
                error = fault
                if fault.key not in UNANSWERED and letter.tries < TRIES:
                    again.append([letter.action.id, letter.tries])
                    continue
            await asyncio.to_thread(self._tell, letter, error)
        if again:
            await asyncio.to_thread(self._put_back, again)

    def _take(self) -> _Letter | None:
        """Claim the next letter that can be written; what needs none any more is let go."""
        if self._core.drill or self._core.clock.simulated:
            return None
        with self._core.read() as connection:
            if not sources.get_meta(connection, _OWED):
                return None
        with self._core.write() as tx:
            owed, letter = list(sources.get_meta(tx.connection, _OWED) or ()), None
            while owed and letter is None:
                action_id, tries = owed.pop(0)
                letter = self._written(tx.connection, action_id, tries + 1)
            sources.set_meta(tx.connection, _OWED, owed)
            return letter

    def _put_back(self, again: list[list[int]]) -> None:
        with self._core.write() as tx:
            sources.set_meta(tx.connection, _OWED, [*(sources.get_meta(tx.connection, _OWED) or ()), *again])

    def _written(self, connection: Connection, action_id: int, tries: int) -> _Letter | None:
        action = rows.review_actions.get(connection, action_id)
        incident = rows.incidents.get(connection, action.incident_id)
        contact = self._contact(connection, action)
        view = next((view for view in self._channels.enabled() if view.kind == _KIND), None)
        if action.state is not ActionState.OPEN or incident.drill or contact is None or contact.example or view is None:
            return None
        address = self._channels.unarmed(view).address(contact)
        if not address:
            return None
        texts, strike = Texts(self._lang), strike_kept(connection) or str
        fields = {
            "what": clamp(action.what, 200), "name": contact.name, "incident": clamp(incident.title, 120),
            "due": day(action.due_at, incident.zone, texts),
        }  # fmt: skip
        message = Message(
            token=secrets.token_urlsafe(18), to=address, name=contact.name, lang=self._lang, level=1, test=True,
            subject=strike(texts("review.letter.subject", **fields)),
            body=strike(texts("review.letter.body", **fields)),
        )  # fmt: skip
        return _Letter(action, contact, view, message, tries)

    def _contact(self, connection: Connection, action: ReviewAction) -> Contact | None:
        """Who has it: a contact, whoever holds the role now, or the contact of that name."""
        playbook, now = self._playbooks.of(action.incident_id), self._core.clock.now()
        slug = roles.person(connection, action.incident_id, playbook, action.owner, now)
        named = action.owner.casefold()
        return rows.contacts.first(connection, slug=slug) or next(
            (one for one in rows.contacts.where(connection) if one.name.casefold() == named), None
        )

    def _tell(self, letter: _Letter, error: CrisisDeskError | None) -> None:
        reason = error and Bilingual(*(Texts(lang).error(error) for lang in LANGUAGES))
        name = letter.contact.name
        data = {"id": letter.action.id, "what": letter.action.what, "who": Bilingual(name, name), "reason": reason}
        kind = "review.action_letter_failed" if error else "review.action_letter"
        with self._core.write() as tx:
            self._core.log(tx, kind, letter.action.incident_id, actor=DESK, data=data)
