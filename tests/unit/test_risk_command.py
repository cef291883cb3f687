"""``crisisdesk risk`` reads histories as people write them and says nothing that the cases do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.__main__ import main

EXAMPLE = (45, 62, 80, 95, 110, 140, 165, 190, 240, 310, 420, 660)


def history(folder: Path, text: str | bytes, name: str = "h.csv") -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def asked(capsys: pytest.CaptureFixture[str], file: str, *more: str) -> dict[str, Any]:
    assert main(["risk", "--history", file, "--elapsed", "60", "--promise", "180", "--json", *more]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_the_sentences_of_the_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = history(tmp_path, "minutos\n" + "\n".join(map(str, EXAMPLE)))
    words = ["risk", "--history", file, "--elapsed", "60", "--promise", "180", "--start", "07:00", "--lang"]
    assert main([*words, "es"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == (
        "De 11 averías parecidas que ya duraban 60 min, 5 pasaron de 3 h: prometer las 10:00 falla 45 de cada 100 veces"
        " (entre 28 y 64)."
    )
    assert (
        said[1].startswith("Para fallar menos de 20: di las 12:10.") and "18" in said[1] and "entre 8 y 36" in said[1]
    )
    assert main([*words, "en"]) == 0
    assert "promising 10:00 fails 45 times in 100 (between 28 and 64)" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "duration_min,censored\n{rows},0",
        "Duración (min);Sigue abierto\n{rows};no",
        "incident\tminutes\tresolved\n{rows_named}\tyes",
        "evento,tiempo\n{rows_event}",
        "{rows}",
    ],
)
def test_any_header_in_either_language(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    last = text.rpartition("{rows}")[2] if "{rows}" in text else "\tyes"
    rows = f"{last}\n".join(map(str, EXAMPLE))
    named = "\tyes\n".join(f"a\t{m}" for m in EXAMPLE)
    event = "\n".join(f"1,{m}" for m in EXAMPLE)
    made = text.replace("{rows}", rows).replace("{rows_named}", named).replace("{rows_event}", event)
    found = asked(capsys, history(tmp_path, made))
    assert (found["count"], found["cases"], found["censored"]) == ({"over": 5, "of": 11, "unknown": 0}, 12, 0)
    assert found["earliest"] == 310 and found["above_limit"] is True


def test_open_cases_are_censored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"{m};{'sí' if m in (95, 660) else 'no'}\n" for m in EXAMPLE)
    found = asked(capsys, history(tmp_path, ("minutos;abierto\n" + rows).encode("cp1252")), "--lang", "es")
    assert (found["censored"], found["count"]["unknown"]) == (2, 1)
    # 11 lasted longer than 60: 62 and 80 end, 95 is censored, 110, 140 and 165 end before minute 180.
    assert found["frequency"] == pytest.approx(10 / 11 * 9 / 10 * 7 / 8 * 6 / 7 * 5 / 6)
    assert "1 seguía abierta" in found["sentences"][0]


def test_rows_that_are_none_are_told_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "minutes,open\n" + "".join(f"{m},no\n" for m in EXAMPLE)
    rows += "abc,no\n-5,no\n1e400,no\nnan,no\n50,perhaps\n=cmd|'/C calc'!A0,no\n99999999999,no\n,no\n"
    found = asked(capsys, history(tmp_path, rows), "--lang", "en")
    assert found["cases"] == 12
    assert [p["row"] for p in found["rejected"]] == list(range(14, 22))
    assert all(len(p["problem"]) > 20 for p in found["rejected"])


def test_under_eight_cases_it_does_not_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, history(tmp_path, "minutos\n70\n80\n90\n"), "--lang", "es")
    assert (found["known"], found["frequency"], found["interval"], found["earliest"]) == (False, None, None, None)
    assert found["sentences"] == ["Solo hay 3 casos; no sé estimarlo."]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "empty"), ("\n\n", "empty"), ("name,colour\na,b\n", "no_column"), ("minutos\nx\ny\n", "no_rows"),
        ("minutos\n" + "9" * 5_000_000, "too_large"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_one_sentence(
    text: str, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = history(tmp_path, text)
    assert main(["risk", "--history", file, "--elapsed", "1", "--promise", "2", "--lang", "es"]) == 2
    told = capsys.readouterr()
    assert told.out == "" and len(told.err.strip().splitlines()) == 1 and "h.csv" in told.err, key


@pytest.mark.parametrize(
    "more",
    [
        ["--elapsed", "x", "--promise", "5"], ["--elapsed", "-1", "--promise", "5"],
        ["--elapsed", "9", "--promise", "5"],
        ["--elapsed", "1", "--promise", "inf"], ["--elapsed", "1", "--promise", "5", "--limit", "3"],
        ["--elapsed", "1", "--promise", "5", "--start", "25:00"],
    ],
)  # fmt: skip
def test_arguments_that_make_no_sense_are_one_sentence(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = history(tmp_path, "minutos\n1\n")
    # argparse reads «-1» as an option of its own unless it is joined.
    joined = [f"{a}={b}" for a, b in zip(more[::2], more[1::2], strict=True)]
    assert main(["risk", "--history", file, *joined]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["risk", "--history", "none.csv", "--elapsed", "1", "--promise", "2"]) == 2
    assert "none.csv" in capsys.readouterr().err
