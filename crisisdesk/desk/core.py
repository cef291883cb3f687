"""What every noun of the desk shares: the data file, the clock, who is acting, and how an act is logged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from crisisdesk.clock import DeskClock
from crisisdesk.model.errors import StepError
from crisisdesk.model.events import TimelineAdded
from crisisdesk.model.incident import IncidentState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.timeline import Entry
from crisisdesk.store import rows, timeline
from crisisdesk.store.chain import Key
from crisisdesk.store.database import Connection, Database, Transaction
from crisisdesk.store.timeline_text import Said
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.words import entry_sentence

DESK = "desk"  # the actor of what the desk itself observed: an alert, a time that passed

S = TypeVar("S", bound=StrEnum)


@dataclass(slots=True)
class Core:
    """Shared by all nouns of one desk.

    Attributes:
        zone: the brand's IANA time zone.
        country: ISO 3166 code of the country whose public holidays the brand's people keep; empty = none known.
        key: seals the timeline's chain; none until the keyring gave it.
        actor: who sits at the desk.
        drill: the whole profile is a drill.
    """

    store: Database
    clock: DeskClock
    zone: str
    actor: str
    drill: bool = False
    country: str = ""
    key: Key | None = None

    def write(self) -> AbstractContextManager[Transaction]:
        """One transaction; verbs that call verbs share it."""
        return self.store.write()

    def read(self) -> AbstractContextManager[Connection]:
        """One snapshot."""
        return self.store.read()

    @contextmanager
    def acting_as(self, actor: str) -> Iterator[None]:
        """Act as somebody else for a while (the drill's autopilot, a phone on loudspeaker)."""
        before, self.actor = self.actor, actor or self.actor
        try:
            yield
        finally:
            self.actor = before

    def log(
        self,
        tx: Transaction,
        kind: str,
        incident_id: int | None,
        *,
        alert_id: int | None = None,
        occurred_at: datetime | None = None,
        actor: str | None = None,
        text: str = "",
        revises: int | None = None,
        data: Mapping[str, object] | None = None,
    ) -> Entry:
        """Write a timeline entry in the act's own transaction; values of ``data`` are made plain."""
        now = self.clock.now()
        when = occurred_at or now
        offset = when.astimezone(ZoneInfo(self.zone)).utcoffset()
        entry = Entry(
            id=0,
            incident_id=incident_id,
            kind=kind,
            occurred_at=when,
            recorded_at=now,
            offset_minutes=int(offset.total_seconds() // 60) if offset else 0,
            actor=self.actor if actor is None else actor,
            data={key: plain(value) for key, value in (data or {}).items() if value is not None},
            text=text,
            revises=revises,
        )
        said = Said(*(entry_sentence(entry, Texts(lang), self.zone) for lang in LANGUAGES))
        stored = timeline.add(tx.connection, entry, said, alert_id=alert_id, key=self.key)
        tx.emit(TimelineAdded(incident_id, stored.id))
        return stored

    def log_if_open(self, tx: Transaction, kind: str, *, data: Mapping[str, object], text: str = "") -> None:
        """Write the entry into the incident that is open, when there is one; else the act needs no record."""
        incident_id = self.open_incident(tx.connection)
        if incident_id is not None:
            self.log(tx, kind, incident_id, data=data, text=text)

    def open_incident(self, connection: Connection) -> int | None:
        """Whose timeline an act belongs to, while an incident is open."""
        incident = rows.incidents.first(connection, state=IncidentState.ACTIVE)
        return incident.id if incident else None


def plain(value: object) -> object:
    """A value as the timeline keeps it: instants as ISO text, pairs of texts as ``{"es", "en"}``."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Bilingual):
        return {"es": value.es, "en": value.en}
    if isinstance(value, StrEnum):
        return value.value
    return value


def check_step(steps: Mapping[S, frozenset[S]], now: S, then: S, key: str) -> None:
    """Refuse a step that the model's table does not hold, as ``StepError(key)``."""
    if then not in steps[now]:
        raise StepError(key, now=now.value, then=then.value)
