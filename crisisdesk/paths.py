"""Where the desk keeps its files: the user's own folders, or one throw-away folder (``--data-dir``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs


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


def profile(data_dir: Path | None = None) -> Paths:
    """The user's profile, or everything under ``data_dir``; folders are made."""
    if data_dir is None:
        dirs = platformdirs.PlatformDirs("CrisisDesk", appauthor=False)
        paths = Paths(Path(dirs.user_data_dir), Path(dirs.user_config_dir), Path(dirs.user_log_dir))
    else:
        root = data_dir.expanduser().resolve()
        paths = Paths(root, root, root / "logs")
    for folder in (paths.data, paths.config, paths.logs, paths.playbooks):
        folder.mkdir(parents=True, exist_ok=True)
    return paths
