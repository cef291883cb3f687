"""``crisisdesk export-cacao PLAYBOOK --out FILE``: a playbook as a CACAO 2.0 document."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from crisisdesk.model.errors import InputError
from crisisdesk.paths import put_file
from crisisdesk.plain import one_line
from crisisdesk.playbooks import cacao
from crisisdesk.playbooks.read import read
from crisisdesk.texts import Texts
from crisisdesk.words import zone_info


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("playbook", type=Path, metavar="PLAYBOOK")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help=texts("cli.export-cacao.out"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk export-cacao PLAYBOOK``: the file; a playbook that is blocked is not exported."""
    path, out = options.playbook, options.out
    playbook = read(path.read_bytes(), path.name)
    if out.exists() and out.samefile(path):
        raise InputError("cacao.same_file", file=one_line(out.name, 120))
    today = datetime.now(zone_info(playbook.zone)).date()
    put_file(out, cacao.text(playbook, today=today).encode("utf-8"))
    steps = sum(len(phase.tasks) for phase in playbook.phases)
    print(texts("cli.export-cacao.written", file=one_line(out.name, 120), n=steps))
    return 0
