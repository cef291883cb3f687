"""``crisisdesk report INCIDENT|roi|voice``: a report of an incident, or of a period, as one inert file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crisisdesk.commands.console import open_desk
from crisisdesk.commands.measures import day
from crisisdesk.desk import measured
from crisisdesk.model.errors import InputError
from crisisdesk.paths import put_file
from crisisdesk.reports import setting, written
from crisisdesk.reports.base import Document, Kind
from crisisdesk.texts import Texts

if TYPE_CHECKING:
    from crisisdesk.app import Desk

PERIODS: Final = ("roi", "voice")
"""What stands in the place of an incident for a report over a period."""


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("incident", metavar="INCIDENT", help=texts("cli.report.incident"))
    sub.add_argument("--format", choices=("html", "pdf", "md", "csv", "json", "zip"), default="html")
    sub.add_argument("--cut", choices=("internal", "public"), default="internal", help=texts("cli.report.cut"))
    sub.add_argument("--kind", choices=tuple(Kind), help=texts("cli.report.kind"))
    sub.add_argument("--from", dest="first", metavar="YYYY-MM-DD", help=texts("cli.measures.first"))
    sub.add_argument("--to", dest="last", metavar="YYYY-MM-DD", help=texts("cli.measures.last"))
    sub.add_argument("--out", type=Path, required=True, metavar="FILE")


def kind_of(options: argparse.Namespace) -> str:
    """Which report of an incident is asked for: the review, unless another is named."""
    return options.kind or Kind.REVIEW


def of_period(desk: Desk, options: argparse.Namespace, texts: Texts) -> Document | None:
    """The document of a period that was asked for, or ``None`` where an incident was."""
    if options.incident not in PERIODS:
        written.checked(kind_of(options), options.format)
        return None
    if options.kind is not None:
        raise InputError("report.kind_period", report=options.incident)
    if options.format not in ("html", "pdf", "md"):
        raise InputError("report.of_period", format=options.format)
    first, last = day(options.first), day(options.last)
    if options.incident == "roi":
        if options.cut == "public":
            raise InputError("report.roi_public")
        return measured.roi(desk.measures, desk.preparation.get(), texts, desk.measures.period(first, last))
    return measured.voice(desk.measures, texts, desk.measures.period(first, last, days=7), cut=options.cut)


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk report INCIDENT``: one inert file (a PDF is set by ``ui/paper.py``), or the pack with ``zip``."""
    if options.format == "pdf":
        raise InputError("handbook.pdf_elsewhere")
    with open_desk(options) as desk:
        document = of_period(desk, options, texts)
        if document is not None:
            made = (setting.markdown if options.format == "md" else setting.web)(document, texts).encode()
        elif options.format == "zip":
            desk.chain.open()
            digest = desk.evidence.pack(options.incident, options.out, texts, cut=options.cut)
            print(texts("evidence.packed", file=options.out.name, digest=digest))
            return 0
        else:
            data = desk.review.data(options.incident)
            made = written.content(data, texts, options.format, kind=kind_of(options), cut=options.cut)
    put_file(options.out, made)
    print(texts("cli.report.written", file=options.out.name))
    return 0
