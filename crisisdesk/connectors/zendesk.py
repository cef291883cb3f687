"""Zendesk: tickets that changed, in the order of their change, and their public comments."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from crisisdesk.connectors.fields import Reading, at, instant, objects, rows, words
from crisisdesk.connectors.hub import Changed, Dialect, same
from crisisdesk.connectors.sending import body_of, send, taken
from crisisdesk.model.source import Receipt, ReplyPlan

if TYPE_CHECKING:
    from crisisdesk.web import Web


class Zendesk(Dialect):
    """The incremental export by cursor; Zendesk leaves the last minute out and allows ten such questions a minute."""

    def __init__(self, base: str, user: str, token: str, permits: frozenset[str]) -> None:
        self._base = base
        pair = f"{user}/token:{token}".encode()
        self._headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        self._permits = permits

    async def _get(self, web: Web, path: str, params: Mapping[str, str]) -> Any:
        answer = await web.get(self._base + path, headers=self._headers, params=params, allow_private=self._permits)
        return body_of(answer)

    async def changed(self, web: Web, mark: str, now: datetime) -> Changed:
        """The talks that changed since ``mark``."""
        start = str(int((now - timedelta(days=1)).timestamp()))
        params = {"cursor": mark} if mark else {"start_time": start}
        value = await self._get(web, "/api/v2/incremental/tickets/cursor.json", {**params, "per_page": "100"})
        tickets = [t for t in objects(rows(value, "tickets")) if words(t, "status") != "deleted"]
        after = words(value, "after_cursor") or mark
        done = at(value, "end_of_stream") is True or after == mark
        return Changed(talks=tuple(words(t, "id") for t in tickets if words(t, "id")), mark=after, more=not done)

    async def messages(self, web: Web, talk: str, reading: Reading) -> None:
        """The customers' messages of a talk."""
        path = f"/api/v2/tickets/{quote(talk, safe='')}/comments.json"
        value = await self._get(web, path, {"include": "users", "sort_order": "desc"})
        users = {words(u, "id"): u for u in objects(rows(value, "users"))}
        for comment in objects(rows(value, "comments")):
            author = users.get(words(comment, "author_id"), {})
            if at(comment, "public") is not True or words(author, "role") in ("agent", "admin"):
                continue
            reading.add(
                words(comment, "id"),
                instant(comment, "created_at"),
                words(comment, "plain_body") or words(comment, "body"),
                author=words(author, "name"),
                author_id=words(comment, "author_id"),
                channel=words(comment, "via", "channel"),
                parent_id=talk,
                private=True,
                reference=talk,
            )

    def payload(self, talk: str, text: str) -> dict[str, object]:
        """What an answer looks like."""
        return {"ticket": {"comment": {"body": text, "public": True}}}

    async def send(self, web: Web, talk: str, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it; the desk asks :meth:`sent` before any second try."""
        answer = await send(
            web,
            f"{self._base}/api/v2/tickets/{quote(talk, safe='')}.json",
            plan.payload,
            method="PUT",
            headers=self._headers,
            allow_private=self._permits,
        )
        value = taken(answer, "ticket")
        event = next((e for e in objects(rows(value, "audit", "events")) if words(e, "type") == "Comment"), None)
        return Receipt(words(event, "id") or talk, "", now)

    async def sent(self, web: Web, talk: str, text: str, now: datetime) -> Receipt | None:
        """Our own words among the newest messages of the talk."""
        path = f"/api/v2/tickets/{quote(talk, safe='')}/comments.json"
        value = await self._get(web, path, {"sort_order": "desc"})
        for comment in objects(rows(value, "comments")):
            if same(words(comment, "plain_body") or words(comment, "body"), text):
                return Receipt(words(comment, "id"), "", instant(comment, "created_at") or now)
        return None
