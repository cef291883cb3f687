"""``crisisdesk replay FILE``: a file of mentions through the live path."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from crisisdesk.app import Desk
from crisisdesk.commands.console import Bar, open_desk, print_json, show_problems
from crisisdesk.model.alert import Alert, Opening
from crisisdesk.model.concern import Concern
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts
from crisisdesk.words import day, number, when


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("file", type=Path, metavar="FILE")
    sub.add_argument("--playbook", type=Path, help=texts("cli.replay.playbook"))
    sub.add_argument("--speed", type=float, default=0.0, help=texts("cli.replay.speed"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk replay FILE``: play it through the live path, as fast as it goes or at ``--speed``."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crisisdesk-") as folder:
        if options.data_dir is None:
            options.data_dir = Path(folder)
        with open_desk(options) as desk:
            if options.playbook is not None:
                desk.playbooks.use(options.playbook)
            bar = Bar(texts("cli.replay.bar"))
            desk.play_file(options.file, speed=options.speed or 1.0, paused=not options.speed)
            if options.speed:
                _in_time(desk, bar)
            else:
                while desk.replay.leap():
                    bar(_progress(desk))
            bar.end()
            alerts = tuple(reversed(desk.alerts.list(open_only=False)))
            others = tuple(reversed(desk.concerns.list(open_only=False)))
            result = {
                "mentions": desk.replay.added,
                "duplicates": desk.replay.duplicates,
                "rejected": len(desk.replay.rejected),
                "alerts": [_alert_json(a, texts) for a in alerts],
                "other_signals": [_other_json(c) for c in others],
                "seconds": round(time.monotonic() - begun, 2),
            }
            problems = desk.replay.rejected
    if options.json:
        print_json(result)
    else:
        counts = {name: value for name, value in result.items() if name not in ("alerts", "other_signals")}
        print(texts("cli.replay.result", **counts, alerts=len(alerts)))
        for alert in alerts:
            print("  " + one_line(texts("cli.replay.alert", **_alert_words(alert, desk.zone, texts)), 400))
        show_problems(problems, texts)
    return 0


def _progress(desk: Desk) -> float:
    status = desk.replay.status()
    return status.progress if status else 1.0


def _in_time(desk: Desk, bar: Bar) -> None:
    while not desk.replay.ended:
        desk.tick()
        bar(_progress(desk))
        time.sleep(0.2)


def _alert_json(alert: Alert, texts: Texts) -> dict[str, Any]:
    """An alert as it was when it opened."""
    first = alert.first or Opening(alert.signal, alert.explanation, alert.proposal)
    signal, explanation = first.signal, first.explanation
    return {
        "kind": signal.kind.value,
        "opened_at": alert.opened_at.isoformat(),
        "since": signal.since.isoformat(),
        "count": signal.count,
        "expected": round(signal.expected, 2),
        "ratio": round(signal.ratio, 2),
        "return_days": round(signal.return_days, 1),
        "amplified": signal.amplified,
        "terms": list(explanation.terms),
        "topic": list(explanation.topic),
        "topic_share": round(explanation.topic_share, 3),
        "sources": {name: round(share, 3) for name, share in explanation.sources},
        "level_proposed": first.proposal.level,
        "why": [f"{r.rule.get(texts.lang)} — {r.measured.get(texts.lang)}" for r in first.proposal.why],
    }


def _other_json(concern: Concern) -> dict[str, Any]:
    """Another signal than a rise, as it was last; it is no alert."""
    return {
        "kind": concern.kind.value,
        "opened_at": concern.opened_at.isoformat(),
        "return_days": round(concern.return_days, 1),
        "figures": dict(concern.figures),
    }


def _alert_words(alert: Alert, zone: str, texts: Texts) -> dict[str, object]:
    first = alert.first or Opening(alert.signal, alert.explanation, alert.proposal)
    return {
        "at": f"{day(alert.opened_at, zone, texts)}, {when(alert.opened_at, zone, texts)}",
        "count": first.signal.count,
        "minutes": first.signal.window_minutes,
        "ratio": number(first.signal.ratio, texts, 1),
        "expected": number(first.signal.expected, texts, 1),
        "terms": " · ".join(first.explanation.terms),
        "level": first.proposal.level,
    }
