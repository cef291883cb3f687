"""The only socket that listens: one page, for reading only, under an address that cannot be guessed.

The standard library's server gives each connection a thread and no deadline over a whole request; this one lives on the
engine's loop, takes so many connections at a time, so many requests a second, so many bytes and so many seconds, and
knows nothing but ``GET`` of that one address. The address is a key: it is compared in constant time and never logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import re
import socket
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256
from ipaddress import ip_address
from secrets import compare_digest, token_urlsafe
from typing import Final

from crisisdesk.model.errors import InputError

log = logging.getLogger(__name__)

LOOPBACK: Final = "127.0.0.1"
CONNECTIONS: Final = 32
"""At a time; whoever comes then is turned away at once."""
REQUESTS: Final = 20
"""A second, of everybody together."""
HEAD: Final = 8_192
"""Bytes of a request; it has no body."""
DEADLINE: Final = 5.0
"""Seconds for a request to come whole, and for its answer to be taken."""
PAGE_BYTES: Final = 512_000

_LINE = re.compile(rb"([A-Z]{1,16}) (/[!-~]{0,200}) HTTP/1\.[01]\r\n")
_HOST = re.compile(rb"^host:[ \t]*([!-~]{1,100})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_WORDS: Final = {
    200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
    421: "Misdirected Request", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
    500: "Internal Server Error",
}  # fmt: skip


class PageServer:
    """Serves what ``page`` gives (HTML in UTF-8), to whoever knows the address.

    Args:
        page: the page as it is now; its failure is a 500 without words.
        style: the CSS inside the page's only ``<style>``; nothing else may style it, and nothing may run in it.
        clock: seconds, for the number of requests in each.
    """

    def __init__(
        self, page: Callable[[], Awaitable[bytes]], style: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._page = page
        self._clock = clock
        digest = b64encode(sha256(style.encode()).digest()).decode()
        self._policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )
        self._path = b""
        self._hosts: frozenset[bytes] = frozenset()
        self._ended: asyncio.Event | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self._second: tuple[int, int] = (0, 0)
        self.reads = 0

    async def open(self, host: str, port: int) -> str:
        """Listen and return the address, with a new key each time.

        Raises:
            InputError: the port is taken, or cannot be listened on.
        """
        await self.close()
        try:
            server = await asyncio.start_server(self._met, host, port, limit=HEAD, backlog=CONNECTIONS)
        except (OSError, OverflowError) as fault:
            taken = isinstance(fault, OSError) and fault.errno == errno.EADDRINUSE
            key = "wallboard.port_taken" if taken else "wallboard.port_refused"
            raise InputError(key, port=port) from None
        port = server.sockets[0].getsockname()[1]
        names = {host, "localhost"} if host == LOOPBACK else {host}
        self._hosts = frozenset(f"{name}:{port}".encode() for name in names)
        path = f"/{token_urlsafe(24)}"
        self._path, self.reads = path.encode(), 0
        self._ended = asyncio.Event()
        self._keeper = asyncio.create_task(self._keep(server, self._ended))
        log.info("a page for reading is served on %s", "this computer" if host == LOOPBACK else "the local network")
        return f"http://{host}:{port}{path}"

    async def close(self) -> None:
        """Stop listening; connections under way are cut."""
        keeper, self._keeper, self._path = self._keeper, None, b""
        if keeper is not None and self._ended is not None:
            self._ended.set()
            await keeper

    async def _keep(self, server: asyncio.Server, ended: asyncio.Event) -> None:
        """As long as the page is open, or the loop lives."""
        try:
            await ended.wait()
        finally:
            server.close()
            for talk in self._talks:
                talk.cancel()

    def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._talks) >= CONNECTIONS:
            writer.transport.abort()  # not even an answer, which would have to be waited for
            return
        talk = asyncio.get_running_loop().create_task(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(DEADLINE):
                status, body = await self._answer(reader)
                writer.write(self._head(status, body) + body)
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, TimeoutError):
            pass  # whoever asked went away, or took too long
        except Exception:
            log.exception("the page for reading could not be shown")
        finally:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return 431, b""
        except asyncio.IncompleteReadError:
            return 400, b""
        line, hosts = _LINE.match(head), _HOST.findall(head)
        if line is None or len(hosts) != 1:
            return 400, b""
        if hosts[0].lower() not in self._hosts:
            return 421, b""  # a page elsewhere that made a name of its own point here
        if line[1] != b"GET":
            return 405, b""
        if not self._path or not compare_digest(line[2], self._path):
            return 404, b""
        if not self._has_room():
            return 429, b""
        try:
            body = await self._page()
        except Exception:
            log.exception("the page for reading could not be made")
            return 500, b""
        self.reads += 1
        return (200, body) if len(body) <= PAGE_BYTES else (500, b"")

    def _has_room(self) -> bool:
        second, asked = int(self._clock()), 0
        if second == self._second[0]:
            asked = self._second[1]
        self._second = (second, asked + 1)
        return asked < REQUESTS

    def _head(self, status: int, body: bytes) -> bytes:
        fields = [
            f"HTTP/1.1 {status} {_WORDS[status]}",
            f"Content-Length: {len(body)}",
            "Content-Type: text/html; charset=utf-8",
            f"Content-Security-Policy: {self._policy}",
            "X-Content-Type-Options: nosniff",
            "X-Frame-Options: DENY",
            "Referrer-Policy: no-referrer",
            "Cache-Control: no-store",
            "Cross-Origin-Resource-Policy: same-origin",
            *(["Allow: GET"] if status == 405 else []),
            "Connection: close",
        ]
        return "\r\n".join([*fields, "", ""]).encode("ascii")


def network_address() -> str:
    """This computer's address in the local network; ``InputError`` where it has none that is private."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a datagram socket only chooses its way: nothing is sent
            found = str(probe.getsockname()[0])
        except OSError:
            raise InputError("wallboard.no_network") from None
    address = ip_address(found)
    if address.is_loopback or address.is_unspecified or not address.is_private:
        raise InputError("wallboard.no_network")
    return found
