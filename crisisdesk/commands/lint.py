"""``crisisdesk lint FILE|-``: what a text promises, and what its tone should not say."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from crisisdesk.commands.console import print_json
from crisisdesk.model.errors import InputError
from crisisdesk.pipeline.lint import LONGEST, Hit, lint
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts

_MOST_BYTES: Final = 4 * LONGEST


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments; here ``--lang`` is the language of the text too."""
    sub.add_argument("file", metavar="FILE|-", help=texts("cli.lint.file"))
    sub.add_argument("--channel", default="", metavar="NAME", help=texts("cli.lint.channel"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk lint FILE|-``: every finding; status 0, for a finding is a question and no failure.

    With ``--json`` a list of ``{"rule", "span": [start, end], "line", "words", "reason"}``; spans count code points
    of the whole text, lines begin at 1.
    """
    text = _read(options.file)
    found = lint(text, getattr(options, "lang", None), channel=options.channel)
    if options.json:
        print_json([as_json(hit, texts) for hit in found])
    else:
        for hit in found:
            words = one_line(hit.words, 120)
            print(texts("cli.lint.row", line=hit.line, rule=hit.rule, words=words, reason=texts(hit.reason)))
        print(texts("cli.lint.result", n=len(found)))
    return 0


def as_json(hit: Hit, texts: Texts) -> dict[str, object]:
    """One finding as plain values."""
    return {
        "rule": hit.rule,
        "span": [hit.start, hit.end],
        "line": hit.line,
        "words": hit.words,
        "reason": texts(hit.reason),
    }


def _read(name: str) -> str:
    """The text of a file or of standard input, however it is encoded; too large is one sentence."""
    if name == "-":
        raw = sys.stdin.buffer.read(_MOST_BYTES + 1)
    else:
        with Path(name).open("rb") as stream:
            raw = stream.read(_MOST_BYTES + 1)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("lint.not_utf8", file=one_line(Path(name).name, 200), byte=error.start + 1) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if len(text) > LONGEST or len(raw) > _MOST_BYTES:
        raise InputError("lint.too_long", file=one_line(Path(name).name, 200), most=LONGEST)
    return text
