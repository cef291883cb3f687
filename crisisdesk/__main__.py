"""The desk without a window: ``crisisdesk COMMAND``. Knows no Qt.

Exit status: 0 done, 1 the answer is no (findings that block, a source of trouble), 2 it could not be done. Errors
are one plain sentence on standard error, never a traceback.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Final

from crisisdesk import __version__
from crisisdesk.commands.console import findings, language, speak
from crisisdesk.commands.grammar import Grammar, folder
from crisisdesk.model.errors import CrisisDeskError, PlaybookError
from crisisdesk.model.fault import fault_of
from crisisdesk.plain import one_line
from crisisdesk.texts import LANGUAGES, Texts

Declare = Callable[[argparse.ArgumentParser, Texts], None]
Command = Callable[[argparse.Namespace, Texts], int]

COMMANDS: Final = {
    "check": "check",
    "lint": "lint",
    "classify": "classify",
    "rehearse": "rehearse",
    "risk": "risk",
    "export-cacao": "export_cacao",
    "replay": "replay",
    "import": "imports",
    "detect": "detect",
    "listen": "listen",
    "measures": "measures",
    "report": "report",
    "handbook": "handbook",
    "scenario": "scenario",
    "verify": "verify",
    "erase": "erase",
    "restore": "restore",
    "doctor": "doctor",
}
"""Every command and the file of ``crisisdesk/commands`` that does it; only the one that is asked for is loaded."""

IN_WINDOWS: Final = ("demo", "play")
"""Commands that open a window, and are done by ``ui``; told in the help like the others."""


def parser(texts: Texts, command: str = "") -> Grammar:
    """The command line's grammar, told in the reader's language; the arguments of ``command`` only."""
    top = Grammar(texts, prog="crisisdesk", description=texts("cli.description"))
    version = f"CrisisDesk {__version__}"
    top.add_argument("--version", action="version", version=version, help=texts("cli.usage.version"))
    _common(top, texts, default=True)
    commands = top.add_subparsers(dest="command", metavar=texts("cli.command"), parser_class=top.another)

    for name, file in COMMANDS.items():
        sub = commands.add_parser(name, help=texts(f"cli.{name}.help"), description=texts(f"cli.{name}.help"))
        _common(sub, texts, default=False)
        if name == command:
            module = import_module(f"crisisdesk.commands.{file}")
            declare: Declare = module.declare
            declare(sub, texts)
            sub.set_defaults(run=module.run)
    for name in IN_WINDOWS:
        commands.add_parser(name, help=texts(f"cli.{name}.help"))
    return top


def _common(sub: argparse.ArgumentParser, texts: Texts, *, default: bool) -> None:
    missing = None if default else argparse.SUPPRESS
    sub.add_argument("--data-dir", type=folder, metavar="DIR", default=missing, help=texts("cli.data_dir"))
    sub.add_argument("--lang", choices=LANGUAGES, default=missing, help=texts("cli.lang"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    speak()
    words = list(sys.argv[1:] if argv is None else argv)
    texts = Texts(language(words))
    command = next((word for word in words if word in COMMANDS), "")
    options = parser(texts, command).parse_args(words)
    if not hasattr(options, "run"):
        parser(texts).print_help()
        return 2
    run: Command = options.run
    try:
        status = run(options, texts)
        sys.stdout.flush()  # so that a reader who has left (``| head``) is met here and not at the interpreter's end
        return status
    except BrokenPipeError:
        return _reader_left()
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
        print(one_line(texts("cli.os_error", file=name, reason=fault_of(error))), file=sys.stderr)
        return 2


def _reader_left() -> int:
    """End without a word where nobody reads on, with the status that a shell gives the signal SIGPIPE."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + 13


if __name__ == "__main__":
    sys.exit(main())
