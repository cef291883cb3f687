"""``crisisdesk doctor``: is everything in order on this computer?"""

from __future__ import annotations

import argparse
import io
import json
import platform
import sqlite3
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from crisisdesk import __version__
from crisisdesk.commands.console import open_desk, print_json
from crisisdesk.logs import redact
from crisisdesk.paths import Paths, profile, put_file
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts
from crisisdesk.vault import Vault
from crisisdesk.words import when


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))
    sub.add_argument("--bundle", type=Path, metavar="FILE.zip", help=texts("cli.doctor.bundle"))


def _qt() -> tuple[bool, str]:
    """The installed Qt binding, without loading it; 6.12 on Python 3.11 aborts (docs/adr/0004)."""
    try:
        found = version("pyside6-essentials")
    except PackageNotFoundError:
        return False, "—"
    numbers = tuple(int(part) for part in found.split(".")[:2])
    return numbers >= (6, 10) and (numbers < (6, 12) or sys.version_info >= (3, 12)), found


def _bundle(paths: Paths, vault: Vault, told: dict[str, dict[str, object]]) -> bytes:
    """What helps to find a fault, as a zip: these answers and the logs; no data file, no settings, no secret."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doctor.json", json.dumps(told, ensure_ascii=False, indent=2))
        for file in sorted(paths.logs.glob("*")):
            if file.is_file():
                text = file.read_text("utf-8", errors="replace")
                archive.writestr(f"logs/{file.name}", redact(text, vault.secrets()))
    return made.getvalue()


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk doctor``: is everything in order on this computer? 1 when something is not."""
    paths = profile(options.data_dir)
    vault = Vault()
    checks: dict[str, tuple[bool, str]] = {
        "crisisdesk": (True, __version__),
        "python": (sys.version_info >= (3, 11), platform.python_version()),
        "qt": _qt(),
        "sqlite": (sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version),
        "keyring": (vault.kept_by == "keyring", vault.kept_by),
        "data_file": (True, "—"),
        "mentions": (True, "0"),
    }
    with open_desk(options) as desk:
        checks["data_file"] = (True, paths.database.name)
        checks["mentions"] = (True, str(desk.mentions.count()))
        checks["playbook"] = (True, f"{desk.playbook.id} {desk.playbook.version}")
        last = desk.copying.last()
        checks["copy"] = (last is not None, "—" if last is None else when(last, desk.zone, texts, desk.clock.now()))
        contacts = len(desk.contacts.list())
        checks["contacts"] = (contacts > 0, str(contacts))
    told = {name: {"ok": ok, "value": value} for name, (ok, value) in checks.items()}
    if options.bundle is not None:
        put_file(options.bundle, _bundle(paths, vault, told))
        print(texts("cli.doctor.bundled", file=options.bundle.name), file=sys.stderr)
    if options.json:
        print_json(told)
    else:
        for name, (ok, value) in checks.items():
            print(f"{'✓' if ok else '◆'} {texts(f'cli.doctor.{name}')}: {one_line(value)}")
    return 0 if all(ok for ok, _ in checks.values()) else 1
