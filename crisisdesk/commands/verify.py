"""``crisisdesk verify``: is the timeline as it was written (integrity), and is all of it there (completeness)?"""

from __future__ import annotations

import argparse
from dataclasses import asdict

from crisisdesk.commands.console import open_desk, print_json
from crisisdesk.desk.chain import anchor
from crisisdesk.model.chain import Answer, Status
from crisisdesk.texts import Texts

_MARK = {Status.INTACT: "✓", Status.ALTERED: "✗", Status.UNKNOWN: "◆"}


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("--anchor", action="append", default=[], metavar="ROW:DIGEST", help=texts("cli.verify.anchor"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk verify``: 0 when both answers are intact, 1 when one is altered or cannot be known."""
    given = tuple(anchor(text) for text in options.anchor)
    with open_desk(options) as desk:
        desk.chain.open()
        found = desk.chain.verify(given)
    answers = {"integrity": found.integrity, "completeness": found.completeness}
    if options.json:
        head = None if found.head is None else str(found.head)
        print_json(
            {name: asdict(one) | {"ok": one.status is Status.INTACT} for name, one in answers.items()}
            | {"rows": found.rows, "migrated": found.migrated, "sealed_to": found.sealed_to, "head": head}
        )
    else:
        for name, one in answers.items():
            print(f"{_MARK[one.status]} {texts(f'chain.{name}')}: {_sentence(one, texts)}")
        print(texts("chain.rows", n=found.rows))
        if found.migrated:
            print(texts("chain.migrated", n=found.migrated))
        if found.head is not None:
            print(texts("chain.head", row=found.head.row, digest=found.head.digest))
    return 0 if all(one.status is Status.INTACT for one in answers.values()) else 1


def _sentence(answer: Answer, texts: Texts) -> str:
    kept = answer.anchor
    where = "" if kept is None else texts(f"chain.where.{kept.where}", row=kept.row)
    return texts(f"chain.why.{answer.why}", row="—" if answer.row is None else answer.row, where=where)
