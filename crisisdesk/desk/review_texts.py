"""The two texts that follow an incident, begun from what was written down: for our own people, and for everybody.

Both are ordinary drafts: a person changes them, others approve them, the lint reads them. What is not known stays empty
and blocks, and nothing is said of causes that nobody has proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.desk.apologies import Apologies
from crisisdesk.desk.core import Core
from crisisdesk.desk.drafts import Drafts
from crisisdesk.desk.followups import review_due
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.draft import Draft, DraftState, FieldValue
from crisisdesk.model.errors import NotFoundError, StepError
from crisisdesk.model.fact import Fact, FactSection
from crisisdesk.model.followup import ActionState
from crisisdesk.model.incident import Incident, IncidentTask, TaskState
from crisisdesk.model.playbook import AFTERWARDS, POST_MORTEM, PRELIMINARY, Audience, Bilingual, Playbook
from crisisdesk.pipeline.render import day
from crisisdesk.store import rows
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import LANGUAGES, Texts, both
from crisisdesk.words import duration, when

WITHIN: Final = timedelta(hours=24)
"""The staff hears what is known a day after the end at the latest."""
_MOST: Final = 12
_IMPACT: Final = ("quien_afecta", "alcance", "clientes", "impacto", "zona")
_CAUSE: Final = "causa"


class ReviewTexts:
    """Begins the texts."""

    def __init__(self, core: Core, playbooks: Playbooks, drafts: Drafts, apologies: Apologies) -> None:
        self._core = core
        self._playbooks = playbooks
        self._drafts = drafts
        self._apologies = apologies

    def preliminary(self, incident_id: int) -> Draft:
        """The preliminary analysis for the staff: facts, what was done, what was promised; no causes."""
        with self._core.write() as tx:
            known = _begun(tx.connection, incident_id, PRELIMINARY)
            if known is not None:
                return known
            values = self._preliminary(tx.connection, rows.incidents.get(tx.connection, incident_id))
            return self._start(incident_id, PRELIMINARY, values)

    def post_mortem(self, incident_id: int) -> Draft:
        """What happened and what changes, for everybody; only when it is over.

        Raises:
            StepError: the incident goes on.
        """
        with self._core.write() as tx:
            incident = rows.incidents.get(tx.connection, incident_id)
            if incident.resolved_at is None:
                raise StepError("review.not_over")
            known = _begun(tx.connection, incident_id, POST_MORTEM)
            if known is not None:
                return known
            values = self._post_mortem(tx.connection, incident, incident.resolved_at)
            return self._start(incident_id, POST_MORTEM, values)

    def _start(self, incident_id: int, template_id: str, values: dict[str, Bilingual | FieldValue]) -> Draft:
        template = self._playbooks.of(incident_id).template(template_id)
        names = {field.name for field in template.fields} if template else set()
        filled = {n: v if isinstance(v, FieldValue) else FieldValue(text=v) for n, v in values.items() if n in names}
        return self._drafts.start(incident_id, template_id, values={n: v for n, v in filled.items() if not v.empty})

    # -- for the staff -------------------------------------------------------------------------------------------

    def _preliminary(self, connection: Connection, incident: Incident) -> dict[str, Bilingual | FieldValue]:
        sheet = rows.facts.where(connection, incident_id=incident.id, replaced_by=None)
        owed = rows.commitments.where(connection, incident_id=incident.id)
        playbook = self._playbooks.of(incident.id)
        plan = rows.review_plans.first(connection, incident_id=incident.id)
        due = plan.due_at if plan else review_due(incident, playbook)
        out = _published(connection, incident.id)
        return {
            "estado": _state(incident),
            "que_sabemos": _list(f.value for f in sheet if f.section is FactSection.KNOW and not _of_cause(f)),
            "que_no_sabemos": _list(f.value for f in sheet if f.section is FactSection.DONT_KNOW),
            "que_hicimos": _list(_message(d, playbook, incident) for d in out),
            "lo_prometido": _kept(owed),
            "que_sigue": both("drafts.assembled.next_open") if due is None
            else _said(lambda t: t("drafts.assembled.next_review", time=_at(due, incident, t))),
        }  # fmt: skip

    # -- for everybody -------------------------------------------------------------------------------------------

    def _post_mortem(
        self, connection: Connection, incident: Incident, ended: datetime
    ) -> dict[str, Bilingual | FieldValue]:
        sheet = rows.facts.where(connection, incident_id=incident.id, replaced_by=None)
        values: dict[str, Bilingual | FieldValue] = {
            "resumen": _summary(connection, incident, sheet, ended),
            "impacto_numeros": _impact(connection, incident, sheet, ended),
            "que_cambiamos": self._changes(connection, incident),
            "cronologia": self._story(connection, incident, ended),
        }
        cause = next((f for f in sheet if f.section is FactSection.KNOW and _of_cause(f) and f.proven), None)
        if cause is not None:
            values["que_paso"] = FieldValue(text=cause.value, fact_id=cause.id)
        with suppress(NotFoundError):  # a playbook without an apology: the form's own words stand
            values["disculpa"] = both("drafts.assembled.sorry", own=self._apologies.plan(incident.id).owns)
        return values

    def _changes(self, connection: Connection, incident: Incident) -> Bilingual:
        """What was done or will be, in the words it was written in; the other language waits for a person."""
        first = self._playbooks.of(incident.id).languages[0]
        told = []
        for action in rows.review_actions.where(connection, incident_id=incident.id, public=True):
            if action.state is ActionState.DROPPED:
                continue
            local = action.due_at.astimezone(ZoneInfo(incident.zone))
            key = "change_done" if action.state is ActionState.DONE else "change_due"
            told.append(Texts(first)(f"drafts.assembled.{key}", what=action.what.rstrip("."), day=day(local, first)))
        whole = "; ".join(told)
        return Bilingual(es=whole if first == "es" else "", en=whole if first == "en" else "")

    def _story(self, connection: Connection, incident: Incident, ended: datetime) -> Bilingual:
        """When the public was told what, which hours were not kept, and when it was over."""
        playbook = self._playbooks.of(incident.id)
        happened = [
            (d.published_at or d.updated_at, _message(d, playbook, incident))
            for d in _published(connection, incident.id)
            if d.mention_id is None and playbook.audience_of(d.template_id) is Audience.PUBLIC
        ]
        for one in rows.commitments.where(connection, incident_id=incident.id, state=CommitmentState.BROKEN):
            if one.kind is CommitmentKind.RESOLUTION:
                happened.append((one.due_at, _timed("story_broken", one.due_at, incident)))
        first = sorted(happened, key=lambda pair: pair[0])[: _MOST - 1]
        return _list([*(said for _at, said in first), _timed("story_resolved", ended, incident)])


def owe_preliminary(tx: Transaction, incident: Incident, playbook: Playbook, ended: datetime) -> None:
    """When an incident is over: the staff is owed its analysis within a day, as a task like any other."""
    known = rows.tasks.where(tx.connection, incident_id=incident.id, template=PRELIMINARY)
    due = ended + WITHIN
    for task in known:
        if task.state is TaskState.OPEN:
            rows.tasks.update(tx.connection, task.id, due_at=due)
    if known:
        return
    rows.tasks.insert(
        tx.connection,
        IncidentTask(
            id=0,
            incident_id=incident.id,
            task_id=PRELIMINARY,
            phase=playbook.phases[-1].id if playbook.phases else "",
            do=both("drafts.house.preliminary_task"),
            owner=playbook.owner,
            due_at=due,
            state=TaskState.OPEN,
            template=PRELIMINARY,
        ),
        min_level=0,
    )


def _begun(connection: Connection, incident_id: int, template_id: str) -> Draft | None:
    """The text that somebody is at already; its words are theirs."""
    open_states = (DraftState.WRITING, DraftState.COPIED)
    return rows.drafts.first(connection, incident_id=incident_id, template_id=template_id, state=open_states)


def _published(connection: Connection, incident_id: int) -> list[Draft]:
    out = rows.drafts.where(connection, incident_id=incident_id, state=DraftState.PUBLISHED)
    mine = [d for d in out if d.template_id not in AFTERWARDS and d.mention_id is None]
    return sorted(mine, key=lambda d: (d.published_at or d.updated_at, d.id))


def _said(make: Callable[[Texts], str]) -> Bilingual:
    es, en = (make(Texts(lang)) for lang in LANGUAGES)
    return Bilingual(es, en)


def _at(instant: datetime, incident: Incident, texts: Texts) -> str:
    """A time as a text says it; the day when it is not that of the beginning."""
    local, there = (one.astimezone(ZoneInfo(incident.zone)) for one in (instant, incident.started_at))
    if local.date() == there.date():
        return when(instant, incident.zone, texts)
    return texts("drafts.assembled.day_time", time=f"{local:%H:%M}", day=day(local, texts.lang))


def _timed(key: str, instant: datetime, incident: Incident, **more: Bilingual) -> Bilingual:
    return _said(
        lambda t: t(
            f"drafts.assembled.{key}", time=_at(instant, incident, t), **{n: v.get(t.lang) for n, v in more.items()}
        )
    )


def _message(draft: Draft, playbook: Playbook, incident: Incident) -> Bilingual:
    template = playbook.template(draft.template_id)
    purpose = template.purpose if template else Bilingual(draft.template_id, draft.template_id)
    what = _said(lambda t: purpose.get(t.lang)[:1].lower() + purpose.get(t.lang)[1:])
    return _timed("story_message", draft.published_at or draft.updated_at, incident, what=what)


def _list(parts: Iterable[Bilingual]) -> Bilingual:
    """Parts in a row; a language that one of them lacks stays empty, so that nothing goes out half translated."""
    few = tuple(parts)[:_MOST]
    sides = ([part.es.rstrip(". ") for part in few], [part.en.rstrip(". ") for part in few])
    es, en = ("; ".join(side) if all(side) else "" for side in sides)
    return Bilingual(es, en)


def _of_cause(fact: Fact) -> bool:
    return fact.key.casefold().startswith(_CAUSE)


def _state(incident: Incident) -> Bilingual:
    start = _said(lambda t: _at(incident.started_at, incident, t))
    if incident.resolved_at is None:
        return both("drafts.assembled.state_on", title=incident.title, start=start)
    ended = incident.resolved_at
    end = _said(lambda t: _at(ended, incident, t))
    return both("drafts.assembled.state_over", title=incident.title, start=start, end=end)


def _kept(owed: Iterable[Commitment]) -> Bilingual:
    every = tuple(owed)

    def ended(kinds: tuple[CommitmentKind, ...], *states: CommitmentState) -> int:
        return sum(c.kind in kinds and c.state in states for c in every)

    hours, news = (CommitmentKind.RESOLUTION, CommitmentKind.INDIVIDUAL), (CommitmentKind.NEXT_UPDATE,)
    over = (CommitmentState.KEPT, CommitmentState.BROKEN)
    return both(
        "drafts.assembled.kept", ended=ended(hours, *over), kept=ended(hours, CommitmentState.KEPT),
        news=ended(news, *over), told=ended(news, CommitmentState.KEPT),
    )  # fmt: skip


def _service(connection: Connection, incident: Incident, sheet: Iterable[Fact]) -> Bilingual:
    """What failed, as the public was told it, else as the sheet has it, else the incident's title."""
    for draft in _published(connection, incident.id):
        value = draft.values.get("servicio")
        if value is not None and value.text.es and value.text.en:
            return value.text
    known = next((f.value for f in sheet if f.key == "servicio" and f.section is FactSection.KNOW), None)
    return known or Bilingual(incident.title, incident.title)


def _summary(connection: Connection, incident: Incident, sheet: Iterable[Fact], ended: datetime) -> Bilingual:
    service = _service(connection, incident, sheet)
    local = incident.started_at.astimezone(ZoneInfo(incident.zone))
    return _said(
        lambda t: t(
            "drafts.assembled.summary", day=day(local, t.lang), service=service.get(t.lang),
            start=_at(incident.started_at, incident, t), end=_at(ended, incident, t),
            duration=duration(ended - incident.started_at, t, spoken=True),
        )
    )  # fmt: skip


def _impact(connection: Connection, incident: Incident, sheet: Iterable[Fact], ended: datetime) -> Bilingual:
    """Who was affected, as published or as known, and for how long; figures that nobody gave are not made up."""
    who = next((f.value for f in sheet if f.key in _IMPACT and f.section is FactSection.KNOW), None)
    for draft in _published(connection, incident.id):
        value = draft.values.get("quien_afecta")
        who = value.text if value is not None and not value.empty else who
    lasted = _said(lambda t: duration(ended - incident.started_at, t, spoken=True))
    if who is None or not (who.es and who.en):
        return both("drafts.assembled.lasted", duration=lasted)
    return both("drafts.assembled.affected", who=Bilingual(who.es.rstrip("."), who.en.rstrip(".")), duration=lasted)
