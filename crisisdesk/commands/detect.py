"""``crisisdesk detect FILE...``: when the detector would have spoken, for files of counts and of mentions."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from crisisdesk.commands.console import print_json
from crisisdesk.connectors.series import Series, in_buckets, read_series
from crisisdesk.connectors.table import guess, read
from crisisdesk.model.alert import Signal
from crisisdesk.model.errors import InputError
from crisisdesk.model.mention import Mention
from crisisdesk.pipeline.classify import Classifier, Lexicon
from crisisdesk.pipeline.count import NOTHING, fill, in_order, tally
from crisisdesk.pipeline.detect import Detector
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts
from crisisdesk.words import number

_MINUTE: Final = timedelta(minutes=1)
_SLOT: Final = timedelta(minutes=5)
_UNITS: Final = {"s": 1 / 60, "min": 1.0, "m": 1.0, "h": 60.0, "d": 1440.0}
_WIDTH = re.compile(r"(\d{1,5})\s*(s|min|m|h|d)")
_LONGEST: Final = timedelta(days=1)
_FORGET: Final = 80  # unheard slots after which no window holds anything of before


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm: its bucket's timestamp in the form of the file, and what the detector saw."""

    written: str
    signal: Signal


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE")
    sub.add_argument("--bucket", default="", metavar="5min", help=texts("cli.detect.bucket"))
    sub.add_argument("--return-period", default="7", metavar="DAYS", help=texts("cli.detect.return_period"))
    sub.add_argument("--zone", default="UTC", help=texts("cli.detect.zone"))
    sub.add_argument("--country", default="", metavar="CC", help=texts("cli.detect.country"))
    sub.add_argument("--explain", action="store_true", help=texts("cli.detect.explain"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk detect FILE...``: one list of timestamps for each file, each file on its own."""
    width, days = _width(options.bucket), _days(options.return_period)
    try:
        ZoneInfo(options.zone)
    except (KeyError, ValueError, OSError):
        raise InputError("detect.zone", value=one_line(options.zone, 40)) from None
    found: dict[str, list[Alarm]] = {}
    for path in options.files:
        name = path.name.removesuffix(".gz")
        if name in found:
            raise InputError("detect.twice", name=one_line(name, 80))
        found[name] = list(_alarms(path, width, days, options.zone, options.country))
    if options.json:
        explained = options.explain
        print_json({n: [_explained(a) if explained else a.written for a in alarms] for n, alarms in found.items()})
        return 0
    for name, alarms in found.items():
        print(texts("cli.detect.result", file=one_line(name, 80), n=len(alarms)))
        for alarm in alarms:
            print("  " + one_line(_line(alarm, texts, explain=options.explain), 400))
    return 0


def _width(text: str) -> timedelta | None:
    if not text:
        return None
    match = _WIDTH.fullmatch(text.strip().lower())
    width = timedelta(minutes=int(match[1]) * _UNITS[match[2]]) if match else timedelta(0)
    if not timedelta(0) < width <= _LONGEST:
        raise InputError("detect.bucket", value=one_line(text, 40))
    return width


def _days(text: str) -> float:
    try:
        days = float(text.replace(",", "."))
    except ValueError:
        days = math.nan
    if not 0 < days <= 3650:  # false for what is no number
        raise InputError("detect.return_period", value=one_line(text, 40))
    return days


def _alarms(path: Path, width: timedelta | None, days: float, zone: str, country: str) -> Iterator[Alarm]:
    series = read_series(path, zone)
    if series is not None:
        return _of_counts(series, width or series.step, days, zone, country)
    return _of_mentions(path, width or _MINUTE, days, zone, country)


def _of_mentions(path: Path, width: timedelta, days: float, zone: str, country: str) -> Iterator[Alarm]:
    """Mentions as the desk sees them: by the minute, with voices and complaints."""
    classifier = Classifier((), Lexicon.load())
    found: list[Mention] = []
    for page in read(path, guess(path, zone), account=path.name, now=datetime.now(UTC)):
        found += page.mentions
    if not found:
        raise InputError("importing.no_mentions", path=one_line(path.name, 80))
    counts = tally(in_order(zip(found, classifier.verdicts(found), strict=True)))
    detector, start = Detector(zone, country=country, return_days=days), min(counts)
    last, idle = start, timedelta(days=60)
    for minute, told in fill(counts, start, max(counts) + _MINUTE, NOTHING):
        if told.total:
            last = minute
        if minute - last > idle:  # one mention of a wrong year does not make years of silence
            continue
        signal = detector.minute(minute, told.total, told.voices, True, told.moments)
        if signal is not None:
            at = signal.at - timedelta(microseconds=1)
            bucket = start.replace(hour=0, minute=0) + ((at - start.replace(hour=0, minute=0)) // width) * width
            yield Alarm(bucket.isoformat(sep=" "), signal)


def _of_counts(series: Series, width: timedelta, days: float, zone: str, country: str) -> Iterator[Alarm]:
    """Counts only. A bucket wider than five minutes is taken as so many equal slots, a narrower one as minutes."""
    if width < series.step / 2:
        raise InputError("detect.finer", step=max(1, round(series.step / _MINUTE)))
    width = max(1, round(width / series.step)) * series.step
    slot = _SLOT if width >= _SLOT else _MINUTE
    detector = Detector(zone, country=country, return_days=days, bucket=slot // _MINUTE)
    start, done = series.points[0].at, 0
    part = 0.0  # of a minute narrower buckets are gathered
    for number_, written, count in in_buckets(series, width):
        end = max(done, round((number_ + 1) * width / slot))
        begin = min(end, max(done, round(number_ * width / slot)))
        for missing in range(max(done, begin - _FORGET), begin):
            detector.minute(start + missing * slot, 0, None, heard=False)
        done = end
        if begin == end:
            part += count or 0.0
            continue
        share, part = ((count or 0.0) + part) / (end - begin), 0.0
        spoken = None
        for n in range(begin, end):
            whole = round(share * (n - begin + 1)) - round(share * (n - begin))
            signal = detector.minute(start + n * slot, whole, None, heard=count is not None)
            spoken = spoken or signal
        if spoken is not None:
            yield Alarm(written, spoken)


def _explained(alarm: Alarm) -> dict[str, Any]:
    s = alarm.signal
    return {
        "timestamp": alarm.written,
        "kind": s.kind.value,
        "since": s.since.isoformat(),
        "count": s.count,
        "expected": round(s.expected, 2),
        "ratio": round(s.ratio, 2),
        "return_days": round(s.return_days, 1),
        "amplified": s.amplified,
        "learning_days": round(s.learning_days, 1),
        "provisional": s.provisional,
    }


def _line(alarm: Alarm, texts: Texts, *, explain: bool) -> str:
    if not explain:
        return alarm.written
    s = alarm.signal
    return texts(
        f"cli.detect.because_{s.kind.value}",
        at=alarm.written,
        count=s.count,
        minutes=s.window_minutes,
        expected=number(s.expected, texts, 1),
        days=number(s.return_days, texts, 1),
        label=texts("cli.detect.amplified") if s.amplified else "",
        learning=texts("cli.detect.learning", days=round(s.learning_days), needed=round(s.needed_days))
        if s.provisional
        else "",
    )
