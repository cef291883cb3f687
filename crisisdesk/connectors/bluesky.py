"""Bluesky: search and the brand's notifications, answers that cannot be doubled, rechecks.

Identity is the DID, handles change. ``createdAt`` is a client's claim, so the walk goes by ``indexedAt``. An answer is
a record under a key that is chosen and stored before it is sent: putting it twice is one post.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from crisisdesk.connectors.base import option
from crisisdesk.connectors.facets import facets_of
from crisisdesk.connectors.fields import Reading, at, instant, listed, objects, rows, whole, words
from crisisdesk.connectors.jetstream import POST, Jetstream, batches, link_of
from crisisdesk.connectors.sending import body_of, send, taken
from crisisdesk.connectors.walk import Told, Walk, Walker
from crisisdesk.model.errors import AuthError, NotAllowedError, PermanentError, RateLimitedError
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
_TID: Final = "234567abcdefghijklmnopqrstuvwxyz"
_SPOILT: Final = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"})
_BAD_REQUEST: Final = frozenset({400, 401})


@dataclass(frozen=True, slots=True, kw_only=True)
class BlueskySettings:
    """The brand's account with an app password, and its server."""

    handle: str = option(required=True)
    password: str = option(secret=True, required=True)
    base_url: str = option("https://bsky.social", required=True)
    notifications: bool = option(True)
    crisis: bool = option(False)
    jetstream_url: str = option("https://jetstream2.us-east.bsky.network/subscribe")
    allow_private: frozenset[str] = frozenset()


class Bluesky(Walker):
    """What is said about the brand, and to its account."""

    kind: ClassVar[str] = "bluesky"
    Settings: ClassVar[type[Any]] = BlueskySettings
    limits: ClassVar[Limits] = Limits(
        reply_max=300, reply_unit=LengthUnit.GRAPHEMES, reply_bytes=3_000, pace=60.0
    )
    overlap: ClassVar[timedelta] = timedelta(minutes=10)

    def __init__(self, settings: BlueskySettings, query: Query = Query()) -> None:
        self._settings = settings
        self._base = settings.base_url.rstrip("/")
        self._query = query
        self._access = ""
        self._refresh = ""
        self.did = ""
        self._jetstream = Jetstream(self.kind, self.account, query, settings.jetstream_url)

    @property
    def account(self) -> str:
        """The brand's handle as it was given."""
        return self._settings.handle.lstrip("@")

    @property
    def live(self) -> bool:
        """In crisis mode, when there is something that can be looked for here."""
        return self._settings.crisis and bool(replace(self._query, native=""))

    async def stream(self, web: Web, cursor: str, now: Callable[[], datetime]) -> AsyncIterator[Page]:
        """Our posts among all that are written, some of them again after a break."""
        url = self._settings.jetstream_url + self._jetstream.params()
        frames = web.frames(url, allow_private=self._settings.allow_private)
        async with aclosing(batches(frames, 50)) as told:
            async for some in told:
                page = self._jetstream.page([frame for frame in some if frame], now())
                if page is not None or "" in some:  # the empty one: the server has agreed
                    yield page or Page(source=self.kind, account=self.account)

    # -- asking --------------------------------------------------------------------------------------------------

    async def ask(self, web: Web, here: Walk, now: datetime) -> Told:
        """A page of the search, then of the notifications: the token says in which of the two we are."""
        part, _, token = here.token.partition(":")
        search = self._search()
        if part != "n" and search:
            told = await self._searched(web, search, token, now)
            floor = here.floor or now
            below = bool(told.indexed) and min(told.indexed) < floor
            if not self._settings.notifications or (told.token and not below):
                return told
            # The search came down; the same walk goes on in the notifications.
            above = [seen for seen in told.indexed if seen >= floor]
            return Told(reading=told.reading, indexed=above, token="n:", budget=told.budget)
        return await self._notified(web, token, now)

    async def _searched(self, web: Web, search: str, token: str, now: datetime) -> Told:
        params = {"q": search, "sort": "latest", "limit": str(PAGE)}
        if len(self._query.langs) == 1:
            params["lang"] = self._query.langs[0]
        if token:
            params["cursor"] = token
        value, budget = await self._get(web, "app.bsky.feed.searchPosts", params, now)
        reading, indexed = parse_posts(rows(value, "posts"), self.account, now)
        after = words(value, "cursor")
        return Told(reading=reading, indexed=indexed, token=f"s:{after}" if after else "", budget=budget)

    async def _notified(self, web: Web, token: str, now: datetime) -> Told:
        params = {"limit": str(PAGE), **({"cursor": token} if token else {})}
        value, budget = await self._get(web, "app.bsky.notification.listNotifications", params, now)
        items = objects(rows(value, "notifications"))
        wanted = [item for item in items if words(item, "reason") in ("mention", "reply", "quote")]
        reading, _ = parse_posts(wanted, self.account, now)
        indexed = [said for item in items if (said := instant(item, "indexedAt"))]
        after = words(value, "cursor")
        return Told(reading=reading, indexed=indexed, token=f"n:{after}" if after else "", budget=budget)

    def _search(self) -> str:
        """What the search is asked; Lucene's syntax is advised, not promised."""
        query = self._query
        if query.native:
            return query.native
        wanted = [*query.terms, *(f'"{p}"' for p in query.phrases), *(f"@{h}" for h in query.handles)]
        wanted += [f"#{tag}" for tag in query.hashtags]
        return " OR ".join(wanted)

    async def _signed_in(self, web: Web, now: datetime) -> None:
        """A session, from the one before where that is possible: signing in anew is limited to 30 in five minutes."""
        if self._refresh:
            try:
                answer = await self._write(web, "com.atproto.server.refreshSession", b"", self._refresh)
            except AuthError:
                self._refresh = ""
            else:
                self._session(answer)
                return
        login = {"identifier": self.account, "password": self._settings.password}
        self._session(await self._write(web, "com.atproto.server.createSession", login, ""))

    def _session(self, value: Any) -> None:
        self._access, self._refresh = words(value, "accessJwt"), words(value, "refreshJwt")
        self.did = words(value, "did")
        if not self._access:
            raise PermanentError("web.unexpected", host=self._base)

    async def _get(self, web: Web, method: str, params: Mapping[str, str], now: datetime) -> tuple[Any, Budget | None]:
        if not self._access:
            await self._signed_in(web, now)
        for again in (False, True):
            answer = await web.get(
                f"{self._base}/xrpc/{method}",
                headers={"Authorization": f"Bearer {self._access}"},
                params=params,
                also=_BAD_REQUEST,
                allow_private=self._settings.allow_private,
            )
            if again or not _expired(answer):
                return _value(answer), budget_of(answer)
            await self._signed_in(web, now)
        raise AssertionError

    async def _write(self, web: Web, method: str, payload: Mapping[str, Any] | bytes, token: str) -> Any:
        return _value(await self._sent(web, method, payload, token))

    async def _put(self, web: Web, payload: Mapping[str, Any]) -> Any:
        answer = await self._sent(web, "com.atproto.repo.putRecord", payload, self._access)
        return _value(answer) if answer.status >= 400 else taken(answer, "uri")

    async def _sent(self, web: Web, method: str, payload: Mapping[str, Any] | bytes, token: str) -> Answer:
        return await send(
            web,
            f"{self._base}/xrpc/{method}",
            payload,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            also=_BAD_REQUEST,
            allow_private=self._settings.allow_private,
        )

    # -- answering -----------------------------------------------------------------------------------------------

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The record as it will be put, below what it answers."""
        place = _reference(target)
        reply = {"root": place["root"], "parent": place["parent"]}
        return await self._planned(web, text, target.lang, key, target=target.native_id, reply=reply)

    @property
    def posts_as(self) -> str:
        """The account."""
        return self.account

    async def plan_post(self, web: Web, text: str, lang: str, key: str) -> ReplyPlan:
        """The record as it will be put, below nothing."""
        return await self._planned(web, text, lang, key)

    async def _planned(
        self, web: Web, text: str, lang: str, key: str, *, target: str = "", **place: object
    ) -> ReplyPlan:
        """Mentions become links only with the DID behind them."""
        now = datetime.now(UTC)
        facets = await facets_of(text, lambda handle: self._did(web, handle, now))
        record: dict[str, object] = {
            "$type": POST,
            "text": text,
            "createdAt": now.isoformat().replace("+00:00", "Z"),
            "langs": [lang] if lang else [],
            **place,
            **({"facets": facets} if facets else {}),
        }
        too_many = len(text.encode()) > (self.limits.reply_bytes or 0)
        return ReplyPlan(
            target=target,
            text=text,
            length_max=self.limits.reply_max,
            warnings=("sources.warning.too_many_bytes",) if too_many else (),
            payload={"collection": POST, "rkey": record_key(key), "record": record},
            key=key,
        )

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Put the record: the same key and record again are the same post."""
        if not self._access:
            await self._signed_in(web, now)
        payload = {"repo": self.did, **plan.payload}
        try:
            value = await self._put(web, payload)
        except AuthError:
            await self._signed_in(web, now)
            value = await self._put(web, payload)
        uri = words(value, "uri")
        return Receipt(uri, link_of(uri), now)

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether our repository holds the record."""
        if not self.did:
            await self._signed_in(web, now)
        params = {"repo": self.did, "collection": POST, "rkey": words(dict(plan.payload), "rkey")}
        try:
            value, _ = await self._get(web, "com.atproto.repo.getRecord", params, now)
        except PermanentError as error:
            if error.fields.get("reason") == "RecordNotFound":
                return None
            raise
        uri = words(value, "uri")
        return Receipt(uri, link_of(uri), instant(value, "value", "createdAt") or now)

    async def private_options(self, web: Web, target: Mention, now: datetime) -> tuple[PrivateOption, ...]:
        """Its messages have no server to test against: the page of the talk is offered instead."""
        if not target.author_id:
            return (PrivateOption(PrivateWay.ASK),)
        return (PrivateOption(PrivateWay.LINK, f"https://bsky.app/profile/{quote(target.author_id, safe=':')}"),)

    async def recheck(self, web: Web, native_ids: Sequence[str], now: datetime) -> Page:
        """Posts as they are; a post that the answer leaves out is gone."""
        reading, gone = Reading(self.kind, self.account, now), list[Tombstone]()
        for start in range(0, len(native_ids), 25):
            group = native_ids[start : start + 25]
            answer, _ = await self._get_many(web, group, now)
            posts = listed(answer, "posts", self._base)
            found, _ = parse_posts(posts, self.account, now)
            reading.mentions += found.mentions
            there = {words(post, "uri") for post in posts}
            gone += [Tombstone(self.kind, self.account, uri, now) for uri in group if uri not in there]
        return Page(
            source=self.kind, account=self.account, mentions=tuple(reading.mentions), tombstones=tuple(gone)
        )

    async def _get_many(self, web: Web, uris: Sequence[str], now: datetime) -> tuple[Any, Budget | None]:
        query = "&".join(f"uris={quote(uri, safe='')}" for uri in uris)
        return await self._get(web, f"app.bsky.feed.getPosts?{query}", {}, now)

    async def _did(self, web: Web, handle: str, now: datetime) -> str:
        """Who is behind a handle; empty where nobody is."""
        try:
            value, _ = await self._get(web, "com.atproto.identity.resolveHandle", {"handle": handle.lower()}, now)
        except PermanentError:
            return ""
        return words(value, "did")


def parse_posts(items: Sequence[Any], account: str, now: datetime) -> tuple[Reading, list[datetime]]:
    """Mentions of post views (search, threads, quotes) or notifications, and when each was indexed."""
    reading, indexed = Reading(Bluesky.kind, account, now), list[datetime]()
    for post in objects(items):
        seen = instant(post, "indexedAt")
        if seen is not None:
            indexed.append(seen)
        claimed = instant(post, "record", "createdAt")
        said = min((t for t in (claimed, seen) if t is not None), default=None)
        uri, cid = words(post, "uri"), words(post, "cid")
        parent = at(post, "record", "reply", "parent")
        root = at(post, "record", "reply", "root")
        own = {"uri": uri, "cid": cid}
        place: dict[str, Any] = {"root": root if isinstance(root, dict) else own, "parent": own}
        if at(post, "viewer", "replyDisabled") is True:
            place["closed"] = True
        reading.add(
            uri,
            said,
            words(post, "record", "text"),
            author=words(post, "author", "handle"),
            author_id=words(post, "author", "did"),
            channel="Bluesky",
            lang=words(post, "record", "langs", 0),
            url=link_of(uri),
            likes=whole(post, "likeCount"),
            reposts=whole(post, "repostCount"),
            version=cid,
            parent_id=words(parent, "uri"),
            reference=json.dumps(place),
        )
    return reading, indexed


def record_key(key: str) -> str:
    """A record key (a TID of 13 letters) that is always the same for the same idempotency key."""
    number = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big") & ((1 << 63) - 1)
    letters = []
    for _ in range(13):
        letters.append(_TID[number & 31])
        number >>= 5
    return "".join(reversed(letters))


def budget_of(answer: Answer) -> Budget | None:
    """What ``ratelimit-*`` say."""
    headers = dict(answer.headers)
    left = whole(headers, "ratelimit-remaining")
    if left is None:
        return None
    return Budget(left, whole(headers, "ratelimit-limit"), instant(headers, "ratelimit-reset"))


def _expired(answer: Answer) -> bool:
    if answer.status not in _BAD_REQUEST:
        return False
    return words(body_of(answer), "error") in _SPOILT


def _value(answer: Answer) -> Any:
    """The answer's JSON; raises what the server's error name means: a spoilt token is a 400 here."""
    value = body_of(answer)
    if answer.status < 400:
        return value
    reason = words(value, "error")
    if answer.status == 401 or reason in _SPOILT:
        raise AuthError("web.sign_in", host=answer.host)
    if reason == "RateLimitExceeded":
        later = datetime.now(UTC) + timedelta(minutes=5)
        raise RateLimitedError("web.rate_limited", later, host=answer.host, seconds=300)
    raise PermanentError("web.rejected", host=answer.host, status=answer.status, reason=reason)


def _reference(target: Mention) -> dict[str, Any]:
    try:
        place = json.loads(target.reference)
    except ValueError:
        place = None
    if not isinstance(at(place, "root"), dict) or not isinstance(at(place, "parent"), dict):
        raise PermanentError("sources.no_place", kind=Bluesky.kind)
    if at(place, "closed") is True:
        raise NotAllowedError("sources.replies_closed", kind=Bluesky.kind)
    return dict(place)


CONNECTOR = Bluesky
