"""The log: no secret reaches it, no text from outside can forge a record, and a crash leaves a report."""

from __future__ import annotations

import base64
import faulthandler
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk import logs as module
from crisisdesk.logs import MASK, Logs, escape, redact, set_up
from crisisdesk.paths import profile

SECRET = 'CDCANARY-1f6b/ñ+"&x'


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Logs]]:
    """Opens logs under ``tmp_path`` without touching the test runner's own crash handler."""
    monkeypatch.setattr(faulthandler, "enable", lambda file: None)
    monkeypatch.setattr(faulthandler, "disable", lambda: None)
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in ("", *module._LOUD)}
    made: list[Logs] = []

    def open_logs(**options: object) -> Logs:
        made.append(set_up(profile(tmp_path), **options))  # type: ignore[arg-type]
        return made[-1]

    yield open_logs
    for logs in made:
        logs.close()
    root.setLevel(before.pop(""))
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def written(logs: Logs) -> str:
    assert logs.file is not None
    return logs.file.read_text("utf-8")


def test_a_folder_that_cannot_be_written_does_not_stop_the_start(
    tmp_path: Path, opened: Callable[..., Logs], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "logs" / "crisisdesk.log").mkdir(parents=True)
    (tmp_path / "logs" / "crash.txt").mkdir()
    logs = opened()
    assert (logs.file, logs.crash_file, logs.last_crash) == (None, None, None)
    logging.getLogger("desk").info("nobody hears this")


@pytest.mark.allow_logs
def test_a_full_disk_prints_nothing(opened: Callable[..., Logs], capsys: pytest.CaptureFixture[str]) -> None:
    logs = opened()

    class Full:
        def write(self, text: str) -> None:
            raise OSError(28, "No space left on device")

        def __getattr__(self, name: str) -> Callable[..., int]:
            return lambda *_: 0

    assert isinstance(logs.handler, logging.StreamHandler)
    kept = logs.handler.setStream(Full())
    logging.getLogger("desk").warning("lost")
    logs.handler.setStream(kept)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        SECRET.encode().hex(),
        json.dumps(SECRET),
        repr(SECRET),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"x:{SECRET}".encode()).decode(),
        base64.b64encode(f"me:{SECRET}".encode()).decode(),
    ],
)
def test_a_live_secret_is_masked_in_every_spelling(spelling: str) -> None:
    told = redact(f"GET https://x.example/?q={spelling}&n=1 failed", [SECRET])
    assert MASK in told
    assert "1f6b" not in told
    core = spelling.strip("'\"=")[4:-4]
    assert core not in told
    assert told.startswith("GET https://x.example/?q=")


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.def-123",
        "authorization: abc.def-123",
        "{'Authorization': 'Basic abc.def-123'}",
        "https://ana:abc.def-123@host.example/x",
        "?access_token=abc.def-123&x=1",
        "api_key=abc.def-123",
        '"password": "abc.def-123"',
        "Set-Cookie: abc.def-123; path=/",
    ],
)
def test_what_looks_like_a_credential_is_masked_unasked(text: str) -> None:
    assert "abc.def-123" not in redact(text)


def test_ordinary_sentences_stay() -> None:
    text = "El token caducó; la contraseña no se ha cambiado. See the password page."
    assert redact(text, ["", "abc"]) == text


def test_a_secret_in_an_exception_or_its_arguments_is_masked(opened: Callable[..., Logs]) -> None:
    logs = opened(secrets=lambda: ["CDCANARY-1f6b"])
    try:
        raise ValueError("refused CDCANARY-1f6b")
    except ValueError:
        logging.getLogger("desk").info("sending %s failed", "CDCANARY-1f6b", exc_info=True)
    text = written(logs)
    assert "CDCANARY" not in text
    assert "ValueError: refused •••" in text


def test_a_secret_typed_a_moment_ago_is_masked(opened: Callable[..., Logs]) -> None:
    live: list[str] = []
    logs = opened(secrets=lambda: live)
    live.append("CDCANARY-1f6b")
    logging.getLogger("desk").info("CDCANARY-1f6b")
    assert "CDCANARY" not in written(logs)


def test_text_from_outside_cannot_forge_a_record(opened: Callable[..., Logs]) -> None:
    logs = opened()
    forged = "hola\r\n2026-11-22T00:00:00.000+00:00 CRITICAL MainThread desk: all acked\x1b[2J\u202e\u2028x\x00"
    logging.getLogger("desk").info("mention %s", forged)
    try:
        raise ValueError(forged)
    except ValueError:
        logging.getLogger("desk").info("failed", exc_info=True)
    lines = written(logs).rstrip("\n").split("\n")
    records = [line for line in lines if not line.startswith("    | ")]
    assert len(records) == 2
    assert "mention hola\\r\\n2026" in records[0]
    assert "\\x1b[2J\\u202e\\u2028x\\x00" in records[0]
    assert not any(mark in written(logs) for mark in "\x1b\r\x00\u202e\u2028")


@given(st.text(st.characters(exclude_categories=())))
def test_an_escaped_text_is_one_clean_line(text: str) -> None:
    shown = escape(text)
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")
    if text.isascii() and text.isprintable():
        assert shown == text


def test_httpx_is_quiet_and_closing_undoes_it_all(opened: Callable[..., Logs]) -> None:
    logs = opened()
    logging.getLogger("httpx").info("GET https://x.example/?token=abc")
    logging.getLogger("desk").info("one")
    logs.close()
    logging.getLogger("desk").info("two")
    text = written(logs)
    assert "one" in text
    assert "x.example" not in text
    assert "two" not in text
    assert logs.handler not in logging.getLogger().handlers
    assert not list((logs.file or Path()).parent.glob("crash*"))


def test_the_file_rotates(opened: Callable[..., Logs], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_BYTES", 1000)
    logs = opened()
    for number in range(100):
        logging.getLogger("desk").info("line %d", number)
    files = sorted(path.name for path in (logs.file or Path()).parent.glob("crisisdesk.log*"))
    assert files == ["crisisdesk.log", *[f"crisisdesk.log.{number}" for number in range(1, 6)]]


_CHILD = """
import ctypes, sys
from pathlib import Path
from crisisdesk.logs import set_up
from crisisdesk.paths import profile

logs = set_up(profile(Path(sys.argv[1])))
print(logs.last_crash)
if sys.argv[2] == "crash":
    ctypes.string_at(0)
logs.close()
"""


def test_a_native_crash_is_told_at_the_next_start(tmp_path: Path) -> None:
    def start(how: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", _CHILD, str(tmp_path), how], capture_output=True, text=True, timeout=60, check=False
        )

    first = start("crash")
    assert (first.returncode != 0, first.stdout) == (True, "") or first.stdout.strip() == "None"
    second = start("end")
    report = Path(second.stdout.strip())
    assert report.parent == tmp_path / "logs"
    assert "Segmentation fault" in report.read_text("utf-8") or "access violation" in report.read_text("utf-8")
    assert start("end").stdout.strip() == "None"
