"""``crisisdesk import FILE``: a file of mentions into the profile."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from crisisdesk.commands.console import Bar, open_desk, print_json, show_problems
from crisisdesk.texts import Texts
from crisisdesk.words import number


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("file", type=Path, metavar="FILE")
    sub.add_argument("--zone", help=texts("cli.import.zone"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk import FILE``: take it into the profile's data file; 1 when every row was rejected."""
    with open_desk(options) as desk:
        how = desk.importing.guess(options.file, options.zone)
        bar = Bar(texts("cli.import.bar"))
        result = desk.importing.run(options.file, how, progress=bar)
        bar.end()
    counts = {"added": result.added, "duplicates": result.duplicates, "rejected": len(result.rejected)}
    if options.json:
        print_json(counts | {"problems": [{"row": p.row, "key": p.key, **dict(p.fields)} for p in result.rejected]})
    else:
        for note in how.notes:
            print(texts(note.key, **dict(note.fields)), file=sys.stderr)
        said = {name: texts(f"import.result.{name}", n=n, shown=number(n, texts)) for name, n in counts.items()}
        print(texts("import.result.sentence", **said))
        show_problems(result.rejected, texts)
    return 0 if result.added or result.duplicates or not result.rejected else 1
