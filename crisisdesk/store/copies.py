"""Copies of the data file: made while the desk works, each read through before it counts, put back when it is damaged.

They lie in ``copies`` beside the data file: the newest of each of the last 24 hours and 14 days that had one, and the
last three from before an update. A copy goes into its place under its name only once it is whole (docs/adr/0029).
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from crisisdesk.model.errors import NotFoundError, NotOurFileError, StoreError, StoreFullError
from crisisdesk.model.fault import fault_of
from crisisdesk.store.schema import APPLICATION_ID

_NAME: Final = re.compile(r"-(\d{8}T\d{6})Z(?:-format-(\d+))?\.db")
_STAMP: Final = "%Y%m%dT%H%M%S"
_EACH: Final = timedelta(hours=1)
_HOURS: Final = 24
_DAYS: Final = 14
_UPDATES: Final = 3
_SPARE: Final = 64 << 20
"""Bytes that a copy leaves free: what people say now comes before what they said."""
_TOGETHER: Final = 2 << 30
"""Bytes that all copies may take; ``_LEAST`` of the newest stay however large they are."""
_LEAST: Final = 2
_ASIDE: Final = ".broken-"
_DROPPED: Final = ".dropped"


@dataclass(frozen=True, slots=True)
class Copy:
    """One whole copy of the data file.

    Attributes:
        made: when, UTC.
        size: bytes.
        before: the format of the data file that an update was about to change; 0 for the copy of an hour.
    """

    path: Path
    made: datetime
    size: int
    before: int = 0

    @property
    def name(self) -> str:
        """What a person calls it by."""
        return self.path.stem


def folder_of(data: Path) -> Path:
    """Where the copies of a data file lie."""
    return data.with_name("copies")


def free(data: Path) -> int:
    """The bytes that are left where a data file lies; a very large number where the system does not say."""
    try:
        return shutil.disk_usage(data.parent).free
    except OSError:
        return 1 << 62


def of(data: Path) -> tuple[Copy, ...]:
    """The copies that there are, the newest first."""
    found: list[Copy] = []
    with suppress(OSError):
        for path in folder_of(data).iterdir():
            known = _NAME.fullmatch(path.name.removeprefix(data.stem))
            if known is not None and path.name.startswith(data.stem):
                made = datetime.strptime(known[1], _STAMP).replace(tzinfo=UTC)
                found.append(Copy(path, made, path.stat().st_size, int(known[2] or 0)))
    return tuple(sorted(found, key=lambda copy: (copy.made, copy.before), reverse=True))


def find(data: Path, name: str) -> Copy:
    """The copy of that name, or the newest for ``latest``; NotFoundError when there is none."""
    there = of(data)
    for copy in there:
        if name in ("latest", copy.name, copy.path.name):
            return copy
    raise NotFoundError("store.no_copy" if there else "store.no_copies", id=name)


def take_when_due(data: Path, now: datetime) -> Copy | None:
    """A copy when the last one is an hour old or from the future; those that are no longer wanted go."""
    last = next((copy for copy in of(data) if not copy.before), None)
    if last is not None and timedelta(0) <= now - last.made < _EACH:
        return None
    made = take(data, now)
    _thin(data)
    return made


def take(data: Path, now: datetime, *, before: int = 0) -> Copy:
    """Copy the data file as it is this instant, whoever writes to it meanwhile; anew when somebody is erased from it.

    Raises:
        StoreFullError: there is no room for a copy; none was begun.
        NotOurFileError: the data file is damaged.
        StoreError: it cannot be written.
    """
    while True:
        dropped = _dropped(data)
        try:
            made = _taken(data, now, before)
        except StoreError:
            if _dropped(data) == dropped:
                raise
        else:
            if _dropped(data) == dropped:
                return made
            made.path.unlink(missing_ok=True)


def _taken(data: Path, now: datetime, before: int) -> Copy:
    folder = folder_of(data)
    name = f"{data.stem}-{now.astimezone(UTC).strftime(_STAMP)}Z" + (f"-format-{before}" if before else "")
    fresh, there = folder / f".{name}.part", folder / f"{name}.db"
    try:
        folder.mkdir(exist_ok=True)
        if free(data) < data.stat().st_size + _SPARE:
            raise StoreFullError("store.no_room_for_copy", path=data.name)
        _copy(data, fresh)
        _check(fresh, data.name)
        fresh.replace(there)
    except OSError as error:
        raise StoreError("store.copy_failed", path=data.name, reason=fault_of(error)) from error
    except sqlite3.Error as error:
        raise _damaged(error, data.name) from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    return Copy(there, now, there.stat().st_size, before)


def put_back(copy: Copy, data: Path, now: datetime) -> Path | None:
    """Put a copy in the place of the data file, which is kept beside it; nobody else may have it open.

    Returns:
        where what stood there before lies now, or ``None`` when nothing did.

    Raises:
        NotOurFileError: the copy itself is damaged; nothing was changed.
        StoreError: it cannot be written; the data file stands where it stood.
    """
    fresh = data.with_name(f".{data.name}.part")
    try:
        shutil.copyfile(copy.path, fresh)
        _check(fresh, copy.path.name)
        _doubt(fresh)
        _flush(fresh)
        aside = _put_aside(data, now)
        fresh.replace(data)
    except OSError as error:
        raise StoreError("store.copy_failed", path=data.name, reason=fault_of(error)) from error
    except (NotOurFileError, sqlite3.Error) as error:
        fault = _damaged(error, copy.path.name) if isinstance(error, sqlite3.Error) else error
        if isinstance(fault, NotOurFileError):  # «take the last copy» is no advice here
            fault = NotOurFileError("store.copy_damaged", path=copy.name)
        raise fault from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
    return aside


def drop(data: Path) -> None:
    """Delete every copy, half copies, and what copies were put in the place of: what was taken out of the data file by
    law must not be read in them; StoreError when one of them stays."""
    if folder_of(data).is_dir():  # first, so that one that is being made now is either listed here or made anew
        (folder_of(data) / _DROPPED).write_text(secrets.token_hex(8), "ascii")
    for copy in of(data):
        _delete(copy.path)
    left = (*folder_of(data).glob(f".{data.stem}-*.part"), *data.parent.glob(f"{data.name}{_ASIDE}*"))
    for path in left:
        _delete(path)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError("store.copy_stays", file=path.name, reason=fault_of(error)) from error


def _dropped(data: Path) -> str:
    """Another one after each :func:`drop`."""
    try:
        return (folder_of(data) / _DROPPED).read_text("ascii", errors="replace")
    except OSError:
        return ""


def _put_aside(data: Path, now: datetime) -> Path | None:
    """Keep the data file and its log under another name; its own name goes on to stand for it until it is replaced."""
    aside = data.with_name(f"{data.name}{_ASIDE}{now.astimezone(UTC).strftime(_STAMP)}Z")
    for ending in ("-wal", "-shm"):  # the copy must not be read together with the log of the old file
        old = data.with_name(data.name + ending)
        if old.exists():
            old.replace(aside.with_name(aside.name + ending))
    if not data.exists():
        return None
    try:
        os.link(data, aside)
    except OSError:  # a file system without links
        shutil.copyfile(data, aside)
    return aside


def _copy(data: Path, fresh: Path) -> None:
    with (
        closing(sqlite3.connect(f"{data.resolve().as_uri()}?mode=rw", uri=True, timeout=5.0)) as source,
        closing(sqlite3.connect(fresh)) as target,
    ):
        source.execute("PRAGMA query_only=ON")  # «rw» so that the last to leave takes the log with it
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log of its own
    _flush(fresh)


def _check(path: Path, name: str) -> None:
    """Read a copy through; raises NotOurFileError when it does not hold what it should."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        if copy.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise NotOurFileError("store.foreign", path=name)
        if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise NotOurFileError("store.damaged", path=name)


def _doubt(path: Path) -> None:
    """What was on its way out when the copy was made may be out by now: at the next start a person is asked.

    There is no writing «unknown» here: that is an act with its row in the timeline (``Outbox.recover``).
    """
    with closing(sqlite3.connect(path)) as copy:
        if copy.execute("SELECT count(*) FROM sqlite_master WHERE name = 'outgoing'").fetchone()[0]:
            copy.execute("UPDATE outgoing SET state = 'sending' WHERE state IN ('ready', 'queued', 'failed')")
            copy.commit()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _damaged(error: sqlite3.Error, name: str) -> StoreError:
    fault = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if fault.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return NotOurFileError("store.damaged", path=name)
    return StoreError("store.copy_failed", path=name, reason=fault)


def _thin(data: Path) -> None:
    """Delete what is older than the newest copy of each of the last 24 hours and 14 days that had one.

    Of a large file there are fewer: the oldest go, down to two, until all together take no more than ``_TOGETHER``.
    """
    there = of(data)
    kept = {copy.path for copy in [copy for copy in there if copy.before][:_UPDATES]}
    for length, most in (("%Y%m%d%H", _HOURS), ("%Y%m%d", _DAYS)):
        newest: dict[str, Path] = {}
        for copy in there:
            if not copy.before:
                newest.setdefault(copy.made.strftime(length), copy.path)
        kept.update(list(newest.values())[:most])
    taken = 0
    for place, copy in enumerate(there):
        taken += copy.size
        if copy.path not in kept or (place >= _LEAST and taken > _TOGETHER):
            taken -= copy.size
            _delete(copy.path)
