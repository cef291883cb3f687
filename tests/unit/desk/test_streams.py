"""The watch with sources that tell by themselves: begun, cut, begun again, polled after each beginning, ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk.received import MOST_BYTES, of_events
from crisisdesk.engine import Engine
from crisisdesk.model.mention import SourceState
from crisisdesk.model.received import of_stream
from crisisdesk.store import answers
from crisisdesk.web import Web
from tests.fakes import samples as s
from tests.fakes.web import FakeWeb, Handler, reply

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
USER, TAG, TIMELINE = "/api/v1/streaming/user", "/api/v1/streaming/hashtag", "/api/v1/timelines/tag/marca"


def post(number: int) -> dict[str, Any]:
    return {
        "id": str(number),
        "created_at": "2026-03-10T12:59:00Z",
        "content": f"<p>sin luz {number} #marca</p>",
        "account": {"id": "7", "acct": "ana"},
    }


def says(*parts: bytes, stay: bool = True) -> Handler:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"".join(parts))
        await writer.drain()
        if stay:
            await asyncio.Event().wait()

    return answer


def update(number: int) -> bytes:
    return f"event: update\ndata: {json.dumps(post(number))}\n\n".encode()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


def watching(desk: Desk, clock: PlayClock, body: Callable[[FakeWeb, Web], Awaitable[None]]) -> None:
    async def run() -> None:
        async with FakeWeb() as server:
            server.says("/api/v1/notifications", reply(200, "[]"))
            server.says(USER, says())
            settings = {"base_url": server.url("").rstrip("/"), "handle": "marca", "search": "no", "hashtags": "marca"}
            await asyncio.to_thread(desk.sources.add, "mastodon", settings, {"token": "t"})
            await body(server, Web(now=clock.now))

    engine = Engine()  # which ends what is still streaming, as in the program
    try:
        engine.submit(run()).result()
    finally:
        assert engine.stop()


def asked(server: FakeWeb, path: str) -> int:
    return sum(one.target.startswith(path) for one in server.asked)


def test_what_is_said_between_two_streams_is_polled_when_the_second_begins(
    desk: Desk, clock: PlayClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crisisdesk.desk.streams.FIRST_WAIT", 0.01)
    cut = asyncio.Event()

    async def until_cut(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + update(1) + b"event: update\ndata: {half")
        await writer.drain()
        await cut.wait()

    async def body(server: FakeWeb, web: Web) -> None:
        server.says(TIMELINE, reply(200, "[]"))
        server.says(TAG, until_cut, reply(503), says(update(3)))
        await desk.sources.watch(web)  # the first poll
        assert asked(server, TAG) == 0
        await desk.sources.watch(web)
        await until(lambda: desk.mentions.count() == 1)
        assert desk.sources.list()[0].live
        before = asked(server, TIMELINE)
        await desk.sources.watch(web)  # polls once: the stream has begun
        await desk.sources.watch(web)  # and not again before its pace
        assert asked(server, TIMELINE) == before + 1
        server.says(TIMELINE, reply(200, json.dumps([post(2), post(1)])))
        cut.set()
        await until(lambda: desk.mentions.count() == 2)  # 1 and 3, from the third stream
        await desk.sources.watch(web)
        assert desk.mentions.count() == 3  # 2 was said while nobody heard; 1 came twice
        (health,) = desk.sources.list()
        assert (health.live, health.cut, health.state) == (True, False, SourceState.GOOD)
        await asyncio.to_thread(desk.sources.remove, "mastodon", health.account)
        await desk.sources.watch(web)
        assert not [task for task in asyncio.all_tasks() if "_keep" in repr(task)]

    watching(desk, clock, body)


def test_the_events_that_mentions_were_read_from_are_kept_as_they_came(desk: Desk, clock: PlayClock) -> None:
    shown = json.dumps(post(1), indent=1)  # an event of several lines
    told = "event: update\n" + "".join(f"data: {line}\n" for line in shown.split("\n")) + "\n"
    other = "event: filters_changed\ndata: \n\n"

    async def body(server: FakeWeb, web: Web) -> None:
        server.says(TIMELINE, reply(200, "[]"))
        server.says(TAG, says(told.encode(), other.encode()))
        await desk.sources.watch(web)
        await desk.sources.watch(web)
        await until(lambda: desk.mentions.count() == 1)

    watching(desk, clock, body)
    with desk.core.read() as connection:
        (one,) = answers.of(connection, [1])
        assert answers.body(connection, one.sha256) == shown.encode()
    assert (one.source, one.status, one.url.rpartition("/api")[2]) == ("mastodon", 200, "/v1/streaming")


def test_an_event_with_one_of_our_secrets_or_too_large_is_not_kept() -> None:
    def kept(body: str, *secrets: str) -> list[str]:
        found = of_events(of_stream("https://u:p@e.org/s?key=CDCANARY-9", [body], s.NOW), secrets)
        return [one.url for one in found]

    assert kept('{"text": "luz"}', "CDCANARY-9") == ["https://e.org/s?key=***"]
    assert kept('{"text": "CDCANARY-9"}', "CDCANARY-9") == kept('{"access_token":"x"}') == []
    assert kept("x" * (MOST_BYTES + 1)) == []
    assert of_stream("https://e.org", [], s.NOW) == ()


def test_a_stream_that_never_works_costs_nothing_but_speed(
    desk: Desk, clock: PlayClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crisisdesk.desk.streams.FIRST_WAIT", 0.001)

    async def body(server: FakeWeb, web: Web) -> None:
        server.says(TIMELINE, reply(200, json.dumps([post(1)])))
        server.says(TAG, reply(401))
        for _ in range(2):
            await desk.sources.watch(web)
        await until(lambda: asked(server, TAG) >= 3)
        (health,) = desk.sources.list()
        assert (health.live, health.cut) == (False, True)  # said on the listening page
        assert (health.state, desk.mentions.count()) == (SourceState.GOOD, 1)

    watching(desk, clock, body)


def test_what_cannot_be_polled_is_not_streamed(desk: Desk, clock: PlayClock) -> None:
    async def body(server: FakeWeb, web: Web) -> None:
        server.says(TIMELINE, reply(500))
        for _ in range(3):
            await desk.sources.watch(web)
        assert asked(server, "/api/v1/streaming") == 0
        assert desk.sources.list()[0].state is SourceState.FAILING

    watching(desk, clock, body)
