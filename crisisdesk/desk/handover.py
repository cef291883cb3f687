"""Notes drafted from the state: the shift hand-over, and the executive line (state, impact, actions, needs)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from crisisdesk.desk.contacts import Contacts
from crisisdesk.desk.core import Core
from crisisdesk.desk.draft_next import EXECUTIVE_TOLD
from crisisdesk.desk.facts import Facts
from crisisdesk.desk.kept_numbers import strike_kept
from crisisdesk.desk.room import Room
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState, NextKind
from crisisdesk.model.events import IncidentChanged
from crisisdesk.model.fact import Fact, FactSection
from crisisdesk.model.incident import IncidentState
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.model.room import RoomView
from crisisdesk.store import mentions, rows
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.words import duration, number, when

_IMPACT = ("alcance", "quien_afecta", "clientes", "impacto", "efecto", "zona")
"""Keys of facts that say who is affected."""
_MOST = 12
"""Lines of one kind in a note; what is more is counted."""


class Handover:
    """Writes what the next person, or the direction, must know; nothing is sent."""

    def __init__(self, core: Core, room: Room, facts: Facts, contacts: Contacts) -> None:
        self._core = core
        self._room = room
        self._facts = facts
        self._contacts = contacts

    def note(self, incident_id: int, playbook: Playbook) -> Bilingual:
        """The hand-over note: where it stands, what is owed and to whom, what is broken, who has what, what is next."""
        return self._both(incident_id, playbook, executive=False)

    def executive(self, incident_id: int, playbook: Playbook) -> Bilingual:
        """The executive line: state, impact, actions, needs."""
        return self._both(incident_id, playbook, executive=True)

    def tell(self, incident_id: int, playbook: Playbook) -> Bilingual:
        """The executive line, taken out to be told now; the next one is due one internal cadence later."""
        note = self.executive(incident_id, playbook)
        with self._core.write() as tx:
            self._core.log(tx, EXECUTIVE_TOLD, incident_id, data={"text": note})
            tx.emit(IncidentChanged(incident_id))
        return note

    def _both(self, incident_id: int, playbook: Playbook, *, executive: bool) -> Bilingual:
        with self._core.read() as connection:
            view = self._room.view(incident_id)
            sheet = self._facts.sheet(incident_id)
            ledger = rows.commitments.where(connection, incident_id=incident_id)
            names = {c.slug: c.name for c in rows.contacts.where(connection)}
            since = mentions.floor_minute(rows.incidents.get(connection, incident_id).started_at)
            heard = mentions.totals(connection, since, self._core.clock.now())[0]
            strike = strike_kept(connection) or str
        sides = []
        for lang in LANGUAGES:
            note = _Note(view, sheet, ledger, names, playbook, Texts(lang), self._core.actor, heard)
            sides.append(strike("\n".join(note.executive() if executive else note.handover())))
        return Bilingual(*sides)


class _Note:
    """One note in one language."""

    def __init__(
        self,
        view: RoomView,
        sheet: Iterable[Fact],
        ledger: Iterable[Commitment],
        names: dict[str, str],
        playbook: Playbook,
        texts: Texts,
        actor: str,
        heard: int,
    ) -> None:
        self.view, self.sheet, self.texts, self.actor, self.heard = view, tuple(sheet), texts, actor, heard
        self.ledger = tuple(sorted(ledger, key=lambda c: (c.due_at, c.id)))
        self.names = names | {r.id: r.name.get(texts.lang) or r.id for r in playbook.roles}
        self.playbook = playbook

    def handover(self) -> list[str]:
        """Every line of the hand-over note."""
        texts = self.texts
        return [
            texts("handover.title", name=self._name(), time=self._at(self.view.now), who=self.actor),
            *self._state(),
            *self._part("know", self._facts(FactSection.KNOW)),
            *self._part("dont_know", self._facts(FactSection.DONT_KNOW)),
            *self._part("doing", self._facts(FactSection.DOING)),
            *self._part("owed", self._owed()),
            *self._part("broken", self._broken()),
            *self._part("next", self._next()),
            *self._part("people", self._people()),
        ]

    def executive(self) -> list[str]:
        """State, impact, actions, needs."""
        texts = self.texts
        needs = [i.title.get(texts.lang) for i in self.view.next if i.kind in (NextKind.APPROVAL, NextKind.APOLOGY)]
        needs += [texts("handover.unfilled", role=self.names.get(r, r)) for r in self._unfilled()]
        return [
            texts("handover.executive", name=self._name(), time=self._at(self.view.now)),
            *self._part("conditions", self._state()),
            *self._part("impact", self._impact()),
            *self._part("actions", [*self._facts(FactSection.DOING)[:3], *self._owed()[:3]]),
            *self._part("needs", needs[:5] or [texts("handover.no_needs")]),
        ]

    def _impact(self) -> list[str]:
        """What is known, and what is heard; the facts that say who is affected come first."""
        known = [f for f in self.sheet if f.section is FactSection.KNOW]
        known.sort(key=lambda f: not f.key.startswith(_IMPACT))
        lines = [self._fact(f) for f in known[:3]]
        return lines + ([self.texts("handover.heard", n=number(self.heard, self.texts))] if self.heard else [])

    def _name(self) -> str:
        incident = self.view.incident
        return f"{incident.name} · {incident.title}" if incident else ""

    def _at(self, instant: datetime) -> str:
        return when(instant, self.view.zone, self.texts, ref=self.view.now)

    def _part(self, key: str, lines: list[str]) -> list[str]:
        shown = [f"- {line}" for line in lines[:_MOST]]
        if len(lines) > _MOST:
            shown.append(f"- {self.texts('handover.more', n=len(lines) - _MOST)}")
        return [self.texts(f"handover.{key}"), *shown] if shown else []

    def _state(self) -> list[str]:
        view, texts, incident = self.view, self.texts, self.view.incident
        if incident is None:
            return []
        elapsed = duration((incident.resolved_at or view.now) - incident.started_at, texts)
        key = "active" if incident.state is IncidentState.ACTIVE else "resolved"
        lines = [texts(f"handover.{key}", level=incident.level, name=view.level_name.get(texts.lang), elapsed=elapsed)]
        if view.last_published is not None:
            last = view.last_published
            lines.append(texts("handover.last", time=self._at(last.at), what=last.purpose.get(texts.lang)))
        if view.decides:
            lines.append(texts("handover.decides", who=view.decides))
        return lines

    def _facts(self, section: FactSection) -> list[str]:
        return [self._fact(f) for f in self.sheet if f.section is section]

    def _fact(self, fact: Fact) -> str:
        texts = self.texts
        what = fact.value.get(texts.lang) or fact.value.es or fact.value.en
        return texts("handover.fact", what=what, who=fact.said_by, time=self._at(fact.said_at))

    def _promise(self, c: Commitment) -> str:
        texts = self.texts
        what = c.what.get(texts.lang) or c.what.es or c.what.en
        told = texts("handover.promise", time=self._at(c.due_at), what=what)
        if c.to_whom:
            told += " · " + texts("commitments.ledger.to", who=c.to_whom)
        if c.giver:
            told += " · " + texts("commitments.ledger.giver", who=self.names.get(c.giver, c.giver))
        return told

    def _owed(self) -> list[str]:
        return [self._promise(c) for c in self.ledger if c.state is CommitmentState.OPEN]

    def _broken(self) -> list[str]:
        wanting = [
            c
            for c in self.ledger
            if c.state is CommitmentState.BROKEN
            and c.remedied_at is None
            and (c.kind is not CommitmentKind.NEXT_UPDATE or c.fulfilled_at is None)
        ]
        return [self._promise(c) for c in wanting]

    def _next(self) -> list[str]:
        texts, promises = self.texts, (NextKind.PROMISE, NextKind.NEXT_UPDATE)
        return [
            texts("handover.promise", time=self._at(i.due_at), what=i.title.get(texts.lang))
            for i in self.view.next
            if i.kind not in promises
        ]

    def _unfilled(self) -> list[str]:
        held = {a.role for a in self.view.assignments if a.contact_slug}
        return [r.id for r in self.playbook.roles if r.id not in held]

    def _people(self) -> list[str]:
        lines = [
            f"{self.names.get(a.role, a.role)}: {self.names.get(a.contact_slug, a.contact_slug)}"
            for a in self.view.assignments
            if a.contact_slug
        ]
        return lines + [self.texts("handover.unfilled", role=self.names.get(r, r)) for r in self._unfilled()]
