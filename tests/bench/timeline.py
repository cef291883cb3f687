"""The timeline's page with 100,000 rows: how long it takes to open, and how long the window's thread is held up.

    packaging/dev.py bench timeline [--rows N] [--json]

* ``open_ms``: from showing the page to the first rows on screen; ``order_ms``: reading the ids of all; ``verify_ms``:
  checking the whole chain.
* ``stall``: how late a precise 5 ms timer of the GUI thread fires, in milliseconds: while scrolling through all rows in
  1,000 steps (``scroll``), while 20 notes are written and the page reads again (``notes``), and while the whole is
  searched (``search``, with its ``search_ms`` from the last key to the rows).
* ``blank``: share of the steps after which a row in sight was still dots 50 ms later.
* ``memory_mb``: resident memory at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.bench.playback import T0, Lateness
from tests.bench.storm import memory_mb


def lived(folder: Path, rows: int) -> tuple[Desk, PlayClock]:
    """A desk whose incident has so many rows; one in fifty is a correction."""
    clock = PlayClock(T0)
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(folder), clock=clock)
    one = desk.incidents.open(title="La larga", level=3, started_at=T0).id
    for first in range(0, rows, 5_000):
        with desk.core.write():
            for n in range(first, min(first + 5_000, rows)):
                clock.move_to(T0 + timedelta(seconds=3 * n))
                entry = desk.timeline.note(one, f"nota {n}: se llamó al proveedor y no se sabe la hora")
                if n % 50 == 49:
                    desk.timeline.revise(entry.id, f"nota {n}: corregida", reason="dedazo")
    return desk, clock


def measure(desk: Desk, clock: PlayClock) -> dict[str, Any]:
    """The figures."""
    from crisisdesk.texts import Texts
    from ui.garbage import Garbage
    from ui.theme import Theme
    from ui.window import make_app, make_window

    one = desk.incidents.get("latest").id
    begun = time.perf_counter()
    total = len(desk.timeline.order(one))
    figures: dict[str, Any] = {"rows": total, "order_ms": round((time.perf_counter() - begun) * 1000)}
    begun = time.perf_counter()
    desk.chain.verify()
    figures["verify_ms"] = round((time.perf_counter() - begun) * 1000)
    app = make_app()
    window = make_window(desk, texts=Texts("es"), theme=Theme("light"))
    window.resize(1366, 768)
    window.show()
    garbage = Garbage()  # as ui/start.py does

    def wait(how_long: float, until: Callable[[], bool] = lambda: False) -> bool:
        end = time.perf_counter() + how_long
        while time.perf_counter() < end and not until():
            app.processEvents()
            time.sleep(0.001)
        return until()

    wait(3)
    begun = time.perf_counter()
    window.go("timeline")
    page: Any = window.page("timeline")
    wait(30, lambda: page._model.rowCount() >= total and not page._model.lacks(*page._in_sight()))
    figures["open_ms"] = round((time.perf_counter() - begun) * 1000)
    wait(9)
    late = Lateness()
    wait(2)
    figures["calm"] = late.take()
    bar, blank = page.table.verticalScrollBar(), 0
    for step in range(1_000):
        bar.setValue(bar.maximum() * step // 999)
        wait(0.02)
        if step % 10 == 0:
            blank += not wait(0.05, lambda: not page._model.lacks(*page._in_sight()))
    figures["scroll"] = late.take()
    figures["blank"] = round(blank / 100, 2)
    for n in range(20):
        clock.move_to(clock.now() + timedelta(seconds=5))
        desk.timeline.note(one, f"nueva {n}")
        wait(0.4)
    wait(2)
    figures["notes"] = late.take()
    page.search.setText("corregida")
    begun = time.perf_counter()
    page._set_search()
    wait(60, lambda: page._shown.filter.search == "corregida")
    figures["search_ms"] = round((time.perf_counter() - begun) * 1000)
    figures["search"] = late.take()
    figures["memory_mb"] = round(memory_mb())
    garbage.close()
    window.close()
    return figures


def main(argv: list[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        desk, clock = lived(Path(folder), options.rows)
        figures = measure(desk, clock)
        desk.close()
    print(json.dumps(figures, indent=2) if options.json else "\n".join(f"{k}: {v}" for k, v in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
