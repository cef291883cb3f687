"""A mention as a source gave it becomes one that the desk can store: bounded, encodable, with a credible date."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from crisisdesk.model.mention import Mention

TEXT_LIMIT: Final = 100_000
NAME_LIMIT: Final = 200
ID_LIMIT: Final = 500
URL_LIMIT: Final = 2_000
EARLIEST: Final = datetime(2005, 1, 1, tzinfo=UTC)
"""Before it there was no public conversation that a desk could have heard: the date is a mistake."""
AHEAD: Final = timedelta(minutes=10)
"""How far a source's clock may run ahead of ours."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_IN_ADDRESS = re.compile(r"[\s\x00-\x20\x7f<>\"\\^`{|}\ud800-\udfff]")
_LANG = re.compile(r"[a-z]{2,3}\Z")


def normalise(mention: Mention) -> Mention:
    """The mention as it is stored.

    Raises:
        ValueError: an instant without a time zone; a connector must know its own.
    """
    for instant in (mention.published_at, mention.fetched_at):
        if instant.tzinfo is None or instant.utcoffset() is None:
            raise ValueError(f"instant without a time zone: {instant.isoformat()}")
    fetched = mention.fetched_at.astimezone(UTC)
    published, doubtful = _credible(mention.published_at, fetched, mention.date_doubtful)
    return replace(
        mention,
        source=_name(mention.source),
        account=_clean(mention.account)[:ID_LIMIT],
        native_id=_clean(mention.native_id)[:ID_LIMIT],
        published_at=published,
        fetched_at=fetched,
        text=_clean(mention.text[:TEXT_LIMIT]),
        author=_name(mention.author),
        channel=_name(mention.channel),
        lang=_language(mention.lang),
        url=_address(mention.url),
        likes=_amount(mention.likes),
        reposts=_amount(mention.reposts),
        followers=_amount(mention.followers),
        date_doubtful=doubtful,
    )


def _clean(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _name(text: str) -> str:
    return " ".join(_clean(text[: 4 * NAME_LIMIT]).split())[:NAME_LIMIT]


def _credible(published: datetime, fetched: datetime, doubtful: bool) -> tuple[datetime, bool]:
    try:
        instant = published.astimezone(UTC)
    except (OverflowError, ValueError):  # the year 1 or 9999 in a zone that leads out of the calendar
        return fetched, True
    if instant < EARLIEST or instant > fetched + AHEAD:
        return fetched, True
    return instant, doubtful


def _language(tag: str) -> str:
    primary = tag[:35].strip().lower().replace("_", "-").partition("-")[0]
    return primary if _LANG.match(primary) and primary != "und" else ""


def _address(url: str) -> str:
    """The address if it is http(s) with a host and without credentials, else nothing."""
    address = url.strip()
    if not address or len(address) > URL_LIMIT or _IN_ADDRESS.search(address):
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname
        parts.port  # noqa: B018 - raises on a port that is none
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    return address


def _amount(value: int | None) -> int | None:
    return None if value is None or value < 0 else min(value, 2**53)
