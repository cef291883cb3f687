"""A command whose reader has left ends quietly, as other Unix tools do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_reader_that_left_is_no_error(tmp_path: Path) -> None:
    text = tmp_path / "t.txt"
    text.write_text("Estará resuelto a las 11.\n" * 2000, "utf-8")
    reader, writer = os.pipe()
    os.close(reader)  # nobody reads: the first write fails
    try:
        done = subprocess.run(
            [sys.executable, "-m", "crisisdesk", "lint", str(text), "--json"],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "CRISISDESK_DATA_DIR": str(tmp_path)},
        )
    finally:
        os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 128 + 13
