"""The inbox over a million mentions: ``packaging/dev.py bench inbox [--count N] [--json]``.

The data file is made in a temporary folder: random sentences of a small vocabulary over ten days, with rare words
strewn in, written straight into the tables and indexed once (that time is not shown). A fifth is folded: a storm
of 90,000 copies near the end, one person's flood, groups of ten. Then, in milliseconds:

* ``open``: the page is made and shown on the real desk until its first rows are painted;
* ``stall``: scrolling to the end of what is held, ``--screens`` times, with what is fetched then: the longest time in
  which the window's thread did not come round;
* ``hostile``: the slowest of the hostile texts of ../shared/payloads in the table and beside it, until painted (if they
  are there);
* ``search.*``, ``filter.*``, ``page.*``: one question of the page, the slowest of three; ``overdue``: the backlog.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crisisdesk.app import Desk, build_desk
from crisisdesk.model.inbox import MINE, Fold, Reply, Sought
from crisisdesk.model.mention import Sentiment
from crisisdesk.paths import profile
from crisisdesk.settings import Settings

SPAN = timedelta(days=10)
COMMON = "sin señal en el centro de la ciudad desde esta mañana y nadie contesta por qué otra vez gracias".split()
ODD = [f"palabra{n}" for n in range(3_000)]
TYPES = ("servicio", "cuando", "prensa", "elogio", "")


def fill(path: Path, count: int) -> None:
    """Write ``count`` mentions and index them."""
    luck = random.Random(7)
    now = datetime.now(UTC)
    first = int((now - SPAN).timestamp() * 1e6)
    step = int(SPAN.total_seconds() * 1e6) // count
    names = (
        "source account native_id published_at fetched_at text author author_id channel is_repost date_doubtful "
        "type sentiment complaint safety words language followers fold"
    ).split()

    def rows() -> Any:
        for n in range(count):
            words = luck.choices(COMMON, k=14) + luck.choices(ODD, k=2)
            if n % 10_000 == 1:
                words.append("helicóptero")
            if n < count // 20:
                words.append("antiguo")
            mood = luck.choice(("negative", "neutral", "positive"))
            at = first + n * step
            yield (
                luck.choice(("x", "mastodon", "feed")), "marca", str(n), at, at, " ".join(words),
                f"persona {n % 90_000}", str(n % 90_000), "x", n % 9 == 0, False, luck.choice(TYPES), mood,
                mood == "negative", n % 5_000 == 0,
                "[]", luck.choice(("es", "es", "en")), n % 4_000, fold(n, count),
            )  # fmt: skip

    raw = sqlite3.connect(path)
    raw.execute("PRAGMA synchronous=OFF")
    marks = ", ".join("?" * len(names))
    raw.executemany(f"INSERT INTO mention ({', '.join(names)}) VALUES ({marks})", rows())
    raw.execute("INSERT INTO mention_text(mention_text) VALUES ('rebuild')")
    raw.commit()
    raw.close()


def fold(n: int, count: int) -> int | None:
    """What the mention in place ``n`` is folded with: a storm of copies, a flood, nine others, or nothing."""
    if count * 89 // 100 <= n < count * 99 // 100 and n % 10:
        return 1 + count * 89 // 100
    if n > count * 99 // 100 and n % 10 == 5:
        return -(1 + count * 99 // 100)
    return 1 + n // 100 * 100 if n % 10 == 3 else None


def slowest(ask: Callable[[], object], times: int = 3) -> float:
    """Milliseconds of the slowest of some tries."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return round(max(took) * 1000, 1)


def questions(desk: Desk, count: int) -> dict[str, float]:
    """What the page asks the store."""
    told: dict[str, float] = {}
    wanted = {
        "search.rare": Sought(search="helicoptero"), "search.some": Sought(search="palabra77"),
        "search.frequent": Sought(search="senal"), "search.beginning": Sought(search="palabra29*"),
        "search.phrase": Sought(search='"sin señal"'), "search.two": Sought(search="señal nadie"),
        "search.old": Sought(search="antiguo"), "search.none": Sought(search="zeppelin"),
        "search.filtered": Sought(search="señal", type="prensa", sentiment=Sentiment.NEGATIVE),
        "filter.none": Sought(), "filter.type": Sought(type="prensa"), "filter.nothing": Sought(type="no_such"),
        "filter.safety": Sought(safety=True), "filter.open": Sought(reply=Reply.OPEN),
        "filter.overdue": Sought(reply=Reply.OVERDUE), "filter.author": Sought(author=("x", "77")),
        "filter.nobody": Sought(assignee=""), "filter.mine": Sought(assignee=MINE), "filter.hours": Sought(hours=4),
        "filter.language": Sought(language="en", sentiment=Sentiment.POSITIVE),
    }  # fmt: skip
    for name, sought in wanted.items():
        told[name] = slowest(lambda sought=sought: desk.mentions.window(sought=sought))  # type: ignore[misc]
    with desk.core.read() as connection:
        first = "SELECT id FROM mention ORDER BY published_at LIMIT 1"
        old = connection.exec_driver_sql(first).scalar_one() + 5000
    told["page.deep"] = slowest(lambda: desk.mentions.window(before=old))
    told["page.deep_search"] = slowest(lambda: desk.mentions.window(before=old, sought=Sought(search="señal")))
    storm = Fold(fold(count * 90 // 100 + 1, count) or 0, False)
    told["danger"] = slowest(desk.mentions.danger)
    told["fold.open"] = slowest(lambda: desk.mentions.members(storm))
    told["fold.people"] = slowest(lambda: desk.replies.state_of(storm))
    told["count"] = slowest(desk.mentions.count)
    told["overdue"] = slowest(desk.reply_clock.backlog)
    return told


def hostile(page: Any) -> dict[str, float]:
    """The slowest hostile text in the table and beside it."""
    found = [folder / "shared" / "payloads" / "mention_texts.json" for folder in Path(__file__).parents]
    file = next((one for one in found if one.exists()), None)
    if file is None:
        return {}
    row, model, took = page.table.model().row_at(0), page.table.model(), 0.0
    for text in json.loads(file.read_text("utf-8")):
        shown = replace(row, mention=replace(row.mention, text=text, author=text, url=text))
        began = time.perf_counter()
        model.show([shown])
        page.table.select(0)
        page.side.show_row(shown, model.look())
        page.grab()
        took = max(took, time.perf_counter() - began)
    return {"hostile": round(took * 1000, 1)}


def window(desk: Desk, screens: int) -> dict[str, float]:
    """Opening the page and scrolling it."""
    from PySide6.QtWidgets import QApplication

    from crisisdesk.texts import Texts
    from ui.bridge import Bridge
    from ui.context import Context
    from ui.pages.inbox import InboxPage
    from ui.theme import Theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = Theme("light")
    theme.apply(app, "light")
    bridge = Bridge(desk.bus)
    context = Context(desk, bridge, Texts("es"), theme, lambda _n: None, lambda *_a: None, lambda _s: None)  # type: ignore[arg-type]

    def turn() -> float:
        began = time.perf_counter()
        app.processEvents()
        return time.perf_counter() - began

    began = time.perf_counter()
    page = InboxPage(context)
    page.resize(1302, 682)
    page.show()
    model = page.table.model()
    while not model.rowCount():
        turn()
        time.sleep(0.001)
    page.grab()
    opened = time.perf_counter() - began
    longest, bar = 0.0, page.table.verticalScrollBar()
    for _ in range(screens):
        held = model.rowCount()
        at = time.perf_counter()
        bar.setValue(bar.maximum())
        page.table.viewport().repaint()
        longest = max(longest, time.perf_counter() - at)
        until = time.perf_counter() + 2
        while model.rowCount() == held and time.perf_counter() < until:
            longest = max(longest, turn())
            time.sleep(0.001)
    held = model.rowCount()
    told = {"open": round(opened * 1000, 1), "stall": round(longest * 1000, 1), "rows_held": held}
    told |= hostile(page)
    bridge.close()
    page.deleteLater()
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--count", type=int, default=1_000_000, help="mentions in the file")
    parser.add_argument("--screens", type=int, default=30, help="times that the end is scrolled to")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = profile(Path(folder))
        settings = Settings(zone="America/Mexico_City")
        build_desk(settings, paths).close()
        fill(paths.database, args.count)
        desk = build_desk(settings, paths)
        try:
            told = window(desk, args.screens) | questions(desk, args.count)
        finally:
            desk.close()
    if args.json:
        print(json.dumps(told, indent=2))
        return
    for name, value in told.items():
        print(f"{name:<20}{value:>10}")


if __name__ == "__main__":
    main()
