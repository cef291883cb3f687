"""A real IMAP server in a process of its own, with one mailbox."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import imapclient
import pytest

from crisisdesk.connectors.mail import Mailbox
from crisisdesk.model.mention import Page
from crisisdesk.web import Web

USER, PASSWORD = "mesa", "buena"
CAME = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


def free_port() -> int:
    """A port of this computer on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class RealMailbox:
    """``with RealMailbox() as box: box.put("Quejas", letter)``."""

    def __init__(self) -> None:
        self.port = free_port()

    def __enter__(self) -> RealMailbox:
        program = str(Path(sys.executable).with_name("pymap"))
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--no-tls", "--no-service", "admin"]
        box = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
        self._process = subprocess.Popen([program, *where, *box], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while True:  # until it listens
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(30)

    def client(self) -> imapclient.IMAPClient:
        """Signed in."""
        client = imapclient.IMAPClient("127.0.0.1", self.port, ssl=False)
        client.login(USER, PASSWORD)
        return client

    def put(self, folder: str, *letters: bytes) -> None:
        """Deliver letters, making the folder where there is none."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for letter in letters:
                client.append(folder, letter, msg_time=CAME)


MOMENTS = ("before IDLE", "as IDLE begins", "in IDLE")


def told(patch: pytest.MonkeyPatch, source: Mailbox, moment: str, put: Callable[[], None]) -> tuple[Page, int]:
    """The page that brings the mail that ``put`` delivers at one of MOMENTS, and how often it was listened for."""
    begin, listen, begun, listened = imapclient.IMAPClient.idle, imapclient.IMAPClient.idle_check, 0, 0

    def idle(client: imapclient.IMAPClient) -> None:
        nonlocal begun
        begun += 1
        if (moment, begun) == ("as IDLE begins", 1):
            put()
        begin(client)
        if (moment, begun) == ("in IDLE", 1):
            put()

    def idle_check(client: imapclient.IMAPClient, timeout: float) -> Any:
        nonlocal listened
        listened += 1
        return listen(client, timeout)

    async def run() -> Page:
        async for page in source.stream(Web(), "", lambda: CAME):
            if page.mentions:
                return page
            if moment == "before IDLE":
                await asyncio.to_thread(put)
        raise AssertionError("it ended by itself")

    with patch.context() as patched:
        patched.setattr(imapclient.IMAPClient, "idle", idle)
        patched.setattr(imapclient.IMAPClient, "idle_check", idle_check)
        return asyncio.run(run()), listened
