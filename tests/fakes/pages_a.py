"""A desk for the pages of writing, calling and promising: the common fake with richer texts, problems and ledgers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from PySide6.QtWidgets import QApplication

from crisisdesk.desk.apologies import REQUIRED, ApologyPlan
from crisisdesk.model import events as ev
from crisisdesk.model import playbook as pb
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.draft import Draft, DraftState, DraftView, FieldValue, Problem
from crisisdesk.model.escalation import CallAttempt, CallCard, CallOutcome, Escalation, EscalationState
from crisisdesk.model.finding import Severity
from crisisdesk.model.incident import Assignment
from crisisdesk.pipeline.render import render
from crisisdesk.playbooks import strategy
from crisisdesk.texts import Texts
from tests.fakes import samples as s
from tests.fakes.desk import FakeDesk
from ui.bridge import Bridge
from ui.context import Context
from ui.theme import Mode, Theme

B = pb.Bilingual
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def _field(name: str, es: str, en: str, kind: pb.FieldKind = pb.FieldKind.TEXT, optional: bool = False) -> Any:
    return pb.TemplateField(name=name, kind=kind, optional=optional, label=B(es, en))


_SERVICE = _field("servicio", "Qué falla", "What fails", pb.FieldKind.FACT)
_SCOPE = _field("alcance", "Alcance", "Scope", pb.FieldKind.FACT)
_NEXT = _field("proxima", "Próxima noticia", "Next update", pb.FieldKind.NEXT_UPDATE)
_ES = (
    "Novedades a las {ahora}: la avería afecta a {servicio} en {alcance}. Mientras tanto {utilidad}. {detalle}. "
    "Próxima noticia: {proxima}."
)
_EN = (
    "Update at {ahora}: the fault affects {servicio} {alcance}. Meanwhile {utilidad}. {detalle}. "
    "Next news at {proxima}."
)


def _template(tid: str, es: str, en: str, phase: str, text: B, *fields: Any, **rest: Any) -> pb.Template:
    limits = rest.pop("limits", (("x", 280), ("mastodon", 500)))
    rest.setdefault("audience", pb.AUDIENCE_BY_ID.get(tid, pb.Audience.PUBLIC))
    return pb.Template(id=tid, purpose=B(es, en), phase=phase, fields=fields, text=text, limits=limits, **rest)


_SIMPLE = B("{texto}", "{texto}")
_TEXT = _field("texto", "Texto", "Text")
TEMPLATES = (
    _template(
        "primer_mensaje", "Primer mensaje", "Holding statement", "escuchar",
        B(
            "Sabemos que {servicio} está fallando desde las {inicio}. Sentimos las molestias. Volvemos a informar a "
            "las {proxima} en {donde}.",
            "We know {servicio} has been failing since {inicio}. We are sorry. We will post again at {proxima} on "
            "{donde}.",
        ),
        _SERVICE, _field("inicio", "Desde", "Since", pb.FieldKind.TIME), _NEXT,
        _field("donde", "Dónde informarse", "Where to look", pb.FieldKind.LINK), pre_cleared=True,
    ),
    _template(
        "actualizacion", "Actualización", "Update", "informar", B(_ES, _EN),
        _field("ahora", "Ahora", "Now", pb.FieldKind.TIME), _SERVICE, _SCOPE,
        _field("utilidad", "Mientras tanto", "Meanwhile"), _field("detalle", "Detalle", "Detail", optional=True), _NEXT,
        approves=("comunicacion", "legal"),
    ),
    _template(
        "con_hora", "Hora de solución", "Time of repair", "informar",
        B(
            "Esperamos recuperar {servicio} antes de las {promesa}. Próxima noticia: {proxima}.",
            "We expect {servicio} back before {promesa}. Next news at {proxima}.",
        ),
        _SERVICE, _field("promesa", "Antes de las", "Before", pb.FieldKind.PROMISE), _NEXT,
        approves=("enlace_tecnico", "comunicacion"),
    ),
    _template("sin_hora", "Sin hora todavía", "No time yet", "informar", _SIMPLE, _TEXT, approves=("comunicacion",)),
    _template("alcance", "Alcance", "Scope", "responder", _SIMPLE, _TEXT, approves=("comunicacion",)),
    _template("guion_llamadas", "Guion del centro de llamadas", "Call-centre script", "responder", _SIMPLE, _TEXT),
    _template("interno", "Línea interna", "Internal line", "responder", _SIMPLE, _TEXT, pre_cleared=True),
    _template(
        "promesa_incumplida", "Disculpa por una promesa rota", "Apology for a broken promise", "informar",
        B(
            "Dijimos que a las {promesa_rota} estaría resuelto y no lo está. Lo sentimos. {remedio}.",
            "We said it would be fixed by {promesa_rota} and it isn't. We are sorry. {remedio}.",
        ),
        _field("promesa_rota", "Hora prometida", "Time promised", pb.FieldKind.TIME),
        _field("remedio", "Remedio", "Remedy"), approves=("direccion",),
    ),
    _template("correccion_rumor", "Corregir un rumor", "Correct a rumour", "informar", _SIMPLE, _TEXT),
    _template("respuesta_individual", "Respuesta individual", "Individual reply", "conectar", _SIMPLE, _TEXT),
    _template("pasar_a_privado", "Pasar a privado", "Move to private", "conectar", _SIMPLE, _TEXT, pre_cleared=True),
    _template("prensa_espera", "Prensa, a la espera", "Press holding line", "conectar", _SIMPLE, _TEXT),
    _template("resolucion", "Resuelto", "Resolved", "resolver", _SIMPLE, _TEXT, approves=("comunicacion",)),
    _template(
        "compensacion", "Compensación", "Compensation", "compensar", _SIMPLE, _TEXT, approves=("direccion", "legal")
    ),
    _template("post_publico", "Explicación pública", "Public post-mortem", "realimentar", _SIMPLE, _TEXT),
)  # fmt: skip
LADDERS = tuple(
    pb.Ladder(
        role=role,
        repeat=2,
        steps=(
            pb.LadderStep(to=role, by=("llamada",), wait=s.minutes(5)),
            pb.LadderStep(to=f"{role}.suplente", by=("llamada", "sms"), wait=s.minutes(5)),
        ),
        if_nobody=B("Decide comunicación y queda escrito", "Communications decides, in writing"),
    )
    for role in ("direccion", "enlace_tecnico", "legal", "llamadas")
)
PLAYBOOK = replace(s.PLAYBOOK, templates=TEMPLATES, ladders=LADDERS)
VALUES = {
    "ahora": FieldValue(instant=s.at("07:29")),
    "servicio": FieldValue(text=B("voz y datos", "voice and data"), fact_id=1),
    "alcance": FieldValue(text=B("todo el país", "nationwide"), fact_id=2),
    "utilidad": FieldValue(text=B("puedes llamar por Wi-Fi", "you can call over Wi-Fi")),
    "detalle": FieldValue(text=B("Estará resuelto antes de las 11", "Crews are on site")),
    "proxima": FieldValue(instant=s.at("07:45")),
}


def _commitment(n: int, kind: CommitmentKind, state: CommitmentState, due: str, es: str, en: str, **rest: Any) -> Any:
    base = Commitment(
        id=n, incident_id=1, kind=kind, state=state, what=B(es, en), to_whom=rest.pop("to_whom", ""),
        due_at=s.at(due), zone=s.ZONE, owner=rest.pop("owner", "comunicacion"),
        giver=rest.pop("giver", "enlace_tecnico"), made_at=s.at("07:05"),
    )  # fmt: skip
    return replace(base, **rest)


KIND, STATE = CommitmentKind, CommitmentState
LEDGER: tuple[Commitment, ...] = (
    _commitment(
        1, KIND.NEXT_UPDATE, STATE.OPEN, "07:30", "Próxima noticia", "Next update", giver="comunicacion",
        quoted=B(
            "Sabemos que voz y datos están fallando desde las 07:02. Volvemos a informar a las 07:30.",
            "We know voice and data have been failing since 07:02. We will post again at 07:30.",
        ),
        url="https://social.example/@red/113", draft_id=1,
    ),
    _commitment(
        2, KIND.RESOLUTION, STATE.OPEN, "11:00", "Servicio de voz y datos recuperado", "Voice and data service back",
        quoted=B("Esperamos recuperar voz y datos antes de las 11:00.", "We expect voice and data back before 11:00."),
        url="https://social.example/@red/117",
    ),
    _commitment(
        3, KIND.INDIVIDUAL, STATE.OPEN, "07:50", "Devolver la llamada", "Call back", to_whom="Clínica Norte",
        owner="comunidad", giver="comunidad",
    ),
    _commitment(
        4, KIND.RESOLUTION, STATE.BROKEN, "07:15", "Llamadas al 911 por otra red", "Emergency calls on another network",
        quoted=B("A las 07:15 las llamadas de emergencia saldrán por otra red.", "By 07:15 emergency calls will work."),
        ended_at=s.at("07:15"), apology_draft_id=3,
    ),
    _commitment(
        5, KIND.NEXT_UPDATE, STATE.KEPT, "07:12", "Próxima noticia", "Next update", ended_at=s.at("07:10"),
        giver="comunicacion",
    ),
    _commitment(
        6, KIND.RESOLUTION, STATE.MOVED, "07:10", "Centro de la ciudad", "City centre", ended_at=s.at("07:08"),
        reason="el empalme tarda más", moved_to=2,
    ),
    _commitment(
        7, KIND.INDIVIDUAL, STATE.WITHDRAWN, "07:14", "Visita a Hotel Sol", "Visit to Hotel Sol", to_whom="Hotel Sol",
        ended_at=s.at("07:11"), reason="no hace falta",
    ),
)  # fmt: skip


@dataclass
class PagesDesk(FakeDesk):
    """The common fake with a full playbook, a draft that promises too much, four ladders and a ledger."""

    drill: bool = False
    problems: list[Problem] = field(default_factory=list)
    auto: bool = True

    def __post_init__(self) -> None:
        super().__init__(drill=self.drill)
        self.playbook = PLAYBOOK
        self.incidents.playbook = lambda i: PLAYBOOK
        body = render(TEMPLATES[1], VALUES, zone=s.ZONE, now=s.NOW)
        first = replace(s.DRAFTS[1], url="https://social.example/@red/113", channel="mastodon")
        writing = replace(s.DRAFTS[0], values=dict(VALUES), body=body)
        apology = replace(writing, id=3, template_id="promesa_incumplida", values={}, answers=4)
        self._drafts = [writing, apology, first]
        self._commitments = list(LEDGER)
        self.drafts.view = self._view_of
        self.drafts.approve = self.drafts.approvals.agree = self._approve
        self.drafts.copy = self._copy
        self.commitments.move = self._ended("commitments.move", None)
        self.commitments.withdraw = self._ended("commitments.withdraw", None)
        self.commitments.no_time = self._no_time_draft
        self._ladders()
        self.apologies = SimpleNamespace(plan=self._plan, build=self._apology)

    # drafts

    def _plan(self, incident_id: int, commitment_id: int | None = None) -> ApologyPlan:
        template = next(t for t in TEMPLATES if t.id == "promesa_incumplida")
        counsel = strategy.counsel(strategy.Answers(cause=strategy.Cause.PREVENTABLE))
        broken = next((c for c in self._commitments if c.id == commitment_id), None)
        return ApologyPlan(
            counsel=counsel, decided=False, required=REQUIRED[counsel.cluster], fits=True,
            owns=B("Es responsabilidad nuestra", "It is our responsibility"), template=template, promise=broken,
        )  # fmt: skip

    def _apology(self, incident_id: int, parts: Any, **more: Any) -> Draft:
        self._did("apologies.build", incident_id, parts, more)
        return self._start(incident_id, "promesa_incumplida", answers=more["commitment_id"])

    def _fill(self, draft_id: int, values: dict[str, FieldValue]) -> DraftView:
        old = self._draft(draft_id)
        filled = old.values | values
        template = PLAYBOOK.template(old.template_id) or TEMPLATES[0]
        body = render(template, filled, zone=s.ZONE, now=self.clock.now())
        self._draft_to(draft_id, DraftState.WRITING, values=filled, body=body)
        return self._view_of(draft_id)

    def _start(self, incident_id: int, template_id: str, *, answers: int | None = None) -> Draft:
        template = PLAYBOOK.template(template_id) or TEMPLATES[0]
        draft = replace(
            s.DRAFTS[0], id=10 + len(self._drafts), template_id=template.id, values={}, body=template.text,
            answers=answers,
        )  # fmt: skip
        self._drafts.insert(0, draft)
        return draft

    def _view_of(self, draft_id: int) -> DraftView:
        draft = self._draft(draft_id)
        template = PLAYBOOK.template(draft.template_id) or TEMPLATES[0]
        found = list(self.problems)
        if self.auto:
            found += _empty(draft, template) + _words(draft) + _unapproved(draft, template)
        facts = {f.key: FieldValue(text=f.value, fact_id=f.id) for f in self._facts}
        suggestions = {f.name: facts[f.name] for f in template.fields if f.name in facts}
        out = draft.state is DraftState.PUBLISHED
        return DraftView(
            draft=draft, template=template, problems=() if out else tuple(found), suggestions=suggestions,
            approvers=() if template.pre_cleared else template.approves,
        )

    def _approve(self, draft_id: int, role: str, by: str) -> Draft:
        self._did("drafts.approve", draft_id, role, by)
        old = self._draft(draft_id)
        self.bus.publish([ev.DraftChanged(1, draft_id)])
        return self._draft_to(draft_id, old.state, approvals=old.approvals | {role: (by, self.clock.now())})

    def _copy(self, draft_id: int, lang: str, channel: str, *, in_doubt: bool = False) -> str:
        self._did("drafts.copy", draft_id, lang, channel, *((in_doubt,) if in_doubt else ()))
        draft = self._draft(draft_id)
        if draft.state is DraftState.WRITING:
            self._draft_to(draft_id, DraftState.COPIED)
        return ("SIMULACRO — " if self.drill else "") + draft.body.get(lang)

    def _no_time_draft(self, incident_id: int, next_at: datetime, why: B | None = None) -> Draft:
        self._did("commitments.no_time", incident_id, next_at)
        return self._start(incident_id, "sin_hora")

    def _ended(self, verb: str, state: CommitmentState | None) -> Callable[..., Draft]:
        def run(commitment_id: int, *args: object) -> Draft:
            self._did(verb, commitment_id, *args, events=(ev.CommitmentChanged(1, commitment_id),))
            return self._drafts[0]

        return run

    # ladders

    def _ladders(self) -> None:
        noc = replace(
            s.ESCALATION, id=2, role="enlace_tecnico", state=EscalationState.ACKNOWLEDGED, step=0, ack_by="guardia.noc",
            ack_at=s.at("07:09"), ack_expires_at=s.at("08:09"), step_due_at=None, started_at=s.at("07:07"),
        )  # fmt: skip
        self.ladders: list[Escalation] = [noc, s.ESCALATION]
        self.tries: list[CallAttempt] = [
            replace(
                s.ATTEMPTS[0], id=9, escalation_id=2, contact_slug="guardia.noc", started_at=s.at("07:07"),
                outcome=CallOutcome.ANSWERED, ended_at=s.at("07:09"),
            ),
            *s.ATTEMPTS,
        ]  # fmt: skip
        self.open_cards: list[CallCard] = [s.CARD]
        self.roles = [a for a in s.ASSIGNMENTS if a.role != "legal"]
        self.roles.append(Assignment(incident_id=1, role="legal", contact_slug="", since=s.T0))
        self.incidents.assignments = lambda i: tuple(self.roles)
        self.incidents.assign = self._assign
        self.escalation.list = lambda i: tuple(self.ladders)
        self.escalation.cards = lambda i: tuple(self.open_cards)
        self.escalation.attempts = lambda i: tuple(self.tries)
        self.escalation.outcome = self._outcome
        self.escalation.acknowledge = self._acknowledge

    def _assign(self, incident_id: int, role: str, slug: str) -> Assignment:
        self._did("incidents.assign", incident_id, role, slug, events=(ev.IncidentChanged(incident_id),))
        new = Assignment(incident_id=incident_id, role=role, contact_slug=slug, since=self.clock.now())
        self.roles = [a for a in self.roles if a.role != role] + [new]
        return new

    def _outcome(self, attempt_id: int, outcome: CallOutcome, note: str = "") -> Escalation:
        self._did("escalation.outcome", attempt_id, outcome, note)
        card = next(c for c in self.open_cards if c.attempt.id == attempt_id)
        self.open_cards.remove(card)
        ended = replace(card.attempt, outcome=outcome, ended_at=self.clock.now(), note=note)
        self.tries = [ended if a.id == attempt_id else a for a in self.tries]
        if outcome is CallOutcome.ANSWERED:
            return self._acknowledge(card.escalation.id, card.attempt.contact_slug)
        self.bus.publish([ev.EscalationChanged(1, card.escalation.id)])
        return card.escalation

    def _acknowledge(self, escalation_id: int, slug: str, note: str = "") -> Escalation:
        self.calls.append(("escalation.acknowledge", (escalation_id, slug)))
        now = self.clock.now()
        self.ladders = [
            replace(
                e, state=EscalationState.ACKNOWLEDGED, ack_by=slug, ack_at=now, step_due_at=None,
                ack_expires_at=now + timedelta(minutes=60),
            )
            if e.id == escalation_id
            else e
            for e in self.ladders
        ]  # fmt: skip
        self.bus.publish([ev.EscalationChanged(1, escalation_id)])
        return next(e for e in self.ladders if e.id == escalation_id)


def _empty(draft: Draft, template: pb.Template) -> list[Problem]:
    return [
        Problem(severity=ERROR, key="empty_field", field=f.name)
        for f in template.fields
        if not f.optional and (f.name not in draft.values or draft.values[f.name].empty)
    ]


def _words(draft: Draft) -> list[Problem]:
    found = []
    if hit := re.search(r"antes de las 11(?!:)", draft.body.es):
        words = (("words", hit[0]),)
        found.append(
            Problem(severity=ERROR, key="unregistered_promise", lang="es", span=hit.span(), fields=words)
        )
        found.append(Problem(severity=WARNING, key="numbers_differ", fields=(("es", "11"), ("en", "—"))))
    return found


def _unapproved(draft: Draft, template: pb.Template) -> list[Problem]:
    if template.pre_cleared:
        return []
    return [
        Problem(severity=ERROR, key="not_approved", field=role)
        for role in template.approves
        if role not in draft.approvals
    ]


@dataclass
class Stage:
    """A page's surroundings for a test or a picture: what it asked of the window is kept."""

    desk: PagesDesk
    context: Context
    went: list[str]
    acted: list[tuple[str, object | None]]
    said: list[str]

    def close(self) -> None:
        """Stop the bridge's threads and timers."""
        self.context.bridge.close()


def stage(app: QApplication, desk: PagesDesk | None = None, *, lang: str = "es", mode: Mode = "light") -> Stage:
    """A context around ``desk``, dressed."""
    desk = desk or PagesDesk()
    theme = Theme(mode)
    theme.apply(app, mode)
    went: list[str] = []
    acted: list[tuple[str, object | None]] = []
    said: list[str] = []
    context = Context(
        cast(Any, desk), Bridge(desk.bus), Texts(lang), theme, went.append,
        lambda action, thing=None: acted.append((action, thing)), said.append,
    )  # fmt: skip
    return Stage(desk, context, went, acted, said)
