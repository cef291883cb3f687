"""Where the desk keeps its files: the user's own folders, or one throw-away folder (``--data-dir``)."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from crisisdesk.model.errors import StoreError
from crisisdesk.model.fault import fault_of


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one profile; all exist after :func:`prepare`."""

    data: Path
    config: Path
    logs: Path

    @property
    def database(self) -> Path:
        """The data file."""
        return self.data / "crisisdesk.db"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.toml"

    @property
    def playbooks(self) -> Path:
        """The person's own playbooks."""
        return self.data / "playbooks"

    @property
    def lock(self) -> Path:
        """The file that the running instance holds."""
        return self.data / "crisisdesk.lock"


def paths_of(data_dir: Path | None = None) -> Paths:
    """Where the user's profile is, or the one that lies under ``data_dir``; nothing is made."""
    if data_dir is None:
        dirs = platformdirs.PlatformDirs("CrisisDesk", appauthor=False)
        return Paths(Path(dirs.user_data_dir), Path(dirs.user_config_dir), Path(dirs.user_log_dir))
    root = data_dir.expanduser().resolve()
    return Paths(root, root, root / "logs")


def profile(data_dir: Path | None = None) -> Paths:
    """The user's profile, or everything under ``data_dir``; folders are made.

    Raises:
        StoreError: one of them cannot be made.
    """
    paths = paths_of(data_dir)
    for folder in (paths.data, paths.config, paths.logs, paths.playbooks):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = fault_of(NotADirectoryError(errno.ENOTDIR, "") if isinstance(error, FileExistsError) else error)
            raise StoreError("store.no_profile", path=str(folder), reason=reason) from error
    return paths


def put_file(path: Path, content: bytes) -> None:
    """Write a file beside ``path`` and move it there: a full disk or a crash leaves what was there, never half.

    What is no plain file (``/dev/stdout``) is written as it is.

    Raises:
        OSError: it cannot be written; its ``filename`` is ``path``, or its folder when that is what is missing.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    there = path.resolve()  # a link goes on to lead where it led
    fresh = there.with_name(f".{secrets.token_hex(4)}.part")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(there)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        error.filename = str(path if there.parent.is_dir() else path.parent)
        error.filename2 = None
        raise
