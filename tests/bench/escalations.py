"""3,000 due escalations and 70 kill -9 of the real process: ``escalations.py [--json] [--count N] [--kills N]``.

Every ladder must take its step once or more, within 5 s of the time it was due or of the start of the process that
could take it; what comes later than 5 s must say why in the timeline.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fakes.many_ladders import desk_in, fired, kill, prepare, spawn

LIMIT = 5.0
SECONDS_PER_KILL = 4.0


def measure(folder: Path, count: int, kills: int) -> dict[str, object]:
    """Run it in ``folder``."""
    desk = desk_in(folder)
    due = prepare(desk, count, timedelta(seconds=10), timedelta(seconds=SECONDS_PER_KILL * max(1, kills)))
    desk.close()
    chance = random.Random(7)
    starts: list[tuple[datetime, datetime]] = []
    for last in [False] * kills + [True]:
        begun = datetime.now(UTC)
        process = spawn(folder)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        starts.append((begun, datetime.now(UTC)))
        end = max(due.values()) + timedelta(seconds=15) if last else None
        time.sleep(chance.uniform(0.2, 2.2) if end is None else max(5.0, (end - datetime.now(UTC)).total_seconds()))
        kill(process)
    desk = desk_in(folder)
    found = fired(desk, tuple(due))
    with desk.core.read() as connection:
        told = connection.exec_driver_sql("SELECT count(*) FROM timeline WHERE kind = 'escalation.late'").scalar_one()
        whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    desk.close()
    lost = [i for i, times in found.items() if not times]
    twice = sum(len(times) > 1 for times in found.values())
    by_due = [(min(times) - due[i]).total_seconds() for i, times in found.items() if times]
    from_ready, from_spawn = [], []
    for i, times in found.items():
        if times:
            first = min(times)
            spawned, ready = max((s for s in starts if s[1] <= first), default=starts[0])
            from_ready.append((first - max(due[i], ready)).total_seconds())
            from_spawn.append((first - max(due[i], spawned)).total_seconds())
    late = sum(seconds > LIMIT for seconds in by_due)
    return {
        "escalations": count,
        "kills": kills,
        "lost": len(lost),
        "twice": twice,
        "early": sum(seconds < 0 for seconds in by_due),
        "worst_after_due_or_ready_s": round(max(from_ready), 2),
        "worst_after_due_or_spawn_s": round(max(from_spawn), 2),
        "later_than_5_s_after_due": late,
        "of_these_that_say_why": told,
        "integrity": whole,
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--count", type=int, default=3000)
    options.add_argument("--kills", type=int, default=70)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), given.count, given.kills)
    if given.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:30} {value:>8}")


if __name__ == "__main__":
    main()
