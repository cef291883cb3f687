"""Whether a mention still stands, as each service says it: there, gone, or not known just now."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from crisisdesk.connectors.base import Rechecker
from crisisdesk.model.errors import WebError
from crisisdesk.model.mention import Page
from crisisdesk.web import Web
from tests.fakes.connected import CONNECTED, text_of
from tests.fakes.web import FakeWeb, reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URI = "at://did:plc:2/app.bsky.feed.post/"


def post(uri: str) -> dict[str, Any]:
    said = {"$type": "app.bsky.feed.post", "text": "sin luz", "createdAt": "2026-11-22T11:00:00Z"}
    author = {"did": "did:plc:2", "handle": "ana.test"}
    return {"uri": uri, "cid": "c", "author": author, "record": said, "indexedAt": "2026-11-22T11:00:00Z"}


def item(name: str, author: str, body: str) -> dict[str, Any]:
    data = {"name": name, "author": author, "author_fullname": "t2_7", "body": body, "created_utc": 1_795_000_000}
    return {"kind": "t1", "data": data}


STATUS = {
    "id": "1", "created_at": "2026-11-22T11:00:00Z", "content": "<p>sin luz</p>", "account": {"id": "7", "acct": "ana"},
}  # fmt: skip
ASKED = {
    "mastodon": ("1", "2", {"/api/v1/statuses/1": STATUS, "/api/v1/statuses/2": None}),
    "bluesky": (f"{URI}1", f"{URI}2", {"/xrpc/app.bsky.feed.getPosts": {"posts": [post(f"{URI}1")]}}),
    "x": ("1", "2", {"/2/tweets": {
        "data": [{"id": "1", "text": "sin luz", "author_id": "7", "created_at": "2026-11-22T11:00:00Z"}],
        "errors": [{"resource_id": "2", "title": "Not Found Error", "resource_type": "tweet"}]}}),
    "reddit": ("t1_1", "t1_2", {"/api/info": {"kind": "Listing", "data": {"children": [
        item("t1_1", "ana", "sin luz"), item("t1_2", "[deleted]", "[deleted]")]}}}),
    "youtube": ("1", "2", {"/youtube/v3/comments": {"items": [{"id": "1", "snippet": {"textOriginal": "sin luz"}}]}}),
}  # fmt: skip


def rechecked(kind: str, answers: dict[str, bytes], ids: tuple[str, ...]) -> Page:
    async def run() -> Page:
        async with FakeWeb() as server:
            for path, value in CONNECTED[kind].before.items():
                server.says(path, reply(200, text_of(value)))
            for path, answer in answers.items():
                server.says(path, answer)
            source = CONNECTED[kind].make(server)
            assert isinstance(source, Rechecker)
            return await source.recheck(Web(now=lambda: NOW), ids, NOW)

    return asyncio.run(run())


@pytest.mark.parametrize("kind", ASKED)
def test_what_the_service_no_longer_has_is_gone_and_nothing_else(kind: str) -> None:
    there, gone, said = ASKED[kind]
    answers = {path: reply(404) if v is None else reply(200, json.dumps(v)) for path, v in said.items()}
    page = rechecked(kind, answers, (there, gone))
    assert [stone.native_id for stone in page.tombstones] == [gone]
    assert {mention.native_id for mention in page.mentions} <= {there}
    assert all(m.text == "sin luz" for m in page.mentions)


@pytest.mark.parametrize("status", [500, 503, 429, 403, 401])
@pytest.mark.parametrize("kind", ASKED)
def test_an_answer_that_is_none_takes_nothing_away(kind: str, status: int) -> None:
    there, gone, said = ASKED[kind]
    with pytest.raises(WebError):
        rechecked(kind, dict.fromkeys(said, reply(status, "{}")), (there, gone))


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", "7"])
@pytest.mark.parametrize("kind", ASKED)
def test_an_answer_that_is_no_list_takes_nothing_away(kind: str, body: str) -> None:
    there, gone, said = ASKED[kind]
    try:
        page = rechecked(kind, dict.fromkeys(said, reply(200, body)), (there, gone))
    except WebError:
        return
    assert page.tombstones == ()
