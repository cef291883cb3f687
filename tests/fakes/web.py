"""A small web server on loopback that answers as a test tells it to, broken framing included."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType

Handler = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came in; header names in lower case."""

    target: str
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes = b""


def reply(status: int = 200, body: bytes | str = b"", **headers: str) -> bytes:
    """A whole HTTP answer; ``content_type="text/html"`` becomes ``Content-Type: text/html``."""
    data = body.encode() if isinstance(body, str) else body
    fields = {name.replace("_", "-").title(): value for name, value in headers.items()}
    if status != 304:
        fields.setdefault("Content-Length", str(len(data)))
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in fields.items()), "Connection: close"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data


class FakeWeb:
    """``async with FakeWeb() as server: server.says("/feed", reply(200, b"…"))``.

    A path's answers are given in turn, the last one for ever; bytes are sent as they are, a handler writes by itself.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self._answers: dict[str, list[bytes | Handler]] = {}
        self._context = context
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self.port = 0

    def says(self, path: str, *answers: bytes | Handler) -> None:
        """Give these answers on ``path`` from now on; ``*`` stands for every path that is not named."""
        self._answers[path] = list(answers)

    @property
    def place(self) -> str:
        """``host:port``, as ``allow_private`` wants it."""
        return f"127.0.0.1:{self.port}"

    @property
    def permits(self) -> frozenset[str]:
        """The permission to fetch from this server."""
        return frozenset({self.place, f"localhost:{self.port}"})

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"{'https' if self._context else 'http'}://{host}:{self.port}{path}"

    async def __aenter__(self) -> FakeWeb:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass  # the client left, as it should from most of these answers
        finally:
            self._talks.discard(task)
            writer.transport.abort() if self._context else writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target = head[0].split()[:2]
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(fields.get("content-length", "0")))
        self.asked.append(Asked(target, fields, method, body))
        path = target.partition("?")[0]
        answers = self._answers.get(path) or self._answers.get("*") or [reply(404)]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
            if self._context:
                writer.close()
                await writer.wait_closed()
        else:
            await answer(writer)
