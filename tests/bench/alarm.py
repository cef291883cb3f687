"""From the mention that decides to the alert on the screen: ``packaging/dev.py bench alarm [--rounds N] [--json]``.

A desk with two weeks of calm at 2, 20 and 200 mentions an hour, its room open; then people come ten times as often, one
mention at a time through the same door as every source's. Most alerts are raised by a single mention, in its own
transaction; the others when the minute closes. What is measured:

* ``stored_to_shown_ms``: from when the mention is handed over (before it is stored) until the card shows its alert; of
  alerts that the close of a minute raises, from the desk's look. Wall clock, this machine.
* ``waited_s``: how long the last mention before such an alert had been stored: simulated time, 0 for the others.
* ``after_min``: from the beginning of the rise to the alert, simulated.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from crisisdesk.clock import PlayClock  # noqa: E402
from crisisdesk.model.mention import Mention, Page  # noqa: E402
from tests.bench.storm import SAID, share  # noqa: E402

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
CALM = timedelta(days=14)
RISE = timedelta(hours=6)
PATIENCE_S = 10.0


def mention(n: int, at: datetime) -> Mention:
    """One person with words of their own."""
    return Mention(
        source="bench", account="alarm", native_id=str(n), published_at=at, fetched_at=at,
        text=SAID[n % (len(SAID) - 1)].format(n=n), author=f"persona{n}", channel="mastodon",
    )  # fmt: skip


def shown(app: Any, window: Any, alert_id: int) -> float:
    """Let the window live until its card shows the alert; the instant."""
    card = window.page("room").situation.spike
    end = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < end:
        app.processEvents()
        if card.isVisible() and card._alert_id == alert_id:
            return time.perf_counter()
        time.sleep(0.001)
    raise RuntimeError(f"alert {alert_id} was not shown within {PATIENCE_S} s")


def one(app: Any, folder: Path, per_hour: int, seed: int) -> dict[str, float] | None:
    """One rise; ``None`` when it raised no alert in six hours."""
    from crisisdesk.app import build_desk
    from crisisdesk.paths import profile
    from crisisdesk.settings import Settings
    from ui.shots import settle
    from ui.window import make_window

    dice, clock = random.Random(seed * 1000 + per_hour), PlayClock(START)
    desk = build_desk(Settings(zone="America/Mexico_City", language="es"), profile(folder), clock=clock)
    minutes = round(CALM / timedelta(minutes=1))
    counts = dice.choices((0, 1, 2, 5), _weights(per_hour), k=minutes)
    desk.ingest.history([(START - CALM + timedelta(minutes=n), count) for n, count in enumerate(counts) if count])
    window = make_window(desk)
    window.resize(1366, 768)
    window.show()
    settle(window)
    before = {a.id for a in desk.alerts.list(open_only=False)}
    try:
        at, last, n = START, START, 0
        while at < START + RISE:
            nxt = at + timedelta(hours=dice.expovariate(10 * per_hour))
            while clock.now() + timedelta(seconds=1) < nxt:  # the desk looks each second; here when a minute closes
                closes = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
                clock.move_to(min(closes, nxt))
                begun = time.perf_counter()
                desk.tick()
                new = [a for a in desk.alerts.list() if a.id not in before]
                if new:
                    took = shown(app, window, new[0].id) - begun
                    return _told(took, clock.now() - last, clock.now())
            at = last = nxt
            clock.move_to(max(clock.now(), at))
            n += 1
            begun = time.perf_counter()
            report = desk.ingest.page(Page(source="bench", account="alarm", mentions=(mention(n, at),)))
            if report.alerts:
                return _told(shown(app, window, report.alerts[0]) - begun, timedelta(0), at)
            app.processEvents()
        return None
    finally:
        window.close()
        desk.close()


def _weights(per_hour: int) -> tuple[float, float, float, float]:
    """How often a minute has none, one, two or five mentions, so that an hour has ``per_hour`` in the mean."""
    mean = per_hour / 60
    if mean < 1:
        return 1 - 0.95 * mean, 0.9 * mean, 0.05 * mean, 0.0
    return 0.05, 0.2, 0.3, 0.45


def _told(took: float, waited: timedelta, at: datetime) -> dict[str, float]:
    return {"ms": took * 1000, "waited": waited.total_seconds(), "after": (at - START) / timedelta(minutes=1)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.window import make_app

    app: Any = make_app()
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for per_hour in (2, 20, 200):
            found = [one(app, Path(folder) / f"{per_hour}-{n}", per_hour, n) for n in range(args.rounds)]
            told = [row for row in found if row is not None]
            took = sorted(row["ms"] for row in told)
            result[f"{per_hour}/h x10"] = {
                "stored_to_shown_ms": {"p50": round(share(took, 0.5)), "max": round(share(took, 1.0))},
                "by_a_mention": sum(row["waited"] == 0 for row in told),
                "waited_s": round(max((row["waited"] for row in told), default=0.0), 1),
                "after_min": round(share(sorted(row["after"] for row in told), 0.5), 1),
                "alerts": len(told),
                "rounds": args.rounds,
            }
    if hasattr(os, "getloadavg"):
        result["load"] = {"last_minute": round(os.getloadavg()[0], 1), "cores": os.cpu_count()}
    lines = "\n".join(f"{name:12} {json.dumps(row)}" for name, row in result.items())
    print(json.dumps(result, indent=1) if args.json else lines)


if __name__ == "__main__":
    main()
