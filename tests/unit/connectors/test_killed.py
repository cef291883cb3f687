"""Three hundred killed desks for every connector that walks: nothing lost, nothing doubled.

The service behind each connector speaks its own dialect, shows some items late, and pages; the desk is killed between
fetching a page and storing it, and behind that. Only the network is left out.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from crisisdesk.connectors.base import Listener
from crisisdesk.connectors.bluesky import Bluesky, BlueskySettings
from crisisdesk.connectors.discourse import Discourse, DiscourseSettings
from crisisdesk.connectors.facebook import Facebook, FacebookSettings
from crisisdesk.connectors.googleplay import GooglePlay, GooglePlaySettings
from crisisdesk.connectors.hackernews import HackerNews, HackerNewsSettings
from crisisdesk.connectors.helpdesk import Helpdesk, HelpdeskSettings
from crisisdesk.connectors.instagram import Instagram, InstagramSettings
from crisisdesk.connectors.mastodon import Mastodon, MastodonSettings
from crisisdesk.connectors.reddit import Reddit, RedditSettings
from crisisdesk.connectors.telegram import Telegram, TelegramSettings
from crisisdesk.connectors.x import X, XSettings
from crisisdesk.connectors.youtube import YouTube, YouTubeSettings
from crisisdesk.model.source import Query
from crisisdesk.web import Answer, Web
from tests.fakes.connected import key
from tests.fakes.newest import Item, Newest, survive

RUNS = 300
MARCA = Query(terms=("marca",), hashtags=("marca",))
Service = Callable[[Newest, str, Mapping[str, str]], Any]


class OneService(Web):
    """The network: answers as the service does."""

    def __init__(self, source: Newest, service: Service) -> None:
        self._source = source
        self._service = service

    async def get(self, url: str, **options: Any) -> Answer:
        body = self._service(self._source, url, options.get("params") or {})
        return Answer(status=200, headers={"content-type": "application/json"}, body=json.dumps(body).encode(), url=url)

    async def post(self, url: str, content: bytes, **options: Any) -> Answer:
        body = {"access_token": "t", "accessJwt": "a", "refreshJwt": "r", "did": "did:plc:1"}
        return Answer(status=200, headers={}, body=json.dumps(body).encode(), url=url)


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def seconds(item: Item) -> dict[str, str]:
    return {"seconds": str(int(item.indexed.timestamp()))}


def say(item: Item) -> str:
    return f"marca {item.number}"


def hackernews(source: Newest, url: str, params: Mapping[str, str]) -> Any:
    low = int(re.findall(r"created_at_i>=(\d+)", params["numericFilters"])[0])
    high = int((re.findall(r"created_at_i<=(\d+)", params["numericFilters"]) or ["9999999999"])[0])
    shown = [i for i in source.items if i.shown <= source.now and low <= int(i.indexed.timestamp()) <= high]
    shown.sort(key=lambda i: i.indexed, reverse=True)
    page = [
        {"objectID": str(i.number), "created_at_i": int(i.indexed.timestamp()), "title": say(i)} for i in shown[:100]
    ]
    return {"hits": page}


def by_id(source: Newest, url: str, params: Mapping[str, str]) -> Any:
    """Discourse: ids fall; an id is given when the post is shown."""
    shown = sorted((i for i in source.items if i.shown <= source.now), key=lambda i: (i.shown, i.number))
    numbered = [(n, i) for n, i in enumerate(shown, start=1) if n < int(params.get("before", "1000000"))]
    page = sorted(numbered, key=lambda pair: -pair[0])[: source.page]
    return {
        "latest_posts": [
            {"id": n, "raw": say(i), "created_at": iso(i.shown), "topic_id": 1, "post_number": n} for n, i in page
        ]
    }


def youtube(source: Newest, url: str, params: Mapping[str, str]) -> Any:
    page, token = source.answer(params.get("pageToken", ""))
    comment = lambda i: {"id": f"c{i.number}", "snippet": {"textOriginal": say(i), "publishedAt": iso(i.indexed)}}  # noqa: E731
    items = [{"snippet": {"videoId": "v", "topLevelComment": comment(i)}} for i in page]
    return {"items": items, **({"nextPageToken": token} if token else {})}


def bluesky(source: Newest, url: str, params: Mapping[str, str]) -> Any:
    """Every third item is a notification only."""
    notified = "listNotifications" in url
    part = Newest(source.seed, page=source.page, now=source.now)
    part.items = [i for i in source.items if (i.number % 3 == 0) == notified]
    page, token = part.answer(params.get("cursor", ""))
    posts = [
        {
            "uri": f"at://did:plc:a/app.bsky.feed.post/{i.number}",
            "cid": f"cid{i.number}",
            "author": {"did": "did:plc:a", "handle": "a.test"},
            "record": {"text": say(i), "createdAt": "2099-01-01T00:00:00Z"},
            "indexedAt": iso(i.indexed),
            "reason": "mention",
        }
        for i in page
    ]
    return {"notifications" if notified else "posts": posts, **({"cursor": token} if token else {})}


def twitter(source: Newest, url: str, params: Mapping[str, str]) -> Any:
    page, token = source.answer(params.get("next_token", ""))
    since = datetime.fromisoformat(params["start_time"])
    page = [i for i in page if i.indexed >= since]
    data = [{"id": str(1000 + i.number), "text": say(i), "created_at": iso(i.indexed), "author_id": "1"} for i in page]
    return {"data": data, "meta": {"next_token": token} if token and page else {}}


def reddit(source: Newest, url: str, params: Mapping[str, str]) -> Any:
    """Every third item is a comment."""
    comments = url.endswith("/comments")
    part = Newest(source.seed, page=source.page, now=source.now)
    part.items = [i for i in source.items if (i.number % 3 == 0) == comments]
    page, token = part.answer(params.get("after", ""))
    kind = "t1" if comments else "t3"
    children = [
        {"kind": kind, "data": {"name": f"{kind}_{i.number}", "body": say(i), "created_utc": i.indexed.timestamp()}}
        for i in page
    ]
    return {"kind": "Listing", "data": {"children": children, "after": token or None}}


def play(source: Newest, url: str, params: Mapping[str, str]) -> Any:
    page, token = source.answer(params.get("token", ""))
    reviews = [
        {
            "reviewId": f"r{i.number}",
            "comments": [{"userComment": {"text": say(i), "lastModified": seconds(i)}}],
        }
        for i in page
    ]
    return {"reviews": reviews, **({"tokenPagination": {"nextPageToken": token}} if token else {})}


def graph(source: Newest, url: str, params: Mapping[str, str]) -> Any:
    """Two posts; the comments of each in an order that nobody can trust."""
    if url.endswith(("/tagged", "/tags")):
        return {"data": []}

    def comments(post: int, after: str) -> Any:
        part = Newest(source.seed, page=source.page, now=source.now)
        part.items = [i for i in source.items if i.number % 2 == post]
        page, token = part.answer(after)
        page = sorted(page, key=lambda i: (i.number * 7919) % 13)  # «ranked»
        data = [
            {
                "id": f"c{i.number}",
                "message": say(i),
                "text": say(i),
                "username": "ana",
                "created_time": iso(i.indexed),
                "timestamp": iso(i.indexed),
            }
            for i in page
        ]
        paging = {"cursors": {"after": token}, "next": "there is more"} if token else {}
        return {"data": data, "paging": paging}

    if url.endswith(("/feed", "/media")):
        old = iso(source.items[0].indexed - timedelta(days=3))
        posts = [{"id": f"post{n}", "created_time": old, "timestamp": old, "comments": comments(n, "")} for n in (0, 1)]
        return {"data": posts}
    return comments(int(url.split("/post")[1][0]), params.get("after", ""))


def mastodon(source: Newest, url: str, params: Mapping[str, str]) -> Any:
    """Ids are given when a status is shown, and only grow; ``min_id`` gives the oldest above it."""
    shown = sorted((i for i in source.items if i.shown <= source.now), key=lambda i: (i.shown, i.number))
    numbered = list(enumerate(shown, start=100))
    low = int(params.get("min_id", "0"))
    size = int(params["limit"])
    above = [pair for pair in numbered if pair[0] > low]
    page = above[:size] if low else above[-size:]
    return [
        {"id": str(n), "content": f"<p>{say(i)}</p>", "created_at": iso(i.shown), "account": {"id": "1", "acct": "a"}}
        for n, i in reversed(page)
    ]


class Updates:
    """Telegram forgets what was confirmed."""

    def __call__(self, source: Newest, url: str, params: Mapping[str, str]) -> Any:
        shown = sorted((i for i in source.items if i.shown <= source.now), key=lambda i: (i.shown, i.number))
        offset = int(params.get("offset", "0"))
        page = [(n, i) for n, i in enumerate(shown, start=1) if n >= offset][:100]
        chat = {"id": 5, "type": "private"}
        return {
            "ok": True,
            "result": [
                {
                    "update_id": n,
                    "message": {"message_id": n, "date": int(i.shown.timestamp()), "text": say(i), "chat": chat},
                }
                for n, i in page
            ],
        }


def zendesk(source: Newest, url: str, params: Mapping[str, str]) -> Any:
    """Five tickets; each item is a comment and changes its ticket."""
    shown = sorted((i for i in source.items if i.shown <= source.now), key=lambda i: (i.shown, i.number))
    if "/comments" in url:
        ticket = int(url.split("/tickets/")[1].split("/", maxsplit=1)[0])
        return {
            "comments": [
                {"id": i.number + 1, "body": say(i), "public": True, "created_at": iso(i.shown), "author_id": 9}
                for i in shown
                if i.number % 5 == ticket
            ],
            "users": [{"id": 9, "name": "Ana", "role": "end-user"}],
        }
    done = int(params.get("cursor", "0"))
    fresh = shown[done : done + 3]
    return {
        "tickets": [{"id": i.number % 5, "status": "open"} for i in fresh],
        "after_cursor": str(done + len(fresh)),
        "end_of_stream": done + len(fresh) >= len(shown),
    }


WALKING: dict[str, tuple[Callable[[], Listener], Service]] = {
    "hackernews": (lambda: HackerNews(HackerNewsSettings(), MARCA), hackernews),
    "discourse": (lambda: Discourse(DiscourseSettings(base_url="https://f.test"), MARCA), by_id),
    "youtube": (lambda: YouTube(YouTubeSettings(channel="UC1", key="k"), MARCA), youtube),
    "bluesky": (lambda: Bluesky(BlueskySettings(handle="m.test", password="p"), MARCA), bluesky),
    "x": (lambda: X(XSettings(handle="m", token="t"), MARCA), twitter),
    "reddit": (
        lambda: Reddit(RedditSettings(client_id="c", client_secret="s", username="m", subreddits=("m",)), MARCA),
        reddit,
    ),
    "googleplay": (lambda: GooglePlay(GooglePlaySettings(package="a.b", key=key())), play),
    "facebook": (lambda: Facebook(FacebookSettings(page_id="1", token="t")), graph),
    "instagram": (lambda: Instagram(InstagramSettings(user_id="1", username="m", token="t")), graph),
    "mastodon": (
        lambda: Mastodon(MastodonSettings(base_url="https://m.test"), MARCA),
        mastodon,
    ),
    "telegram": (lambda: Telegram(TelegramSettings(username="b", token="t"), MARCA), Updates()),
    "helpdesk": (
        lambda: Helpdesk(HelpdeskSettings(base_url="https://h.test", user="a@h.test", token="t")),
        zendesk,
    ),
}


@pytest.mark.parametrize("kind", WALKING)
def test_nothing_is_lost_and_nothing_doubled(kind: str) -> None:
    make, service = WALKING[kind]
    listener = make()

    async def all_runs() -> None:
        for seed in range(RUNS):
            source = Newest(seed)
            web = OneService(source, service)
            said: dict[str, str] = {}

            async def poll(cursor: str, source: Newest = source, web: Web = web, said: dict[str, str] = said) -> Any:
                page = await listener.poll(web, cursor, source.now)
                assert not page.rejected and not page.gaps
                for mention in page.mentions:
                    assert said.setdefault(mention.native_id, mention.text) == mention.text
                return [m.native_id for m in page.mentions], page.cursor, page.more

            stored, _ = await survive(source, poll)
            texts = sorted(said[native_id] for native_id in stored)
            assert texts == sorted(map(say, source.items)), (kind, seed)

    asyncio.run(all_runs())
