"""What each command without a window does."""

from __future__ import annotations

import argparse
import json
import locale
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from crisisdesk import __version__, settings
from crisisdesk.app import Desk, build_desk
from crisisdesk.model.alert import Alert, Opening
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.model.mention import RowProblem
from crisisdesk.paths import profile
from crisisdesk.plain import one_line
from crisisdesk.playbooks.check import as_json
from crisisdesk.playbooks.check import report as finding_report
from crisisdesk.playbooks.read import inspect
from crisisdesk.reports import incident, tables
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.vault import Vault
from crisisdesk.words import day, number, when

_SHOWN_PROBLEMS = 20


def language(words: Sequence[str]) -> str:
    """The language of a command line: ``--lang``, else the profile's, else the system's, else Spanish."""
    for i, word in enumerate(words):
        if word == "--lang" and i + 1 < len(words) and words[i + 1] in LANGUAGES:
            return words[i + 1]
        if word.startswith("--lang=") and word[7:] in LANGUAGES:
            return word[7:]
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    named = named or (locale.getlocale()[0] or "")
    return "en" if named.lower().startswith("en") else "es"


@contextmanager
def open_desk(options: argparse.Namespace) -> Iterator[Desk]:
    """The desk of ``--data-dir`` (or of the user), closed at the end."""
    paths = profile(options.data_dir)
    stored, _ = settings.load(paths.settings)
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


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def findings(found: Sequence[Finding], texts: Texts) -> str:
    """Findings as a person reads them, errors first."""
    ordered = sorted(found, key=lambda f: (f.severity is not Severity.ERROR, f.line))
    return "\n".join(finding_report(f, texts) for f in ordered)


def check(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk check PLAYBOOK``: every finding; 1 when one blocks."""
    path: Path = options.playbook
    playbook, found = inspect(path.read_bytes(), path.name)
    if options.json:
        _print_json([as_json(f, texts) for f in found])
    else:
        if found:
            print(findings(found, texts))
        errors = sum(f.severity is Severity.ERROR for f in found)
        print(texts("cli.check.result", file=path.name, errors=errors, warnings=len(found) - errors))
    return 0 if playbook is not None else 1


def replay(options: argparse.Namespace, texts: Texts) -> int:
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
            result = {
                "mentions": desk.replay.added,
                "duplicates": desk.replay.duplicates,
                "rejected": len(desk.replay.rejected),
                "alerts": [_alert_json(a, texts) for a in alerts],
                "seconds": round(time.monotonic() - begun, 2),
            }
            problems = desk.replay.rejected
    if options.json:
        _print_json(result)
    else:
        print(texts("cli.replay.result", **{k: v for k, v in result.items() if k != "alerts"}, alerts=len(alerts)))
        for alert in alerts:
            print("  " + one_line(texts("cli.replay.alert", **_alert_words(alert, desk.zone, texts)), 400))
        _show_problems(problems, texts)
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
        "opened_at": alert.opened_at.isoformat(),
        "since": signal.since.isoformat(),
        "count": signal.count,
        "expected": round(signal.expected, 2),
        "ratio": round(signal.ratio, 2),
        "return_days": round(signal.return_days, 1),
        "amplified": signal.amplified,
        "terms": list(explanation.terms),
        "sources": {name: round(share, 3) for name, share in explanation.sources},
        "level_proposed": first.proposal.level,
        "why": [f"{r.rule.get(texts.lang)} — {r.measured.get(texts.lang)}" for r in first.proposal.why],
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


def _show_problems(problems: Sequence[RowProblem], texts: Texts) -> None:
    for problem in problems[:_SHOWN_PROBLEMS]:
        words = texts(problem.key if "." in problem.key else f"importing.{problem.key}", **dict(problem.fields))
        print(one_line(texts("cli.import.row", row=problem.row, problem=words), 400), file=sys.stderr)
    if len(problems) > _SHOWN_PROBLEMS:
        print(texts("cli.import.more", n=len(problems) - _SHOWN_PROBLEMS), file=sys.stderr)


def import_(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk import FILE``: take it into the profile's data file."""
    with open_desk(options) as desk:
        how = desk.importing.guess(options.file, options.zone)
        bar = Bar(texts("cli.import.bar"))
        result = desk.importing.run(options.file, how, progress=bar)
        bar.end()
    counts = {"added": result.added, "duplicates": result.duplicates, "rejected": len(result.rejected)}
    if options.json:
        _print_json(counts | {"problems": [{"row": p.row, "key": p.key, **dict(p.fields)} for p in result.rejected]})
    else:
        print(texts("cli.import.result", **counts))
        _show_problems(result.rejected, texts)
    return 0


def report(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk report INCIDENT``: one inert file (a PDF is set by ``ui/paper.py``)."""
    with open_desk(options) as desk:
        data = desk.review.data(options.incident)
    made: str | bytes
    if options.format == "csv":
        made = tables.timeline_csv(data, texts, cut=options.cut)
    elif options.format == "json":
        made = tables.json(data, cut=options.cut)
    else:
        make = incident.markdown if options.format == "md" else incident.html
        made = make(data, texts, cut=options.cut)
    options.out.write_bytes(made if isinstance(made, bytes) else made.encode())
    print(texts("cli.report.written", file=options.out.name))
    return 0


def _qt() -> tuple[bool, str]:
    """The installed Qt binding, without loading it; 6.12 on Python 3.11 aborts (docs/adr/0004)."""
    try:
        found = version("pyside6-essentials")
    except PackageNotFoundError:
        return False, "—"
    numbers = tuple(int(part) for part in found.split(".")[:2])
    return numbers >= (6, 10) and (numbers < (6, 12) or sys.version_info >= (3, 12)), found


def doctor(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk doctor``: is everything in order on this computer? 1 when something is not."""
    paths = profile(options.data_dir)
    vault = Vault()
    checks: dict[str, tuple[bool, str]] = {
        "crisisdesk": (True, __version__),
        "python": (sys.version_info >= (3, 11), platform.python_version()),
        "qt": _qt(),
        "sqlite": (sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version),
        "keyring": (vault.kept_by == "keyring", vault.kept_by),
        "data_file": (True, "—"),
        "mentions": (True, "0"),
    }
    with open_desk(options) as desk:
        checks["data_file"] = (True, paths.database.name)
        checks["mentions"] = (True, str(desk.mentions.count()))
        checks["playbook"] = (True, f"{desk.playbook.id} {desk.playbook.version}")
        contacts = len(desk.contacts.list())
        checks["contacts"] = (contacts > 0, str(contacts))
    if options.json:
        _print_json({name: {"ok": ok, "value": value} for name, (ok, value) in checks.items()})
    else:
        for name, (ok, value) in checks.items():
            print(f"{'✓' if ok else '◆'} {texts(f'cli.doctor.{name}')}: {one_line(value)}")
    return 0 if all(ok for ok, _ in checks.values()) else 1
