"""Hostile and garbled files end at once, with a line, and never with anything but a finding."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from crisisdesk.model.errors import PlaybookError
from crisisdesk.playbooks.nodes import MAX_BYTES, Mapping, Scalar, Sequence, decode, parse
from crisisdesk.playbooks.read import inspect, read

SIZE = MAX_BYTES - 1024
FLOODS = {
    "braces": "[" * SIZE,
    "open maps": "{a: " * (SIZE // 4),
    "pairs": "[]" * (SIZE // 2),
    "comments": "#\n" * (SIZE // 2),
    "new lines": "\n" * SIZE,
    "questions": "? " * (SIZE // 2),
    "commas": "[" + "a," * (SIZE // 2),
    "one long text": "a: " + "x " * (SIZE // 2),
    "escapes": 'a: "' + "\\x41" * (SIZE // 4) + '"',
    "open quote": 'a: "' + "\n " * (SIZE // 2),
    "tags": "!" * SIZE,
    "anchors": "&" * SIZE,
    "documents": "---\n" * (SIZE // 4),
    "directives": "%YAML 1.2\n" * (SIZE // 10),
    "long key": "x" * SIZE + ": 1",
    "steps": "".join(" " * depth + "a:\n" for depth in range(500)),
    "keys": "".join(f"k{index}: 1\n" for index in range(15_000)),
    "carriage returns": "a: 1\r" * (SIZE // 5),
    "nulls": "\x00" * SIZE,
    "surrogate": "titulo: \ud800",
}


@pytest.mark.parametrize("name", FLOODS)
def test_no_flood_holds_the_program_up(name: str) -> None:
    start = time.process_time()
    with pytest.raises(PlaybookError) as caught:
        read(FLOODS[name], "flood.yaml")
    # Not a speed: what is quadratic or never ends takes minutes on any machine.
    assert time.process_time() - start < 30
    assert all(finding.line >= 1 for finding in caught.value.findings)


def test_the_hostile_payloads_are_refused_with_a_line(shared: Path) -> None:
    payloads = sorted((shared / "payloads").glob("yaml_*"))
    assert payloads
    for payload in payloads:
        start = time.process_time()
        with pytest.raises(PlaybookError) as caught:
            read(payload.read_bytes(), payload.name)
        assert time.process_time() - start < 30, payload.name
        assert caught.value.findings[0].line >= 1
        assert caught.value.fields["file"] == payload.name


@pytest.mark.parametrize(
    ("payload", "key", "line"),
    [
        ("yaml_bomb.yaml", "anchor", 1),
        ("yaml_merge_bomb.yaml", "anchor", 1),
        ("yaml_selfref.yaml", "anchor", 1),
        ("yaml_python.yaml", "tag", 1),
        ("yaml_python2.yaml", "tag", 1),
        ("yaml_deep.yaml", "too_deep", 1),
        ("yaml_tabs.yaml", "tab", 2),
        ("yaml_dupkeys.yaml", "unknown_key", 1),
        ("yaml_dupkeys.yaml", "duplicate_key", 2),
    ],
)
def test_the_reason_is_the_right_one(shared: Path, payload: str, key: str, line: int) -> None:
    findings = inspect((shared / "payloads" / payload).read_bytes(), payload)[1]
    assert (key, line) in [(finding.key.removesuffix("_near"), finding.line) for finding in findings]


def test_every_scalar_stays_what_the_person_wrote() -> None:
    node, findings = parse("a: 11:00\nb: 0155\nc: no\nd: 2026-02-30\ne: 1_000\nf: ~\n", "x")
    assert findings == ()
    assert isinstance(node, Mapping)
    texts = [entry.value.text for entry in node.entries if isinstance(entry.value, Scalar)]
    assert texts == ["11:00", "0155", "no", "2026-02-30", "1_000", "~"]


def test_every_node_knows_its_line() -> None:
    node, _ = parse("a: 1\nb:\n  - x\n  - {c: y}\n", "x")
    assert isinstance(node, Mapping)
    listed = node.entries[1].value
    assert isinstance(listed, Sequence)
    assert [item.line for item in listed.items] == [3, 4]
    assert [entry.line for entry in node.entries] == [1, 2]


def test_a_byte_order_mark_is_no_fault() -> None:
    text, findings = decode("\ufeffa: 1".encode(), "x")
    assert (text, findings) == ("a: 1", ())


def test_too_large_is_told_before_it_is_read() -> None:
    text, findings = decode(b"\xff" * (MAX_BYTES + 1), "x")
    assert text == "" and findings[0].key == "too_large"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_alike_however_they_end(end: str) -> None:
    findings = inspect(end.join(["playbook: x", "version: uno", "titulo: T"]), "x.yaml")[1]
    assert [finding.line for finding in findings if finding.key == "bad_whole"] == [2]


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\x00", "\x1b"])
def test_characters_that_hide_a_line_are_refused(character: str) -> None:
    findings = inspect(f"playbook: x\ntitulo: a{character}b\n", "x.yaml")[1]
    assert [(finding.key, finding.line) for finding in findings] == [("control_character", 2)]
