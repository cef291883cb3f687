"""Edits are versions, deletions take the words and leave the counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.model.mention import Mention, Sentiment, Verdict
from crisisdesk.model.source import Tombstone
from crisisdesk.store import mentions, versions
from crisisdesk.store.database import Connection, Database

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANGRY = Verdict(sentiment=Sentiment.NEGATIVE, complaint=True)
CALM = Verdict()
FIRST = Mention(
    source="bluesky",
    account="marca",
    native_id="1",
    published_at=AT,
    fetched_at=AT,
    text="no funciona",
    author="ana",
    version="a",
    url="https://example.org/1",
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = Database(tmp_path / "desk.db")
    with database.write() as tx:
        yield tx.connection
    database.close()


def only(connection: Connection) -> Mention:
    (row,) = mentions.latest(connection, limit=2)
    return row.mention


def totals(connection: Connection) -> tuple[int, int, int]:
    return mentions.totals(connection, AT, AT + timedelta(minutes=1))


def test_an_edit_keeps_the_words_before_and_moves_the_counts_of_its_verdict(connection: Connection) -> None:
    mentions.add(connection, [(FIRST, ANGRY)])
    second = replace(FIRST, text="ya funciona, gracias", version="b", published_at=AT + timedelta(hours=1))
    assert versions.edit(connection, [(second, CALM)], AT + timedelta(minutes=5)) == [second]
    kept = only(connection)
    assert (kept.text, kept.version, kept.published_at) == ("ya funciona, gracias", "b", AT)
    assert versions.versions(connection, 1) == (("no funciona", AT + timedelta(minutes=5)),)
    assert totals(connection) == (1, 0, 0)


def test_the_same_version_or_an_older_one_changes_nothing(connection: Connection) -> None:
    mentions.add(connection, [(FIRST, ANGRY)])
    assert versions.edit(connection, [(FIRST, ANGRY)], AT) == []
    second = replace(FIRST, text="dos", version="b")
    versions.edit(connection, [(second, ANGRY)], AT)
    assert versions.edit(connection, [(FIRST, ANGRY)], AT) == []  # a page that was late
    assert only(connection).text == "dos"


def test_a_source_without_versions_edits_nothing(connection: Connection) -> None:
    plain = replace(FIRST, version="")
    mentions.add(connection, [(plain, ANGRY)])
    assert versions.edit(connection, [(replace(plain, text="otra"), CALM)], AT) == []
    assert only(connection).text == "no funciona"


def test_what_is_gone_at_its_source_loses_words_and_author_and_keeps_its_count(connection: Connection) -> None:
    mentions.add(connection, [(FIRST, ANGRY)])
    versions.edit(connection, [(replace(FIRST, text="dos", version="b"), ANGRY)], AT)
    stone = Tombstone("bluesky", "marca", "1", AT + timedelta(hours=1))
    assert versions.bury(connection, [stone, stone, replace_id(stone, "unknown")]) == 1
    left = only(connection)
    assert (left.text, left.author, left.url) == ("", "", "")
    assert versions.versions(connection, 1) == ()
    assert totals(connection) == (1, 1, 1)
    again = replace(FIRST, text="tres", version="c")
    assert mentions.add(connection, [(again, ANGRY)]) == []
    assert versions.edit(connection, [(again, ANGRY)], AT) == []
    assert only(connection).text == ""


def replace_id(stone: Tombstone, native_id: str) -> Tombstone:
    return Tombstone(stone.source, stone.account, native_id, stone.at)


def test_a_gap_says_why(connection: Connection) -> None:
    mentions.open_gap(connection, "x:marca", AT, AT + timedelta(hours=1), "sources.gap.depth")
    (gap,) = mentions.gaps(connection, AT, AT + timedelta(minutes=1))
    assert gap.reason == "sources.gap.depth"
