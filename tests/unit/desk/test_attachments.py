"""Attached files: hostile names, no row without bytes and no bytes without a row, told when they are not the same."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.__main__ import main
from crisisdesk.app import Desk, build_desk
from crisisdesk.desk import attachments as noun
from crisisdesk.desk import evidence
from crisisdesk.model import attachment as limits
from crisisdesk.model.attachment import Upload
from crisisdesk.model.chain import Status
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.timeline import Entry
from crisisdesk.paths import profile
from crisisdesk.reports import incident as report
from crisisdesk.reports import pack
from crisisdesk.settings import Settings
from crisisdesk.store.chain import Key
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.fakes.killed_attaching import FILES

ES, EN = Texts("es"), Texts("en")
KEY = Key(b"k" * 32)
PHOTO = Upload("antena.jpg", b"\xff\xd8 una antena en Olmo 12")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = build_desk(Settings(zone="America/Bogota", actor="ana"), profile(tmp_path / "desk"))
    made.core.key = KEY
    yield made
    made.close()


@pytest.fixture
def incident(desk: Desk) -> int:
    return desk.incidents.open(title="Sin señal", level=2, started_at=desk.clock.now()).id


def noted(desk: Desk, incident: int, *files: Upload) -> Entry:
    note = desk.timeline.note(incident, "lo mandó el técnico", files=files)
    return next(e for e in desk.timeline.entries(incident) if e.id == note.id)


def refused(call: object) -> str:
    with pytest.raises(InputError) as caught:
        call()  # type: ignore[operator]
    assert ES.error(caught.value)
    assert EN.error(caught.value)
    return caught.value.key


# ── what comes from outside ──────────────────────────────────────────────────────────────────────────────────────


def test_what_is_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(lambda: noun.read_file(tmp_path)) == "attachment.no_file"
    assert refused(lambda: noun.read_file(tmp_path / "none")) == "attachment.unreadable"
    assert refused(lambda: noun.read_file(Path("a\0b"))) == "attachment.unreadable"
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert refused(lambda: noun.read_file(tmp_path / "pipe")) == "attachment.no_file"
    (tmp_path / "empty").touch()
    assert refused(lambda: noun.read_file(tmp_path / "empty")) == "attachment.empty"
    monkeypatch.setattr(noun, "MOST_BYTES", 10)
    (tmp_path / "large").write_bytes(b"12345678901")
    assert refused(lambda: noun.read_file(tmp_path / "large")) == "attachment.too_large"
    (tmp_path / "large").write_bytes(b"1234567890")
    assert noun.read_file(tmp_path / "large").content == b"1234567890"


def test_too_many_or_one_that_is_none_leave_neither_note_nor_bytes(desk: Desk, incident: int) -> None:
    before = desk.timeline.order(incident)
    many = [Upload(f"{n}", b"x") for n in range(limits.MOST_FILES + 1)]
    assert refused(lambda: desk.timeline.note(incident, "nota", files=many)) == "attachment.too_many"
    pair = (PHOTO, Upload("vacío", b""))
    assert refused(lambda: desk.timeline.note(incident, "nota", files=pair)) == "attachment.empty"
    assert desk.timeline.order(incident) == before
    assert contents(desk.paths.database) == []


def contents(path: Path) -> list[str]:
    file = sqlite3.connect(path)
    found = [row[0] for row in file.execute("SELECT sha256 FROM attachment")]
    file.close()
    return found


HOSTILE = [
    ("../../etc/passwd", "passwd"),
    ("C:\\Windows\\x.exe", "x.exe"),
    ("/", "—"),
    ("..", ".."),
    ("a\nb\x1b[31m\0.png", "a\ufffdb\ufffd[31m\ufffd.png"),
    ("f\u202egpj.exe", "f\ufffdgpj.exe"),
    ("<b>=cmd|x", "<b>=cmd|x"),
    ("ñ" * 500, "ñ" * 119 + "…"),
    ("\ud800", "\ufffd"),
]


def test_a_name_is_one_plain_line_and_no_path(desk: Desk, incident: int) -> None:
    files = [Upload(name, f"{n}".encode()) for n, (name, _) in enumerate(HOSTILE)]
    told = noted(desk, incident, *files).attachments
    assert [file.name for file in told] == [kept for _, kept in HOSTILE]
    for file in told:
        proposed = noun.proposed_name(file.name)
        assert proposed.isprintable()
        assert proposed.strip(" .") not in ("", ".", "..")
        assert not set(proposed) & set('<>:"/\\|?*')


@pytest.mark.parametrize("name", ["con", "NUL.txt", "com1.png", "...", "", ".bashrc "])
def test_a_proposed_name_is_no_device_and_not_hidden(name: str) -> None:
    proposed = noun.proposed_name(name)
    assert proposed[:1] not in (".", "")
    assert proposed.partition(".")[0].casefold() not in ("con", "nul", "com1")


# ── with its row or not at all ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("point", "there"), [("row", 0), ("committed", 2)])
def test_killed_at_any_point_there_is_no_row_without_bytes_and_no_bytes_without_row(
    tmp_path: Path, point: str, there: int
) -> None:
    run = [sys.executable, "-m", "tests.fakes.killed_attaching", str(tmp_path), point]
    assert subprocess.run(run, check=False, capture_output=True).returncode < 0
    desk = build_desk(Settings(zone="America/Bogota", actor="ana"), profile(tmp_path))
    found = desk.chain.verify()
    assert found.files is not None
    assert (found.files.status, found.attached) == (Status.INTACT, there)
    assert len(contents(desk.paths.database)) == there
    desk.timeline.note(None, "otra vez", files=FILES)
    assert desk.chain.verify().attached == 2
    desk.close()


def test_the_same_bytes_are_kept_once_and_given_back_as_they_came(
    desk: Desk, incident: int, tmp_path: Path
) -> None:
    entry = noted(desk, incident, PHOTO)
    desk.attachments.attach(entry.id, [Upload("otra.jpg", PHOTO.content), Upload("acta.pdf", b"%PDF")])
    told = noted(desk, incident, PHOTO)
    assert set(contents(desk.paths.database)) == {PHOTO.sha256, Upload("", b"%PDF").sha256}
    first = next(e for e in desk.timeline.entries(incident) if e.id == entry.id)
    assert [file.name for file in first.attachments] == ["antena.jpg", "otra.jpg", "acta.pdf"]
    assert "antena.jpg" in entry_sentence(told, ES, "UTC")
    assert first == desk.timeline.some(incident, [entry.id])[0]
    assert len(desk.timeline.order(incident)) == len(desk.timeline.entries(incident))  # no row of its own in the list
    path = desk.attachments.save(told.attachments[0].id, tmp_path / "copia.jpg")
    assert path.read_bytes() == PHOTO.content
    assert not path.stat().st_mode & 0o111
    assert refused(lambda: desk.attachments.save(told.attachments[0].id, tmp_path / "no" / "x")) == (
        "attachment.not_saved"
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copia.jpg", "desk"]


def test_a_correction_keeps_the_files_and_an_alerts_rows_take_some(desk: Desk, incident: int) -> None:
    entry = noted(desk, incident, PHOTO)
    revised = desk.timeline.revise(entry.id, "lo mandó el NOC")
    desk.attachments.attach(revised.id, [Upload("b.txt", b"b")])
    (now,) = desk.timeline.some(incident, [entry.id])
    assert (now.text, len(now.attachments)) == ("lo mandó el NOC", 2)


def test_one_taken_out_is_an_event_and_stays_in_the_file(desk: Desk, incident: int) -> None:
    entry = noted(desk, incident, PHOTO)
    event = desk.timeline.remove(entry.attachments[0].id, "era de otra")
    assert desk.timeline.some(incident, [entry.id])[0].attachments == ()
    assert "adjunto" in entry_sentence(event, ES, "UTC")
    assert desk.attachments.content(entry.attachments[0].id) == PHOTO
    with pytest.raises(StepError):
        desk.timeline.redact(event.id, "no")


# ── told when it is not the same ─────────────────────────────────────────────────────────────────────────────────


def attacked(desk: Desk, statement: str) -> None:
    file = sqlite3.connect(desk.paths.database)
    assert file.execute(statement).rowcount > 0
    file.commit()
    file.close()


@pytest.mark.parametrize(
    ("statement", "why", "key"),
    [
        ("DELETE FROM attachment", "file_missing", "attachment.lost"),
        ("UPDATE attachment SET content = content || x'00'", "file_changed", "attachment.changed"),
        ("UPDATE attachment SET content = 'text'", "file_changed", "attachment.changed"),
    ],
)
def test_missing_and_changed_are_answers_of_their_own(
    desk: Desk, incident: int, tmp_path: Path, statement: str, why: str, key: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    entry = noted(desk, incident, PHOTO)
    assert desk.chain.verify().files.why == "files_whole"  # type: ignore[union-attr]
    attacked(desk, statement)
    found = desk.chain.verify()
    assert found.files is not None
    assert (found.files.status, found.files.why, found.files.row) == (Status.ALTERED, why, entry.attachments[0].id)
    assert found.integrity.status is Status.INTACT  # the rows are as they were written
    assert refused(lambda: desk.attachments.save(entry.attachments[0].id, tmp_path / "x")) == key
    assert not (tmp_path / "x").exists()
    assert main(["verify", "--json", "--data-dir", str(desk.paths.data)]) == 1
    assert json.loads(capsys.readouterr().out)["files"]["why"] == why


def test_a_row_that_tells_rubbish_is_the_chains_to_tell(desk: Desk, incident: int) -> None:
    noted(desk, incident, PHOTO)
    file = sqlite3.connect(desk.paths.database)
    file.execute("DROP TRIGGER timeline_no_update")
    file.execute("UPDATE timeline SET data = '[[' WHERE kind = 'entry.attached'")
    file.commit()
    file.close()
    found = desk.chain.verify()
    assert (found.integrity.why, found.attached) == ("edited", 0)


# ── deleted by law ───────────────────────────────────────────────────────────────────────────────────────────────


def test_deleted_by_law_the_hash_stays_and_the_bytes_are_nowhere(desk: Desk, incident: int) -> None:
    secret = Upload("rosa-olmo-12.jpg", b"ROSA VIVE EN OLMO 12 " * 500)
    entry = noted(desk, incident, secret)
    other = noted(desk, incident, secret, PHOTO)
    event = desk.timeline.redact(entry.attachments[0].id, "lo pide la persona")
    assert (event.actor, event.data["sha256"]) == ("ana", secret.sha256)
    for one, left in ((entry, 0), (other, 1)):
        (now,) = desk.timeline.some(incident, [one.id])
        gone = [file for file in now.attachments if file.erased]
        assert [(file.sha256, file.name) for file in gone] == [(secret.sha256, "")]
        assert len(now.attachments) - len(gone) == left
        assert "borrado por ley" in entry_sentence(now, ES, "UTC")
    assert refused(lambda: desk.attachments.content(entry.attachments[0].id)) == "attachment.erased"
    for file in desk.paths.data.rglob("*"):
        if file.is_file():
            assert not {b"OLMO 12", b"rosa-olmo"} & {w for w in (b"OLMO 12", b"rosa-olmo") if w in file.read_bytes()}
    found = desk.chain.verify()
    assert (found.integrity.status, found.redacted, found.attached) == (Status.INTACT, 2, 1)
    assert refused(lambda: desk.timeline.redact(entry.attachments[0].id, "otra vez")) == "attachment.erased"


def test_a_note_deleted_by_law_takes_its_files_with_it(desk: Desk, incident: int) -> None:
    entry = noted(desk, incident, PHOTO, Upload("acta.pdf", b"%PDF"))
    desk.timeline.remove(entry.attachments[1].id, "equivocado")
    desk.timeline.redact(entry.id, "lo pide la persona")
    assert contents(desk.paths.database) == []
    assert desk.chain.verify().files.why == "no_files"  # type: ignore[union-attr]


# ── the pack ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def no_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "_page_chart", lambda *_: b"")


def packed(desk: Desk, incident: int, path: Path, cut: str = "internal") -> dict[str, bytes]:
    desk.evidence.pack(incident, path, ES, cut=cut)
    with zipfile.ZipFile(path) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def rebuilt(path: Path, inside: dict[str, bytes]) -> Path:
    """The pack as somebody without the key would make it again."""
    kept = {name: content for name, content in inside.items() if not name.startswith(pack.SUMS)}
    made = path.with_name("rebuilt.zip")
    pack.write(made, [*kept.items(), (pack.SUMS, pack.sums(kept.items()))])
    return made


def test_the_internal_pack_holds_the_files_and_the_public_one_nothing_of_them(
    desk: Desk, incident: int, tmp_path: Path, no_chart: None
) -> None:
    entry = noted(desk, incident, PHOTO, Upload("acta.pdf", b"%PDF"))
    desk.timeline.redact(entry.attachments[1].id, "por ley")
    inside = packed(desk, incident, tmp_path / "in.zip")
    assert inside[f"files/{PHOTO.sha256}"] == PHOTO.content
    (line,) = inside["files.jsonl"].splitlines()
    assert json.loads(line)["name"] == "antena.jpg"
    found = evidence.check(tmp_path / "in.zip", keys={KEY.id: KEY.secret})
    assert (found.integrity.why, found.completeness.why) == ("pack_sealed", "pack_whole")
    for name, content in packed(desk, incident, tmp_path / "out.zip", "public").items():
        assert b"antena" not in content and PHOTO.sha256.encode() not in content, name


def test_a_file_swapped_or_left_out_of_a_pack_is_told_by_the_rows(
    desk: Desk, incident: int, tmp_path: Path, no_chart: None
) -> None:
    noted(desk, incident, PHOTO)
    inside = packed(desk, incident, tmp_path / "in.zip")
    member = f"files/{PHOTO.sha256}"
    swapped = evidence.check(rebuilt(tmp_path / "in.zip", inside | {member: b"another"}))
    assert (swapped.integrity.status, swapped.integrity.member) == (Status.ALTERED, member)
    without = {name: content for name, content in inside.items() if name != member}
    lacking = evidence.check(rebuilt(tmp_path / "in.zip", without))
    assert (lacking.completeness.status, lacking.completeness.member) == (Status.ALTERED, member)


def test_what_does_not_fit_or_is_not_the_same_is_named_and_left_at_home(
    desk: Desk, incident: int, tmp_path: Path, no_chart: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted(desk, incident, PHOTO, Upload("b.txt", b"b"))
    monkeypatch.setattr(evidence, "_MOST_OF_FILES", 5)
    inside = packed(desk, incident, tmp_path / "in.zip")
    assert [json.loads(line)["in_pack"] for line in inside["files.jsonl"].splitlines()] == [False, True]
    assert b"in_pack" in inside["check.html"]
    assert evidence.check(tmp_path / "in.zip", keys={KEY.id: KEY.secret}).completeness.status is Status.INTACT
