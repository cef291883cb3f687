"""Rows and dataclasses: one small mapper, because a column is named like the field it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from crisisdesk.model.alert import Alert
from crisisdesk.model.approval import Approval
from crisisdesk.model.area import Area, Route
from crisisdesk.model.call_back import CallBack
from crisisdesk.model.commitment import Commitment
from crisisdesk.model.community import Expert, Idea, Kudos, Question, Rumour
from crisisdesk.model.concern import Concern
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import Draft, Publication
from crisisdesk.model.errors import NotFoundError
from crisisdesk.model.escalation import CallAttempt, Escalation
from crisisdesk.model.fact import Fact
from crisisdesk.model.followup import Feedback, PlaybookProposal, ReviewAction, ReviewPlan
from crisisdesk.model.history import PastCase
from crisisdesk.model.incident import Assignment, Incident, IncidentTask
from crisisdesk.model.label import Label
from crisisdesk.model.notification import Notification
from crisisdesk.model.outgoing import Outgoing
from crisisdesk.model.reply_lock import ReplyLock
from crisisdesk.model.rotation import Override, Rotation
from crisisdesk.store import schema

T = TypeVar("T")


_SEEN: Final = "rows read"


@contextmanager
def remembering(connection: Connection) -> Iterator[None]:
    """While this lasts, rows asked for by the values of their columns are read once, until their table is written to.

    For one transaction that asks the same of many: fifty ladders that all call from one rota.
    """
    connection.info[_SEEN] = {}
    try:
        yield
    finally:
        del connection.info[_SEEN]


class Rows(Generic[T]):
    """The rows of one table as dataclasses of one kind.

    Args:
        table: its columns bear the names of ``kind``'s fields.
        kind: a dataclass of the model.
    """

    def __init__(self, table: Table, kind: type[T]) -> None:
        self.table = table
        self.kind = kind

    def _written(self, connection: Connection) -> None:
        """What was remembered of this table is no longer so."""
        seen: dict[tuple[Any, ...], Any] = connection.info.get(_SEEN, {})
        for wanted in [wanted for wanted in seen if wanted[0] == self.table.name]:
            del seen[wanted]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(f.name for f in fields(self.kind))  # type: ignore[arg-type]

    def _load(self, row: Mapping[str, Any]) -> T:
        return msgspec.convert({name: row[name] for name in self._names}, self.kind)

    def insert(self, connection: Connection, thing: T, **more: Any) -> T:
        """Store ``thing`` (its own ``id`` is ignored) and return it with its id; ``more`` fills further columns."""
        values = {name: getattr(thing, name) for name in self._names if name != "id"} | more
        self._written(connection)
        row = connection.execute(insert(self.table).values(values).returning(self.table)).mappings().one()
        return self._load(dict(row)) if "id" in self._names else thing

    def get(self, connection: Connection, row_id: int) -> T:
        """The row ``row_id``; NotFoundError when there is none."""
        found = self.where(connection, id=row_id)
        if not found:
            raise NotFoundError(f"store.no_{self.table.name}", id=row_id)
        return found[0]

    def first(self, connection: Connection, **equal: Any) -> T | None:
        """The newest row whose columns equal ``equal``."""
        rows = self.where(connection, newest_first=True, limit=1, **equal)
        return rows[0] if rows else None

    def where(
        self,
        connection: Connection,
        *clauses: ColumnElement[bool],
        newest_first: bool = False,
        limit: int | None = None,
        **equal: Any,
    ) -> tuple[T, ...]:
        """Rows whose columns equal ``equal`` (a tuple means "one of"), by key ascending."""
        seen = connection.info.get(_SEEN)
        wanted = (self.table.name, newest_first, limit, *sorted(equal.items()))
        if seen is not None and not clauses and wanted in seen:
            known: tuple[T, ...] = seen[wanted]
            return known
        query = select(self.table).where(*clauses)
        for name, value in equal.items():
            column = self.table.c[name]
            query = query.where(column.in_(value) if isinstance(value, tuple) else column == value)
        keys = [key.desc() if newest_first else key.asc() for key in self.table.primary_key.columns]
        query = query.order_by(*keys)
        if limit is not None:
            query = query.limit(limit)
        found = tuple(self._load(dict(row)) for row in connection.execute(query).mappings())
        if seen is not None and not clauses:
            seen[wanted] = found
        return found

    def update(self, connection: Connection, row_id: int, **changes: Any) -> T:
        """Change columns of the row ``row_id`` and return it as it is now."""
        if not changes:
            return self.get(connection, row_id)
        self._written(connection)
        query = update(self.table).where(self.table.c.id == row_id).values(changes).returning(self.table)
        row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFoundError(f"store.no_{self.table.name}", id=row_id)
        return self._load(dict(row))

    def swap(self, connection: Connection, row_id: int, expected: Mapping[str, Any], **changes: Any) -> bool:
        """Change the row only while its columns still equal ``expected`` (a tuple means "one of"); whether it did.

        Of any number of people who try the same, one succeeds.
        """
        self._written(connection)
        query = update(self.table).where(self.table.c.id == row_id).values(changes)
        for name, value in expected.items():
            column = self.table.c[name]
            query = query.where(column.in_(value) if isinstance(value, tuple) else column == value)
        return connection.execute(query).rowcount == 1

    def delete(self, connection: Connection, **equal: Any) -> None:
        """Delete the rows whose columns equal ``equal``."""
        self._written(connection)
        clauses = [self.table.c[name] == value for name, value in equal.items()]
        connection.execute(delete(self.table).where(*clauses))


alerts = Rows(schema.alert, Alert)
concerns = Rows(schema.concern, Concern)
incidents = Rows(schema.incident, Incident)
assignments = Rows(schema.assignment, Assignment)
tasks = Rows(schema.task, IncidentTask)
contacts = Rows(schema.contact, Contact)
escalations = Rows(schema.escalation, Escalation)
attempts = Rows(schema.attempt, CallAttempt)
labels = Rows(schema.label, Label)
notifications = Rows(schema.notification, Notification)
rotations = Rows(schema.rotation, Rotation)
overrides = Rows(schema.rotation_override, Override)
facts = Rows(schema.fact, Fact)
drafts = Rows(schema.draft, Draft)
approvals = Rows(schema.approval, Approval)
publications = Rows(schema.publication, Publication)
experts = Rows(schema.expert, Expert)
kudos = Rows(schema.kudos, Kudos)
ideas = Rows(schema.idea, Idea)
questions = Rows(schema.question, Question)
rumours = Rows(schema.rumour, Rumour)
call_backs = Rows(schema.call_back, CallBack)
outgoing = Rows(schema.outgoing, Outgoing)
reply_locks = Rows(schema.reply_lock, ReplyLock)
commitments = Rows(schema.commitment, Commitment)
areas = Rows(schema.area, Area)
routes = Rows(schema.route, Route)
history = Rows(schema.history, PastCase)
review_plans = Rows(schema.review_plan, ReviewPlan)
review_actions = Rows(schema.review_action, ReviewAction)
review_feedback = Rows(schema.review_feedback, Feedback)
playbook_proposals = Rows(schema.playbook_proposal, PlaybookProposal)
