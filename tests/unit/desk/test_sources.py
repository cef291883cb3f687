"""Listening to a feed over real HTTP: conditional requests, failures that lose nothing, and health told in words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.connectors.base import Address
from crisisdesk.connectors.feed import Feed
from crisisdesk.desk.sources import Sources
from crisisdesk.model.errors import InputError
from crisisdesk.model.mention import SourceState
from crisisdesk.store import sources
from crisisdesk.web import Web
from tests.fakes.web import FakeWeb, reply

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Diario</title>{items}</channel></rss>"""
ITEM = "<item><guid>{n}</guid><title>sin señal {n}</title><link>https://example.org/{n}</link></item>"


def rss(*numbers: int) -> str:
    return RSS.format(items="".join(ITEM.format(n=n) for n in numbers))


def watched(desk: Desk, server: FakeWeb) -> Sources:
    def make(kind: str, account: str) -> Feed:
        return Feed(Address(address=account, allow_private=server.permits))

    return Sources(desk.core, desk.ingest, make)


def on_server(clock: PlayClock, body: Callable[[FakeWeb, Web], Awaitable[None]]) -> None:
    async def run() -> None:
        async with FakeWeb() as server:
            await body(server, Web(now=clock.now))

    asyncio.run(run())


def test_an_address_that_is_none_is_refused(desk: Desk) -> None:
    for address in ("", "file:///etc/passwd", "javascript:alert(1)", "noticias"):
        with pytest.raises(InputError):
            desk.sources.add_feed(address)
    assert desk.sources.list() == ()


def test_a_feed_is_asked_again_only_for_what_is_new(desk: Desk, clock: PlayClock) -> None:
    async def body(server: FakeWeb, web: Web) -> None:
        watch = watched(desk, server)
        server.says("/f", reply(200, rss(1, 2), ETag='"a"'), reply(304), reply(200, rss(1, 2, 3), ETag='"b"'))
        watch.add_feed(server.url("/f"), "Diario")
        for expected in (2, 2, 3):
            (row,) = watch.due()
            await watch.poll(row, web)
            assert desk.mentions.count() == expected
            assert watch.due() == ()  # at its own pace
            clock.move_to(clock.now() + timedelta(minutes=6))
        (health,) = watch.list()
        assert (health.state, health.label) == (SourceState.GOOD, "Diario")
        asked = [a.headers.get("if-none-match") for a in server.asked]
        assert asked == [None, '"a"', '"a"']

    on_server(clock, body)


def test_a_feed_that_fails_moves_no_cursor_backs_off_and_says_what_it_does_not_hear(
    desk: Desk, clock: PlayClock
) -> None:
    async def body(server: FakeWeb, web: Web) -> None:
        watch = watched(desk, server)
        busy = reply(429, b"", Retry_After="120")
        server.says("/f", reply(200, rss(1), ETag='"a"'), reply(500), busy, reply(200, rss(1, 2)))
        watch.add_feed(server.url("/f"), "Diario")
        await watch.poll(watch.due()[0], web)
        for _ in range(2):
            clock.move_to(clock.now() + timedelta(minutes=31))
            (row,) = watch.due()
            await watch.poll(row, web)
            assert watch.list()[0].state is SourceState.FAILING
            assert watch.list()[0].error_key
            with desk.core.read() as connection:
                kept = sources.sources(connection)[0]
            assert kept.cursor == row.cursor and kept.next_at is not None and kept.next_at > clock.now()
        assert len(desk.room.chart(timedelta(hours=2)).gaps) == 1
        clock.move_to(clock.now() + timedelta(minutes=31))
        await watch.poll(watch.due()[0], web)
        assert watch.list()[0].state is SourceState.GOOD
        assert desk.mentions.count() == 2
        assert desk.room.chart(timedelta(hours=2)).gaps[0].end is not None

    on_server(clock, body)
