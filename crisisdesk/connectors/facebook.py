"""A Facebook page: visitors' posts, posts that tag it, and all comments; answers and one private reply.

The brand sees only its own page: Facebook has no keyword search. A private reply is one message within seven days of
the comment. What comes by webhook only cannot reach a desktop program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from crisisdesk.connectors.base import option
from crisisdesk.connectors.fields import Reading, at, instant, whole, words
from crisisdesk.connectors.graph import COMMENTS, POSTS, Graph, part
from crisisdesk.model.mention import Mention
from crisisdesk.model.source import Limits, PrivateOption, PrivateWay, Query, Receipt, ReplyPlan

if TYPE_CHECKING:
    from crisisdesk.web import Web

_COMMENT: Final = "id,message,created_time,from,parent,like_count,permalink_url"
_PRIVATE: Final = timedelta(days=7)
_COMMENT_ID = re.compile(r"[?&]comment_id=(\d{1,40})")


@dataclass(frozen=True, slots=True, kw_only=True)
class FacebookSettings:
    """The page's numeric id and a page token."""

    page_id: str = option(required=True)
    token: str = option(secret=True, required=True)
    base_url: str = option("https://graph.facebook.com", required=True)
    allow_private: frozenset[str] = frozenset()


class Facebook(Graph):
    """One page."""

    kind: ClassVar[str] = "facebook"
    Settings: ClassVar[type[Any]] = FacebookSettings
    limits: ClassVar[Limits] = Limits(reply_max=8_000, pace=120.0)

    def __init__(self, settings: FacebookSettings, query: Query = Query()) -> None:
        self._page = settings.page_id
        self.token = settings.token
        self.base = settings.base_url.rstrip("/")
        self.allow_private = settings.allow_private

    @property
    def account(self) -> str:
        """The page's id."""
        return self._page

    def trunk(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        """The page's own feed with its comments, and posts that tag it."""
        nested = f"comments.limit({COMMENTS}).filter(stream).order(reverse_chronological){{{_COMMENT}}}"
        post = "id,message,created_time,from,permalink_url"
        limit = str(POSTS)
        return (
            (f"{part(self._page)}/feed", {"fields": f"{post},{nested}", "limit": limit}),
            (f"{part(self._page)}/tagged", {"fields": post, "limit": limit}),
        )

    def branch(self, post: str) -> tuple[str, Mapping[str, str]]:
        """All comments under a post, newest first where Facebook keeps to it."""
        params = {"filter": "stream", "order": "reverse_chronological", "fields": _COMMENT, "limit": str(COMMENTS)}
        return f"{part(post)}/comments", params

    def take(self, reading: Reading, item: Mapping[str, Any], parent: str) -> None:
        """Everything but what the page itself says."""
        value = dict(item)
        if words(value, "from", "id") == self._page:
            return
        link = words(value, "permalink_url")
        named = _COMMENT_ID.search(link)
        reading.add(
            words(value, "id") or (named[1] if named else ""),
            instant(value, "created_time"),
            words(value, "message"),
            author=words(value, "from", "name"),
            author_id=words(value, "from", "id"),
            channel="Facebook",
            url=link,
            likes=whole(value, "like_count"),
            parent_id=words(at(value, "parent"), "id") or parent,
        )

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The answer as a comment under the comment."""
        return ReplyPlan(
            target=target.native_id,
            text=text,
            length_max=self.limits.reply_max,
            payload={"message": text},
            key=key,
        )

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it."""
        return await self.put(web, f"{part(plan.target)}/comments", plan, now)

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether our words stand under the comment."""
        params = {"fields": "id,message,created_time,permalink_url", "order": "reverse_chronological", "limit": "50"}
        return await self.find(web, f"{part(plan.target)}/comments", params, plan.text, now)

    async def private_options(self, web: Web, target: Mention, now: datetime) -> tuple[PrivateOption, ...]:
        """One message within seven days of the comment."""
        until = target.published_at + _PRIVATE
        return (PrivateOption(PrivateWay.API, "", until),) if now < until else (PrivateOption(PrivateWay.ASK),)


CONNECTOR = Facebook
