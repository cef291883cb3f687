"""The rows of one file of mentions: what was guessed about them, and each turned into a mention or a reason."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crisisdesk.connectors.base import AUTHOR_LIMIT, credible, fingerprint, language, stored
from crisisdesk.connectors.columns import FIELDS, pick
from crisisdesk.connectors.dates import Dates, Order
from crisisdesk.connectors.tablefile import Broken, Record
from crisisdesk.model.errors import ImportFileError
from crisisdesk.model.mention import Mention, Page, RowProblem
from crisisdesk.plain import one_line, safe_link

SOURCE: Final = "import"

_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "si", "sí", "s", "verdadero", "x"})
_COUNT_LIMIT: Final = 1 << 53


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something to know before importing; ``key`` is its sentence in importing.toml."""

    key: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """How a file seems to be made. Change ``columns`` with ``dataclasses.replace``, the rest by guessing again.

    Attributes:
        format: ``csv``, ``jsonl`` or ``json``.
        charset: a Python codec's name.
        delimiter: one character; empty but for ``csv``.
        zone: IANA zone of dates that name none.
        order: of day and month in dates with slashes.
        columns: field of :data:`FIELDS` to column of ``header``.
        header: the columns' names, all different.
        has_header: whether the first row holds them.
        preview: the first 20 rows as they stand, as wide as ``header``.
        mentions: what the rows of the preview become.
        problems: rows of the preview that would be rejected.
        notes: what a person should know.
        rows: how many rows there are, about; exact when ``rows_exact``.
    """

    format: str
    charset: str
    delimiter: str
    zone: str
    order: Order = Order.DAY_FIRST
    columns: Mapping[str, str]
    header: tuple[str, ...]
    has_header: bool = True
    preview: tuple[tuple[str, ...], ...] = ()
    mentions: tuple[Mention, ...] = field(default=(), repr=False)
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[Note, ...] = ()
    rows: int = 0
    rows_exact: bool = False


def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises ``ImportFileError``."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImportFileError("importing.zone", zone=one_line(name, 60)) from None


class _Reject(Exception):
    """Why a row is no mention."""

    def __init__(self, key: str, **fields: str) -> None:
        self.key = key
        self.fields = tuple(fields.items())


class Rows:
    """Turns the rows of one file into mentions, counting them."""

    def __init__(self, guess: Guess, account: str, now: datetime) -> None:
        self._account = account
        self._now = now
        self._dates = Dates(zone_of(guess.zone), guess.order)
        self._width = len(guess.header)
        self._names = [guess.columns.get(name) for name in FIELDS]
        places = {column: at for at, column in enumerate(guess.header)}
        # A field without a column reads the empty cell that is put behind the last one.
        self._cells: Callable[[list[str]], tuple[str, ...]] = itemgetter(
            *(places.get(name or "", self._width) for name in self._names)
        )
        self._number = 0
        self._ended = False

    def page(self, records: Iterator[Record | Broken], batch: int) -> Page | None:
        """The next ``batch`` rows, ``None`` at the end."""
        mentions: list[Mention] = []
        rejected: list[RowProblem] = []
        for row in self._upto(records, batch):
            self._number += 1
            try:
                mentions.append(self._mention(self._fields(row)))
            except _Reject as why:
                rejected.append(RowProblem(row=self._number, key=why.key, fields=why.fields))
        if not mentions and not rejected:
            return None
        return Page(source=SOURCE, account=self._account, mentions=tuple(mentions), rejected=tuple(rejected))

    def notes(self) -> Iterator[Note]:
        """What was decided about local times, once per file."""
        for key, count in (("repeated_hour", self._dates.repeated), ("skipped_hour", self._dates.skipped)):
            if count:
                yield Note(key=f"importing.note.{key}", fields=(("n", str(count)),))

    def _upto(self, records: Iterator[Record | Broken], batch: int) -> Iterator[Record | Broken]:
        """The next rows; a packed file that breaks off ends with a broken row that says so."""
        if self._ended:
            return
        try:
            yield from islice(records, batch)
        except (EOFError, zlib.error, OSError) as fault:
            if isinstance(fault, OSError) and fault.errno is not None:
                raise
            self._ended = True
            yield Broken("importing.ends_here")

    def _fields(self, row: Record | Broken) -> Sequence[str]:
        if isinstance(row, list):
            if len(row) != self._width:
                row = self._fitted(row)
            row.append("")
            return self._cells(row)
        if isinstance(row, Broken):
            raise _Reject(row.key)
        return [_json_cell(name, pick(row, name)) if name else "" for name in self._names]

    def _fitted(self, row: list[str]) -> list[str]:
        if any(cell.strip() for cell in row[self._width :]):
            raise _Reject("importing.columns", found=str(len(row)), expected=str(self._width))
        return row[: self._width] + [""] * (self._width - len(row))

    def _mention(self, fields: Sequence[str]) -> Mention:
        (native_id, date, clock, author, channel, lang, text, url, repost, likes, reposts, followers) = fields
        native_id, date = native_id.strip(), date.strip()
        if not date:
            raise _Reject("importing.no_date")
        if not native_id and not text.strip():
            raise _Reject("importing.no_text")
        try:
            said = self._dates.read(f"{date} {clock.strip()}" if clock and ":" not in date else date)
        except ValueError:
            raise _Reject("importing.bad_date", date=one_line(date, 60)) from None
        doubtful = not credible(said, self._now)
        text = stored(text)
        return Mention(
            source=SOURCE,
            account=self._account,
            native_id=stored(native_id, 500) or fingerprint(author, said.isoformat(), text),
            published_at=self._now if doubtful else said,
            fetched_at=self._now,
            text=text,
            author=stored(author.strip(), AUTHOR_LIMIT),
            channel=stored(channel.strip(), 100),
            lang=language(lang),
            url=safe_link(url) if url else "",
            is_repost=repost.strip().lower() in _TRUE or text.startswith("RT @"),
            likes=_count(likes),
            reposts=_count(reposts),
            followers=_count(followers),
            date_doubtful=doubtful,
        )


def _json_cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, str | int | float):
        return str(value)
    raise _Reject("importing.not_plain", column=one_line(name, 60))


def _count(cell: str) -> int | None:
    cell = cell.strip()
    if not cell:
        return None
    try:
        number = int(cell) if len(cell) < 16 else _COUNT_LIMIT
    except ValueError:
        try:
            number = int(float(cell))
        except (ValueError, OverflowError):
            return None
    return number if 0 <= number < _COUNT_LIMIT else None
