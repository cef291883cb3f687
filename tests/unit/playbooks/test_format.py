"""docs/playbook-format.md says what the code does: every key, word, unit and validation, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crisisdesk.model.finding import Severity
from crisisdesk.playbooks import phrases, vocabulary
from crisisdesk.playbooks.nodes import MAX_BYTES, MAX_DEPTH, MAX_LINE, MAX_NODES

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "playbook-format.md").read_text("utf-8")
CODE = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "crisisdesk" / "playbooks").glob("*.py")))


def table(after: str) -> list[list[str]]:
    """The rows of the first table behind ``after``, without marks."""
    assert PAGE.count(after) == 1, after
    lines = PAGE.partition(after)[2].split("\n")
    rows: list[list[str]] = []
    for line in lines:
        if line.startswith("|"):
            rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


@pytest.mark.parametrize("context", vocabulary.KEYS)
def test_every_key_with_its_alias(context: str) -> None:
    rows = table(f"<!-- keys: {context} -->\n")
    assert {row[0]: row[1] for row in rows} == vocabulary.KEYS[context]
    assert all(row[2] for row in rows)


@pytest.mark.parametrize("name", ["sectors", "clusters", "channels", "strategies", "audiences"])
def test_every_word_to_choose_from(name: str) -> None:
    assert {row[0]: row[1] for row in table(f"<!-- words: {name} -->\n")} == getattr(vocabulary, name.upper())


def test_every_kind_unit_and_measure() -> None:
    assert {row[0]: row[1] for row in table("<!-- kinds -->\n")} == {k: str(v) for k, v in vocabulary.KINDS.items()}
    for unit, seconds in ((row[0], int(row[1].replace(",", ""))) for row in table("### Units\n")):
        assert phrases.duration(f"1 {unit}").total_seconds() == seconds
    assert {row[0] for row in table("### Units\n")} == set(phrases._UNITS)
    measures = {row[0]: row[1] for row in table("### Measures (`se_activa_si`, conditions)\n")}
    assert measures == {spanish: english for english, spanish in phrases.MEASURES_EN.items()}
    assert set(measures) == set(phrases.MEASURES)


def test_the_sections_and_limits() -> None:
    line = next(line for line in PAGE.split("\n") if line.startswith("Top-level keys without which"))
    assert tuple(re.findall(r"`(\w+)`", line)) == vocabulary.SECTIONS
    for said in (f"{MAX_BYTES // 1024} KB", f"{MAX_LINE // 1024} KB", f"{MAX_NODES:,} values", f"{MAX_DEPTH} levels"):
        assert said in PAGE


def test_every_validation_with_its_severity() -> None:
    found: dict[int, set[str]] = {0: {Severity.ERROR}, 3: {Severity.ERROR}, 31: {Severity.ERROR}}
    for severity, number in re.findall(r"book\.(error|warning)\(\s*(\d+),", CODE):
        found.setdefault(int(number), set()).add(severity)
    for call in re.findall(r"note\((?:number|\d+), [^\n]*", CODE):
        number = re.match(r"note\((\d+)", call)
        if number:
            found.setdefault(int(number[1]), set()).add("warning" if "WARNING" in call else "error")
    for number in re.findall(r"self\._phrase\([^\n]*, (\d+)\)", CODE) + re.findall(r"number=(\d+)", CODE):
        found.setdefault(int(number), set()).add("error")
    said = {int(row[0]): set(row[1].split(", ")) for row in table("## Validations\n")}
    assert set(said) == set(range(33))
    assert {number: said[number] ^ kinds for number, kinds in found.items() if said[number] != kinds} == {}
    assert set(found) == set(said)


def test_the_examples_are_understood() -> None:
    rows = {row[0]: row[1] for row in table("## How values are written\n")}
    for example in re.findall(r"`([^`]+)`", "`" + rows["duration"].split(":")[0] + "`"):
        phrases.duration(example)
    for example in re.findall(r"`?(T\+[^`,]+)", rows["time after the beginning"]):
        phrases.after_start(example)
    for example in re.findall(r"`([^`]+)`", rows["condition"]):
        phrases.condition(example)
