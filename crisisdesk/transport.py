"""The sockets under :mod:`crisisdesk.web`: they connect to checked addresses only, to the very one that was checked."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import certifi
import httpcore
import httpx

from crisisdesk.wire import MEGABYTE, PrivateAddress, names_private, public_addresses

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool that connects to checked addresses only and keeps no connection open."""

    def __init__(self, context: ssl.SSLContext, permits: frozenset[str], proxy: str) -> None:
        super().__init__(verify=context, trust_env=False)
        self._permits = permits
        self._proxied = bool(proxy)
        parts = urlsplit(proxy)
        proxy_place = f"{parts.hostname}:{parts.port or 80}"
        self._backend = _CheckedBackend(permits | {proxy_place} if proxy else permits)
        self._pool: httpcore.AsyncConnectionPool = (
            httpcore.AsyncHTTPProxy(
                f"{parts.scheme}://{proxy_place}",
                proxy_auth=(parts.username, parts.password or "") if parts.username else None,
                ssl_context=context,
                max_keepalive_connections=0,
                network_backend=self._backend,
            )
            if proxy
            else httpcore.AsyncConnectionPool(
                ssl_context=context, max_keepalive_connections=0, network_backend=self._backend
            )
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; behind a proxy, which resolves names by itself, at least what is private by its name is refused."""
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        if self._proxied and names_private(url.host) and f"{url.host}:{port}" not in self._permits:
            raise PrivateAddress(url.host)
        return await super().handle_async_request(request)

    async def aclose(self) -> None:
        """Close the pool, and what it forgets when it is cancelled in the middle of a TLS handshake."""
        await super().aclose()
        for stream in self._backend.opened:
            await stream.aclose()


class _CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name, refuses private addresses, and connects to the very address that it checked."""

    def __init__(self, permits: frozenset[str]) -> None:
        self.opened: list[httpcore.AsyncNetworkStream] = []
        self._inner = httpcore.AnyIOBackend()
        self._permits = permits

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        started = time.monotonic()
        try:
            async with asyncio.timeout(timeout):
                addresses = (await public_addresses(host, port, allowed=f"{host}:{port}" in self._permits))[:3]
        except TimeoutError:
            raise httpcore.ConnectTimeout from None
        left = None if timeout is None else max(timeout - (time.monotonic() - started), 0.1)
        for number, address in enumerate(addresses, start=1):
            share = None if left is None else left / len(addresses)
            try:
                stream = await self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
                continue
            self.opened.append(stream)
            return stream
        raise httpcore.ConnectError("no address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def default_context() -> ssl.SSLContext:
    """The system's certificates and certifi's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


async def websocket(url: str, context: ssl.SSLContext, permits: frozenset[str], proxy: str) -> ClientConnection:
    """A WebSocket at an ``http`` or ``https`` address, connected to the very address that was checked.

    Behind a proxy, which resolves names by itself, at least what is private by its name is refused. A message ends at
    a megabyte; the other side is asked for a sign of life every 20 s.
    """
    from websockets.asyncio.client import connect

    class Socket(connect):
        def process_redirect(self, exc: Exception) -> Exception | str:
            return exc  # a stream stands where it was written down

    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    allowed = f"{host}:{port}" in permits
    where: dict[str, Any] = {"ssl": context} if secure else {}
    if proxy:
        if names_private(host) and not allowed:
            raise PrivateAddress(host)
    else:
        where |= {"host": (await public_addresses(host, port, allowed=allowed))[0], "port": port}
        where |= {"server_hostname": host} if secure else {}
    return await Socket(
        f"{'wss' if secure else 'ws'}{url[len(parts.scheme) :]}",
        max_size=MEGABYTE,
        open_timeout=None,  # the caller's
        close_timeout=2,
        compression=None,
        proxy=proxy or None,
        **where,
    )
