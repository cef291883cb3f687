"""``python -m tests.fakes.old_file DIR`` keeps a data file as this version makes it, for the versions to come.

Run it before a schema change; the file is the shipped drill up to its first timed promise, without its mentions' bulk.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from pathlib import Path

from crisisdesk.app import build_desk
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store.schema import SCHEMA_VERSION

STEPS = 45


def main(folder: Path) -> Path:
    """Write ``folder/vN.db.gz`` and return it."""
    with tempfile.TemporaryDirectory() as scratch:
        paths = profile(Path(scratch))
        desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), paths, drill=True)
        desk.drills.play("iusacell-0700-1100", autopilot=True, paused=True)
        for _ in range(STEPS):
            desk.replay.leap()
        desk.close()
        whole = sqlite3.connect(paths.database)
        whole.execute("VACUUM")
        whole.close()
        kept = folder / f"v{SCHEMA_VERSION}.db.gz"
        kept.write_bytes(gzip.compress(paths.database.read_bytes(), mtime=0))
    return kept


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))
