"""The program as a person starts it without a window: every command in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PLAYBOOK = ROOT / "resources" / "playbooks" / "caida-de-servicio.yaml"


def run(*words: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    env = dict(os.environ, PYTHONPATH=str(ROOT), QT_QPA_PLATFORM="offscreen", LANG="C.UTF-8")
    command = [sys.executable, "-W", "error", "-m", "ui.start", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=240, cwd=ROOT, check=False)
    assert done.returncode == code, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    assert "Traceback" not in done.stderr + done.stdout
    return done


def rows(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(("id,created_at,author,text", *lines)) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    "words",
    [
        ("replay", "no-such-file.csv"),
        ("import", "no-such-file.csv"),
        ("check", "no-such-file.yaml"),
        ("report", "latest", "--out", "r.html"),
        ("report", "latest", "--format", "pdf", "--out", "r.pdf"),
        ("demo", "--auto", "--speed", "fast"),
        ("demo", "--auto", "--out", "pyproject.toml/out"),
        ("handbook", "no-such-file.yaml", "--out", "h.pdf"),
        ("handbook", "no-such-file.yaml", "--out", "h.docx"),
    ],
)
def test_what_cannot_be_done_is_one_plain_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    extra = () if words[0] in ("check", "handbook") else ("--data-dir", tmp_path / "d")
    done = run(*words, *extra, "--lang", "es", code=2)
    said = done.stderr.strip()
    assert said and "\n" not in said and done.stdout == ""


def test_a_broken_playbook_is_told_by_line_in_both_languages(tmp_path: Path) -> None:
    bad = tmp_path / "malo.yaml"
    bad.write_text(PLAYBOOK.read_text("utf-8").replace("responde: comunidad", "responde: nadie_asi", 1), "utf-8")
    found: list[dict[str, Any]] = json.loads(run("check", bad, "--json", code=1).stdout)
    errors = [f for f in found if f["severity"] == "error"]
    assert errors and all(f["line"] >= 1 and f["message"] and f["fix"] for f in errors)
    assert {"number", "severity", "line", "field", "message", "fix"} <= set(errors[0])
    told = {lang: run("check", bad, "--lang", lang, code=1).stdout for lang in ("es", "en")}
    assert told["es"] != told["en"] and "nadie_asi" in told["es"] and "nadie_asi" in told["en"]


def test_the_shipped_playbook_is_clean() -> None:
    assert json.loads(run("check", PLAYBOOK, "--json").stdout) == []


def test_an_import_counts_every_row_once_and_tells_the_bad_ones(tmp_path: Path) -> None:
    file = rows(
        tmp_path / "menciones.csv",
        "1,2026-01-05T10:00:00Z,ana,sin señal",
        "1,2026-01-05T10:00:00Z,ana,sin señal",
        "2,mañana,luis,sin fecha",
        "3,2026-01-05T10:01:00Z,eva,=cmd|calc",
    )
    data = ("--data-dir", tmp_path / "d")
    first = json.loads(run("import", file, *data, "--json").stdout)
    assert (first["added"], first["duplicates"], first["rejected"]) == (2, 1, 1)
    assert first["problems"][0]["row"] == 3
    copy = tmp_path / "menciones (1).csv"
    copy.write_bytes(file.read_bytes())
    again = json.loads(run("import", copy, *data, "--json").stdout)
    assert (again["added"], again["duplicates"], again["rejected"]) == (0, 3, 1)


def test_the_doctor_says_what_is_missing(tmp_path: Path) -> None:
    found = json.loads(run("doctor", "--data-dir", tmp_path / "d", "--json", code=1).stdout)
    assert found["data_file"]["ok"] and not found["contacts"]["ok"]


def test_a_replay_killed_in_the_middle_goes_on_and_loses_and_doubles_nothing(tmp_path: Path) -> None:
    lines = [
        f"{n},2026-01-{5 + n // 1440:02d}T{n // 60 % 24:02d}:{n % 60:02d}:30Z,u{n},hola {n}" for n in range(2000)
    ]
    file = rows(tmp_path / "m.csv", *lines)
    folder = tmp_path / "d"
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    command = [sys.executable, "-m", "ui.start", "replay", str(file), "--data-dir", str(folder), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env, cwd=ROOT)
    stored = 0
    while stored < 200 and process.poll() is None:
        stored = max(stored, _count(folder / "crisisdesk.db"))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 200 <= stored < 2000, "it was to be killed in the middle"
    acknowledged = _count(folder / "crisisdesk.db")
    result = json.loads(run("replay", file, "--data-dir", folder, "--json").stdout)
    assert acknowledged >= stored
    assert (result["mentions"], result["duplicates"], result["rejected"]) == (2000, 0, 0)
    assert _count(folder / "crisisdesk.db") == 2000


def _count(path: Path) -> int:
    if not path.exists():
        return 0
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return int(connection.execute("SELECT count(*) FROM mention").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.Error:  # not made yet
        return 0


def test_the_caracas_blackout(shared: Path) -> None:
    """1,521 rows accounted for, one alert within ten minutes, silence in the week before."""
    file = shared / "data" / "incidents" / "es_sinluz_caracas_2018.csv.gz"
    found = json.loads(run("replay", file, "--json").stdout)
    assert found["mentions"] + found["duplicates"] + found["rejected"] == 1521
    early = [a for a in found["alerts"] if a["opened_at"] < "2018-09-09T22:15"]
    assert len(early) == 1
    assert "2018-09-09T16:15" <= early[0]["opened_at"] <= "2018-09-09T16:25"
    assert {"opened_at", "since", "count", "expected", "ratio", "terms", "sources", "level_proposed", "why"} <= set(
        early[0]
    )


def test_the_quiet_control_stays_quiet(shared: Path) -> None:
    file = shared / "data" / "incidents" / "es_movistar_2021_control.csv.gz"
    found = json.loads(run("replay", file, "--json").stdout)
    assert found["mentions"] + found["duplicates"] + found["rejected"] == 771
    assert [a for a in found["alerts"] if a["opened_at"] > "2021-07-17T17:00"] == []
    assert found["other_signals"] == []


def test_the_handbook_is_printed_both_ways(tmp_path: Path) -> None:
    page, paper = tmp_path / "h.html", tmp_path / "h.pdf"
    run("handbook", PLAYBOOK, "--out", page, "--lang", "en")
    assert "The first 15 minutes" in page.read_text("utf-8") and "<script" not in page.read_text("utf-8")
    run("handbook", PLAYBOOK, f"--out={paper}", "--lang", "es")
    content = paper.read_bytes()
    assert content.startswith(b"%PDF") and content.count(b"/Type /Page\n") > 10
