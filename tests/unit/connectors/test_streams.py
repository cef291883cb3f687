"""Sources that tell by themselves: recorded streams, a hostile peer on loopback, and mastodon_mock."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.connectors.base import Streamer, connectors
from crisisdesk.connectors.mastodon import Mastodon, MastodonSettings, parse_events
from crisisdesk.connectors.sse import Event, events
from crisisdesk.model.errors import AuthError, PermanentError, RateLimitedError, RefusedError, TransientError, WebError
from crisisdesk.model.mention import Page
from crisisdesk.model.source import Query
from crisisdesk.web import Budgets, Web
from tests.fakes.servers import MastodonMock
from tests.fakes.web import FakeWeb, Handler, reply
from tests.unit.connectors.test_servers import ask, mock, say  # noqa: F401 - a fixture

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONTEXT = ssl.create_default_context()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
USER, TAG = "/api/v1/streaming/user", "/api/v1/streaming/hashtag"


def web(**budgets: float) -> Web:
    return Web(now=lambda: NOW, context=CONTEXT, budgets=Budgets(**budgets))  # type: ignore[arg-type]


async def of(lines: Iterable[str]) -> AsyncIterator[str]:
    for line in lines:
        yield line


def parsed(lines: Iterable[str]) -> list[Event]:
    async def run() -> list[Event]:
        return [event async for event in events(of(lines))]

    return asyncio.run(run())


# ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_events_are_read_as_the_standard_says() -> None:
    said = [":thump", "", "event: update", "data: {", "data:  1}", "", "data", "", "id: 7", "", "event: x", "data:a:b"]
    assert parsed(said) == [("update", "{\n 1}"), ("message", "")]  # the last one was cut off
    assert parsed(["event: x", "", "data: y", ""]) == [("message", "y")]  # a name without data is none
    long = "x" * 600_000
    assert parsed([f"data: {long}", f"data: {long}", "", "data: kept", ""]) == [("message", "kept")]


def test_recorded_streams_become_the_mentions_that_they_hold(shared: Path) -> None:
    api = shared / "data" / "api"
    lines = json.loads((api / "mastodon_mock_recorded" / "sse_user_lines.json").read_text("utf-8"))
    told = [("user", event) for event in parsed(lines)]
    page = parse_events(told, lambda path, status: False, "marca@s", NOW)
    data = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    aimed = {item["status"]["id"] for item in data if item.get("type") == "mention"}
    assert {m.native_id for m in page.mentions} == aimed and len(aimed) == 5 and not page.rejected
    told = [("hashtag", event) for event in parsed(lines)]
    page = parse_events(told, lambda path, status: True, "marca@s", NOW)
    own = {item["id"] for item in data if "type" not in item}
    assert {m.native_id for m in page.mentions} == aimed | own and len(own) == 2
    for name in ("rtoot_stream_mastodonsocial.jsonl", "rtoot_stream_malformed.jsonl"):
        rows = (api / "mastodon" / name).read_text("utf-8").splitlines()
        told = [("hashtag", Event("update", row)) for row in rows]
        page = parse_events(told, lambda path, status: True, "s", NOW)
        good = [row for row in rows if _is_json(row)]
        assert {m.native_id for m in page.mentions} == {json.loads(row)["id"] for row in good} and good
        assert len(page.rejected) == len(rows) - len(good)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


# ── a peer on loopback ───────────────────────────────────────────────────────────────────────────────────────────


def status(number: int, text: str = "sin luz #marca", **more: Any) -> str:
    own = {"id": str(number), "created_at": "2026-11-22T11:00:00Z", "content": f"<p>{text}</p>", "account": {"id": "7"}}
    return json.dumps(own | more)


def sse(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()


def says(*parts: bytes, stay: bool = False, head: bytes = HEAD) -> Handler:
    """Writes the parts one by one, then hangs up or stays."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in (head, *parts):
            writer.write(part)
            await writer.drain()
        if stay:
            await asyncio.Event().wait()

    return answer


def source(server: FakeWeb, *tags: str, **changes: Any) -> Mastodon:
    own = MastodonSettings(
        base_url=server.url("").rstrip("/"), handle="marca", token="t", search=False, allow_private=server.permits
    )
    return Mastodon(replace(own, **changes), Query(hashtags=tags))


def stream(user: bytes | Handler, tag: bytes | Handler | None = None, *, pages: int = 99, **budgets: float) -> Any:
    """The pages of a stream until it ends or breaks: (pages, error or None)."""

    async def run() -> tuple[list[Page], WebError | None]:
        found: list[Page] = []
        async with FakeWeb() as server:
            server.says(USER, user)
            server.says(TAG, tag or says(stay=True))
            own = source(server, *(("marca",) if tag else ()))
            try:
                async with aclosing(own.stream(web(**budgets), "", lambda: NOW)) as told:  # type: ignore[type-var]
                    async for page in told:
                        found.append(page)
                        if len(found) == pages:
                            break
            except WebError as error:
                return found, error
        return found, None

    return asyncio.run(asyncio.wait_for(run(), 30))


def test_what_a_stream_tells_one_by_one() -> None:
    told = says(
        b":thump\n\n",
        sse("notification", json.dumps({"type": "mention", "status": json.loads(status(1))})),
        sse("notification", json.dumps({"type": "favourite", "status": json.loads(status(2))})),
        sse("update", "{esto no es JSON"),
        sse("update", status(3, "gatos")),  # the account follows its author; it is not about us
        sse("update", status(4, "hola @marca", mentions=[{"acct": "marca"}])),
        sse("filters_changed", ""),
        sse("delete", "1"),
        b"event: update\ndata: " + status(5).encode(),  # cut off
    )
    found, error = stream(told)
    assert error is None
    assert [m.native_id for page in found for m in page.mentions] == ["1", "4"]
    assert [t.native_id for page in found for t in page.tombstones] == ["1"]
    assert sum(len(page.rejected) for page in found) == 1
    assert all(page.cursor == "" and page.checked is None for page in found)


def test_an_edit_is_another_version() -> None:
    first = status(1, "no va", edited_at=None)
    edited = status(1, "ya va", edited_at="2026-11-22T11:30:00Z")
    found, _ = stream(says(stay=True), says(sse("update", first), sse("status.update", edited)))
    last = [m for page in found for m in page.mentions][-1]
    assert (last.native_id, last.text, last.version) == ("1", "ya va", "2026-11-22T11:30:00Z")
    assert last.published_at == datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


def test_letters_that_are_cut_between_two_packets_are_whole() -> None:
    body = sse("update", status(1, "avería en Peñalolén").replace("\\u00f1", "ñ").replace("\\u00e9", "é"))
    found, _ = stream(says(stay=True), says(*(body[n : n + 1] for n in range(len(body)))))
    assert [m.text for page in found for m in page.mentions] == ["avería en Peñalolén"]


@pytest.mark.parametrize(
    ("answer", "error", "key"),
    [
        (reply(401), AuthError, "web.sign_in"),
        (reply(404), PermanentError, "web.not_found"),
        (reply(429, b"", Retry_After="30"), RateLimitedError, "web.rate_limited"),
        (reply(503), TransientError, "web.server"),
        (reply(302, b"", location="/other"), RefusedError, "web.bad_redirect"),
        (reply(200, "<html>", content_type="text/html"), PermanentError, "web.is_page"),
        (reply(200, b"", content_encoding="gzip"), RefusedError, "web.encoding"),
        (says(b"data: " + b"x" * 1_100_000), RefusedError, "web.too_large"),
        (says(b":thump\n", stay=True), TransientError, "web.silent"),
        (says(head=b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"), TransientError, "web.damaged"),
    ],
)
def test_a_stream_that_breaks_says_why(answer: bytes | Handler, error: type[WebError], key: str) -> None:
    _, caught = stream(answer, silence=0.3)
    assert type(caught) is error and caught.key == key


def test_when_one_of_several_breaks_all_begin_again() -> None:
    found, error = stream(says(sse("delete", "9"), stay=True), reply(503))
    assert isinstance(error, TransientError)
    assert all(page.mentions == () for page in found)


def test_nothing_streams_without_a_token() -> None:
    own = MastodonSettings(base_url="https://s.test")
    assert not Mastodon(own).live and Mastodon(replace(own, token="t")).live
    assert not Mastodon(replace(own, token="t", live=False)).live
    assert {kind for kind, made in connectors().items() if hasattr(made, "stream")} >= {"mail", "mastodon"}
    assert isinstance(Mastodon(own), Streamer)


def test_mastodon_mock_tells_what_people_write_and_delete(mock: MastodonMock) -> None:  # noqa: F811
    async def run() -> list[Page]:
        own = MastodonSettings(
            base_url=mock.url(), handle="marca", token="marca_token", allow_private=frozenset({mock.place})
        )
        found: list[Page] = []
        acting: asyncio.Task[Any] | None = None

        def act() -> list[str]:
            told = [say(mock, "@marca en directo"), say(mock, "otra cosa #envivo")]
            ask(mock, "DELETE", f"/api/v1/statuses/{told[1]}")
            return told

        pages = Mastodon(own, Query(hashtags=("envivo",))).stream(web(), "", lambda: NOW)
        async with aclosing(pages) as told:  # type: ignore[type-var]
            async for page in told:
                found.append(page)
                acting = acting or asyncio.create_task(asyncio.to_thread(act))
                if any(p.tombstones for p in found) and sum(len(p.mentions) for p in found) >= 2:
                    break
        assert acting is not None
        mentioned, tagged = await acting
        assert {m.native_id for p in found for m in p.mentions} == {mentioned, tagged}
        assert {t.native_id for p in found for t in p.tombstones} == {tagged}
        return found

    assert len(asyncio.run(asyncio.wait_for(run(), 30))) >= 2
