"""What the commands without a window share: their language, their desk, their progress bar, their problems."""

from __future__ import annotations

import argparse
import io
import json
import locale
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from crisisdesk import settings
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.model.mention import RowProblem
from crisisdesk.paths import paths_of, profile
from crisisdesk.plain import one_line
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.words import problem_sentence

if TYPE_CHECKING:
    from crisisdesk.app import Desk

SHOWN_PROBLEMS = 20


def language(words: Sequence[str]) -> str:
    """The language of a command line: ``--lang``, else the profile's, else the system's, else Spanish."""
    asked = _value("--lang", words)
    if asked in LANGUAGES:
        return asked
    folder = _value("--data-dir", words)
    with suppress(OSError, RuntimeError, ValueError):  # no home, no such folder, a name with a NUL
        named = settings.language_of(paths_of(Path(folder) if folder else None).settings)
        if named:
            return named
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    named = named or (locale.getlocale()[0] or "")
    return "en" if named.lower().startswith("en") else "es"


def _value(option: str, words: Sequence[str]) -> str:
    """What ``option`` is given on a command line, or nothing."""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == option:
            return following
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return ""


def speak() -> None:
    """Let no character end a command: a terminal that cannot show one (Windows' own, a C locale) shows «?»."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextmanager
def open_desk(options: argparse.Namespace) -> Iterator[Desk]:
    """The desk of ``--data-dir`` (or of the user), closed at the end."""
    from crisisdesk.app import build_desk

    paths = profile(options.data_dir)
    stored, trouble = settings.load(paths.settings)
    if trouble:
        print(Texts(options.lang or stored.language)(trouble), file=sys.stderr)
    desk = build_desk(stored, paths)
    try:
        yield desk
    finally:
        desk.close()


class Bar:
    """A progress bar on standard error, only where somebody can see it."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._shown = -1
        self._on = sys.stderr.isatty()

    def __call__(self, share: float) -> bool:
        """Show ``share`` (0–1) when it has moved by a hundredth."""
        percent = int(share * 100)
        if self._on and percent != self._shown:
            self._shown = percent
            filled = "█" * (percent // 4)
            print(f"\r{self._label} {filled:<25} {percent:3d} %", end="", file=sys.stderr, flush=True)
        return True

    def end(self) -> None:
        """Leave the line."""
        if self._on and self._shown >= 0:
            print(file=sys.stderr)


def print_json(value: object) -> None:
    """One JSON value on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def findings(found: Sequence[Finding], texts: Texts) -> str:
    """Findings as a person reads them, errors first."""
    from crisisdesk.playbooks.check import report

    ordered = sorted(found, key=lambda f: (f.severity is not Severity.ERROR, f.line))
    return "\n".join(report(f, texts) for f in ordered)


def show_problems(problems: Sequence[RowProblem], texts: Texts) -> None:
    """The first rejected rows, each as one sentence, on standard error."""
    for problem in problems[:SHOWN_PROBLEMS]:
        words = problem_sentence(problem, texts)
        print(one_line(texts("cli.import.row", row=problem.row, problem=words), 400), file=sys.stderr)
    if len(problems) > SHOWN_PROBLEMS:
        print(texts("cli.import.more", n=len(problems) - SHOWN_PROBLEMS), file=sys.stderr)
