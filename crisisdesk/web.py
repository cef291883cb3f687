"""The one way out to the network: every answer is small, prompt, from a public address, or an error in words.

A server may be slow, broken or hostile. Nothing here trusts it: redirects are followed by hand and checked, only
addresses of the public internet are connected to (the address that was checked is the one connected to), bodies are
counted while they are unpacked, and the whole request has one deadline. No cookies outlive a request, no proxy is taken
from the environment, and neither errors nor logs hold more of an address than its host.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx

from crisisdesk.model.errors import PermanentError, RefusedError, TransientError, WebError
from crisisdesk.plain import safe_link, shown_host
from crisisdesk.transport import GuardedTransport, default_context, websocket
from crisisdesk.wire import (
    MEGABYTE,
    BadJson,
    PrivateAddress,
    UnknownName,
    agreed,
    json_value,
    origin,
    refusal,
    unpacked,
    whole_lines,
)

_ALWAYS: Final = {"User-Agent": "CrisisDesk/0.1", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}

UNANSWERED: Final = frozenset({"web.slow", "web.silent", "web.damaged"})
"""Keys of errors after which nobody knows whether a request that was sent has been carried out."""

_log = logging.getLogger(__name__)
# At INFO httpx writes whole addresses, tokens in the query included.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)
logging.getLogger("websockets").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """What one request may cost: seconds, redirects, and requests to one host at the same time.

    A stream has no ``total``: it is dead when no byte came for ``silence`` seconds.
    """

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    silence: float = 90.0
    hops: int = 5
    per_host: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that was wanted.

    Attributes:
        status: 200–299, 304, or one that the caller asked for.
        headers: by lower-case name.
        body: unpacked bytes; empty for 304.
        url: where it came from after redirects.
        moved: the address to ask from now on, when every redirect was permanent (301, 308); else empty.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str = field(repr=False)
    moved: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """The host as it may be shown."""
        return shown_host(self.url)

    @property
    def is_page(self) -> bool:
        """Whether it is a web page for people (a sign-in page, say)."""
        head = self.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        declared = self.headers.get("content-type", "").lower().startswith("text/html")
        return head.startswith((b"<!doctype html", b"<html")) or (declared and not head.startswith(b"<?xml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """One request as the caller wants it."""

    headers: Mapping[str, str]
    limit: int
    permits: frozenset[str]
    params: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    content: bytes = field(default=b"", repr=False)
    also: frozenset[int] = frozenset()


class Web:
    """Fetches from sources on one asyncio loop; see the module's words for what it refuses.

    Args:
        budgets: seconds and counts; tests make them short.
        now: the desk's time, for ``retry_at``.
        proxy: an ``http://[user:password@]host:port`` proxy that the person set; the environment's is never used.
        context: TLS settings; by default the system's certificates and certifi's.
    """

    def __init__(
        self,
        *,
        budgets: Budgets | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        proxy: str = "",
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._budgets = budgets or Budgets()
        self._now = now
        self._proxy = proxy
        self._context = context
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(self._budgets.per_host)
        )

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        etag: str = "",
        modified: str = "",
        also: frozenset[int] = frozenset(),
        limit_bytes: int = 10 * MEGABYTE,
        allow_private: frozenset[str] = frozenset(),
    ) -> Answer:
        """Fetch one address; raises a ``WebError`` for anything but 2xx, 304 and the statuses of ``also``.

        ``headers`` go to the first origin only. ``etag`` and ``modified`` make the request conditional.
        ``allow_private`` names the ``host:port`` of servers inside this network that the person allowed.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
        ask = _Ask(
            headers=headers or {},
            params=params or {},
            conditions={name: value for name, value in conditions.items() if value},
            limit=limit_bytes,
            permits=allow_private,
            also=also,
        )
        return await self._ask(url, ask)

    async def post(
        self,
        url: str,
        content: bytes,
        *,
        headers: Mapping[str, str],
        method: str = "POST",
        also: frozenset[int] = frozenset(),
        limit_bytes: int = MEGABYTE,
        allow_private: frozenset[str] = frozenset(),
    ) -> Answer:
        """Send ``content`` once to one address; raises a ``WebError`` for anything but 2xx, redirects included.

        The statuses of ``also`` come back as an answer, for services that say in the body what was wrong. An error
        whose key is in :data:`UNANSWERED` means that nobody knows whether the other side took it.
        """
        ask = _Ask(headers=headers, limit=limit_bytes, permits=allow_private, content=content, also=also)
        return await self._ask(url, replace(ask, method=method))

    async def lines(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        allow_private: frozenset[str] = frozenset(),
    ) -> AsyncGenerator[str, None]:
        """The lines of an answer that has no end, as they come: first an empty one, when the server has agreed.

        A line that is cut off by the end is left out. Raises a ``WebError`` for every status but 200, redirects
        included, for a line of more than a megabyte, and when nothing comes for ``Budgets.silence``.
        """
        host = _checked_host(url)
        own = {**_ALWAYS, **(headers or {}), "Accept-Encoding": "identity"}
        budgets = replace(self._budgets, read=self._budgets.silence)
        times = {"timeout": httpx.Timeout(budgets.read, connect=budgets.connect).as_dict()}
        try:
            async with aclosing(self._transport(allow_private)) as transport:
                request = httpx.Request("GET", url, headers=own, params=params, extensions=times)
                async with asyncio.timeout(budgets.total):
                    response = await transport.handle_async_request(request)
                async with aclosing(response):
                    head = {name.lower(): value for name, value in response.headers.items()}
                    agreed(response.status_code, head, host, self._now())
                    yield ""
                    async for line in whole_lines(response.aiter_raw(), host):
                        yield line
        except TimeoutError:
            raise TransientError("web.silent", host=host, seconds=round(budgets.total)) from None
        except (httpx.HTTPError, httpx.InvalidURL, PrivateAddress, UnknownName, UnicodeError) as fault:
            raise _explained(fault, host, budgets) from None

    async def frames(
        self, url: str, *, allow_private: frozenset[str] = frozenset()
    ) -> AsyncGenerator[str, None]:
        """The texts that come over a WebSocket at an ``http(s)`` address: first an empty one, as with :meth:`lines`."""
        from websockets.exceptions import (
            ConnectionClosedError,
            ConnectionClosedOK,
            InvalidStatus,
            WebSocketException,
        )

        host = _checked_host(url)
        self._context = self._context or default_context()
        try:
            async with asyncio.timeout(self._budgets.total):
                socket = await websocket(url, self._context, allow_private, self._proxy)
            async with socket:
                yield ""
                while True:
                    async with asyncio.timeout(self._budgets.silence):
                        message = await socket.recv()
                    if isinstance(message, str):
                        yield message
        except ConnectionClosedOK:
            return
        except TimeoutError:
            raise TransientError("web.silent", host=host, seconds=round(self._budgets.silence)) from None
        except InvalidStatus as fault:
            head = {name.lower(): value for name, value in fault.response.headers.raw_items()}
            agreed(fault.response.status_code, head, host, self._now())
            raise PermanentError("web.unexpected", host=host) from None
        except (WebSocketException, OSError, PrivateAddress, UnknownName, UnicodeError) as fault:
            if isinstance(fault, ConnectionClosedError) and fault.sent and fault.sent.code == 1009:
                raise RefusedError("web.too_large", host=host, megabytes=1.0) from None
            raise _explained(fault, host, self._budgets) from None

    async def _ask(self, url: str, ask: _Ask) -> Answer:
        host = _checked_host(url)
        started = time.monotonic()
        try:
            async with self._slots[host], asyncio.timeout(self._budgets.total):
                answer = await self._walk(url, ask)
        except TimeoutError:
            raise RefusedError("web.slow", host=host, seconds=round(self._budgets.total)) from None
        except WebError as error:
            _log.info("%s: %s after %.1f s", host, error.key, time.monotonic() - started)
            raise
        _log.info("%s: %d, %d bytes in %.1f s", host, answer.status, len(answer.body), time.monotonic() - started)
        return answer

    async def _walk(self, url: str, ask: _Ask) -> Answer:
        """Follow redirects by hand, each hop checked."""
        first = here = url
        permanent = True
        async with aclosing(self._transport(ask.permits)) as transport:
            for hop in range(self._budgets.hops + 1):
                own = ask.headers if origin(here) == origin(first) else {}
                params = (ask.params or None) if hop == 0 else None
                found = await self._once(transport, here, {**_ALWAYS, **ask.conditions, **own}, params, ask)
                if isinstance(found, Answer):
                    return replace(found, moved=found.url if hop and permanent else "")
                if ask.method != "GET":
                    raise RefusedError("web.bad_redirect", host=shown_host(here))
                permanent = permanent and found.permanent
                here = _next_hop(here, found.location)
        raise RefusedError("web.redirects", host=shown_host(first), hops=self._budgets.hops)

    def _transport(self, permits: frozenset[str]) -> GuardedTransport:
        """The way out for one request: what it was permitted ends with it (making one costs about 1 ms)."""
        if self._context is None:
            self._context = default_context()
        return GuardedTransport(self._context, permits, self._proxy)

    async def _once(
        self,
        transport: GuardedTransport,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None,
        ask: _Ask,
    ) -> Answer | _Hop:
        """One request without httpx's client, which would read a redirect before we can judge it, and keep cookies."""
        host = shown_host(url)
        times = {"timeout": httpx.Timeout(self._budgets.read, connect=self._budgets.connect).as_dict()}
        content = ask.content or None
        try:
            request = httpx.Request(ask.method, url, headers=headers, params=params, content=content, extensions=times)
            response = await transport.handle_async_request(request)
            response.request = request
            try:
                return await self._read(response, host, ask)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, PrivateAddress, UnknownName, UnicodeError) as fault:
            raise _explained(fault, host, self._budgets) from None

    async def _read(self, response: httpx.Response, host: str, ask: _Ask) -> Answer | _Hop:
        headers = {name.lower(): value for name, value in response.headers.items()}
        status = response.status_code
        if status in (301, 302, 303, 307, 308):
            return _Hop(headers.get("location", ""), status in (301, 308))
        if status != 304 and not 200 <= status < 300 and status not in ask.also:
            raise refusal(status, headers, host, self._now())
        body = b"" if status == 304 else await unpacked(response.aiter_raw(), headers, host, ask.limit)
        return Answer(status=status, headers=headers, body=body, url=str(response.url))


@dataclass(frozen=True, slots=True)
class _Hop:
    location: str
    permanent: bool


def json_of(answer: Answer) -> Any:
    """The JSON value of an answer; raises ``PermanentError`` for a web page, bad JSON and JSON that would harm us."""
    if answer.is_page:
        raise PermanentError("web.is_page", host=answer.host)
    try:
        return json_value(answer.body)
    except BadJson:
        raise PermanentError("web.unexpected", host=answer.host) from None


def _checked_host(url: str) -> str:
    """The host of an address that may be asked; raises ``RefusedError`` for any other."""
    if not safe_link(url):
        try:
            has_credentials = "@" in urlsplit(url).netloc
        except ValueError:
            has_credentials = False
        raise RefusedError("web.credentials" if has_credentials else "web.address")
    return shown_host(url)


def _next_hop(here: str, location: str) -> str:
    """The address that a redirect leads to; raises ``RefusedError`` where we do not go."""
    host = shown_host(here)
    try:
        there = urljoin(here, location)
    except ValueError:
        raise RefusedError("web.bad_redirect", host=host) from None
    if not location or not safe_link(there):
        raise RefusedError("web.bad_redirect", host=host)
    if urlsplit(here).scheme == "https" and urlsplit(there).scheme != "https":
        raise RefusedError("web.downgrade", host=host)
    return there


def _explained(fault: Exception, host: str, budgets: Budgets) -> WebError:
    """A fault of the network in our own words; the fault's text may hold addresses and is not kept."""
    if isinstance(fault, PrivateAddress):
        return RefusedError("web.private", host=host)
    if isinstance(fault, UnknownName):
        return TransientError("web.no_name", host=host)
    if isinstance(fault, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return RefusedError("web.address")
    if isinstance(fault, httpx.ConnectTimeout | httpx.PoolTimeout):
        return TransientError("web.no_answer", host=host, seconds=round(budgets.connect))
    if isinstance(fault, httpx.TimeoutException):
        return TransientError("web.silent", host=host, seconds=round(budgets.read))
    if isinstance(fault, httpx.ProxyError):
        return TransientError("web.proxy", host=host)
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            keys = {10: "web.tls_expired", 18: "web.tls_unknown", 19: "web.tls_unknown", 20: "web.tls_unknown"}
            keys |= {21: "web.tls_unknown", 62: "web.tls_name", 64: "web.tls_name"}
            return RefusedError(keys.get(cause.verify_code, "web.tls"), host=host)
        if isinstance(cause, ssl.SSLError):
            return RefusedError("web.tls", host=host)
        cause = cause.__cause__ or cause.__context__
    if isinstance(fault, httpx.ConnectError | OSError):
        return TransientError("web.unreachable", host=host)
    return TransientError("web.damaged", host=host)
