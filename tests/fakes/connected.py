"""Every connector that asks over HTTP, pointed at a server on loopback, with a page that holds nothing new."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crisisdesk.connectors.base import Address, Listener
from crisisdesk.connectors.bluesky import Bluesky, BlueskySettings
from crisisdesk.connectors.discourse import Discourse, DiscourseSettings
from crisisdesk.connectors.feed import Feed
from crisisdesk.connectors.hackernews import HackerNews, HackerNewsSettings
from crisisdesk.connectors.mastodon import Mastodon, MastodonSettings
from crisisdesk.connectors.x import X, XSettings
from crisisdesk.connectors.youtube import YouTube, YouTubeSettings
from crisisdesk.model.source import Query
from tests.fakes.web import FakeWeb

QUERY = Query(terms=("marca",), hashtags=("marca",))
SECRET = "CDCANARY-7f3a"


@dataclass(frozen=True, slots=True)
class Connected:
    """How a connector meets a test's server.

    Attributes:
        make: builds it for a server.
        empty: path to the JSON (or text) of an answer with nothing in it.
        before: answers that must be given before it asks for mentions at all (signing in).
        cursor: a cursor from the middle of its work, which no failure may move.
    """

    make: Callable[[FakeWeb], Listener]
    empty: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    cursor: str = '{"v": 2, "low": "2026-11-22T11:00:00+00:00"}'


def _base(server: FakeWeb) -> dict[str, Any]:
    return {"base_url": server.url("").rstrip("/"), "allow_private": server.permits}


CONNECTED: dict[str, Connected] = {
    "feed": Connected(
        lambda s: Feed(Address(address=s.url("/feed"), allow_private=s.permits)),
        {"/feed": '<rss version="2.0"><channel><title>t</title></channel></rss>'},
        cursor='{"v":"1","etag":"\\"7\\""}',
    ),
    "hackernews": Connected(
        lambda s: HackerNews(HackerNewsSettings(**_base(s)), QUERY), {"/api/v1/search_by_date": {"hits": []}}
    ),
    "discourse": Connected(
        lambda s: Discourse(DiscourseSettings(**_base(s), username="marca", key=SECRET), QUERY),
        {"/posts.json": {"latest_posts": []}},
    ),
    "youtube": Connected(
        lambda s: YouTube(YouTubeSettings(**_base(s), channel="UC1", key=SECRET), QUERY),
        {"/youtube/v3/commentThreads": {"items": []}},
    ),
    "mastodon": Connected(
        lambda s: Mastodon(MastodonSettings(**_base(s), handle="marca", token=SECRET, search=False), QUERY),
        {"/api/v1/timelines/tag/marca": [], "/api/v1/notifications": []},
        cursor='{"v": 1, "marks": {"tag:marca": "100", "mentions": "7"}}',
    ),
    "bluesky": Connected(
        lambda s: Bluesky(BlueskySettings(**_base(s), handle="marca.test", password=SECRET), QUERY),
        {
            "/xrpc/app.bsky.feed.searchPosts": {"posts": []},
            "/xrpc/app.bsky.notification.listNotifications": {"notifications": []},
        },
        before={
            "/xrpc/com.atproto.server.createSession": {"accessJwt": "a", "refreshJwt": "r", "did": "did:plc:1"},
        },
    ),
    "x": Connected(
        lambda s: X(XSettings(**_base(s), handle="marca", token=SECRET), QUERY),
        {"/2/tweets/search/recent": {"meta": {"result_count": 0}}},
    ),
}


def text_of(value: Any) -> str:
    """An answer's body."""
    return value if isinstance(value, str) else json.dumps(value)
