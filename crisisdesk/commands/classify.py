"""``crisisdesk classify FILE|-``: language, sentiment and type of each text, with the words that decided."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from crisisdesk.commands.console import show_problems
from crisisdesk.connectors.table import guess, read
from crisisdesk.model.errors import InputError
from crisisdesk.model.label import Judgement
from crisisdesk.model.mention import Judge, Mention, RowProblem
from crisisdesk.pipeline.classify import Classifier, Lexicon, usual_types
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts

TIERS: Final = ("small", "full")
_TOGETHER: Final = 256
_TABLES: Final = (".csv", ".tsv", ".jsonl", ".ndjson", ".json")
_NOW: Final = datetime(2000, 1, 1, tzinfo=UTC)  # a line has no date, and none is asked for


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("file", metavar="FILE|-", help=texts("cli.classify.file"))
    sub.add_argument("--tier", choices=TIERS, default="small", help=texts("cli.classify.tier"))
    sub.add_argument("--json", action="store_true", help=texts("cli.classify.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk classify FILE|-``: one JSON object a line for each line or mention, in the order of the file.

    ``{"language", "sentiment", "probabilities": {"negative", "neutral", "positive"}, "type", "words"}``; ``type`` is a
    row of the usual process table or empty, ``language`` is empty where the words do not tell.
    """
    judge = Classifier(usual_types(), Lexicon.load(), tier=Judge(options.tier))
    problems: list[RowProblem] = []
    found = _mentions(options.file, problems)
    while some := tuple(islice(found, _TOGETHER)):
        for judgement in judge.judgements(some):
            print(json.dumps(as_json(judgement), ensure_ascii=False))
    show_problems(problems, texts)
    return 0


def as_json(judgement: Judgement) -> dict[str, object]:
    """One judgement as plain values."""
    verdict = judgement.verdict
    return {
        "language": verdict.language,
        "sentiment": verdict.sentiment.value,
        "probabilities": {name.value: round(chance, 4) for name, chance in judgement.probabilities.items()},
        "type": verdict.type,
        "words": list(verdict.words),
    }


def _mentions(name: str, problems: list[RowProblem]) -> Iterator[Mention]:
    """The mentions of a table, or each line of anything else as one."""
    path = Path(name)
    if path.name.lower().removesuffix(".gz").endswith(_TABLES):
        for page in read(path, guess(path), account=path.name, now=datetime.now(UTC)):
            problems += page.rejected
            yield from page.mentions
    elif name == "-":
        yield from _lines(sys.stdin.buffer, name)
    else:
        with path.open("rb") as stream:
            yield from _lines(stream, path.name)


def _lines(stream: BinaryIO, name: str) -> Iterator[Mention]:
    """Each line as a mention, empty ones too, so that answers stand beside their lines."""
    for number, raw in enumerate(stream, start=1):
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise InputError("classify.not_utf8", file=one_line(name, 80), line=number) from None
        yield Mention(
            source="classify", account=name, native_id=str(number), published_at=_NOW, fetched_at=_NOW, text=text
        )
