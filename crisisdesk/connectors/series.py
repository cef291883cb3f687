"""Files of counts over time: ``timestamp,value`` as CSV, plain or gzip, whatever the columns are called.

A row is one count of a bucket. Rows may come in any order and with holes; a hole is unknown, not zero. What is not a
count (empty, text, negative, not finite) is unknown too, and counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.connectors.dates import Dates
from crisisdesk.connectors.tablefile import Broken, csv_records, find_charset, opened, sample, text_of
from crisisdesk.model.errors import ImportFileError
from crisisdesk.plain import one_line

_WHEN: Final = ("timestamp", "time", "date", "datetime", "ds", "fecha", "hora", "minute", "created_at", "instante")
_HOW_MANY: Final = ("value", "count", "mentions", "menciones", "total", "y", "n", "valor", "volume", "cuenta")
_WORDS: Final = ("text", "texto", "message", "mensaje", "content", "contenido", "body", "title", "titulo", "título")
_STUDIED: Final = 200
_MOST: Final = 1e12
_LIMIT: Final = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Point:
    """One row: its timestamp as written, its instant, and its count (``None`` = unknown)."""

    written: str
    at: datetime
    count: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """A file's rows, ascending; ``step`` is the distance of most neighbours; ``unreadable`` rows had no time."""

    points: tuple[Point, ...]
    step: timedelta
    unreadable: int


def read_series(path: Path, zone: str = "UTC") -> Series | None:
    """The file's counts, or ``None`` when it is not such a file (a file of mentions has words).

    Args:
        zone: of timestamps that name none.

    Raises:
        ImportFileError: it cannot be read at all, or has no two rows with a time.
    """
    head = sample(path)
    name = one_line(path.name, 80)
    charset = find_charset(head.data)
    begin = head.data.decode(charset, "replace").lstrip("\ufeff")
    if begin.lstrip()[:1] in ("{", "["):
        return None
    delimiter = max(",;\t|", key=begin[:4000].count)
    with opened(path) as (file, _), text_of(file, charset) as lines:
        records = csv_records(lines, delimiter)
        rows = [r for r in islice(records, _STUDIED) if not isinstance(r, Broken)]
        columns = _columns(rows, Dates(ZoneInfo(zone)))
        if columns is None:
            return None
        rest = (r for r in records if not isinstance(r, Broken))
        points, unreadable = _points([*rows, *rest], columns, Dates(ZoneInfo(zone)))
    if len(points) < 2:
        raise ImportFileError("series.too_short", path=name)
    if points[-1].at - points[0].at > _LIMIT:
        raise ImportFileError("series.too_long", path=name)
    gaps = [b.at - a.at for a, b in pairwise(points[: _STUDIED + 1]) if b.at > a.at]
    if not gaps:
        raise ImportFileError("series.too_short", path=name)
    return Series(tuple(points), sorted(gaps)[len(gaps) // 2], unreadable)


def _columns(rows: Sequence[list[str]], dates: Dates) -> tuple[int, int, bool] | None:
    """Which column is the time, which the count, and whether the first row is a header."""
    if not rows:
        return None
    first = [cell.strip().strip("\ufeff").lower() for cell in rows[0]]
    if any(word in first for word in _WORDS):
        return None
    body = rows[1:] or rows
    width = max(len(r) for r in rows)
    times = [c for c in range(width) if _share(body, c, lambda cell: _time(cell, dates) is not None) > 0.5]
    when = next((first.index(n) for n in _WHEN if n in first and first.index(n) in times), None)
    if when is None:
        when = times[0] if times else None
    if when is None:
        return None
    numbers = [c for c in range(width) if c != when and _share(body, c, lambda cell: _number(cell) is not None) > 0.5]
    named = next((first.index(n) for n in _HOW_MANY if n in first and first.index(n) in numbers), None)
    if not numbers:
        return None
    header = when >= len(first) or _time(first[when], dates) is None
    return when, numbers[0] if named is None else named, header


def _share(rows: Sequence[list[str]], column: int, fits) -> float:  # type: ignore[no-untyped-def]
    cells = [r[column] for r in rows if column < len(r) and r[column].strip()]
    return sum(map(fits, cells)) / len(cells) if cells else 0.0


def _time(cell: str, dates: Dates) -> datetime | None:
    try:
        return dates.read(cell)
    except ValueError:
        return None


def _number(cell: str) -> float | None:
    text = cell.strip()
    try:
        value = float(text)
    except ValueError:
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            return None
    return value if math.isfinite(value) and 0 <= value <= _MOST else None


def _points(rows: Sequence[list[str]], columns: tuple[int, int, bool], dates: Dates) -> tuple[list[Point], int]:
    when, how_many, header = columns
    found: list[Point] = []
    unreadable = 0
    for row in rows[1:] if header else rows:
        written = row[when].strip() if when < len(row) else ""
        at = _time(written, dates)
        if at is None:
            unreadable += bool(any(cell.strip() for cell in row))
            continue
        found.append(Point(written, at, _number(row[how_many]) if how_many < len(row) else None))
    found.sort(key=lambda p: p.at)  # a stable sort: of two rows of one instant the last one holds
    return found, unreadable


def in_buckets(series: Series, width: timedelta) -> Iterator[tuple[int, str, float | None]]:
    """Number of the bucket from the first row on, its first row's timestamp, and its count; holes are left out.

    A bucket of several rows holds their sum, and is unknown where one of them is missing.
    """
    start = series.points[0].at
    per = max(1, round(width / series.step))
    open_: tuple[int, str, dict[int, float | None]] | None = None
    for point in series.points:
        row = round((point.at - start) / series.step)
        number = row // per
        if open_ is not None and open_[0] != number:
            yield open_[0], open_[1], _sum(open_[2], per)
            open_ = None
        if open_ is None:
            open_ = number, point.written, {}
        open_[2][row] = point.count
    if open_ is not None:
        yield open_[0], open_[1], _sum(open_[2], per)


def _sum(rows: dict[int, float | None], per: int) -> float | None:
    known = [count for count in rows.values() if count is not None]
    return sum(known) if len(known) >= per else None
