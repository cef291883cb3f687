"""X (API v2): recent search and the brand's mentions, answers only where X allows them, rechecks; what it costs.

Reading costs money by the post, and the desk shows it before spending (``Limits.cost``). Search goes back seven days,
mentions 800 posts; retweets do not come through search. X answers only authors who mentioned or quoted the account, so
any other plan is refused with the link instead. Field names changed in 2026: both old and new are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from crisisdesk.connectors.base import option
from crisisdesk.connectors.fields import Reading, at, instant, objects, rows, whole, words
from crisisdesk.connectors.sending import body_of, send, taken
from crisisdesk.connectors.walk import Told, Walk, Walker
from crisisdesk.model.errors import AuthError, NotAllowedError, PermanentError
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.source import (
    Budget,
    LengthUnit,
    Limits,
    PrivateOption,
    PrivateWay,
    Query,
    Receipt,
    ReplyPlan,
    Tombstone,
)

if TYPE_CHECKING:
    from crisisdesk.web import Answer, Web

PAGE: Final = 100
LONGEST_QUERY: Final = 512
_LINK = re.compile(r"https?://|\b[a-z0-9-]{2,63}\.(?:com|net|org|es|mx|co|ar|cl|pe|io|app|info)\b", re.IGNORECASE)
_SAID_IN_THE_BODY: Final = frozenset({400, 403})
_ASKED: Final = {
    "tweet.fields": "created_at,author_id,conversation_id,in_reply_to_user_id,lang,public_metrics,referenced_tweets,"
    "entities,edit_history_tweet_ids",
    "expansions": "author_id,referenced_tweets.id",
    "user.fields": "username,name,public_metrics,verified",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class XSettings:
    """An app's bearer token reads; a user's token answers. ``user_id`` is the brand's numeric id."""

    handle: str = option(required=True)
    user_id: str = option()
    token: str = option(secret=True, required=True)
    user_token: str = option(secret=True)
    mentions: bool = option(False)
    base_url: str = option("https://api.x.com", required=True)
    allow_private: frozenset[str] = frozenset()


class X(Walker):
    """What is said about the brand on X, as far as X sells it."""

    kind: ClassVar[str] = "x"
    Settings: ClassVar[type[Any]] = XSettings
    limits: ClassVar[Limits] = Limits(
        reply_max=280,
        reply_unit=LengthUnit.WEIGHTED_X,
        pace=60.0,
        lookback=7 * 86_400.0,
        cost={"read": "0.005", "author": "0.010", "mention": "0.001", "reply": "0.015", "reply_with_link": "0.200"},
    )
    overlap: ClassVar[timedelta] = timedelta(minutes=5)  # a post counts once a day, however often it is read

    def __init__(self, settings: XSettings, query: Query = Query()) -> None:
        if settings.mentions and not settings.user_id:
            raise PermanentError("sources.missing", kind=self.kind, field="user_id")
        self._settings = settings
        self._base = settings.base_url.rstrip("/")
        self._query = query

    @property
    def account(self) -> str:
        """The brand's handle, with what is asked of it."""
        handle = self._settings.handle.lstrip("@").lower()
        return f"{handle}/mentions" if self._settings.mentions else handle

    async def ask(self, web: Web, here: Walk, now: datetime) -> Told:
        """A page of the recent search, or of the account's mentions."""
        assert here.floor is not None
        oldest = now - timedelta(seconds=(self.limits.lookback or 0) - 60)
        since = max(here.floor, oldest).strftime("%Y-%m-%dT%H:%M:%SZ")
        if self._settings.mentions:
            path = f"/2/users/{quote(self._settings.user_id, safe='')}/mentions"
            own = {"start_time": since, **({"pagination_token": here.token} if here.token else {})}
        else:
            path = "/2/tweets/search/recent"
            own = {"query": said(self._query, self._settings.handle), "start_time": since, "sort_order": "recency"}
            own |= {"next_token": here.token} if here.token else {}
        answer = await self._get(web, path, {**_ASKED, "max_results": str(PAGE), **own})
        return parse(_value(answer), self.account, self._settings.user_id, now, budget_of(answer))

    async def _get(self, web: Web, path: str, params: Mapping[str, str], *, token: str = "") -> Answer:
        return await web.get(
            self._base + path,
            headers={"Authorization": f"Bearer {token or self._settings.token}"},
            params=params,
            also=_SAID_IN_THE_BODY,
            allow_private=self._settings.allow_private,
        )

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The answer with its price; refused where its author did not call the account."""
        if not _summoned(target):
            raise NotAllowedError("sources.x_not_summoned", link=intent(target))
        costs = self.limits.cost
        has_link = _LINK.search(text) is not None
        warnings = ["sources.warning.x_link"] if has_link else []
        return ReplyPlan(
            target=target.native_id,
            text=text,
            length_max=self.limits.reply_max,
            cost=costs["reply_with_link"] if has_link else costs["reply"],
            warnings=(*warnings, "sources.warning.x_once"),
            payload={"text": text, "reply": {"in_reply_to_tweet_id": target.native_id}},
            key=key,
        )

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it with the user's token; X knows no idempotency key."""
        if not self._settings.user_token:
            raise AuthError("sources.token_wanted", kind=self.kind)
        answer = await send(
            web,
            self._base + "/2/tweets",
            plan.payload,
            headers={"Authorization": f"Bearer {self._settings.user_token}"},
            also=_SAID_IN_THE_BODY,
            allow_private=self._settings.allow_private,
        )
        native_id = words(_value(answer) if answer.status >= 400 else taken(answer, "data"), "data", "id")
        return Receipt(native_id, link_of(self._settings.handle.lstrip("@"), native_id), now)

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether our newest posts hold this answer."""
        path = f"/2/users/{quote(self._settings.user_id, safe='')}/tweets"
        params = {"max_results": "20", "tweet.fields": "created_at,referenced_tweets"}
        answer = await self._get(web, path, params, token=self._settings.user_token)
        for post in objects(rows(_value(answer), "data")):
            answered = {words(r, "id") for r in objects(rows(post, "referenced_tweets"))}
            if plan.target in answered and plan.text.split()[:5] == words(post, "text").split()[:5]:
                native_id = words(post, "id")
                place = link_of(self._settings.handle.lstrip("@"), native_id)
                return Receipt(native_id, place, instant(post, "created_at") or now)
        return None

    async def private_options(self, web: Web, target: Mention, now: datetime) -> tuple[PrivateOption, ...]:
        """A link that opens a message to the brand: writing first is against X's rules."""
        if not self._settings.user_id:
            return (PrivateOption(PrivateWay.ASK),)
        place = f"https://x.com/messages/compose?recipient_id={quote(self._settings.user_id, safe='')}"
        return (PrivateOption(PrivateWay.LINK, place),)

    async def recheck(self, web: Web, native_ids: Sequence[str], now: datetime) -> Page:
        """Posts as they are; X's rules want what was deleted to go here too within a day."""
        reading, gone = Reading(self.kind, self.account, now), list[Tombstone]()
        for start in range(0, len(native_ids), PAGE):
            group = native_ids[start : start + PAGE]
            value = _value(await self._get(web, "/2/tweets", {**_ASKED, "ids": ",".join(group)}))
            told = parse(value, self.account, self._settings.user_id, now)
            reading.mentions += told.reading.mentions
            lost = {words(e, "resource_id") or words(e, "value") for e in objects(rows(value, "errors"))}
            gone += [Tombstone(self.kind, self.account, i, now) for i in group if i in lost]
        return Page(
            source=self.kind, account=self.account, mentions=tuple(reading.mentions), tombstones=tuple(gone)
        )


def said(query: Query, handle: str) -> str:
    """The query in X's syntax; raises ``PermanentError`` where it is longer than X takes."""
    brand = handle.lstrip("@")
    if query.native:
        text = query.native
    else:
        wanted = [_quoted(t) for t in query.terms] + [f'"{_bare(p)}"' for p in query.phrases]
        wanted += [f"@{_bare(h).lstrip('@')}" for h in query.handles or ((brand,) if brand else ())]
        wanted += [f"#{_bare(t).lstrip('#')}" for t in query.hashtags]
        parts = [f"({' OR '.join(wanted)})"]
        parts += ["(" + " OR ".join(f"lang:{lang}" for lang in query.langs) + ")"] if query.langs else []
        parts += [f"-{_quoted(word)}" for word in query.exclude]
        text = " ".join([*parts, "-is:retweet", *([f"-from:{brand}"] if brand else [])])
    if len(text) > LONGEST_QUERY:
        raise PermanentError("sources.query_long", kind="x", length=len(text), limit=LONGEST_QUERY)
    return text


def _bare(word: str) -> str:
    return word.replace('"', " ").strip()


def _quoted(word: str) -> str:
    bare = _bare(word)
    return f'"{bare}"' if not bare.isalnum() else bare


def parse(
    value: Any, account: str, brand_id: str, now: datetime, budget: Budget | None = None
) -> Told:
    """The mentions of one answer. A retweet carries the words of what it repeats; an edit has an id of its own."""
    reading, indexed = Reading(X.kind, account, now), list[datetime]()
    users = {words(u, "id"): u for u in objects(rows(value, "includes", "users"))}
    quoted = {words(t, "id"): t for t in objects(rows(value, "includes", "tweets") or rows(value, "includes", "posts"))}
    data = at(value, "data")
    gone: list[Tombstone] = []
    for post in objects([data] if isinstance(data, dict) else rows(value, "data")):
        native_id, when = words(post, "id"), instant(post, "created_at")
        if when is not None:
            indexed.append(when)
        user = users.get(words(post, "author_id"), {})
        links = objects(rows(post, "referenced_tweets") or rows(post, "referenced_posts"))
        kinds = {words(link, "type"): words(link, "id") for link in links}
        repeated = quoted.get(kinds.get("retweeted") or kinds.get("reposted", ""), {})
        history = rows(post, "edit_history_tweet_ids") or rows(post, "edit_history_post_ids")
        gone += [Tombstone(X.kind, account, old, now) for old in map(str, history) if old != native_id]
        named = {words(m, "id") for m in objects(rows(post, "entities", "mentions"))}
        quotes = quoted.get(kinds.get("quoted", ""), {})
        summoned = bool(brand_id) and (brand_id in named or words(quotes, "author_id") == brand_id)
        text = words(repeated, "text") or words(post, "note_tweet", "text") or words(post, "text")
        username = words(user, "username")
        reading.add(
            native_id,
            when,
            text,
            author=username or words(post, "author_id"),
            author_id=words(post, "author_id"),
            channel="X",
            lang=words(post, "lang"),
            url=link_of(username, native_id),
            is_repost=bool(repeated) or "retweeted" in kinds or "reposted" in kinds,
            likes=whole(post, "public_metrics", "like_count"),
            reposts=_first(post, "public_metrics", "retweet_count", "repost_count"),
            followers=whole(user, "public_metrics", "followers_count"),
            parent_id=kinds.get("replied_to", ""),
            reference=json.dumps({"summoned": summoned}),
        )
    return Told(
        reading=reading,
        indexed=indexed,
        token=words(value, "meta", "next_token"),
        tombstones=gone,
        budget=budget,
    )


def link_of(username: str, native_id: str) -> str:
    """The page of a post."""
    ours = username.replace("_", "").isalnum() and username.isascii() and native_id.isdigit()
    return f"https://x.com/{username}/status/{native_id}" if ours else ""


def intent(target: Mention) -> str:
    """The page on which a person answers by hand."""
    return f"https://x.com/intent/tweet?in_reply_to={quote(target.native_id, safe='')}"


def budget_of(answer: Answer) -> Budget | None:
    """What ``x-rate-limit-*`` say."""
    headers = dict(answer.headers)
    left = whole(headers, "x-rate-limit-remaining")
    if left is None:
        return None
    return Budget(left, whole(headers, "x-rate-limit-limit"), instant(headers, "x-rate-limit-reset"))


def _value(answer: Answer) -> Any:
    """The answer's JSON; raises what X's problem type means."""
    value = body_of(answer)
    if answer.status < 400:
        return value
    problem = words(value, "type").rpartition("/")[2]
    if problem == "usage-capped":
        raise AuthError("sources.credit_spent", host=answer.host)
    if answer.status == 403 or problem == "client-forbidden":
        raise NotAllowedError("web.forbidden", host=answer.host) if _about_reply(value) else AuthError(
            "web.forbidden", host=answer.host
        )
    raise PermanentError("web.rejected", host=answer.host, status=answer.status)


def _about_reply(value: Any) -> bool:
    return "reply" in words(value, "detail").lower()


def _first(value: Any, place: str, *names: str) -> int | None:
    return next((found for name in names if (found := whole(value, place, name)) is not None), None)


def _summoned(target: Mention) -> bool:
    try:
        return at(json.loads(target.reference), "summoned") is True
    except ValueError:
        return False


CONNECTOR = X
