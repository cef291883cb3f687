"""Every connector that asks over HTTP, pointed at a server on loopback, with a page that holds nothing new."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from crisisdesk.connectors.base import Address, Listener
from crisisdesk.connectors.bluesky import Bluesky, BlueskySettings
from crisisdesk.connectors.discourse import Discourse, DiscourseSettings
from crisisdesk.connectors.facebook import Facebook, FacebookSettings
from crisisdesk.connectors.feed import Feed
from crisisdesk.connectors.googleplay import GooglePlay, GooglePlaySettings
from crisisdesk.connectors.hackernews import HackerNews, HackerNewsSettings
from crisisdesk.connectors.helpdesk import Helpdesk, HelpdeskSettings
from crisisdesk.connectors.instagram import Instagram, InstagramSettings
from crisisdesk.connectors.jsonhttp import JsonHttp, JsonSettings
from crisisdesk.connectors.mastodon import Mastodon, MastodonSettings
from crisisdesk.connectors.reddit import Reddit, RedditSettings
from crisisdesk.connectors.telegram import Telegram, TelegramSettings
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
    "reddit": Connected(
        lambda s: Reddit(
            RedditSettings(
                **_base(s), sign_in_url=s.url(""), client_id="c", client_secret=SECRET, username="marca"
            ),
            QUERY,
        ),
        {"/r/all/search": {"kind": "Listing", "data": {"children": []}}},
        before={"/api/v1/access_token": {"access_token": "t"}},
    ),
    "facebook": Connected(
        lambda s: Facebook(FacebookSettings(**_base(s), page_id="77", token=SECRET)),
        {"/v26.0/77/feed": {"data": []}, "/v26.0/77/tagged": {"data": []}},
        cursor='{"v": 1, "low": "2026-11-22T11:00:00+00:00"}',
    ),
    "instagram": Connected(
        lambda s: Instagram(InstagramSettings(**_base(s), user_id="77", username="marca", token=SECRET)),
        {"/v26.0/77/media": {"data": []}, "/v26.0/77/tags": {"data": []}},
        cursor='{"v": 1, "low": "2026-11-22T11:00:00+00:00"}',
    ),
    "helpdesk": Connected(
        lambda s: Helpdesk(HelpdeskSettings(**_base(s), dialect="zendesk", user="ana@marca.test", token=SECRET)),
        {"/api/v2/incremental/tickets/cursor.json": {"tickets": [], "after_cursor": "x", "end_of_stream": True}},
        cursor='{"v": 1, "mark": "x", "left": []}',
    ),
    "googleplay": Connected(
        lambda s: GooglePlay(
            GooglePlaySettings(**_base(s), sign_in_url=s.url("/token"), package="test.marca", key=key())
        ),
        {"/androidpublisher/v3/applications/test.marca/reviews": {"reviews": []}},
        before={"/token": {"access_token": "t"}},
    ),
    "telegram": Connected(
        lambda s: Telegram(TelegramSettings(**_base(s), username="marca_bot", token=SECRET), QUERY),
        {f"/bot{SECRET}/getUpdates": {"ok": True, "result": []}},
        cursor='{"v": 1, "last": 7, "seen": "2026-11-22T11:00:00+00:00"}',
    ),
    "jsonhttp": Connected(
        lambda s: JsonHttp(JsonSettings(address=s.url("/list"), token=SECRET, allow_private=s.permits)),
        {"/list": []},
        cursor="",
    ),
}


@cache
def key() -> str:
    """A service account of our own making."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return json.dumps({"client_email": "desk@marca.test", "private_key": private.private_bytes(*form).decode()})


def text_of(value: Any) -> str:
    """An answer's body."""
    return value if isinstance(value, str) else json.dumps(value)
