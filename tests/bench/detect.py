"""How early and how often the detector alarms: ``packaging/dev.py bench detect [--json]``, some minutes.

Real incidents against the hindsight of their own file, the labelled series at four settings of the slider, and the nine
calm streams of ``bench simulate``, left at seven days: figures and settings of docs/detection.md, section 6.
Real incidents and labelled series come from ../shared and are left out, saying so, where it is absent. One fixed
setting for everything.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import runpy
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

from crisisdesk.model.mention import Mention  # noqa: E402
from crisisdesk.pipeline.classify import Classifier, Lexicon  # noqa: E402
from crisisdesk.pipeline.count import NOTHING, fill, in_order, tally  # noqa: E402
from crisisdesk.pipeline.detect import Detector  # noqa: E402
from tests.bench.simulate import calm  # noqa: E402

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


def alerts(return_days: float) -> bytes:
    """The labelled five-minute series through ``crisisdesk detect``: its JSON."""
    files = sorted(str(path) for path in (SHARED / "data" / "nab").glob("*.csv.gz"))
    command = [sys.executable, "-m", "crisisdesk", "detect", *files, "--json", "--return-period", str(return_days)]
    return subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout


def scored(found: bytes) -> tuple[dict[str, Any], dict[str, float]]:
    """What the shared tool says of the alerts, and the score of the others when one series is left out."""
    tool = str(SHARED / "tools" / "score_spikes.py")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "alerts.json"
        file.write_bytes(found)
        told = subprocess.run([sys.executable, tool, str(file), "--json"], capture_output=True, check=True).stdout
    result: dict[str, Any] = json.loads(told)
    total, series = runpy.run_path(tool)["total"], result["series"]
    rest = {name: total([row for other, row in series.items() if other != name]) for name in series}
    names = {name: Path(name).stem.rpartition("_")[2] for name in series}
    return result["total"], {f"without {names[name]}": row["nab_standard"] for name, row in rest.items()}


def rarest() -> dict[str, float]:
    """The longest return period inside each labelled window: which of them a slider loses, and how near."""
    folder, found = SHARED / "data" / "nab", {}
    windows = json.loads((folder / "combined_windows.json").read_text("utf-8"))
    for path in sorted(folder.glob("*.csv.gz")):
        detector, days = Detector("UTC", bucket=5), []
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                at = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)
                days.append((at, detector.read(at, int(float(row["value"])), None).days))
        for first, last in windows[path.name.removesuffix(".gz")]:
            begin, end = (datetime.fromisoformat(one.split(".")[0]).replace(tzinfo=UTC) for one in (first, last))
            name = f"{path.name.split('.')[0].rpartition('_')[2]} {begin:%d %b}"
            found[name] = round(max(seen for at, seen in days if begin <= at <= end), 1)
    return found


def bucket_us(rounds: int = 5) -> float:
    """Processor time of one bucket of five minutes, one count, in microseconds: the best round; load hardly matters."""
    with gzip.open(SHARED / "data" / "nab" / "Twitter_volume_FB.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = [
            (datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC), int(float(row["value"])))
            for row in csv.DictReader(lines)
        ]
    best = float("inf")
    for _ in range(rounds):
        detector, begun = Detector("UTC", bucket=5), time.process_time()
        for at, value in rows:
            detector.minute(at, value, None)
        best = min(best, (time.process_time() - begun) / len(rows))
    return round(best * 1e6, 1)


def measure() -> dict[str, Any]:
    """Everything, with a line of progress for each part on standard error."""
    result: dict[str, Any] = {}
    if SHARED.is_dir():
        result["incidents"] = {name: incident(*rest) for name, *rest in INCIDENTS}
        print("incidents done", file=sys.stderr)
        found = {days: scored(alerts(days)) for days in (6, 7, 8, 9)}
        result["labelled"] = {str(days): total for days, (total, _) in found.items()}
        result["left_out"] = found[7][1]
        result["rarest_in_window"] = rarest()
        result["cost"] = {"us_per_5_minute_bucket": bucket_us()}
        print("labelled series done", file=sys.stderr)
    else:
        print("../shared is absent: real incidents and labelled series are left out", file=sys.stderr)
    result["false_alarms_per_week"] = calm()
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
