"""Bluesky's Jetstream: a WebSocket peer on loopback with cuts and broken JSON, filtered here, begun again."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.server import ServerConnection, serve

from crisisdesk.connectors.bluesky import Bluesky, BlueskySettings
from crisisdesk.connectors.jetstream import POST, REWIND, Jetstream
from crisisdesk.model.errors import RateLimitedError, RefusedError, TransientError, WebError
from crisisdesk.model.mention import Page
from crisisdesk.model.source import Query
from crisisdesk.web import Budgets, Web

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
US = int(NOW.timestamp() * 1e6)
QUERY = Query(terms=("marca",), exclude=("sorteo",), langs=("es",))
CONTEXT = ssl.create_default_context()


def frame(key: str, text: str = "", operation: str = "create", at: int = US, **record: Any) -> str:
    commit: dict[str, Any] = {"operation": operation, "collection": POST, "rkey": key, "cid": f"c{text}"}
    if operation != "delete":
        commit["record"] = {"text": text, "langs": ["es-MX"], "createdAt": "2026-11-22T11:59:00Z", **record}
    return json.dumps({"did": "did:plc:ana", "time_us": at, "kind": "commit", "commit": commit})


def uri(key: str) -> str:
    return f"at://did:plc:ana/app.bsky.feed.post/{key}"


def heard(peer: Callable[[ServerConnection], Awaitable[None]], *, times: int = 1, **more: Any) -> Any:
    """What a stream tells, begun ``times`` times: (pages, last error, addresses asked)."""

    async def run() -> tuple[list[Page], WebError | None, list[str]]:
        pages: list[Page] = []
        asked: list[str] = []
        caught: WebError | None = None

        async def talk(socket: ServerConnection) -> None:
            assert socket.request is not None
            asked.append(socket.request.path)
            await peer(socket)

        web = Web(now=lambda: NOW, context=CONTEXT, budgets=Budgets(silence=0.5))
        async with serve(talk, "127.0.0.1", 0, process_request=more.get("refuse")) as server:
            place = f"127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
            own = BlueskySettings(
                handle="marca.test", password="x", crisis=True, jetstream_url=f"http://{place}/subscribe",
                allow_private=frozenset() if more.get("private") else frozenset({place}),
            )  # fmt: skip
            source = Bluesky(own, QUERY)
            for _ in range(times):
                try:
                    async with aclosing(source.stream(web, "", lambda: NOW)) as told:  # type: ignore[type-var]
                        async for page in told:
                            pages.append(page)
                except WebError as error:
                    caught = error
        return pages, caught, asked

    return asyncio.run(asyncio.wait_for(run(), 30))


def says(*frames: str) -> Callable[[ServerConnection], Awaitable[None]]:
    async def talk(socket: ServerConnection) -> None:
        for one in frames:
            await socket.send(one)

    return talk


def test_only_what_is_ours_is_kept() -> None:
    told = says(
        frame("1", "la Marca no va"), frame("2", "gatos"), frame("3", "sorteo de marca"),
        frame("4", "marca", langs=["en"]),
        "{roto", "[]", '{"kind": "identity"}', frame("9", operation="delete"),
        frame("1", "la marca ya va", "update"), frame("5", "marca", "create"), frame("5", operation="delete"),
    )  # fmt: skip
    pages, error, asked = heard(told)
    assert error is None and pages
    mentions = [m for page in pages for m in page.mentions]
    assert {m.native_id for m in mentions} == {uri("1"), uri("5")}
    last = [m for m in mentions if m.native_id == uri("1")][-1]
    assert (last.text, last.version, last.author_id) == ("la marca ya va", "cla marca ya va", "did:plc:ana")
    assert json.loads(last.reference)["parent"] == {"uri": uri("1"), "cid": last.version}
    assert [t.native_id for page in pages for t in page.tombstones] == [uri("5")]
    assert sum(len(page.rejected) for page in pages) == 2
    assert all(page.cursor == "" and page.checked is None for page in pages)
    received = [one for page in pages for one in page.received]
    ours = [frame("1", "la Marca no va"), frame("1", "la marca ya va", "update"), frame("5", "marca", "create")]
    assert b"\n".join(one.body for one in received) == "\n".join(ours).encode()  # of all others nothing is kept
    assert all(one.url.endswith("/subscribe") and one.at == NOW for one in received)
    assert parse_qs(urlsplit(asked[0]).query) == {"wantedCollections": ["app.bsky.feed.post"]}


def test_after_a_break_it_goes_on_a_little_earlier() -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.send(frame("1", "marca", at=US - 60_000_000))
        socket.transport.abort()

    pages, error, asked = heard(talk, times=2)
    assert type(error) is TransientError
    assert parse_qs(urlsplit(asked[1]).query)["cursor"] == [str(US - 60_000_000 - REWIND)]
    assert {m.native_id for page in pages for m in page.mentions} == {uri("1")}


def test_a_clock_from_the_future_does_not_skip_what_comes() -> None:
    stream = Jetstream("bluesky", "a", QUERY)
    stream.page([frame("1", "marca", at=US * 10)], NOW)
    assert stream.heard == US


@pytest.mark.parametrize(
    ("status", "error"),
    [(HTTPStatus.TOO_MANY_REQUESTS, RateLimitedError), (HTTPStatus.BAD_GATEWAY, TransientError),
     (HTTPStatus.FOUND, RefusedError)],
)  # fmt: skip
def test_a_server_that_does_not_agree_is_understood(status: HTTPStatus, error: type[WebError]) -> None:
    def refuse(socket: ServerConnection, request: Any) -> Any:
        answer = socket.respond(status, "no")
        answer.headers["Location"] = "http://127.0.0.1:9/"
        return answer

    _, caught, _ = heard(says(), refuse=refuse)
    assert type(caught) is error


def test_too_long_too_quiet_and_too_near_are_refused() -> None:
    _, caught, _ = heard(says("x" * 1_100_000))
    assert type(caught) is RefusedError and caught.key == "web.too_large"

    async def quiet(socket: ServerConnection) -> None:
        await socket.wait_closed()

    _, caught, _ = heard(quiet)
    assert type(caught) is TransientError and caught.key == "web.silent"
    _, caught, asked = heard(says(), private=True)
    assert type(caught) is RefusedError and caught.key == "web.private" and asked == []


def test_it_runs_only_when_a_person_switched_it_on() -> None:
    own = BlueskySettings(handle="marca.test", password="x")
    assert not Bluesky(own, QUERY).live
    assert Bluesky(replace(own, crisis=True), QUERY).live
    assert not Bluesky(replace(own, crisis=True), Query(native="marca OR otra")).live
