"""The desk without a window: ``crisisdesk COMMAND``. Knows no Qt.

Exit status: 0 done, 1 the answer is no (findings that block, a source of trouble), 2 it could not be done. Errors
are one plain sentence on standard error, never a traceback.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from crisisdesk import __version__, commands
from crisisdesk.model.errors import CrisisDeskError, PlaybookError
from crisisdesk.plain import one_line
from crisisdesk.texts import LANGUAGES, Texts

Command = Callable[[argparse.Namespace, Texts], int]


def parser(texts: Texts) -> argparse.ArgumentParser:
    """The command line's grammar, told in the reader's language."""
    top = argparse.ArgumentParser(prog="crisisdesk", description=texts("cli.description"))
    top.add_argument("--version", action="version", version=f"CrisisDesk {__version__}")
    _common(top, texts, default=True)
    commands_ = top.add_subparsers(dest="command", metavar=texts("cli.command"))

    def add(name: str, run: Command) -> argparse.ArgumentParser:
        sub = commands_.add_parser(name, help=texts(f"cli.{name}.help"), description=texts(f"cli.{name}.help"))
        _common(sub, texts, default=False)
        sub.set_defaults(run=run)
        return sub

    check = add("check", commands.check)
    check.add_argument("playbook", type=Path, metavar="PLAYBOOK")
    check.add_argument("--json", action="store_true", help=texts("cli.json"))

    replay = add("replay", commands.replay)
    replay.add_argument("file", type=Path, metavar="FILE")
    replay.add_argument("--playbook", type=Path, help=texts("cli.replay.playbook"))
    replay.add_argument("--speed", type=float, default=0.0, help=texts("cli.replay.speed"))
    replay.add_argument("--json", action="store_true", help=texts("cli.json"))

    imports = add("import", commands.import_)
    imports.add_argument("file", type=Path, metavar="FILE")
    imports.add_argument("--zone", help=texts("cli.import.zone"))
    imports.add_argument("--json", action="store_true", help=texts("cli.json"))

    report = add("report", commands.report)
    report.add_argument("incident", metavar="INCIDENT", help=texts("cli.report.incident"))
    report.add_argument("--format", choices=("html", "pdf", "md", "csv", "json"), default="html")
    report.add_argument("--cut", choices=("internal", "public"), default="internal", help=texts("cli.report.cut"))
    report.add_argument("--out", type=Path, required=True, metavar="FILE")

    doctor = add("doctor", commands.doctor)
    doctor.add_argument("--json", action="store_true", help=texts("cli.json"))
    return top


def _common(sub: argparse.ArgumentParser, texts: Texts, *, default: bool) -> None:
    missing = None if default else argparse.SUPPRESS
    sub.add_argument("--data-dir", type=Path, metavar="DIR", default=missing, help=texts("cli.data_dir"))
    sub.add_argument("--lang", choices=LANGUAGES, default=missing, help=texts("cli.lang"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    texts = Texts(commands.language(words))
    options = parser(texts).parse_args(words)
    if not hasattr(options, "run"):
        parser(texts).print_help()
        return 2
    run: Command = options.run
    try:
        return run(options, texts)
    except PlaybookError as error:
        print(commands.findings(error.findings, texts), file=sys.stderr)
        return 2
    except CrisisDeskError as error:
        print(one_line(texts.error(error), 1000), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(texts("cli.interrupted"), file=sys.stderr)
        return 2
    except OSError as error:
        name = Path(str(error.filename)).name if error.filename else ""
        print(one_line(texts("cli.os_error", file=name, reason=error.strerror or "")), file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
