"""Files of the timeline's entries: taken in by an explicit act, kept once by their hash, given back as a copy.

The bytes lie in the data file and are written in the transaction of their row (docs/adr/0022): there is no moment in
which a row has no file, or a file no row. Nothing here opens a file with another program.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Final

from crisisdesk import plain
from crisisdesk.desk.core import Core
from crisisdesk.model.attachment import LONGEST_NAME, MOST_BYTES, MOST_FILES, Upload
from crisisdesk.model.chain import REDACTED
from crisisdesk.model.errors import InputError
from crisisdesk.model.fault import fault_of
from crisisdesk.model.timeline import Entry
from crisisdesk.store import attachments, timeline
from crisisdesk.store.attachments import ATTACHED
from crisisdesk.store.database import Connection, Transaction

_MEGABYTE: Final = 1024 * 1024
_FORBIDDEN: Final = frozenset('<>:"/\\|?*')
_DEVICES: Final = frozenset({"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(1, 10))})


class Attachments:
    """Attaches files and gives copies of them."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def attach(self, entry_id: int, files: Sequence[Upload]) -> tuple[Entry, ...]:
        """Attach files to an entry that is there; one act each, all in one transaction."""
        with self._core.write() as tx:
            entry = timeline.get(tx.connection, entry_id)
            root = entry.revises or entry.id
            return attach(self._core, tx, root, timeline.incident_of(tx.connection, root), files)

    def content(self, attachment_id: int) -> Upload:
        """A file as it was attached.

        Raises:
            InputError: ``attachment.erased``, ``.lost`` or ``.changed``: there is nothing that can be given.
            NotFoundError: no such row.
        """
        with self._core.read() as connection:
            told = timeline.get(connection, attachment_id).data
            name, sha256 = str(told.get("file", "")), str(told.get("sha256", ""))
            if not sha256:
                raise InputError("attachment.erased")
            kept = attachments.content(connection, sha256)
        if kept is None:
            raise InputError("attachment.lost", file=name)
        if hashlib.sha256(kept).hexdigest() != sha256:
            raise InputError("attachment.changed", file=name)
        return Upload(name, kept)

    def save(self, attachment_id: int, path: Path) -> Path:
        """Write a copy of a file, checked against its hash, beside ``path`` and move it there; no program opens it.

        Raises:
            InputError: see :meth:`content`; ``attachment.not_saved`` when it cannot be written.
        """
        content = self.content(attachment_id).content
        temporary = path.with_name(f".{os.getpid()}.{attachment_id}.part")
        try:
            temporary.write_bytes(content)
            temporary.replace(path)
        except (OSError, ValueError) as error:
            with suppress(OSError, ValueError):
                temporary.unlink(missing_ok=True)
            name = plain.one_line(path.name, 120)
            raise InputError("attachment.not_saved", file=name, reason=fault_of(error)) from error
        return path


def read_file(path: Path) -> Upload:
    """A file from outside; only its last name is kept.

    Raises:
        InputError: ``attachment.*``: no file, unreadable, empty or larger than :data:`MOST_BYTES`.
    """
    name = _plain_name(path.name)
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for without end
            raise InputError("attachment.no_file", file=name)
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError("attachment.unreadable", file=name, reason=fault_of(error)) from error
    return checked(Upload(name, content))


def checked(upload: Upload) -> Upload:
    """The file with a name that is one plain line and no path; InputError when it is empty or too large."""
    name = _plain_name(upload.name)
    if not upload.content:
        raise InputError("attachment.empty", file=name)
    if len(upload.content) > MOST_BYTES:
        raise InputError("attachment.too_large", file=name, most=MOST_BYTES // _MEGABYTE)
    return Upload(name, upload.content)


def _plain_name(name: str) -> str:
    """The last name of a path, what cannot be printed in it replaced; again gives the same."""
    last = PurePath(name.replace("\\", "/")).name
    shown = "".join(c if c.isprintable() else "\ufffd" for c in last[: LONGEST_NAME + 1])
    return (shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - 1] + "…") or "—"


def proposed_name(name: str) -> str:
    """A name under which a copy can be saved on any system; never a path, hidden, or a device."""
    kept = "".join("_" if c in _FORBIDDEN or not c.isprintable() else c for c in plain.clamp(name, LONGEST_NAME))
    kept = kept.strip(" .").encode("utf-8", "replace").decode("utf-8")
    return f"_{kept}" if not kept or kept.partition(".")[0].casefold() in _DEVICES else kept


def attach(
    core: Core, tx: Transaction, root: int, incident_id: int | None, files: Sequence[Upload]
) -> tuple[Entry, ...]:
    """Keep the files and write one row for each, in the act's own transaction."""
    if len(files) > MOST_FILES:
        raise InputError("attachment.too_many", most=MOST_FILES)
    made = []
    for file in map(checked, files):
        sha256 = attachments.keep(tx.connection, file)
        data = {"entry": root, "file": file.name, "size": len(file.content), "sha256": sha256}
        made.append(core.log(tx, ATTACHED, incident_id, data=data))
    return tuple(made)


def files_of(connection: Connection, root: int) -> tuple[Entry, ...]:
    """The rows that attached files to an entry and still tell of them, those that were taken out too."""
    return tuple(e for e in attachments_of(connection) if e.data.get("entry") == root)


def attachments_of(connection: Connection) -> tuple[Entry, ...]:
    """Every row that tells of a file."""
    return tuple(timeline.get(connection, row) for row in attachments.rows_with(connection))


def erase_file(core: Core, tx: Transaction, file: Entry, reason: str) -> Entry:
    """Delete a file by law: its bytes, and its name in every row that tells of it; the hash stays in the events.

    The event of ``file`` itself.
    """
    sha256 = str(file.data.get("sha256", ""))
    if not sha256:
        raise InputError("attachment.erased")
    events: dict[int, Entry] = {}
    for row in attachments.rows_with(tx.connection, sha256):
        told = timeline.get(tx.connection, row)
        data = {
            "entry": row, "reason": reason, "of": "file", "under": told.data["entry"], "size": told.data["size"],
            "sha256": sha256,
        }  # fmt: skip
        events[row] = core.log(tx, REDACTED, timeline.incident_of(tx.connection, row), data=data)
        timeline.blank(tx.connection, row)
    attachments.erase(tx.connection, sha256)
    return events[file.id]
