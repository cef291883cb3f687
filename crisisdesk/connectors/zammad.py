"""Zammad: tickets by their change, oldest first, and their articles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from crisisdesk.connectors.fields import Reading, at, instant, objects, rows, words
from crisisdesk.connectors.hub import Changed, Dialect, same
from crisisdesk.connectors.sending import body_of, send, taken
from crisisdesk.markup import plain_text
from crisisdesk.model.source import Receipt, ReplyPlan

if TYPE_CHECKING:
    from crisisdesk.web import Web

_PAGE = 100


class Zammad(Dialect):
    """The search by ``updated_at``; an internal article is a note and no mention."""

    def __init__(self, base: str, token: str, permits: frozenset[str]) -> None:
        self._base = base
        self._headers = {"Authorization": f"Token token={token}"}
        self._permits = permits

    async def _get(self, web: Web, path: str, params: Mapping[str, str]) -> Any:
        answer = await web.get(self._base + path, headers=self._headers, params=params, allow_private=self._permits)
        return body_of(answer)

    async def changed(self, web: Web, mark: str, now: datetime) -> Changed:
        """The talks that changed since ``mark``."""
        since = instant({"mark": mark}, "mark") or now - timedelta(days=1)
        params = {
            "query": f"updated_at:[{since.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')} TO *]",
            "sort_by": "updated_at",
            "order_by": "asc",
            "limit": str(_PAGE),
        }
        value = await self._get(web, "/api/v1/tickets/search", params)
        found = objects(value if isinstance(value, list) else rows(value, "tickets"))
        if not found:  # the older answer names ids and keeps the tickets as assets
            assets = at(value, "assets", "Ticket")
            found = objects(assets.values()) if isinstance(assets, dict) else []
        changes = [when for t in found if (when := instant(t, "updated_at"))]
        top = min(max(changes, default=since), now)
        full = len(found) >= _PAGE and top > since
        return Changed(
            talks=tuple(words(t, "id") for t in found if words(t, "id")), mark=top.isoformat(), more=full
        )

    async def messages(self, web: Web, talk: str, reading: Reading) -> None:
        """The customers' messages of a talk."""
        value = await self._get(web, f"/api/v1/ticket_articles/by_ticket/{quote(talk, safe='')}", {})
        for article in objects(value if isinstance(value, list) else []):
            if at(article, "internal") is True or words(article, "sender") != "Customer":
                continue
            body = words(article, "body")
            html = "html" in words(article, "content_type")
            reading.add(
                words(article, "id"),
                instant(article, "created_at"),
                plain_text(body) if html else body,
                author=words(article, "from") or words(article, "created_by"),
                author_id=words(article, "created_by_id"),
                channel=words(article, "type"),
                parent_id=talk,
                private=True,
                reference=talk,
            )

    def payload(self, talk: str, text: str) -> dict[str, object]:
        """What an answer looks like."""
        return {"ticket_id": talk, "body": text, "content_type": "text/plain", "type": "email", "internal": False}

    async def send(self, web: Web, talk: str, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it; the desk asks :meth:`sent` before any second try."""
        answer = await send(
            web,
            f"{self._base}/api/v1/ticket_articles",
            plan.payload,
            headers=self._headers,
            allow_private=self._permits,
        )
        value = taken(answer, "id")
        return Receipt(words(value, "id"), "", instant(value, "created_at") or now)

    async def sent(self, web: Web, talk: str, text: str, now: datetime) -> Receipt | None:
        """Our own words among the newest messages of the talk."""
        value = await self._get(web, f"/api/v1/ticket_articles/by_ticket/{quote(talk, safe='')}", {})
        for article in objects(value if isinstance(value, list) else []):
            ours = words(article, "sender") == "Agent" and at(article, "internal") is not True
            if ours and same(plain_text(words(article, "body")), text):
                return Receipt(words(article, "id"), "", instant(article, "created_at") or now)
        return None
