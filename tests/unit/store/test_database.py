"""The data file: what is refused, what survives, what is one transaction."""

from __future__ import annotations

import gzip
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import Inspector

from crisisdesk.model.community import IdeaState
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import NotFoundError, NotOurFileError, StoreFullError, StoreNewerError
from crisisdesk.model.events import ContactsChanged, Event
from crisisdesk.store import rows, schema
from crisisdesk.store.database import Database


def test_an_empty_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    path.touch()
    with pytest.raises(NotOurFileError) as caught:
        Database(path)
    assert caught.value.key == "store.empty"
    assert path.stat().st_size == 0


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0 not a database", b"x" * 5000])
def test_a_foreign_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(content)
    with pytest.raises(NotOurFileError):
        Database(path)
    assert path.read_bytes() == content


def test_somebody_elses_sqlite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(NotOurFileError) as caught:
        Database(path)
    assert caught.value.key == "store.foreign"
    assert path.read_bytes() == before


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    Database(path).close()
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version={schema.SCHEMA_VERSION + 1}")
    newer.close()
    with pytest.raises(StoreNewerError):
        Database(path)


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "desk.db")
    with database.write() as tx:
        rows.contacts.insert(tx.connection, Contact(slug="a", name="A"))
        raw = tx.connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    pages = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreFullError), database.write() as tx:
        for n in range(500):
            rows.contacts.insert(tx.connection, Contact(slug=f"c{n}", name="x" * 2000))
    raw.execute("PRAGMA max_page_count=1000000")
    with database.write() as tx:
        rows.contacts.insert(tx.connection, Contact(slug="b", name="B"))
    with database.read() as connection:
        assert [c.slug for c in rows.contacts.where(connection)] == ["a", "b"]
    database.close()


def test_the_settings_that_keep_what_was_acknowledged(tmp_path: Path) -> None:
    database = Database(tmp_path / "desk.db")
    with database.write() as tx:
        pragma = tx.connection.exec_driver_sql
        assert pragma("PRAGMA journal_mode").scalar_one() == "wal"
        assert pragma("PRAGMA synchronous").scalar_one() == 2  # FULL
        assert pragma("PRAGMA foreign_keys").scalar_one() == 1
        assert pragma("PRAGMA busy_timeout").scalar_one() == 5000
        assert pragma("PRAGMA application_id").scalar_one() == schema.APPLICATION_ID
        assert pragma("PRAGMA user_version").scalar_one() == schema.SCHEMA_VERSION
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA query_only").scalar_one() == 1
    database.close()


def columns(inspector: Inspector, table: str) -> list[dict[str, str]]:
    """Name, type and whether it may be empty; in no order, since later revisions can only append."""
    found = [{k: str(c[k]) for k in ("name", "type", "nullable")} for c in inspector.get_columns(table)]
    return sorted(found, key=lambda c: c["name"])


def test_the_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    migrated = Database(tmp_path / "a.db")
    made = sqlite3.connect(":memory:")
    from sqlalchemy import create_engine, inspect
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", creator=lambda: made, poolclass=StaticPool)
    schema.metadata.create_all(engine)
    with migrated.read() as connection:
        there, here = inspect(connection), inspect(engine)
        tables = set(here.get_table_names())
        own = ("mention_text", "timeline_text")  # FTS5's
        full_text = {name for name in there.get_table_names() if name.startswith(own)}
        assert set(there.get_table_names()) == tables | full_text | {"alembic_version"}
        for table in tables:
            assert columns(there, table) == columns(here, table)
            assert {i["name"] for i in there.get_indexes(table)} == {i["name"] for i in here.get_indexes(table)}
    engine.dispose()
    made.close()
    migrated.close()


def test_an_act_that_fails_leaves_nothing_and_tells_nobody(tmp_path: Path) -> None:
    told: list[Event] = []
    database = Database(tmp_path / "desk.db", told.extend)
    with pytest.raises(NotFoundError), database.write() as tx:
        rows.contacts.insert(tx.connection, Contact(slug="a", name="A"))
        tx.emit(ContactsChanged())
        with database.write() as inner:  # a verb inside a verb joins its transaction
            rows.contacts.get(inner.connection, 999)
    assert told == []
    with database.read() as connection:
        assert rows.contacts.where(connection) == ()
    database.close()


def test_events_come_after_the_commit_once(tmp_path: Path) -> None:
    seen: list[int] = []
    database: Database

    def told(events: object) -> None:
        with database.read() as connection:
            seen.append(len(rows.contacts.where(connection)))

    database = Database(tmp_path / "desk.db", told)
    with database.write() as tx:
        rows.contacts.insert(tx.connection, Contact(slug="a", name="A"))
        tx.emit(ContactsChanged(), ContactsChanged())
        assert len(tx.events) == 1
    assert seen == [1]
    database.close()


WRITER = """
import sys
from crisisdesk.store.database import Database
from crisisdesk.store import sources
from pathlib import Path
database = Database(Path(sys.argv[1]))
for n in range({rounds}):
    with database.write() as tx:
        found = sources.get_meta(tx.connection, "n") or 0
        sources.set_meta(tx.connection, "n", found + 1)
    print(n, flush=True)
database.close()
"""


def _writer(path: Path, rounds: int) -> subprocess.Popen[str]:
    code = textwrap.dedent(WRITER).format(rounds=rounds)
    root = Path(__file__).parents[3]
    env = dict(os.environ, PYTHONPATH=str(root))
    return subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True, env=env)


def test_two_processes_lose_no_update(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    Database(path).close()
    both = [_writer(path, 60) for _ in range(2)]
    for process in both:
        process.communicate(timeout=120)
        assert process.returncode == 0
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT value FROM meta WHERE key='n'").fetchone() == ("120",)
    connection.close()


def test_kill_minus_nine_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    Database(path).close()
    process = _writer(path, 100_000)
    assert process.stdout is not None
    acknowledged = 0
    for _ in range(40):
        acknowledged = int(process.stdout.readline()) + 1
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split()
    process.wait()
    process.stdout.close()
    acknowledged += len(rest)
    database = Database(path)
    with database.read() as connection:
        stored = connection.exec_driver_sql("SELECT value FROM meta WHERE key='n'").scalar_one()
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert int(stored) in (acknowledged, acknowledged + 1)  # the last commit may not have been told any more
    database.close()


def test_the_timeline_cannot_be_changed_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    database = Database(path)
    with database.write() as tx:
        tx.connection.exec_driver_sql(
            "INSERT INTO timeline (kind, occurred_at, recorded_at, offset_minutes, actor, data) "
            "VALUES ('note.fact', 0, 0, 0, 'a', '{}')"
        )
    database.close()
    other = sqlite3.connect(path)
    for statement in ("UPDATE timeline SET text='x'", "DELETE FROM timeline"):
        with pytest.raises(sqlite3.IntegrityError):
            other.execute(statement)
    other.close()


OLD = Path(__file__).parents[2] / "data" / "store"


RENAMED = {"deed": "idea"}  # since version 21


@pytest.mark.parametrize("old", sorted(OLD.glob("*.db.gz")), ids=lambda path: path.name)
def test_a_file_of_every_version_before_opens_and_loses_nothing(old: Path, tmp_path: Path) -> None:
    """Each was made by that version from the shipped drill's first mentions."""
    path = tmp_path / "desk.db"
    path.write_bytes(gzip.decompress(old.read_bytes()))
    before = sqlite3.connect(path)
    counted = {
        name: before.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        for (name,) in before.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        if name != "alembic_version"
    }
    before.close()
    Database(path).close()
    after = sqlite3.connect(path)
    assert after.execute("PRAGMA user_version").fetchone() == (schema.SCHEMA_VERSION,)
    assert after.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert after.execute("PRAGMA foreign_key_check").fetchall() == []
    kept = {name: RENAMED.get(name, name) for name in counted}
    assert {name: after.execute(f"SELECT count(*) FROM {kept[name]}").fetchone()[0] for name in counted} == counted
    after.close()


def test_what_was_credited_and_done_before_ideas_had_states_is_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(gzip.decompress((OLD / "v17.db.gz").read_bytes()))
    before = sqlite3.connect(path)
    (mention,) = before.execute("SELECT min(id) FROM mention").fetchone()
    thanks, text = (mention, "x", "ana", "ayudó", "ana", 1), '{"es": "mapa", "en": "map"}'
    before.execute('INSERT INTO kudos (mention_id, source, author, reason, "by", at) VALUES (?, ?, ?, ?, ?, ?)', thanks)
    before.execute(
        'INSERT INTO deed (incident_id, said, did, mention_ids, "by", at) VALUES (?, ?, ?, ?, ?, ?)',
        (1, text, text, f"[{mention}]", "ana", 1),
    )
    before.commit()
    before.close()
    file = Database(path)
    with file.read() as connection:
        (credit,), (idea,) = rows.kudos.where(connection), rows.ideas.where(connection)
    file.close()
    assert (credit.mention_id, credit.question_id, credit.undone_at) == (mention, None, None)
    assert (idea.state, idea.did.en, idea.mention_ids, idea.steps) == (IdeaState.DONE, "map", (mention,), ())
