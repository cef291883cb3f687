"""How fast the detector is against the fastest possible: ``packaging/dev.py bench simulate [--json]``, some minutes.

Streams of single mentions are made here: an inhomogeneous Poisson process with a daily cycle of 1 to 5. The rate steps
up at a random hour, after 28 days of history. The oracle is Page's CUSUM that knows the true rate and the true
multiple, optimal in Lorden's sense. Both have their threshold set so that calm streams give at most one false alarm a
week; for the detector that threshold is the person's slider. Nine calm streams, left at seven days, test the claim
that the return period means what it says.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from crisisdesk.model.alert import Signal  # noqa: E402
from crisisdesk.pipeline.detect import Detector  # noqa: E402
from crisisdesk.pipeline.history import Bucket, Past  # noqa: E402

Times = npt.NDArray[np.float64]
START = datetime(2024, 1, 1, tzinfo=UTC)
DAY, WEEK = 1440, 10_080
SWING = 2 / 3
RATES, STEPS, SIZES = (2, 20, 200), (3, 5, 10), (1, 2, 4)
LEARN = 28 * DAY
WEEKS = {2: 40, 20: 24, 200: 12}


def integral(minutes: Times | float) -> Any:
    """Mentions expected until a minute, for a mean of one a minute."""
    return minutes + SWING * DAY / (2 * np.pi) * (1 - np.cos(2 * np.pi * np.asarray(minutes) / DAY))


def stream(per_hour: float, begin: int, minutes: int, dice: np.random.Generator, size: int = 1) -> Times:
    """Instants in minutes, ascending, by thinning; each draws on average ``size - 1`` more, some minutes apart."""
    top = per_hour / 60 / size * (1 + SWING)
    drawn = np.sort(dice.uniform(begin, begin + minutes, dice.poisson(top * minutes)))
    keep = dice.uniform(0, 1 + SWING, len(drawn)) < 1 + SWING * np.sin(2 * np.pi * drawn / DAY)
    found = [drawn[keep]]
    while size > 1 and len(found[-1]):
        more = found[-1][dice.uniform(size=len(found[-1])) < 1 - 1 / size]
        found.append(more + dice.exponential(3.0, len(more)))
    times = np.sort(np.concatenate(found))
    return times[times < begin + minutes]


def buckets(times: Times, begin: int, minutes: int) -> Iterator[Bucket]:
    """The stream minute by minute; everybody has a voice of their own."""
    whole = np.floor(times)
    edges = np.searchsorted(whole, np.arange(begin, begin + minutes + 1))
    seconds = ((times - whole) * 60).tolist()
    for n in range(minutes):
        here = seconds[edges[n] : edges[n + 1]]
        at = START + timedelta(minutes=begin + n)
        yield at, len(here), len(here), True, tuple((s, False) for s in here)


def signals(detector: Detector, times: Times, begin: int, minutes: int) -> Iterator[Signal]:
    """What the detector says of the stream."""
    for bucket in buckets(times, begin, minutes):
        signal = detector.minute(*bucket)
        if signal is not None:
            yield signal


def cusum(times: Times, base: float, multiple: float, start: float) -> Times:
    """Page's sums at each mention for the true rate (``base`` a minute) and the true multiple."""
    gain = np.log(multiple)
    walk = gain * np.arange(1, len(times) + 1) - (multiple - 1) * base * (integral(times) - integral(start))
    # S = max(0, S - drift) + gain: the walk above its lowest point just before a mention, the beginning included.
    lowest = np.minimum.accumulate(np.minimum(walk - gain, 0.0))
    sums: Times = walk - lowest
    return sums


def crossings(sums: Times, times: Times, height: float, base: float, multiple: float) -> int:
    """Alarms of a CUSUM that begins anew after each."""
    count, at = 0, 0
    while at < len(times):
        above = np.nonzero(sums[at:] >= height)[0]
        if not len(above):
            return count
        count += 1
        at += int(above[0]) + 1
        if at < len(times):
            sums = np.concatenate((sums[:at], cusum(times[at:], base, multiple, float(times[at - 1]))))
    return count


def oracle_height(per_hour: float, multiple: float, dice: np.random.Generator) -> float:
    """The threshold with at most one false alarm a week, from a year of calm (a quarter at 200 an hour)."""
    weeks = 52 if per_hour < 100 else 13
    times = stream(per_hour, 0, weeks * WEEK, dice)
    sums = cusum(times, per_hour / 60, multiple, 0.0)
    low, high = 1.0, 30.0
    for _ in range(12):
        middle = (low + high) / 2
        if crossings(sums, times, middle, per_hour / 60, multiple) > weeks:
            low = middle
        else:
            high = middle
    return high


def slider(per_hour: float, dice: np.random.Generator) -> tuple[float, float]:
    """The shortest return period with at most one false alarm a week after four weeks of learning; its alarms."""
    weeks = WEEKS[int(per_hour)]
    minutes = LEARN + weeks * WEEK
    past = Past(Detector("UTC"), buckets(stream(per_hour, 0, minutes, dice), 0, minutes))
    learnt = START + timedelta(minutes=LEARN)

    def alarms(days: float) -> float:
        return sum(at >= learnt for at, _ in past.fired(days)) / weeks

    low, high = 0.5, 14.0
    for _ in range(10):
        middle = (low * high) ** 0.5
        if alarms(middle) > 1:
            low = middle
        else:
            high = middle
    return high, alarms(high)


def step(
    per_hour: float, multiple: float, state: dict[str, Any], days: float, height: float, rounds: int
) -> dict[str, Any]:
    """Median minutes from the step to the alarm, of the detector and of the oracle on the same streams."""
    ours, best, missed = [], [], 0
    for number in range(rounds):
        dice = np.random.default_rng([int(per_hour), int(multiple), number, 7])
        detector = Detector("UTC", return_days=days, state=state)
        onset = LEARN + int(dice.integers(60, DAY + 60))
        quiet = list(signals(detector, stream(per_hour, LEARN, onset - LEARN, dice), LEARN, onset - LEARN))
        if quiet:
            continue
        times = stream(multiple * per_hour, onset, 3 * DAY, dice)
        sums = cusum(times, per_hour / 60, multiple, float(onset))
        above = np.nonzero(sums >= height)[0]
        best.append(float(times[above[0]]) - onset if len(above) else 3.0 * DAY)
        first = next(signals(detector, times, onset, 3 * DAY), None)
        missed += first is None
        ours.append((first.at - START) / timedelta(minutes=1) - onset if first else 3.0 * DAY)
    a, b = float(np.median(ours)), float(np.median(best))
    return {
        "minutes": round(a, 2),
        "oracle": round(b, 2),
        "ratio": round(a / b, 2),
        "mean_ratio": round(float(np.mean(ours) / np.mean(best)), 2),
        "missed": missed,
        "rounds": len(ours),
    }


def steps(rounds: int) -> dict[str, Any]:
    """The nine cells."""
    found = {}
    for rate in RATES:
        dice = np.random.default_rng(rate)
        days, alarms = slider(rate, dice)
        learner = Detector("UTC")
        list(signals(learner, stream(rate, 0, LEARN, dice), 0, LEARN))
        state = learner.state()
        print(f"{rate}/h: return period {days:.2f} days, {alarms:.2f} false alarms a week", file=sys.stderr)
        for multiple in STEPS:
            height = oracle_height(rate, multiple, dice)
            cell = step(rate, multiple, state, days, height, rounds)
            found[f"{rate}/h x{multiple}"] = cell | {"slider_days": round(days, 2), "false_a_week": round(alarms, 2)}
            print(f"  x{multiple}: {cell}", file=sys.stderr)
    return found


def calm(total_weeks: int = 48) -> dict[str, float]:
    """False alarms a week at a return period of seven days, learning included, nothing tuned.

    Streams of 12 weeks (6 at 200 an hour), as many as make ``total_weeks``: of 12 weeks in all, a figure of 0.5 would
    be good to 0.2 only.
    """
    found = {}
    for size in SIZES:
        for rate in RATES:
            weeks, counts = 12 if rate < 100 else 6, []
            for number in range(1, total_weeks // weeks + 1):
                dice = np.random.default_rng([rate, size, number])
                times = stream(rate, 0, weeks * WEEK, dice, size)
                counts.append(sum(1 for _ in signals(Detector("UTC"), times, 0, weeks * WEEK)))
            name = f"{rate}/h, clusters of {size}"
            found[name] = round(sum(counts) / weeks / len(counts), 2)
            print(f"calm {name}: {counts} in {weeks} weeks each", file=sys.stderr)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How fast the detector is against the fastest possible.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=80)
    args = parser.parse_args()
    result = {"false_alarms_per_week": calm(), "steps": steps(args.rounds)}
    if args.json:
        print(json.dumps(result, indent=1))
        return
    for part, rows in result.items():
        print(f"\n{part}")
        for name, row in rows.items():
            print(f"  {name:24} {json.dumps(row) if isinstance(row, dict) else row}")


if __name__ == "__main__":
    main()
