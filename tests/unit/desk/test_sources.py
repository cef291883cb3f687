"""Listening to a feed over real HTTP: conditional requests, failures that lose nothing, and health told in words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.connectors.base import Address, Listener
from crisisdesk.connectors.feed import Feed
from crisisdesk.desk.listeners import Listeners
from crisisdesk.desk.sources import PAGES_A_BEAT, Sources
from crisisdesk.model.errors import CursorInvalidError, InputError, TransientError, WebError
from crisisdesk.model.mention import Mention, Page, SourceState
from crisisdesk.model.source import Budget, Limits, Query
from crisisdesk.store import mentions, sources
from crisisdesk.store.sources import SourceRow
from crisisdesk.vault import Vault
from crisisdesk.web import Web
from tests.fakes.web import FakeWeb, reply

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Diario</title>{items}</channel></rss>"""
ITEM = "<item><guid>{n}</guid><title>sin señal {n}</title><link>https://example.org/{n}</link></item>"


def rss(*numbers: int) -> str:
    return RSS.format(items="".join(ITEM.format(n=n) for n in numbers))


class Made(Listeners):
    """Listeners that are made here and have no secrets."""

    def __init__(self, make: Callable[[SourceRow], Listener]) -> None:
        super().__init__(Vault(), Query)
        self._make = make

    def __call__(self, row: SourceRow) -> Listener:
        return self._make(row)


def watched(desk: Desk, server: FakeWeb) -> Sources:
    def make(row: SourceRow) -> Feed:
        return Feed(Address(address=row.account, allow_private=server.permits))

    return Sources(desk.core, desk.ingest, Made(make))


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
        desk.sources.add_feed(server.url("/f"), "Diario")
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
        desk.sources.add_feed(server.url("/f"), "Diario")
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


class Turns:
    """A source whose answers are written down: a page, or an error to raise."""

    kind = "turns"
    Settings = Address
    limits = Limits(pace=60.0)
    overlap = timedelta(0)
    account = "a"

    def __init__(self, *answers: Page | WebError) -> None:
        self.answers = list(answers)
        self.cursors: list[str] = []

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        self.cursors.append(cursor)
        answer = self.answers.pop(0)
        if isinstance(answer, WebError):
            raise answer
        return replace(answer, checked=now)


def turns(desk: Desk, *answers: Page | WebError) -> tuple[Sources, Turns]:
    source = Turns(*answers)
    watch = Sources(desk.core, desk.ingest, Made(lambda row: cast(Listener, source)))
    with desk.core.write() as tx:
        sources.add_source(tx.connection, "turns", "a", label="Turnos", at=desk.clock.now(), polled=True)
    return watch, source


def page(*numbers: int, cursor: str, more: bool = False, budget: Budget | None = None) -> Page:
    now = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    said = tuple(
        Mention(source="turns", account="a", native_id=str(n), published_at=now, fetched_at=now, text=f"m {n}")
        for n in numbers
    )
    return Page(source="turns", account="a", mentions=said, cursor=cursor, more=more, budget=budget)


def test_pages_follow_each_other_at_once_and_a_failure_between_them_keeps_what_came(desk: Desk) -> None:
    watch, source = turns(
        desk,
        page(1, 2, cursor="one", more=True, budget=Budget(remaining=9, limit=10)),
        TransientError("web.server", host="h", status=500),
        page(3, cursor="two"),
    )
    asyncio.run(watch.poll(watch.due()[0], Web()))
    assert desk.mentions.count() == 2
    (health,) = watch.list()
    assert (health.state, health.budget) == (SourceState.FAILING, Budget(remaining=9, limit=10))
    with desk.core.read() as connection:
        row = sources.sources(connection)[0]
    asyncio.run(watch.poll(row, Web()))
    assert source.cursors == ["", "one", "one"]
    assert desk.mentions.count() == 3
    assert watch.list()[0].state is SourceState.GOOD


def test_a_cursor_that_the_source_forgot_is_a_gap_and_a_new_beginning(desk: Desk) -> None:
    forgot = CursorInvalidError("web.rejected", host="h")
    watch, source = turns(desk, page(1, cursor="old"), forgot, page(2, cursor="new"))
    for _ in range(3):
        with desk.core.read() as connection:
            row = sources.sources(connection)[0]
        asyncio.run(watch.poll(row, Web()))
    assert source.cursors == ["", "old", ""]
    assert desk.mentions.count() == 2
    with desk.core.read() as connection:
        (gap,) = mentions.gaps(connection, datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    assert (gap.source, gap.reason) == ("turns:a", "sources.gap.cursor")


def test_a_source_without_end_lets_the_others_have_their_turn(desk: Desk) -> None:
    watch, source = turns(desk, *(page(n, cursor=str(n), more=True) for n in range(100)))
    asyncio.run(watch.poll(watch.due()[0], Web()))
    assert len(source.cursors) == PAGES_A_BEAT
    assert watch.due() != ()  # and goes on as soon as it can


LIST = '[{"id": 1, "text": "sin señal"}, {"id": 2, "text": "ya va"}]'


def test_a_source_is_tried_out_without_a_trace_then_added_with_its_secret_in_the_keyring_only(
    desk: Desk, clock: PlayClock, tmp_path: Path
) -> None:
    async def body(server: FakeWeb, web: Web) -> None:
        server.says("/l", reply(200, LIST))
        texts = {"address": server.url("/l"), "channel": "foro"}
        shown = await desk.sources.try_out("jsonhttp", texts, {"token": "CDCANARY-9"}, web)
        assert [m.text for m in shown] == ["sin señal", "ya va"]
        assert (desk.mentions.count(), desk.sources.list()) == (0, ())
        account = desk.sources.add("jsonhttp", texts, {"token": "CDCANARY-9"}, label="Foro")
        assert account == server.url("/l")
        await desk.sources.watch(web)
        assert desk.mentions.count() == 2
        assert [a.headers["authorization"] for a in server.asked] == ["CDCANARY-9"] * 2
        (health,) = desk.sources.list()
        assert (health.label, health.state) == ("Foro", SourceState.GOOD)

    on_server(clock, body)
    for path in desk.paths.data.rglob("*"):
        assert not path.is_file() or b"CDCANARY" not in path.read_bytes()


def test_a_source_that_lacks_something_is_not_added(desk: Desk) -> None:
    for kind, texts, secrets in (
        ("telex", {}, {}),
        ("x", {"handle": "marca"}, {}),
        ("x", {"handle": "marca", "token": "abc"}, {}),
        ("youtube", {}, {"key": "k"}),
        ("jsonhttp", {"address": "nada"}, {}),
    ):
        with pytest.raises((InputError, WebError)):
            desk.sources.add(kind, texts, secrets)
    assert desk.sources.list() == ()


def test_adding_again_changes_the_settings_and_keeps_the_cursor(desk: Desk, clock: PlayClock) -> None:
    async def body(server: FakeWeb, web: Web) -> None:
        server.says("/f", reply(200, rss(1), ETag='"a"'), reply(304))
        for label in ("Uno", "Dos"):
            desk.sources.add("feed", {"address": server.url("/f"), "label": label}, {})
            await desk.sources.watch(web)
        (health,) = desk.sources.list()
        assert (health.label, len(server.asked)) == ("Dos", 2)
        assert server.asked[1].headers["if-none-match"] == '"a"'

    on_server(clock, body)


def test_a_source_that_lost_its_secret_is_told_and_keeps_no_other_waiting(desk: Desk, clock: PlayClock) -> None:
    async def body(server: FakeWeb, web: Web) -> None:
        server.says("/l", reply(200, LIST))
        server.says("/f", reply(200, rss(1)))
        desk.sources.add("jsonhttp", {"address": server.url("/l")}, {"token": "t"})
        desk.sources.add("x", {"handle": "marca"}, {"token": "t"})
        desk.channels.vault.delete("source:x:marca:token")
        desk.sources.add_feed(server.url("/f"))
        await desk.sources.watch(web)
        assert desk.mentions.count() == 3
        states = {h.source: (h.state, h.error_key) for h in desk.sources.list()}
        assert states["x"] == (SourceState.FAILING, "sources.secret_missing")
        assert states["feed"][0] is states["jsonhttp"][0] is SourceState.GOOD

    on_server(clock, body)


def test_a_list_of_feeds_comes_in_and_dead_ones_are_named(desk: Desk, clock: PlayClock) -> None:
    async def body(server: FakeWeb, web: Web) -> None:
        server.says("/f", reply(200, rss(1)))
        server.says("/gone", reply(410))
        outlines = "".join(f'<outline text="{n}" xmlUrl="{server.url(n)}"/>' for n in ("/f", "/gone"))
        listed = f'<opml><body>{outlines}<outline xmlUrl="nada"/></body></opml>'.encode()
        assert desk.sources.add_feeds(listed, "l.opml") == (2, 0, ("nada",))
        assert desk.sources.add_feeds(listed, "l.opml") == (0, 2, ("nada",))
        await desk.sources.watch(web)
        assert [h.label for h in desk.sources.dead()] == ["/gone"]

    on_server(clock, body)


def test_a_source_that_takes_its_time_is_waited_for_by_nobody(desk: Desk, clock: PlayClock) -> None:
    let_go = asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        await let_go.wait()
        writer.write(reply(200, rss(7)))

    async def body(server: FakeWeb, web: Web) -> None:
        server.says("/slow", slow)
        server.says("/f", reply(200, rss(1)))
        desk.sources.add_feed(server.url("/slow"))
        desk.sources.add_feed(server.url("/f"))
        await desk.sources.watch(web)
        assert desk.mentions.count() == 1
        await desk.sources.watch(web)  # the slow one is not asked again meanwhile
        assert [a.target for a in server.asked].count("/slow") == 1
        let_go.set()
        await asyncio.wait(desk.sources._asked)
        assert desk.mentions.count() == 2

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crisisdesk.desk.sources.PATIENCE", 0.5)
        on_server(clock, body)
