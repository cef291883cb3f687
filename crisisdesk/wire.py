"""What comes over the wire, read with suspicion: addresses, packed bytes, waiting times and JSON.

No client here: :mod:`crisisdesk.web` puts these rules around every request.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from crisisdesk.model.errors import (
    AuthError,
    PermanentError,
    RateLimitedError,
    RefusedError,
    TransientError,
    WebError,
)

SHORTEST_WAIT: Final = 1.0
MEGABYTE: Final = 1_000_000
LONGEST_WAIT: Final = 900.0
USUAL_WAIT: Final = 60.0

_PIECE: Final = 1 << 18
_NAT64: Final = IPv6Network("64:ff9b::/96")
_RESET_HEADERS: Final = ("x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset")
_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,20})?")

_JSON_DEPTH: Final = 64
_JSON_DIGITS: Final = 20
_JSON_VALUES: Final = 500_000


class PrivateAddress(Exception):
    """A name that leads inside this computer or network."""


class UnknownName(Exception):
    """A name that nobody resolves, or no network."""


class BadEncoding(Exception):
    """Packed in a way that we do not unpack, or not packed as declared."""


class BadJson(Exception):
    """Not JSON, or JSON that no honest source sends."""


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet, also when it is wrapped in an IPv6 one."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if wrapped is None and ip in _NAT64:
            wrapped = IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = wrapped or ip
    return ip.is_global and not ip.is_multicast


def names_private(host: str) -> bool:
    """Whether a host says by itself, without asking anybody, that it is not public (for use behind a proxy)."""
    try:
        return not is_public(host)
    except ValueError:
        # A last label that a resolver reads as a number (2130706433, 0x7f.1) hides an address.
        last = host.rstrip(".").rpartition(".")[2].lower()
        return last in ("localhost", "local", "internal") or last.isdigit() or last.startswith("0x")


async def public_addresses(host: str, port: int, *, allowed: bool) -> list[str]:
    """The addresses to connect to; raises :class:`PrivateAddress` when none is public and it was not ``allowed``."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnknownName(host) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    chosen = addresses if allowed else [address for address in addresses if is_public(address)]
    if not chosen:
        raise PrivateAddress(host)
    return chosen


class Inflater:
    """Unpacks a body bit by bit: identity, one gzip or one deflate; raises :class:`BadEncoding` for the rest."""

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise BadEncoding(name[:40])
        self._window = {"": 0, "identity": 0, "deflate": zlib.MAX_WBITS}.get(name, 16 + zlib.MAX_WBITS)
        self._engine = zlib.decompressobj(self._window) if self._window else None
        self._fresh = True

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Unpack in pieces of at most 256 KB, so that the reader can stop a bomb."""
        if self._engine is None:
            yield data
            return
        while data:
            piece, data = self._step(data)
            if piece:
                yield piece

    def finish(self) -> None:
        """Raise :class:`BadEncoding` when the packed body was cut."""
        if self._engine is not None and not self._engine.eof and not self._fresh:
            raise BadEncoding("cut")

    def _step(self, data: bytes) -> tuple[bytes, bytes]:
        assert self._engine is not None
        if self._engine.eof:  # gzip allows one member after another
            self._engine = zlib.decompressobj(self._window)
        try:
            piece = self._engine.decompress(data, _PIECE)
        except zlib.error:
            if not (self._fresh and self._window == zlib.MAX_WBITS):
                raise BadEncoding("packed") from None
            self._window = -zlib.MAX_WBITS  # some servers send deflate without its header
            self._engine = zlib.decompressobj(self._window)
            self._fresh = False
            return self._step(data)
        self._fresh = False
        return piece, self._engine.unconsumed_tail or self._engine.unused_data


def retry_after(headers: Mapping[str, str], now: datetime) -> tuple[float, bool]:
    """How long a server asks us to wait, 1…900 seconds, and whether it asked for more than that.

    Reads ``Retry-After`` as seconds or HTTP date (against the server's own ``Date``, so that a wrong clock does not
    matter), then the ``…-reset`` headers as seconds left, epoch seconds or ISO 8601. 60 s when it says nothing we read.
    """
    now = _date(headers.get("date", "")) or now
    told = headers.get("retry-after", "").strip()
    if not told:
        told = next((headers[name].strip() for name in _RESET_HEADERS if name in headers), "")
    if _NUMBER.fullmatch(told):
        number = float(told)
        seconds = number - now.timestamp() if 1e9 < number < 1e10 else number
    else:
        when = _date(told)
        if when is None:
            return USUAL_WAIT, False
        seconds = (when - now).total_seconds()
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT), seconds > LONGEST_WAIT


def refusal(status: int, headers: Mapping[str, str], host: str, now: datetime) -> WebError:
    """The error for a status that is neither an answer (2xx, 304) nor a redirect."""
    if status == 429:
        seconds, capped = retry_after(headers, now)
        key = "web.rate_limited_capped" if capped else "web.rate_limited"
        return RateLimitedError(key, now + timedelta(seconds=seconds), host=host, seconds=round(seconds))
    if status in (401, 403, 407):
        return AuthError({401: "web.sign_in", 403: "web.forbidden"}.get(status, "web.proxy_sign_in"), host=host)
    if status in (408, 425) or status >= 500:
        seconds, _ = retry_after(headers, now)
        retry_at = now + timedelta(seconds=seconds) if "retry-after" in headers else None
        return TransientError("web.server", retry_at, host=host, status=status)
    key = {404: "web.not_found", 410: "web.gone"}.get(status, "web.rejected")
    return PermanentError(key, host=host, status=status)


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a server is to the web."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


async def unpacked(chunks: AsyncIterator[bytes], headers: Mapping[str, str], host: str, limit: int) -> bytes:
    """The unpacked body, refused as soon as it passes ``limit``."""
    too_large = RefusedError("web.too_large", host=host, megabytes=round(limit / MEGABYTE, 1))
    length = headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:18]) > limit:
        raise too_large
    body = bytearray()
    try:
        inflater = Inflater(headers.get("content-encoding", ""))
    except BadEncoding:
        raise RefusedError("web.encoding", host=host) from None
    try:
        async for chunk in chunks:
            for piece in inflater.feed(chunk):
                body += piece
                if len(body) > limit:
                    raise too_large
                await asyncio.sleep(0)  # a bomb must not hold the loop
        inflater.finish()
    except BadEncoding:
        raise TransientError("web.damaged", host=host) from None
    return bytes(body)


def agreed(status: int, headers: Mapping[str, str], host: str, now: datetime) -> None:
    """Raise what the head of an answer says against reading it as a stream."""
    if 300 <= status < 400:
        raise RefusedError("web.bad_redirect", host=host)
    if status not in (101, 200):
        raise refusal(status, headers, host, now)
    if headers.get("content-encoding", "identity") != "identity":
        raise RefusedError("web.encoding", host=host)
    if headers.get("content-type", "").lower().startswith("text/html"):
        raise PermanentError("web.is_page", host=host)


async def whole_lines(chunks: AsyncIterator[bytes], host: str) -> AsyncIterator[str]:
    """Whole lines without their ends, refused when one passes a megabyte; bad UTF-8 becomes U+FFFD."""
    rest = bytearray()
    async for chunk in chunks:
        rest += chunk
        if b"\n" in chunk:
            *whole, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            for line in whole:
                yield line.removesuffix(b"\r").decode("utf-8", "replace")
        if len(rest) > MEGABYTE:
            raise RefusedError("web.too_large", host=host, megabytes=1.0)


def json_value(body: bytes) -> Any:
    """The value in a JSON body; bad UTF-8 becomes U+FFFD. Raises :class:`BadJson`.

    Refused: more than 64 levels, numbers of more than 20 digits, NaN and infinities, more than half a million values.
    """
    if body.count(b",") > _JSON_VALUES:
        raise BadJson("values")
    try:
        value = json.loads(
            body.decode("utf-8-sig", errors="replace"),
            parse_int=_small_int,
            parse_float=_finite,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as fault:
        raise BadJson(type(fault).__name__) from None
    _check_depth(value)
    return value


def _date(text: str) -> datetime | None:
    """An HTTP date or ISO 8601 instant, else ``None``."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            when = read(text)
            return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _small_int(digits: str) -> int:
    if len(digits) > _JSON_DIGITS:
        raise BadJson("digits")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise BadJson("infinite")
    return number


def _no_constant(name: str) -> NoReturn:
    raise BadJson(name)


def _check_depth(value: object) -> None:
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(_JSON_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (dict, list))  # made once, which «dict | list» is not
        ]
        if not level:
            return
    raise BadJson("depth")
