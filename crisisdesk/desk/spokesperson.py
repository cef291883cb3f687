"""Spokesperson mode: a director answers by name, and only with lines that have been cleared and still stand.

A line is a sentence of a text that is out, or that everybody who must has agreed with. It is offered no more once a
fact in it has changed, or a time in it is no promise any more: what was true at eight is not said at ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.desk import roles
from crisisdesk.desk.contacts import Contacts
from crisisdesk.desk.core import Core
from crisisdesk.desk.drafts import Drafts
from crisisdesk.desk.facts import Facts
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.commitment import CommitmentState
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import Draft, DraftState, digest_of
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import IncidentChanged
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Audience, Bilingual, Playbook
from crisisdesk.pipeline.lint import Context, lint
from crisisdesk.pipeline.reading import lines as lines_of
from crisisdesk.store import rows, timeline
from crisisdesk.store.database import Connection
from crisisdesk.texts import LANGUAGES, both

SAID: Final = "spokesperson.said"
_SPEAK: Final = ("portavoz", "spokesperson", "direccion", "direction")
"""Roles that speak by name, in this order."""
_CLEAR: Final = (Audience.PUBLIC, Audience.PRESS, Audience.KEY_CLIENTS)
_PROMISES: Final = ("promise.time", "promise.update")
_FEWEST: Final = 3  # words of a sentence that says something
_MOST: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedLine:
    """One line that may be said.

    Attributes:
        text: in both languages.
        purpose: the text that it is from.
        since: when that text went out, or was agreed with.
        cleared_by: who agreed with it.
    """

    text: Bilingual
    purpose: Bilingual
    since: datetime
    cleared_by: tuple[str, ...]

    @property
    def digest(self) -> str:
        """What it is known by: its words."""
        return digest_of(self.text.es, self.text.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """One answer that was given: when, by whom, to whom, which words."""

    at: datetime
    who: str
    to: str
    text: str


class Spokesperson:
    """Offers cleared lines, and keeps what was said with them."""

    def __init__(self, core: Core, playbooks: Playbooks, drafts: Drafts, facts: Facts, contacts: Contacts) -> None:
        self._core = core
        self._playbooks = playbooks
        self._drafts = drafts
        self._facts = facts
        self._contacts = contacts

    def lines(self, incident_id: int) -> tuple[ClearedLine, ...]:
        """Everything that may be said now, from the newest text on; the same words once."""
        playbook = self._playbooks.of(incident_id)
        found: dict[str, ClearedLine] = {}
        with self._core.read() as connection:
            incident = rows.incidents.get(connection, incident_id)
            owed = rows.commitments.where(connection, incident_id=incident_id, state=CommitmentState.OPEN)
            zone = ZoneInfo(incident.zone)
            ledger = tuple(f"{c.due_at.astimezone(zone):%H:%M}" for c in owed if c.due_at > self._core.clock.now())
            for draft, since in self._cleared(connection, incident, playbook):
                for text in _sentences(draft):
                    line = self._line(playbook, draft, text, since)
                    if _stands(text, ledger):
                        found.setdefault(line.digest, line)
        return tuple(found.values())[:_MOST]

    def _cleared(
        self, connection: Connection, incident: Incident, playbook: Playbook
    ) -> Iterator[tuple[Draft, datetime]]:
        """Texts that are out or may go out, none of whose facts has changed; the newest first."""
        dated = []
        for draft in rows.drafts.where(connection, incident_id=incident.id):
            if playbook.audience_of(draft.template_id) not in _CLEAR or self._outdated(connection, draft):
                continue
            if draft.state is DraftState.PUBLISHED:
                dated.append((draft, draft.published_at or draft.updated_at))
            elif draft.state in (DraftState.WRITING, DraftState.COPIED) and self._drafts.view(draft.id).publishable:
                dated.append((draft, draft.updated_at))
        yield from sorted(dated, key=lambda one: (one[1], one[0].id), reverse=True)

    def _outdated(self, connection: Connection, draft: Draft) -> bool:
        used = [value.fact_id for value in draft.values.values() if value.fact_id is not None]
        pairs = [self._facts.standing(connection, fact_id) for fact_id in used]
        return any((old.value, old.section) != (new.value, new.section) for old, new in pairs if old.id != new.id)

    def _line(self, playbook: Playbook, draft: Draft, text: Bilingual, since: datetime) -> ClearedLine:
        template = playbook.template(draft.template_id)
        purpose = template.purpose if template else Bilingual(draft.template_id, draft.template_id)
        names = tuple(dict.fromkeys(who for who, _at in draft.approvals.values()))
        return ClearedLine(text=text, purpose=purpose, since=since, cleared_by=names)

    def speakers(self, incident_id: int) -> tuple[Contact, ...]:
        """Who answers by name: the spokesperson and the direction; without either, whoever holds a role."""
        playbook = self._playbooks.of(incident_id)
        with self._core.read() as connection:
            wanted = [r.id for name in _SPEAK for r in playbook.roles if r.id == name]
            held = [roles.person(connection, incident_id, playbook, r, self._core.clock.now()) for r in wanted]
            if not any(held):
                held = [a.contact_slug for a in rows.assignments.where(connection, incident_id=incident_id)]
            people = [rows.contacts.first(connection, slug=slug) for slug in dict.fromkeys(held) if slug]
        return tuple(person for person in people if person is not None)

    def say(self, incident_id: int, digest: str, speaker: str, lang: str, to: str = "") -> str:
        """The line as ``speaker`` says it, for the clipboard; recorded. Only what is cleared at this moment.

        Args:
            digest: the line's.
            speaker: slug of who answers.
            to: whom the answer is for, as a person writes it.
        """
        with self._core.write() as tx:
            line = next((one for one in self.lines(incident_id) if one.digest == digest), None)
            if line is None:
                raise StepError("spokesperson.stale")
            who = next((one for one in self.speakers(incident_id) if one.slug == speaker), None)
            if who is None:
                raise InputError("spokesperson.nobody")
            named = ", ".join(filter(None, (who.name, who.title)))
            text = f"{line.text.get(lang)} — {named}"
            data = {"who": named, "slug": who.slug, "to": to.strip() or None, "text": line.text, "lang": lang}
            self._core.log(tx, SAID, incident_id, data=data)
            tx.emit(IncidentChanged(incident_id))
            return f"{both('desk.drill_mark').get(lang)} — {text}" if self._core.drill else text

    def said(self, incident_id: int) -> tuple[SaidLine, ...]:
        """What was said by name, the newest first."""
        with self._core.read() as connection:
            entries = [e for e in timeline.entries(connection, incident_id) if e.kind == SAID]
        found = []
        for entry in reversed(entries):
            text, lang = entry.data.get("text"), str(entry.data.get("lang", "es"))
            words = str(text.get(lang) or "") if isinstance(text, dict) else str(text or "")
            told = {name: str(entry.data.get(name) or "") for name in ("who", "to")}
            found.append(SaidLine(at=entry.occurred_at, who=told["who"], to=told["to"], text=words))
        return tuple(found)


def _sentences(draft: Draft) -> list[Bilingual]:
    """The draft's sentences in pairs; where the languages do not run side by side, the whole text is one line."""
    sides = []
    for lang in LANGUAGES:
        text = draft.body.get(lang)
        sides.append([line.shown[a:b].strip() for line in lines_of(text) for a, b in line.sentences()])
    es, en = sides
    if len(es) != len(en):
        return [draft.body]
    pairs = [Bilingual(one, other) for one, other in zip(es, en, strict=True)]
    return [pair for pair in pairs if len(pair.es.split()) >= _FEWEST]


def _stands(text: Bilingual, ledger: tuple[str, ...]) -> bool:
    """Whether every time in a line is one that the ledger still holds."""
    known = Context(registered=ledger)
    return not any(
        hit.rule in _PROMISES for lang in LANGUAGES for hit in lint(text.get(lang), lang, context=known)
    )
