"""Full text follows the mentions, in the same transaction: whoever writes words of a mention says so here.

The index ``mention_text`` (FTS5) holds no words of its own: its content is the table ``mention``. No trigger does this:
with ``trusted_schema=OFF`` none may touch a virtual table, wherever it comes from, and that stays so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text


class Words(NamedTuple):
    """What of a mention can be searched."""

    id: int
    text: str
    author: str


_IN = text("INSERT INTO mention_text(rowid, text, author) VALUES (:id, :text, :author)")
_OUT = text("INSERT INTO mention_text(mention_text, rowid, text, author) VALUES ('delete', :id, :text, :author)")


def take_in(connection: Connection, words: Sequence[Words]) -> None:
    """Index the words of mentions that are new."""
    if words:
        connection.execute(_IN, [one._asdict() for one in words])


def replace(connection: Connection, old: Words, new: Words) -> None:
    """Take ``old`` out, which must be exactly what was indexed, and index ``new``."""
    connection.execute(_OUT, old._asdict())
    connection.execute(_IN, new._asdict())


def purge(connection: Connection) -> None:
    """Merge the index into one part: words taken out are nowhere in the file any more; seconds for a million."""
    connection.execute(text("INSERT INTO mention_text(mention_text) VALUES ('optimize')"))
