"""``crisisdesk check PLAYBOOK``: what is wrong with a playbook."""

from __future__ import annotations

import argparse
from pathlib import Path

from crisisdesk.commands.console import findings, print_json
from crisisdesk.model.finding import Severity
from crisisdesk.playbooks.check import as_json
from crisisdesk.playbooks.read import inspect
from crisisdesk.texts import Texts


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("playbook", type=Path, metavar="PLAYBOOK")
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk check PLAYBOOK``: every finding; 1 when one blocks."""
    path: Path = options.playbook
    playbook, found = inspect(path.read_bytes(), path.name)
    if options.json:
        print_json([as_json(f, texts) for f in found])
    else:
        if found:
            print(findings(found, texts))
        errors = sum(f.severity is Severity.ERROR for f in found)
        print(texts("cli.check.result", file=path.name, errors=errors, warnings=len(found) - errors))
    return 0 if playbook is not None else 1
