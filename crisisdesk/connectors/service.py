"""Files of a call centre, as CSV: a row for each day (counts), or a row for each call (a CDR). Plain or gzip.

A day's row says how many contacts there were; a file without such a column is a list of calls, each row one. What a
file does not say stays unknown. A bad row is told and the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.connectors.dates import Dates
from crisisdesk.connectors.tablefile import Broken, csv_records, find_charset, opened, sample, text_of
from crisisdesk.model.errors import ImportFileError
from crisisdesk.model.measure import ServiceDay
from crisisdesk.model.mention import RowProblem
from crisisdesk.plain import one_line

COLUMNS: Final = {
    "day": ("day", "date", "fecha", "dia", "día", "calldate", "start", "start_time", "starttime", "inicio", "time",
            "timestamp", "hora"),
    "line": ("line", "linea", "línea", "channel", "canal", "medio"),
    "contacts": ("contacts", "contactos", "calls", "llamadas", "emails", "mails", "correos", "tickets"),
    "seconds": ("seconds", "segundos", "billsec", "talk_seconds", "duration", "duracion", "duración", "handle_time"),
    "each": ("aht", "aht_seconds", "mean_seconds", "duracion_media", "duración_media", "segundos_por_llamada"),
    "cost": ("cost", "coste", "costo", "importe", "amount"),
    "currency": ("currency", "moneda", "divisa"),
    "asked": ("asked", "encuestados", "surveyed", "csat_n", "respuestas"),
    "satisfied": ("satisfied", "satisfechos", "csat_good"),
    "rated": ("rated", "nps_n", "valoraciones"),
    "detractors": ("detractors", "detractores"),
    "csat": ("csat", "satisfaction", "satisfaccion", "satisfacción"),
    "nps": ("nps", "recommendation", "recomendacion", "recomendación"),
}  # fmt: skip
"""What a column is, and the names it goes by, in any case."""
_LINES: Final = {
    "phone": ("", "phone", "telefono", "teléfono", "tel", "voice", "voz", "llamada", "llamadas", "call", "calls"),
    "mail": ("mail", "email", "e-mail", "correo", "correos"),
}
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_MOST: Final = Decimal(10) ** 12
SATISFIED: Final = 4
"""Of five: a four or a five is satisfied."""
DETRACTOR: Final = 6
"""Of ten: a six or less would advise against us."""


def read_service(path: Path, zone: str, line: str = "phone") -> tuple[tuple[ServiceDay, ...], tuple[RowProblem, ...]]:
    """The file's days, ascending, and the rows that are none.

    Args:
        zone: whose days they are, and of times that name none.
        line: of rows that name none.

    Raises:
        ImportFileError: it cannot be read, has no column of days, or not one good row.
    """
    found: dict[tuple[date, str], ServiceDay] = {}
    bad: list[RowProblem] = []
    dates = Dates(ZoneInfo(zone))
    for number, cells in _records(path):
        try:
            one = _day(cells, dates, ZoneInfo(zone), line)
        except ValueError as error:
            cell = one_line(str(error), 60)
            bad.append(RowProblem(row=number, key="errors.service.bad_row", fields=(("cell", cell),)))
            continue
        key = (one.day, one.line)
        if {one.cost, found.get(key, one).cost}.isdisjoint({None}) and one.currency != found.get(key, one).currency:
            bad.append(RowProblem(row=number, key="errors.service.two_currencies", fields=(("cell", one.currency),)))
            continue
        found[key] = _added(found[key], one) if key in found else one
    if not found:
        raise ImportFileError("service.no_rows", path=one_line(path.name, 80))
    return tuple(found[key] for key in sorted(found)), tuple(bad)


def _records(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the row from 1, header included, and its known cells by what they are."""
    head = sample(path)
    charset = find_charset(head.data)
    begin = head.data.decode(charset, "replace").lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(";\t|,", key=begin.count)
    with opened(path) as (file, _), text_of(file, charset) as lines:
        records = csv_records(lines, delimiter)
        first = next(islice(records, 1), None)
        names = [] if first is None or isinstance(first, Broken) else [_name(cell) for cell in first]
        places = {what: names.index(n) for what, known in COLUMNS.items() for n in known[::-1] if n in names}
        if "day" not in places:
            raise ImportFileError("service.no_day", path=one_line(path.name, 80))
        for number, cells in enumerate(records, start=2):
            row = [] if isinstance(cells, Broken) else cells
            if isinstance(cells, Broken) or any(cell.strip() for cell in row):
                known = {what: row[place].strip() for what, place in places.items() if place < len(row)}
                yield number, known | ({} if "contacts" in places else {"contacts": "1"})


def _name(cell: str) -> str:
    return re.sub(r"[\s\-]+", "_", cell.strip().strip("\ufeff").lower())


def _day(cells: Mapping[str, str], dates: Dates, zone: ZoneInfo, line: str) -> ServiceDay:
    """One row; ``ValueError`` with the cell that cannot be."""
    contacts = _count(cells, "contacts")
    if contacts is None:
        raise ValueError(cells.get("contacts", ""))
    each, length, cost = _number(cells, "each"), _number(cells, "seconds"), _number(cells, "cost")
    currency = cells.get("currency", "").upper()
    if currency and not _CURRENCY.fullmatch(currency):
        raise ValueError(currency)
    csat, nps = _mark(cells, "csat", 5), _mark(cells, "nps", 10)
    asked, satisfied = _count(cells, "asked"), _count(cells, "satisfied")
    rated, against = _count(cells, "rated"), _count(cells, "detractors")
    if csat is not None and "asked" not in cells:
        asked, satisfied = 1, int(csat >= SATISFIED)
    if nps is not None and "rated" not in cells:
        rated, against = 1, int(nps <= DETRACTOR)
    for part, whole in ((satisfied, asked), (against, rated)):
        if part is not None and whole is not None and part > whole:
            raise ValueError(f"{part} > {whole}")
    return ServiceDay(
        day=_local_day(cells.get("day", ""), dates, zone),
        line=_line(cells.get("line", ""), line),
        contacts=contacts,
        seconds=each * contacts if length is None and each is not None else length,
        cost=cost,
        currency=currency if cost is not None else "",
        asked=asked,
        satisfied=satisfied,
        rated=rated,
        detractors=against,
    )


def _local_day(cell: str, dates: Dates, zone: ZoneInfo) -> date:
    if _ISO.fullmatch(cell):  # a day is a day, wherever it is read
        return date.fromisoformat(cell)
    return dates.read(cell).astimezone(zone).date()


def _line(cell: str, otherwise: str) -> str:
    word = cell.lower()
    if not word:
        return otherwise
    for line, words in _LINES.items():
        if word in words:
            return line
    raise ValueError(cell)


def _number(cells: Mapping[str, str], what: str) -> Decimal | None:
    """An exact number of zero or more, with a point or a comma before its fraction; ``None`` where the cell is empty.

    A figure with marks for thousands is refused: nobody can tell ``1.234`` from ``1,234``.
    """
    cell = cells.get(what, "")
    if not cell:
        return None
    if not re.fullmatch(r"[0-9]{1,15}(?:[.,][0-9]{1,9})?", cell):
        raise ValueError(cell)
    try:
        value = Decimal(cell.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(cell) from error
    if value > _MOST:
        raise ValueError(cell)
    return value


def _count(cells: Mapping[str, str], what: str) -> int | None:
    value = _number(cells, what)
    if value is None:
        return None
    if value != value.to_integral_value():
        raise ValueError(cells[what])
    return int(value)


def _mark(cells: Mapping[str, str], what: str, most: int) -> Decimal | None:
    value = _number(cells, what)
    if value is not None and value > most:
        raise ValueError(cells[what])
    return value


def _added(one: ServiceDay, other: ServiceDay) -> ServiceDay:
    """Two rows of one day; what only one of them knows is what is known of calls, and a total needs both."""

    def both(a: Decimal | None, b: Decimal | None) -> Decimal | None:
        return None if a is None or b is None else a + b

    def some(a: int | None, b: int | None) -> int | None:
        return b if a is None else a if b is None else a + b

    return ServiceDay(
        day=one.day,
        line=one.line,
        contacts=one.contacts + other.contacts,
        seconds=both(one.seconds, other.seconds),
        cost=both(one.cost, other.cost),
        currency=one.currency or other.currency,
        asked=some(one.asked, other.asked),
        satisfied=some(one.satisfied, other.satisfied),
        rated=some(one.rated, other.rated),
        detractors=some(one.detractors, other.detractors),
    )
