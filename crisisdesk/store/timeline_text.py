"""Full text of the timeline: each row's sentence in both languages and who did it, written in the row's transaction.

``timeline_text`` (FTS5) keeps the sentences itself, so that a row can be taken out of it whatever its sentence would be
today; with ``trusted_schema=OFF`` no trigger may do this (docs/adr/0020).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from crisisdesk.store.inbox import expression
from crisisdesk.texts import LANGUAGES


class Said(NamedTuple):
    """A row's sentence as each language says it."""

    es: str
    en: str


def take_in(connection: Connection, row: int, said: Said, who: str) -> None:
    """Index a new row; a number that was cut out of the file from outside, and given anew, takes its words along."""
    query = "INSERT OR REPLACE INTO timeline_text (rowid, es, en, who) VALUES (?, ?, ?, ?)"
    connection.exec_driver_sql(query, (row, said.es, said.en, who))


def take_out(connection: Connection, rows: Iterable[int]) -> None:
    """Take rows out; :func:`purge` then removes what lingers in old parts of the index."""
    for row in rows:
        connection.exec_driver_sql("DELETE FROM timeline_text WHERE rowid = ?", (row,))


def purge(connection: Connection) -> None:
    """Merge the index into one part: words that were taken out are nowhere in the file any more."""
    connection.exec_driver_sql("INSERT INTO timeline_text (timeline_text) VALUES ('optimize')")


def asked(search: str, lang: str) -> str:
    """``search`` for FTS5 in one language: its words in any order, each quoted, the last one as it begins."""
    words = expression(search).removesuffix(" *")
    assert lang in LANGUAGES
    return f"{{{lang} who}} : ({words} *)" if words else ""
