"""A watched folder of files that other programs write: call logs of a telephone exchange, exports of rows.

Each file is read from where the last page ended, whole lines only. A file is known by its number in the file system
and by its last line read, so that one that was rotated, cut or written anew is another file. A line without an end
waits; it counts once the file has stood still for ten minutes. A caller's number is personal data: stored are its
first digits and a hash under the person's own phrase.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from crisisdesk.connectors.base import fingerprint, option
from crisisdesk.connectors.dates import Dates, Order
from crisisdesk.connectors.fields import Reading, at, whole, words
from crisisdesk.connectors.table import guess
from crisisdesk.connectors.tablefile import csv_records, json_lines
from crisisdesk.connectors.tablerows import Rows, zone_of
from crisisdesk.model.errors import ImportFileError, InputError, PermanentError, TransientError
from crisisdesk.model.mention import Mention, Page, RowProblem
from crisisdesk.model.source import Limits, Query
from crisisdesk.plain import one_line

if TYPE_CHECKING:
    from crisisdesk.web import Web

PIECE: Final = 1 << 20
"""Bytes that are read at once; a longer row is none."""
LINES: Final = 1_000
STOOD: Final = timedelta(minutes=10)
FILES: Final = 2_000
_STRAY: Final = 1 << 16
_ENDINGS: Final = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})
_ROTATED: Final = re.compile(r"\.(csv|tsv|jsonl|ndjson)[.-]\d{1,8}$")
_ENDS: Final = frozenset({"ANSWERED", "NO ANSWER", "NOANSWER", "BUSY", "FAILED", "CONGESTION"})
_NUMBER: Final = re.compile(r"\s*\+?[\d\s().\-/]{6,40}")
_CALLER: Final = re.compile(r"<([^<>]{1,60})>")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSettings:
    """The folder, the zone of its local times, and a phrase under which numbers of callers are hidden."""

    path: str = option(required=True)
    zone: str = option(required=True)
    phrase: str = option(secret=True, required=True)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How far a file was read: the offset, the mark of the bytes before it, and of the tail that was told already."""

    offset: int = 0
    mark: str = ""
    told: str = ""


class Folder:
    """The files of one folder, not of the folders in it."""

    kind: ClassVar[str] = "folder"
    Settings: ClassVar[type[Any]] = FolderSettings
    limits: ClassVar[Limits] = Limits(pace=10.0)
    overlap: ClassVar[timedelta] = timedelta(0)  # files only grow

    def __init__(self, settings: FolderSettings, query: Query = Query()) -> None:
        self._settings = settings
        self._path = Path(settings.path)
        try:
            zone_of(settings.zone)
        except ImportFileError as error:
            raise InputError(error.key, **error.fields) from None

    @property
    def account(self) -> str:
        """The folder's path."""
        return str(self._path)

    async def poll(self, web: Web, cursor: str, now: datetime) -> Page:
        """The next whole lines of the first file that has any; raises a ``WebError`` where there is no folder."""
        return await asyncio.to_thread(self._page, cursor, now)

    def _page(self, cursor: str, now: datetime) -> Page:
        before = _standings(cursor)
        after: dict[str, _Standing] = {}
        found: Page | None = None
        for key, path in self._files():
            standing = before.get(key, _Standing())
            if found is None:
                try:
                    standing, found = self._read(path, standing, now)
                except OSError:
                    continue  # gone or locked between two looks: it is read anew when it is there again
            after[key] = standing
        fresh = {"v": 1, "files": {key: [s.offset, s.mark, s.told] for key, s in after.items()}}
        page = found or Page(source=self.kind, account=self.account)
        return replace(page, cursor=json.dumps(fresh), checked=None if found else now, more=found is not None)

    def _files(self) -> list[tuple[str, Path]]:
        """(key, path) of the files that are read, those written first coming first."""
        try:
            listed = [path for path in self._path.iterdir() if _is_ours(path)]
        except FileNotFoundError:
            raise PermanentError("sources.no_such_folder", path=one_line(self.account, 200)) from None
        except OSError as fault:
            where, code = one_line(self.account, 200), fault.errno or 0
            raise TransientError("sources.folder_unreadable", path=where, code=code) from None
        known = []
        for path in listed:
            try:
                stat = path.stat()
            except OSError:
                continue
            known.append((stat.st_mtime_ns, path.name, f"{stat.st_dev}:{stat.st_ino}", path))
        return [(key, path) for _, _, key, path in sorted(known)[-FILES:]]

    def _read(self, path: Path, standing: _Standing, now: datetime) -> tuple[_Standing, Page | None]:
        """Where the file stands after its next lines, and what they are; no page when there is nothing new."""
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
            if standing.offset > size or _mark(file, standing.offset) != standing.mark:
                standing = _Standing()
            file.seek(standing.offset)
            data = file.read(PIECE)
            stood = now.timestamp() - path.stat().st_mtime > STOOD.total_seconds()
            end = _whole(data, quoted=not path.name.startswith("queue_log") and "json" not in path.name.lower())
            if end:
                offset = standing.offset + end
                return _Standing(offset, _mark(file, offset)), self._told(path, data[:end], standing.offset, now)
            if len(data) == PIECE:
                offset = standing.offset + PIECE
                problem = RowProblem(row=1, key="importing.line_too_long")
                return _Standing(offset, _mark(file, offset)), self._page_of((), (problem,))
        told = blake2b(data, digest_size=8).hexdigest()
        if data.strip() and stood and told != standing.told:
            # It is told but not passed: should it go on after all, it is read again from its beginning.
            return replace(standing, told=told), self._told(path, data, standing.offset, now)
        return standing, None

    # -- rows ----------------------------------------------------------------------------------------------------

    def _told(self, path: Path, data: bytes, offset: int, now: datetime) -> Page:
        """What whole lines say, in the form that their first one shows."""
        if path.name.startswith("queue_log"):
            return self._calls(_queue(data.decode("utf-8", "replace")), now)
        text = data.decode("utf-8", "replace")
        if _is_cdr(next(csv_records(io.StringIO(text, newline=""), ","), None)):
            return self._calls(_cdr(text), now)
        try:
            how = guess(path, self._settings.zone, now=now)
            if how.charset.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
                raise ImportFileError("importing.charset", charset=how.charset)
            text = data.decode(how.charset, "replace")
        except ImportFileError as error:
            fields = tuple((name, str(value)) for name, value in error.fields.items())
            return self._page_of((), (RowProblem(row=1, key=error.key, fields=fields),))
        lines = io.StringIO(text, newline="")
        records: Iterator[Any] = csv_records(lines, how.delimiter) if how.format == "csv" else json_lines(lines)
        if how.has_header and offset == 0:
            next(records, None)
        page = Rows(how, self.account, now).page(records, 2 * LINES)
        if page is None:
            return self._page_of((), ())
        return self._page_of(tuple(map(self._own, page.mentions)), page.rejected)

    def _own(self, row: Mention) -> Mention:
        """A row of a table as this folder's: the same row in another file is the same mention."""
        said = "" if row.date_doubtful else row.published_at.isoformat()
        native_id = fingerprint(row.native_id, said, row.author, row.text)
        author = self._hidden(row.author) if _NUMBER.fullmatch(row.author) else row.author
        return replace(row, source=self.kind, account=self.account, native_id=native_id, author=author)

    def _calls(self, calls: Iterator[_Call | None], now: datetime) -> Page:
        """Calls as mentions without words of their own: that somebody called is what there is to know."""
        reading = Reading(self.kind, self.account, now)
        dates = Dates(zone_of(self._settings.zone), Order.DAY_FIRST)
        for call in calls:
            if call is None:
                reading.reject("importing.columns")
                continue
            try:
                said = dates.read(call.said)
            except ValueError:
                said = None
            caller = self._hidden(call.caller)
            reading.add(call.native_id, said, call.text, author=caller, author_id=caller, channel="phone", private=True)
        once = {mention.native_id: mention for mention in reversed(reading.mentions)}
        return self._page_of(tuple(reversed(once.values())), tuple(reading.rejected))

    def _hidden(self, number: str) -> str:
        """A number's first digits and its hash; the same number is always the same."""
        digits = re.sub(r"\D", "", number).removeprefix("00")
        if not digits:
            return ""
        key = blake2b(self._settings.phrase.encode(), digest_size=32).digest()
        shown = digits[: 4 if len(digits) >= 10 else 2]
        return f"{shown}… #{blake2b(digits.encode(), key=key, digest_size=5).hexdigest()}"

    def _page_of(self, mentions: tuple[Mention, ...], rejected: tuple[RowProblem, ...]) -> Page:
        return Page(source=self.kind, account=self.account, mentions=mentions, rejected=rejected)


@dataclass(frozen=True, slots=True)
class _Call:
    """One call from outside."""

    native_id: str
    said: str
    caller: str
    text: str


def _cdr(text: str) -> Iterator[_Call | None]:
    """Asterisk's ``Master.csv``, in the order of its ``cdr_csv``; calls that begin at an extension are none of ours."""
    for row in csv_records(io.StringIO(text, newline=""), ","):
        if not isinstance(row, list) or not _is_cdr(row):
            yield None
            continue
        found = _CALLER.search(row[4])
        caller = row[1].strip() or (found[1] if found else "")
        if 0 < len(re.sub(r"\D", "", caller)) < 7:
            continue
        unique = row[16].strip() if len(row) > 16 else ""
        seconds = row[13].strip()[:9] or "0"
        yield _Call(unique or fingerprint(*row), row[9], caller, f"{row[14].strip()} · {seconds} s")


def _queue(text: str) -> Iterator[_Call | None]:
    """Asterisk's ``queue_log``: a call counts when it enters a queue."""
    for line in text.splitlines():
        parts = line.split("|")
        if len(parts) < 5:
            if line.strip():
                yield None
        elif parts[4] == "ENTERQUEUE":
            caller = parts[6] if len(parts) > 6 else ""
            yield _Call(parts[1].strip(), parts[0], caller, f"ENTERQUEUE · {one_line(parts[2], 80)}")


def _is_cdr(row: object) -> bool:
    return isinstance(row, list) and 16 <= len(row) <= 18 and row[14].strip().upper() in _ENDS


def _is_ours(path: Path) -> bool:
    """Whether a file of the folder is read: no links, which may lead anywhere, and nothing that is hidden."""
    name = path.name
    known = path.suffix.lower() in _ENDINGS or name.startswith("queue_log") or _ROTATED.search(name.lower()) is not None
    return known and not name.startswith(".") and not path.is_symlink() and path.is_file()


def _whole(data: bytes, *, quoted: bool) -> int:
    """How many bytes are whole rows, at most :data:`LINES`; a quoted cell may hold line ends.

    After 64 KB or :data:`LINES` of rows whose quotes do not close, a quote is taken for a stray one.
    """
    here = end = odd = 0
    for left in reversed(range(LINES)):
        found = data.find(b"\n", here)
        if found < 0:
            break
        odd ^= data.count(b'"', here, found) & 1 if quoted else 0
        here = found + 1
        if not odd:
            end = here
        elif not end and (here > _STRAY or not left):
            return here
    return end


def _mark(file: Any, offset: int) -> str:
    """A hash of the line before ``offset``, or of as much of it as matters."""
    start = max(0, offset - 4_096)
    file.seek(start)
    return blake2b(file.read(offset - start), digest_size=8).hexdigest() if offset else ""


def _standings(cursor: str) -> dict[str, _Standing]:
    try:
        value = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    files = at(value, "files") if at(value, "v") == 1 else None
    known = files.items() if isinstance(files, dict) else ()
    return {str(key): _Standing(whole(s, 0) or 0, words(s, 1), words(s, 2)) for key, s in known}


CONNECTOR = Folder
