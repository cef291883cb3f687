"""``crisisdesk import``: what a file lacks is said once and first, and a file that gives nothing is no success."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from crisisdesk.__main__ import main
from crisisdesk.commands.console import show_problems
from crisisdesk.model.mention import RowProblem
from crisisdesk.texts import Texts

HEADER = "id,published_at,author,text\n"


def taken(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Status, output and errors of importing ``content``."""
    file = tmp_path / "m.csv"
    file.write_text(content, "utf-8")
    status = main(["--data-dir", str(tmp_path / "d"), "--lang", "es", "import", str(file)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_columns_without_a_date_are_told_before_the_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = taken(tmp_path, "a;b;c\n" + "1;2;3\n" * 30, capsys)
    assert status == 1
    assert err.splitlines()[0] == Texts("es")("importing.note.no_date_column")
    assert out == "0 nuevas, 0 repetidas, 30 rechazadas.\n"


def test_one_good_row_is_a_success_and_the_bad_one_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "1,2026-11-29T10:00:00Z,ana,hola\n2,ayer,ana,hola\n"
    status, out, err = taken(tmp_path, HEADER + rows, capsys)
    assert (status, out) == (0, "1 nueva, 0 repetidas, 1 rechazada.\n")
    assert err == "Fila 2: La fecha «ayer» no se entiende.\n"


def test_the_same_file_again_is_a_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = HEADER + "1,2026-11-29T10:00:00Z,ana,hola\n"
    taken(tmp_path, rows, capsys)
    assert taken(tmp_path, rows, capsys) == (0, "0 nuevas, 1 repetida, 0 rechazadas.\n", "")


def test_latest_without_any_incident_does_not_advise_latest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["--data-dir", str(tmp_path), "--lang", "es", "scenario", "latest"])
    said = capsys.readouterr().err
    assert status == 2 and "latest" not in said and "Todavía no hay ninguna incidencia" in said


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes there")
@pytest.mark.parametrize("command", ["import", "replay"])
def test_a_file_whose_name_is_no_utf8_is_taken_in(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / os.fsdecode(b"caf\xe9.csv")
    file.write_text(HEADER + "1,2026-11-29T10:00:00Z,ana,hola\n", "utf-8")
    assert main(["--data-dir", str(tmp_path / "d"), "--lang", "es", command, str(file)]) == 0
    assert capsys.readouterr().out.startswith("1 ")


def test_a_terminal_that_cannot_show_a_letter_ends_no_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", narrow)
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert main(["--data-dir", str(tmp_path), "--lang", "es", "doctor"]) == 1
    narrow.flush()
    assert b"? CrisisDesk: " in narrow.buffer.getvalue()  # type: ignore[attr-defined]


def test_a_row_of_a_file_that_is_no_text_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    problems = (
        RowProblem(row=1, key="importing.not_text", fields=(("path", "c.csv"),)),
        RowProblem(row=2, key="no_date"),
    )
    show_problems(problems, Texts("es"))
    said = capsys.readouterr().err
    assert "c.csv no es un archivo de texto" in said and "No tiene fecha" in said and "importing." not in said
