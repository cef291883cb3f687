"""``crisisdesk restore``: the copies of the data file, and putting one of them back."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from datetime import UTC, datetime

from crisisdesk import settings
from crisisdesk.commands.console import print_json
from crisisdesk.model.errors import StoreBusyError
from crisisdesk.paths import Paths, profile
from crisisdesk.store import copies
from crisisdesk.texts import Texts
from crisisdesk.words import file_size, when


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("copy", nargs="?", default="", metavar="COPY", help=texts("cli.restore.copy"))
    sub.add_argument("--take", action="store_true", help=texts("cli.restore.take"))
    sub.add_argument("--yes", action="store_true", help=texts("cli.restore.yes"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk restore``: list them; with a copy's name and ``--yes`` put it back. 1 when nothing was put back."""
    paths = profile(options.data_dir)
    data = paths.database
    if options.take:
        copies.take(data, datetime.now(UTC))
    if not options.copy:
        return _list(options, copies.of(data), texts, paths)
    copy = copies.find(data, options.copy)
    made = _told(copy, paths, texts)
    if not options.yes:
        print(texts("cli.restore.would", name=copy.name, when=made, file=data.name))
        return 1
    if _window_is_open(paths):
        raise StoreBusyError("store.window_open", path=data.name)
    aside = copies.put_back(copy, data, datetime.now(UTC))
    print(texts("cli.restore.done", name=copy.name, when=made))
    if aside is not None:
        print(texts("cli.restore.aside", file=aside.name))
    return 0


def _list(options: argparse.Namespace, there: tuple[copies.Copy, ...], texts: Texts, paths: Paths) -> int:
    if options.json:
        print_json([{"name": c.name, "made": c.made.isoformat(), "bytes": c.size, "before": c.before} for c in there])
    for copy in () if options.json else there:
        kind = "cli.restore.before" if copy.before else "cli.restore.row"
        size = file_size(copy.size, texts)
        print(texts(kind, name=copy.name, when=_told(copy, paths, texts), size=size, format=copy.before))
    if not there and not options.json:
        print(texts("cli.restore.none"))
    return 0 if there else 1


def _told(copy: copies.Copy, paths: Paths, texts: Texts) -> str:
    zone = settings.load(paths.settings)[0].zone
    return when(copy.made, zone, texts, datetime.now(UTC))


def _window_is_open(paths: Paths) -> bool:
    """Whether a window holds the profile: its process, named first in the lock, is alive."""
    if os.name != "posix":  # there an open file cannot be replaced, and the system says so
        return False
    with suppress(OSError, ValueError, IndexError):
        os.kill(int(paths.lock.read_text("utf-8", errors="replace").split()[0]), 0)
        return True
    return False
