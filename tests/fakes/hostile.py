"""A desk on which every text from outside is hostile, and a watch over what files and addresses are touched.

The texts are those of the shared payloads and, where :class:`Watch` lays them out, some that name a file and an address
which nobody may open.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.fact import FactSection
from crisisdesk.model.mention import Mention, Page, StoredMention
from crisisdesk.model.playbook import Bilingual
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from tests.unit.desk.conftest import START


def mentions(texts: Sequence[str], now: datetime) -> tuple[Mention, ...]:
    """One mention for each text, which is its words, its author, its channel and its address at once."""
    return tuple(
        Mention(
            source="mastodon", account="x", native_id=str(n), published_at=now - timedelta(seconds=len(texts) - n),
            fetched_at=now, text=text, author=text or f"nobody {n}", author_id=f"{n}", channel=text, url=text,
            followers=10 * n,
        )
        for n, text in enumerate(texts)
    )  # fmt: skip


def hostile_desk(folder: Path, texts: Sequence[str]) -> Desk:
    """A real desk in ``folder`` with an open incident on which each text stands wherever a text from outside may."""
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(folder), clock=PlayClock(START))
    desk.ingest.page(Page(source="mastodon", account="x", mentions=mentions(texts, START)))
    incident = desk.incidents.open(title="Sin red", level=2, started_at=START - timedelta(minutes=5)).id
    network = desk.areas.save("Redes")
    for n, row in enumerate(desk.mentions.latest(len(texts))):
        for act in _acts(desk, incident, network.id, n, row):
            with suppress(CrisisDeskError):  # a text that is nothing but blanks is refused here and there
                act()
    return desk


def _acts(desk: Desk, incident: int, area: int, n: int, row: StoredMention) -> tuple[Callable[[], object], ...]:
    said, due = row.mention.text, START + timedelta(hours=2)
    both = Bilingual(said, said)
    return (
        lambda: desk.areas.send(area, mention_id=row.id, ask=said),
        lambda: desk.community.thank(row.id, said),
        lambda: desk.authors.enlist(row.id, f"Lista {n % 3}"),
        lambda: desk.timeline.note(incident, said),
        lambda: desk.rumours.note(incident, said, (said[:60], "hackeo")),
        lambda: desk.facts.say(
            incident, FactSection.KNOW, f"dato_{n}", both, said, evidence=said,
            proofs=(desk.facts.mention_proof(row.id),),
        ),
        lambda: desk.commitments.promise(
            incident, both, due, kind=CommitmentKind.INDIVIDUAL, to_whom=said, giver=said, owner=said
        ),
    )  # fmt: skip


@dataclass
class Watch:
    """What nobody may touch: a file, an address on loopback, and every address at all while it looks.

    Attributes:
        file: its reading is seen by its time of access, whoever reads it, Qt's own code as well.
        port: of a listening socket; a connection to it waits there to be found.
    """

    file: Path
    listener: socket.socket
    touched: list[str] = field(default_factory=list)
    looking: bool = False

    @property
    def port(self) -> int:
        """Where the listener listens."""
        return int(self.listener.getsockname()[1])

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts that would touch the file or the address, were they more than characters."""
        here = f"http://127.0.0.1:{self.port}/x.png"
        return (
            f"<img src='{self.file.as_uri()}'>", f"<img src='{self.file}'>", f"![x]({self.file.as_uri()})",
            f"<link rel=stylesheet href='{self.file.as_uri()}'>", f"<img src='{here}'>", f"![x]({here})",
            f"<iframe src='{here}'></iframe>", f"<style>@import '{here}'</style>",
        )  # fmt: skip

    def rest(self) -> None:
        """Begin to look: the file was last read long before it was last written, so that any reading shows."""
        os.utime(self.file, (1_000_000_000, 1_500_000_000))
        self.looking = True

    def found(self) -> list[str]:
        """Everything that was touched since :meth:`rest`."""
        self.looking = False
        found = list(self.touched)
        if self.file.stat().st_atime != 1_000_000_000:
            found.append("the file was read")
        try:
            self.listener.accept()[0].close()
            found.append("the address was asked")
        except BlockingIOError:
            pass
        return found

    def note(self, event: str, given: tuple[Any, ...]) -> None:
        """An audit event of Python's."""
        if not self.looking:
            return
        if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
            self.touched.append(f"{event} {given[-1]!r}")
        elif event == "open" and isinstance(given[0], str) and given[0].startswith(("/etc/passwd", str(self.file))):
            self.touched.append(f"open {given[0]}")


_WATCHES: list[Watch] = []


def _hear(event: str, given: tuple[Any, ...]) -> None:
    for watch in _WATCHES:
        watch.note(event, given)


_heard: list[bool] = []


@contextmanager
def watched(folder: Path) -> Iterator[Watch]:
    """A watch with its file in ``folder``; an audit hook cannot be taken out again, so one is put in, once."""
    file = folder / "canary.png"
    file.write_bytes(b"nobody reads this")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        if not _heard:
            sys.addaudithook(_hear)
            _heard.append(True)
        watch = Watch(file, listener)
        _WATCHES.append(watch)
        try:
            yield watch
        finally:
            _WATCHES.remove(watch)


def sees_reading(watch: Watch) -> bool:
    """Whether this file system notes that a file was read; where it does not, only Python's own readings show."""
    watch.rest()
    watch.looking = False
    watch.file.read_bytes()
    return watch.file.stat().st_atime != 1_000_000_000
