"""Answers to single people: held by one, begun in words that nobody else was told, filled from the truth sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.desk.drafts import Drafts
from crisisdesk.desk.facts import Facts
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.reply_locks import ReplyLocks
from crisisdesk.model.draft import Draft, DraftState, DraftView, FieldValue
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.fact import Fact, FactSection
from crisisdesk.model.inbox import Fold, FoldState
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.model.mention import Sentiment, StoredMention, Verdict
from crisisdesk.model.outgoing import MAY_BE_OUT
from crisisdesk.model.playbook import Bilingual, FieldKind, Template
from crisisdesk.pipeline.openings import Manner, unused
from crisisdesk.plain import clamp
from crisisdesk.store import folds, mentions, rows, versions
from crisisdesk.store.database import Connection

TEMPLATE: Final = "respuesta_individual"
"""What the shipped playbooks call the answer to one person."""
NAME: Final = "nombre"
_OPENING: Final = "reconocimiento"
_FROM_SHEET: Final = {"situacion": FactSection.KNOW, "siguiente_paso": FactSection.DOING}
_CALLED: Final = 60
NOT_NOW: Final = ("lock.held", "reply.no_incident", "mention.gone", "draft.may_be_out", "draft.no_template")
"""Why an answer cannot be begun though nothing is wrong with it."""
REACH: Final = 2_000
"""So many of the newest mentions of a fold are looked at for its people."""


class Replies:
    """Begins the answer to a mention and keeps its words apart from everybody else's."""

    def __init__(self, core: Core, playbooks: Playbooks, drafts: Drafts, facts: Facts, locks: ReplyLocks) -> None:
        self._core = core
        self._playbooks = playbooks
        self._drafts = drafts
        self._facts = facts
        self._locks = locks

    def start(
        self, mention_id: int, template_id: str = "", said: Mapping[str, FieldValue] | None = None
    ) -> Draft:
        """Take the mention and open its answer, begun in words that nobody was told and filled from the truth sheet.

        Args:
            template_id: which form; ``""`` for what the process table says of this type of mention.
            said: what it says in these fields, also where it was begun already; those that the form lacks are left out.

        Raises:
            StepError: somebody else is answering it, it is gone, no incident is open, or it may be out as it is.
        """
        with self._core.write() as tx:
            stored = mentions.get(tx.connection, mention_id)
            versions.must_stand(tx.connection, mention_id)
            incident = self.incident(tx.connection)
            template = self._template(incident, stored, template_id)
            writing = DraftState.WRITING  # what was begun is returned as it is; a second answer begins like the first
            begun = rows.drafts.first(tx.connection, mention_id=mention_id, template_id=template.id, state=writing)
            if said and begun and rows.outgoing.first(tx.connection, draft_id=begun.id, state=MAY_BE_OUT):
                raise StepError("draft.may_be_out")
            self._locks.take(mention_id)  # last of what can fail: whoever catches that has taken nothing
            values = {} if begun else self._values(tx.connection, incident, stored, template)
            values |= {field.name: said[field.name] for field in template.fields if said and field.name in said}
            return self._drafts.start(incident.id, template.id, values=values, mention_id=mention_id)

    def start_next(self, fold: Fold) -> Draft:
        """Begin the answer to the next person of a fold whom nobody has answered or begun to answer.

        Every person is answered once, whatever they said in it; who spoke first comes first, and what they said last is
        answered. Nothing goes out by this: each answer is written, read and sent by somebody.

        Raises:
            StepError: nobody is left, or no incident is open.
        """
        with self._core.write() as tx:
            taken = self._taken(tx.connection, fold)
            for person in folds.persons(tx.connection, fold, REACH):
                if not person.answered and not taken & set(person.mention_ids):
                    return self.start(person.mention_ids[0])
            state = self.state_of(fold)
            raise StepError("reply.fold_done", people=state.people, answered=state.answered, begun=state.begun)

    def state_of(self, fold: Fold) -> FoldState:
        """How far the people of a fold have been answered, of its newest mentions."""
        with self._core.read() as connection:
            people = folds.persons(connection, fold, REACH)
            said = folds.size(connection, fold)
            taken = self._taken(connection, fold)
        answered = sum(one.answered for one in people)
        begun = sum(not one.answered and bool(taken & set(one.mention_ids)) for one in people)
        return FoldState(
            mentions=said, read=min(said, REACH), people=len(people), answered=answered, begun=begun
        )

    def _taken(self, connection: Connection, fold: Fold) -> frozenset[int]:
        """What somebody has begun to answer, or holds at another desk."""
        held = {lock.mention_id for lock in self._locks.standing() if not self._locks.mine(lock)}
        return folds.begun(connection, fold) | held

    def reword(self, draft_id: int) -> DraftView:
        """Another beginning that nobody was told; the rest stays."""
        with self._core.write() as tx:
            draft = rows.drafts.get(tx.connection, draft_id)
            if draft.mention_id is None or _OPENING not in draft.values:
                raise InputError("reply.no_opening")
            stored = mentions.get(tx.connection, draft.mention_id)
            opening = self._opening(tx.connection, draft.incident_id, stored)
            if not opening.es:
                raise StepError("reply.no_more_openings")
            return self._drafts.fill(draft_id, {_OPENING: FieldValue(text=opening)})

    def of(self, mention_id: int) -> tuple[Draft, ...]:
        """Every answer to a mention, begun, sent or set aside, oldest first."""
        with self._core.read() as connection:
            return rows.drafts.where(connection, mention_id=mention_id)

    def incident(self, connection: Connection) -> Incident:
        """The incident that answers belong to: the open one, else the newest that is not closed."""
        incident = rows.incidents.first(connection, state=IncidentState.ACTIVE)
        incident = incident or rows.incidents.first(connection, state=IncidentState.RESOLVED)
        if incident is None:
            raise StepError("reply.no_incident")
        return incident

    def _template(self, incident: Incident, stored: StoredMention, template_id: str) -> Template:
        playbook = self._playbooks.of(incident.id)
        kind = playbook.mention_type(stored.verdict.type)
        wanted = (template_id,) if template_id else ((kind.template if kind else ""), TEMPLATE)
        found = next(filter(None, map(playbook.template, filter(None, wanted))), None)
        if found is None:
            raise NotFoundError("draft.no_template", template=template_id or TEMPLATE)
        return found

    def _values(
        self, connection: Connection, incident: Incident, stored: StoredMention, template: Template
    ) -> dict[str, FieldValue]:
        names = {field.name: field.kind for field in template.fields}
        found: dict[str, FieldValue] = {}
        if NAME in names:
            called = _called(stored)
            found[NAME] = FieldValue(text=Bilingual(called, called))
        if _OPENING in names:
            found[_OPENING] = FieldValue(text=self._opening(connection, incident.id, stored))
        sheet = rows.facts.where(connection, incident_id=incident.id, replaced_by=None)
        keys = {fact.key for fact in sheet}
        for name, section in _FROM_SHEET.items():
            fact = _newest(sheet, section)
            if fact is not None and name in names and name not in keys and names[name] in _TEXTS:
                found[name] = FieldValue(text=fact.value, fact_id=fact.id)
        return {name: value for name, value in found.items() if not value.empty}

    def _opening(self, connection: Connection, incident_id: int, stored: StoredMention) -> Bilingual:
        begun = rows.drafts.where(connection, incident_id=incident_id)
        used = {d.values[_OPENING].text.es for d in begun if d.mention_id is not None and _OPENING in d.values}
        return unused(_manner(stored.verdict), stored.id, used)


_TEXTS: Final = (FieldKind.TEXT, FieldKind.FACT, FieldKind.LIST)


def _newest(sheet: tuple[Fact, ...], section: FactSection) -> Fact | None:
    told = [f for f in sheet if f.section is section and f.value.es.strip() and f.value.en.strip()]
    return max(told, key=lambda f: (f.said_at, f.id), default=None)


def _manner(verdict: Verdict) -> Manner:
    if verdict.complaint or verdict.safety or verdict.sentiment is Sentiment.NEGATIVE:
        return Manner.COMPLAINT
    grateful = verdict.sentiment is Sentiment.POSITIVE or {"helper", "idea"} & set(verdict.signs)
    return Manner.THANKS if grateful else Manner.QUESTION


def _called(stored: StoredMention) -> str:
    """The author as one may call them: plain, short, without the server of their handle; empty when nobody is named."""
    name = clamp(stored.mention.author, _CALLED).strip().lstrip("@")
    return name.partition("@")[0].replace("{", "(").replace("}", ")").strip()
