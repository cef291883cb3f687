"""The networks' answers as they came: kept with what they brought, without a secret, for a while, and in the pack."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk import evidence
from crisisdesk.desk.received import MOST_ANSWERS, MOST_BYTES, Recorder, harmless
from crisisdesk.model.chain import Status
from crisisdesk.model.contact import Contact
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.received import KeptAnswer, Received
from crisisdesk.model.source import Tombstone
from crisisdesk.paths import profile
from crisisdesk.reports import incident as report
from crisisdesk.settings import Settings
from crisisdesk.store import answers
from crisisdesk.store.chain import Key
from crisisdesk.store.schema import answer_body, mention
from crisisdesk.texts import Texts
from crisisdesk.web import Answer, Web
from tests.fakes import samples as s

ES = Texts("es")
KEY = Key(b"k" * 32)
BODY = b'[{"id": 1, "text": "sin se\xc3\xb1al"}]'


class Told(Web):
    """A web that answers with what it is given, in turn."""

    def __init__(self, *told: Answer) -> None:
        super().__init__()
        self.told = list(told)
        self.sent: list[bytes] = []

    async def get(self, url: str, **_: Any) -> Answer:
        return replace(self.told.pop(0), url=url)

    async def post(self, url: str, content: bytes, **_: Any) -> Answer:
        self.sent.append(content)
        return Answer(status=200, headers={}, body=b'{"access_token": "fresh"}', url=url)

    async def lines(self, *_: Any, **__: Any) -> Any:
        yield "line"

    async def frames(self, *_: Any, **__: Any) -> Any:
        yield "frame"


def answer(body: bytes = BODY, status: int = 200, **headers: str) -> Answer:
    kept = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers={"content-type": "application/json"} | kept, body=body, url="")


def recorded(*told: Answer, secrets: tuple[str, ...] = (), url: str = "https://example.org/l") -> tuple[Received, ...]:
    async def run() -> tuple[Received, ...]:
        heard = Recorder(Told(*told), secrets, lambda: s.NOW)
        for _ in told:
            await heard.get(url)
        found = heard.taken()
        assert heard.taken() == ()
        return found

    return asyncio.run(run())


# ── what must not be kept ────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_with_one_of_our_secrets_or_a_new_one_is_not_kept() -> None:
    assert recorded(answer(b'{"you": "CDCANARY-9"}'), secrets=("CDCANARY-9",)) == ()
    assert recorded(answer(b'{"data": [{"access_token": "x"}]}')) == ()
    assert recorded(answer(b'{"accessJwt":"x"}')) == ()
    assert recorded(answer(b'say "password" aloud', content_type="text/xml"))  # a word anybody can write
    assert recorded(answer(rb'[{"text": "he said \"password\""}]'))  # and in JSON it looks otherwise
    assert recorded(answer(), secrets=("1",))  # so short that it is no secret


def test_only_what_was_fetched_and_found_is_kept() -> None:
    assert recorded(answer(b""), answer(status=304), answer(b"no", status=404)) == ()

    async def run() -> None:
        heard = Recorder(Told(), (), lambda: s.NOW)
        assert (await heard.post("https://example.org/token", b"secret", headers={})).status == 200
        assert [line async for line in heard.lines("https://example.org")] == ["line"]
        assert [frame async for frame in heard.frames("https://example.org")] == ["frame"]
        assert heard.taken() == ()

    asyncio.run(run())


def test_one_page_keeps_so_many_answers_and_so_many_bytes() -> None:
    assert len(recorded(*[answer()] * (MOST_ANSWERS + 3))) == MOST_ANSWERS
    big = b" " * (MOST_BYTES - len(BODY))
    assert [len(one.body) for one in recorded(answer(big), answer(big), answer(), answer())] == [len(big), len(BODY)]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://ana:pw@example.org/a?limit=5#x", "https://example.org/a?limit=5"),
        ("https://example.org/a?q=marca&api_key=K1&Access_Token=K2&flag=", "https://example.org/a?q=marca&api_key=***"
         "&Access_Token=***&flag=***"),
        ("https://api.example.org/botCDCANARY-9/getUpdates?offset=3", "https://api.example.org/bot***/getUpdates?offset=3"),
        ("https://example.org/a?q=CDCANARY-9", "https://example.org/a?q=***"),
    ],
)
def test_an_address_keeps_no_secret(url: str, kept: str) -> None:
    assert harmless(url, ("CDCANARY-9",)) == kept
    assert harmless("https://example.org/a%2Fb%2B1?x=1", ("a/b+1",)) == "https://example.org/***?x=***"


def test_only_harmless_headers_are_kept() -> None:
    (one,) = recorded(answer(date="Mon", etag="e", set_cookie="session=1", authorization="b", x_token="t"))
    assert one.headers == (("content-type", "application/json"), ("date", "Mon"), ("etag", "e"))


# ── kept with what it brought ────────────────────────────────────────────────────────────────────────────────────


@dataclass
class House:
    desk: Desk
    clock: PlayClock
    incident: int = 0

    def page(self, *numbers: int, body: bytes = BODY, version: str = "1", **more: Any) -> None:
        said = tuple(
            Mention(source="x", account="a", native_id=str(n), published_at=s.NOW, fetched_at=s.NOW, version=version,
                    text=f"sin señal {n} v{version}", **more)
            for n in numbers
        )  # fmt: skip
        at = self.clock.now()
        one = Received(url="https://example.org/l", status=200, headers=(("etag", "e"),), body=body, at=at)
        self.desk.ingest.page(Page(source="x", account="a", mentions=said, received=(one,)))

    def kept(self, *native: int) -> list[KeptAnswer]:
        with self.desk.core.read() as connection:
            wanted = select(mention.c.id).where(mention.c.native_id.in_(map(str, native))).order_by(mention.c.id)
            return list(answers.of(connection, connection.execute(wanted).scalars().all()))

    def body(self, one: KeptAnswer) -> bytes | None:
        with self.desk.core.read() as connection:
            return answers.body(connection, one.sha256)

    def trim(self, **bound: int) -> int:
        with self.desk.core.write() as tx:
            return answers.trim(tx.connection, self.clock.now(), **bound)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = PlayClock(s.NOW)
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(tmp_path / "desk"), clock=clock)
    desk.core.key = KEY
    yield House(desk, clock)
    desk.close()


def test_each_mention_leads_to_the_answers_that_it_was_read_from(house: House) -> None:
    house.page(1, 2, body=b"one")
    house.page(3, body=b"two")
    house.page(1, 3, body=b"nothing new")
    (first,), (second,) = house.kept(1), house.kept(3)
    assert (house.body(first), house.body(second)) == (b"one", b"two")
    assert first.sha256 == hashlib.sha256(b"one").hexdigest()
    assert [one.sha256 for one in house.kept(2)] == [first.sha256]
    assert house.kept() == house.kept(99) == []
    house.page(3, body=b"edited", version="2")
    assert [house.body(one) for one in house.kept(3)] == [b"two", b"edited"]
    assert len(house.kept(1, 2, 3)) == 3


def test_what_comes_twice_is_kept_once(house: House) -> None:
    house.page(1)
    house.page(2)
    assert len(house.kept(1, 2)) == 2
    with house.desk.core.read() as connection:
        assert len(connection.execute(select(answer_body)).all()) == 1


def test_an_answer_with_private_talk_is_not_kept(house: House) -> None:
    house.page(1, private=True)
    assert house.kept(1) == []


def test_what_is_deleted_at_its_source_is_deleted_here_and_its_hash_stays(house: House) -> None:
    house.page(1, 2, body=b"both")
    house.page(2, body=b"edited", version="2")
    house.page(3, body=b"other")
    house.desk.ingest.page(Page(source="x", account="a", tombstones=(Tombstone("x", "a", "2", s.NOW),)))
    assert [(one.gone, house.body(one)) for one in house.kept(1, 2, 3)] == [
        ("source", None), ("source", None), ("", b"other"),
    ]  # fmt: skip


def test_bytes_that_were_damaged_are_none(house: House) -> None:
    house.page(1)
    for packed in (b"no zlib", b""):
        with house.desk.core.write() as tx:
            tx.connection.execute(update(answer_body).values(packed=packed))
        assert house.body(house.kept(1)[0]) is None


def test_old_bytes_go_unless_an_incident_needs_them(house: House) -> None:
    house.page(1, body=b"before")
    house.clock.move_to(s.NOW + timedelta(days=3))
    house.desk.incidents.open(title="Sin servicio", level=3, started_at=house.clock.now())
    house.page(2, body=b"in the incident")
    house.clock.move_to(s.NOW + answers.KEPT_FOR - timedelta(seconds=1))
    assert house.trim() == 0
    house.clock.move_to(s.NOW + answers.KEPT_FOR + timedelta(days=40))
    assert house.trim() == 1
    assert house.trim() == 0
    assert [(one.gone, house.body(one)) for one in house.kept(1, 2)] == [("age", None), ("", b"in the incident")]


def test_above_the_bound_the_oldest_go_first_and_those_of_incidents_last(house: House) -> None:
    house.desk.incidents.open(title="Sin servicio", level=3, started_at=s.NOW)
    house.page(1, body=b"in the incident")
    house.desk.incidents.resolve(1, "ana")
    house.clock.move_to(s.NOW + timedelta(days=2))
    house.page(2, body=b"calm")
    house.clock.move_to(s.NOW + timedelta(days=3))
    house.page(3, body=b"calm, newer")
    assert house.trim() == 0
    assert house.trim(most_bytes=50) == 1
    assert [one.gone for one in house.kept(1, 2, 3)] == ["", "room", ""]
    assert house.trim(most_bytes=0) == 2
    assert [one.gone for one in house.kept(1, 2, 3)] == ["room"] * 3
    house.desk.sources.trim()


def test_the_way_of_a_source_keeps_what_it_was_told(house: House) -> None:
    desk = house.desk
    texts = {"address": "https://example.org/l?q=a&key=CDCANARY-9"}
    account = desk.sources.add("jsonhttp", texts, {"token": "CDCANARY-9"})

    async def run(*told: Answer) -> None:
        for row in desk.sources.due():
            await desk.sources.poll(row, Told(*told))

    asyncio.run(run(answer(date="Mon")))
    with desk.core.read() as connection:
        (one,) = answers.of(connection, [1])
        assert answers.body(connection, one.sha256) == BODY
    assert (one.url, one.headers[-1], one.account) == ("https://example.org/l?q=a&key=***", ("date", "Mon"), account)
    house.clock.move_to(s.NOW + timedelta(hours=1))
    asyncio.run(run(answer(b'[{"id": 2, "text": "CDCANARY-9"}]')))
    assert desk.mentions.count() == 2
    with desk.core.read() as connection:
        assert [a.id for a in answers.of(connection, [1, 2])] == [one.id]


# ── in the pack ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def packed(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    monkeypatch.setattr(report, "_page_chart", lambda *_: b"")
    house.desk.contacts.save(Contact(slug="dir", name="Rosa Luna", phone="+52 55 1234 5678"))
    incident = house.desk.incidents.open(title="Sin servicio", level=3, started_at=s.NOW).id
    house.page(1, 2, body=b"<script>alert(1)</script>")
    house.page(3, body=b"llamen a Rosa al (55) 12 34 56 78")
    house.page(4, body=b"gone")
    house.desk.ingest.page(Page(source="x", account="a", tombstones=(Tombstone("x", "a", "4", s.NOW),)))
    house.clock.move_to(s.NOW + timedelta(minutes=9))

    def make(cut: str) -> Path:
        path = tmp_path / f"{cut}.zip"
        house.desk.evidence.pack(incident, path, ES, cut=cut)
        return path

    return make


def test_the_pack_holds_the_bytes_and_says_of_each_mention_where_it_came_from(packed: Callable[[str], Path]) -> None:
    path = packed("internal")
    with zipfile.ZipFile(path) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    told = [json.loads(line) for line in inside["answers.jsonl"].splitlines()]
    script = hashlib.sha256(b"<script>alert(1)</script>").hexdigest()
    assert [(one["in_pack"], one["gone"], one["mentions"]) for one in told] == [
        (True, "", ["1", "2"]), (False, "", ["3"]), (False, "source", ["4"]),
    ]  # fmt: skip
    assert told[0] | {"at": ""} == told[0] | {
        "at": "", "sha256": script, "url": "https://example.org/l", "status": 200, "headers": {"etag": "e"},
        "source": "x", "account": "a", "size": 25,
    }  # fmt: skip
    assert inside[f"answers/{script}"] == b"<script>alert(1)</script>"
    assert [name for name in inside if name.startswith("answers/")] == [f"answers/{script}"]
    mentions = [json.loads(line) for line in inside["mentions.jsonl"].splitlines()]
    assert [m["answers"] for m in mentions if m["native_id"] in "12"] == [[script], [script]]
    page = inside["check.html"].decode()
    assert "answers.jsonl" in page and "in_pack: false" in page
    assert b"12 34 56 78" not in b"".join(inside.values())
    found = evidence.check(path, keys={KEY.id: KEY.secret})
    assert (found.integrity.status, found.completeness.status) == (Status.INTACT, Status.INTACT)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_a_common_tool_agrees(packed: Callable[[str], Path], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with zipfile.ZipFile(packed("internal")) as archive:
        archive.extractall(folder)
    (one,) = (folder / "answers").iterdir()
    said = subprocess.run(["sha256sum", f"answers/{one.name}"], cwd=folder, capture_output=True, text=True, check=True)
    assert said.stdout.split()[0] == one.name
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=True)
    one.write_bytes(b"<script>alert(2)</script>")
    assert subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False).returncode


def test_an_answer_that_is_not_what_its_name_says_is_seen(packed: Callable[[str], Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(packed("internal")) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in inside if name.startswith("answers/"))
    changed = b"something else"
    sums = inside["SHA256SUMS"].decode().replace(hashlib.sha256(inside[name]).hexdigest() + "  ", hashlib.sha256(
        changed).hexdigest() + "  ")  # fmt: skip
    made = tmp_path / "changed.zip"
    with zipfile.ZipFile(made, "w") as archive:
        for member, content in (inside | {name: changed, "SHA256SUMS": sums.encode()}).items():
            archive.writestr(member, content)
    found = evidence.check(made)
    assert (found.integrity.status, found.integrity.why, found.integrity.member) == (
        Status.ALTERED, "pack_changed", name,
    )  # fmt: skip


def test_the_public_cut_has_none(packed: Callable[[str], Path]) -> None:
    with zipfile.ZipFile(packed("public")) as archive:
        assert not [name for name in archive.namelist() if "answers" in name]


def test_bytes_that_are_no_longer_as_they_came_stay_at_home(house: House, packed: Callable[[str], Path]) -> None:
    with house.desk.core.write() as tx:
        tx.connection.execute(update(answer_body).values(packed=zlib.compress(b"other")))
    with zipfile.ZipFile(packed("internal")) as archive:
        told = [json.loads(line)["in_pack"] for line in archive.read("answers.jsonl").splitlines()]
    assert told == [False] * 3
