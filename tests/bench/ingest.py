"""From the bytes of a page to committed mentions: ``packaging/dev.py bench ingest [--rounds N] [--count N] [--json]``.

The way of every mention, whole: the JSON body of an answer, as a server sends it, read by its connector; normalised,
judged, stored, counted by minute, the source's cursor and health kept, alerts looked at; committed to SQLite with WAL
and ``synchronous=FULL``. It runs through the desk's own watch (``desk.sources.poll``): each page is a commit, a rise is
looked for at the end of a beat, which is at most 20 pages. Only the network is left out: a stand-in for the web client
hands out bodies that were made before the clock starts. No window is open, the file begins empty and grows.

* ``mastodon``: pages of 40, as large as that API gives. The rich HTML of a post has to be read.
* ``jsonhttp``: pages of 500 short items, as of a service of one's own; each is a beat.

Each round is a new data file; shown are the median and the slowest round, and ``lost``: mentions sent less those stored
and those counted. Mentions are of the last two minutes (a storm), all different; every fourth is a complaint.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from crisisdesk.app import build_desk
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store.schema import mention, minute_count
from crisisdesk.store.sources import source_row
from crisisdesk.web import Answer, Web
from tests.bench.storm import SAID

SERVER = "https://bench.invalid"
SPREAD = timedelta(minutes=2)


class Bodies(Web):
    """A web client whose answers are there already, in turn; after the last one they are empty."""

    def __init__(self, bodies: list[bytes]) -> None:
        super().__init__()
        self._bodies = bodies[::-1]

    def left(self) -> int:
        """Bodies that nobody has asked for yet."""
        return len(self._bodies)

    async def get(self, url: str, **_: Any) -> Answer:
        """The next body."""
        body = self._bodies.pop() if self._bodies else b"[]"
        return Answer(status=200, headers={"content-type": "application/json"}, body=body, url=url)


def status(n: int, at: datetime) -> dict[str, Any]:
    """A post as Mastodon gives it, with the parts that nobody reads."""
    words = SAID[n % len(SAID)].format(n=n)
    who, tag = n % 4_001, f"{SERVER}/tags/marca"
    content = f'<p>{words} <a href="{tag}" class="mention hashtag" rel="tag">#<span>marca</span></a></p>'
    return {
        "id": str(10**17 + n),
        "created_at": at.isoformat().replace("+00:00", "Z"),
        "in_reply_to_id": None, "in_reply_to_account_id": None, "sensitive": False, "spoiler_text": "",
        "visibility": "public", "language": "es", "uri": f"{SERVER}/users/p{who}/statuses/{n}",
        "url": f"{SERVER}/@p{who}/{n}", "replies_count": n % 3, "reblogs_count": n % 5, "favourites_count": n % 7,
        "edited_at": None, "content": content, "reblog": None,
        "application": {"name": "Web", "website": None},
        "account": {
            "id": str(who), "username": f"p{who}", "acct": f"p{who}", "display_name": f"Persona {who}",
            "locked": False, "bot": False, "discoverable": True, "group": False, "created_at": "2022-11-05T00:00:00Z",
            "note": "<p>Vecina de la colonia. Opiniones propias.</p>", "url": f"{SERVER}/@p{who}",
            "avatar": f"{SERVER}/a/{who}.png", "header": f"{SERVER}/h/{who}.png", "followers_count": who,
            "following_count": 12, "statuses_count": 400, "last_status_at": "2026-11-22", "emojis": [], "fields": [],
        },
        "media_attachments": [], "mentions": [], "tags": [{"name": "marca", "url": tag}], "emojis": [], "card": None,
        "poll": None,
    }  # fmt: skip


def item(n: int, at: datetime) -> dict[str, Any]:
    """An item of a service of one's own."""
    words = SAID[n % len(SAID)].format(n=n)
    return {"id": n, "text": words, "time": at.isoformat(), "author": f"p{n % 4_001}", "link": f"{SERVER}/i/{n}"}


WAYS: dict[str, tuple[int, Any, dict[str, str]]] = {
    "mastodon": (40, status, {"base_url": SERVER, "hashtags": "marca"}),
    "jsonhttp": (
        500,
        item,
        {"address": f"{SERVER}/list", "time": "time", "author": "author", "link": "link"},
    ),
}


def one_round(folder: Path, kind: str, count: int) -> tuple[float, int]:
    """Mentions a second into a new data file, and how many are missing."""
    size, make, settings = WAYS[kind]
    now = datetime.now(UTC)
    count -= count % size
    times = [now - SPREAD * (1 - n / count) for n in range(count)]
    bodies = [
        json.dumps([make(n, times[n]) for n in range(first, first + size)]).encode()
        for first in range(0, count, size)
    ]
    desk = build_desk(Settings(zone="America/Mexico_City"), profile(folder))
    try:
        account = desk.sources.add(kind, settings, {})
        with desk.core.write() as tx:
            safe = [tx.connection.execute(text(f"PRAGMA {p}")).scalar_one() for p in ("journal_mode", "synchronous")]
        assert safe == ["wal", 2], safe

        async def take_all() -> float:
            web = Bodies(bodies)
            began = time.perf_counter()
            while web.left():
                with desk.core.read() as connection:
                    row = source_row(connection, kind, account)
                assert row is not None
                await desk.sources.poll(row, web)
            return time.perf_counter() - began

        took = asyncio.run(take_all())
        with desk.core.read() as connection:
            stored = connection.execute(select(func.count()).select_from(mention)).scalar_one()
            counted = connection.execute(select(func.sum(minute_count.c.total))).scalar_one()
    finally:
        desk.close()
    return count / took, abs(count - stored) + abs(count - int(counted))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=10_000, help="mentions of one round")
    args = parser.parse_args()
    result: dict[str, Any] = {}
    for kind, (size, _, _) in WAYS.items():
        rounds = []
        for _ in range(args.rounds):
            with tempfile.TemporaryDirectory() as folder:
                rounds.append(one_round(Path(folder), kind, args.count))
        rates = [rate for rate, _ in rounds]
        result[kind] = {
            "page": size,
            "median_per_s": round(statistics.median(rates)),
            "slowest_per_s": round(min(rates)),
            "lost": sum(missing for _, missing in rounds),
        }
    if args.json:
        print(json.dumps(result, indent=2))
        return
    for kind, told in result.items():
        print(f"{kind:<12}" + "  ".join(f"{name} {value}" for name, value in told.items()))


if __name__ == "__main__":
    main()
