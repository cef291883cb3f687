"""How soon the window is there: first paint, and the room filled, with an empty and with a large data file.

    packaging/dev.py bench startup [--json] [--mentions N]

Each run is a process of its own (what a person waits for), offscreen; the median of five is printed, in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys, time
begun = float(sys.argv[1])
def since(): return (time.time() - begun) * 1000
from pathlib import Path
from PySide6.QtCore import QTimer
import ui.start as start
from crisisdesk.paths import profile
from crisisdesk.settings import load
from crisisdesk.texts import Texts
from ui.window import make_app
app = make_app()
paths = profile(Path(sys.argv[2]))
first = start.First(app, paths, load(paths.settings)[0], Texts("es"), None)
painted = since()
def look():
    window = first._window
    if window is not None and window.context.bridge.idle and window.console.stack.count():
        import resource
        print(painted, since(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
        app.quit()
timer = QTimer(interval=20)
timer.timeout.connect(look)
timer.start()
app.exec()
first.close()
"""


def fill(folder: Path, count: int) -> None:
    """Store ``count`` mentions of the last seven days through the desk's own door."""
    sys.path.insert(0, str(ROOT))
    from crisisdesk.app import build_desk
    from crisisdesk.model.mention import Mention, Page
    from crisisdesk.paths import profile
    from crisisdesk.settings import Settings

    desk = build_desk(Settings(zone="America/Mexico_City"), profile(folder))
    now = datetime.now(UTC)
    step = timedelta(days=7) / max(1, count)
    for begin in range(0, count, 5_000):
        page = tuple(
            Mention(
                source="bench",
                account="bench",
                native_id=str(n),
                published_at=now - timedelta(days=7) + n * step,
                fetched_at=now,
                text=f"mención número {n} sin señal en la colonia",
                author=f"persona{n % 9_000}",
            )
            for n in range(begin, min(begin + 5_000, count))
        )
        desk.ingest.page(Page(source="bench", account="bench", mentions=page))
    desk.close()


def measure(folder: Path, runs: int = 5) -> dict[str, float]:
    """Medians over ``runs`` processes; the first run is not counted."""
    import time

    env = dict(os.environ, QT_QPA_PLATFORM="offscreen", PYTHONPATH=str(ROOT))
    figures = []
    for _ in range(runs + 1):
        command = [sys.executable, "-c", CHILD, str(time.time()), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=True)
        figures.append([float(word) for word in done.stdout.split()[:3]])
    painted, filled, memory = (statistics.median(column) for column in zip(*figures[1:], strict=True))
    return {"first_paint_ms": round(painted), "room_filled_ms": round(filled), "memory_mb": round(memory)}


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--mentions", type=int, default=200_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        empty = measure(Path(folder) / "empty")
        fill(Path(folder) / "large", options.mentions)
        large = measure(Path(folder) / "large")
    result = {"empty": empty, f"mentions_{options.mentions}": large}
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for name, figures in result.items():
        print(name, " ".join(f"{key}={value}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
