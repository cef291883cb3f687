"""Copies of the data file: whole or not there, thinned out, and put back without losing what they stand in for."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import NotFoundError, NotOurFileError, StoreError, StoreFullError
from crisisdesk.store import copies, rows, schema
from crisisdesk.store.database import Database

NOW = datetime(2026, 11, 30, 19, 30, tzinfo=UTC)


def filled(path: Path, *slugs: str) -> Database:
    """A data file with these contacts, open."""
    database = Database(path)
    with database.write() as tx:
        for slug in slugs:
            rows.contacts.insert(tx.connection, Contact(slug=slug, name=slug))
    return database


def slugs(path: Path) -> list[str]:
    """The contacts of a data file that nobody else has open."""
    database = Database(path)
    with database.read() as connection:
        found = [contact.slug for contact in rows.contacts.where(connection)]
    database.close()
    return found


def test_a_copy_holds_what_was_committed_though_the_log_was_not_merged(tmp_path: Path) -> None:
    data = tmp_path / "crisisdesk.db"
    database = filled(data, "a", "b")
    copy = copies.take(data, NOW)
    with database.write() as tx:
        rows.contacts.insert(tx.connection, Contact(slug="late", name="late"))
    database.close()
    assert copies.of(data) == (copy,)
    assert slugs(copy.path) == ["a", "b"]


def test_a_damaged_file_gives_no_copy_and_spoils_none(tmp_path: Path) -> None:
    data = tmp_path / "crisisdesk.db"
    filled(data, *(f"c{n}" for n in range(300))).close()
    good = copies.take(data, NOW)
    content = bytearray(data.read_bytes())
    content[4096 * 3 :] = b"\xa5" * (len(content) - 4096 * 3)
    data.write_bytes(content)
    with pytest.raises(NotOurFileError) as caught:
        copies.take(data, NOW + timedelta(hours=1))
    assert caught.value.key == "store.damaged"
    assert copies.of(data) == (good,)
    assert [path.name for path in copies.folder_of(data).iterdir()] == [good.path.name]


def test_without_room_none_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "crisisdesk.db"
    filled(data, "a").close()
    monkeypatch.setattr(copies.shutil, "disk_usage", lambda _: SimpleNamespace(free=1))
    with pytest.raises(StoreFullError) as caught:
        copies.take(data, NOW)
    assert caught.value.key == "store.no_room_for_copy"
    assert list(copies.folder_of(data).iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    data = tmp_path / "crisisdesk.db"
    filled(data, "a").close()
    copies.folder_of(data).write_text("in the way")
    with pytest.raises(StoreError) as caught:
        copies.take(data, NOW)
    assert caught.value.key == "store.copy_failed"


@pytest.mark.parametrize("broken", [b"", b"\xff\xd8\xff\xe0 a picture", None])
def test_the_last_copy_stands_in_for_a_lost_file(tmp_path: Path, broken: bytes | None) -> None:
    data = tmp_path / "crisisdesk.db"
    filled(data, "a", "b").close()
    copies.take(data, NOW)
    if broken is None:
        data.unlink()
    else:
        data.write_bytes(broken)
    with pytest.raises(StoreError):
        Database(data)  # never a new and empty desk over what was lost
    aside = copies.put_back(copies.find(data, "latest"), data, NOW + timedelta(minutes=5))
    assert slugs(data) == ["a", "b"]
    assert (None if aside is None else aside.read_bytes()) == broken


def test_the_log_of_the_damaged_file_is_not_read_into_the_copy(tmp_path: Path) -> None:
    data = tmp_path / "crisisdesk.db"
    database = filled(data, "a")
    copies.take(data, NOW)
    with database.write() as tx:
        rows.contacts.insert(tx.connection, Contact(slug="late", name="late"))
    log = data.with_name("crisisdesk.db-wal").read_bytes()
    database.close()
    data.with_name("crisisdesk.db-wal").write_bytes(log)
    aside = copies.put_back(copies.find(data, "latest"), data, NOW)
    assert aside is not None
    assert aside.with_name(aside.name + "-wal").read_bytes() == log
    assert slugs(data) == ["a"]


def test_a_damaged_copy_is_refused_and_the_file_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "crisisdesk.db"
    filled(data, "a").close()
    copy = copies.take(data, NOW)
    copy.path.write_bytes(b"not a copy any more")
    before = data.read_bytes()
    with pytest.raises(NotOurFileError) as caught:
        copies.put_back(copy, data, NOW)
    assert (caught.value.key, caught.value.fields["path"]) == ("store.copy_damaged", copy.name)
    assert data.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copies", "crisisdesk.db"]


def test_names_of_copies_that_there_are_not(tmp_path: Path) -> None:
    data = tmp_path / "crisisdesk.db"
    with pytest.raises(NotFoundError) as caught:
        copies.find(data, "latest")
    assert caught.value.key == "store.no_copies"
    filled(data, "a").close()
    copies.take(data, NOW)
    with pytest.raises(NotFoundError) as caught:
        copies.find(data, "../../etc/passwd")
    assert caught.value.key == "store.no_copy"


def test_one_an_hour_and_a_clock_set_back_does_not_stop_them(tmp_path: Path) -> None:
    data = tmp_path / "crisisdesk.db"
    filled(data, "a").close()
    assert copies.take_when_due(data, NOW) is not None
    assert copies.take_when_due(data, NOW + timedelta(minutes=59)) is None
    assert copies.take_when_due(data, NOW + timedelta(minutes=60)) is not None
    assert copies.take_when_due(data, NOW - timedelta(days=2)) is not None


def test_they_are_thinned_to_24_hours_and_14_days(tmp_path: Path) -> None:
    data = tmp_path / "crisisdesk.db"
    filled(data, "a").close()
    folder = copies.folder_of(data)
    folder.mkdir()
    for hours in range(1, 24 * 30):
        made = NOW - timedelta(hours=hours)
        (folder / f"crisisdesk-{made:%Y%m%dT%H%M%S}Z.db").touch()
    for n in range(5):
        (folder / f"crisisdesk-2020010{n + 1}T000000Z-format-{n + 1}.db").touch()
    (folder / "mine.db").touch()  # not ours to delete
    copies.take_when_due(data, NOW)
    there = copies.of(data)
    assert [copy.before for copy in there if copy.before] == [5, 4, 3]
    hourly = [copy.made for copy in there if not copy.before]
    assert hourly[:24] == [NOW - timedelta(hours=n) for n in range(24)]
    assert len({made.date() for made in hourly}) == 14
    assert len(hourly) == 24 + 12
    assert (folder / "mine.db").exists()


def test_of_a_large_file_fewer_are_kept_but_always_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "crisisdesk.db"
    filled(data, "a").close()
    size = data.stat().st_size
    for room, left in ((3.5, 3), (0.5, 2)):
        monkeypatch.setattr(copies, "_TOGETHER", int(room * size))
        for hour in range(6):
            copies.take_when_due(data, NOW + timedelta(hours=hour, days=-left))
        there = copies.of(data)
        assert [copy.made for copy in there] == [NOW + timedelta(hours=5 - n, days=-left) for n in range(left)]


def test_an_update_of_the_format_keeps_a_copy_of_the_old_one(tmp_path: Path) -> None:
    data = tmp_path / "crisisdesk.db"
    filled(data, "a").close()
    old = sqlite3.connect(data)
    old.execute(f"PRAGMA user_version={schema.SCHEMA_VERSION - 1}")
    old.close()
    Database(data).close()
    (copy,) = copies.of(data)
    assert copy.before == schema.SCHEMA_VERSION - 1


@pytest.mark.parametrize("late", [False, True])
def test_a_copy_that_is_being_made_while_somebody_is_erased_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    data = tmp_path / "crisisdesk.db"
    database, check, taken = filled(data, "canary-4711"), copies._check, copies._taken

    def erase() -> None:
        monkeypatch.undo()
        with database.write() as tx:
            rows.contacts.delete(tx.connection, slug="canary-4711")
        database.scrub()

    def while_it_is_read(path: Path, name: str) -> None:
        check(path, name)
        erase()

    def when_it_stands(data: Path, now: datetime, before: int) -> copies.Copy:
        made = taken(data, now, before)
        made.path.rename(there := tmp_path / "away")  # as if the list of copies had been read before
        erase()
        there.rename(made.path)
        return made

    copies.folder_of(data).mkdir()
    monkeypatch.setattr(copies, *(("_taken", when_it_stands) if late else ("_check", while_it_is_read)))
    copy = copies.take(data, NOW)
    database.close()
    assert copies.of(data) == (copy,)
    assert not any(b"canary-4711" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_what_is_taken_out_by_law_is_in_no_copy(tmp_path: Path) -> None:
    data = tmp_path / "crisisdesk.db"
    database = filled(data, "canary-4711")
    copies.take(data, NOW)
    database.close()
    copies.put_back(copies.find(data, "latest"), data, NOW)
    half = copies.folder_of(data) / ".crisisdesk-20261130T203000Z.part"
    half.write_bytes(b"canary-4711")  # a copy that a power cut ended
    other = tmp_path / "crisisdesk.db.of-a-person"
    other.write_bytes(b"not ours")
    assert sum(b"canary-4711" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()) == 4
    database = Database(data)
    with database.write() as tx:
        rows.contacts.delete(tx.connection, slug="canary-4711")
    database.scrub()
    database.close()
    assert copies.of(data) == ()
    assert not any(b"canary-4711" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert other.exists()


def test_a_copy_that_cannot_be_deleted_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "crisisdesk.db"
    filled(data, "a").close()
    copy = copies.take(data, NOW)

    def held(*_: object, **__: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "unlink", held)
    with pytest.raises(StoreError) as caught:
        copies.drop(data)
    monkeypatch.undo()
    assert (caught.value.key, caught.value.fields["file"]) == ("store.copy_stays", copy.path.name)
