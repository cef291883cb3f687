"""``crisisdesk risk --history FILE --elapsed MIN --promise MIN``: how often such a promise would have failed."""

from __future__ import annotations

import argparse
import math
import re
from datetime import UTC, datetime
from pathlib import Path

from crisisdesk.commands.console import print_json, show_problems
from crisisdesk.desk.durations import durations
from crisisdesk.model.errors import InputError
from crisisdesk.model.mention import RowProblem
from crisisdesk.pipeline.risk import CONFIDENCE, LIMIT, MINIMUM, Case, Estimate, earliest, estimate
from crisisdesk.pipeline.risk_words import risk_line, sure_line
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("--history", type=Path, required=True, metavar="FILE", help=texts("cli.risk.history"))
    sub.add_argument("--elapsed", required=True, metavar="MIN", help=texts("cli.risk.elapsed"))
    sub.add_argument("--promise", required=True, metavar="MIN", help=texts("cli.risk.promise"))
    sub.add_argument("--limit", default=str(LIMIT), metavar="0-1", help=texts("cli.risk.limit"))
    sub.add_argument("--minimum", type=int, default=MINIMUM, metavar="N", help=texts("cli.risk.minimum"))
    sub.add_argument("--start", default="", metavar="HH:MM", help=texts("cli.risk.start"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk risk``: the estimate in words, and the earliest time within the limit."""
    elapsed, promise = _minutes(options.elapsed, "--elapsed"), _minutes(options.promise, "--promise")
    limit = _limit(options.limit)
    if promise < elapsed:
        raise InputError("risk.past", promise=options.promise, elapsed=options.elapsed)
    start = _start(options.start)
    cases, problems = durations(options.history)
    found = estimate(cases, elapsed, promise, minimum=options.minimum)
    sure = earliest(cases, elapsed, limit=limit, minimum=options.minimum)
    said = [risk_line(found, texts, start=start)]
    if found.known:
        said.append(sure_line(sure, texts, limit=limit, start=start))
    if options.json:
        print_json(_as_json(found, sure, cases, limit, said, problems, texts))
    else:
        print("\n".join(said))
        show_problems(problems, texts)
    return 0


def _minutes(told: str, name: str) -> float:
    try:
        value = float(told.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise InputError("risk.minutes", value=one_line(told, 40), name=name)
    return value


def _limit(told: str) -> float:
    number = told.strip().removesuffix("%").strip().replace(",", ".")
    try:
        value = float(number) / (100 if told.strip().endswith("%") else 1)
    except ValueError:
        value = math.nan
    if not 0 < value < 1:
        raise InputError("risk.limit", value=one_line(told, 40))
    return value


def _start(told: str) -> datetime | None:
    if not told:
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", told)
    if not found:
        raise InputError("risk.start", value=one_line(told, 40))
    # Only the clock is told; any day does.
    return datetime(2026, 1, 1, int(found[1]), int(found[2]), tzinfo=UTC)


def _as_json(
    found: Estimate,
    sure: Estimate | None,
    cases: list[Case],
    limit: float,
    said: list[str],
    problems: list[RowProblem],
    texts: Texts,
) -> dict[str, object]:
    return {
        "known": found.known,
        "cases": found.cases,
        "censored": sum(c.open for c in cases),
        "elapsed": found.elapsed,
        "promise": found.promise,
        "count": {"over": found.over, "of": found.at_risk, "unknown": found.unknown},
        "frequency": found.frequency,
        "interval": None if found.low is None else [found.low, found.high],
        "confidence": CONFIDENCE,
        "limit": limit,
        "above_limit": found.beyond(limit) if found.known else None,
        "earliest": None if sure is None else sure.promise,
        "earliest_frequency": None if sure is None else sure.frequency,
        "earliest_interval": None if sure is None else [sure.low, sure.high],
        "sentences": said,
        "rejected": [{"row": p.row, "problem": one_line(texts(p.key, **dict(p.fields)), 400)} for p in problems],
    }
