"""One contract for every connector: whatever its server does, the error has the right class and nothing is lost."""

from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crisisdesk.connectors.base import Listener, connectors
from crisisdesk.model.errors import (
    AuthError,
    CursorInvalidError,
    PermanentError,
    RateLimitedError,
    RefusedError,
    TransientError,
    WebError,
)
from crisisdesk.model.mention import Page
from crisisdesk.web import Budgets, Web
from tests.fakes.connected import CONNECTED, SECRET, text_of
from tests.fakes.web import FakeWeb, Handler, reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WITHOUT_HTTP = frozenset({"folder", "mail"})
KINDS = sorted(CONNECTED)
CONTEXT = ssl.create_default_context()  # one for all: making one costs 80 ms


def drip(gap: float) -> Handler:
    """A body that never ends, a byte at a time."""

    async def body(writer: Any) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(gap)

    return body


async def endless(writer: Any) -> None:
    """A body without end, as fast as it goes."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[")
    while True:
        writer.write(b'{"a":"' + b"A" * 65536 + b'"},')
        await writer.drain()


async def loop(writer: Any) -> None:
    """Redirects to itself."""
    writer.write(reply(302, b"", location="/again"))
    await writer.drain()


BOMB = gzip.compress(bytes(40_000_000))
GARBAGE = b"\x00\x01\x02\xff{{{"
FAULTS: dict[str, tuple[bytes | Handler, tuple[type[WebError], ...]]] = {
    "401": (reply(401), (AuthError,)),
    "403": (reply(403), (AuthError, PermanentError)),
    "404": (reply(404), (PermanentError,)),
    "410": (reply(410), (PermanentError,)),
    "429 seconds": (reply(429, b"", Retry_After="120"), (RateLimitedError,)),
    "429 date": (reply(429, b"", Retry_After="Sun, 22 Nov 2026 12:02:00 GMT"), (RateLimitedError,)),
    "429 epoch": (reply(429, b"", X_Rate_Limit_Reset=str(int(NOW.timestamp()) + 120)), (RateLimitedError,)),
    "429 ISO": (reply(429, b"", X_RateLimit_Reset="2026-11-22T12:02:00.000Z"), (RateLimitedError,)),
    "429 left": (reply(429, b"", X_Ratelimit_Reset="120"), (RateLimitedError,)),
    "429 for ever": (reply(429, b"", Retry_After="99999999999999999999"), (RateLimitedError,)),
    "429 in the past": (reply(429, b"", Retry_After="-5"), (RateLimitedError,)),
    "429 soon": (reply(429, b"", Retry_After="soon"), (RateLimitedError,)),
    "429 a clock that is wrong": (
        reply(429, b"", Retry_After="Mon, 01 Jan 2001 00:02:00 GMT", Date="Mon, 01 Jan 2001 00:00:00 GMT"),
        (RateLimitedError,),
    ),
    "500": (reply(500), (TransientError,)),
    "502 page": (reply(502, b"<html>Bad gateway</html>", content_type="text/html"), (TransientError,)),
    "503 later": (reply(503, b"", Retry_After="30"), (TransientError,)),
    "garbage": (reply(200, GARBAGE), (PermanentError, TransientError)),
    "nothing": (reply(200, b""), (PermanentError,)),
    "a sign-in page": (reply(200, b"<html>Welcome</html>", content_type="text/html"), (PermanentError,)),
    "truncated": (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n[", (TransientError,)),
    "not HTTP": (b"SSH-2.0-OpenSSH\r\n\r\n", (TransientError,)),
    "endless": (endless, (RefusedError,)),
    "slow": (drip(0.05), (RefusedError, TransientError)),
    "bomb": (reply(200, BOMB, content_encoding="gzip"), (RefusedError,)),
    "a redirect loop": (loop, (RefusedError,)),
    "a redirect to a file": (reply(302, b"", location="file:///etc/passwd"), (RefusedError,)),
    "a redirect inside": (reply(302, b"", location="http://169.254.169.254/latest"), (RefusedError,)),
    "too deep": (reply(200, b"[" * 100_000 + b"]" * 100_000), (PermanentError,)),
    "a huge number": (reply(200, b'{"id":' + b"9" * 5000 + b"}"), (PermanentError,)),
}


def polled(kind: str, prepare: Callable[[FakeWeb], None], *, budgets: Budgets | None = None) -> Page | WebError:
    """One poll from the middle of the connector's work."""
    sample = CONNECTED[kind]

    async def run() -> Page | WebError:
        async with FakeWeb() as server:
            for path, value in sample.before.items():
                server.says(path, reply(200, text_of(value)))
            prepare(server)
            listener = sample.make(server)
            try:
                return await listener.poll(Web(now=lambda: NOW, budgets=budgets, context=CONTEXT), sample.cursor, NOW)
            except WebError as error:
                return error

    return asyncio.run(run())


def test_every_connector_is_here() -> None:
    """A new source without its row does not pass."""
    assert set(connectors()) - WITHOUT_HTTP == set(CONNECTED)


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_is(kind: str) -> None:
    async def run() -> None:
        async with FakeWeb() as server:
            listener = CONNECTED[kind].make(server)
            assert isinstance(listener, Listener)
            assert listener.kind == kind and kind.isalnum() and kind == kind.lower()
            assert listener.account and SECRET not in listener.account
            assert listener.limits.pace >= 30

    asyncio.run(run())


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_with_nothing_new(kind: str) -> None:
    def empty(server: FakeWeb) -> None:
        for path, value in CONNECTED[kind].empty.items():
            server.says(path, reply(200, text_of(value)))

    page = polled(kind, empty)
    while isinstance(page, Page) and page.more:  # a walk of two parts
        cursor = page.cursor
        page = polled_from(kind, empty, cursor)
    assert isinstance(page, Page), page
    assert (page.mentions, page.rejected, page.gaps) == ((), (), ())
    assert page.checked == NOW


def polled_from(kind: str, prepare: Callable[[FakeWeb], None], cursor: str) -> Page | WebError:
    """One poll from ``cursor``."""
    sample = CONNECTED[kind]

    async def run() -> Page | WebError:
        async with FakeWeb() as server:
            for path, value in sample.before.items():
                server.says(path, reply(200, text_of(value)))
            prepare(server)
            return await sample.make(server).poll(Web(now=lambda: NOW, context=CONTEXT), cursor, NOW)

    return asyncio.run(run())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_its_class_and_moves_nothing(
    kind: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer, classes = FAULTS[fault]
    budgets = Budgets(total=0.4) if fault == "slow" else None
    with caplog.at_level(logging.DEBUG):
        found = polled(kind, lambda server: server.says("*", answer), budgets=budgets)
    assert isinstance(found, classes), (fault, found)
    assert not isinstance(found, CursorInvalidError)
    if isinstance(found, RateLimitedError):
        assert timedelta(0) < found.retry_at - NOW <= timedelta(minutes=15)
    assert SECRET not in caplog.text and SECRET not in str(found)
