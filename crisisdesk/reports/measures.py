"""The rows of the measures as CSV, and the figures as CSV and JSON: whoever doubts a number can count it again.

Instants are ISO 8601 in UTC with all their digits, shares and money are decimals as text. No words and no names: an
author is a number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from crisisdesk import plain
from crisisdesk.model.measure import (
    CHAPTERS,
    Figure,
    IncidentRow,
    MentionRow,
    PromiseRow,
    ReplyRow,
    Return,
    Rows,
    ServiceDay,
)

TABLES: tuple[tuple[str, type], ...] = (
    ("mentions", MentionRow),
    ("later", MentionRow),
    ("replies", ReplyRow),
    ("promises", PromiseRow),
    ("incidents", IncidentRow),
    ("service", ServiceDay),
)

_NUMBERS = (int, Decimal)  # a minus before a number is no formula


def csv_files(
    rows: Rows,
    figures: Sequence[Figure],
    made: Return | None = None,
    assumed: Mapping[str, Decimal] | None = None,
    currency: str = "",
) -> dict[str, bytes]:
    """Every table by its file's name (UTF-8 with BOM): the rows, ``period.csv`` and ``figures.csv``.

    With the return on investment also ``assumptions.csv`` (what people said) and ``return.csv``: each line, each
    chapter and the whole, empty where a term is unknown.
    """
    files = {f"{name}.csv": _file(*_table(getattr(rows, name), kind, rows.brands)) for name, kind in TABLES}
    period = rows.period
    files["period.csv"] = _file(
        ("first", "last", "start", "end", "drills_left_out"),
        [(period.first, period.last, period.start, period.end, rows.drills)],
    )
    names = [f.name for f in fields(Figure)]
    files["figures.csv"] = _file(names, [[getattr(one, name) for name in names] for one in figures])
    if made is not None:
        said = assumed or {}
        files["assumptions.csv"] = _file(("name", "value", "currency"), [(n, said[n], currency) for n in sorted(said)])
        lines: list[tuple[object, ...]] = [("line", one.key, one.value, currency) for one in made.lines]
        lines += [("chapter", chapter, made.total(chapter), currency) for chapter in CHAPTERS]
        lines.append(("whole", "", made.total(), currency))
        files["return.csv"] = _file(("kind", "key", "value", "currency"), lines)
    return files


def as_json(rows: Rows, figures: Sequence[Figure]) -> dict[str, Any]:
    """The figures for machines: values as text with all their digits, ``null`` where nothing is known."""
    return {
        "format": "crisisdesk.measures",
        "version": 1,
        "first": rows.period.first.isoformat(),
        "last": rows.period.last.isoformat(),
        "start": _cell(rows.period.start),
        "end": _cell(rows.period.end),
        "drills_left_out": rows.drills,
        "figures": [
            {"key": f.key, "of": f.of, "unit": f.unit.value, "value": None if f.value is None else str(f.value),
             "n": f.n, "rows": f.rows}
            for f in figures
        ],
    }  # fmt: skip


def _table(rows: Sequence[Any], kind: type, brands: Sequence[str]) -> tuple[list[str], Iterable[list[Any]]]:
    names = [f.name for f in fields(kind) if f.name != "names"]
    named = kind is MentionRow
    head = [*names, *(f"names:{brand}" for brand in brands)] if named else names
    return head, ([getattr(row, name) for name in names] + (list(row.names) if named else []) for row in rows)


def _file(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([plain.csv_cell(name) for name in head])
    for row in rows:
        writer.writerow([_cell(cell) if isinstance(cell, _NUMBERS) else plain.csv_cell(_cell(cell)) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return str(value)
