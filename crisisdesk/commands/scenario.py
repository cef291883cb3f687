"""``crisisdesk scenario INCIDENT``: a past incident becomes a drill of the person's own."""

from __future__ import annotations

import argparse

from crisisdesk.commands.console import open_desk
from crisisdesk.texts import Texts


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("incident", metavar="INCIDENT", help=texts("cli.report.incident"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk scenario INCIDENT``: its files are written into the data folder and never leave it."""
    with open_desk(options) as desk:
        path = desk.drills.from_incident(desk.incidents.get(options.incident).id)
    print(texts("cli.scenario.written", name=path.stem))
    return 0
