"""From template to text to published: forms, two languages, and what must not leave the desk.

Nothing is published by the desk. A person copies the text out, posts it, and says so with its time and address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from crisisdesk.desk import draft_rules
from crisisdesk.desk.approvals import Approvals
from crisisdesk.desk.commitments import Commitments
from crisisdesk.desk.core import Core, check_step
from crisisdesk.desk.draft_after import aftermath, staff_only
from crisisdesk.desk.draft_effects import Effects, told_to_others
from crisisdesk.desk.facts import Facts
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.model.commitment import Commitment, CommitmentState
from crisisdesk.model.draft import DRAFT_STEPS, Draft, DraftState, DraftView, FieldValue, Publication, digest_of
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.events import DraftChanged
from crisisdesk.model.fact import Fact
from crisisdesk.model.finding import Severity
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.model.outgoing import MAY_BE_OUT
from crisisdesk.model.playbook import AFTERWARDS, Bilingual, FieldKind, Template
from crisisdesk.pipeline.lengths import measure
from crisisdesk.pipeline.render import render
from crisisdesk.store import outgoing, rows
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import both

_ROUND = timedelta(minutes=5)
_RECENT = 5  # published texts whose sentences are not said again


class Drafts:
    """Keeps drafts and published texts."""

    def __init__(self, core: Core, playbooks: Playbooks, facts: Facts, commitments: Commitments) -> None:
        self._core = core
        self._playbooks = playbooks
        self._facts = facts
        self.approvals = Approvals(core, playbooks)
        self._effects = Effects(core, playbooks, commitments)

    def start(
        self,
        incident_id: int,
        template_id: str,
        *,
        answers: int | None = None,
        values: dict[str, FieldValue] | None = None,
        mention_id: int | None = None,
    ) -> Draft:
        """Open a draft with what the truth sheet knows filled in; the same unwritten one is returned again.

        Args:
            answers: the promise that it answers.
            mention_id: the mention that it replies to.
        """
        template = self._template(incident_id, template_id)
        with self._core.write() as tx:
            incident = rows.incidents.get(tx.connection, incident_id)
            if incident.state is IncidentState.CLOSED and answers is None and template_id not in AFTERWARDS:
                raise StepError("incident.closed")
            now = self._core.clock.now()
            same = rows.drafts.first(
                tx.connection,
                incident_id=incident_id,
                template_id=template_id,
                answers=answers,
                mention_id=mention_id,
                state=DraftState.WRITING,
            )
            if same is not None:
                tx.emit(DraftChanged(incident_id, same.id))
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
                    authors=(self._core.actor,),
                    mention_id=mention_id,
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
            _must_not_be_out(tx.connection, draft)
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
        if body != draft.body:
            self.approvals.void(tx, draft)
        approvals = draft.approvals if body == draft.body else {}
        authors = tuple(dict.fromkeys((*draft.authors, self._core.actor)))
        return rows.drafts.update(
            tx.connection,
            draft.id,
            values=filled,
            body=body,
            approvals=approvals,
            authors=authors,
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
            recent=tuple(sorted(filter(_public, published), key=_out_at, reverse=True)[:_RECENT]),
            told=told_to_others(connection, draft),
            open_commitments=waiting,
            channel=channel,
            lang=lang,
            approvals=self.approvals.of(connection, draft.id),
            sheet=rows.facts.where(connection, incident_id=incident.id, replaced_by=None),
            facts=self._facts_of(connection, draft),
            foresights=self._effects.foresights(connection, draft, template),
            after=aftermath(connection, incident, template.id),
        )
        problems = () if draft.state is DraftState.PUBLISHED else draft_rules.problems(case)
        suggestions = self._suggest(connection, incident, template, answered)
        return DraftView(
            draft=draft,
            template=template,
            problems=problems,
            suggestions=suggestions,
            approvals=case.approvals,
            publications=rows.publications.where(connection, draft_id=draft.id),
            approvers=draft_rules.approvers(template, case.playbook, answered),
        )

    def _facts_of(self, connection: Connection, draft: Draft) -> dict[int, tuple[Fact, Fact]]:
        """Each fact that the draft uses, with the one that stands in its place now."""
        used = {value.fact_id for value in draft.values.values() if value.fact_id is not None}
        return {fact_id: self._facts.standing(connection, fact_id) for fact_id in used}

    def list(self, incident_id: int) -> tuple[Draft, ...]:
        """The incident's drafts and published texts, newest first; discarded ones left out."""
        with self._core.read() as connection:
            found = rows.drafts.where(connection, newest_first=True, incident_id=incident_id)
        return tuple(d for d in found if d.state is not DraftState.DISCARDED)

    def approve(self, draft_id: int, role: str, by: str) -> Draft:
        """A role agrees with the text as it is now; any later change voids it."""
        return self.approvals.agree(draft_id, role, by)

    def copy(self, draft_id: int, lang: str, channel: str, *, in_doubt: bool = False) -> str:
        """The text for the clipboard; refused while anything blocks. In a drill it says so in its first word.

        Args:
            in_doubt: a reply to the same mention, or this text's own post there, may be out already, and a person
                copies it all the same; that is written down as such.

        Raises:
            StepError: anything blocks; such a reply or post is on its way or in doubt.
        """
        with self._core.write() as tx:
            view = self._view(tx.connection, rows.drafts.get(tx.connection, draft_id), channel, lang)
            self._must_be_publishable(view)
            doubtful = outgoing.doubtful(tx.connection, view.draft, channel, lang)
            if doubtful is not None and not in_doubt:
                raise StepError("outgoing.in_doubt", by=doubtful.confirmed_by, at=doubtful.confirmed_at)
            if view.draft.state is not DraftState.PUBLISHED:
                rows.drafts.update(tx.connection, draft_id, state=DraftState.COPIED)
            kind = "draft.copied" if doubtful is None else "draft.copied_in_doubt"
            self._log(tx, kind, view.draft, view.template, channel=channel or None, lang=lang)
            text = view.draft.body.get(lang)
            return f"{both('desk.drill_mark').get(lang)} — {text}" if self._core.drill else text

    def must_be_publishable(self, connection: Connection, draft: Draft, channel: str, lang: str) -> None:
        """Refuse a text that may not go out there in that language, as ``StepError``."""
        self._must_be_publishable(self._view(connection, draft, channel, lang))

    def _must_be_publishable(self, view: DraftView) -> None:
        if view.draft.state is DraftState.DISCARDED:
            check_step(DRAFT_STEPS, view.draft.state, DraftState.PUBLISHED, "draft.ended")
        blocking = [p for p in view.problems if p.severity is Severity.ERROR]
        if blocking:
            raise StepError("draft.blocked", problem=blocking[0].key, field=blocking[0].field, n=len(blocking))

    def publish(
        self,
        draft_id: int,
        *,
        channel: str,
        url: str,
        at: datetime | None = None,
        lang: str = "",
        how: str = "copied",
        native_id: str = "",
    ) -> Draft:
        """A person says that the text is out: its time, channel and address. Promises in it enter the ledger.

        A text that is out already may be said to be out elsewhere too; what it promises is owed once.

        Args:
            lang: the language that went out there; ``""`` for the playbook's first one.
            how: ``copied``, or the kind of the source that sent it.
            native_id: the platform's own id, where it told one.
        """
        now = self._core.clock.now()
        if at is not None and at > now:
            raise InputError("draft.future", at=at)
        if url and not url.startswith(("http://", "https://")):
            raise InputError("draft.url", url=url)
        with self._core.write() as tx:
            draft = rows.drafts.get(tx.connection, draft_id)
            lang = lang or self._playbooks.of(draft.incident_id).languages[0]
            view = self._view(tx.connection, draft, channel, lang)
            if staff_only(view.template, channel) or staff_only(view.template, url):
                raise StepError("draft.blocked", problem="staff_only", field="", n=1)
            proof = replace(self._proof(draft, lang, at or now), channel=channel, url=url, how=how, native_id=native_id)
            if draft.state is DraftState.PUBLISHED:
                return self._publish_again(tx, view, proof)
            self._must_be_publishable(view)
            return self._out(tx, view, proof)

    def record(
        self, tx: Transaction, draft_id: int, *, channel: str, url: str, at: datetime, lang: str, native_id: str
    ) -> Draft:
        """A source has sent the text: it is out, whatever the rules would say by now."""
        draft = rows.drafts.get(tx.connection, draft_id)
        view = self._view(tx.connection, draft)
        proof = replace(self._proof(draft, lang, at), channel=channel, url=url, how=channel, native_id=native_id)
        if draft.state is not DraftState.PUBLISHED:
            return self._out(tx, view, proof)
        rows.publications.insert(tx.connection, proof)
        self._log(tx, "draft.published_again", draft, view.template, **proof.told())
        return draft

    def _out(self, tx: Transaction, view: DraftView, proof: Publication) -> Draft:
        """The text is out for the first time: all that follows from that."""
        out = rows.drafts.update(
            tx.connection,
            view.draft.id,
            state=DraftState.PUBLISHED,
            channel=proof.channel,
            url=proof.url,
            published_at=proof.published_at,
            updated_at=proof.recorded_at,
        )
        rows.publications.insert(tx.connection, proof)
        self.approvals.end(tx, out)
        self._log(tx, "draft.published", out, view.template, body=out.body, **proof.told())
        self._effects.apply(tx, out, view.template)
        return out

    def _proof(self, draft: Draft, lang: str, at: datetime) -> Publication:
        text = draft.body.get(lang)
        return Publication(
            id=0,
            draft_id=draft.id,
            incident_id=draft.incident_id,
            channel="",
            lang=lang,
            text=text,
            digest=digest_of(text),
            url="",
            published_at=at,
            recorded_at=self._core.clock.now(),
            by=self._core.actor,
        )

    def _publish_again(self, tx: Transaction, view: DraftView, proof: Publication) -> Draft:
        """The same text, out in another place."""
        if any((p.channel, p.lang) == (proof.channel, proof.lang) for p in view.publications):
            raise StepError("draft.already_out", channel=proof.channel or "—")
        if not measure(proof.text, proof.channel, proof.lang, limits=view.template.limits).fits:
            raise StepError("draft.blocked", problem="too_long", field="", n=1)
        rows.publications.insert(tx.connection, proof)
        self._log(tx, "draft.published_again", view.draft, view.template, **proof.told())
        return view.draft

    def discard(self, draft_id: int, reason: str = "") -> Draft:
        """Set a draft aside; it is never deleted."""
        with self._core.write() as tx:
            draft = rows.drafts.get(tx.connection, draft_id)
            check_step(DRAFT_STEPS, draft.state, DraftState.DISCARDED, "draft.ended")
            _must_not_be_out(tx.connection, draft)
            gone = rows.drafts.update(tx.connection, draft_id, state=DraftState.DISCARDED)
            self.approvals.end(tx, gone)
            template = self._template(draft.incident_id, draft.template_id)
            self._log(tx, "draft.discarded", gone, template, reason=reason or None)
            return gone


def _must_not_be_out(connection: Connection, draft: Draft) -> None:
    if rows.outgoing.first(connection, draft_id=draft.id, state=MAY_BE_OUT) is not None:
        raise StepError("draft.may_be_out")


def _public(draft: Draft) -> bool:
    return draft.mention_id is None  # an answer is read by one person


def _out_at(draft: Draft) -> tuple[datetime, int]:
    return (draft.published_at or draft.updated_at, draft.id)
