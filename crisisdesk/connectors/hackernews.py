"""Hacker News through its public search: stories and comments, newest first, no key.

Known: 10,000 questions an hour for an address, at most 1,000 items for one question (so time is sliced), items are
searchable some minutes late. There is no way to answer but the page itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from crisisdesk.connectors.base import option
from crisisdesk.connectors.fields import Reading, instant, joined, objects, rows, whole, words
from crisisdesk.connectors.walk import Told, Walk, Walker
from crisisdesk.markup import plain_text
from crisisdesk.model.source import Limits, Query
from crisisdesk.query import matches

if TYPE_CHECKING:
    from crisisdesk.web import Web

PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HackerNewsSettings:
    """Where its search lives."""

    base_url: str = option("https://hn.algolia.com", required=True)
    allow_private: frozenset[str] = frozenset()


class HackerNews(Walker):
    """Stories and comments that speak of what we listen for."""

    kind: ClassVar[str] = "hackernews"
    Settings: ClassVar[type[Any]] = HackerNewsSettings
    limits: ClassVar[Limits] = Limits(pace=120.0)
    overlap: ClassVar[timedelta] = timedelta(minutes=10)

    def __init__(self, settings: HackerNewsSettings, query: Query = Query()) -> None:
        self._settings = settings
        self._query = query

    @property
    def account(self) -> str:
        """There is one Hacker News."""
        return "news.ycombinator.com"

    async def ask(self, web: Web, here: Walk, now: datetime) -> Told:
        """A slice of time; the token is the oldest second seen, asked for again."""
        from crisisdesk.web import json_of

        assert here.floor is not None
        filters = [f"created_at_i>={int(here.floor.timestamp())}"]
        filters += [f"created_at_i<={int(here.token)}"] if here.token.isdigit() else []
        wanted = [*self._query.terms, *(f'"{p}"' for p in self._query.phrases), *self._query.handles]
        answer = await web.get(
            f"{self._settings.base_url.rstrip('/')}/api/v1/search_by_date",
            params={
                "query": self._query.native or " ".join(wanted),
                "optionalWords": "" if self._query.native else ",".join(wanted),
                "tags": "(story,comment)",
                "numericFilters": ",".join(filters),
                "hitsPerPage": str(PAGE),
            },
            allow_private=self._settings.allow_private,
        )
        value = json_of(answer)
        reading, indexed = parse(value, self._query, self.account, now)
        token = ""
        if len(rows(value, "hits")) >= PAGE and indexed:
            oldest = int(min(indexed).timestamp())
            # A second with a whole page of items: the next slice must still go down.
            token = str(oldest if str(oldest) != here.token else oldest - 1)
        return Told(reading=reading, indexed=indexed, token=token)


def parse(value: Any, query: Query, account: str, now: datetime) -> tuple[Reading, list[datetime]]:
    """Mentions of an answer of ``search_by_date``; all of them where ``query`` asks for nothing."""
    reading, indexed = Reading(HackerNews.kind, account, now), list[datetime]()
    for hit in objects(rows(value, "hits")):
        said = instant(hit, "created_at_i") or instant(hit, "created_at")
        if said is not None:
            indexed.append(said.astimezone(UTC))
        body = plain_text(words(hit, "comment_text") or words(hit, "story_text"))
        text = joined(words(hit, "title"), body) or words(hit, "url")
        plain = Query(terms=query.terms, phrases=query.phrases, exclude=query.exclude)
        if plain and not query.native and not matches(plain, text):
            continue
        native_id = words(hit, "objectID")
        reading.add(
            native_id,
            said,
            text,
            author=words(hit, "author"),
            author_id=words(hit, "author"),
            channel="Hacker News",
            url=f"https://news.ycombinator.com/item?id={native_id}" if native_id.isdigit() else "",
            parent_id=words(hit, "parent_id"),
            likes=whole(hit, "points"),
        )
    return reading, indexed


CONNECTOR = HackerNews
