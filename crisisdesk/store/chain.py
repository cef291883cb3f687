"""The links of the timeline's chain, written in the transaction of their row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select

from crisisdesk.model import chain
from crisisdesk.model.chain import Anchor, Link, Verdict
from crisisdesk.store.schema import link

_ROW = f"SELECT {', '.join(chain.FIELDS)}, salt FROM timeline"


@dataclass(frozen=True, slots=True)
class Key:
    """What seals links; never shown."""

    secret: bytes

    @property
    def id(self) -> str:
        """Its public name."""
        return chain.key_id(self.secret)

    def __repr__(self) -> str:
        return "Key(…)"


def head(connection: Connection) -> Link | None:
    """The newest link."""
    row = connection.execute(select(link).order_by(link.c.row.desc()).limit(1)).first()
    return None if row is None else _load(row)


def _load(row: Sequence[object]) -> Link:
    """A link whatever somebody else put into its columns: texts that are none become texts that are no hash."""
    number, *texts, migrated = row
    prev, content, made, seal, key_id = map(str, texts)
    assert isinstance(number, int)  # SQLite holds nothing else in such a key
    return Link(row=number, prev=prev, content=content, digest=made, seal=seal, key_id=key_id, migrated=bool(migrated))


def append(connection: Connection, row: int, key: Key | None) -> Link:
    """Chain the row just written; two that follow the same link cannot both be stored (``prev`` is unique)."""
    before = head(connection)
    prev = chain.GENESIS if before is None else before.digest
    body = chain.content(tuple(connection.exec_driver_sql(f"{_ROW} WHERE id = ?", (row,)).one()))
    made = chain.digest(prev, body)
    added = Link(
        row=row,
        prev=prev,
        content=body,
        digest=made,
        seal="" if key is None else chain.seal(key.secret, made),
        key_id="" if key is None else key.id,
    )
    connection.execute(insert(link).values(asdict(added)))
    return added


def links(connection: Connection) -> tuple[Link, ...]:
    """The whole chain, ascending."""
    return tuple(_load(row) for row in connection.execute(select(link).order_by(link.c.row)))


def rows_of(connection: Connection, incident_id: int) -> tuple[tuple[chain.Value, ...], ...]:
    """An incident's rows as the file holds them, its alert's too, in the order of ``chain.FIELDS``, and their salt."""
    where = "WHERE incident_id = ? OR alert_id IN (SELECT id FROM alert WHERE incident_id = ?) ORDER BY id"
    return tuple(tuple(row) for row in connection.exec_driver_sql(f"{_ROW} {where}", (incident_id, incident_id)))


def verify(connection: Connection, anchors: tuple[Anchor, ...], keys: Mapping[str, bytes]) -> Verdict:
    """Check the whole timeline of this snapshot."""
    rows = (tuple(row) for row in connection.exec_driver_sql(f"{_ROW} ORDER BY id"))
    return chain.verify(rows, links(connection), anchors, keys)
