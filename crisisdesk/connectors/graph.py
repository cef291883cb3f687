"""Meta's Graph API, as far as Facebook pages and Instagram accounts have it in common.

Posts and what people write under them are a tree, and its order cannot be trusted («ranked»). So one round looks at
the newest posts with their newest comments, follows every branch until it is older than the mark, and only then moves
the mark. A round that is cut off goes on with the branches that are left. Comments under posts that are not among the
newest :data:`POSTS` are not seen.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from crisisdesk.connectors.fields import Reading, at, instant, objects, rows, whole, words
from crisisdesk.connectors.sending import body_of, send, taken
from crisisdesk.connectors.walk import FIRST
from crisisdesk.model.errors import AuthError, NotAllowedError, PermanentError, RateLimitedError, TransientError
from crisisdesk.model.mention import Page
from crisisdesk.model.source import Budget, Limits, Receipt, ReplyPlan

if TYPE_CHECKING:
    from crisisdesk.web import Answer, Web

POSTS: Final = 25
COMMENTS: Final = 100
VERSION: Final = 1
_SAID_IN_THE_BODY: Final = frozenset({400, 403, 404})
_RATE: Final = frozenset({4, 17, 32, 613, 80001, 80002, 80006})


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Where the tree stands: the mark, and of the round under way its newest instant and the branches left."""

    low: datetime | None = None
    floor: datetime | None = None
    top: datetime | None = None
    left: tuple[tuple[str, str], ...] = field(default_factory=tuple)

    @staticmethod
    def read(cursor: str) -> Round:
        """The round in a cursor; one that cannot be read means a first time."""
        try:
            value = json.loads(cursor) if cursor else None
        except ValueError:
            value = None
        if at(value, "v") != VERSION:
            return Round()
        left = [(words(pair, 0), words(pair, 1)) for pair in rows(value, "left")]
        return Round(
            low=instant(value, "low"), floor=instant(value, "floor"), top=instant(value, "top"), left=tuple(left)
        )

    def text(self) -> str:
        """As a cursor."""
        times = {"low": self.low, "floor": self.floor, "top": self.top}
        told = {name: at_.isoformat() for name, at_ in times.items() if at_}
        return json.dumps({"v": VERSION, **told, "left": [list(pair) for pair in self.left]})


class Graph(ABC):
    """An account whose posts people answer."""

    kind: ClassVar[str]
    limits: ClassVar[Limits]
    overlap: ClassVar[timedelta] = timedelta(minutes=15)
    version: ClassVar[str] = "v26.0"

    base: str
    token: str
    allow_private: frozenset[str]

    @property
    @abstractmethod
    def account(self) -> str:
        """Mention.account of everything that it finds."""

    @abstractmethod
    def trunk(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        """(path, parameters) of what a round begins with."""

    @abstractmethod
    def branch(self, post: str) -> tuple[str, Mapping[str, str]]:
        """(path, parameters) of the comments under ``post``."""

    @abstractmethod
    def take(self, reading: Reading, item: Mapping[str, Any], parent: str) -> None:
        """One post or comment as a mention, or nothing where it is the brand's own."""

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """One step of the round: its beginning, or one branch."""
        here = Round.read(cursor)
        reading, left, seen = Reading(self.kind, self.account, now), list(here.left), list[datetime]()
        budget: Budget | None = None
        floor = here.floor
        try:
            if floor is None:
                floor = now - FIRST if here.low is None else here.low - self.overlap
                for index, (path, params) in enumerate(self.trunk()):
                    value, budget = await self.get(web, path, params, now)
                    self._posts(reading, value, index, floor, seen, left)
            elif left:
                place, after = left.pop(0)
                budget = await self._follow(web, place, after, reading, floor, seen, left, now)
        except PermanentError:
            if here.floor is None:
                raise
            # A branch can no longer be followed: the mark has not moved, so a new round loses nothing.
            return Page(source=self.kind, account=self.account, cursor=Round(low=here.low).text())
        top = max((min(at_, now) for at_ in (*seen, here.top) if at_), default=None)
        if left:
            after_ = Round(low=here.low, floor=floor, top=top, left=tuple(left))
        else:
            after_ = Round(low=max((at_ for at_ in (here.low, top) if at_), default=None))
        return Page(
            source=self.kind,
            account=self.account,
            mentions=tuple({m.native_id: m for m in reading.mentions}.values()),
            rejected=tuple(reading.rejected),
            cursor=after_.text(),
            checked=None if left else now,
            more=bool(left),
            budget=budget,
        )

    async def _follow(
        self,
        web: Web,
        place: str,
        after: str,
        reading: Reading,
        floor: datetime,
        seen: list[datetime],
        left: list[tuple[str, str]],
        now: datetime,
    ) -> Budget | None:
        """The next page of a branch, or of the trunk (``@0``, ``@1``)."""
        if place.startswith("@"):
            index = int(place[1:])
            path, params = self.trunk()[index]
            value, budget = await self.get(web, path, {**params, "after": after}, now)
            self._posts(reading, value, index, floor, seen, left)
        else:
            path, params = self.branch(place)
            value, budget = await self.get(web, path, {**params, "after": after}, now)
            self._comments(reading, value, place, floor, seen, left)
        return budget

    def _posts(
        self,
        reading: Reading,
        value: Any,
        index: int,
        floor: datetime,
        seen: list[datetime],
        left: list[tuple[str, str]],
    ) -> None:
        fresh = False
        for post in objects(rows(value, "data")):
            said = instant(post, "created_time") or instant(post, "timestamp")
            if said is not None:
                seen.append(said)
                if said >= floor:
                    fresh = True
                    self.take(reading, post, "")
            self._comments(reading, at(post, "comments"), words(post, "id"), floor, seen, left)
        after = words(value, "paging", "cursors", "after")
        if fresh and after and at(value, "paging", "next"):
            left.append((f"@{index}", after))

    def _comments(
        self,
        reading: Reading,
        value: Any,
        post: str,
        floor: datetime,
        seen: list[datetime],
        left: list[tuple[str, str]],
    ) -> None:
        """The comments of one answer; the next page is wanted while this one held anything new."""
        fresh = False
        for comment in objects(rows(value, "data")):
            for item in (comment, *objects(rows(comment, "replies", "data"))):
                said = instant(item, "created_time") or instant(item, "timestamp")
                if said is None or said >= floor:
                    fresh = True
                    self.take(reading, item, post if item is comment else words(comment, "id"))
                if said is not None:
                    seen.append(said)
        after = words(value, "paging", "cursors", "after")
        if fresh and after and at(value, "paging", "next"):
            left.append((post, after))

    async def get(
        self, web: Web, path: str, params: Mapping[str, str], now: datetime
    ) -> tuple[Any, Budget | None]:
        """One answer and what is left of the allowance; raises what Meta's own code means."""
        answer = await web.get(
            f"{self.base}/{self.version}/{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            params=params,
            also=_SAID_IN_THE_BODY,
            allow_private=self.allow_private,
        )
        return value_of(answer, now), budget_of(answer, now)

    async def put(self, web: Web, path: str, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send a reply; the Graph knows no idempotency key."""
        answer = await send(
            web,
            f"{self.base}/{self.version}/{path}",
            plan.payload,
            headers={"Authorization": f"Bearer {self.token}"},
            also=_SAID_IN_THE_BODY,
            allow_private=self.allow_private,
        )
        taken(answer, "id", "error")
        return Receipt(words(value_of(answer, now), "id"), "", now)

    async def find(self, web: Web, path: str, params: Mapping[str, str], text: str, now: datetime) -> Receipt | None:
        """Our own words among the newest comments of ``path``."""
        value, _ = await self.get(web, path, params, now)
        for item in objects(rows(value, "data")):
            said = instant(item, "created_time") or instant(item, "timestamp")
            recent = said is None or now - said < timedelta(minutes=30)
            if recent and (words(item, "message") or words(item, "text")).split() == text.split():
                return Receipt(words(item, "id"), words(item, "permalink_url"), said or now)
        return None


def part(text: str) -> str:
    """An id as a part of a path."""
    return quote(text, safe="")


def value_of(answer: Answer, now: datetime) -> Any:
    """The answer's JSON; raises what the error's code means (often behind status 400)."""
    value = body_of(answer)
    if answer.status < 400 and at(value, "error") is None:
        return value
    code = whole(value, "error", "code")
    if code in _RATE:
        wait = _regain(answer) or 15
        later = now.astimezone(UTC) + timedelta(minutes=min(wait, 15))
        raise RateLimitedError("web.rate_limited", later, host=answer.host, seconds=min(wait, 15) * 60)
    if code == 190:
        raise AuthError("web.sign_in", host=answer.host)
    if code == 10 or (code is not None and 200 <= code <= 299) or answer.status == 403:
        raise AuthError("web.forbidden", host=answer.host)
    if code == 368:
        raise NotAllowedError("web.forbidden", host=answer.host)
    if code in (1, 2):
        raise TransientError("web.server", host=answer.host, status=answer.status)
    if answer.status == 404:
        raise PermanentError("web.not_found", host=answer.host, status=404)
    raise PermanentError("web.rejected", host=answer.host, status=answer.status)


def budget_of(answer: Answer, now: datetime) -> Budget | None:
    """The fullest of the per cents in ``X-App-Usage`` and ``X-Business-Use-Case-Usage``, as what is left of 100."""
    used = [whole(u, name) or 0 for u in _usages(answer) for name in ("call_count", "total_time", "total_cputime")]
    if not used:
        return None
    wait = _regain(answer)
    return Budget(max(100 - max(used), 0), 100, now + timedelta(minutes=wait) if wait else None)


def _regain(answer: Answer) -> int:
    """Minutes until the allowance comes back."""
    return max((whole(u, "estimated_time_to_regain_access") or 0 for u in _usages(answer)), default=0)


def _usages(answer: Answer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in ("x-app-usage", "x-business-use-case-usage"):
        try:
            value = json.loads(answer.headers.get(name, "null")[:20_000])
        except (ValueError, RecursionError):
            continue
        if name == "x-app-usage":
            found += objects([value])
        elif isinstance(value, dict):
            found += [usage for group in value.values() for usage in objects(group if isinstance(group, list) else [])]
    return found
