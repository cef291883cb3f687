"""A drill or a replay opens a window of its own: a second process on a data folder of its own (docs/adr/0005)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QProcess

from crisisdesk.texts import Texts

COMMANDS: Final = {"drill.start": ("demo", "--scenario"), "replay.start": ("play",)}


def open_second(action_id: str, ref: object | None, texts: Texts, home: Path) -> str:
    """Start the second window, of the profile in ``home``; what to tell the person."""
    words = [*COMMANDS[action_id], str(ref), "--lang", texts.lang]
    if action_id == "drill.start":
        words += ["--home", str(home)]
    program = sys.executable
    arguments = words if getattr(sys, "frozen", False) else ["-m", "ui.start", *words]
    started = QProcess.startDetached(program, arguments)
    ok = started[0] if isinstance(started, tuple) else started
    return texts("ui.second.opened" if ok else "ui.second.failed")
