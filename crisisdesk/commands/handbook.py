"""``crisisdesk handbook PLAYBOOK --out FILE``: a playbook on paper, as a PDF or as one file for a browser."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path

from crisisdesk.model.errors import InputError
from crisisdesk.model.playbook import Playbook
from crisisdesk.paths import put_file
from crisisdesk.plain import one_line
from crisisdesk.playbooks.phrases import echo
from crisisdesk.playbooks.read import read
from crisisdesk.reports import handbook
from crisisdesk.texts import Texts
from crisisdesk.words import zone_info


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("playbook", type=Path, metavar="PLAYBOOK")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help=texts("cli.handbook.out"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk handbook PLAYBOOK``: one inert file (a PDF is set by ``ui/paper.py``)."""
    out: Path = options.out
    if out.suffix.lower() == ".pdf":
        raise InputError("handbook.pdf_elsewhere")
    if out.suffix.lower() != ".html":
        raise InputError("handbook.ending", file=one_line(out.name, 120))
    playbook, today = open_playbook(options.playbook)
    made = handbook.html(playbook, texts, file=options.playbook.name, echo=echo, today=today)
    put_file(out, made.encode("utf-8"))
    print(texts("cli.handbook.written", file=out.name))
    return 0


def open_playbook(path: Path) -> tuple[Playbook, date]:
    """The playbook of a file, and what day it is where it is used; PlaybookError when something blocks it."""
    playbook = read(path.read_bytes(), path.name)
    return playbook, datetime.now(zone_info(playbook.zone)).date()
