"""YouTube comments on a channel's videos, or on one video; answers with a user's token.

Known: one unit for a page of comment threads and 50 for an answer, 10,000 units a day; a day ends at midnight in
California. An edit keeps the id and moves ``updatedAt``. Comments whose thread has more answers than a page shows are
asked for by their parent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from crisisdesk.connectors.base import option
from crisisdesk.connectors.fields import Reading, at, instant, listed, objects, rows, whole, words
from crisisdesk.connectors.sending import body_of, send, taken
from crisisdesk.connectors.walk import Told, Walk, Walker
from crisisdesk.model.errors import AuthError, PermanentError, RateLimitedError
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.source import Limits, Query, Receipt, ReplyPlan, Tombstone
from crisisdesk.query import matches

if TYPE_CHECKING:
    from crisisdesk.web import Answer, Web

_SAID_IN_THE_BODY = frozenset({400, 403})
_ASKED_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class YouTubeSettings:
    """A channel (all its videos) or one video; an API key reads, a user's token answers."""

    channel: str = option()
    video: str = option()
    key: str = option(secret=True, required=True)
    token: str = option(secret=True)
    only_matching: bool = option(False)
    base_url: str = option("https://www.googleapis.com", required=True)
    allow_private: frozenset[str] = frozenset()


class YouTube(Walker):
    """Comments on one channel's videos, or on one video."""

    kind: ClassVar[str] = "youtube"
    Settings: ClassVar[type[Any]] = YouTubeSettings
    limits: ClassVar[Limits] = Limits(reply_max=10_000, pace=120.0)
    overlap: ClassVar[timedelta] = timedelta(hours=1)

    def __init__(self, settings: YouTubeSettings, query: Query = Query()) -> None:
        if not settings.channel and not settings.video:
            raise PermanentError("sources.missing", kind=self.kind, field="channel")
        self._settings = settings
        self._base = settings.base_url.rstrip("/")
        self._query = query if settings.only_matching else Query()

    @property
    def account(self) -> str:
        """The channel, or else the video."""
        return self._settings.channel or self._settings.video

    async def ask(self, web: Web, here: Walk, now: datetime) -> Told:
        """A page of threads, newest first, with the answers that it shows."""
        place = (
            {"allThreadsRelatedToChannelId": self._settings.channel}
            if self._settings.channel
            else {"videoId": self._settings.video}
        )
        answer = await web.get(
            f"{self._base}/youtube/v3/commentThreads",
            headers={"X-goog-api-key": self._settings.key},
            params={
                "part": "snippet,replies",
                "order": "time",
                "maxResults": "100",
                "textFormat": "plainText",
                **place,
                **({"pageToken": here.token} if here.token else {}),
            },
            also=_SAID_IN_THE_BODY,
            allow_private=self._settings.allow_private,
        )
        return parse(_value(answer, now), self._query, self.account, now)

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """An answer hangs on the thread's first comment."""
        if not self._settings.token:
            raise AuthError("sources.token_wanted", kind=self.kind)
        parent = target.parent_id or target.native_id
        payload: dict[str, object] = {"snippet": {"parentId": parent, "textOriginal": text}}
        return ReplyPlan(
            target=target.native_id,
            text=text,
            length_max=self.limits.reply_max,
            warnings=("sources.warning.youtube_units",),
            payload=payload,
            key=key,
        )

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it; YouTube knows no idempotency key."""
        answer = await send(
            web,
            f"{self._base}/youtube/v3/comments?part=snippet",
            plan.payload,
            headers={"Authorization": f"Bearer {self._settings.token}"},
            also=_SAID_IN_THE_BODY,
            allow_private=self._settings.allow_private,
        )
        value = _value(answer, now) if answer.status >= 400 else taken(answer, "id")
        return Receipt(words(value, "id"), "", instant(value, "snippet", "publishedAt") or now)

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether the thread holds our words, said since a quarter of an hour."""
        parent = words(dict(plan.payload), "snippet", "parentId")
        answer = await self._comments(web, {"parentId": parent})
        for comment in objects(rows(_value(answer, now), "items")):
            said = instant(comment, "snippet", "publishedAt")
            recent = said is not None and now - said < timedelta(minutes=15)
            if recent and words(comment, "snippet", "textOriginal").split() == plan.text.split():
                return Receipt(words(comment, "id"), "", said or now)
        return None

    async def recheck(self, web: Web, native_ids: Sequence[str], now: datetime) -> Page:
        """A comment that the answer leaves out is gone; new words come with the polls, which know its video."""
        gone: list[Tombstone] = []
        for start in range(0, len(native_ids), _ASKED_AT_ONCE):
            group = native_ids[start : start + _ASKED_AT_ONCE]
            answer = await self._comments(web, {"id": ",".join(group)})
            there = {words(comment, "id") for comment in listed(_value(answer, now), "items", self._base)}
            gone += [Tombstone(self.kind, self.account, one, now) for one in group if one not in there]
        return Page(source=self.kind, account=self.account, tombstones=tuple(gone))

    async def _comments(self, web: Web, which: Mapping[str, str]) -> Answer:
        return await web.get(
            f"{self._base}/youtube/v3/comments",
            headers={"X-goog-api-key": self._settings.key},
            params={"part": "snippet", "maxResults": "100", "textFormat": "plainText", **which},
            also=_SAID_IN_THE_BODY,
            allow_private=self._settings.allow_private,
        )


def _value(answer: Answer, now: datetime) -> Any:
    """The answer's JSON; raises the error that Google's own words name."""
    value = body_of(answer)
    if answer.status < 400:
        return value
    reasons = {words(e, "reason") for e in objects(rows(value, "error", "errors"))}
    if reasons & {"quotaExceeded", "dailyLimitExceeded", "rateLimitExceeded", "userRateLimitExceeded"}:
        raise RateLimitedError("sources.quota_spent", _quota_back(now), host=answer.host)
    if reasons & {"keyInvalid", "forbidden", "insufficientPermissions", "authError", "accessNotConfigured"}:
        raise AuthError("web.forbidden", host=answer.host)
    raise PermanentError("web.rejected", host=answer.host, status=answer.status)


def _quota_back(now: datetime) -> datetime:
    """The next midnight in California, when the day's units come back."""
    there = now.astimezone(ZoneInfo("America/Los_Angeles"))
    midnight = (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight.astimezone(UTC)


def parse(value: Any, query: Query, account: str, now: datetime) -> Told:
    """The comments of a list of threads or of comments."""
    reading, indexed = Reading(YouTube.kind, account, now), list[datetime]()
    for item in objects(rows(value, "items")):
        top = at(item, "snippet", "topLevelComment")
        comments = [top, *rows(item, "replies", "comments")] if isinstance(top, dict) else [item]
        said = instant(comments[0], "snippet", "publishedAt")
        if said is not None:
            indexed.append(said)
        video = words(item, "snippet", "videoId")
        for comment in objects(comments):
            _comment(reading, comment, video, query)
    return Told(reading=reading, indexed=indexed, token=words(value, "nextPageToken"))


def _comment(reading: Reading, comment: dict[str, Any], video: str, query: Query) -> None:
    text = words(comment, "snippet", "textOriginal") or words(comment, "snippet", "textDisplay")
    if query and not matches(query, text):
        return
    native_id = words(comment, "id")
    watched = words(comment, "snippet", "videoId") or video
    place = f"{quote(watched, safe='')}&lc={quote(native_id, safe='')}"
    reading.add(
        native_id,
        instant(comment, "snippet", "publishedAt"),
        text,
        author=words(comment, "snippet", "authorDisplayName"),
        author_id=words(comment, "snippet", "authorChannelId", "value"),
        channel="YouTube",
        url=f"https://www.youtube.com/watch?v={place}" if watched else "",
        likes=whole(comment, "snippet", "likeCount"),
        version=words(comment, "snippet", "updatedAt"),
        parent_id=words(comment, "snippet", "parentId"),
    )


CONNECTOR = YouTube
