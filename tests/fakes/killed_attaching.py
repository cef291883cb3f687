"""``python -m tests.fakes.killed_attaching FOLDER POINT``: a desk that is killed while it attaches two files to a note.

Points: ``row`` (both files and their rows are written), ``committed``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from crisisdesk.app import build_desk
from crisisdesk.model.attachment import Upload
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.fakes.outbox import die

FILES = (Upload("uno.bin", b"1" * 300_000), Upload("dos.bin", b"2" * 300_000))


def main(folder: Path, point: str) -> None:
    """Attach, and die at ``point``."""
    desk = build_desk(Settings(zone="America/Bogota", actor="ana"), profile(folder))
    with desk.core.write():
        desk.timeline.note(None, "con dos archivos", files=FILES)
        if point == "row":
            die()
    die()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
