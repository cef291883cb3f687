"""The desk without a window: ``crisisdesk COMMAND``. Knows no Qt.

Exit status: 0 done, 1 the answer is no (findings that block, a source of trouble), 2 it could not be done. Errors
are one plain sentence on standard error, never a traceback.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from crisisdesk import __version__
from crisisdesk.commands import check, doctor, handbook, imports, lint, replay, report
from crisisdesk.commands.console import findings, language
from crisisdesk.model.errors import CrisisDeskError, PlaybookError
from crisisdesk.plain import one_line
from crisisdesk.texts import LANGUAGES, Texts

Declare = Callable[[argparse.ArgumentParser, Texts], None]
Command = Callable[[argparse.Namespace, Texts], int]

COMMANDS: Final[dict[str, tuple[Declare, Command]]] = {
    "check": (check.declare, check.run),
    "lint": (lint.declare, lint.run),
    "replay": (replay.declare, replay.run),
    "import": (imports.declare, imports.run),
    "report": (report.declare, report.run),
    "handbook": (handbook.declare, handbook.run),
    "doctor": (doctor.declare, doctor.run),
}


def parser(texts: Texts) -> argparse.ArgumentParser:
    """The command line's grammar, told in the reader's language."""
    top = argparse.ArgumentParser(prog="crisisdesk", description=texts("cli.description"))
    top.add_argument("--version", action="version", version=f"CrisisDesk {__version__}")
    _common(top, texts, default=True)
    commands = top.add_subparsers(dest="command", metavar=texts("cli.command"))

    for name, (declare, run) in COMMANDS.items():
        sub = commands.add_parser(name, help=texts(f"cli.{name}.help"), description=texts(f"cli.{name}.help"))
        _common(sub, texts, default=False)
        sub.set_defaults(run=run)
        declare(sub, texts)
    return top


def _common(sub: argparse.ArgumentParser, texts: Texts, *, default: bool) -> None:
    missing = None if default else argparse.SUPPRESS
    sub.add_argument("--data-dir", type=Path, metavar="DIR", default=missing, help=texts("cli.data_dir"))
    sub.add_argument("--lang", choices=LANGUAGES, default=missing, help=texts("cli.lang"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    texts = Texts(language(words))
    options = parser(texts).parse_args(words)
    if not hasattr(options, "run"):
        parser(texts).print_help()
        return 2
    run: Command = options.run
    try:
        return run(options, texts)
    except PlaybookError as error:
        print(findings(error.findings, texts), file=sys.stderr)
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
