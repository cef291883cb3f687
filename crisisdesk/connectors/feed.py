"""RSS and Atom feeds: press, blogs, forums, news searches and alerts.

Asking and reading are apart: :class:`Feed` asks, :func:`parse` is pure. feedparser gets bytes only (given a string it
opens files and addresses) and never a document type, which is where XML bombs live.
"""

from __future__ import annotations

import asyncio
import calendar
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urljoin
from xml.sax import SAXParseException

from crisisdesk.connectors.base import AUTHOR_LIMIT, PAGE_LIMIT, Address, credible, fingerprint, language, stored
from crisisdesk.markup import plain_text
from crisisdesk.model.errors import PermanentError
from crisisdesk.model.mention import Mention, Page, RowProblem
from crisisdesk.model.source import Limits, Query
from crisisdesk.plain import clamp, safe_link, shown_host

if TYPE_CHECKING:
    from crisisdesk.web import Web

FEED_BYTES: Final = 5_000_000
_ACCEPT: Final = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
_COMMENT_OR_INSTRUCTION = re.compile(rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|rdf|channel)\b", re.IGNORECASE)
_LAST_TAG = re.compile(rb"</(?:\w+:)?(rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_FIRST_TAG = re.compile(rb"<[A-Za-z]")
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';]{1,40})", re.IGNORECASE)
# Charsets in which «<» is the byte that it is in ASCII, or that byte among zeros: nothing can hide from the checks.
_HONEST_CHARSET = re.compile(
    r"utf[-_]?8|u(tf)?[-_]?16(-?[lb]e)?|utf[-_]?32(-?[lb]e)?|(us-)?ascii|iso-?8859-?\d{1,2}|latin-?\d|(windows|cp)-?12\d\d|koi8-[ru]"
    r"|euc-(jp|kr)|shift_?jis|gb2312|gbk|gb18030|big5",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a feed's bytes hold; ``damaged`` when they end or break in the middle."""

    title: str
    mentions: tuple[Mention, ...]
    rejected: tuple[RowProblem, ...]
    damaged: bool


class Feed:
    """One feed by its address."""

    kind: ClassVar[str] = "feed"
    Settings: ClassVar[type[Any]] = Address
    limits: ClassVar[Limits] = Limits(pace=300.0)
    overlap: ClassVar[timedelta] = timedelta(0)  # a feed is asked for the whole of itself

    def __init__(self, settings: Address, query: Query = Query()) -> None:
        self._address = settings.address
        self._allow_private = settings.allow_private

    @property
    def account(self) -> str:
        """The feed's address as it was added."""
        return self._address

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """What the feed holds now, nothing when it says that it did not change; raises a ``WebError``."""
        state = _state(cursor)
        answer = await web.get(
            state.get("address") or self._address,
            headers={"Accept": _ACCEPT},
            etag=state.get("etag", ""),
            modified=state.get("modified", ""),
            limit_bytes=FEED_BYTES,
            allow_private=self._allow_private,
        )
        if answer.status == 304:
            return Page(source=self.kind, account=self.account, cursor=cursor, checked=now)
        # feedparser takes about 0.5 ms an entry, too long for the loop.
        found = await asyncio.to_thread(parse, answer.body, answer.headers, answer.url, account=self.account, now=now)
        fresh = {
            "v": "1",
            "etag": answer.headers.get("etag", "")[:500],
            "modified": answer.headers.get("last-modified", "")[:100],
            "address": answer.moved or state.get("address", ""),
        }
        return Page(
            source=self.kind,
            account=self.account,
            mentions=found.mentions,
            rejected=found.rejected,
            # A damaged feed is asked for whole again next time.
            cursor=cursor if found.damaged else json.dumps(fresh, sort_keys=True),
            checked=now,
        )


CONNECTOR = Feed


def parse(body: bytes, headers: Mapping[str, str], url: str, *, account: str, now: datetime) -> Parsed:
    """Read a feed's bytes; raises ``PermanentError`` when they are no feed, or one that could harm."""
    host = shown_host(url)
    content_type = _checked(body, headers.get("content-type", ""), host)
    import feedparser

    try:
        found = feedparser.parse(
            BytesIO(body),
            response_headers={"content-type": content_type},  # no address: it would become part of relative ids
            sanitize_html=False,  # no markup survives plain_text
        )
    except Exception:  # feedparser lets many kinds of error through on broken input
        raise PermanentError("feed.unreadable", host=host) from None
    if not found.get("version") and not found.entries:
        raise PermanentError("feed.not_a_feed", host=host)
    title = clamp(_text(found.feed, "title"), 100)
    lang = str(found.feed.get("language") or "")
    mentions: dict[str, Mention] = {}
    rejected: list[RowProblem] = []
    damaged = bool(found.bozo) and isinstance(found.get("bozo_exception"), SAXParseException)
    entries = found.entries[:PAGE_LIMIT]
    if damaged and not _LAST_TAG.search(body[-200:].replace(b"\0", b"")):
        entries = entries[:-1]  # cut in its middle; it comes whole next time
    for number, entry in enumerate(entries, start=1):
        mention = _mention(entry, account, url, title, lang, now)
        known = mentions.setdefault(mention.native_id, mention)
        if known is not mention and (known.text, known.url) != (mention.text, mention.url):
            rejected.append(RowProblem(row=number, key="importing.feed.repeated_id"))
    if damaged:
        rejected.append(RowProblem(row=max(len(entries), 1), key="importing.feed.damaged"))
    if len(found.entries) > PAGE_LIMIT:
        limit = (("n", str(PAGE_LIMIT)),)
        rejected.append(RowProblem(row=PAGE_LIMIT + 1, key="importing.feed.too_many", fields=limit))
    return Parsed(title=title, mentions=tuple(mentions.values()), rejected=tuple(rejected), damaged=damaged)


def _state(cursor: str) -> dict[str, str]:
    """The cursor's fields; one that we cannot read means a first time."""
    try:
        state = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in state.items()} if isinstance(state, dict) and state.get("v") == "1" else {}


def _checked(body: bytes, content_type: str, host: str) -> str:
    """The content type to parse with; raises ``PermanentError`` for what must not reach the parser."""
    data = body.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if not data:
        raise PermanentError("feed.empty", host=host)
    declared = _ENCODING.search(data[:500])
    charsets = [found[1] for found in [_CHARSET.search(content_type)] if found]
    charsets += [declared[1].decode("latin-1")] if declared else []
    if not data.startswith(b"<") or not all(_HONEST_CHARSET.fullmatch(name) for name in charsets[-1:]):
        raise PermanentError("feed.not_a_feed", host=host)
    bare = _COMMENT_OR_INSTRUCTION.sub(b"", data)
    root = _ROOT.search(bare)
    page = re.match(rb"\s*(<!doctype\s+html|<html)\b", bare, re.IGNORECASE)
    if page and (root is None or root.start() > 2_000):
        raise PermanentError("feed.is_page", host=host)
    first = _FIRST_TAG.search(bare)
    prolog = bare[: first.start()] if first else bare
    if re.search(rb"<!\s*(doctype|entity)", prolog, re.IGNORECASE):
        raise PermanentError("feed.entities", host=host)
    kind = content_type.partition(";")[0].strip() or "application/xml"
    header = _CHARSET.search(content_type)
    return f"{kind}; charset={header[1]}" if header and _HONEST_CHARSET.fullmatch(header[1]) else kind


def _mention(entry: Any, account: str, url: str, channel: str, lang: str, now: datetime) -> Mention:
    title, summary = _text(entry, "title"), _text(entry, "summary")
    if not summary and entry.get("content"):
        summary = _plain(entry["content"][0])
    words = summary if summary.startswith(title) else f"{title}\n{summary}".strip()
    said = _date(entry)
    doubtful = said is None or not credible(said, now)
    link = _link(url, str(entry.get("link") or ""))
    # As written: an id or link made absolute would change when the feed moves.
    native_id = str(entry.get("id") or entry.get("link") or "").strip()
    return Mention(
        source=Feed.kind,
        account=account,
        native_id=stored(native_id, 500) or fingerprint(title, str(entry.get("published", "")), summary),
        published_at=now if said is None or doubtful else said,
        fetched_at=now,
        text=stored(words),
        author=stored(str(entry.get("author") or "").strip(), AUTHOR_LIMIT),
        channel=channel,
        lang=language(str(entry.get("language") or lang)),
        url=link,
        date_doubtful=doubtful,
    )


def _link(url: str, link: str) -> str:
    try:
        return safe_link(urljoin(url, link)) if link else ""
    except ValueError:
        return ""


def _text(holder: Any, name: str) -> str:
    """A field as plain words: markup is taken out where the feed says, or feedparser sees, that it is markup."""
    detail = holder.get(f"{name}_detail") or {"value": holder.get(name) or ""}
    return _plain(detail)


def _plain(detail: Any) -> str:
    value = str(detail.get("value") or "")
    return value.strip() if detail.get("type") == "text/plain" and "<" not in value else plain_text(value)


def _date(entry: Any) -> datetime | None:
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        if name not in entry:
            continue  # feedparser would answer with another field, and a warning
        try:
            return datetime.fromtimestamp(calendar.timegm(entry[name]), UTC)
        except (ValueError, OverflowError, OSError, TypeError):
            continue
    return None
