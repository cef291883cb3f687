"""Chatwoot: conversations by their last activity, and the messages that customers wrote in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from crisisdesk.connectors.fields import Reading, at, instant, objects, rows, whole, words
from crisisdesk.connectors.hub import Changed, Dialect, same
from crisisdesk.connectors.sending import body_of, send, taken
from crisisdesk.model.source import Receipt, ReplyPlan

if TYPE_CHECKING:
    from crisisdesk.web import Web

_PAGES = 40


class Chatwoot(Dialect):
    """Its list is newest activity first, so it is read down to the mark before the mark moves.

    ``private: true`` is an internal note there, not a direct message.
    """

    def __init__(self, base: str, account: str, token: str, permits: frozenset[str]) -> None:
        self._base = f"{base}/api/v1/accounts/{quote(account, safe='')}"
        self._headers = {"api_access_token": token}
        self._permits = permits

    async def _get(self, web: Web, path: str, params: Mapping[str, str]) -> Any:
        answer = await web.get(self._base + path, headers=self._headers, params=params, allow_private=self._permits)
        return body_of(answer)

    async def changed(self, web: Web, mark: str, now: datetime) -> Changed:
        """The talks that changed since ``mark``."""
        low = int(mark) if mark.isdigit() else int((now - timedelta(days=1)).timestamp())
        talks: dict[str, None] = {}
        top = low
        for page in range(1, _PAGES + 1):
            params = {"status": "all", "assignee_type": "all", "page": str(page)}
            value = await self._get(web, "/conversations", params)
            found = objects(rows(value, "data", "payload") or rows(value, "payload"))
            active = [(words(t, "id"), whole(t, "last_activity_at") or whole(t, "timestamp") or 0) for t in found]
            talks |= {talk: None for talk, when in active if talk and when >= low}
            top = max([top, *(when for _, when in active)])
            if not found or min(when for _, when in active) < low:
                break
        # The mark's own second is read again: more may have happened in it.
        return Changed(talks=tuple(talks), mark=str(min(top, int(now.timestamp()))), more=False)

    async def messages(self, web: Web, talk: str, reading: Reading) -> None:
        """The customers' messages of a talk."""
        value = await self._get(web, f"/conversations/{quote(talk, safe='')}/messages", {})
        channel = words(value, "meta", "channel").removeprefix("Channel::")
        for message in objects(rows(value, "payload")):
            incoming = at(message, "message_type") in (0, "incoming")
            if not incoming or at(message, "private") is True:
                continue
            reading.add(
                words(message, "id"),
                instant(message, "created_at"),
                words(message, "content"),
                author=words(message, "sender", "name"),
                author_id=words(message, "sender", "id"),
                channel=channel or "Chatwoot",
                parent_id=talk,
                private=True,
                reference=talk,
            )

    def payload(self, talk: str, text: str) -> dict[str, object]:
        """What an answer looks like."""
        return {"content": text, "message_type": "outgoing", "private": False}

    async def send(self, web: Web, talk: str, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it; the desk asks :meth:`sent` before any second try."""
        answer = await send(
            web,
            f"{self._base}/conversations/{quote(talk, safe='')}/messages",
            plan.payload,
            headers=self._headers,
            allow_private=self._permits,
        )
        value = taken(answer, "id")
        return Receipt(words(value, "id"), "", instant(value, "created_at") or now)

    async def sent(self, web: Web, talk: str, text: str, now: datetime) -> Receipt | None:
        """Our own words among the newest messages of the talk."""
        value = await self._get(web, f"/conversations/{quote(talk, safe='')}/messages", {})
        for message in objects(rows(value, "payload")):
            outgoing = at(message, "message_type") in (1, "outgoing") and at(message, "private") is not True
            if outgoing and same(words(message, "content"), text):
                return Receipt(words(message, "id"), "", instant(message, "created_at") or now)
        return None
