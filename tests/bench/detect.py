"""How early and how often the detector alarms: ``packaging/dev.py bench detect [--json]``, about two minutes.

Real incidents and labelled series come from ../shared and are left out, saying so, where it is absent. One fixed
setting for everything.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from crisisdesk.model.alert import Signal  # noqa: E402
from crisisdesk.model.mention import Mention  # noqa: E402
from crisisdesk.pipeline.classify import Classifier, Lexicon  # noqa: E402
from crisisdesk.pipeline.count import NOTHING, fill, in_order, tally  # noqa: E402
from crisisdesk.pipeline.detect import Detector  # noqa: E402

CLASSIFIER = Classifier((), Lexicon.load())
SHARED = ROOT.parent / "shared"
MINUTE = timedelta(minutes=1)
START = datetime(2024, 1, 1, tzinfo=UTC)
# Name, file, word of the note, onset, zone, minutes until the hindsight threshold of that very file.
INCIDENTS = (
    ("sinluz_caracas", "es_sinluz_caracas_2018", "", "2018-09-09T16:15", "America/Caracas", 4.3),
    ("renfe_santiago", "es_renfe_santiago_2013", "", "2013-07-24T18:41", "Europe/Madrid", 46.9),
    ("claro_guatemala", "es_claro_2021", "", "2021-07-18T14:22", "America/Guatemala", 11.3),
    ("claro_ecuador_rt", "es_claro_2021", "", "2021-07-24T20:59", "America/Guatemala", 10.0),
    ("jetblue_fleek", "en_jetblue_2015", "JetBlue", "2015-02-23T18:15", "America/New_York", 6.8),
    ("apple_onerepublic", "en_apple_2014_dec01_06", "", "2014-12-04T20:30", "America/Los_Angeles", 9.8),
    ("movistar_control", "es_movistar_2021_control", "", "", "America/Caracas", None),
)
CALM = ((1, 1), (2, 1), (20, 1), (200, 1), (2, 2), (20, 2), (200, 2), (2, 4), (20, 4))
STEPS = tuple((rate, times) for rate in (2, 20, 200) for times in (3, 5, 10))


def mentions(path: Path, note: str) -> Iterator[Mention]:
    """The rows of an incident file whose note holds ``note``."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if note in row["note"]:
                yield Mention(
                    source="import",
                    account=path.stem,
                    native_id=row["id"],
                    published_at=datetime.fromisoformat(row["created_at"]),
                    fetched_at=START,
                    text=row["text"],
                    author=row["author"],
                    is_repost=row["is_repost"] == "1",
                )


def incident(file: str, note: str, onset: str, zone: str, hindsight: float | None) -> dict[str, Any]:
    """One file from its first to its last minute."""
    counts = tally(
        in_order((m, CLASSIFIER.verdict(m)) for m in mentions(SHARED / "data" / "incidents" / f"{file}.csv.gz", note))
    )
    first, last = min(counts), max(counts)
    detector, found, begun = Detector(zone), [], time.perf_counter()
    for minute, counted in fill(counts, first, last + MINUTE, NOTHING):
        signal = detector.minute(minute, counted.total, counted.voices, True, counted.moments)
        if signal is not None:
            found.append(signal)
    seconds = time.perf_counter() - begun
    start = datetime.fromisoformat(onset).replace(tzinfo=UTC) if onset else last
    hit = next((s for s in found if start < s.at <= start + timedelta(hours=6)), None) if onset else None
    delay = (hit.at - start) / MINUTE if hit else None
    return {
        "minutes": delay,
        "of_hindsight": round(delay / hindsight, 2) if delay and hindsight else None,
        "signals_in_6_h": sum(start < s.at <= start + timedelta(hours=6) for s in found) if onset else 0,
        "amplified": hit.amplified if hit else None,
        "learnt_days": round(hit.learning_days, 1) if hit else None,
        "other_signals": [s.at.isoformat() for s in found if not start < s.at <= start + timedelta(hours=6)],
        "days": round((last - first) / timedelta(days=1), 1),
        "us_per_minute": round(seconds / ((last - first) / MINUTE) * 1e6, 1),
    }


def labelled(return_days: float) -> dict[str, Any]:
    """The labelled five-minute series, scored by the shared tool."""
    alerts: dict[str, list[str]] = {}
    for path in sorted((SHARED / "data" / "nab").glob("*.csv.gz")):
        detector = Detector("America/New_York", return_days=return_days, bucket=5)
        alerts[path.stem] = []
        with gzip.open(path, "rt", newline="") as lines:
            for row in csv.DictReader(lines):
                at = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)
                if detector.minute(at, round(float(row["value"])), None) is not None:
                    alerts[path.stem].append(row["timestamp"])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "alerts.json"
        file.write_text(json.dumps(alerts))
        tool = [sys.executable, str(SHARED / "tools" / "score_spikes.py"), str(file), "--json"]
        total: dict[str, Any] = json.loads(subprocess.run(tool, capture_output=True, check=True).stdout)["total"]
    return total


def poisson(rate: float, dice: random.Random) -> int:
    """One draw by inversion."""
    count, chance, draw = 0, math.exp(-rate), dice.random()
    while draw > chance and count < 10_000:
        count += 1
        draw -= chance
        chance *= rate / count
    return count


def simulated(per_hour: float, minutes: int, dice: random.Random, cluster: int = 1, begin: int = 0) -> Iterator[int]:
    """Counts per minute; daily cycle of 1 to 5; ``cluster`` mentions follow one another by some minutes."""
    later: dict[int, int] = {}
    for n in range(begin, begin + minutes):
        rate = per_hour / 60 / cluster * (1 + 2 / 3 * math.sin(2 * math.pi * n / 1440))
        for _ in range(poisson(rate, dice)):
            at = n
            later[at] = later.get(at, 0) + 1
            while cluster > 1 and dice.random() < 1 - 1 / cluster:
                at += int(dice.expovariate(1 / 3))
                later[at] = later.get(at, 0) + 1
        yield later.pop(n, 0)


def feed(detector: Detector, counts: Iterator[int], begin: int = 0) -> Iterator[Signal]:
    """The signals of a stream in which everybody has a voice of their own."""
    for n, count in enumerate(counts, begin):
        signal = detector.minute(START + n * MINUTE, count, count)
        if signal is not None:
            yield signal


def false_alarms(per_hour: float, cluster: int, weeks: int = 6, seeds: int = 2) -> float:
    """False alarms a week of streams on which nothing happens."""
    total = 0
    for seed in range(seeds):
        counts = simulated(per_hour, weeks * 10_080, random.Random(1000 * per_hour + 10 * cluster + seed), cluster)
        total += sum(1 for _ in feed(Detector("UTC"), counts))
    return round(total / weeks / seeds, 2)


def delays(per_hour: float, times: float, rounds: int = 30) -> dict[str, Any]:
    """Minutes until a step of ``times`` the rate is seen after 28 days of history, at any hour."""
    dice = random.Random(per_hour)
    detector, learnt = Detector("UTC"), 28 * 1440
    list(feed(detector, simulated(per_hour, learnt, dice)))
    state, found, missed = detector.state(), [], 0
    for number in range(rounds):
        dice = random.Random(f"{per_hour} {times} {number}")
        again, wait = Detector("UTC", state=state), dice.randrange(1440)
        list(feed(again, simulated(per_hour, wait, dice, begin=learnt), learnt))
        if again.rise(START + (learnt + wait) * MINUTE) is not None:
            continue
        onset = learnt + wait
        signal = next(feed(again, simulated(times * per_hour, 1440, dice, begin=onset), onset), None)
        if signal is None:
            missed += 1
        else:
            found.append((signal.at - START) / MINUTE - onset)
    return {"median": statistics.median(found) if found else None, "missed_in_24_h": missed, "rounds": rounds}


def measure() -> dict[str, Any]:
    """Everything, with a line of progress for each part on standard error."""
    result: dict[str, Any] = {}
    if SHARED.is_dir():
        result["incidents"] = {name: incident(*rest) for name, *rest in INCIDENTS}
        print("incidents done", file=sys.stderr)
        result["labelled"] = {str(days): labelled(days) for days in (5.0, 7.0, 9.0)}
        print("labelled series done", file=sys.stderr)
    else:
        print("../shared is absent: real incidents and labelled series are left out", file=sys.stderr)
    result["false_alarms_per_week"] = {f"{rate}/h, clusters of {size}": false_alarms(rate, size) for rate, size in CALM}
    print("calm streams done", file=sys.stderr)
    result["step_minutes"] = {f"{rate}/h ×{times}": delays(rate, times) for rate, times in STEPS}
    return result


def table(result: dict[str, Any]) -> str:
    """The result for reading."""
    lines = []
    for part, rows in result.items():
        lines.append(f"\n{part}")
        lines += [f"  {name:24} {json.dumps(row) if isinstance(row, dict) else row}" for name, row in rows.items()]
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How early and how often the detector alarms.")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = measure()
    print(json.dumps(result, indent=1) if args.json else table(result))


if __name__ == "__main__":
    main()
