"""Any service that answers in JSON over HTTP, set up by a person who says where in the answer things are.

A path is names and numbers between points: ``data.items``, ``author.name``, ``0.title``. Paths are looked up, never
run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urljoin, urlsplit

from crisisdesk.connectors.base import fingerprint, option
from crisisdesk.connectors.fields import Reading, at, instant, rows, words
from crisisdesk.connectors.sending import body_of
from crisisdesk.markup import plain_text
from crisisdesk.model.errors import PermanentError
from crisisdesk.model.mention import Page
from crisisdesk.model.source import Limits, Query
from crisisdesk.plain import safe_link
from crisisdesk.query import matches

if TYPE_CHECKING:
    from crisisdesk.web import Web

_STEP: Final = re.compile(r"[^.\[\]]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonSettings:
    """The address, where the list is, and where in an item its parts are. A token goes into one header."""

    address: str = option(required=True)
    items: str = option("")
    id: str = option("id", required=True)
    text: str = option("text", required=True)
    time: str = option("")
    author: str = option("")
    link: str = option("")
    language: str = option("")
    version: str = option("")
    next_page: str = option("")
    pages: int = option(5)
    channel: str = option("")
    html: bool = option(False)
    only_matching: bool = option(False)
    header: str = option("Authorization")
    token: str = option(secret=True)
    allow_private: frozenset[str] = frozenset()


class JsonHttp:
    """One address. What it lists is read whole each time; the data file counts each item once."""

    kind: ClassVar[str] = "jsonhttp"
    Settings: ClassVar[type[Any]] = JsonSettings
    limits: ClassVar[Limits] = Limits(pace=120.0)
    overlap: ClassVar[timedelta] = timedelta(0)

    def __init__(self, settings: JsonSettings, query: Query = Query()) -> None:
        self._settings = settings
        self._query = query if settings.only_matching else Query()

    @property
    def account(self) -> str:
        """The address."""
        return self._settings.address

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """A page; the cursor is its number and the address of the next one, as long as there is one."""
        s = self._settings
        count, _, there = cursor.partition(" ")
        number = int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 1
        here = there if there and _origin(there) == _origin(s.address) else s.address
        first = f"1 {s.address}"
        try:
            answer = await web.get(
                here,
                headers={s.header or "Authorization": s.token} if s.token else {},
                allow_private=s.allow_private,
            )
        except PermanentError:
            if here == s.address:
                raise
            # The next page is gone: from the beginning again, which doubles nothing.
            return Page(source=self.kind, account=self.account, cursor=first)
        value = body_of(answer)
        reading = parse(value, s, self._query, now)
        following = _next(here, words(value, *steps(s.next_page)) if s.next_page else "")
        going_on = bool(following) and number < s.pages
        return Page(
            source=self.kind,
            account=self.account,
            mentions=tuple(reading.mentions),
            rejected=tuple(reading.rejected),
            cursor=f"{number + 1} {following}" if going_on else first,
            checked=now,
            more=going_on,
        )


def steps(path: str) -> tuple[str | int, ...]:
    """A path's steps: ``a.b[0]`` and ``a.b.0`` are the same."""
    return tuple(int(s) if s.isascii() and s.isdigit() else s for s in _STEP.findall(path[:500]))


def parse(value: Any, settings: JsonSettings, query: Query, now: datetime) -> Reading:
    """The mentions of one answer; raises ``PermanentError`` where there is no list at the path."""
    reading = Reading(JsonHttp.kind, settings.address, now)
    place = steps(settings.items)
    if not isinstance(at(value, *place), list):
        raise PermanentError("sources.no_list", path=settings.items or "·")
    for item in rows(value, *place):
        text = words(item, *steps(settings.text))
        text = plain_text(text) if settings.html else text
        if query and not matches(query, text):
            continue
        said = instant(item, *steps(settings.time)) if settings.time else None
        author = words(item, *steps(settings.author)) if settings.author else ""
        native_id = words(item, *steps(settings.id))
        reading.add(
            native_id or (fingerprint(author, str(said), text) if text else ""),
            said,
            text,
            author=author,
            channel=settings.channel or (urlsplit(settings.address).hostname or ""),
            lang=words(item, *steps(settings.language)) if settings.language else "",
            url=words(item, *steps(settings.link)) if settings.link else "",
            version=words(item, *steps(settings.version)) if settings.version else "",
        )
    return reading


def _next(here: str, link: str) -> str:
    """The next page's address, of the same origin and another than this one; else ``""``."""
    if not link:
        return ""
    try:
        there = safe_link(urljoin(here, link))
    except ValueError:
        return ""
    return there if there and there != here and _origin(there) == _origin(here) else ""


def _origin(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc


CONNECTOR = JsonHttp
