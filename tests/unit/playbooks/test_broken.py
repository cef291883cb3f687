"""Thousands of broken playbooks: each of the 32 groups is found on its line, and nothing is ever half loaded."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from resources import files

from crisisdesk.__main__ import main
from crisisdesk.model.contact import Contact
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.playbooks.check import as_json, report
from crisisdesk.playbooks.read import inspect
from crisisdesk.texts import Texts
from tests.fakes.broken import CASES, SMALL, TODAY, WHOLE_FILES, broken

ES, EN = Texts("es"), Texts("en")
NOC = Contact(slug="noc", name="NOC", phone="55 0000 0101", verified_at=datetime(2026, 11, 1, tzinfo=UTC))
PEOPLE = {slug: replace(NOC, slug=slug, name=slug) for slug in ("ana", "beto", "noc", "jefe")}
TYPED = (
    "\t",
    "&x ",
    "*x",
    "!!int ",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    ": ",
    "- ",
    "#",
    "\u200b",
    "\u2028",
    "ñ",
    "%",
    "\\",
    "|",
)


def sound(text: str | bytes, findings: tuple[Finding, ...], loaded: bool) -> None:
    """What holds whatever is wrong: a line of the file, sentences in both languages, all of it or nothing."""
    last = text.count(b"\n" if isinstance(text, bytes) else "\n") + 1  # type: ignore[arg-type]
    for finding in findings:
        assert 1 <= finding.line <= last, finding
        assert 0 <= finding.number <= 32
    assert loaded != any(finding.severity is Severity.ERROR for finding in findings)
    for finding in findings[:2]:
        for texts in (ES, EN):
            told = as_json(finding, texts)
            assert {"number", "severity", "file", "line", "field", "read", "message", "why", "fix"} == set(told)
            assert all(str(told[part]) and not str(told[part]).startswith("playbook.") for part in ("message", "fix"))
            assert report(finding, texts)


def test_each_of_the_thirty_two_groups_is_broken_once_and_found_on_its_line() -> None:
    seen: set[int] = set()
    for key, number, old, new, at in CASES:
        text = broken(old, new)
        playbook, findings = inspect(text, "x.yaml", today=TODAY)
        sound(text, findings, playbook is not None)
        lines = text.split("\n")
        hits = [f for f in findings if (f.key, f.number) == (key, number)]
        assert any(at.partition("\n")[0] in lines[hit.line - 1] for hit in hits), (key, findings)
        seen.add(number)
    for number, people in ((10, {k: v for k, v in PEOPLE.items() if k != "noc"}),
                           (12, PEOPLE | {"noc": replace(NOC, phone="", email="a@b.example")})):  # fmt: skip
        found = inspect(SMALL, "x.yaml", today=TODAY, contacts=people)[1]
        assert [f.number for f in found] == [number] and found[0].line > 1
        seen.add(number)
    for key, data in WHOLE_FILES:
        playbook, findings = inspect(data, "x.yaml", today=TODAY)
        assert playbook is None and [f.key for f in findings] == [key]
        seen |= {f.number for f in findings}
    assert seen == set(range(33))


def edited(text: str, chance: random.Random) -> str:
    """``text`` with one thing done to one of its lines, as a slip of the hand would."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    line, column = lines[at], chance.randrange(len(lines[at]) + 1)
    match chance.randrange(7):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, line)
        case 2:
            lines[at] = " " * chance.randrange(1, 4) + line
        case 3:
            lines[at] = line[:column]
        case 4:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], line
        case 5:
            lines[at] = line[:column] + chance.choice(TYPED) + line[column:]
        case _:
            lines[at] = line.replace(chance.choice("aeio:[{,"), chance.choice(["", "x", ":", ","]), 1)
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_thousands_of_broken_playbooks_end_in_findings(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(500):
        text = SMALL
        for _, _, old, new, _ in chance.sample(CASES, chance.randrange(3)):
            text = text.replace(old, new, 1)
        for _ in range(chance.randrange(1, 4)):
            text = edited(text, chance)
        playbook, findings = inspect(text, "x.yaml", today=TODAY)
        sound(text, findings, playbook is not None)


@pytest.mark.parametrize("name", sorted(entry.name for entry in files("playbooks").iterdir()
                                        if entry.name.endswith(".yaml")))  # fmt: skip
def test_the_shipped_ones_broken_anywhere_end_in_findings(name: str) -> None:
    chance = random.Random(name)
    text = files("playbooks", name).read_text("utf-8")
    for _ in range(25):
        made = edited(edited(text, chance), chance) if chance.random() < 0.5 else edited(text, chance)
        data: str | bytes = made.encode("cp1252", "replace") if chance.random() < 0.1 else made
        playbook, findings = inspect(data, name, today=TODAY)
        sound(data, findings, playbook is not None)


def test_what_was_understood_is_said_back_and_windows_files_are_converted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, windows, new = tmp_path / "b.yaml", tmp_path / "w.yaml", tmp_path / "n.yaml"
    book.write_text(SMALL, encoding="utf-8")
    windows.write_bytes(SMALL.encode("cp1252"))
    assert main(["check", str(book), "--understood", "--lang", "es"]) == 0
    out = capsys.readouterr().out
    assert "línea 17: «>= 5 veces lo normal durante 10 min» · Entendido: 5 × lo esperado durante 10 min" in out
    assert "Entendido: 2 h de duración" in out and "emergencias sin servicio: sí" in out
    assert main(["check", str(windows)]) == 1 and "--utf8" in capsys.readouterr().out
    assert main(["check", str(windows), "--utf8", str(new)]) == 0
    assert new.read_bytes() == SMALL.encode("utf-8") and windows.read_bytes() == SMALL.encode("cp1252")
    assert main(["check", str(windows), "--utf8", str(new)]) == 2  # never over anything
    assert main(["check", str(book), "--utf8", str(tmp_path / "x.yaml")]) == 2
    assert not (tmp_path / "x.yaml").exists()
