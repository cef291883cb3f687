"""An Instagram professional account: comments under its posts and posts that tag it; answers.

Mentions in other people's posts come by webhook only and are not seen here. Hashtag search gives no author and is left
out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from crisisdesk.connectors.base import option
from crisisdesk.connectors.fields import Reading, instant, whole, words
from crisisdesk.connectors.graph import COMMENTS, POSTS, Graph, part
from crisisdesk.model.mention import Mention
from crisisdesk.model.source import Limits, PrivateOption, PrivateWay, Query, Receipt, ReplyPlan

if TYPE_CHECKING:
    from crisisdesk.web import Web

_COMMENT: Final = "id,text,username,timestamp,like_count,parent_id,replies{id,text,username,timestamp,like_count}"
_PRIVATE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstagramSettings:
    """The professional account's numeric id, its name, and a token."""

    user_id: str = option(required=True)
    username: str = option(required=True)
    token: str = option(secret=True, required=True)
    base_url: str = option("https://graph.facebook.com", required=True)
    allow_private: frozenset[str] = frozenset()


class Instagram(Graph):
    """One account."""

    kind: ClassVar[str] = "instagram"
    Settings: ClassVar[type[Any]] = InstagramSettings
    limits: ClassVar[Limits] = Limits(reply_max=2_200, pace=120.0)

    def __init__(self, settings: InstagramSettings, query: Query = Query()) -> None:
        self._user = settings.user_id
        self._name = settings.username.lstrip("@").casefold()
        self.token = settings.token
        self.base = settings.base_url.rstrip("/")
        self.allow_private = settings.allow_private

    @property
    def account(self) -> str:
        """The account's id."""
        return self._user

    def trunk(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        """Our posts with their comments, and posts that tag us."""
        post = "id,caption,permalink,timestamp,username,like_count"
        nested = f"comments.limit({COMMENTS}){{{_COMMENT}}}"
        limit = str(POSTS)
        return (
            (f"{part(self._user)}/media", {"fields": f"{post},{nested}", "limit": limit}),
            (f"{part(self._user)}/tags", {"fields": post, "limit": limit}),
        )

    def branch(self, post: str) -> tuple[str, Mapping[str, str]]:
        """All comments under a post."""
        return f"{part(post)}/comments", {"fields": _COMMENT, "limit": str(COMMENTS)}

    def take(self, reading: Reading, item: Mapping[str, Any], parent: str) -> None:
        """Everything but our own posts and answers."""
        value = dict(item)
        author = words(value, "username")
        if author.casefold() == self._name or (not parent and not author):
            return
        reading.add(
            words(value, "id"),
            instant(value, "timestamp"),
            words(value, "text") or words(value, "caption"),
            author=author,
            channel="Instagram",
            url=words(value, "permalink"),
            likes=whole(value, "like_count"),
            parent_id=words(value, "parent_id") or parent,
        )

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The answer under the comment."""
        return ReplyPlan(
            target=target.native_id,
            text=text,
            length_max=self.limits.reply_max,
            payload={"message": text},
            key=key,
        )

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it."""
        return await self.put(web, f"{part(plan.target)}/replies", plan, now)

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether our words stand under the comment."""
        params = {"fields": "id,text,timestamp,username", "limit": "50"}
        return await self.find(web, f"{part(plan.target)}/replies", params, plan.text, now)

    async def private_options(self, web: Web, target: Mention, now: datetime) -> tuple[PrivateOption, ...]:
        """One message within seven days of the comment."""
        until = target.published_at + _PRIVATE
        return (PrivateOption(PrivateWay.API, "", until),) if now < until else (PrivateOption(PrivateWay.ASK),)


CONNECTOR = Instagram
