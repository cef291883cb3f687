"""A platform on loopback that counts what it receives, and a child that is killed while it answers through it.

``python -m tests.fakes.killed_sender FOLDER URL POINT [post]`` confirms one answer, or one text of our own, and sends
it through the real Mastodon connector; at ``confirmed``, ``claimed`` and ``answered`` it dies by its own hand, at
``sending`` the platform kills it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from crisisdesk.app import Desk
from crisisdesk.connectors.mastodon import Mastodon, MastodonSettings
from crisisdesk.model.outgoing import Outgoing
from crisisdesk.model.source import Query
from crisisdesk.web import Web
from tests.fakes.outbox import answer_through, desk_on, die, reply_of, text_of_ours


class Platform(ThreadingHTTPServer):
    """Enough of a Mastodon server to answer through; ``received`` holds (idempotency key, status) of every post.

    Attributes:
        while_sending: called when a post is in and not yet answered.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.received: list[tuple[str, dict[str, str]]] = []
        self.while_sending: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def end(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Talk(BaseHTTPRequestHandler):
    server: Platform

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""

    def do_GET(self) -> None:
        if "verify_credentials" in self.path:
            self._say({"id": "7"})
        elif "/statuses" in self.path:
            self._say([self._status(n, body) for n, (_key, body) in enumerate(self.server.received)])
        else:
            self._say({"configuration": {"statuses": {"max_characters": 2_000}}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.headers["Idempotency-Key"], body))
        self.server.while_sending()
        self._say(self._status(len(self.server.received), body))

    def _status(self, n: int, body: dict[str, str]) -> dict[str, str]:
        return {
            "id": str(n), "url": f"https://m.example/{n}", "content": f"<p>{body['status']}</p>",
            "in_reply_to_id": body.get("in_reply_to_id", ""), "created_at": "2026-03-10T13:00:00Z",
        }  # fmt: skip

    def _say(self, value: object) -> None:
        data = json.dumps(value).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            return  # whoever asked is dead


def desk_at(folder: Path, url: str) -> Desk:
    """A desk that answers through the platform at ``url``."""
    settings = MastodonSettings(base_url=url, token="t", allow_private=frozenset({url.removeprefix("http://")}))
    desk = desk_on(folder)
    answer_through(desk, Mastodon(settings, Query()))
    return desk


def confirmed(desk: Desk, what: str, web: Web) -> Outgoing:
    """One answer, or one text of our own, that a person has said is to be sent."""
    if what == "post":
        draft = text_of_ours(desk)
        plan = asyncio.run(desk.posts.plan(draft, "mastodon", "marca", "es", web))
        return desk.posts.confirm(draft, "mastodon", "marca", "es", plan)
    draft, mention = reply_of(desk)
    plan = asyncio.run(desk.outbox.plan(draft, mention, "es", web))
    return desk.outbox.confirm(draft, mention, "es", plan)


def main(folder: Path, url: str, point: str, what: str = "answer") -> None:
    """Confirm and send one text, and die at ``point``."""
    desk, web = desk_at(folder, url), Web()
    row = confirmed(desk, what, web)
    if point == "confirmed":
        die()
    if point == "claimed":
        desk.outbox._claim(row.id)
        die()
    if point == "answered":
        desk.outbox._sent = lambda *a, **k: die()  # type: ignore[assignment]
    print(os.getpid(), flush=True)
    asyncio.run(desk.outbox.send(row.id, web))


def kill(process_id: int) -> None:
    """As the power does."""
    os.kill(process_id, signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
