"""The inbox's queries: what a person types is never syntax, and full text follows every edit and burial."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from crisisdesk.model.inbox import Reply, Sought
from crisisdesk.model.mention import Mention, Sentiment, Verdict
from crisisdesk.model.source import Tombstone
from crisisdesk.store import inbox, mentions, versions
from crisisdesk.store.database import Connection, Database
from crisisdesk.store.inbox import expression

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def said(n: int, words: str, **changes: object) -> Mention:
    fields: dict[str, object] = {
        "source": "x", "account": "marca", "native_id": str(n), "author": f"persona {n}", "text": words,
        "published_at": AT + timedelta(seconds=n), "fetched_at": AT, "version": "a",
    }  # fmt: skip
    return Mention(**(fields | changes))  # type: ignore[arg-type]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = Database(tmp_path / "desk.db")
    with database.write() as tx:
        yield tx.connection
    database.close()


def found(connection: Connection, **sought: object) -> list[str]:
    rows = inbox.page(connection, Sought(**sought), limit=50)  # type: ignore[arg-type]
    return [row.mention.native_id for row in rows]


HOSTILE = ['"', '""', "*", "a*", "a OR", "NEAR(a b)", "text:x", "-", "^a", "(", "a AND", "\x00a\x00", "'; DROP TABLE"]


@pytest.mark.parametrize("search", HOSTILE)
def test_what_a_person_types_is_never_syntax(connection: Connection, search: str) -> None:
    mentions.add(connection, [(said(1, "a x near drop table or and"), Verdict())])
    assert found(connection, search=search) in ([], ["1"])
    assert mentions.count(connection) == 1


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_at_all_breaks_the_search(connection: Connection, search: str) -> None:
    assert found(connection, search=search) == []


def test_the_hostile_texts_are_stored_and_searched_for(connection: Connection, shared: Path) -> None:
    texts: list[str] = json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8"))
    texts = [words.encode("utf-8", "replace").decode() for words in texts]  # as normalise does with half characters
    mentions.add(connection, [(said(n, words, author=words), Verdict()) for n, words in enumerate(texts)])
    for n, words in enumerate(texts):
        hits = found(connection, search=words)
        assert hits == [] or set(hits) <= {str(k) for k in range(len(texts))}, n
    check = "INSERT INTO mention_text(mention_text, rank) VALUES ('integrity-check', 1)"
    connection.execute(text(check))


def test_accents_case_and_signs_do_not_count_and_a_star_asks_for_a_beginning(connection: Connection) -> None:
    mentions.add(connection, [(said(1, "Sin SEÑAL en el corazón"), Verdict()), (said(2, "señales de humo"), Verdict())])
    assert found(connection, search="senal corazon") == ["1"]
    assert found(connection, search="señal*") == ["2", "1"]
    assert found(connection, search="señal") == ["1"]
    assert found(connection, search='"en el corazón"') == ["1"]
    assert found(connection, search='"corazón en"') == []
    assert found(connection, search="PERSONA humo") == ["2"]
    assert found(connection, search="🙂") == []


def test_a_search_without_a_word_finds_nothing_and_a_long_one_is_cut() -> None:
    assert expression("¿…?") == ""
    assert expression("x " * 200).count('"x"') == 12


def test_an_edit_is_found_by_its_new_words_and_a_burial_by_none(connection: Connection) -> None:
    mentions.add(connection, [(said(1, "avería"), Verdict())])
    versions.edit(connection, [(said(1, "arreglado", version="b"), Verdict())], AT)
    assert (found(connection, search="averia "), found(connection, search="arreglado")) == ([], ["1"])
    versions.bury(connection, [Tombstone("x", "marca", "1", AT)])
    assert (found(connection, search="arreglado"), found(connection, search="persona")) == ([], [])
    connection.execute(text("INSERT INTO mention_text(mention_text, rank) VALUES ('integrity-check', 1)"))


def test_what_is_rolled_back_is_not_found(tmp_path: Path) -> None:
    database = Database(tmp_path / "desk.db")
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        mentions.add(tx.connection, [(said(1, "fantasma"), Verdict())])
        raise ZeroDivisionError
    with database.read() as reading:
        assert found(reading, search="fantasma") == []
    database.close()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.integers(1, 7))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_by_key_give_every_mention_once_in_order(tmp_path: Path, seconds: list[int], size: int) -> None:
    database = Database(tmp_path / "pages.db")
    try:
        with database.write() as tx:
            c = tx.connection
            c.execute(text("DELETE FROM mention"))
            many = [said(n, "hola a todos", published_at=AT + timedelta(seconds=s)) for n, s in enumerate(seconds)]
            mentions.add(c, [(one, Verdict()) for one in many])
            for sought in (Sought(), Sought(search="hola")):
                got, before = [], None
                while rows := inbox.page(c, sought, limit=size, before=before):
                    got += [(r.mention.published_at, r.id) for r in rows]
                    before = rows[-1].id
                assert got == sorted(got, reverse=True) and len(set(got)) == len(seconds)
    finally:
        database.close()


def test_a_frequent_word_is_found_by_walking_and_a_frequent_old_one_all_the_same(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_FEW", 3)
    monkeypatch.setattr(inbox, "_WALK", 3)
    monkeypatch.setattr(inbox, "_STRETCHES", 2)
    old = [(said(n, "viejo tema"), Verdict()) for n in range(10)]
    new = [(said(n, "nuevo tema"), Verdict()) for n in range(10, 20)]
    mentions.add(connection, old + new)
    rows = inbox.page(connection, Sought(search="tema"), limit=4)
    assert [r.mention.native_id for r in rows] == ["19", "18", "17", "16"]
    rows = inbox.page(connection, Sought(search="viejo"), limit=4)
    assert [r.mention.native_id for r in rows] == ["9", "8", "7", "6"]
    rows = inbox.page(connection, Sought(search="viejo"), limit=4, before=rows[-1].id)
    assert [r.mention.native_id for r in rows] == ["5", "4", "3", "2"]
    rows = inbox.page(connection, Sought(search="viejo"), limit=4, before=rows[-1].id)
    assert [r.mention.native_id for r in rows] == ["1", "0"]


def test_mentions_that_came_in_late_are_found_in_the_order_of_time(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_FEW", 3)
    monkeypatch.setattr(inbox, "_WIDEST", 5)
    order = [7, 1, 9, 3, 0, 8, 2, 6, 4, 5]
    mentions.add(connection, [(said(n, "el tema"), Verdict()) for n in order])
    assert found(connection, search="tema") == [str(n) for n in range(9, -1, -1)]


def test_each_filter_narrows(connection: Connection) -> None:
    bad = Verdict(type="queja", sentiment=Sentiment.NEGATIVE, complaint=True, language="es")
    danger = Verdict(type="peligro", safety=True, language="en")
    rows = [(said(1, "uno"), bad), (said(2, "dos", source="feed"), danger), (said(3, "tres", author_id="7"), Verdict())]
    mentions.add(connection, rows)
    wanted: tuple[tuple[dict[str, object], list[str]], ...] = (
        ({"type": "queja"}, ["1"]), ({"type": ""}, ["3"]), ({"sentiment": Sentiment.NEGATIVE}, ["1"]),
        ({"language": "en"}, ["2"]), ({"source": "x"}, ["3", "1"]), ({"safety": True}, ["2"]),
        ({"complaint": True}, ["1"]), ({"start": AT + timedelta(seconds=2)}, ["3", "2"]),
        ({"end": AT + timedelta(seconds=2)}, ["1"]), ({"author": ("x", "7")}, ["3"]),
        ({"author": ("x", "persona 1")}, ["1"]), ({"author": ("x", "persona 3")}, []),
        ({"author": ("x", "")}, []), ({"reply": Reply.OPEN}, ["3", "2", "1"]), ({"reply": Reply.ANSWERED}, []),
        ({"search": "tres", "type": "queja"}, []),
    )  # fmt: skip
    for sought, ids in wanted:
        assert found(connection, **sought) == ids, sought


def test_the_kinds_of_source_that_have_mentions(connection: Connection) -> None:
    assert inbox.heard_from(connection) == ()
    mentions.add(connection, [(said(n, "hola", source=source), Verdict()) for n, source in enumerate("xfxmf")])
    assert inbox.heard_from(connection) == ("f", "m", "x")


def test_the_walk_reads_no_text(connection: Connection) -> None:
    query = "SELECT id FROM mention WHERE type = 'queja' AND complaint ORDER BY published_at DESC, id DESC LIMIT 200"
    plan = " ".join(str(row) for row in connection.execute(text("EXPLAIN QUERY PLAN " + query)))
    assert "COVERING INDEX mention_published" in plan and "TEMP B-TREE" not in plan


def test_a_file_of_the_version_before_is_indexed_whole(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "desk.db"
    kept = Path(__file__).parents[2] / "data" / "store" / "v13.db.gz"
    path.write_bytes(gzip.decompress(kept.read_bytes()))
    database = Database(path)
    with database.read() as reading:
        newest = next(row for row in mentions.latest(reading, limit=50) if row.mention.text)
        word = max(newest.mention.text.split(), key=len)
        assert newest.id in {row.id for row in inbox.page(reading, Sought(search=word), limit=10_000)}
    database.close()
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_mentions_that_change_twice_stay_findable(connection: Connection) -> None:
    first = said(1, "uno")
    mentions.add(connection, [(first, Verdict())])
    for n, words in enumerate(("dos", "tres", "cuatro")):
        versions.edit(connection, [(replace(first, text=words, version=str(n)), Verdict())], AT)
    assert found(connection, search="cuatro") == ["1"] and found(connection, search="uno ") == []
