"""``crisisdesk listen`` as a person runs it: a real process against a real server on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

RSS = (
    '<rss version="2.0"><channel><title>Diario</title>'
    "<item><guid>1</guid><title>sin señal</title><pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item>"
    "</channel></rss>"
)


class Handler(BaseHTTPRequestHandler):
    """One feed, which knows its ETag; one that is not well; one that wants a token."""

    seen: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        body, status, more = b"", 200, {}
        if self.path == "/feed":
            if self.headers.get("If-None-Match") == '"1"':
                status = 304
            else:
                body, more = RSS.encode(), {"ETag": '"1"'}
        elif self.path == "/busy":
            status, more = 429, {"Retry-After": "120"}
        elif self.path == "/list":
            body = json.dumps([{"id": 5, "text": "hola <b>marca</b>"}]).encode()
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def place() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Handler.seen.clear()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def listen(*words: str, **environment: str) -> tuple[int, Any, str]:
    """Status, what was printed (as JSON where it is), and standard error."""
    command = [sys.executable, "-m", "crisisdesk", "listen", "--lang", "es", *words]
    env = {k: v for k, v in os.environ.items() if not k.startswith("CRISISDESK_")} | environment
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False, timeout=120)
    return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout, done.stderr


def test_a_feed_is_heard_once_and_its_cursor_is_kept(place: str, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor"
    words = ("--source", "feed", "--set", f"address={place}/feed", "--once", "--json", "--cursor", str(cursor))
    status, told, _ = listen(*words)
    assert (status, [m["text"] for m in told["mentions"]], told["health"]["state"]) == (0, ["sin señal"], "good")
    assert cursor.read_text("utf-8") == told["cursor"]
    status, told, _ = listen(*words)
    assert (status, told["mentions"]) == (0, [])
    assert Handler.seen[-1]["if-none-match"] == '"1"'


def test_trouble_is_told_and_moves_no_cursor(place: str, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor"
    cursor.write_text('{"v": "1", "etag": "7"}', "utf-8")
    status, told, _ = listen(
        "--source", "feed", "--set", f"address={place}/busy", "--once", "--json", "--cursor", str(cursor)
    )
    assert (status, told["health"]["error"], told["mentions"]) == (1, "RateLimitedError", [])
    assert told["health"]["retry_at"] and told["cursor"] == cursor.read_text("utf-8") == '{"v": "1", "etag": "7"}'


def test_a_secret_comes_from_the_environment_and_is_never_shown(place: str) -> None:
    words = ("--source", "jsonhttp", "--set", f"address={place}/list", "--once", "--json")
    status, told, error = listen(*words, CRISISDESK_JSONHTTP_TOKEN="CDCANARY-1")
    assert (status, [m["native_id"] for m in told["mentions"]]) == (0, ["5"])
    assert Handler.seen[-1]["authorization"] == "CDCANARY-1"
    assert "CDCANARY" not in json.dumps(told) + error
    status, _, error = listen(*words, "--set", "token=CDCANARY-2")
    assert status == 2 and "CRISISDESK_jsonhttp_token" in error and "CDCANARY" not in error


@pytest.mark.parametrize(
    "words",
    [
        ("--source", "telex", "--once"),
        ("--source", "feed", "--set", "address", "--once"),
        ("--source", "feed", "--set", "address=file:///etc/passwd", "--once"),
        ("--source", "x", "--set", "handle=m", "--set", "colour=red", "--once"),
    ],
)
def test_bad_words_get_one_sentence(words: tuple[str, ...]) -> None:
    status, printed, error = listen(*words)
    assert (status, printed) == (2, "")
    assert error.count("\n") == 1 and "Traceback" not in error
