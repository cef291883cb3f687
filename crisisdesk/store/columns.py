"""The pieces of every table: an instant, a nested value (SQLite has neither), a key, whose incident, a text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Column, Dialect, ForeignKey, Integer, MetaData, Text, TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as whole microseconds since 1970 in UTC."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse naive instants: the desk has none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the data file")
        return (value - _EPOCH) // _MICRO

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Whole microseconds back into an aware UTC instant."""
        return None if value is None else _EPOCH + value * _MICRO


class Json(TypeDecorator[Any]):
    """Nested values as JSON text, readable without us."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Any dataclass, tuple, mapping or plain value as JSON."""
        return msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Plain lists, mappings and values; the row mapper types them."""
        return None if value is None else msgspec.json.decode(value)


metadata = MetaData()


def row_id() -> Column[int]:
    """The key of a table of our own things."""
    return Column("id", Integer, primary_key=True)


def incident_id() -> Column[int]:
    """Whose incident a row is."""
    return Column("incident_id", ForeignKey("incident.id"), nullable=False, index=True)


def words(name: str) -> Column[str]:
    """A text that may be empty."""
    return Column(name, Text, nullable=False, default="", server_default="")
