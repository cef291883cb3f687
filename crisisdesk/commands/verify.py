"""``crisisdesk verify``: is the timeline, or a pack, as it was written, and is all of it there, its files too?"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from crisisdesk.commands.console import open_desk, print_json
from crisisdesk.desk import evidence
from crisisdesk.desk.chain import anchor, key_of
from crisisdesk.model.chain import Anchor, Answer, Status
from crisisdesk.model.errors import InputError
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts
from crisisdesk.vault import Vault
from crisisdesk.words import answer_sentence

_MARK = {Status.INTACT: "✓", Status.ALTERED: "✗", Status.UNKNOWN: "◆"}


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("--anchor", action="append", default=[], metavar="ROW:DIGEST", help=texts("cli.verify.anchor"))
    sub.add_argument("--pack", type=Path, metavar="FILE", help=texts("cli.verify.pack"))
    sub.add_argument("--digest", default="", metavar="SHA256", help=texts("cli.verify.digest"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk verify``: 0 when all answers are intact, 1 when one is altered or cannot be known."""
    given = tuple(anchor(text) for text in options.anchor)
    if options.pack is not None:
        return _pack(options, given, texts)
    if options.digest:
        raise InputError("pack.digest_alone")
    with open_desk(options) as desk:
        desk.chain.open()
        found = desk.chain.verify(given)
    answers = {"integrity": found.integrity, "completeness": found.completeness}
    if found.files is not None:
        answers["files"] = found.files
    if options.json:
        head = None if found.head is None else str(found.head)
        print_json(
            _plain(answers)
            | {"rows": found.rows, "migrated": found.migrated, "sealed_to": found.sealed_to, "head": head}
            | {"redacted": found.redacted, "attached": found.attached}
        )
    else:
        _print(answers, texts)
        print(texts("chain.rows", n=found.rows))
        if found.attached:
            print(texts("chain.attached", n=found.attached))
        if found.redacted:
            print(texts("chain.redacted", n=found.redacted))
        if found.migrated:
            print(texts("chain.migrated", n=found.migrated))
        if found.head is not None:
            print(texts("chain.head", row=found.head.row, digest=found.head.digest))
    return _status(answers)


def _pack(options: argparse.Namespace, given: tuple[Anchor, ...], texts: Texts) -> int:
    """A pack alone: no data file is opened."""
    digest = options.digest.strip().lower()
    if digest and (len(digest) != 64 or not set(digest) <= set("0123456789abcdef")):
        raise InputError("pack.no_digest", text=one_line(options.digest, 80))
    key = key_of(Vault())
    keys = {} if key is None else {key.id: key.secret}
    found = evidence.check(options.pack, digest=digest, anchors=given, keys=keys)
    answers = {"integrity": found.integrity, "completeness": found.completeness}
    if options.json:
        print_json(
            _plain(answers)
            | {"members": found.members, "rows": found.rows, "digest": found.digest, "head": found.head or None}
        )
    else:
        _print(answers, texts)
        print(texts("chain.pack_rows", members=found.members, rows=found.rows))
        print(texts("chain.pack_digest", digest=found.digest))
        if found.head:
            row, _, made = found.head.partition(":")
            print(texts("chain.head", row=row, digest=made))
    return _status(answers)


def _plain(answers: dict[str, Answer]) -> dict[str, object]:
    return {name: asdict(one) | {"ok": one.status is Status.INTACT} for name, one in answers.items()}


def _print(answers: dict[str, Answer], texts: Texts) -> None:
    for name, one in answers.items():
        print(one_line(f"{_MARK[one.status]} {texts(f'chain.{name}')}: {answer_sentence(one, texts)}", 600))


def _status(answers: dict[str, Answer]) -> int:
    return 0 if all(one.status is Status.INTACT for one in answers.values()) else 1
