"""Discourse forums: the newest posts of all topics, and answers with an API key.

``/posts.json?before=ID`` gives posts whose ids fall from page to page; what we listen for is decided here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from crisisdesk.connectors.base import option
from crisisdesk.connectors.fields import Reading, at, instant, objects, rows, whole, words
from crisisdesk.connectors.sending import send, taken
from crisisdesk.connectors.walk import Told, Walk, Walker
from crisisdesk.markup import plain_text
from crisisdesk.model.errors import PermanentError
from crisisdesk.model.mention import Mention
from crisisdesk.model.source import Limits, Query, Receipt, ReplyPlan, Tombstone
from crisisdesk.query import matches

if TYPE_CHECKING:
    from crisisdesk.web import Web

SHORTEST: Final = 20
"""Characters that Discourse wants at the least (its default; a forum may have set another)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscourseSettings:
    """The forum's address; a key and its user only for closed forums and for answering."""

    base_url: str = option(required=True)
    username: str = option()
    key: str = option(secret=True)
    allow_private: frozenset[str] = frozenset()


class Discourse(Walker):
    """One forum."""

    kind: ClassVar[str] = "discourse"
    Settings: ClassVar[type[Any]] = DiscourseSettings
    limits: ClassVar[Limits] = Limits(reply_max=32_000, pace=60.0)
    overlap: ClassVar[timedelta] = timedelta(minutes=10)

    def __init__(self, settings: DiscourseSettings, query: Query = Query()) -> None:
        self._settings = settings
        self._base = settings.base_url.rstrip("/")
        self._query = query

    @property
    def account(self) -> str:
        """The forum's address."""
        return self._base

    def _headers(self) -> dict[str, str]:
        if not self._settings.key:
            return {}
        return {"Api-Key": self._settings.key, "Api-Username": self._settings.username or "system"}

    async def ask(self, web: Web, here: Walk, now: datetime) -> Told:
        """A page of posts; the token is the lowest id seen."""
        from crisisdesk.web import json_of

        answer = await web.get(
            f"{self._base}/posts.json",
            headers=self._headers(),
            params={"before": here.token} if here.token else None,
            allow_private=self._settings.allow_private,
        )
        return parse(json_of(answer), self._query, self._base, now)

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The post as it would go into the topic."""
        topic, number = _place(target)
        warnings = ("sources.warning.short",) if len(text) < SHORTEST else ()
        payload: dict[str, object] = {"topic_id": topic, "raw": text, "reply_to_post_number": number}
        return ReplyPlan(
            target=target.native_id,
            text=text,
            length_max=self.limits.reply_max,
            warnings=warnings,
            payload=payload,
            key=key,
        )

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Post it; Discourse knows no idempotency key."""
        answer = await send(
            web,
            f"{self._base}/posts.json",
            plan.payload,
            headers=self._headers(),
            allow_private=self._settings.allow_private,
        )
        return self._receipt(taken(answer, "id", "action"), now)  # «enqueued»: a moderator looks first

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether the topic's newest posts hold our words."""
        from crisisdesk.web import json_of

        answer = await web.get(
            f"{self._base}/t/{plan.payload['topic_id']}/last.json",
            headers=self._headers(),
            allow_private=self._settings.allow_private,
        )
        for post in objects(rows(json_of(answer), "post_stream", "posts")):
            own = words(post, "username").casefold() == self._settings.username.casefold()
            if own and plain_text(words(post, "cooked")).split() == plan.text.split():
                return self._receipt(post, now)
        return None

    def _receipt(self, post: Any, now: datetime) -> Receipt:
        return Receipt(words(post, "id"), _link(self._base, post), instant(post, "created_at") or now)


def parse(value: Any, query: Query, base: str, now: datetime) -> Told:
    """The mentions of a page of ``/posts.json``."""
    reading, indexed, lowest = Reading(Discourse.kind, base, now), list[datetime](), list[int]()
    gone: list[Tombstone] = []
    for post in objects(rows(value, "latest_posts")):
        number, said = whole(post, "id"), instant(post, "created_at")
        if number is not None:
            lowest.append(number)
        if said is not None:
            indexed.append(said)
        if number is not None and (at(post, "deleted_at") or at(post, "user_deleted") is True):
            gone.append(Tombstone(Discourse.kind, base, str(number), now))
            continue
        text = words(post, "raw") or plain_text(words(post, "cooked"))
        if query and not matches(query, text):
            continue
        place = {"topic": whole(post, "topic_id"), "number": whole(post, "post_number")}
        reading.add(
            "" if number is None else str(number),
            said,
            text,
            author=words(post, "username"),
            author_id=words(post, "username"),
            channel=words(post, "topic_title"),
            url=_link(base, post),
            version=words(post, "version"),
            reference=json.dumps(place),
        )
    token = str(min(lowest)) if lowest and min(lowest) > 1 else ""
    return Told(reading=reading, indexed=indexed, token=token, tombstones=gone)


def _link(base: str, post: Any) -> str:
    path = words(post, "post_url")
    if path.startswith("/"):
        return base + path
    slug, topic, number = words(post, "topic_slug"), whole(post, "topic_id"), whole(post, "post_number")
    return f"{base}/t/{slug or '-'}/{topic}/{number}" if topic is not None and number is not None else ""


def _place(target: Mention) -> tuple[int, int | None]:
    try:
        place = json.loads(target.reference)
    except ValueError:
        place = None
    topic = whole(place, "topic")
    if topic is None:
        raise PermanentError("sources.no_place", kind=Discourse.kind)
    return topic, whole(place, "number")


CONNECTOR = Discourse
