"""The window's thread while each page opens for the first time, and while the look and the language change.

    packaging/dev.py bench pages [--mentions N] [--json]

The shipped drill, played to its end; with ``--mentions`` a desk of so many mentions and an incident of 5,000 rows.

* ``cpu_ms``: processor time of the window's thread until the page is complete: steady on a machine with other work.
* ``stall_ms``: the longest time for which a precise 5 ms timer of that thread was late, other work included.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crisisdesk.app import Desk
from tests.bench.playback import Lateness
from tests.bench.startup import fill

ROWS = 5_000


def measure(desk: Desk) -> dict[str, Any]:
    """What each page, the look and the language cost."""
    from crisisdesk.texts import Texts
    from ui.actions import MORE_PAGES, PAGES
    from ui.garbage import Garbage
    from ui.shots import settle
    from ui.theme import Theme
    from ui.window import make_app, make_window

    make_app()
    window = make_window(desk, texts=Texts("es"), theme=Theme("light"))
    window.resize(1366, 768)
    window.show()
    garbage = Garbage()  # as ui/start.py does
    settle(window)
    late, figures = Lateness(), {}

    def timed(name: str, act: Callable[[], object]) -> None:
        settle(window)
        late.take()
        begun = time.thread_time()
        act()
        settle(window, 60_000)
        figures[name] = {"cpu_ms": round((time.thread_time() - begun) * 1000), "stall_ms": late.take()["max"]}

    for name in (*PAGES[1:], *MORE_PAGES):
        timed(name, lambda name=name: window.go(name))  # type: ignore[misc]
    timed("look", lambda: window.act("theme.dark", None))
    timed("language", lambda: window.set_language("en"))
    garbage.close()
    window.close()
    return figures


def main(argv: list[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mentions", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        desk = large(Path(folder), options.mentions) if options.mentions else drill()
        figures = measure(desk)
        desk.close()
    print(json.dumps(figures, indent=2) if options.json else "\n".join(f"{k}: {v}" for k, v in figures.items()))
    return 0


def drill() -> Desk:
    """The shipped drill at its end."""
    from ui.demo import played_desk

    return played_desk()


def large(folder: Path, mentions: int) -> Desk:
    """So many mentions of the last week, and an incident with many rows."""
    from crisisdesk.app import build_desk
    from crisisdesk.paths import profile
    from crisisdesk.settings import Settings

    fill(folder, mentions)
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(folder))
    one = desk.incidents.open(title="La larga", level=3).id
    with desk.core.write():
        for n in range(ROWS):
            desk.timeline.note(one, f"nota {n}: se llamó al proveedor y no se sabe la hora")
    return desk


if __name__ == "__main__":
    sys.exit(main())
