"""Reddit: a search over posts, and the comments of chosen subreddits; answers as the brand's user.

New applications need Reddit's approval. ``before`` breaks when the item that it names is removed, so the walk goes back
by ``after``. A listing is a thousand items deep. Comments cannot be searched: those of chosen subreddits are read and
matched here. «[deleted]» and «[removed]» are tombstones.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote, urlencode

from crisisdesk.connectors.base import option
from crisisdesk.connectors.fields import Reading, at, instant, joined, objects, rows, whole, words
from crisisdesk.connectors.sending import body_of, send, taken
from crisisdesk.connectors.walk import Told, Walk, Walker
from crisisdesk.model.errors import AuthError, NotAllowedError, PermanentError, RateLimitedError
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.source import Budget, Limits, Query, Receipt, ReplyPlan, Tombstone
from crisisdesk.query import matches

if TYPE_CHECKING:
    from crisisdesk.web import Answer, Web

PAGE: Final = 100
_GONE: Final = frozenset({"[deleted]", "[removed]"})
_WAIT = re.compile(r"(\d{1,4})\s*(second|minute|hour)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedditSettings:
    """An approved application; a refresh token of the brand's user only for answering."""

    client_id: str = option(required=True)
    client_secret: str = option(secret=True, required=True)
    refresh_token: str = option(secret=True)
    username: str = option(required=True)
    subreddits: tuple[str, ...] = option(())
    base_url: str = option("https://oauth.reddit.com", required=True)
    sign_in_url: str = option("https://www.reddit.com", required=True)
    allow_private: frozenset[str] = frozenset()


class Reddit(Walker):
    """Posts that the search finds, and comments of chosen subreddits."""

    kind: ClassVar[str] = "reddit"
    Settings: ClassVar[type[Any]] = RedditSettings
    limits: ClassVar[Limits] = Limits(reply_max=10_000, pace=60.0, depth=1_000)
    overlap: ClassVar[timedelta] = timedelta(minutes=10)

    def __init__(self, settings: RedditSettings, query: Query = Query()) -> None:
        self._settings = settings
        self._base = settings.base_url.rstrip("/")
        self._query = query
        self._token = ""

    @property
    def account(self) -> str:
        """The brand's user."""
        return self._settings.username.removeprefix("u/").removeprefix("/u/")

    def _agent(self) -> dict[str, str]:
        return {"User-Agent": f"desktop:crisisdesk:0.1 (by /u/{self.account})"}

    async def _sign_in(self, web: Web) -> None:
        pair = f"{self._settings.client_id}:{self._settings.client_secret}".encode()
        grant = (
            {"grant_type": "refresh_token", "refresh_token": self._settings.refresh_token}
            if self._settings.refresh_token
            else {"grant_type": "client_credentials"}
        )
        answer = await web.post(
            f"{self._settings.sign_in_url.rstrip('/')}/api/v1/access_token",
            urlencode(grant).encode(),
            headers={
                **self._agent(),
                "Authorization": f"Basic {base64.b64encode(pair).decode()}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            allow_private=self._settings.allow_private,
        )
        self._token = words(body_of(answer), "access_token")
        if not self._token:
            raise AuthError("web.sign_in", host=answer.host)

    async def _get(self, web: Web, path: str, params: Mapping[str, str]) -> Answer:
        if not self._token:
            await self._sign_in(web)
        for again in (False, True):
            try:
                return await web.get(
                    self._base + path,
                    headers={**self._agent(), "Authorization": f"Bearer {self._token}"},
                    params={**params, "raw_json": "1"},
                    allow_private=self._settings.allow_private,
                )
            except AuthError:
                if again:
                    raise
                await self._sign_in(web)
        raise AssertionError

    async def ask(self, web: Web, here: Walk, now: datetime) -> Told:
        """A page of the search, then of the comments: the token says in which of the two we are."""
        part, _, token = here.token.partition(":")
        after = {"after": token} if token else {}
        if part != "c":
            params = {"q": self._search(), "sort": "new", "t": "week", "limit": str(PAGE), "type": "link", **after}
            answer = await self._get(web, "/r/all/search", params)
            told = parse(body_of(answer), Query(), self.account, now, "s:", budget_of(answer, now))
            floor = here.floor or now
            below = bool(told.indexed) and min(told.indexed) < floor
            if not self._settings.subreddits or (told.token and not below):
                return told
            # The search came down; the same walk goes on in the comments.
            above = [seen for seen in told.indexed if seen >= floor]
            return Told(
                reading=told.reading, indexed=above, token="c:", tombstones=told.tombstones, budget=told.budget
            )
        subreddits = "+".join(quote(s.removeprefix("r/"), safe="") for s in self._settings.subreddits)
        answer = await self._get(web, f"/r/{subreddits}/comments", {"limit": str(PAGE), **after})
        return parse(body_of(answer), self._query, self.account, now, "c:", budget_of(answer, now))

    def _search(self) -> str:
        query = self._query
        if query.native:
            return query.native
        wanted = [*query.terms, *(f'"{p}"' for p in query.phrases), *(f"u/{h.lstrip('@')}" for h in query.handles)]
        return " OR ".join(wanted)

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The comment as it would hang under the post or comment."""
        if not self._settings.refresh_token:
            raise AuthError("sources.token_wanted", kind=self.kind)
        payload: dict[str, object] = {"api_type": "json", "thing_id": target.native_id, "text": text}
        return ReplyPlan(
            target=target.native_id, text=text, length_max=self.limits.reply_max, payload=payload, key=key
        )

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it. Reddit says «wait» with status 200 and in words."""
        if not self._token:
            await self._sign_in(web)
        answer = await send(
            web,
            self._base + "/api/comment",
            urlencode({k: str(v) for k, v in plan.payload.items()}).encode(),
            headers={
                **self._agent(),
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            allow_private=self._settings.allow_private,
        )
        value = taken(answer, "json")
        for error in rows(value, "json", "errors"):
            raise _said(words(error, 0), words(error, 1), answer.host, now)
        return _receipt(at(value, "json", "data", "things", 0, "data"), now)

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether our newest comments hold this answer."""
        answer = await self._get(web, f"/user/{quote(self.account, safe='')}/comments", {"limit": "50", "sort": "new"})
        for child in objects(rows(body_of(answer), "data", "children")):
            data = at(child, "data")
            same = words(data, "body").split() == plan.text.split()
            if same and words(data, "parent_id") == plan.target:
                return _receipt(data, now)
        return None

    async def recheck(self, web: Web, native_ids: Sequence[str], now: datetime) -> Page:
        """Items as they are; what was deleted must go here within two days."""
        reading, gone = Reading(self.kind, self.account, now), list[Tombstone]()
        for start in range(0, len(native_ids), PAGE):
            group = native_ids[start : start + PAGE]
            answer = await self._get(web, "/api/info", {"id": ",".join(group)})
            told = parse(body_of(answer), Query(), self.account, now, "", None)
            reading.mentions += told.reading.mentions
            gone += told.tombstones
        return Page(
            source=self.kind, account=self.account, mentions=tuple(reading.mentions), tombstones=tuple(gone)
        )


def parse(
    value: Any, query: Query, account: str, now: datetime, part: str, budget: Budget | None
) -> Told:
    """The mentions of a listing; of comments only those that ``query`` wants, where it wants anything."""
    reading, indexed, gone = Reading(Reddit.kind, account, now), list[datetime](), list[Tombstone]()
    for child in objects(rows(value, "data", "children")):
        data = at(child, "data")
        if words(child, "kind") not in ("t1", "t3") or not isinstance(data, dict):
            continue  # subreddits, messages and «more» are none of ours
        said = instant(data, "created_utc")
        if said is not None:
            indexed.append(said)
        name = words(data, "name") or f"{words(child, 'kind')}_{words(data, 'id')}"
        body = words(data, "body") or words(data, "selftext")
        if words(data, "author") in _GONE or body.strip() in _GONE:
            gone.append(Tombstone(Reddit.kind, account, name, now))
            continue
        text = joined(words(data, "title"), body) or words(data, "url")
        if query and not query.native and not matches(query, text):
            continue
        path = words(data, "permalink") or words(data, "context")
        edited = data.get("edited")
        reading.add(
            name,
            said,
            text,
            author=words(data, "author"),
            author_id=words(data, "author_fullname"),
            channel=f"r/{words(data, 'subreddit')}",
            url="https://www.reddit.com" + path.partition("?")[0] if path.startswith("/r/") else "",
            likes=whole(data, "score"),
            version=words({"e": edited}, "e") if edited and edited is not True else words(data, "created_utc"),
            parent_id=words(data, "parent_id"),
        )
    after = words(value, "data", "after")
    return Told(
        reading=reading,
        indexed=indexed,
        token=part + after if after else "",
        tombstones=gone,
        budget=budget,
    )


def budget_of(answer: Answer, now: datetime) -> Budget | None:
    """What ``x-ratelimit-*`` say: the rest as a decimal number, the reset as seconds left."""
    headers = dict(answer.headers)
    left = words(headers, "x-ratelimit-remaining")
    seconds = whole(headers, "x-ratelimit-reset")
    try:
        remaining = int(float(left)) if left else None
    except (ValueError, OverflowError):
        remaining = None
    if remaining is None:
        return None
    return Budget(remaining, None, now + timedelta(seconds=min(seconds, 3600)) if seconds is not None else None)


def _said(name: str, sentence: str, host: str, now: datetime) -> Exception:
    """The error behind ``["RATELIMIT", "… 3 minutes …"]``."""
    if name == "RATELIMIT":
        found = _WAIT.search(sentence)
        unit = {"second": 1, "minute": 60, "hour": 3600}[found[2].lower()] if found else 60
        seconds = min(int(found[1]) * unit, 900) if found else 60
        later = now.astimezone(UTC) + timedelta(seconds=seconds)
        return RateLimitedError("web.rate_limited", later, host=host, seconds=seconds)
    if name in ("THREAD_LOCKED", "DELETED_COMMENT", "TOO_OLD", "USER_BLOCKED"):
        return NotAllowedError("sources.replies_closed", kind=Reddit.kind)
    return PermanentError("web.rejected", host=host, status=200, reason=name)


def _receipt(data: Any, now: datetime) -> Receipt:
    path = words(data, "permalink")
    place = "https://www.reddit.com" + path if path.startswith("/r/") else ""
    return Receipt(words(data, "name"), place, instant(data, "created_utc") or now)


CONNECTOR = Reddit
