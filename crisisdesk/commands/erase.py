"""``crisisdesk erase MENTION``: what erasing its author by law takes; with ``--reason`` and ``--yes`` it is done."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from crisisdesk.commands.console import open_desk, print_json
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts
from crisisdesk.words import erasure_sentence


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("mention", type=int, metavar="MENTION", help=texts("cli.erase.mention"))
    sub.add_argument("--only", action="store_true", help=texts("cli.erase.only"))
    sub.add_argument("--reason", default="", help=texts("cli.erase.reason"))
    sub.add_argument("--yes", action="store_true", help=texts("cli.erase.yes"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk erase``: 0 when it was done, 1 when it was only looked at."""
    with open_desk(options) as desk:
        desk.chain.open()
        people = desk.authors.erasures
        one, only = options.mention, options.only
        found = people.erase(one, options.reason, only=only) if options.yes else people.look(one, only=only)
    if options.json:
        print_json(asdict(found) | {"done": options.yes})
    else:
        print(one_line(erasure_sentence(found, texts, done=options.yes), 2_000))
    return 0 if options.yes else 1
