"""``crisisdesk measures``: every figure of a period, what it was counted from, and the rows as CSV on request."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from crisisdesk.commands.console import open_desk, print_json, show_problems
from crisisdesk.desk.measured import figures_of
from crisisdesk.model.errors import InputError
from crisisdesk.model.measure import Figure
from crisisdesk.paths import put_file
from crisisdesk.pipeline.measures import figures, of_channel
from crisisdesk.pipeline.roi import returned
from crisisdesk.plain import one_line
from crisisdesk.reports import measures as report
from crisisdesk.texts import Texts
from crisisdesk.words import figure_name, figure_value


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("--from", dest="first", metavar="YYYY-MM-DD", help=texts("cli.measures.first"))
    sub.add_argument("--to", dest="last", metavar="YYYY-MM-DD", help=texts("cli.measures.last"))
    sub.add_argument("--channel", default="", metavar="NAME", help=texts("cli.measures.channel"))
    sub.add_argument("--service", type=Path, metavar="FILE", help=texts("cli.measures.service"))
    sub.add_argument("--line", choices=("phone", "mail"), default="phone", help=texts("cli.measures.line"))
    sub.add_argument("--csv", type=Path, metavar="DIR", help=texts("cli.measures.csv"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk measures``: take in the call centre's file first, when one is given."""
    first, last = day(options.first), day(options.last)
    with open_desk(options) as desk:
        problems = desk.measures.take_in(options.service, options.line)[1] if options.service else ()
        rows = of_channel(desk.measures.rows(desk.measures.period(first, last)), options.channel)
        kept = desk.preparation.get()
    found = figures(rows)
    if options.csv is not None:
        options.csv.mkdir(parents=True, exist_ok=True)
        said = figures_of(kept)
        made = returned(rows, found, said, kept.currency)
        for name, content in report.csv_files(rows, found, made, said, kept.currency).items():
            put_file(options.csv / name, content)
    if options.json:
        print_json(report.as_json(rows, found))
    else:
        print(texts("measure.period", first=rows.period.first.isoformat(), last=rows.period.last.isoformat()))
        for one in found:
            print(_line(one, texts))
        print(texts("measures.drills", n=rows.drills) if rows.drills else texts("measures.no_drills"))
    show_problems(problems, texts)
    return 0


def _line(one: Figure, texts: Texts) -> str:
    return one_line(texts("measure.line", name=figure_name(one, texts), value=figure_value(one, texts), n=one.n), 300)


def day(told: str | None) -> date | None:
    """A day of the command line, if one was told; ``InputError`` when it is none."""
    if told is None:
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise InputError("measures.no_day", day=one_line(told, 40)) from None
