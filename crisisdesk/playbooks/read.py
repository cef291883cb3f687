"""Read a playbook: YAML text to a :class:`Playbook`, or every reason why not."""

from __future__ import annotations

from collections.abc import Mapping as Table
from datetime import UTC, date, datetime
from functools import lru_cache

from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import PlaybookError
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.model.playbook import Playbook
from crisisdesk.playbooks import vocabulary
from crisisdesk.playbooks.build import build
from crisisdesk.playbooks.check import Book, check
from crisisdesk.playbooks.house import with_house
from crisisdesk.playbooks.nodes import Mapping, decode, parse, shown_value
from crisisdesk.playbooks.schema import Place, Reading


def inspect(
    source: str | bytes,
    file: str,
    *,
    today: date | None = None,
    contacts: Table[str, Contact] | None = None,
) -> tuple[Playbook | None, tuple[Finding, ...]]:
    """Read ``source`` and tell all that is wrong with it, in the order of its lines. Never raises.

    Args:
        source: the file's text or bytes.
        file: its name, for the findings.
        today: the day on which reviews and law presets are overdue or not; the computer's day when ``None``.
        contacts: slug → contact, to look for people who cannot be reached; not looked for when ``None``.

    Returns:
        The playbook, or ``None`` when any finding is an error; and the findings, warnings included.
    """
    text, findings = decode(source, file)
    if findings:
        return None, findings
    node, findings = parse(text, file)
    if node is None:
        return None, findings
    reading = Reading(file=file, keys=vocabulary.KEYS)
    if not isinstance(node, Mapping):
        reading.note(0, "not_a_playbook", Place(node.line, "", shown_value(node)))
        return None, tuple(reading.findings)
    reading.english = vocabulary.is_english({entry.key for entry in node.entries})
    playbook = build(node, reading, text)
    day = today or datetime.now(UTC).date()
    book = Book(playbook=playbook, reading=reading, today=day, contacts=contacts)
    found = sorted([*reading.findings, *check(book)], key=lambda f: (f.line, f.number))
    blocked = any(finding.severity is Severity.ERROR for finding in found)
    return None if blocked else with_house(playbook), tuple(found)


@lru_cache(maxsize=8)
def read(source: str | bytes, file: str) -> Playbook:
    """Read a playbook that nothing blocks; raise :class:`PlaybookError` with every finding otherwise.

    The last ones are kept: a playbook never changes, and what a day brings are warnings only.
    """
    playbook, findings = inspect(source, file)
    if playbook is None:
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        raise PlaybookError("playbook.invalid", findings, file=file, n=len(errors), line=errors[0].line)
    return playbook
