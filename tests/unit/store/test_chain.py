"""The chain in the data file: each row's link in its transaction, no fork, a side file, and the command's answers."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from crisisdesk import vault as vault_module
from crisisdesk.__main__ import main
from crisisdesk.app import Desk, build_desk
from crisisdesk.desk.chain import anchor
from crisisdesk.model.chain import Status
from crisisdesk.model.errors import InputError
from crisisdesk.paths import profile
from crisisdesk.settings import Settings

OLD = Path(__file__).parents[2] / "data" / "store" / "v7.db.gz"


class Ring(KeyringBackend):
    """A keyring that keeps what it is given."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(vault_module.keyring, "get_keyring", lambda: made)
    return made


def opened(folder: Path) -> Desk:
    return build_desk(Settings(zone="America/Bogota", actor="ana"), profile(folder))


def written(folder: Path, notes: int = 5, *, sealed: bool = True) -> Path:
    desk = opened(folder)
    if sealed:
        assert desk.chain.open()
    for n in range(notes):
        desk.timeline.note(None, f"nota {n}")
    desk.close()
    return desk.paths.database


def attack(path: Path, *statements: str) -> None:
    """Somebody with the file and SQLite: the triggers are theirs to drop."""
    file = sqlite3.connect(path)
    for table in ("timeline", "link"):
        for act in ("update", "delete"):
            file.execute(f"DROP TRIGGER {table}_no_{act}")
    for statement in statements:
        assert file.execute(statement).rowcount > 0
    file.commit()
    file.close()


def answer(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, dict[str, object]]]:
    status = main(["verify", "--json", "--data-dir", str(folder), *more])
    found: dict[str, dict[str, object]] = json.loads(capsys.readouterr().out)
    return status, found


def test_sealed_and_kept_beside_the_file_it_is_intact(
    tmp_path: Path, ring: Ring, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path)
    status, found = answer(tmp_path, capsys)
    assert status == 0
    assert (found["integrity"]["why"], found["completeness"]["why"]) == ("sealed", "anchored")
    assert main(["verify", "--data-dir", str(tmp_path), "--lang", "es"]) == 0
    said = capsys.readouterr().out
    assert "evidente" in said
    assert "prueba" not in said


def test_without_a_keyring_nothing_is_called_intact(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_module.keyring, "get_keyring", fail.Keyring)
    written(tmp_path, sealed=False)
    desk = opened(tmp_path)
    assert not desk.chain.open()
    desk.close()
    status, found = answer(tmp_path, capsys)
    assert (status, found["integrity"]["why"], found["completeness"]["ok"]) == (1, "unsealed", True)


@pytest.mark.parametrize(
    ("statements", "question", "why"),
    [
        (("UPDATE timeline SET text='otra' WHERE id=(SELECT max(id)-1 FROM timeline)",), "integrity", "edited"),
        (("DELETE FROM timeline WHERE id=(SELECT max(id)-1 FROM timeline)",), "completeness", "deleted"),
        (
            (
                "DELETE FROM timeline WHERE id=(SELECT max(id) FROM timeline)",
                "DELETE FROM link WHERE row=(SELECT max(row) FROM link)",
            ),
            "completeness",
            "cut",
        ),
        (
            (
                "INSERT INTO timeline (kind, occurred_at, recorded_at, offset_minutes, actor, data) "
                "VALUES ('note.fact', 0, 0, 0, 'a', '{}')",
            ),
            "integrity",
            "inserted",
        ),
        (("UPDATE link SET seal='', key_id=''",), "integrity", "unsealed"),
        (("UPDATE link SET seal='00' WHERE row=2",), "integrity", "bad_seal"),
        (("UPDATE link SET prev=x'00ff', digest=x'00', seal=x'ff' WHERE row=2",), "integrity", "relinked"),
        (("UPDATE timeline SET text=x'ff00' WHERE id=2",), "integrity", "edited"),
    ],
)
def test_what_was_done_to_the_file_is_told(
    tmp_path: Path, ring: Ring, capsys: pytest.CaptureFixture[str], statements: tuple[str, ...], question: str, why: str
) -> None:
    attack(written(tmp_path), *statements)
    for _ in range(2):  # a look vouches for nothing: the second one says the same
        status, found = answer(tmp_path, capsys)
        assert (status, found[question]["why"]) == (1, why)


def test_a_cut_tail_stays_told_when_new_rows_take_its_numbers(
    tmp_path: Path, ring: Ring, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path)
    attack(
        path,
        "DELETE FROM timeline WHERE id=(SELECT max(id) FROM timeline)",
        "DELETE FROM link WHERE row=(SELECT max(row) FROM link)",
        "UPDATE sqlite_sequence SET seq=seq-1 WHERE name='timeline'",
    )
    written(tmp_path)
    status, found = answer(tmp_path, capsys)
    assert (status, found["integrity"]["why"], found["completeness"]["why"]) == (1, "rewritten", "anchor_differs")


def test_without_the_side_file_a_written_down_head_tells(
    tmp_path: Path, ring: Ring, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path)
    kept = str(answer(tmp_path, capsys)[1]["head"])
    path.with_suffix(".anchors").unlink()
    assert answer(tmp_path, capsys)[1]["completeness"]["why"] == "no_anchor"
    assert answer(tmp_path, capsys, "--anchor", kept)[0] == 0
    assert main(["verify", "--anchor", "12:abc", "--data-dir", str(tmp_path)]) == 2
    assert "12:abc" in capsys.readouterr().err


def test_a_side_file_of_rubbish_is_no_anchor_and_no_error(tmp_path: Path, ring: Ring) -> None:
    path = written(tmp_path)
    good = path.with_suffix(".anchors").read_bytes()
    path.with_suffix(".anchors").write_bytes(
        b'\xff\xfe\n{}\n[]\n7\n{"row":"x","digest":1}\n' + b"[" * 50_000 + b"\n" + good
    )
    desk = opened(tmp_path)
    assert desk.chain.open()
    assert len(desk.chain.anchors()) == len(good.splitlines())
    assert desk.chain.verify().completeness.status is Status.INTACT
    desk.close()


def test_a_link_is_written_with_its_row_or_not_at_all(tmp_path: Path, ring: Ring) -> None:
    desk = opened(tmp_path)
    assert desk.chain.open()
    before = desk.chain.verify()
    with pytest.raises(RuntimeError), desk.core.write():
        desk.timeline.note(None, "no")
        raise RuntimeError
    assert desk.chain.verify() == before
    desk.close()


@pytest.mark.parametrize("seed", range(200))
def test_two_writers_cannot_fork_it(seed: int, forked: Path) -> None:
    """A second link behind the same row is refused by the file itself, whatever the row is called."""
    file = sqlite3.connect(forked)
    (prev,) = file.execute("SELECT prev FROM link ORDER BY row LIMIT 1 OFFSET ?", (seed % 5,)).fetchone()
    with pytest.raises(sqlite3.IntegrityError, match="prev"):
        file.execute(
            "INSERT INTO link (row, prev, content, digest) VALUES (?, ?, 'c', ?)", (1000 + seed, prev, str(seed))
        )
    for statement in ("UPDATE link SET seal='x'", "DELETE FROM link"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            file.execute(statement)
    file.close()


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("forked"), sealed=False)


def test_two_desks_on_one_file_write_one_chain(tmp_path: Path) -> None:
    one, other = opened(tmp_path), opened(tmp_path)
    for n in range(20):
        (one if n % 2 else other).timeline.note(None, str(n))
    found = one.chain.verify()
    assert (found.integrity.status, found.integrity.why) == (Status.UNKNOWN, "unsealed")
    one.close()
    other.close()


def test_rows_of_an_older_file_are_chained_and_marked(tmp_path: Path, ring: Ring) -> None:
    paths = profile(tmp_path)
    paths.database.write_bytes(gzip.decompress(OLD.read_bytes()))
    before = sqlite3.connect(paths.database)
    before.executemany(
        "INSERT INTO timeline (kind, occurred_at, recorded_at, offset_minutes, actor, data, text) "
        "VALUES ('note.fact', 0, 0, -360, 'ana', '{}', ?)",
        [(f"antes ñ {n}",) for n in range(25)],
    )
    before.commit()
    before.close()
    desk = opened(tmp_path)
    found = desk.chain.verify()
    assert found.migrated == found.rows > 20
    assert found.integrity.why == "unsealed"
    assert desk.chain.open()
    desk.timeline.note(None, "la primera sellada")
    found = desk.chain.verify()
    assert (found.integrity.status, found.migrated, found.sealed_to) == (Status.INTACT, found.rows - 1, found.rows)
    desk.close()


@pytest.mark.parametrize("text", ["", "1", "1:", ":" + "0" * 64, "1:" + "g" * 64, "-1:" + "0" * 64, "١:" + "0" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        anchor(text)


def test_a_key_of_rubbish_in_the_keyring_seals_nothing(tmp_path: Path, ring: Ring) -> None:
    ring.kept["CrisisDesk", "timeline-key"] = "no hex"
    desk = opened(tmp_path)
    assert not desk.chain.open()
    desk.close()
