"""Walking back through a source that gives the newest first, so that nothing is lost and nothing doubled.

A page holds the newest items, its token leads to older ones. The mark ``low`` (everything up to it is ours) moves up to
the newest item seen **only when a walk has come down to it**: a walk that is cut off goes on from its token. A walk
ends below ``low`` by the source's *overlap*, because a source may index an item later than newer ones. Doubles are
harmless: the data file counts each native id once.

The instants are the source's own (when it indexed an item), never an author's claim: one post dated 2099 would end
every later walk at its first page, one dated 1970 this one.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from crisisdesk.connectors.fields import Reading
from crisisdesk.model.errors import PermanentError
from crisisdesk.model.mention import Gap, Page
from crisisdesk.model.source import Budget, Limits, Tombstone

if TYPE_CHECKING:
    from crisisdesk.web import Web

VERSION: Final = 2
FIRST: Final = timedelta(hours=24)
"""How far back the first walk goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where a source stands.

    Attributes:
        low: everything published up to here is ours; ``None`` before the first walk ended.
        floor: how far down the walk under way goes; ``None`` while none is.
        top: the newest instant of the walk under way.
        token: where the walk under way goes on.
    """

    low: datetime | None = None
    floor: datetime | None = None
    top: datetime | None = None
    token: str = ""

    @property
    def under_way(self) -> bool:
        """Whether a walk was begun and has not come down yet."""
        return bool(self.token)

    def text(self) -> str:
        """As a cursor."""
        fields = {"low": _text(self.low), "floor": _text(self.floor), "top": _text(self.top), "token": self.token}
        return json.dumps({"v": VERSION, **{k: v for k, v in fields.items() if v}})


def read(cursor: str) -> Walk:
    """The walk in a cursor; one that cannot be read means a first time, which loses nothing."""
    try:
        value = json.loads(cursor) if cursor else {}
        if not isinstance(value, dict) or value.get("v") != VERSION:
            return Walk()
        token = value.get("token", "")
        return Walk(
            low=_instant(value.get("low")),
            floor=_instant(value.get("floor")),
            top=_instant(value.get("top")),
            token=token if isinstance(token, str) else "",
        )
    except (ValueError, TypeError):
        return Walk()


def begin(walk: Walk, now: datetime, *, overlap: timedelta, first: timedelta) -> Walk:
    """The walk to ask with: the one under way, or a new one down to ``low - overlap`` (``now - first`` at first)."""
    if walk.under_way:
        return walk
    floor = now - first if walk.low is None else walk.low - overlap
    return Walk(low=walk.low, floor=floor)


def step(walk: Walk, indexed: Sequence[datetime], token: str, now: datetime) -> tuple[Walk, bool]:
    """The walk after a page with items ``indexed``, whose older neighbour is ``token`` (``""`` = no more).

    A source's clock that runs ahead of ``now`` does not count.

    Returns:
        the walk to store in the page's own transaction, and whether it came down (no further page is wanted).
    """
    assert walk.floor is not None
    newest = max((min(at, now) for at in (*indexed, walk.top) if at), default=None)
    # An empty page with a token is not the end: some sources filter after they page.
    below = bool(indexed) and min(indexed) < walk.floor
    if token and not below:
        return Walk(low=walk.low, floor=walk.floor, top=newest, token=token), False
    low = max((at for at in (walk.low, newest) if at), default=None)
    return Walk(low=low), True


def lost(walk: Walk, indexed: Sequence[datetime]) -> tuple[datetime, datetime] | None:
    """The stretch that a source of limited depth or memory could not tell: for its last page, the one without a token.

    It lies between what was ours before and the oldest item given; ``None`` where the walk came down to what was ours.
    """
    if walk.low is None or not indexed:
        return None
    oldest = min(indexed)
    return (walk.low, oldest) if oldest > walk.low else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer of a newest-first source.

    Attributes:
        reading: its mentions.
        indexed: the source's own instant of every item, also of those that are none of ours.
        token: leads to older ones; ``""`` where there are none.
        tombstones: mentions that are gone.
        budget: what is left of the allowance.
    """

    reading: Reading
    indexed: Sequence[datetime]
    token: str = ""
    tombstones: Sequence[Tombstone] = ()
    budget: Budget | None = None


class Walker(ABC):
    """A newest-first source: says how to ask, the walk is done here."""

    kind: ClassVar[str]
    limits: ClassVar[Limits]
    overlap: ClassVar[timedelta]

    @property
    @abstractmethod
    def account(self) -> str:
        """Mention.account of everything that it finds."""

    @abstractmethod
    async def ask(self, web: Web, here: Walk, now: datetime) -> Told:
        """The page at ``here.token`` (the newest where it is empty); raises a ``WebError``."""

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """The next page of the walk."""
        here = begin(read(cursor), now, overlap=self.overlap, first=FIRST)
        try:
            told = await self.ask(web, here, now)
        except PermanentError:
            if not here.under_way:
                raise
            # The token has become worthless. Nothing is lost: the mark has not moved, and the walk begins again.
            return Page(source=self.kind, account=self.account, cursor=Walk(low=here.low).text())
        after, done = step(here, told.indexed, told.token, now)
        limited = self.limits.depth is not None or self.limits.lookback is not None
        hole = lost(here, told.indexed) if limited and not told.token else None
        reason = "sources.gap.depth" if self.limits.depth is not None else "sources.gap.forgotten"
        return Page(
            source=self.kind,
            account=self.account,
            mentions=tuple(told.reading.mentions),
            rejected=tuple(told.reading.rejected),
            cursor=after.text(),
            checked=now if done else None,
            tombstones=tuple(told.tombstones),
            gaps=(Gap(f"{self.kind}:{self.account}", *hole, reason),) if hole else (),
            more=not done,
            budget=told.budget,
        )


def _text(instant: datetime | None) -> str:
    return "" if instant is None else instant.astimezone(UTC).isoformat()


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    instant = datetime.fromisoformat(value)
    return instant if instant.tzinfo else None
