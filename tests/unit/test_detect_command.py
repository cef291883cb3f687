"""``crisisdesk detect`` on files made here and, where it is there, on the labelled series."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.__main__ import main

START = datetime(2024, 3, 4, 0, 3, 17)


def rows(minutes: int, days: float, storm: range, times: int = 12, per_hour: float = 60) -> list[tuple[str, int]]:
    """Counts of ``minutes`` each with a storm in some buckets."""
    dice = random.Random(3)
    found = []
    for n in range(round(days * 1440 / minutes)):
        mean = per_hour * minutes / 60 * (times if n in storm else 1)
        found.append((str(START + timedelta(minutes=n * minutes)), max(0, round(dice.gauss(mean, mean**0.5)))))
    return found


def save(path: Path, counted: list[tuple[str, int]]) -> Path:
    path.write_text("timestamp,value\n" + "".join(f"{at},{n}\n" for at, n in counted), "utf-8")
    return path


@pytest.fixture
def detect(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def run(*words: str | Path, code: int = 0) -> Any:
        assert main(["detect", *map(str, words)]) == code
        out = capsys.readouterr()
        return json.loads(out.out) if "--json" in words and code == 0 else out.out + out.err

    return run


@pytest.mark.parametrize("minutes", [1, 2, 5, 10, 15, 60])
def test_a_storm_is_found_in_buckets_of_any_width(tmp_path: Path, detect: Callable[..., Any], minutes: int) -> None:
    first = 16 * 1440 // minutes
    counted = rows(minutes, 17, range(first, first + max(2, 60 // minutes)))
    found = detect(save(tmp_path / "a.csv", counted), "--json")
    assert list(found) == ["a.csv"]
    stamps = [at for at, _ in counted]
    assert [stamps.index(at) - first for at in found["a.csv"]][:1] in ([0], [1], [2], [3])
    assert len(found["a.csv"]) <= 2


def test_a_prefix_gives_the_same_alarms_as_the_whole(tmp_path: Path, detect: Callable[..., Any]) -> None:
    counted = rows(5, 10, range(8 * 288, 8 * 288 + 12))
    whole = detect(save(tmp_path / "a.csv", counted), "--json", "--return-period", "2")["a.csv"]
    assert whole
    for cut in (8 * 288 + 1, 8 * 288 + 40, 9 * 288):
        part = detect(save(tmp_path / "a.csv", counted[:cut]), "--json", "--return-period", "2")["a.csv"]
        assert part == [at for at in whole if at <= counted[cut - 1][0]]


def test_a_hole_is_unknown_and_rows_may_come_in_any_order(tmp_path: Path, detect: Callable[..., Any]) -> None:
    counted = rows(5, 12, range(0))
    del counted[2000:2600]
    random.Random(1).shuffle(counted)
    assert detect(save(tmp_path / "a.csv", counted), "--json") == {"a.csv": []}


def test_the_reasons_can_be_asked_for(tmp_path: Path, detect: Callable[..., Any]) -> None:
    path = save(tmp_path / "a.csv", rows(5, 10, range(8 * 288, 8 * 288 + 12)))
    reasons = detect(path, "--json", "--explain")["a.csv"][0]
    assert {"timestamp", "count", "expected", "return_days", "since", "kind", "amplified"} <= set(reasons)
    assert reasons["count"] > reasons["expected"]
    assert "a.csv" in detect(path, "--explain", "--lang", "en")


def test_mentions_are_seen_with_their_people(tmp_path: Path, detect: Callable[..., Any]) -> None:
    dice, lines = random.Random(2), ["id,created_at,author,text"]
    for n in range(16 * 24):
        at = START + timedelta(hours=n, minutes=dice.randrange(60))
        lines.append(f"{n},{at},u{n},hoy vi el anuncio número {n} de la marca")
    storm = START + timedelta(days=16)
    lines += [
        f"s{n},{storm + timedelta(seconds=20 * n)},v{n},sin luz en la calle {name} desde hace rato"
        for n, name in enumerate("abcdefghi")
    ]
    path = tmp_path / "m.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    found = detect(path, "--json", "--bucket", "5min", "--explain")["m.csv"]
    assert [f["timestamp"] for f in found] in (["2024-03-20 00:00:00+00:00"], ["2024-03-20 00:05:00+00:00"])
    assert found[0]["count"] <= 9
    assert not found[0]["amplified"]


@pytest.mark.parametrize(
    "words",
    [("--bucket", "soon"), ("--bucket", "0min"), ("--bucket", "1min"), ("--return-period", "-1"),
     ("--return-period", "nan"), ("--zone", "Atlantis"), ("again",)],
)  # fmt: skip
def test_odd_wishes_are_one_sentence(tmp_path: Path, detect: Callable[..., Any], words: tuple[str, ...]) -> None:
    path = save(tmp_path / "a.csv", rows(5, 1, range(0)))
    said = detect(path, *(str(path) if w == "again" else w for w in words), "--json", code=2)
    assert len(said.strip().splitlines()) == 1
    assert "Traceback" not in said


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"timestamp,value\n", b"a,b\nc,d\n", b"[1, 2"])
def test_odd_files_are_one_sentence(tmp_path: Path, detect: Callable[..., Any], content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    said = detect(path, "--json", code=2)
    assert len(said.strip().splitlines()) == 1
