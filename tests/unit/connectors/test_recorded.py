"""Every recorded answer that belongs to a source becomes the mentions that its own JSON holds, counted apart.

The answers are shared data; without them these tests are skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from crisisdesk.connectors import bluesky, discourse, facebook, hackernews, instagram, mastodon, reddit, x, youtube
from crisisdesk.connectors.fields import Reading, rows
from crisisdesk.model.mention import Mention
from crisisdesk.model.source import Query
from crisisdesk.pipeline.normalise import normalise

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ALL = Query()
Parse = Callable[[Any], list[Mention]]


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


def bodies(path: Path) -> Iterator[Any]:
    """The answers in one recording, whatever its form: bare, {request, body}, [{uri, body}], VCR in JSON or YAML."""
    if path.suffix == ".yaml":
        cassette = YAML(typ="safe").load(path.read_text("utf-8"))
        for talk in cassette["interactions"]:
            yield loads(talk["response"]["body"]["string"])
        return
    if path.suffix == ".jsonl":
        for line in path.read_text("utf-8").splitlines():
            yield loads(line)
        return
    value = json.loads(path.read_text("utf-8"))
    if isinstance(value, dict) and "interactions" in value:
        for talk in value["interactions"]:
            yield loads(talk["response"]["body"].get("string", ""))
    elif isinstance(value, dict) and "request" in value and "body" in value:
        yield value["body"]
    elif isinstance(value, list) and value and isinstance(value[0], dict) and "uri" in value[0] and "body" in value[0]:
        for talk in value:
            yield talk["body"]
    else:
        yield value


def loads(text: Any) -> Any:
    """JSON, or nothing where a recording holds something else (a stream, an empty answer)."""
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return None


def check(found: list[Mention], ids: list[str], texts: int) -> None:
    """The same ids in the same order, and as many with words as the JSON holds."""
    assert [m.native_id for m in found] == ids
    assert sum(bool(m.text) for m in found) == texts
    for mention in found:
        assert not mention.date_doubtful, mention.native_id
        assert normalise(mention).url == mention.url


BLUESKY = ("bluesky", "bluesky_appview_recorded")


def test_bluesky(shared: Path) -> None:
    seen = 0
    for folder in BLUESKY:
        for path in sorted((shared / "data" / "api" / folder).glob("*.json")):
            for body in bodies(path):
                posts = rows(body, "posts") or [row["post"] for row in rows(body, "feed")]
                posts = posts or rows(body, "notifications")
                if not posts:
                    continue
                reading, indexed = bluesky.parse_posts(posts, "marca", NOW)
                raw = json.loads(json.dumps(posts))
                check(reading.mentions, [p["uri"] for p in raw], sum(bool(p["record"].get("text")) for p in raw))
                assert len(indexed) == len(raw) and not reading.rejected
                assert all(m.author and m.author_id.startswith("did:") and m.url for m in reading.mentions)
                seen += len(raw)
    assert seen > 150


def statuses(body: Any) -> list[dict[str, Any]]:
    """Statuses of a list, a search, a context or notifications."""
    found = rows(body, "statuses") + rows(body, "ancestors") + rows(body, "descendants")
    listed = body if isinstance(body, list) else []
    found += [row["status"] if isinstance(row.get("status"), dict) else row for row in listed if isinstance(row, dict)]
    return [s for s in found if isinstance(s, dict) and {"id", "content", "account", "created_at"} <= set(s)]


def test_mastodon(shared: Path) -> None:
    seen = 0
    folder = shared / "data" / "api"
    paths = sorted((folder / "mastodon").glob("*.[jy]*"))
    paths += sorted((folder / "mastodon_mock_recorded").glob("*.json"))
    for path in paths:
        for body in bodies(path):
            found = statuses(body if not (isinstance(body, dict) and "content" in body) else [body])
            reading = Reading("mastodon", "marca", NOW)
            for status in found:
                mastodon.add_status(reading, status)
            words = [s.get("reblog") or s for s in found]
            visible = sum(bool(re.sub(r"<[^>]*>|\s", "", s["content"]) or s["spoiler_text"]) for s in words)
            check(reading.mentions, [str(s["id"]) for s in found], visible)
            assert not any("<" in m.text and ">" in m.text and "</" in m.text for m in reading.mentions)
            seen += len(found)
    assert seen > 200


def test_x(shared: Path) -> None:
    seen = 0
    for path in sorted((shared / "data" / "api" / "x_v2").iterdir()):
        for body in bodies(path):
            if not isinstance(body, dict) or "data" not in body:
                continue
            data = body["data"] if isinstance(body["data"], list) else [body["data"]]
            posts = [post for post in data if "text" in post]
            if not posts:
                continue  # counts have no posts
            told = x.parse(body, "marca", "", NOW)
            found = told.reading.mentions
            assert [m.native_id for m in found] == [post["id"] for post in posts]
            assert all(m.text for m in found)
            dated = [post for post in posts if "created_at" in post]
            assert len(told.indexed) == len(dated) == sum(not m.date_doubtful for m in found)
            kinds = [{r["type"] for r in post.get("referenced_tweets", [])} for post in posts]
            assert [m.is_repost for m in found] == ["retweeted" in kind for kind in kinds]
            edits = {old for post in posts for old in post.get("edit_history_tweet_ids", []) if old != post["id"]}
            assert {stone.native_id for stone in told.tombstones} == edits
            seen += len(posts)
    assert seen > 300


def test_youtube(shared: Path) -> None:
    seen = 0
    for path in sorted((shared / "data" / "api" / "youtube").glob("comment*.json")):
        for body in bodies(path):
            value = body if "items" in body else {"items": [body]}
            raw = [o for o in walk(value) if o.get("kind") == "youtube#comment"]
            found = youtube.parse(value, ALL, "UC1", NOW).reading.mentions
            check(found, [c["id"] for c in raw], sum(bool(c["snippet"]["textOriginal"]) for c in raw))
            seen += len(raw)
    assert seen > 15


def test_reddit(shared: Path) -> None:
    seen = 0
    for path in sorted((shared / "data" / "api" / "reddit").glob("*.json")):
        for body in bodies(path):
            if not isinstance(body, dict) or body.get("kind") != "Listing":
                continue
            raw = [c["data"] for c in body["data"]["children"] if c["kind"] in ("t1", "t3")]
            gone = [d for d in raw if "[deleted]" in (d.get("author"), d.get("body")) or d.get("body") == "[removed]"]
            told = reddit.parse(body, ALL, "marca", NOW, "", None)
            assert [m.native_id for m in told.reading.mentions] == [d["name"] for d in raw if d not in gone]
            assert len(told.tombstones) == len(gone)
            assert all(m.text and not m.date_doubtful for m in told.reading.mentions)
            seen += len(raw)
    assert seen > 200


def graph_comments(value: Any) -> list[dict[str, Any]]:
    """Objects that somebody wrote: with words and a time."""
    return [o for o in walk(value) if ("message" in o or "text" in o) and ("created_time" in o or "timestamp" in o)]


@pytest.mark.parametrize(
    ("pattern", "make"),
    [
        ("facebook_instagram/facebook_comments_*.json", facebook.CONNECTOR),
        ("meta/facebook_apidata_comments_*.json", facebook.CONNECTOR),
        ("meta/facebook_apidata_posts_*.json", facebook.CONNECTOR),
        ("meta/instagram_apidata_medias_comments_*.json", instagram.CONNECTOR),
    ],
)
def test_the_graph(shared: Path, pattern: str, make: Any) -> None:
    own = {"page_id": "1"} if make is facebook.CONNECTOR else {"user_id": "1", "username": "m"}
    settings = make.Settings(**own, token="t")
    paths = sorted((shared / "data" / "api").glob(pattern))
    assert paths
    for path in paths:
        for body in bodies(path):
            raw = graph_comments(body)
            reading = Reading(make.kind, "1", NOW)
            source = make(settings)
            for item in raw:
                source.take(reading, item, "post")
            named = [str(o.get("id") or re.findall(r"comment_id=(\d+)", o.get("permalink_url", ""))[0]) for o in raw]
            check(reading.mentions, named, sum(bool(o.get("message") or o.get("text")) for o in raw))


def test_hacker_news(shared: Path) -> None:
    for path in sorted((shared / "data" / "api" / "hackernews").glob("*.json")):
        (body,) = bodies(path)
        reading, indexed = hackernews.parse(body, ALL, "news.ycombinator.com", NOW)
        check(reading.mentions, [h["objectID"] for h in body["hits"]], len(body["hits"]))
        assert len(indexed) == len(body["hits"])


def test_discourse_takes_what_its_own_description_promises(shared: Path) -> None:
    """There is no recorded answer, only the schema: an answer is made of it, and every field that we read is in it."""
    schema = json.loads((shared / "data" / "api" / "discourse" / "openapi_subset.json").read_text("utf-8"))
    answer = schema["paths"]["/posts.json"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    fields = answer["properties"]["latest_posts"]["items"]["properties"]
    used = {"id", "username", "cooked", "created_at", "topic_id", "topic_slug", "post_number", "version", "topic_title"}
    assert used <= set(fields)
    post = {name: example(name, kind) for name, kind in fields.items()}
    told = discourse.parse({"latest_posts": [post]}, ALL, "https://forum.test", NOW)
    (mention,) = told.reading.mentions
    assert (mention.native_id, mention.text, mention.author) == ("7", "no funciona", "ana")


def example(name: str, kind: dict[str, Any]) -> Any:
    """A value of the kind that a schema names."""
    known = {"id": 7, "username": "ana", "raw": "no funciona", "created_at": "2026-11-22T10:00:00Z", "deleted_at": None}
    if name in known:
        return known[name]
    return {"integer": 1, "string": "x", "boolean": False, "array": [], "number": 1.0}.get(str(kind.get("type")))
