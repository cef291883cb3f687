"""``crisisdesk classify``: one JSON object for each line, errors in one sentence."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.__main__ import main


def classify(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert main(["classify", "--lang", "en", *words]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["classify", "--lang", "en", *words]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and "Traceback" not in said.err
    return said.err


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no.txt" in refused(capsys, str(tmp_path / "no.txt"))
    refused(capsys, str(tmp_path))
    odd = tmp_path / "odd.txt"
    odd.write_bytes(b"bien\nmal\n\xff\xfe\n")
    assert "line 3" in refused(capsys, str(odd))
    table = tmp_path / "table.csv"
    table.write_bytes(b"")
    refused(capsys, str(table))


def test_each_line_has_its_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "texts.txt"
    text = "\ufeffLlevo tres días sin señal, son pésimos\r\n\nMuchas gracias por la ayuda\u2028amable"
    file.write_bytes(text.encode())
    found = classify(capsys, str(file), "--json")
    assert [set(row) for row in found] == [{"language", "sentiment", "probabilities", "type", "words"}] * 3
    assert (found[0]["language"], found[0]["sentiment"], found[0]["type"]) == ("es", "negative", "queja_servicio")
    assert "sin señal" in found[0]["words"]
    assert (found[1]["language"], found[1]["type"], found[1]["words"]) == ("", "", [])
    assert found[2]["sentiment"] == "positive"
    for row in found:
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=0.001)
        assert row["sentiment"] == max(row["probabilities"], key=row["probabilities"].get)
    assert classify(capsys, str(file)) == found


def test_a_table_and_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mentions.csv"
    rows = "id,created_at,text\n1,2026-05-04T10:00:00Z,I love this crew\n2,2026-05-04T10:01:00Z,I hate this\n"
    table.write_text(rows, "utf-8")
    assert [row["sentiment"] for row in classify(capsys, str(table))] == ["positive", "negative"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"thank you so much\n")))
    assert [row["sentiment"] for row in classify(capsys, "-")] == ["positive"]
