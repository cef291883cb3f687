"""A file of rows, opened with suspicion: packed or plain, in any charset, with broken rows among good ones.

What cannot be read at all is an ``ImportFileError``; a row that cannot be read is a :class:`Broken` in its place.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from crisisdesk.model.errors import ImportFileError
from crisisdesk.model.fault import fault_of
from crisisdesk.plain import one_line

SAMPLE_BYTES: Final = 1 << 20
UNPACKED_LIMIT: Final = 2 << 30
RATIO_LIMIT: Final = 100
RATIO_FREE_BYTES: Final = 100 << 20
"""A packed file may grow to this size whatever its ratio: repetitive logs pack well."""
LINE_LIMIT: Final = 1 << 20

_MAGIC: Final = {
    b"PK\x03\x04": "importing.zip",
    b"\xd0\xcf\x11\xe0": "importing.spreadsheet",
    b"%PDF": "importing.not_text",
    b"SQLite format 3": "importing.not_text",
    b"\x89PNG": "importing.not_text",
    b"\xff\xd8\xff": "importing.not_text",
}
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN: Final = ["cp1252", "cp850", "mac_roman", "cp1250", "cp1251", "shift_jis", "big5", "gb18030"]

Cell = str | int | float | bool | None | list[Any] | dict[str, Any]
Record = list[str] | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that is no row; ``key`` is its sentence."""

    key: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file, unpacked; ``size`` is the whole file's unpacked size as far as it tells."""

    data: bytes
    size: int

    @property
    def whole(self) -> bool:
        """Whether this is all there is."""
        return len(self.data) < SAMPLE_BYTES


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, Callable[[], int]]]:
    """The unpacked bytes of a file, and how many bytes of the file itself were read; raises ``ImportFileError``."""
    name = one_line(path.name, 80)
    try:
        with path.open("rb") as file:
            if file.read(2) == b"\x1f\x8b":
                file.seek(0)
                with io.BufferedReader(_Unpacked(file, name), 1 << 16) as unpacked:
                    yield cast(BinaryIO, unpacked), file.tell
            else:
                file.seek(0)
                yield file, file.tell
    except FileNotFoundError:
        raise ImportFileError("importing.missing", path=name) from None
    except IsADirectoryError:
        raise ImportFileError("importing.folder", path=name) from None
    except PermissionError:
        key = "importing.folder" if path.is_dir() else "importing.no_permission"
        raise ImportFileError(key, path=name) from None
    except OSError as fault:
        raise ImportFileError("importing.unreadable", path=name, reason=fault_of(fault)) from None


def sample(path: Path) -> Sample:
    """The file's beginning; raises ``ImportFileError`` for what is empty or not a table of text."""
    name = one_line(path.name, 80)
    with opened(path) as (file, _):
        try:
            data = file.read(SAMPLE_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise ImportFileError("importing.damaged", path=name) from None
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise ImportFileError("importing.empty", path=name)
    for magic, key in _MAGIC.items():
        if data.startswith(magic):
            excel = path.suffix.lower() in (".xlsx", ".xlsm", ".ods", ".xls")
            raise ImportFileError("importing.spreadsheet" if excel else key, path=name)
    if _is_binary(data):
        raise ImportFileError("importing.not_text", path=name)
    return Sample(data, _unpacked_size(path, len(data)))


def find_charset(data: bytes) -> str:
    """The charset of a sample: by its byte-order mark, UTF-8 if it is that, else the likeliest of the usual ones."""
    for mark, charset in _BOMS:
        if data.startswith(mark):
            return charset
    wide = _wide(data)
    if wide:
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        try:
            data.decode("cp1252")
        except UnicodeDecodeError:
            best = from_bytes(data[:100_000], cp_isolation=_WESTERN).best()
            return best.encoding if best is not None else "latin-1"
        best = from_bytes(data[:100_000], cp_isolation=_WESTERN).best()
        # On short samples every single-byte charset looks alike; Windows' is by far the usual one.
        return best.encoding if best is not None and len(data) > 2_000 and best.coherence > 0.3 else "cp1252"
    return "utf-8"


def text_of(file: BinaryIO, charset: str) -> io.TextIOWrapper:
    """The file as text, what does not decode as U+FFFD; raises ``ImportFileError`` for a charset that there is not."""
    try:
        return io.TextIOWrapper(file, encoding=charset, errors="replace", newline="")
    except (LookupError, ValueError):
        raise ImportFileError("importing.charset", charset=one_line(charset, 40)) from None


def csv_records(text: io.TextIOBase, delimiter: str) -> Iterator[list[str] | Broken]:
    """Rows of cells. A quote that is never closed costs its own line only, not the rest of the file."""
    lines = _Lines(text)
    while True:
        try:
            for row in csv.reader(lines, delimiter=delimiter, strict=True):
                if row or lines.cut:
                    yield Broken("importing.line_too_long") if lines.cut else row
                lines.forget()
        except csv.Error as fault:
            yield _mended(lines, delimiter, str(fault))
            continue
        return


def json_lines(text: io.TextIOBase) -> Iterator[dict[str, Any] | Broken]:
    """One JSON object per line; blank lines are nothing."""
    lines = _Lines(text)
    for line in lines:
        cut = lines.cut
        lines.forget()
        if cut:
            yield Broken("importing.line_too_long")
        elif line.strip("\ufeff \t\r\n"):
            yield _json_row(line.strip("\ufeff \t\r\n"))


def json_array(text: io.TextIOBase) -> Iterator[dict[str, Any] | Broken]:
    """The objects of one JSON array, without holding the whole file; it ends where the array breaks."""
    decoder = json.JSONDecoder(parse_int=_int, parse_constant=_refuse)
    buffer = text.read(LINE_LIMIT).lstrip("\ufeff \t\r\n").removeprefix("[")
    while True:
        buffer = buffer.lstrip(" \t\r\n,")
        if buffer.startswith("]"):
            return
        try:
            value, end = decoder.raw_decode(buffer)
        except (ValueError, RecursionError):
            more = text.read(LINE_LIMIT) if len(buffer) < LINE_LIMIT else ""
            if not more:
                yield Broken("importing.json_ends")
                return
            buffer += more
            continue
        yield value if isinstance(value, dict) else Broken("importing.not_object")
        buffer = buffer[end:] if len(buffer) - end > LINE_LIMIT // 8 else buffer[end:] + text.read(LINE_LIMIT)


class _Unpacked(io.RawIOBase):
    """A gzip file's content, with an end to how much it may grow."""

    def __init__(self, file: io.BufferedReader, name: str) -> None:
        self._file = file
        self._gzip = gzip.GzipFile(fileobj=file)
        self._name = name
        self._grown = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._gzip.read(len(buffer))
        self._grown += len(data)
        packed = max(self._file.tell(), 1)
        if self._grown > UNPACKED_LIMIT:
            raise ImportFileError("importing.too_large", path=self._name, gigabytes=UNPACKED_LIMIT >> 30)
        if self._grown > RATIO_FREE_BYTES and self._grown > packed * RATIO_LIMIT:
            raise ImportFileError("importing.bomb", path=self._name, ratio=RATIO_LIMIT)
        buffer[: len(data)] = data
        return len(data)


class _Lines:
    """The lines of a text, which can be given back; ``taken`` are those since :meth:`forget`."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.cut = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._text.readline(LINE_LIMIT)
        if not line:
            raise StopIteration
        if len(line) == LINE_LIMIT and line[-1] not in "\r\n":
            self.cut = True
            while (rest := self._text.readline(LINE_LIMIT)) and rest[-1] not in "\r\n":
                pass
        self.taken.append(line)
        return line

    def forget(self) -> None:
        self.taken.clear()
        self.cut = False

    def give_back_all_but_first(self) -> None:
        self._back.extendleft(reversed(self.taken[1:]))
        self.forget()


def _mended(lines: _Lines, delimiter: str, fault: str) -> list[str] | Broken:
    """What can be saved of the first line of a broken row; its other lines are read anew."""
    first, several, cut = lines.taken[0], len(lines.taken) > 1, lines.cut
    lines.give_back_all_but_first()
    if cut:
        return Broken("importing.line_too_long")
    if several or "unexpected end" in fault:
        return Broken("importing.quote")
    try:
        return next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        return Broken("importing.field_too_long")


def _json_row(line: str) -> dict[str, Any] | Broken:
    try:
        value = json.loads(line, parse_int=_int, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return Broken("importing.bad_json")
    return value if isinstance(value, dict) else Broken("importing.not_object")


def _int(digits: str) -> int:
    if len(digits) > 40:
        raise ValueError("digits")
    return int(digits)


def _refuse(name: str) -> None:
    raise ValueError(name)


def _wide(data: bytes) -> str:
    """UTF-16 without its mark shows in the zeros of every other byte."""
    half = max(len(data) // 2, 1)
    if data[1::2].count(0) > half * 0.6:
        return "utf-16-le"
    return "utf-16-be" if data[0::2].count(0) > half * 0.6 else ""


def _is_binary(data: bytes) -> bool:
    """Whether a sample without a wide charset holds too many control characters to be text."""
    if _wide(data) or any(data.startswith(mark) for mark, _ in _BOMS):
        return False
    controls = len(data) - len(data.translate(None, bytes(set(range(32)) - {9, 10, 12, 13, 27})))
    return controls > max(len(data) // 20, 4)


def _unpacked_size(path: Path, seen: int) -> int:
    """The unpacked size: of a gzip file what its last four bytes claim, if that can be."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b" or size < 18:
            return max(size, seen)
        file.seek(-4, io.SEEK_END)
        claimed = int.from_bytes(file.read(4), "little")
    return claimed if size / 2 < claimed < size * RATIO_LIMIT else max(size * 4, seen)
