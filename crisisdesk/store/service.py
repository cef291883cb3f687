"""The call centre's own counts, a day and a line a row; a day that comes again replaces what was known of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from crisisdesk.model.measure import ServiceDay
from crisisdesk.store.schema import service_day

_FIELDS = tuple(ServiceDay.__dataclass_fields__)
_EXACT = ("seconds", "cost")


def put(connection: Connection, days: Iterable[ServiceDay]) -> None:
    """Store days; money and seconds as the digits that they are."""
    values: list[dict[str, Any]] = []
    for one in days:
        row = {name: getattr(one, name) for name in _FIELDS} | {"day": one.day.isoformat()}
        values.append(row | {name: None if row[name] is None else str(row[name]) for name in _EXACT})
    if values:
        statement = upsert(service_day)
        kept = {name: statement.excluded[name] for name in _FIELDS if name not in ("day", "line")}
        connection.execute(statement.on_conflict_do_update(index_elements=["day", "line"], set_=kept), values)


def between(connection: Connection, first: date, last: date) -> tuple[ServiceDay, ...]:
    """The days ``first`` to ``last``, ascending."""
    c = service_day.c
    query = select(service_day).where(c.day >= first.isoformat(), c.day <= last.isoformat()).order_by(c.day, c.line)
    found = []
    for row in connection.execute(query).mappings():
        values = dict(row) | {"day": date.fromisoformat(row["day"])}
        found.append(ServiceDay(**values | {n: None if row[n] is None else Decimal(row[n]) for n in _EXACT}))
    return tuple(found)
