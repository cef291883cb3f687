"""Files of counts over time, as other programs write them."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.connectors.series import in_buckets, read_series
from crisisdesk.model.errors import ImportFileError

FIVE = timedelta(minutes=5)


def file(folder: Path, text: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def counts(path: Path, width: timedelta = FIVE) -> list[tuple[int, float | None]]:
    series = read_series(path)
    assert series is not None
    return [(n, c) for n, _, c in in_buckets(series, width)]


PLAIN = "timestamp,value\n2024-01-01 00:02:53,3\n2024-01-01 00:07:53,0\n2024-01-01 00:12:53,4.0\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("timestamp,value", "Fecha,Menciones"),
        PLAIN.replace("timestamp,value\n", ""),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t").replace("\n", "\r\n"),
        "\ufeff" + PLAIN,
        "ds,y,trend\n1704067373,3,9\n1704067673,0,9\n1704067973,4,9\n",
        "value,timestamp\n3,2024-01-01T00:02:53Z\n0,2024-01-01T00:07:53Z\n4,2024-01-01T00:12:53Z\n",
        "timestamp,value\n2024-01-01 00:12:53,4\n2024-01-01 00:02:53,3\n2024-01-01 00:07:53,0\n",
    ],
)
def test_columns_are_found_whatever_they_are_called(tmp_path: Path, text: str) -> None:
    path = file(tmp_path, text)
    series = read_series(path)
    assert series is not None
    assert series.step == FIVE
    assert series.points[0].at == datetime(2024, 1, 1, 0, 2, 53, tzinfo=UTC)
    assert counts(path) == [(0, 3), (1, 0), (2, 4)]


def test_gzip_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(PLAIN.encode()))
    assert counts(path) == [(0, 3), (1, 0), (2, 4)]


def test_holes_and_what_is_no_count_are_unknown(tmp_path: Path) -> None:
    text = "timestamp,value\n"
    for minute, value in ((0, "1"), (5, ""), (10, "-4"), (15, "nan"), (20, "inf"), (25, "2"), (40, "3"), (45, "4")):
        text += f"2024-01-01 00:{minute:02d}:00,{value}\n"
    assert counts(file(tmp_path, text)) == [
        (0, 1), (1, None), (2, None), (3, None), (4, None), (5, 2), (8, 3), (9, 4),
    ]  # fmt: skip
    assert counts(file(tmp_path, text), 2 * FIVE) == [(0, None), (1, None), (2, None), (4, 7)]


def test_the_last_of_two_rows_of_one_instant_holds(tmp_path: Path) -> None:
    path = file(tmp_path, PLAIN + "2024-01-01 00:12:53,9\n")
    assert counts(path)[-1] == (2, 9)


def test_a_file_of_words_is_not_a_series(tmp_path: Path) -> None:
    assert read_series(file(tmp_path, "id,created_at,author,text\n1,2024-01-01T00:00:00Z,ana,sin luz\n")) is None
    assert read_series(file(tmp_path, '{"text": "sin luz"}\n', "a.jsonl")) is None


@pytest.mark.parametrize("text", ["", "timestamp,value\n2024-01-01 00:00:00,3\n", PLAIN + "1066-01-01 00:00:00,1\n"])
def test_what_cannot_be_used_is_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(ImportFileError):
        read_series(file(tmp_path, text))
