"""All checks of a playbook together, and a finding told in words or as data.

Numbers 1 to 3, 6, 30 to 32 and the impossible dates and zones of 27 are found while reading; the rest are the small
functions of the three files beside this one.
"""

from __future__ import annotations

from collections.abc import Iterator

from crisisdesk.model.finding import Finding, Severity
from crisisdesk.playbooks import check_messages, check_people, check_process
from crisisdesk.playbooks.book import Book
from crisisdesk.texts import Texts

__all__ = ["CHECKS", "Book", "as_json", "check", "report", "summary"]

CHECKS = (*check_process.CHECKS, *check_people.CHECKS, *check_messages.CHECKS)


def check(book: Book) -> Iterator[Finding]:
    """Every finding of every check, in the order of the checks."""
    for one in CHECKS:
        yield from one(book)


def report(finding: Finding, texts: Texts) -> str:
    """One finding as a readable block: where, what, what was read, why it matters, how to mend it."""
    told = as_json(finding, texts)
    place = texts("playbook.report.place", file=finding.file, line=finding.line)
    where = f" · {finding.where}" if finding.where else ""
    lines = [f"{place}{where} · {texts(f'playbook.report.{finding.severity}')}", f"  {told['message']}"]
    if finding.read:
        lines.append("  " + texts("playbook.report.read", read=finding.read))
    lines += ["  " + texts(f"playbook.report.{part}", **{part: told[part]}) for part in ("why", "fix")]
    return "\n".join(lines)


def as_json(finding: Finding, texts: Texts) -> dict[str, object]:
    """One finding as data, with its sentences in the language of ``texts``."""
    fields = {"where": finding.where, "read": finding.read, **finding.fields}
    key = f"playbook.finding.{finding.key}"
    return {
        "number": finding.number,
        "severity": str(finding.severity),
        "file": finding.file,
        "line": finding.line,
        "field": finding.where,
        "read": finding.read,
        "message": texts(f"{key}.text", **fields),
        "why": texts(f"{key}.why", **fields),
        "fix": texts(f"{key}.fix", **fields),
    }


def summary(findings: tuple[Finding, ...], file: str, texts: Texts) -> str:
    """One sentence: how many errors and warnings ``file`` has."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    key = "clean" if not findings else "blocked" if errors else "usable"
    return texts(f"playbook.report.{key}", file=file, errors=errors, warnings=len(findings) - errors)
