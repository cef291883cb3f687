"""Rows that are remembered for one transaction, and forgotten as soon as their table is written to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from crisisdesk.app import Desk, build_desk
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import NotFoundError
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import rows


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = build_desk(Settings(zone="UTC", actor="ana"), profile(tmp_path))
    built.contacts.save(Contact(slug="ana", name="Ana"))
    yield built
    built.close()


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(connection, "before_cursor_execute", hear)
    yield said
    event.remove(connection, "before_cursor_execute", hear)


def test_a_row_that_is_gone_is_not_remembered(desk: Desk) -> None:
    with desk.core.write() as tx, rows.remembering(tx.connection):
        ana = rows.contacts.first(tx.connection, slug="ana")
        assert ana is not None
        rows.contacts.delete(tx.connection, slug="ana")
        assert rows.contacts.first(tx.connection, slug="ana") is None
        with pytest.raises(NotFoundError):
            rows.contacts.get(tx.connection, ana.id)
        with pytest.raises(NotFoundError):
            rows.contacts.update(tx.connection, ana.id, name="nadie")


def test_what_was_written_is_read_and_what_was_read_is_not_read_again(desk: Desk) -> None:
    with desk.core.write() as tx, rows.remembering(tx.connection), counted(tx.connection) as said:
        first = rows.contacts.first(tx.connection, slug="ana")
        assert rows.contacts.first(tx.connection, slug="ana") is first and len(said) == 1
        assert first is not None
        changed = rows.contacts.update(tx.connection, first.id, name="Ana Ruiz")
        assert changed.name == "Ana Ruiz"
        assert rows.contacts.first(tx.connection, slug="ana") == changed
        assert rows.contacts.swap(tx.connection, first.id, {"name": "Ana Ruiz"}, name="Ana R.")
        assert rows.contacts.get(tx.connection, first.id).name == "Ana R."
        new = rows.contacts.insert(tx.connection, Contact(slug="luis", name="Luis"))
        assert [c.slug for c in rows.contacts.where(tx.connection)] == ["ana", "luis"] and new.id > first.id


def test_nothing_is_remembered_afterwards(desk: Desk) -> None:
    with desk.core.write() as tx:
        with rows.remembering(tx.connection):
            rows.contacts.first(tx.connection, slug="ana")
        with counted(tx.connection) as said:
            rows.contacts.first(tx.connection, slug="ana")
            rows.contacts.first(tx.connection, slug="ana")
        assert len(said) == 2
