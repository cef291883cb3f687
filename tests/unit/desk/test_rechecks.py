"""Asking again whether mentions still stand: what is gone goes, a fault is no deletion, listening comes first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk import rechecks
from crisisdesk.model.events import MentionsChanged
from crisisdesk.model.mention import Mention, Page
from crisisdesk.store import sources, versions
from crisisdesk.web import Web
from tests.fakes.web import FakeWeb, reply


def said(number: int, clock: PlayClock, account: str, *, days: float = 0) -> Mention:
    at = clock.now() - timedelta(days=days)
    return Mention(
        source="mastodon", account=account, native_id=f"{number:03d}", published_at=at, fetched_at=at,
        text=f"sin luz {number}", author="ana", version="2026-03-10T12:59:00Z",
    )  # fmt: skip


def status(number: int, words: str = "sin luz", edited: str | None = None) -> bytes:
    post: dict[str, Any] = {
        "id": f"{number:03d}", "created_at": "2026-03-10T12:59:00Z", "edited_at": edited,
        "content": f"<p>{words} {number}</p>", "account": {"id": "7", "acct": "ana"},
    }  # fmt: skip
    return reply(200, json.dumps(post))


def asking(desk: Desk, clock: PlayClock, body: Callable[[FakeWeb, Web, str], Awaitable[None]]) -> None:
    async def run() -> None:
        async with FakeWeb() as server:
            settings = {"base_url": server.url("").rstrip("/"), "handle": "", "search": "no", "hashtags": "marca"}
            account = await asyncio.to_thread(desk.sources.add, "mastodon", settings, {"token": "t"})
            await body(server, Web(now=clock.now), account)

    asyncio.run(run())


def texts(desk: Desk) -> list[str]:
    return [m.mention.text for m in desk.mentions.latest() if m.mention.text]


def stands(server: FakeWeb, *numbers: int) -> None:
    for number in range(10):
        there = number in numbers
        server.says(f"/api/v1/statuses/{number:03d}", status(number) if there else reply(404))


def test_what_is_gone_loses_its_words_and_keeps_its_count(desk: Desk, clock: PlayClock) -> None:
    heard: list[MentionsChanged] = []
    desk.bus.subscribe(lambda event: heard.append(event) if isinstance(event, MentionsChanged) else None)

    async def body(server: FakeWeb, web: Web, account: str) -> None:
        three = tuple(said(n, clock, account) for n in (1, 2, 3))
        desk.ingest.page(Page(source="mastodon", account=account, mentions=three))
        stands(server, 1)
        server.says("/api/v1/statuses/003", status(3, "volvió la luz", edited="2026-03-10T12:59:30Z"))
        assert await desk.rechecks.look(web) == 1

    asking(desk, clock, body)
    assert sorted(texts(desk)) == ["sin luz 1", "volvió la luz 3"]
    assert desk.mentions.count() == 3
    assert [(one.edited, one.buried) for one in heard] == [(1, 1)]


def test_a_whole_batch_that_is_gone_is_believed_when_it_is_said_twice(desk: Desk, clock: PlayClock) -> None:
    async def body(server: FakeWeb, web: Web, account: str) -> None:
        many = tuple(said(n, clock, account) for n in range(rechecks.FEW))
        desk.ingest.page(Page(source="mastodon", account=account, mentions=many))
        stands(server)
        assert await desk.rechecks.look(web) == 0  # a fault of the service looks like that, too
        stands(server, *range(rechecks.FEW))
        assert await desk.rechecks.look(web) == 0
        assert len(texts(desk)) == rechecks.FEW
        stands(server)
        assert await desk.rechecks.look(web) == 0
        assert await desk.rechecks.look(web) == rechecks.FEW

    asking(desk, clock, body)
    assert texts(desk) == []


@pytest.mark.parametrize("fault", [503, 429, 401])
def test_a_source_that_does_not_answer_is_asked_about_the_same_again(desk: Desk, clock: PlayClock, fault: int) -> None:
    async def body(server: FakeWeb, web: Web, account: str) -> None:
        desk.ingest.page(Page(source="mastodon", account=account, mentions=(said(1, clock, account),)))
        server.says("/api/v1/statuses/001", reply(fault, retry_after="60"))
        assert await desk.rechecks.look(web) == 0
        assert texts(desk) == ["sin luz 1"]
        stands(server)
        before = len(server.asked)
        if fault == 429:
            assert await desk.rechecks.look(web) == 0 and len(server.asked) == before  # it said when
            clock.move_to(clock.now() + timedelta(minutes=2))
        assert await desk.rechecks.look(web) == 1

    asking(desk, clock, body)


def test_listening_comes_first(desk: Desk, clock: PlayClock) -> None:
    async def body(server: FakeWeb, web: Web, account: str) -> None:
        desk.ingest.page(Page(source="mastodon", account=account, mentions=(said(1, clock, account),)))
        stands(server)
        for changes in ({"budget": {"remaining": 149, "limit": 300}}, {"failures": 1}):
            with desk.core.write() as tx:
                sources.update_source(tx.connection, "mastodon", account, **changes)
            assert await desk.rechecks.look(web) == 0
            with desk.core.write() as tx:
                sources.update_source(tx.connection, "mastodon", account, budget=None, failures=0)
        assert server.asked == []
        assert await desk.rechecks.look(web) == 1

    asking(desk, clock, body)


def test_in_turn_all_of_the_last_weeks_and_nothing_that_is_old(
    desk: Desk, clock: PlayClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rechecks, "BATCH", 2)
    monkeypatch.setattr(versions, "_LOOKED", 3)

    async def body(server: FakeWeb, web: Web, account: str) -> None:
        told = [said(n, clock, account, days=40 if n in (2, 3, 4) else 1) for n in range(8)]
        desk.ingest.page(Page(source="mastodon", account=account, mentions=tuple(told)))
        stands(server, *range(8))
        for _ in range(9):
            await desk.rechecks.look(web)
        numbers = [int(one.target.rpartition("/")[2]) for one in server.asked]
        assert set(numbers) == {0, 1, 5, 6, 7} and numbers[:5] == [0, 1, 5, 6, 7]
        assert numbers[5:7] == [0, 1]  # from the beginning again

    asking(desk, clock, body)
