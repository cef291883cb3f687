"""Bluesky's Jetstream (v1): every public post of the network as JSON over a WebSocket, filtered here.

It is heavy (all posts of everybody), so it runs only when a person switches it on, for a crisis. It knows people by
their DID and not by their handle. An older cursor than it keeps is moved on in silence, which is why the search polls
besides.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, Final

from crisisdesk.connectors.fields import Reading, at, instant, whole, words
from crisisdesk.model.errors import WebError
from crisisdesk.model.mention import Page
from crisisdesk.model.received import of_stream
from crisisdesk.model.source import Query, Tombstone
from crisisdesk.query import matches
from crisisdesk.wire import BadJson, json_value

POST: Final = "app.bsky.feed.post"
REWIND: Final = 5_000_000
"""Microseconds that are heard again after a break."""
REMEMBERED: Final = 50_000
"""Posts of ours whose deletion is recognised."""


class Jetstream:
    """What has been heard so far: where to go on, and which posts are ours."""

    def __init__(self, kind: str, account: str, query: Query, url: str = "") -> None:
        self._kind = kind
        self._account = account
        self._query = query
        self._url = url
        self._ours: OrderedDict[str, None] = OrderedDict()
        self.heard = 0

    def params(self) -> str:
        """The query part of the address to begin or to go on with."""
        wanted = f"?wantedCollections={POST}"
        return f"{wanted}&cursor={self.heard - REWIND}" if self.heard > REWIND else wanted

    def page(self, frames: Sequence[str], now: datetime) -> Page | None:
        """What frames hold for us; ``None`` when it is nothing. A frame that is no JSON object is a rejected row."""
        reading, gone, ours = Reading(self._kind, self._account, now), list[Tombstone](), list[str]()
        for frame in frames:
            try:
                value = json_value(frame.encode("utf-8", "replace"))
            except BadJson:
                value = None
            if not isinstance(value, dict):
                reading.reject()
                continue
            self.heard = max(self.heard, min(whole(value, "time_us") or 0, int(now.timestamp() * 1e6)))
            known = len(reading.mentions)
            self._take(value, reading, gone, now)
            if len(reading.mentions) > known:
                ours.append(frame)
        if not (reading.mentions or reading.rejected or gone):
            return None
        last = {mention.native_id: mention for mention in reading.mentions}
        return Page(
            source=self._kind,
            account=self._account,
            mentions=tuple(last.values()),
            rejected=tuple(reading.rejected),
            tombstones=tuple(gone),
            received=of_stream(self._url, ours, now),
        )

    def _take(self, value: dict[str, Any], reading: Reading, gone: list[Tombstone], now: datetime) -> None:
        commit = at(value, "commit")
        if words(value, "kind") != "commit" or words(commit, "collection") != POST:
            return
        did = words(value, "did")
        uri = f"at://{did}/{POST}/{words(commit, 'rkey')}"
        if words(commit, "operation") == "delete":
            if self._ours.pop(uri, 0) is None:
                gone.append(Tombstone(self._kind, self._account, uri, now))
            return
        text, lang = words(commit, "record", "text"), words(commit, "record", "langs", 0)
        if not matches(self._query, text, lang.partition("-")[0].lower()):
            return
        self._ours[uri] = None
        if len(self._ours) > REMEMBERED:
            self._ours.popitem(last=False)
        own = {"uri": uri, "cid": words(commit, "cid")}
        parent, root = at(commit, "record", "reply", "parent"), at(commit, "record", "reply", "root")
        reading.add(
            uri,
            instant(commit, "record", "createdAt"),
            text,
            author=did,
            author_id=did,
            channel="Bluesky",
            lang=lang,
            url=link_of(uri),
            version=own["cid"],
            parent_id=words(parent, "uri"),
            reference=json.dumps({"root": root if isinstance(root, dict) else own, "parent": own}),
        )


async def batches(source: AsyncGenerator[str, None], most: int) -> AsyncGenerator[list[str], None]:
    """What has come while the reader was busy, at most ``most`` at once; when a thousand wait, the source waits."""
    waiting: asyncio.Queue[str | WebError | None] = asyncio.Queue(1_000)

    async def fill() -> None:
        try:
            async with aclosing(source):
                async for item in source:
                    await waiting.put(item)
            await waiting.put(None)
        except WebError as error:
            await waiting.put(error)

    filling = asyncio.create_task(fill())
    try:
        while True:
            found = [await waiting.get()]
            while not waiting.empty() and len(found) < most:
                found.append(waiting.get_nowait())
            told = [item for item in found if isinstance(item, str)]
            if told:
                yield told
            if isinstance(found[-1], WebError):
                raise found[-1]
            if found[-1] is None:
                return
    finally:
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)


def link_of(uri: str) -> str:
    """The page of a post by its ``at://`` address."""
    found = re.fullmatch(r"at://(did:[a-z0-9:.%-]{1,200})/app\.bsky\.feed\.post/([A-Za-z0-9._~:-]{1,64})", uri)
    return f"https://bsky.app/profile/{found[1]}/post/{found[2]}" if found else ""
