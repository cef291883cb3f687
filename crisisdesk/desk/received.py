"""Hears what the network answers while a connector reads a page, so that the bytes can be kept as evidence.

What could let somebody in is left out: of an address only harmless values stay, of the headers only harmless ones, and
an answer that holds one of the source's own secrets, or hands out a new one, is not kept at all.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from crisisdesk.model.received import Received
from crisisdesk.web import Answer, Web

HEADERS: Final = frozenset({
    "age", "cache-control", "content-encoding", "content-language", "content-length", "content-type", "date", "etag",
    "expires", "last-modified", "retry-after", "server", "vary", "via",
})  # fmt: skip
"""Headers of an answer that are kept."""
VALUES: Final = frozenset({
    "after", "before", "count", "cursor", "end_time", "fields", "filter", "from", "hl", "id", "ids", "lang", "limit",
    "max_id", "max_results", "min_id", "numericfilters", "offset", "order", "page", "page_size", "per_page", "q",
    "query", "since", "since_id", "sort", "start", "start_time", "tag", "tags", "until",
})  # fmt: skip
"""Names in an address whose values are kept; the others keep their name only."""
MOST_ANSWERS: Final = 8
MOST_BYTES: Final = 4 * 1024 * 1024
"""Of one page; what is more is not kept."""
_HIDDEN: Final = "***"
_SHORTEST: Final = 6  # a shorter secret is no secret, and would be found anywhere
_HANDED_OUT: Final = tuple(
    f'"{name}"'.encode()
    for name in ("access_token", "accessToken", "refresh_token", "refreshToken", "accessJwt", "refreshJwt",
                 "client_secret", "clientSecret", "password")
)  # fmt: skip


class Recorder(Web):
    """The way out to the network for one page of one source: everything passes, what was fetched is noted.

    Only what is fetched (GET) is noted: signing in is a POST everywhere. Of a stream its connector notes what is ours,
    and :func:`of_events` lets it in.
    """

    def __init__(self, web: Web, secrets: Collection[str], now: Callable[[], datetime]) -> None:
        super().__init__()
        self._web = web
        self._hidden = _long(secrets)
        self._clock = now
        self._noted: list[Received] = []
        self._left = MOST_BYTES

    def taken(self) -> tuple[Received, ...]:
        """What was noted since the last time, in its order."""
        found, self._noted, self._left = tuple(self._noted), [], MOST_BYTES
        return found

    async def get(self, url: str, **how: Any) -> Answer:
        """As :meth:`Web.get`."""
        answer = await self._web.get(url, **how)
        json = "json" in answer.headers.get("content-type", "")  # in other texts anybody can write such a word
        fits = len(self._noted) < MOST_ANSWERS and len(answer.body) <= self._left
        if answer.status == 200 and answer.body and fits and not _lets_in(answer.body, self._hidden, json=json):
            self._left -= len(answer.body)
            self._noted.append(
                Received(
                    url=harmless(answer.url, self._hidden),
                    status=answer.status,
                    headers=tuple(sorted((n, v[:500]) for n, v in answer.headers.items() if n in HEADERS)),
                    body=answer.body,
                    at=self._clock(),
                )
            )
        return answer

    async def post(self, url: str, content: bytes, **how: Any) -> Answer:
        """As :meth:`Web.post`."""
        return await self._web.post(url, content, **how)

    def lines(self, url: str, **how: Any) -> AsyncGenerator[str, None]:
        """As :meth:`Web.lines`."""
        return self._web.lines(url, **how)

    def frames(self, url: str, **how: Any) -> AsyncGenerator[str, None]:
        """As :meth:`Web.frames`."""
        return self._web.frames(url, **how)


def of_events(received: Sequence[Received], secrets: Collection[str]) -> tuple[Received, ...]:
    """What may be kept of a stream's events, by the rules for answers; events are JSON."""
    hidden = _long(secrets)
    return tuple(
        replace(one, url=harmless(one.url, hidden))
        for one in received
        if len(one.body) <= MOST_BYTES and not _lets_in(one.body, hidden, json=True)
    )


def _long(secrets: Collection[str]) -> tuple[str, ...]:
    return tuple(secret for secret in secrets if len(secret) >= _SHORTEST)


def _lets_in(body: bytes, secrets: Collection[str], *, json: bool) -> bool:
    """Whether bytes hold a secret, or hand one out."""
    return any(secret in body for secret in (*(_HANDED_OUT if json else ()), *(secret.encode() for secret in secrets)))


def harmless(url: str, secrets: Collection[str]) -> str:
    """An address without user, fragment, secrets, and the values of names that nobody listed."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    asked = [(n, v if n.lower() in VALUES else _HIDDEN) for n, v in parse_qsl(parts.query, keep_blank_values=True)]
    told = urlunsplit((parts.scheme, place, parts.path, urlencode(asked, safe="*"), ""))
    for secret in secrets:
        for form in {secret, quote(secret), quote(secret, safe="")}:
            told = told.replace(form, _HIDDEN)
    return told
