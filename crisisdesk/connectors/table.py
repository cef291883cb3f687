"""Files of mentions: CSV, TSV, JSONL and JSON arrays, plain or gzip, from any tool that exports rows.

:func:`guess` looks at the beginning and says how the file seems to be made, with a preview; a person may change
that, and :func:`read` streams pages. A row is a mention or a ``RowProblem`` with its number, never silence.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from crisisdesk.connectors.columns import by_content, by_name, flat_names, looks_like_header, pick, unique_names
from crisisdesk.connectors.dates import Dates, Order, find_order
from crisisdesk.connectors.tablefile import (
    Broken,
    Record,
    csv_records,
    find_charset,
    json_array,
    json_lines,
    opened,
    sample,
    text_of,
)
from crisisdesk.connectors.tablerows import Guess, Note, Rows, zone_of
from crisisdesk.model.errors import ImportFileError
from crisisdesk.model.mention import Page
from crisisdesk.plain import one_line

__all__ = ["CHARSETS", "DELIMITERS", "FORMATS", "Guess", "Note", "account_of", "guess", "read"]

PREVIEW_ROWS: Final = 20
DELIMITERS: Final = (",", ";", "\t", "|")
FORMATS: Final = ("csv", "jsonl", "json")
CHARSETS: Final = ("utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "cp850", "mac_roman")
"""Those to offer; any that Python knows can be given."""

_STUDIED: Final = 500
_ENDINGS: Final = (".gz", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json")
_NONE: Final = -1


def account_of(path: Path) -> str:
    """The account of a file's mentions: its name without endings."""
    stem = path.name
    while stem.lower().endswith(_ENDINGS) and len(stem) > stem.rfind(".") > 0:
        stem = stem[: stem.rfind(".")]
    return one_line(stem, 200)


def guess(
    path: Path,
    zone: str = "UTC",
    *,
    format: str = "",
    charset: str = "",
    delimiter: str = "",
    has_header: bool | None = None,
    order: Order | None = None,
    columns: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Guess:
    """How the file seems to be made; what is given is taken as it is. Raises ``ImportFileError`` in one sentence."""
    begin = sample(path)
    found_charset = charset or find_charset(begin.data)
    text = _decoded(begin.data, found_charset)
    format = format or _format_of(path, text)
    if format != "csv" and not charset and not found_charset.startswith("utf"):
        found_charset = "utf-8"  # JSON is nothing else; a few bad bytes do not make it so
        text = _decoded(begin.data, found_charset)
    delimiter = (delimiter or _delimiter_of(text)) if format == "csv" else ""
    records = _records(io.StringIO(text, newline=""), format, delimiter)
    rows = [row for row in records if not isinstance(row, Broken) or begin.whole]
    if not begin.whole and len(rows) > 1:
        rows.pop()  # most likely cut by the end of the sample
    studied = rows[:_STUDIED]
    header, has_header = _header_of(studied, has_header, zone) if format == "csv" else (_names_of(studied), False)
    body = studied[has_header:]
    cells = [_cells(row, header) for row in body if not isinstance(row, Broken)]
    found = by_name(header) if columns is None else dict(columns)
    if columns is None:
        found = by_content(header, cells, found, Dates(zone_of(zone), order or Order.DAY_FIRST))
    slashed, open_ = find_order(_column(cells, header, found.get("published_at")))
    notes = _notes(found, header, has_header or format != "csv", open_ and order is None)
    count = len(rows) - has_header
    if not begin.whole:
        count = round(count * begin.size / len(begin.data))
    first = Guess(
        format=format,
        charset=found_charset,
        delimiter=delimiter,
        zone=zone,
        order=order or slashed,
        columns=found,
        header=header,
        has_header=has_header,
        preview=tuple(tuple(cell[:2_000] for cell in row) for row in cells[:PREVIEW_ROWS]),
        notes=notes,
        rows=count,
        rows_exact=begin.whole,
    )
    return _tried(first, body[:PREVIEW_ROWS], account_of(path), now or datetime.now(UTC))


def read(
    path: Path,
    guess: Guess,
    *,
    account: str = "",
    now: datetime,
    batch: int = 500,
    position: Callable[[int], None] | None = None,
    note: Callable[[Note], None] | None = None,
) -> Iterator[Page]:
    """Stream the file's rows as pages of ``batch`` rows.

    ``position`` is told after each page how many bytes of the file were read (against its size on disk), ``note`` at
    the end what was decided on the way. Raises ``ImportFileError`` when the file cannot be read on.
    """
    account = account or account_of(path)
    rows = Rows(guess, account, now)
    with opened(path) as (file, tell), text_of(file, guess.charset) as text:
        records = _records(text, guess.format, guess.delimiter)
        if guess.has_header:
            next(records, None)
        while page := rows.page(records, batch):
            yield page
            if position is not None:
                position(tell())
        if position is not None:
            position(path.stat().st_size)
    if note is not None:
        for found in rows.notes():
            note(found)


def _records(text: io.TextIOBase, format: str, delimiter: str) -> Iterator[Any]:
    if format == "csv":
        return csv_records(text, delimiter)
    return json_lines(text) if format == "jsonl" else json_array(text)


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, errors="replace")
    except (LookupError, ValueError):
        raise ImportFileError("importing.charset", charset=one_line(charset, 40)) from None


def _format_of(path: Path, text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")[:1]
    name = path.name.lower().removesuffix(".gz")
    if start == "[" and not name.endswith((".csv", ".tsv")):
        return "json"
    return "jsonl" if start == "{" or name.endswith((".jsonl", ".ndjson")) else "csv"


def _delimiter_of(text: str) -> str:
    """The separator that cuts the first rows into most columns, all rows alike."""
    best, score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = islice(csv_records(io.StringIO(text[: 1 << 17], newline=""), delimiter), PREVIEW_ROWS)
        widths = [len(row) for row in rows if isinstance(row, list)]
        if not widths or widths[0] < 2:
            continue
        alike = sum(width == widths[0] for width in widths) / len(widths)
        if alike * alike * widths[0] > score:
            best, score = delimiter, alike * alike * widths[0]
    return best


def _header_of(rows: Sequence[Any], has_header: bool | None, zone: str) -> tuple[tuple[str, ...], bool]:
    first = next((row for row in rows if isinstance(row, list)), [])
    if has_header is None:
        has_header = bool(rows) and rows[0] is first and looks_like_header(first, Dates(zone_of(zone)))
    return unique_names(first if has_header else [""] * len(first)), has_header


def _names_of(rows: Sequence[Any]) -> tuple[str, ...]:
    return flat_names([row for row in rows if isinstance(row, dict)])


def _cells(row: Record, header: Sequence[str]) -> list[str]:
    if isinstance(row, list):
        return [*row[: len(header)], *[""] * (len(header) - len(row))]
    return ["" if (value := pick(row, name)) is None else str(value) for name in header]


def _column(rows: Sequence[Sequence[str]], header: Sequence[str], name: str | None) -> list[str]:
    at = header.index(name) if name in header else _NONE
    return [] if at == _NONE else [row[at] for row in rows]


def _notes(columns: Mapping[str, str], header: Sequence[str], named: bool, order_open: bool) -> tuple[Note, ...]:
    told = {
        "no_header": not named,
        "no_date_column": columns.get("published_at") not in header,
        "no_text_column": columns.get("text") not in header,
        "no_id_column": columns.get("native_id") not in header,
        "order_open": order_open,
    }
    return tuple(Note(key=f"importing.note.{key}") for key, holds in told.items() if holds)


def _tried(how: Guess, body: Sequence[Record | Broken], account: str, now: datetime) -> Guess:
    """The guess with what its preview becomes."""
    page = Rows(how, account, now).page(iter(body), PREVIEW_ROWS)
    return replace(how, mentions=page.mentions, problems=page.rejected) if page else how
