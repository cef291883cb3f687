"""How long the chart takes: ``python tests/bench/chart.py [--json]`` draws 120, 1,440 and 10,080 buckets."""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from crisisdesk.model.mention import Gap, MinuteCount
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.room import ChartData, Flag
from crisisdesk.reports import charts
from crisisdesk.texts import Texts

SIZE_PX = (1200, 500)
ROUNDS = 15


def sample(buckets: int) -> ChartData:
    """A quiet stretch that ends in a rise, with a band, a gap and four flags."""
    chance = random.Random(buckets)
    end = datetime(2026, 11, 22, 13, 18, tzinfo=UTC)
    start, rise = end - timedelta(minutes=buckets), end - timedelta(minutes=16)
    counts = []
    for i in range(buckets):
        minute = start + timedelta(minutes=i)
        total = chance.randint(0, 4) if minute < rise else 6 + 7 * int((minute - rise).total_seconds() // 60)
        if total:
            counts.append(MinuteCount(minute, total, total // 3, total // 2, total // 2))
    kinds = ("alert", "incident", "published", "promise")
    flags = tuple(
        Flag(at=rise + timedelta(minutes=4 * i), kind=kind, label=Bilingual(kind, kind)) for i, kind in enumerate(kinds)
    )
    gap = Gap("feed", start + timedelta(minutes=buckets // 3), start + timedelta(minutes=buckets // 3 + buckets // 20))
    return ChartData(
        start=start, end=end, step=timedelta(minutes=1), counts=tuple(counts), expected=((0.5, 2.0, 4.5),) * buckets,
        gaps=(gap,), flags=flags, incident_from=rise, zone="America/Mexico_City",
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = []
    for buckets in (120, 1_440, 10_080):
        data, took = sample(buckets), []
        for _ in range(ROUNDS + 1):
            began = time.perf_counter()
            charts.render(data, size_px=SIZE_PX, scale=1.0, theme=charts.DARK, texts=Texts("es"), title="")
            took.append((time.perf_counter() - began) * 1000)
        first, rest = took[0], sorted(took[1:])
        p95 = rest[round(0.95 * (len(rest) - 1))]
        rows.append(
            {"buckets": buckets, "first_ms": round(first, 1), "median_ms": round(statistics.median(rest), 1),
             "p95_ms": round(p95, 1)}
        )  # fmt: skip
    if args.json:
        print(json.dumps({"size_px": SIZE_PX, "rounds": ROUNDS, "rows": rows}))
    else:
        for row in rows:
            print("{buckets:>6} buckets: median {median_ms} ms, p95 {p95_ms} ms, first {first_ms} ms".format(**row))


if __name__ == "__main__":
    main()
