"""``crisisdesk check PLAYBOOK``: what is wrong with a playbook, and what was understood of its thresholds."""

from __future__ import annotations

import argparse
from pathlib import Path

from crisisdesk.commands.console import findings, print_json
from crisisdesk.model.errors import InputError
from crisisdesk.model.finding import Severity
from crisisdesk.plain import one_line
from crisisdesk.playbooks.check import as_json
from crisisdesk.playbooks.nodes import converted
from crisisdesk.playbooks.phrases import understood
from crisisdesk.playbooks.read import inspect
from crisisdesk.texts import Texts


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("playbook", type=Path, metavar="PLAYBOOK")
    sub.add_argument("--understood", action="store_true", help=texts("cli.check.understood"))
    sub.add_argument("--utf8", type=Path, metavar="FILE", help=texts("cli.check.utf8"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk check PLAYBOOK``: every finding; 1 when one blocks."""
    path: Path = options.playbook
    data = path.read_bytes()
    if options.utf8 is not None:
        return _convert(data, path, options.utf8, texts)
    playbook, found = inspect(data, path.name)
    if options.json:
        print_json([as_json(f, texts) for f in found])
    else:
        if found:
            print(findings(found, texts))
        if options.understood and playbook is not None:
            for line, sentence, echoed in understood(playbook, texts.lang):
                print(one_line(texts("cli.check.echo", line=line, sentence=sentence, echo=echoed), 400))
        errors = sum(f.severity is Severity.ERROR for f in found)
        print(texts("cli.check.result", file=path.name, errors=errors, warnings=len(found) - errors))
    return 0 if playbook is not None else 1


def _convert(data: bytes, path: Path, out: Path, texts: Texts) -> int:
    """Write the Windows-1252 file again in UTF-8, beside it and never over anything."""
    text = converted(data)
    if text is None:
        raise InputError("playbook.not_windows", file=one_line(path.name, 120))
    try:
        with out.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("playbook.exists", file=one_line(out.name, 120)) from None
    print(texts("cli.check.converted", file=one_line(out.name, 120)))
    return 0
