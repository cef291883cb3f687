"""``crisisdesk report INCIDENT``: an incident as one inert file."""

from __future__ import annotations

import argparse
from pathlib import Path

from crisisdesk.commands.console import open_desk
from crisisdesk.model.errors import InputError
from crisisdesk.reports import incident, tables
from crisisdesk.texts import Texts


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("incident", metavar="INCIDENT", help=texts("cli.report.incident"))
    sub.add_argument("--format", choices=("html", "pdf", "md", "csv", "json", "zip"), default="html")
    sub.add_argument("--cut", choices=("internal", "public"), default="internal", help=texts("cli.report.cut"))
    sub.add_argument("--out", type=Path, required=True, metavar="FILE")


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk report INCIDENT``: one inert file (a PDF is set by ``ui/paper.py``), or the pack with ``zip``."""
    if options.format == "pdf":
        raise InputError("handbook.pdf_elsewhere")
    with open_desk(options) as desk:
        if options.format == "zip":
            desk.chain.open()
            digest = desk.evidence.pack(options.incident, options.out, texts, cut=options.cut)
            print(texts("evidence.packed", file=options.out.name, digest=digest))
            return 0
        data = desk.review.data(options.incident)
    made: str | bytes
    if options.format == "csv":
        made = tables.timeline_csv(data, texts, cut=options.cut)
    elif options.format == "json":
        made = tables.json(data, cut=options.cut)
    else:
        make = incident.markdown if options.format == "md" else incident.html
        made = make(data, texts, cut=options.cut)
    options.out.write_bytes(made if isinstance(made, bytes) else made.encode())
    print(texts("cli.report.written", file=options.out.name))
    return 0
