"""Contents of attached files, kept once by their SHA-256; their names and hashes are rows of the timeline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import Connection, LargeBinary, cast, delete, select
from sqlalchemy.dialects.sqlite import insert

from crisisdesk.model.attachment import Upload
from crisisdesk.model.chain import Answer, Status
from crisisdesk.store.schema import attachment

ATTACHED = "entry.attached"


def keep(connection: Connection, upload: Upload) -> str:
    """Keep the bytes of a file unless they are there already; their SHA-256."""
    values = {"sha256": upload.sha256, "size": len(upload.content), "content": upload.content}
    connection.execute(insert(attachment).values(values).on_conflict_do_nothing())
    return upload.sha256


def content(connection: Connection, sha256: str) -> bytes | None:
    """The bytes kept under a hash, whatever they are by now; ``None`` when there are none."""
    held = cast(attachment.c.content, LargeBinary)  # somebody else may have written a text there
    found: bytes | None = connection.execute(select(held).where(attachment.c.sha256 == sha256)).scalar()
    return found


def erase(connection: Connection, sha256: str) -> None:
    """Delete the bytes for good; the pages that held them are overwritten."""
    connection.execute(delete(attachment).where(attachment.c.sha256 == sha256))


def rows_with(connection: Connection, sha256: str | None = None) -> tuple[int, ...]:
    """Every row that tells of a file, or only those of the file with this hash."""
    return tuple(row for row, told in _told(connection) if sha256 in (None, told))


def verify(connection: Connection) -> tuple[Answer, int]:
    """Whether every file that a row tells of is there as it was attached, and how many there are.

    A row whose words were taken out by law tells of none; whether a row is as it was written is the chain's to answer.
    """
    n, seen = 0, set()
    for row, sha256 in _told(connection):
        if sha256 in seen:
            continue
        seen.add(sha256)
        n += 1
        kept = content(connection, sha256)
        if kept is None:
            return Answer(status=Status.ALTERED, why="file_missing", row=row), n
        if hashlib.sha256(kept).hexdigest() != sha256:
            return Answer(status=Status.ALTERED, why="file_changed", row=row), n
    return Answer(status=Status.INTACT, why="files_whole" if n else "no_files"), n


def _told(connection: Connection) -> Iterator[tuple[int, str]]:
    """Row and hash of every file; the text as the file holds it, for somebody else may have written there."""
    query = "SELECT id, data FROM timeline WHERE kind = ? ORDER BY id"
    for row, data in connection.exec_driver_sql(query, (ATTACHED,)).fetchall():
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            yield row, str(json.loads(data)["sha256"])
