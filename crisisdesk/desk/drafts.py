"""From template to text to published: forms, two languages, and what must not leave the desk.

Nothing is published by the desk. A person copies the text out, posts it, and says so with its time and address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from crisisdesk.desk import draft_rules
from crisisdesk.desk.commitments import Commitments, promised
from crisisdesk.desk.core import Core, check_step
from crisisdesk.desk.facts import Facts
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.draft import DRAFT_STEPS, Draft, DraftState, DraftView, FieldValue
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.events import DraftChanged
from crisisdesk.model.finding import Severity
from crisisdesk.model.incident import Incident, IncidentState, TaskState
from crisisdesk.model.playbook import Bilingual, FieldKind, Template
from crisisdesk.pipeline.render import render
from crisisdesk.store import rows
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import both

_ROUND = timedelta(minutes=5)
INTERNAL = frozenset({"interno", "guion_llamadas", "ivr", "regulador", "prensa_espera"})
INDIVIDUAL = frozenset({"respuesta_individual", "pasar_a_privado"})


class Drafts:
    """Keeps drafts and published texts."""

    def __init__(self, core: Core, playbooks: Playbooks, facts: Facts, commitments: Commitments) -> None:
        self._core = core
        self._playbooks = playbooks
        self._facts = facts
        self._commitments = commitments

    def start(
        self,
        incident_id: int,
        template_id: str,
        *,
        answers: int | None = None,
        values: dict[str, FieldValue] | None = None,
    ) -> Draft:
        """Open a draft with what the truth sheet knows filled in; the same unwritten one is returned again."""
        template = self._template(incident_id, template_id)
        with self._core.write() as tx:
            incident = rows.incidents.get(tx.connection, incident_id)
            if incident.state is IncidentState.CLOSED:
                raise StepError("incident.closed")
            now = self._core.clock.now()
            same = rows.drafts.first(
                tx.connection,
                incident_id=incident_id,
                template_id=template_id,
                answers=answers,
                state=DraftState.WRITING,
            )
            if same is not None:
                return self._store_values(tx, same, template, values or {})
            answered = rows.commitments.get(tx.connection, answers) if answers else None
            filled = self._suggest(tx.connection, incident, template, answered) | (values or {})
            draft = rows.drafts.insert(
                tx.connection,
                Draft(
                    id=0,
                    incident_id=incident_id,
                    template_id=template_id,
                    state=DraftState.WRITING,
                    values=filled,
                    body=render(template, filled, zone=incident.zone, now=now),
                    created_at=now,
                    updated_at=now,
                    created_by=self._core.actor,
                    approvals={},
                    answers=answers,
                ),
            )
            self._log(tx, "draft.started", draft, template)
            return draft

    def _template(self, incident_id: int, template_id: str) -> Template:
        template = self._playbooks.of(incident_id).template(template_id)
        if template is None:
            raise NotFoundError("draft.no_template", template=template_id)
        return template

    def _log(self, tx: Transaction, kind: str, draft: Draft, template: Template, **data: object) -> None:
        known = {"template": template.purpose, "template_id": template.id, "draft": draft.id}
        occurred = draft.published_at if kind == "draft.published" else None
        self._core.log(tx, kind, draft.incident_id, occurred_at=occurred, data=known | data)
        tx.emit(DraftChanged(draft.incident_id, draft.id))

    def _suggest(
        self, connection: Connection, incident: Incident, template: Template, answers: Commitment | None
    ) -> dict[str, FieldValue]:
        """What can be filled in without a person: facts, the beginning, the cadence's next news, the old promise."""
        sheet = {fact.key: fact for fact in self._facts.sheet(incident.id)}
        now = self._core.clock.now()
        found: dict[str, FieldValue] = {}
        for field in template.fields:
            fact = sheet.get(field.name)
            if fact is not None and field.kind in (FieldKind.TEXT, FieldKind.FACT, FieldKind.LIST, FieldKind.LINK):
                found[field.name] = FieldValue(text=fact.value, fact_id=fact.id)
            elif field.kind is FieldKind.NEXT_UPDATE:
                found[field.name] = FieldValue(instant=self._next_news(incident, now))
            elif field.name == "inicio":
                found[field.name] = FieldValue(instant=incident.started_at)
            elif field.name == "ahora":
                found[field.name] = FieldValue(instant=now)
            elif field.name in ("promesa_rota", "hora_anterior") and answers is not None:
                found[field.name] = FieldValue(instant=answers.due_at)
            elif field.name == "disculpa":
                found[field.name] = FieldValue(text=both("desk.apology"))
            elif field.name == "remedio" and answers is not None and answers.remedy:
                found[field.name] = FieldValue(text=Bilingual(answers.remedy, ""))
        return found

    def _next_news(self, incident: Incident, now: datetime) -> datetime:
        level = self._playbooks.of(incident.id).level(incident.level)
        cadence = (level.public_cadence if level else None) or timedelta(minutes=30)
        seconds = (now + cadence).timestamp()
        return datetime.fromtimestamp(seconds - seconds % _ROUND.total_seconds(), now.tzinfo)

    def fill(self, draft_id: int, values: dict[str, FieldValue]) -> DraftView:
        """Put values into fields; approvals given for the text before are void."""
        with self._core.write() as tx:
            draft = rows.drafts.get(tx.connection, draft_id)
            check_step(DRAFT_STEPS, draft.state, DraftState.PUBLISHED, "draft.ended")
            template = self._template(draft.incident_id, draft.template_id)
            unknown = set(values) - {f.name for f in template.fields}
            if unknown:
                raise InputError("draft.no_field", field=sorted(unknown)[0], template=template.id)
            changed = self._store_values(tx, draft, template, values)
            tx.emit(DraftChanged(draft.incident_id, draft.id))
            return self._view(tx.connection, changed)

    def _store_values(
        self, tx: Transaction, draft: Draft, template: Template, values: dict[str, FieldValue]
    ) -> Draft:
        if all(draft.values.get(name) == value for name, value in values.items()):
            return draft
        incident = rows.incidents.get(tx.connection, draft.incident_id)
        now = self._core.clock.now()
        filled = draft.values | values
        body = render(template, filled, zone=incident.zone, now=now)
        approvals = draft.approvals if body == draft.body else {}
        return rows.drafts.update(
            tx.connection,
            draft.id,
            values=filled,
            body=body,
            approvals=approvals,
            updated_at=now,
            state=DraftState.WRITING,
        )

    def view(self, draft_id: int, channel: str = "", lang: str = "") -> DraftView:
        """The draft with its problems and what could be filled in.

        Args:
            channel: where it is about to go out: a text that does not fit there is blocked.
            lang: the language that is about to go out there; ``""`` for every one.
        """
        with self._core.read() as connection:
            return self._view(connection, rows.drafts.get(connection, draft_id), channel, lang)

    def _view(self, connection: Connection, draft: Draft, channel: str = "", lang: str = "") -> DraftView:
        template = self._template(draft.incident_id, draft.template_id)
        incident = rows.incidents.get(connection, draft.incident_id)
        answered = rows.commitments.get(connection, draft.answers) if draft.answers else None
        published = [
            d
            for d in rows.drafts.where(connection, incident_id=incident.id, state=DraftState.PUBLISHED)
            if d.id != draft.id
        ]
        waiting = rows.commitments.where(connection, incident_id=incident.id, state=CommitmentState.OPEN)
        case = draft_rules.Case(
            draft=draft,
            template=template,
            playbook=self._playbooks.of(incident.id),
            incident=incident,
            now=self._core.clock.now(),
            answers=answered,
            last=max(published, key=lambda d: (d.published_at or d.updated_at, d.id), default=None),
            open_commitments=waiting,
            channel=channel,
            lang=lang,
        )
        problems = () if draft.state is DraftState.PUBLISHED else draft_rules.problems(case)
        suggestions = self._suggest(connection, incident, template, answered)
        return DraftView(draft=draft, template=template, problems=problems, suggestions=suggestions)

    def list(self, incident_id: int) -> tuple[Draft, ...]:
        """The incident's drafts and published texts, newest first; discarded ones left out."""
        with self._core.read() as connection:
            found = rows.drafts.where(connection, newest_first=True, incident_id=incident_id)
        return tuple(d for d in found if d.state is not DraftState.DISCARDED)

    def approve(self, draft_id: int, role: str, by: str) -> Draft:
        """A role agrees with the text as it is now; any later change voids it."""
        with self._core.write() as tx:
            draft = rows.drafts.get(tx.connection, draft_id)
            check_step(DRAFT_STEPS, draft.state, DraftState.PUBLISHED, "draft.ended")
            template = self._template(draft.incident_id, draft.template_id)
            if role not in template.approves:
                raise InputError("draft.no_approver", role=role, template=template.id)
            approvals = draft.approvals | {role: (by, self._core.clock.now())}
            changed = rows.drafts.update(tx.connection, draft_id, approvals=approvals)
            named = self._playbooks.of(draft.incident_id).role(role)
            self._log(
                tx, "draft.approved", changed, template, role=named.name if named else role, role_id=role, who=by
            )
            return changed

    def copy(self, draft_id: int, lang: str, channel: str) -> str:
        """The text for the clipboard; refused while anything blocks. In a drill it says so in its first word."""
        with self._core.write() as tx:
            view = self._view(tx.connection, rows.drafts.get(tx.connection, draft_id), channel, lang)
            self._must_be_publishable(view)
            if view.draft.state is not DraftState.PUBLISHED:
                rows.drafts.update(tx.connection, draft_id, state=DraftState.COPIED)
            self._log(tx, "draft.copied", view.draft, view.template, channel=channel or None, lang=lang)
            text = view.draft.body.get(lang)
            return f"{both('desk.drill_mark').get(lang)} — {text}" if self._core.drill else text

    def _must_be_publishable(self, view: DraftView) -> None:
        blocking = [p for p in view.problems if p.severity is Severity.ERROR]
        if blocking:
            raise StepError("draft.blocked", problem=blocking[0].key, field=blocking[0].field, n=len(blocking))

    def publish(
        self, draft_id: int, *, channel: str, url: str, at: datetime | None = None, lang: str = ""
    ) -> Draft:
        """A person says that the text is out: its time, channel and address. Promises in it enter the ledger.

        Args:
            lang: the language that went out there; ``""`` for the playbook's first one.
        """
        now = self._core.clock.now()
        if at is not None and at > now:
            raise InputError("draft.future", at=at)
        if url and not url.startswith(("http://", "https://")):
            raise InputError("draft.url", url=url)
        with self._core.write() as tx:
            draft = rows.drafts.get(tx.connection, draft_id)
            check_step(DRAFT_STEPS, draft.state, DraftState.PUBLISHED, "draft.ended")
            lang = lang or self._playbooks.of(draft.incident_id).languages[0]
            view = self._view(tx.connection, draft, channel, lang)
            self._must_be_publishable(view)
            out = rows.drafts.update(
                tx.connection,
                draft_id,
                state=DraftState.PUBLISHED,
                channel=channel,
                url=url,
                published_at=at or now,
                updated_at=now,
            )
            self._log(
                tx, "draft.published", out, view.template, channel=channel or None, url=url or None, body=out.body
            )
            self._owe(tx, replace(view, draft=out))
            self._finish_task(tx, out)
            return out

    def _owe(self, tx: Transaction, view: DraftView) -> None:
        """Write what the text promises into the ledger, and settle what it answers."""
        draft, template = view.draft, view.template
        said_at = draft.published_at or draft.updated_at
        made: dict[CommitmentKind, Commitment] = {}
        public = template.id not in INTERNAL | INDIVIDUAL
        for field in template.fields:
            value = draft.values.get(field.name)
            if value is None or value.instant is None:
                continue
            kind = draft_rules.owed_kind(field.kind, individual=template.id in INDIVIDUAL)
            if kind is None or template.id in INTERNAL:
                continue
            made[kind] = self._commitments.promise(
                draft.incident_id,
                self._what(tx.connection, draft, kind),
                value.instant,
                kind=kind,
                giver=value.giver,
                quoted=draft.body,
                url=draft.url,
                draft_id=draft.id,
                to_whom=draft.values["nombre"].text.es if "nombre" in draft.values else "",
            )
        if public:
            newest = made.get(CommitmentKind.NEXT_UPDATE)
            self._commitments.updated(tx, draft.incident_id, said_at, newest.id if newest else None)
        if draft.answers is not None:
            moved = made.get(CommitmentKind.RESOLUTION)
            self._commitments.answered(tx, draft.answers, draft, moved.id if moved else None)

    def _what(self, connection: Connection, draft: Draft, kind: CommitmentKind) -> Bilingual:
        if kind is CommitmentKind.RESOLUTION and draft.answers is not None:
            answered = rows.commitments.get(connection, draft.answers)
            if answered.kind is kind:
                return answered.what
        service = draft.values.get("servicio")
        if kind is CommitmentKind.RESOLUTION and service is not None and not service.empty:
            return both("desk.promised.resolution_of", service=service.text)
        return promised(kind)

    def _finish_task(self, tx: Transaction, draft: Draft) -> None:
        """Publishing a task's template finishes the task, with the text as evidence."""
        for task in rows.tasks.where(
            tx.connection, incident_id=draft.incident_id, template=draft.template_id, state=TaskState.OPEN
        )[:1]:
            at = draft.published_at or draft.updated_at
            evidence = draft.url or draft.channel
            rows.tasks.update(tx.connection, task.id, state=TaskState.DONE, done_at=at, evidence=evidence)
            self._core.log(
                tx,
                "task.done",
                draft.incident_id,
                occurred_at=at,
                data={"task": task.do, "task_id": task.task_id, "evidence": evidence or None},
            )

    def discard(self, draft_id: int, reason: str = "") -> Draft:
        """Set a draft aside; it is never deleted."""
        with self._core.write() as tx:
            draft = rows.drafts.get(tx.connection, draft_id)
            check_step(DRAFT_STEPS, draft.state, DraftState.DISCARDED, "draft.ended")
            gone = rows.drafts.update(tx.connection, draft_id, state=DraftState.DISCARDED)
            template = self._template(draft.incident_id, draft.template_id)
            self._log(tx, "draft.discarded", gone, template, reason=reason or None)
            return gone
