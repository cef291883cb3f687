"""A storm with the room open: nothing lost, nothing doubled, no stall of the window, memory that stays flat.

    packaging/dev.py bench storm [--minutes N] [--rate N] [--stored N] [--json]

Mentions arrive in pages of a quarter of a second, through the same door as every source's (``desk.ingest.page``), on a
thread of their own; one in twenty is delivered a second time, and one in a hundred was said up to eight minutes before.
The desk ticks each second, the window shows the room offscreen. What is measured:

* ``stall``: how late a precise 5 ms timer of the GUI thread fires, in milliseconds; ``calm`` is the same before the
  storm, on the same machine: what other programs take.
* ``growth_mb``: resident memory at the end less that after the first minute.
* ``lost`` and ``doubled``: mentions stored against those sent, and the counts per minute against the mentions.
* ``behind_s``: the longest time from when a page was due until it was committed.
* ``alone_per_s``: how many mentions the same door takes in pages of 500 when nothing paces it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import resource
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crisisdesk.model.mention import Mention, Page

PAGE_S = 0.25
CALM_S = 15
SAID = (
    "Llevo {n} minutos sin señal en toda la colonia, ¿alguien más?",
    "Ni llamadas ni datos desde las siete. En la web no dicen nada. {n}",
    "Otra vez caído el servicio, van {n} veces este mes",
    "¿Cuándo vuelve la red? Tengo {n} llamadas pendientes",
    "No puedo pagar con la app, error {n}",
    "Excelente atención en la tienda, gracias {n}",
    "Sin internet en la oficina, {n} personas paradas",
    "RT: sin servicio en el centro, zona {n}",
)


def memory_mb() -> float:
    """Resident memory now; the greatest so far where the system does not say."""
    path = Path("/proc/self/statm")
    if path.exists():
        return int(path.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def share(ordered: list[float], part: float) -> float:
    """The value below which ``part`` of an ascending list lies."""
    return ordered[round(part * (len(ordered) - 1))] if ordered else 0.0


def told(late: list[float]) -> dict[str, float]:
    """Stalls in milliseconds."""
    ordered = sorted(late)
    return {
        "p50_ms": round(share(ordered, 0.5), 1),
        "p99_ms": round(share(ordered, 0.99), 1),
        "max_ms": round(ordered[-1] if ordered else 0.0, 1),
    }


class Source(threading.Thread):
    """Sends pages at their times, and says what it sent."""

    def __init__(self, desk: Any, rate: int, seconds: float) -> None:
        super().__init__(name="storm")
        self._desk, self._rate, self._seconds = desk, rate, seconds
        self.sent = 0
        self.again = 0
        self.behind = 0.0
        self.error: BaseException | None = None

    def page(self, size: int, chance: random.Random, now: datetime) -> Page:
        """``size`` new mentions of the last moments, some of them delivered before."""
        rows = []
        for _ in range(size):
            n = self.sent
            self.sent += 1
            at = now - timedelta(seconds=chance.random() * (480 if n % 100 == 99 else 2))
            rows.append(
                Mention(
                    source="bench", account="storm", native_id=str(n), published_at=at, fetched_at=now,
                    text=SAID[n % len(SAID)].format(n=n), author=f"persona{chance.randrange(40_000)}",
                    channel=("mastodon", "bluesky", "x")[n % 3], is_repost=n % len(SAID) == 7,
                )
            )
        doubles = rows[: size // 20]
        self.again += len(doubles)
        return Page(source="bench", account="storm", mentions=(*rows, *doubles), checked=now)

    def run(self) -> None:
        """Until the time is over."""
        chance, begun, sent = random.Random(3), time.monotonic(), 0
        try:
            while (due := begun + sent * PAGE_S) < begun + self._seconds:
                time.sleep(max(0.0, due - time.monotonic()))
                sent += 1
                now = datetime.now(UTC)
                self._desk.ingest.page(self.page(round(self._rate * PAGE_S), chance, now))
                self.behind = max(self.behind, time.monotonic() - due)
        except BaseException as error:
            self.error = error


class Watch:
    """Notes how late the GUI thread's timer fires."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.late: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=5)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._fired)
        self._timer.start()

    def _fired(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, (now - self._last) * 1000 - 5))
        self._last = now

    def take(self) -> list[float]:
        """What was noted since the last call."""
        noted, self.late = self.late, []
        return noted


def spin(app: Any, seconds: float, each_second: Any = lambda: None) -> None:
    """Let the window live."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    beat = QTimer(interval=1000)
    beat.timeout.connect(each_second)
    beat.start()
    QTimer.singleShot(round(seconds * 1000), loop, loop.quit)
    loop.exec()
    beat.stop()


def past(desk: Any, count: int) -> None:
    """History before the storm, through the same door; also how fast that door is when nothing paces it."""
    source = Source(desk, 0, 0)
    now, chance = datetime.now(UTC), random.Random(7)
    for _ in range(count // 500):
        desk.ingest.page(source.page(500, chance, now - timedelta(seconds=3)))


def alone(folder: Path, count: int) -> float:
    """Mentions a second into an empty file in pages of 500, everything included but a window."""
    from crisisdesk.app import build_desk
    from crisisdesk.paths import profile
    from crisisdesk.settings import Settings

    desk = build_desk(Settings(zone="America/Mexico_City"), profile(folder))
    began = time.perf_counter()
    past(desk, count)
    took = time.perf_counter() - began
    desk.close()
    return count / took


def storm(folder: Path, minutes: float, rate: int, stored: int) -> dict[str, Any]:
    """The whole measurement."""
    from sqlalchemy import func, select

    from crisisdesk.app import build_desk
    from crisisdesk.engine import Engine
    from crisisdesk.paths import profile
    from crisisdesk.settings import Settings
    from crisisdesk.store.schema import mention, minute_count
    from crisisdesk.web import Web
    from ui.garbage import Garbage
    from ui.window import make_app, make_window

    app: Any = make_app()
    garbage = Garbage()  # as ui/start.py does
    desk = build_desk(Settings(zone="America/Mexico_City", language="es"), profile(folder))
    if stored:
        from tests.bench.startup import fill

        desk.close()
        fill(folder, stored)
        desk = build_desk(Settings(zone="America/Mexico_City", language="es"), profile(folder))
    before = desk.mentions.count()
    window = make_window(desk)
    window.resize(1366, 768)
    window.show()
    engine, web = Engine(), Web()
    desk.begin(engine, web)
    watch = Watch()
    spin(app, 10)  # opening is another bench's
    watch.take()
    spin(app, CALM_S)
    calm = watch.take()
    held: list[float] = []
    source = Source(desk, rate, minutes * 60)
    source.start()
    spin(app, minutes * 60, lambda: held.append(memory_mb()))
    source.join()
    late = watch.take()
    spin(app, 3)
    gc.collect()
    with desk.core.read() as connection:
        stored_now = connection.execute(select(func.count()).select_from(mention)).scalar_one()
        ids = select(func.count(func.distinct(mention.c.native_id))).where(mention.c.account == "storm")
        distinct = connection.execute(ids).scalar_one()
        counted = connection.execute(select(func.sum(minute_count.c.total))).scalar_one()
    chart = window.page("room").chart.view.shown()  # type: ignore[attr-defined]
    window.close()
    engine.stop()
    desk.close()
    garbage.close()
    if source.error is not None:
        raise source.error
    first = held[min(60, len(held) - 1)] if held else 0.0
    return {
        "minutes": minutes, "rate": rate, "stored_before": before, "sent": source.sent, "sent_again": source.again,
        "stall": told(late), "calm": told(calm), "growth_mb": round(held[-1] - first, 1), "memory_mb": round(held[-1]),
        "lost": source.sent - distinct, "doubled": stored_now - before - distinct + abs(counted - stored_now),
        "on_the_chart": int(chart[1].total.sum()) if chart else 0, "behind_s": round(source.behind, 2),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=int, default=300)
    parser.add_argument("--stored", type=int, default=0, help="mentions stored before")
    parser.add_argument("--alone", type=int, default=20_000, help="mentions for alone_per_s; 0 leaves it out")
    args = parser.parse_args()
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        if args.alone:
            result["alone_per_s"] = round(alone(Path(folder) / "alone", args.alone))
        if args.minutes:
            result |= storm(Path(folder) / "storm", args.minutes, args.rate, args.stored)
    if args.json:
        print(json.dumps(result, indent=2))
        return
    for key, value in result.items():
        said = " ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        print(f"{key:<16}{said}")


if __name__ == "__main__":
    main()
