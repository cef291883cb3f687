"""How long the shipped playbook and scenario take to load, with every check: ``playbook.py [--json]``."""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from resources import files

from crisisdesk.playbooks.read import inspect
from crisisdesk.playbooks.scenario import read_scenario

ROUNDS = 7


def _milliseconds(action: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(times), 1)


def main() -> None:
    """Measure and print."""
    playbook = files("playbooks", "caida-de-servicio.yaml").read_bytes()
    scenario = files("scenarios", "iusacell-0700-1100.yaml").read_bytes()
    story = read_scenario(scenario, "scenario")
    # Another comment each time: the tree of a text that was read before is kept.
    fresh = (playbook + f"\n# {number}\n".encode() for number in itertools.count())
    whole = _milliseconds(lambda: inspect(next(fresh), "playbook"))
    found = {
        "playbook_lines": playbook.count(b"\n"),
        "playbook_ms": whole,
        "playbook_ms_per_500_lines": round(whole * 500 / playbook.count(b"\n"), 1),
        "scenario_ms": _milliseconds(lambda: read_scenario(scenario, "scenario")),
        "mentions": len(story.mentions()),
        "mentions_ms": _milliseconds(story.mentions),
        "history_ms": _milliseconds(story.history),
    }
    if "--json" in sys.argv[1:]:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:26} {value:>10}")


if __name__ == "__main__":
    main()
