"""The truth sheet: what we know, don't know and do, and who says so. It feeds every draft."""

from __future__ import annotations

from datetime import datetime

from crisisdesk.desk.core import Core
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import FactsChanged
from crisisdesk.model.fact import Fact, FactSection
from crisisdesk.model.playbook import Bilingual
from crisisdesk.store import rows


class Facts:
    """Keeps the truth sheet of each incident; a newer fact stands in an older one's place, and both stay."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def say(
        self,
        incident_id: int,
        section: FactSection,
        key: str,
        value: Bilingual,
        said_by: str,
        *,
        said_at: datetime | None = None,
        evidence: str = "",
    ) -> Fact:
        """Write down a fact; a fact without a source is refused."""
        if not (value.es.strip() or value.en.strip()) or not key.strip():
            raise InputError("fact.empty")
        if not said_by.strip():
            raise InputError("fact.no_source")
        now = self._core.clock.now()
        with self._core.write() as tx:
            rows.incidents.get(tx.connection, incident_id)
            new = rows.facts.insert(
                tx.connection,
                Fact(
                    id=0,
                    incident_id=incident_id,
                    section=section,
                    key=key.strip(),
                    value=value,
                    said_by=said_by.strip(),
                    said_at=said_at or now,
                    recorded_at=now,
                    evidence=evidence.strip(),
                ),
            )
            old = [
                f
                for f in rows.facts.where(
                    tx.connection, incident_id=incident_id, key=new.key, replaced_by=None
                )
                if f.id != new.id
            ]
            for fact in old:
                rows.facts.update(tx.connection, fact.id, replaced_by=new.id)
            self._core.log(
                tx,
                "fact.replaced" if old else "fact.said",
                incident_id,
                occurred_at=said_at,
                data={"key": new.key, "value": value, "said_by": new.said_by, "section": section},
            )
            tx.emit(FactsChanged(incident_id))
            return new

    def sheet(self, incident_id: int) -> tuple[Fact, ...]:
        """The facts that stand now, oldest first."""
        with self._core.read() as connection:
            return rows.facts.where(connection, incident_id=incident_id, replaced_by=None)
