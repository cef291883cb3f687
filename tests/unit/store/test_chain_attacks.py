"""Eight attacks on a real data file, 200 of each, with all that a person with SQLite can do; each told truthfully.

Each attack is made in a transaction on the file, looked at, and rolled back, so that 200 cost little.
"""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from crisisdesk.app import Desk, build_desk
from crisisdesk.model import chain as rules
from crisisdesk.model.chain import FIELDS, Anchor, Status, Verdict
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import chain
from crisisdesk.store.chain import Key

KEY = Key(b"k" * 32)
STRANGER = Key(b"x" * 32)
TRIES = 200
INTACT, ALTERED, UNKNOWN = Status.INTACT, Status.ALTERED, Status.UNKNOWN
Attack = Callable[[Connection, random.Random], None]


def opened(folder: Path) -> Desk:
    return build_desk(Settings(zone="America/Bogota", actor="ana"), profile(folder))


class Undone(Exception):
    """Ends an attack's transaction without keeping it."""


class Target:
    """A sealed file of 30 notes and the head that was written down elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.desk = opened(folder)
        self.desk.core.key = KEY
        for n in range(30):
            self.desk.timeline.note(None, f"nota {n} ñ")
        head = self.desk.chain.head()
        assert head is not None
        self.last = head.row
        self.first = self.last - 29
        self.anchor = Anchor(row=head.row, digest=head.digest, where="given")

    def after(self, attack: Attack, seed: int) -> tuple[Verdict, Verdict]:
        """What is said after the attack: without and with the anchor."""
        found: list[Verdict] = []
        try:
            with self.desk.core.write() as tx:
                for table in ("timeline", "link"):
                    for act in ("update", "delete"):
                        tx.connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{act}")
                attack(tx.connection, random.Random(seed))
                for anchors in ((), (self.anchor,)):
                    found.append(chain.verify(tx.connection, anchors, {KEY.id: KEY.secret}))
                raise Undone
        except Undone:
            pass
        return found[0], found[1]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    made = Target(tmp_path_factory.mktemp("target"))
    yield made
    made.desk.close()


def do(connection: Connection, statement: str, *values: object) -> None:
    assert connection.exec_driver_sql(statement, values).rowcount > 0, statement


def relink(connection: Connection, key: Key | None) -> None:
    """Compute every link again from the rows as they stand, with a key or without."""
    connection.exec_driver_sql("DELETE FROM link")
    prev = rules.GENESIS
    for row in connection.exec_driver_sql(f"SELECT {', '.join(FIELDS)}, salt FROM timeline ORDER BY id").all():
        body = rules.content(tuple(row))
        made = rules.digest(prev, body)
        seal, name = (rules.seal(key.secret, made), key.id) if key else ("", "")
        connection.exec_driver_sql(
            "INSERT INTO link (row, prev, content, digest, seal, key_id) VALUES (?,?,?,?,?,?)",
            (row[0], prev, body, made, seal, name),
        )
        prev = made


def forge(connection: Connection, at: int, text: str) -> None:
    do(
        connection,
        "INSERT INTO timeline (id, kind, occurred_at, recorded_at, offset_minutes, actor, data, text) "
        "VALUES (?, 'note.fact', 0, 0, 0, 'ana', '{}', ?)",
        at, text,
    )  # fmt: skip


def test_an_untouched_file_is_intact_and_only_the_anchor_says_that_it_is_whole(target: Target) -> None:
    bare, anchored = target.after(lambda connection, chance: None, 0)
    assert (bare.integrity.status, bare.completeness.status) == (INTACT, UNKNOWN)
    assert (anchored.integrity.status, anchored.completeness.status) == (INTACT, INTACT)


def test_edits(target: Target) -> None:
    for seed in range(TRIES):
        chance = random.Random(seed)
        row = chance.randint(target.first, target.last)
        column = chance.choice([name for name in FIELDS if name != "id"])
        value = chance.choice(["x", 7, "7", ""]) if column in ("kind", "actor", "text", "data") else 123
        bare, anchored = target.after(
            lambda c, _, column=column, value=value, row=row: do(  # type: ignore[misc]
                c, f"UPDATE timeline SET {column}=? WHERE id=?", value, row
            ),
            seed,
        )
        for found in (bare, anchored):
            said = (found.integrity.status, found.integrity.why, found.integrity.row)
            assert said == (ALTERED, "edited", row), (seed, column)
        assert bare.completeness.status is UNKNOWN
        assert anchored.completeness.status is INTACT  # every row is there; one of them is not as it was


def test_deletions(target: Target) -> None:
    for seed in range(TRIES):
        chance = random.Random(seed)
        row, both = chance.randint(target.first, target.last - 1), seed % 2

        def attack(c: Connection, _: random.Random, row: int = row, both: int = both) -> None:
            do(c, "DELETE FROM timeline WHERE id=?", row)
            if both:
                do(c, "DELETE FROM link WHERE row=?", row)

        for found in target.after(attack, seed):
            assert (found.completeness.status, found.completeness.row) == (ALTERED, row), seed
            assert found.integrity.status is (ALTERED if both else INTACT), seed


def test_renumbered_rows(target: Target) -> None:
    for seed in range(TRIES):
        row = random.Random(seed).randint(target.first, target.last - 1)

        def attack(c: Connection, _: random.Random, row: int = row) -> None:
            do(c, "DELETE FROM timeline WHERE id=?", row)
            do(c, "DELETE FROM link WHERE row=?", row)
            do(c, "UPDATE timeline SET id=-(id-1) WHERE id>?", row)
            do(c, "UPDATE timeline SET id=-id WHERE id<0")
            do(c, "UPDATE link SET row=-(row-1) WHERE row>?", row)
            do(c, "UPDATE link SET row=-row WHERE row<0")

        bare, anchored = target.after(attack, seed)
        assert (bare.integrity.status, bare.integrity.row) == (ALTERED, row), seed
        assert anchored.completeness.status is ALTERED, seed


def test_swapped_rows(target: Target) -> None:
    for seed in range(TRIES):
        one, other = sorted(random.Random(seed).sample(range(target.first, target.last + 1), 2))
        links = seed % 2

        def attack(c: Connection, _: random.Random, one: int = one, other: int = other, links: int = links) -> None:
            for table, key in (("timeline", "id"), ("link", "row"))[: 1 + links]:
                for old, new in ((one, -1), (other, one), (-1, other)):
                    do(c, f"UPDATE {table} SET {key}=? WHERE {key}=?", new, old)

        for found in target.after(attack, seed):
            assert (found.integrity.status, found.integrity.row) == (ALTERED, one), seed


def test_rows_put_in(target: Target) -> None:
    for seed in range(TRIES):
        way = seed % 3

        def attack(c: Connection, chance: random.Random, way: int = way) -> None:
            text = f"nunca dicho {chance.random()}"
            if way == 0:  # at the end, without a link
                forge(c, target.last + 1, text)
            elif way == 1:  # at the end, with a link of the right form and no seal: whoever has the file can do it
                forge(c, target.last + 1, text)
                chain.append(c, target.last + 1, None)
            else:  # in the middle, in the place of a row that moves up with its link
                at = chance.randint(target.first, target.last)
                for table, key in (("timeline", "id"), ("link", "row")):
                    do(c, f"UPDATE {table} SET {key}=-({key}+1) WHERE {key}>=?", at)
                    do(c, f"UPDATE {table} SET {key}=-{key} WHERE {key}<0")
                forge(c, at, text)

        bare, anchored = target.after(attack, seed)
        for found in (bare, anchored):
            if way == 1:
                said = (found.integrity.status, found.integrity.why, found.integrity.row)
                assert said == (UNKNOWN, "unsealed_tail", target.last + 1)
                assert found.completeness.status is UNKNOWN
            else:
                assert found.integrity.status is ALTERED, seed
        if way == 1:
            assert (anchored.completeness.why, anchored.completeness.row) == ("after_anchor", target.last + 1)


def test_tails_cut_off(target: Target) -> None:
    for seed in range(TRIES):
        row = random.Random(seed).randint(target.first + 1, target.last)

        def attack(c: Connection, _: random.Random, row: int = row) -> None:
            do(c, "DELETE FROM timeline WHERE id>=?", row)
            do(c, "DELETE FROM link WHERE row>=?", row)

        bare, anchored = target.after(attack, seed)
        assert (bare.integrity.status, bare.completeness.why) == (INTACT, "no_anchor"), seed  # needs the anchor: said
        said = (anchored.completeness.status, anchored.completeness.why, anchored.completeness.row)
        assert said == (ALTERED, "cut", row), seed


@pytest.mark.parametrize("key", [None, STRANGER, KEY], ids=["no key", "another key", "the key"])
def test_all_recomputed(target: Target, key: Key | None) -> None:
    for seed in range(TRIES):
        row = random.Random(seed).randint(target.first, target.last)

        def attack(c: Connection, _: random.Random, row: int = row) -> None:
            do(c, "UPDATE timeline SET text='otra cosa' WHERE id=?", row)
            relink(c, key)

        bare, anchored = target.after(attack, seed)
        if key is KEY:
            assert bare.integrity.status is INTACT  # file and key together: only a head kept elsewhere shows it
        else:
            assert bare.integrity.status is UNKNOWN, seed
        assert (anchored.integrity.status, anchored.integrity.why) == (ALTERED, "rewritten"), seed
        assert bare.completeness.status is UNKNOWN
        assert (anchored.completeness.status, anchored.completeness.why) == (UNKNOWN, "anchor_differs"), seed


def test_two_writers_at_once_write_one_chain(tmp_path: Path) -> None:
    """Two desks on one file in two threads, 100 notes each: no row is lost and the chain has no fork."""
    desks = opened(tmp_path), opened(tmp_path)
    before = desks[0].chain.verify().rows
    broken: list[BaseException] = []

    def write(desk: Desk) -> None:
        desk.core.key = KEY
        try:
            for n in range(TRIES // 2):
                desk.timeline.note(None, str(n))
        except BaseException as error:
            broken.append(error)

    threads = [threading.Thread(target=write, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    found = desks[0].chain.verify()
    assert (found.rows, found.integrity.status) == (before + TRIES, INTACT)
    for desk in desks:
        desk.close()


@contextmanager
def file(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path)
    try:
        yield connection
    finally:
        connection.close()


def test_two_writers_that_saw_the_same_head_cannot_both_write(tmp_path: Path) -> None:
    """A program that does not wait for the other: its link is refused by the file, its row with it."""
    desk = opened(tmp_path)
    for n in range(20):
        head = desk.chain.head()
        desk.timeline.note(None, f"de la mesa {n}")
        with file(desk.paths.database) as other:
            for _ in range(TRIES // 20):
                other.execute("BEGIN IMMEDIATE")
                other.execute(
                    "INSERT INTO timeline (kind, occurred_at, recorded_at, offset_minutes, actor, data) "
                    "VALUES ('note.fact', 0, 0, 0, 'otro', '{}')"
                )
                prev = head.digest if head else rules.GENESIS
                with pytest.raises(sqlite3.IntegrityError, match="prev"):
                    other.execute(
                        "INSERT INTO link (row, prev, content, digest) VALUES (last_insert_rowid(), ?, 'c', 'd')",
                        (prev,),
                    )
                other.rollback()
    found = desk.chain.verify()
    assert found.integrity.why == "unsealed"
    assert found.completeness.status is not ALTERED
    desk.close()
