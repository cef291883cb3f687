"""Playing back an incident of 100,000 mentions and 5,000 rows: how long the window's thread is held up.

    packaging/dev.py bench playback [--mentions N] [--rows N] [--seconds N] [--json]

An incident of eight hours is made in a new data file, with a promise every quarter of an hour, and played in the window
offscreen, with another incident beside it.

* ``film_ms``: reading the whole incident; ``scene_ms``: the board at one instant, the mean of 40.
* ``stall``: how late a precise 5 ms timer of the GUI thread fires, in milliseconds, while it plays at ×60 and ×3,600,
  and while the slider is dragged (``seek``: 40 jumps to and fro); ``calm`` is the same while it stands still.
* ``memory_mb``: resident memory at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.mention import Mention, Sentiment, Verdict
from crisisdesk.model.playbook import Bilingual
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import mentions
from tests.bench.storm import memory_mb

T0 = datetime(2026, 3, 17, 13, 2, tzinfo=UTC)
LONG = timedelta(hours=8)
VERDICT = Verdict(type="queja", complaint=True, sentiment=Sentiment.NEGATIVE)


def lived(folder: Path, total: int, rows: int) -> Desk:
    """A desk that lived such an incident, and a small one a week before."""
    clock = PlayClock(T0 - timedelta(days=7))
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(folder), clock=clock)
    before = desk.incidents.open(title="La de antes", level=2, started_at=clock.now()).id
    for minute in range(30):
        clock.move_to(T0 - timedelta(days=7) + timedelta(minutes=minute))
        desk.timeline.note(before, f"antes, minuto {minute}")
    chance = random.Random(7)
    at = sorted(T0 + LONG * (chance.random() ** 1.5) for _ in range(total))
    for first in range(0, total, 5_000):
        with desk.core.write() as tx:
            mentions.add(
                tx.connection,
                [
                    (Mention(source="import", account="a", native_id=str(first + n), published_at=then,
                             fetched_at=then, text=f"sin señal {first + n}", author=f"p{n % 997}"), VERDICT)
                    for n, then in enumerate(at[first : first + 5_000])
                ],
            )  # fmt: skip
    clock.move_to(T0)
    one = desk.incidents.open(title="La grande", level=3, started_at=T0).id
    with desk.core.write():
        for n in range(rows):
            clock.move_to(T0 + LONG * n / rows)
            desk.timeline.note(one, f"nota {n}: se llamó al proveedor y no se sabe la hora")
            if n % max(1, rows // 32) == 0:
                due = clock.now() + timedelta(minutes=20)
                desk.commitments.promise(one, Bilingual("Noticias", "News"), due, kind=CommitmentKind.NEXT_UPDATE)
    clock.move_to(T0 + LONG)
    desk.tick()
    return desk


class Lateness:
    """How late a precise 5 ms timer fires, in milliseconds."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.found: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=5, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.found.append((now - self._last) * 1000 - 5)
        self._last = now

    def take(self) -> dict[str, float]:
        """The worst and the 99th of a hundred since the last time."""
        found, self.found = sorted(self.found), []
        return {"max": round(found[-1], 1), "p99": round(found[int(len(found) * 0.99)], 1), "n": len(found)}


def measure(desk: Desk, seconds: float) -> dict[str, Any]:
    """The figures."""
    from crisisdesk.texts import Texts
    from ui.garbage import Garbage
    from ui.theme import Theme
    from ui.window import make_app, make_window

    begun = time.perf_counter()
    film = desk.playback.film("latest")
    figures: dict[str, Any] = {"film_ms": round((time.perf_counter() - begun) * 1000)}
    begun = time.perf_counter()
    for n in range(40):
        desk.playback.scene(film, film.start + (film.end - film.start) * n / 40)
    figures["scene_ms"] = round((time.perf_counter() - begun) * 25, 1)
    figures["rows"] = len(film.rows)
    figures["mentions"] = sum(c.total for c in film.chart.counts)
    app = make_app()
    window = make_window(desk, texts=Texts("es"), theme=Theme("light"))
    window.resize(1366, 768)
    window.show()
    window.go("playback")
    page: Any = window.page("playback")

    def wait(how_long: float, until: Callable[[], bool] = lambda: False) -> None:
        end = time.perf_counter() + how_long
        while time.perf_counter() < end and not until():
            app.processEvents()
            time.sleep(0.001)

    garbage = Garbage()  # as ui/start.py does
    wait(20, lambda: page._scene is not None)
    page.compare(film.incident.id - 1)
    wait(9)  # until it has put aside what is there for good
    late = Lateness()
    wait(3)
    figures["calm"] = late.take()
    for speed in (60, 3600):
        page.seek(film.incident.started_at)
        wait(2)
        page.set_speed(speed)
        late.take()
        page.toggle()
        wait(seconds if speed == 60 else 8)
        if page.playing:
            page.toggle()
        figures[f"stall_x{speed}"] = late.take()
    chance = random.Random(3)
    for _ in range(40):
        page.seek(film.start + (film.end - film.start) * chance.random())
        wait(0.12)
    wait(1)
    figures["stall_seek"] = late.take()
    figures["memory_mb"] = round(memory_mb())
    garbage.close()
    window.close()
    return figures


def main(argv: list[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mentions", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        desk = lived(Path(folder), options.mentions, options.rows)
        figures = measure(desk, options.seconds)
        desk.close()
    print(json.dumps(figures, indent=2) if options.json else "\n".join(f"{k}: {v}" for k, v in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
