"""The one socket that listens: nothing but reading one page, by whoever has its address, within its bounds."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
from base64 import b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import pytest

from crisisdesk import serving
from crisisdesk.model.errors import InputError
from crisisdesk.serving import CONNECTIONS, HEAD, LOOPBACK, REQUESTS, PageServer, network_address

STYLE = "body { margin: 0 }"
PAGE = f"<!doctype html><style>{STYLE}</style><p>señal</p>".encode()


async def page() -> bytes:
    return PAGE


def served(
    talk: Callable[[str, int, str], Awaitable[Any]],
    made: Callable[[], Awaitable[bytes]] = page,
    clock: Callable[[], float] = lambda: 1.0,
) -> Any:
    """``talk(host, port, path)`` with a server that is closed afterwards."""

    async def run() -> Any:
        server = PageServer(made, STYLE, clock)
        address = await server.open(LOOPBACK, 0)
        found = re.fullmatch(r"http://(127\.0\.0\.1):(\d+)(/[\w-]{32})", address)
        assert found is not None
        try:
            return await talk(found[1], int(found[2]), found[3])
        finally:
            await server.close()

    return asyncio.run(run())


async def asked(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """The answer to raw bytes: status, fields, body."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("ascii").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return int(lines[0].split()[1]) if answer else 0, fields, body


async def turned_away(port: int, request: bytes) -> bool:
    """Whether the connection was ended at once, without an answer."""
    try:
        return (await asked(port, request))[0] == 0
    except ConnectionError:
        return True


def get(path: str, port: int, *, method: str = "GET", host: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\n\r\n".encode()


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "CONNECT", "TRACE"])
def test_anything_but_reading_is_refused(method: str) -> None:
    async def talk(_host: str, port: int, path: str) -> None:
        status, fields, body = await asked(port, get(path, port, method=method))
        assert (status, fields["allow"], body) == (405, "GET", b"")

    served(talk)


@pytest.mark.parametrize("wrong", ["/", "/favicon.ico", "/{}x", "{}/", "{}?a=1", "/..{}", "/x{}"])
def test_another_address_is_nowhere_and_says_nothing(wrong: str) -> None:
    async def talk(_host: str, port: int, path: str) -> None:
        status, _, body = await asked(port, get(wrong.format(path), port))
        assert (status, body) == (404, b"")

    served(talk)


@pytest.mark.parametrize("host", ["evil.test", "evil.test:{}", "127.0.0.1", "127.0.0.1:1", "[::1]:{}"])
def test_a_name_that_somebody_made_point_here_is_refused(host: str) -> None:
    async def talk(_host: str, port: int, path: str) -> None:
        assert (await asked(port, get(path, port, host=host.format(port))))[0] == 421

    served(talk)


@pytest.mark.parametrize(
    "request_",
    [b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET / HTTP/2\r\nHost: a\r\n\r\n",
     b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", b"get / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n",
     b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_is_refused(request_: bytes) -> None:
    async def talk(_host: str, port: int, _path: str) -> None:
        assert (await asked(port, request_))[0] == 400

    served(talk)


def test_a_head_without_end_is_cut() -> None:
    async def talk(_host: str, port: int, path: str) -> None:
        status, _, _ = await asked(port, get(path, port)[:-2] + b"X: " + b"a" * (2 * HEAD) + b"\r\n\r\n")
        assert status == 431

    served(talk)


def test_a_port_that_is_taken_or_is_none_is_one_clear_sentence() -> None:
    async def run() -> None:
        with socket.socket() as other:
            other.bind((LOOPBACK, 0))
            other.listen()
            server, port = PageServer(page, STYLE), other.getsockname()[1]
            with pytest.raises(InputError) as caught:
                await server.open(LOOPBACK, port)
            assert (caught.value.key, caught.value.fields["port"]) == ("wallboard.port_taken", port)
            for none in (-1, 70_000):
                with pytest.raises(InputError) as caught:
                    await server.open(LOOPBACK, none)
                assert caught.value.key == "wallboard.port_refused"
            await server.close()

    asyncio.run(run())


@pytest.mark.parametrize("found", ["127.0.0.1", "0.0.0.0", "8.8.8.8"])
def test_only_a_private_network_is_one(found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Probe:
        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            return

        def connect(self, _where: object) -> None:
            return

        def getsockname(self) -> tuple[str, int]:
            return found, 1

    monkeypatch.setattr(serving.socket, "socket", lambda *_: Probe())
    with pytest.raises(InputError) as caught:
        network_address()
    assert caught.value.key == "wallboard.no_network"


@pytest.mark.allow_logs
def test_a_page_that_cannot_be_made_is_an_error_without_words() -> None:
    async def broken() -> bytes:
        raise RuntimeError("secreto interno")

    async def talk(_host: str, port: int, path: str) -> None:
        status, _, body = await asked(port, get(path, port))
        assert (status, body) == (500, b"")

    served(talk, broken)


# ── what is bounded ──────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_comes_when_all_places_are_taken_is_turned_away_until_one_goes() -> None:
    async def talk(_host: str, port: int, path: str) -> None:
        idle = [await asyncio.open_connection(LOOPBACK, port) for _ in range(CONNECTIONS)]
        assert await turned_away(port, get(path, port))
        for _reader, writer in idle:
            writer.close()
            await writer.wait_closed()
        while await turned_away(port, get(path, port)):  # until the server has seen them go
            await asyncio.sleep(0)
        assert (await asked(port, get(path, port)))[0] == 200

    served(talk)


def test_who_says_nothing_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(_host: str, port: int, _path: str) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()

    monkeypatch.setattr(serving, "DEADLINE", 0.1)
    served(talk)


def test_a_drop_at_a_time_does_not_stretch_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(_host: str, port: int, path: str) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        cut = asyncio.ensure_future(reader.read())
        for byte in get(path, port)[:-2]:
            if cut.done():
                break
            writer.write(bytes([byte]))
            await asyncio.wait([cut], timeout=0.02)
        with contextlib.suppress(ConnectionError):
            assert await cut == b""
        writer.close()

    monkeypatch.setattr(serving, "DEADLINE", 0.2)
    served(talk)


def test_so_many_requests_a_second_and_no_more() -> None:
    now = [7.5]

    async def talk(_host: str, port: int, path: str) -> None:
        statuses = [(await asked(port, get(path, port)))[0] for _ in range(REQUESTS + 2)]
        assert statuses == [200] * REQUESTS + [429] * 2
        now[0] = 8.0
        assert (await asked(port, get(path, port)))[0] == 200

    served(talk, clock=lambda: now[0])


def test_a_page_too_large_is_not_sent() -> None:
    async def huge() -> bytes:
        return b"x" * (serving.PAGE_BYTES + 1)

    async def talk(_host: str, port: int, path: str) -> None:
        assert (await asked(port, get(path, port)))[::2] == (500, b"")

    served(talk, huge)


# ── what is given ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_comes_with_a_policy_under_which_nothing_runs_and_only_its_own_style_holds() -> None:
    async def talk(_host: str, port: int, path: str) -> None:
        for host in ("", f"localhost:{port}"):
            status, fields, body = await asked(port, get(path, port, host=host))
            assert (status, body) == (200, PAGE)
        policy = dict(part.strip().split(" ", 1) for part in fields["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert policy["frame-ancestors"] == "'none'" and "script-src" not in policy
        assert policy["style-src"] == f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
        assert (fields["cache-control"], fields["referrer-policy"]) == ("no-store", "no-referrer")
        assert fields["x-content-type-options"] == "nosniff"

    served(talk)


def test_each_opening_has_another_key_and_the_old_one_is_worth_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        server = PageServer(page, STYLE)
        first = await server.open(LOOPBACK, 0)
        second = await server.open(LOOPBACK, 0)
        paths = [address.rpartition("/")[2] for address in (first, second)]
        assert paths[0] != paths[1]
        port = int(second.rsplit(":", 1)[1].partition("/")[0])
        assert (await asked(port, get(f"/{paths[0]}", port)))[0] == 404
        assert (await asked(port, get(f"/{paths[1]}", port)))[0] == 200 and server.reads == 1
        await server.close()
        with pytest.raises(OSError):
            await asyncio.open_connection(LOOPBACK, port)
        assert not any(path in caplog.text for path in paths)

    with caplog.at_level(logging.DEBUG):
        asyncio.run(run())
