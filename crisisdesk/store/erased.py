"""Mentions that were erased by law keep a hash of their native id: when a source tells them again they stay away."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, select

from crisisdesk.store.schema import mention
from crisisdesk.store.sources import get_meta, set_meta

_ANY: Final = "erased"  # whether anybody was ever erased: most desks never ask further
_GONE: Final = "erased:"


def mark(connection: Connection) -> None:
    """Somebody was erased from this data file."""
    set_meta(connection, _ANY, True)


def hashed(source: str, native_id: str) -> str:
    """What stands in the native id's place; again gives the same."""
    if native_id.startswith(_GONE):
        return native_id
    return _GONE + hashlib.sha256(f"{source}\n{native_id}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def among(connection: Connection, identities: Sequence[tuple[str, str, str]]) -> frozenset[tuple[str, str, str]]:
    """Those (source, account, native id) that were erased, under whatever account: they do not come back."""
    if not identities or not get_meta(connection, _ANY):
        return frozenset()
    known = {hashed(source, native): (source, account, native) for source, account, native in identities}
    c = mention.c
    where = (c.source.in_({source for source, _, _ in identities}), c.native_id.in_(known))
    return frozenset(known[one] for one in connection.execute(select(c.native_id).where(*where)).scalars())
