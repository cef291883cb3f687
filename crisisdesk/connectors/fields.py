"""Reading an answer's JSON without trusting its shape: what is not there, or is something else, is simply empty."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crisisdesk.connectors.base import AUTHOR_LIMIT, PAGE_LIMIT, credible, language, stored
from crisisdesk.connectors.dates import Dates
from crisisdesk.model.errors import PermanentError
from crisisdesk.model.mention import Mention, RowProblem
from crisisdesk.plain import safe_link

ID_LIMIT: Final = 500
_UTC: Final = ZoneInfo("UTC")


def at(value: Any, *path: str | int) -> Any:
    """The value at ``path``, or ``None``."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def words(value: Any, *path: str | int) -> str:
    """A text or a number as text at ``path``, else ``""``; nothing that is true or false is a text."""
    found = at(value, *path)
    if isinstance(found, str):
        return stored(found)
    return stored(str(found)) if isinstance(found, int | float) and not isinstance(found, bool) else ""


def whole(value: Any, *path: str | int) -> int | None:
    """A whole number at ``path``, also one written as text; else ``None``."""
    found = at(value, *path)
    if isinstance(found, bool):
        return None
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 19:
        return int(found)
    return int(found) if isinstance(found, int | float) and abs(found) < 2**63 else None


def rows(value: Any, *path: str | int) -> list[Any]:
    """A list at ``path``, at most as long as a page may be; else an empty one."""
    found = at(value, *path)
    return found[:PAGE_LIMIT] if isinstance(found, list) else []


def listed(value: Any, name: str, place: str) -> list[dict[str, Any]]:
    """The objects of the list ``name``; PermanentError when an answer of ``place`` holds no such list at all.

    For answers in which it says something that a thing is missing.
    """
    found = at(value, name)
    if not isinstance(found, list):
        raise PermanentError("web.unexpected", host=urlsplit(place).hostname or "")
    return objects(found)


def instant(value: Any, *path: str | int) -> datetime | None:
    """An instant at ``path`` in any form that services use (ISO 8601, since 1970, mail's, Twitter's)."""
    text = words(value, *path).strip()
    if not text:
        return None
    try:
        return Dates(_UTC).read(text).astimezone(UTC)
    except ValueError:
        return None


class Reading:
    """Collects the mentions of one page, and the items that could not become one.

    Args:
        kind: Mention.source.
        account: Mention.account.
        now: when the page came.
    """

    def __init__(self, kind: str, account: str, now: datetime) -> None:
        self.kind = kind
        self.account = account
        self.now = now
        self.mentions: list[Mention] = []
        self.rejected: list[RowProblem] = []
        self._row = 0

    def add(self, native_id: str, said: datetime | None, text: str, *, url: str = "", **fields: Any) -> Mention | None:
        """One item; ``said`` is the source's instant or ``None``. Without an id it is rejected, by its number."""
        self._row += 1
        if not native_id:
            self.rejected.append(RowProblem(row=self._row, key="importing.no_id"))
            return None
        doubtful = said is None or not credible(said, self.now)
        mention = Mention(
            source=self.kind,
            account=self.account,
            native_id=stored(native_id, ID_LIMIT),
            published_at=self.now if said is None or doubtful else min(said, self.now),
            fetched_at=self.now,
            text=stored(text),
            author=stored(str(fields.pop("author", "")), AUTHOR_LIMIT),
            lang=language(str(fields.pop("lang", ""))),
            url=safe_link(url),
            date_doubtful=doubtful,
            **fields,
        )
        self.mentions.append(mention)
        return mention

    def reject(self, key: str = "importing.not_object") -> None:
        """One item that is none of ours."""
        self._row += 1
        self.rejected.append(RowProblem(row=self._row, key=key))


def joined(*parts: str) -> str:
    """Parts that are not empty, each on a line of its own."""
    return "\n".join(part for part in parts if part)


def objects(items: Iterable[Any]) -> list[dict[str, Any]]:
    """The items that are objects."""
    return [item for item in items if isinstance(item, dict)]
