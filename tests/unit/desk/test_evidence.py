"""The evidence pack: checked by us and by the tools of any computer, hostile zips refused, nobody's phone inside."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from keyring.backends import fail

from crisisdesk import vault as vault_module
from crisisdesk.__main__ import main
from crisisdesk.app import Desk, build_desk
from crisisdesk.desk import evidence
from crisisdesk.desk.chain import anchor
from crisisdesk.model.chain import Status
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import InputError
from crisisdesk.model.evidence import PackVerdict
from crisisdesk.model.mention import Mention, Page
from crisisdesk.paths import profile
from crisisdesk.reports import incident as report
from crisisdesk.reports import pack
from crisisdesk.settings import Settings
from crisisdesk.store.chain import Key
from crisisdesk.texts import Texts

ES, EN = Texts("es"), Texts("en")
KEY = Key(b"k" * 32)
KEYS = {KEY.id: KEY.secret}
PHONE = "+52 55 1234 5678"
INTERNAL = {"check.html", "report.html", "report.md", "timeline.csv", "found.json", "timeline.jsonl", "chain.tsv",
            "mentions.jsonl", "SHA256SUMS", "SHA256SUMS.seal"}  # fmt: skip


@dataclass
class Case:
    desk: Desk
    incident: int
    folder: Path

    def pack(self, cut: str = "internal", texts: Texts = ES) -> tuple[Path, str]:
        path = self.folder / f"{cut}-{texts.lang}.zip"
        return path, self.desk.evidence.pack(self.incident, path, texts, cut=cut)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("case")
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(folder / "desk"))
    desk.core.key = KEY
    desk.contacts.save(Contact(slug="dir.general", name="Rosa Luna", phone=PHONE))
    now = desk.clock.now()
    incident = desk.incidents.open(title="Sin servicio", level=3, started_at=now - timedelta(minutes=30)).id
    desk.timeline.note(incident, "Se llama al proveedor <b>ya</b>")
    desk.timeline.note(incident, "Rosa atiende en el 55-1234-5678")
    said = now - timedelta(minutes=10)
    texts = ("no hay señal", "llamen a Rosa al (55) 12 34 56 78", "<script>alert(1)</script> =cmd|'/C calc'!A0")
    found = [
        Mention(source="import", account="a", native_id=str(n), published_at=said, fetched_at=said, text=text,
                author="@vecina", url=f"https://example.org/{n}", version="1")
        for n, text in enumerate(texts)
    ]  # fmt: skip
    desk.ingest.page(Page(source="import", account="a", mentions=tuple(found)))
    desk.ingest.page(
        Page(source="import", account="a", mentions=(replace(found[0], text="ya hay señal", version="2"),))
    )
    return Case(desk, incident, folder)


@pytest.fixture(autouse=True)
def no_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "_page_chart", lambda *_: b"")


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def rebuilt(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The pack again after somebody changed its members."""
    inside = members(path)
    change(inside)
    made = path.with_name("rebuilt.zip")
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
    return made


def says(found: PackVerdict) -> tuple[Status, str, Status, str]:
    return found.integrity.status, found.integrity.why, found.completeness.status, found.completeness.why


# ── a pack as it was made ────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_intact_by_its_seal_or_by_the_digest_that_was_written_down(case: Case) -> None:
    path, digest = case.pack()
    assert set(members(path)) == INTERNAL
    sealed = evidence.check(path, keys=KEYS)
    assert says(sealed) == (Status.INTACT, "pack_sealed", Status.INTACT, "pack_whole")
    assert sealed.rows >= 3
    assert sealed.digest == digest
    assert says(evidence.check(path, digest=digest))[:2] == (Status.INTACT, "pack_known")
    bare = evidence.check(path)
    assert says(bare) == (Status.UNKNOWN, "pack_no_key", Status.UNKNOWN, "pack_unknown")
    other = evidence.check(path, digest="0" * 64, keys=KEYS)
    assert says(other)[:2] == (Status.ALTERED, "pack_other")
    noted = case.desk.timeline.entries(case.incident)[0]
    assert (noted.kind, noted.data["digest"]) == ("evidence.packed", digest)
    assert noted.actor == "ana"


def test_the_chain_in_it_answers_to_an_anchor(case: Case) -> None:
    path, _ = case.pack()
    head = evidence.check(path).head
    assert says(evidence.check(path, keys=KEYS, anchors=(anchor(head),)))[0] is Status.INTACT
    row = head.partition(":")[0]
    false = evidence.check(path, keys=KEYS, anchors=(anchor(f"{row}:{'0' * 64}"),))
    assert (false.integrity.status, false.integrity.why) == (Status.ALTERED, "rewritten")
    later = evidence.check(path, keys=KEYS, anchors=(anchor(f"{int(row) + 9}:{'0' * 64}"),))
    assert (later.completeness.status, later.completeness.why) == (Status.ALTERED, "cut")


def test_tools_of_any_computer_say_the_same(case: Case, tmp_path: Path) -> None:
    tools = [shutil.which(name) for name in ("sha256sum", "openssl")]
    if not all(tools):
        pytest.skip("sha256sum and openssl are not both on this computer")
    path, digest = case.pack()
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)  # our own, just made
    subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True)
    said = subprocess.run(["sha256sum", "SHA256SUMS"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert said.stdout.split()[0] == digest
    name, seal = (tmp_path / "SHA256SUMS.seal").read_text().split()
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY.secret.hex()}"],
        input=digest, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert made.stdout.split()[-1] == seal
    assert name == KEY.id


def test_rows_and_links_can_be_followed_as_the_page_says(case: Case) -> None:
    """By the page's own words, not by our functions."""
    inside = members(case.pack()[0])
    lines = [line.split("\t") for line in inside["chain.tsv"].decode().splitlines()[1:]]
    before = hashlib.sha256(b"CrisisDesk timeline 1").hexdigest()
    for _, content, digest, *_ in lines:
        assert hashlib.sha256(b"\0" + bytes.fromhex(before) + bytes.fromhex(content)).hexdigest() == digest
        before = digest
    bodies = {int(line[0]): line[1] for line in lines}
    rows = [json.loads(line) for line in inside["timeline.jsonl"].splitlines()]
    assert len(rows) >= 3
    for row in rows:
        made = hashlib.sha256()
        for value in row:
            letter = b"N" if value is None else b"i" if isinstance(value, int) else b"s"
            raw = b"" if value is None else str(value).encode()
            made.update(letter + struct.pack(">Q", len(raw)) + raw)
        assert made.hexdigest() == bodies[row[0]]


def test_mentions_are_there_as_they_were_stored(case: Case) -> None:
    told = [json.loads(line) for line in members(case.pack()[0])["mentions.jsonl"].splitlines()]
    assert [one["text"] for one in told[1:]][1] == "<script>alert(1)</script> =cmd|'/C calc'!A0"
    assert told[0]["text"] == "ya hay señal"
    assert [earlier["text"] for earlier in told[0]["earlier"]] == ["no hay señal"]
    assert told[0]["url"] == "https://example.org/0"
    assert told[0]["fetched_at"].endswith("Z")


@pytest.mark.parametrize("texts", [ES, EN], ids=["es", "en"])
def test_the_page_explains_and_claims_no_proof(case: Case, texts: Texts) -> None:
    for cut in ("internal", "public"):
        inside = members(case.pack(cut, texts)[0])
        page = inside["check.html"].decode()
        assert "sha256sum -c SHA256SUMS" in page
        assert {name for name in inside if name != "SHA256SUMS.seal" and name not in page} <= {"check.html"}
        found = page.lower().replace("comprueba", "").replace("comprobar", "")
        assert "evident" in found
        assert "prueba" not in found
        assert not re.search(r"\b(evidence|chain\.why|report\.banner)\.[a-z]|\{\w*\}", page.partition("</style>")[2])


def test_no_phone_is_inside(case: Case) -> None:
    for cut in ("internal", "public"):
        for name, content in members(case.pack(cut)[0]).items():
            digits = "".join(c for c in content.decode() if c not in " ()-.\\")
            assert "5512345678" not in digits, name
    told = [json.loads(line) for line in members(case.pack()[0])["mentions.jsonl"].splitlines()]
    assert [one["struck"] for one in told] == [False, True, False]


def test_the_public_cut_names_nobody(case: Case) -> None:
    path, _ = case.pack("public")
    inside = members(path)
    assert set(inside) == INTERNAL - {"timeline.jsonl", "chain.tsv", "mentions.jsonl"}
    for name, content in inside.items():
        for secret in ("Rosa", "vecina", "proveedor", "ana</td>"):
            assert secret not in content.decode(), name
    assert says(evidence.check(path, keys=KEYS)) == (Status.INTACT, "pack_sealed", Status.INTACT, "pack_whole")


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("member", sorted(INTERNAL))
def test_one_byte_of_any_member(case: Case, member: str) -> None:
    path, digest = case.pack()

    def flip(inside: dict[str, bytes]) -> None:
        content = bytearray(inside[member])
        content[len(content) // 2] ^= 1
        inside[member] = bytes(content)

    changed = rebuilt(path, flip)
    found = evidence.check(changed, keys=KEYS)
    assert found.integrity.status in (Status.ALTERED, Status.UNKNOWN)
    assert found.integrity.status is Status.ALTERED or member == "SHA256SUMS.seal"  # then the key's name is unknown
    assert found.completeness.status is not Status.INTACT
    if not member.startswith("SHA256SUMS"):
        assert (found.integrity.why, found.integrity.member) == ("pack_changed", member)
    if member != "SHA256SUMS.seal":
        assert evidence.check(changed, digest=digest).integrity.status is Status.ALTERED


@pytest.mark.parametrize("member", sorted(INTERNAL - {"SHA256SUMS.seal"}))
def test_a_member_that_is_missing(case: Case, member: str) -> None:
    path, digest = case.pack()
    found = evidence.check(rebuilt(path, lambda inside: inside.pop(member)), keys=KEYS, digest=digest)
    assert (found.completeness.status, found.completeness.member) == (Status.ALTERED, member)


def test_a_member_put_in_and_a_list_made_again(case: Case) -> None:
    path, _ = case.pack()
    more = evidence.check(rebuilt(path, lambda inside: inside.update({"more.txt": b"x"})), keys=KEYS)
    assert (more.integrity.why, more.integrity.member) == ("pack_extra", "more.txt")

    def again(inside: dict[str, bytes]) -> None:
        inside["report.md"] = b"another"
        kept = [(n, c) for n, c in inside.items() if not n.startswith("SHA256SUMS")]
        inside["SHA256SUMS"] = pack.sums(kept)

    made = rebuilt(path, again)
    assert evidence.check(made, keys=KEYS).integrity.why == "pack_bad_seal"
    assert evidence.check(made).integrity.status is Status.UNKNOWN  # without key and digest nobody can know
    unsealed = rebuilt(made, lambda inside: inside.pop("SHA256SUMS.seal"))
    assert says(evidence.check(unsealed, keys=KEYS)) == (
        Status.UNKNOWN, "pack_unsealed", Status.UNKNOWN, "pack_unknown",
    )  # fmt: skip


def test_a_row_changed_with_the_list_made_again_is_named_by_the_chain(case: Case) -> None:
    def again(inside: dict[str, bytes]) -> None:
        inside["timeline.jsonl"] = inside["timeline.jsonl"].replace(b"proveedor", b"regulador")
        inside["SHA256SUMS"] = pack.sums([(n, c) for n, c in inside.items() if not n.startswith("SHA256SUMS")])

    found = evidence.check(rebuilt(case.pack()[0], again))
    assert (found.integrity.status, found.integrity.why) == (Status.ALTERED, "edited")


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        evidence.check(path)
    assert ES.error(caught.value)
    assert EN.error(caught.value)
    return caught.value.key


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/x", "a/../../x", "C:\\x", "a\\b", "x\x00y", "", ".", "a//b", "a/", "ñ", "a b", "-" * 300, "a/./b"],
)
def test_a_name_that_is_not_ours_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("aaaa", b"x")
    if "\x00" in name or not name:
        assert not pack._safe(name)
        return
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    assert refused(path) == "pack.bad_name"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_bombs_doubles_and_rubbish_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("report.md", b"1")
        archive.writestr("report.md", b"2")
    assert refused(path) == "pack.twice"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("report.md", b"1")
        archive.writestr("REPORT.md", b"2")
    assert refused(path) == "pack.twice"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(pack.MOST_MEMBERS + 1):
            archive.writestr(f"m{n}", b"")
    assert refused(path) == "pack.too_large"
    monkeypatch.setattr(pack, "MOST_BYTES", 1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.md", b"0" * (2 << 20))
    assert refused(path) == "pack.too_large"
    lying = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = lying.index(mark) + at
        lying[place : place + 4] = struct.pack("<I", 100)  # it says that it is small
    path.write_bytes(lying)
    found = evidence.check(path)  # the reader stops at what was said: damaged, not read on
    assert found.integrity.status is Status.ALTERED
    for rubbish in (b"", b"PK", b"x" * 1000, io.BytesIO(lying).getvalue()[:60]):
        path.write_bytes(rubbish)
        assert refused(path) == "pack.broken"
    assert refused(tmp_path / "nowhere.zip") == "importing.missing"


def test_a_pack_with_rubbish_in_our_own_members_breaks_nothing(case: Case) -> None:
    path, _ = case.pack()
    for member, content in (
        ("chain.tsv", b"\xff\xfe"), ("chain.tsv", b"row\tcontent\n1\t2\n"), ("timeline.jsonl", b"[" * 100_000),
        ("timeline.jsonl", b'{"a": 1}\n'), ("timeline.jsonl", b'[1,[2],3,4,5,6,7,8,9,10,11]\n'),
        ("SHA256SUMS", b"\x00" * 5000), ("SHA256SUMS.seal", b"\xff" * 99),
    ):  # fmt: skip

        def again(inside: dict[str, bytes], member: str = member, content: bytes = content) -> None:
            inside[member] = content
            if not member.startswith("SHA256SUMS"):
                inside["SHA256SUMS"] = pack.sums([(n, c) for n, c in inside.items() if not n.startswith("SHA256SUMS")])

        found = evidence.check(rebuilt(path, again), keys=KEYS)
        assert found.integrity.status is not Status.INTACT, member


@pytest.mark.parametrize("seed", range(60))
def test_flipped_bytes_of_the_zip_itself_never_pass(case: Case, seed: int, tmp_path: Path) -> None:
    whole = bytearray(case.folder.joinpath("internal-es.zip").read_bytes())
    at = seed * len(whole) // 60 + 7
    whole[at] ^= 0x55
    path = tmp_path / "x.zip"
    path.write_bytes(whole)
    try:
        found = evidence.check(path, keys=KEYS)
    except InputError as error:
        assert error.key.startswith("pack.")
        return
    if found.integrity.status is Status.INTACT:  # a byte that no reader looks at, such as a date
        assert members(path) == members(case.folder / "internal-es.zip")


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_commands_make_and_check_a_pack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = build_desk(Settings(zone="America/Bogota", actor="ana"), profile(tmp_path / "desk"))
    desk.incidents.open(title="Sin servicio", level=2)
    desk.close()
    out = tmp_path / "pack.zip"
    data = ["--data-dir", str(tmp_path / "desk")]
    assert main(["report", "latest", "--format", "zip", "--cut", "internal", "--out", str(out), *data]) == 0
    digest = capsys.readouterr().out.split()[-1]
    assert main(["verify", "--pack", str(out)]) == 0  # by the key of this computer's keyring
    capsys.readouterr()
    monkeypatch.setattr(vault_module.keyring, "get_keyring", fail.Keyring)
    assert main(["verify", "--pack", str(out), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["integrity"]["status"], found["digest"]) == ("unknown", digest)
    assert main(["verify", "--pack", str(out), "--digest", digest.upper(), "--lang", "es"]) == 0
    said = capsys.readouterr().out
    assert "evidente" in said
    assert "prueba" not in said
    for wrong in (["--digest", "xyz", "--pack", str(out)], ["--digest", digest], ["--pack", str(tmp_path / "no.zip")]):
        assert main(["verify", *wrong, *data]) == 2
        assert capsys.readouterr().err
