"""Mastodon and what speaks its API: hashtags, mentions of the brand's account, search; answers, direct posts, rechecks.

Ids are opaque texts that grow: longer first, then by letters. ``min_id`` pages forward and loses nothing; ``since_id``
would give the newest page and lose what lies between. Search needs a server that has it, and finds on many servers only
people who allowed it: the connector's tags and mentions are the reliable part.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal
from urllib.parse import quote, urlsplit

from crisisdesk.connectors.base import option
from crisisdesk.connectors.fields import ID_LIMIT, Reading, at, instant, joined, objects, rows, whole, words
from crisisdesk.connectors.sending import send, taken
from crisisdesk.connectors.sse import Event, events
from crisisdesk.markup import plain_text, without_class
from crisisdesk.model.errors import AuthError, PermanentError, WebError
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.received import of_stream
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
from crisisdesk.query import matches
from crisisdesk.wire import BadJson, json_value

if TYPE_CHECKING:
    from crisisdesk.web import Answer, Web

TAG_PAGE: Final = 40
MENTION_PAGE: Final = 80
_VERSION: Final = 1
_WAITING: Final = 1_000
"""Events that wait for the desk; then the server waits."""

_Told = tuple[str, Event] | WebError | Literal["open", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MastodonSettings:
    """A server and the brand's account there; without a token only hashtags of open servers are read."""

    base_url: str = option(required=True)
    handle: str = option()
    token: str = option(secret=True)
    search: bool = option(True)
    live: bool = option(True)
    allow_private: frozenset[str] = frozenset()


class Mastodon:
    """One server, seen from one account."""

    kind: ClassVar[str] = "mastodon"
    Settings: ClassVar[type[Any]] = MastodonSettings
    limits: ClassVar[Limits] = Limits(reply_max=500, reply_unit=LengthUnit.MASTODON, pace=60.0)
    overlap: ClassVar[timedelta] = timedelta(0)  # ids only grow

    def __init__(self, settings: MastodonSettings, query: Query = Query()) -> None:
        self._settings = settings
        self._base = settings.base_url.rstrip("/")
        self._query = query

    @property
    def account(self) -> str:
        """``brand@server``, or the server where no account is named."""
        host = urlsplit(self._base).netloc
        handle = self._settings.handle.lstrip("@").partition("@")[0]
        return f"{handle}@{host}" if handle else host

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._settings.token}"} if self._settings.token else {}

    async def _get(self, web: Web, path: str, params: dict[str, str] | None = None) -> Answer:
        return await web.get(
            self._base + path,
            headers=self._headers(),
            params=params,
            allow_private=self._settings.allow_private,
        )

    def _streams(self) -> list[tuple[str, str, dict[str, str]]]:
        """(name in the cursor, path, parameters) of everything that is asked."""
        tags = [tag.lstrip("#") for tag in self._query.hashtags]
        streams = [
            (f"tag:{tag}", f"/api/v1/timelines/tag/{quote(tag, safe='')}", {"limit": str(TAG_PAGE)}) for tag in tags
        ]
        if self._settings.token:
            params = {"types[]": "mention", "limit": str(MENTION_PAGE)}
            streams.append(("mentions", "/api/v1/notifications", params))
            if self._settings.search:
                wanted = self._query.native or " OR ".join(
                    [*self._query.terms, *(f'"{phrase}"' for phrase in self._query.phrases)]
                )
                if wanted:
                    params = {"type": "statuses", "q": wanted, "limit": str(TAG_PAGE), "resolve": "false"}
                    streams.append(("search", "/api/v2/search", params))
        return streams

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """One page of every stream, each from its own mark."""
        from crisisdesk.web import json_of

        marks = _marks(cursor)
        reading = Reading(self.kind, self.account, now)
        more = False
        budget: Budget | None = None
        for name, path, params in self._streams():
            mark = marks.get(name, "")
            asked = {**params, "min_id": mark} if mark else params
            answer = await self._get(web, path, asked)
            budget = budget_of(answer) or budget
            value = json_of(answer)
            items = objects(rows(value, "statuses") if name == "search" else rows(value))
            ids = [words(item, "id") for item in items if words(item, "id")]
            for item in items:
                status = at(item, "status") if name == "mentions" else item
                if isinstance(status, dict):
                    add_status(reading, status)
            higher = max([*ids, *([mark] if mark else [])], key=_order, default="")
            # A page that brings nothing newer is the end, whatever its length.
            more = more or (bool(mark) and len(items) >= int(params["limit"]) and higher != mark)
            if higher:
                marks[name] = higher
        return Page(
            source=self.kind,
            account=self.account,
            mentions=tuple({m.native_id: m for m in reading.mentions}.values()),
            rejected=tuple(reading.rejected),
            cursor=json.dumps({"v": _VERSION, "marks": marks}),
            checked=now,
            more=more,
            budget=budget,
        )

    @property
    def live(self) -> bool:
        """With a token only: servers since 4.2 stream to nobody else."""
        return self._settings.live and bool(self._settings.token)

    async def stream(self, web: Web, cursor: str, now: Callable[[], datetime]) -> AsyncIterator[Page]:
        """What the account's stream and each hashtag's tell, together; when one breaks, all of them end."""
        told: asyncio.Queue[_Told] = asyncio.Queue(_WAITING)
        paths = [("user", {}), *(("hashtag", {"tag": tag.lstrip("#")}) for tag in self._query.hashtags)]
        ears = [asyncio.create_task(self._hear(web, path, params, told)) for path, params in paths]
        closed = len(ears)
        try:
            while True:
                found = [await told.get()]
                while not told.empty() and len(found) < TAG_PAGE:
                    found.append(told.get_nowait())
                heard = [item for item in found if isinstance(item, tuple)]
                opened = closed and not (closed := closed - found.count("open"))
                if heard or opened:
                    page = parse_events(heard, self._wanted, self.account, now(), f"{self._base}/api/v1/streaming")
                    yield page
                for item in found:
                    if isinstance(item, WebError):
                        raise item
                    if item == "end":
                        return
        finally:
            for ear in ears:
                ear.cancel()
            await asyncio.gather(*ears, return_exceptions=True)

    async def _hear(self, web: Web, path: str, params: dict[str, str], told: asyncio.Queue[_Told]) -> None:
        lines = web.lines(
            f"{self._base}/api/v1/streaming/{path}",
            headers={**self._headers(), "Accept": "text/event-stream"},
            params=params,
            allow_private=self._settings.allow_private,
        )
        try:
            async with aclosing(lines):
                await anext(lines)  # the server has agreed
                await told.put("open")
                async for event in events(lines):
                    await told.put((path, event))
            await told.put("end")
        except WebError as error:
            await told.put(error)

    def _wanted(self, path: str, status: dict[str, Any]) -> bool:
        """The account's stream also brings everything that the account follows."""
        if path == "hashtag":
            return True
        name = self._settings.handle.lstrip("@").partition("@")[0].casefold()
        named = {words(who, "acct").casefold() for who in objects(rows(status, "mentions"))}
        return name in named or bool(matches(self._query, words_of(status), words(status, "language")))

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The answer with the author's handle in front, as the platform wants it; the server says its own length."""
        if not self._settings.token:
            raise AuthError("sources.token_wanted", kind=self.kind)
        longest = await self._longest(web)
        full = _addressed(target, text)
        payload: dict[str, object] = {"status": full, "in_reply_to_id": target.native_id, "visibility": "public"}
        return ReplyPlan(
            target=target.native_id,
            text=full,
            length_max=longest,
            payload=payload,
            key=key,
        )

    @property
    def posts_as(self) -> str:
        """The account, where a token is known."""
        return self.account if self._settings.token else ""

    async def plan_post(self, web: Web, text: str, lang: str, key: str) -> ReplyPlan:
        """A public post that answers nobody, in its language."""
        if not self._settings.token:
            raise AuthError("sources.token_wanted", kind=self.kind)
        longest = await self._longest(web)
        payload: dict[str, object] = {"status": text, "visibility": "public", "language": lang}
        return ReplyPlan(target="", text=text, length_max=longest, payload=payload, key=key)

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Post it under its idempotency key: the same key within the hour is the same post."""
        answer = await send(
            web,
            self._base + "/api/v1/statuses",
            plan.payload,
            headers={**self._headers(), "Idempotency-Key": plan.key},
            allow_private=self._settings.allow_private,
        )
        value = taken(answer, "id")
        return Receipt(words(value, "id"), words(value, "url"), instant(value, "created_at") or now)

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether our account's newest posts hold these words, in answer to the same."""
        from crisisdesk.web import json_of

        me = words(json_of(await self._get(web, "/api/v1/accounts/verify_credentials")), "id")
        path = f"/api/v1/accounts/{quote(me, safe='')}/statuses"
        answers = str(plan.payload.get("in_reply_to_id", ""))
        for status in objects(rows(json_of(await self._get(web, path, {"limit": "40"})))):
            if _says(status, plan.text) and words(status, "in_reply_to_id") == answers:
                return Receipt(words(status, "id"), words(status, "url"), instant(status, "created_at") or now)
        return None

    async def private_options(self, web: Web, target: Mention, now: datetime) -> tuple[PrivateOption, ...]:
        """A direct post; everybody whom it names, and the servers' administrators, can read it."""
        return (PrivateOption(PrivateWay.API),) if self._settings.token else (PrivateOption(PrivateWay.ASK),)

    async def recheck(self, web: Web, native_ids: Sequence[str], now: datetime) -> Page:
        """Each status as it is now; one that the server no longer has is gone."""
        from crisisdesk.web import json_of

        reading, gone = Reading(self.kind, self.account, now), list[Tombstone]()
        for native_id in native_ids:
            try:
                answer = await self._get(web, f"/api/v1/statuses/{quote(native_id, safe='')}")
            except PermanentError as error:
                if error.key not in ("web.not_found", "web.gone"):
                    raise
                gone.append(Tombstone(self.kind, self.account, native_id, now))
                continue
            value = json_of(answer)
            if isinstance(value, dict):
                add_status(reading, value)
        return Page(
            source=self.kind, account=self.account, mentions=tuple(reading.mentions), tombstones=tuple(gone)
        )

    async def _longest(self, web: Web) -> int:
        from crisisdesk.web import json_of

        value = json_of(await self._get(web, "/api/v2/instance"))
        return whole(value, "configuration", "statuses", "max_characters") or self.limits.reply_max or 500


def parse_events(
    told: Sequence[tuple[str, Event]],
    wanted: Callable[[str, dict[str, Any]], bool],
    account: str,
    now: datetime,
    url: str = "",
) -> Page:
    """The mentions, new versions and deletions among events of the streams; what is none of these is left out.

    ``wanted`` says of a path and a status whether it is one of ours. An event whose data is not JSON is a rejected row.
    The data of a deletion is the bare id; one of a post that the desk does not have changes nothing.
    """
    reading, gone, ours = Reading(Mastodon.kind, account, now), list[Tombstone](), list[str]()
    for path, (name, data) in told:
        if name == "delete":
            native_id = data.strip()
            if native_id and len(native_id) <= ID_LIMIT:
                gone.append(Tombstone(Mastodon.kind, account, native_id, now))
            continue
        if name not in ("update", "status.update", "notification"):
            continue
        try:
            value = json_value(data.encode("utf-8", "replace"))
        except BadJson:
            reading.reject()
            continue
        status = at(value, "status") if name == "notification" else value
        if name == "notification" and words(value, "type") != "mention":
            continue
        if not isinstance(status, dict):
            reading.reject()
        elif (name == "notification" or wanted(path, status)) and add_status(reading, status):
            ours.append(data)
    last = {mention.native_id: mention for mention in reading.mentions}  # the newest version of a page counts
    return Page(
        source=Mastodon.kind,
        account=account,
        mentions=tuple(last.values()),
        rejected=tuple(reading.rejected),
        tombstones=tuple(gone),
        received=of_stream(url, ours, now),
    )


def add_status(reading: Reading, status: dict[str, Any]) -> Mention | None:
    """One status as a mention; a boost carries the words of what it boosts."""
    boosted = at(status, "reblog")
    shown = boosted if isinstance(boosted, dict) else status
    return reading.add(
        words(status, "id"),
        instant(status, "created_at"),
        words_of(shown),
        author=words(status, "account", "acct"),
        author_id=words(status, "account", "id"),
        channel="Mastodon",
        lang=words(shown, "language"),
        url=words(status, "url") or words(shown, "url") or words(shown, "uri"),
        is_repost=isinstance(boosted, dict),
        likes=whole(shown, "favourites_count"),
        reposts=whole(shown, "reblogs_count"),
        followers=whole(status, "account", "followers_count"),
        version=words(status, "edited_at") or words(status, "created_at"),
        parent_id=words(status, "in_reply_to_id"),
        private=words(status, "visibility") in ("private", "direct"),
    )


def words_of(status: dict[str, Any]) -> str:
    """What people read: the warning, then the words, without the parts that the page hides."""
    return joined(words(status, "spoiler_text"), plain_text(without_class(words(status, "content"), "invisible")))


def budget_of(answer: Answer) -> Budget | None:
    """What ``X-RateLimit-*`` say: the reset is ISO 8601 on a real server, seconds since 1970 on others."""
    left = whole(dict(answer.headers), "x-ratelimit-remaining")
    if left is None:
        return None
    headers = dict(answer.headers)
    return Budget(left, whole(headers, "x-ratelimit-limit"), instant(headers, "x-ratelimit-reset"))


def _order(native_id: str) -> tuple[int, str]:
    return len(native_id), native_id


def _marks(cursor: str) -> dict[str, str]:
    try:
        value = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    marks = at(value, "marks") if at(value, "v") == _VERSION else None
    return {str(k): v for k, v in marks.items() if isinstance(v, str)} if isinstance(marks, dict) else {}


def _says(status: dict[str, Any], text: str) -> bool:
    """Whether a post of ours has these words; its page hides parts of addresses, which were written all the same."""
    shown = (words_of(status), plain_text(words(status, "content")))
    return any(one.split() == text.split() for one in shown)


def _addressed(target: Mention, text: str) -> str:
    handle = f"@{target.author.lstrip('@')}"
    return text if handle.casefold() in text.casefold() else f"{handle} {text}"


CONNECTOR = Mastodon
