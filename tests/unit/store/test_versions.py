"""A data file of every earlier version opens, is brought up to date, and has lost nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from crisisdesk.model.contact import Contact
from crisisdesk.store import rows
from crisisdesk.store.database import Database
from crisisdesk.store.schema import SCHEMA_VERSION

FILES = sorted((Path(__file__).parents[2] / "data" / "store").glob("v*.sql"))


def _made(script: Path, path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(script.read_text("utf-8"))
    connection.close()
    return path


@pytest.mark.parametrize("script", FILES, ids=lambda path: path.stem)
def test_an_earlier_file_is_brought_up_to_date(script: Path, tmp_path: Path) -> None:
    path = _made(script, tmp_path / "old.db")
    old = sqlite3.connect(path)
    tables = [
        name
        for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if name not in ("alembic_version", "sqlite_sequence")
    ]
    before = {name: old.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
    assert old.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION
    old.close()
    database = Database(path)
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == SCHEMA_VERSION
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        after = {n: connection.exec_driver_sql(f"SELECT count(*) FROM {n}").scalar_one() for n in tables}
        assert after == before and sum(before.values()) > 0
        contacts = rows.contacts.where(connection)
        assert contacts and all(isinstance(c, Contact) and c.week == () and c.channels == () for c in contacts)
        assert rows.escalations.where(connection) and rows.attempts.where(connection)
    database.close()
