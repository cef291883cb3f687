"""A whole invented incident as the reports receive it: a fibre cut of four hours, with a promise kept and one broken.

Every name, number and text is made up here. ``review_data()`` is the calm sample, ``hostile(text)`` the same with
``text`` in every place that somebody outside can write into.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crisisdesk.model.alert import Alert, AlertState, Explanation, LevelProposal, Signal
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState, RemedyKind
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import Draft, DraftState
from crisisdesk.model.duties import DutyRow
from crisisdesk.model.escalation import CallAttempt, CallOutcome, Escalation, EscalationState
from crisisdesk.model.fact import Fact, FactSection
from crisisdesk.model.incident import Assignment, Incident, IncidentState, IncidentTask, TaskState
from crisisdesk.model.mention import Gap, Mention, MinuteCount, Sentiment, StoredMention, Verdict
from crisisdesk.model.playbook import Bilingual as B
from crisisdesk.model.playbook import CommitmentPolicy, Level, Phase, Playbook, Role, Strategy, Template
from crisisdesk.model.review import Answering, Milestone, Mood, PromiseScore, ReviewData
from crisisdesk.model.room import ChartData, Flag
from crisisdesk.model.timeline import Entry
from tests.fakes.review_after import CALLS_SAMPLE, DUTIES_SAMPLE, FOLLOWUP, area_signed, hostile_followup

ZONE = "America/Mexico_City"
T0 = datetime(2026, 3, 17, 13, 2, tzinfo=UTC)  # 07:02 local
MINUTE = timedelta(minutes=1)
RESOLVED = T0 + 230 * MINUTE


def after(minutes: float) -> datetime:
    """The instant ``minutes`` after T0."""
    return T0 + minutes * MINUTE


def pair(es: str, en: str) -> dict[str, str]:
    """Both languages as a timeline entry keeps them."""
    return {"es": es, "en": en}


_ROLES = (
    Role(id="comunicacion", holder="ines.vega", deputy="tomas.rey", name=B("Comunicación", "Communications")),
    Role(id="tecnico", holder="guardia.red", name=B("Enlace técnico", "Technical liaison")),
    Role(id="direccion", holder="dir.general", deputy="dir.adjunta", name=B("Dirección", "Management")),
    Role(id="legal", name=B("Legal", "Legal")),
)
_CONTACTS = tuple(
    Contact(id=i, slug=slug, name=name, title=title, phone=f"55 0000 01{i:02d}", email=f"{slug}@example.org")
    for i, (slug, name, title) in enumerate(
        (
            ("ines.vega", "Inés Vega", "Jefa de comunicación"),
            ("tomas.rey", "Tomás Rey", "Comunicación, suplente"),
            ("guardia.red", "Quetzal Ibarra", "Guardia de red"),
            ("dir.general", "Amalia Duarte", "Directora general"),
            ("dir.adjunta", "Bruno Salcedo", "Director adjunto"),
        ),
        start=1,
    )
)
_SINCE = B("Sin servicio desde las 07:02", "No service since 07:02")
_BODIES = (
    (10, "primer_mensaje", B("Primer mensaje", "First message"), "red social",
     B("Hay un corte de voz y datos en varias ciudades desde las 07:02. Ya trabajamos en él. Próxima noticia: 07:30.",
       "Voice and data are down in several cities since 07:02. We are working on it. Next news at 07:30.")),
    (28, "sin_hora", B("Sin hora todavía", "No time yet"), "red social",
     B("Aún no sabemos cuándo volverá el servicio y no queremos adivinar. Próxima noticia a las 08:15.",
       "We do not know yet when service returns and will not guess. Next news at 08:15.")),
    (72, "alcance", B("Alcance del corte", "Scope of the outage"), "web",
     B("El corte es nacional: una fibra urbana rota. Las llamadas por wifi funcionan. Próxima noticia a las 09:00.",
       "The outage is nationwide: an urban fibre is cut. Calls over Wi-Fi work. Next news at 09:00.")),
    (99, "hora_prometida", B("Hora prometida", "Time promised"), "red social",
     B("El empalme está en curso: el servicio volverá a las 10:30 a más tardar.",
       "The splice is under way: service will be back by 10:30 at the latest.")),
    (213, "promesa_incumplida", B("Promesa incumplida", "Promise broken"), "red social",
     B("Dijimos a las 10:30 y no cumplimos: lo sentimos. Bonificaremos el día entero. Nueva hora: 11:00.",
       "We said 10:30 and did not keep it: we are sorry. The whole day will be credited. New time: 11:00.")),
    (232, "resuelta", B("Servicio restablecido", "Service restored"), "red social",
     B("El servicio volvió a las 10:52. Puede tardar unos minutos en algunos equipos.",
       "Service is back since 10:52. Some phones may need a few minutes.")),
)  # fmt: skip


def _playbook() -> Playbook:
    return Playbook(
        id="corte-inventado", version=3, title=B("Corte de servicio", "Service outage"), sector="telecom",
        languages=("es", "en"), zone=ZONE, reviewed=None, review_every=None, owner="comunicacion", roles=_ROLES,
        levels=(Level(number=2, name=B("Seria", "Serious")), Level(number=3, name=B("Crisis", "Crisis"))),
        falls_if=None, ladders=(),
        phases=(
            Phase(id="escuchar", name=B("Escuchar", "Listen"), goal=B("Saber qué pasa", "Know what happens")),
            Phase(id="responder", name=B("Responder", "Respond"), goal=B("Decir lo que sabemos", "Say what we know")),
        ),
        mention_types=(), strategy=Strategy(), commitments=CommitmentPolicy(), compensation=(),
        templates=tuple(Template(id=i, purpose=p, phase="responder", fields=(), text=b) for _, i, p, _, b in _BODIES),
    )  # fmt: skip


def _incident(*, drill: bool) -> Incident:
    return Incident(
        id=7, name="2026-03-17-1", title="Sin servicio de voz y datos", state=IncidentState.RESOLVED, level=3,
        phase="responder", started_at=T0, opened_at=after(4), zone=ZONE, playbook_id="corte-inventado",
        playbook_version=3, alert_id=1, resolved_at=RESOLVED, drill=drill,
    )  # fmt: skip


def _counts() -> tuple[MinuteCount, ...]:
    """Minutes from an hour before T0 to an hour after the end: calm, a steep rise, a long slope down."""
    chance = random.Random(17)
    counts = []
    for m in range(-60, 290):
        if 140 <= m < 152:  # nothing was heard then
            continue
        shape = 2.0 if m < 0 else 2 + 118 * min(1.0, m / 16) * (1.0 if m < 40 else max(0.06, (1 - (m - 40) / 260) ** 2))
        total = max(0, round(shape + chance.uniform(-0.18, 0.18) * shape + chance.choice((-1, 0, 1))))
        if total:
            counts.append(MinuteCount(after(m), total, int(total * 0.36), int(total * 0.7), int(total * 0.6)))
    return tuple(counts)


def _chart(counts: tuple[MinuteCount, ...]) -> ChartData:
    flags = [Flag(at=T0, kind="alert", label=B("salto", "spike"))]
    flags += [Flag(at=after(m), kind="published", label=what) for m, _, what, _, _ in _BODIES]
    flags += [
        Flag(at=after(208), kind="broken", label=B("promesa de las 10:30", "promise for 10:30")),
        Flag(at=RESOLVED, kind="resolved", label=B("resuelta", "resolved")),
    ]
    return ChartData(
        start=after(-60), end=after(290), step=MINUTE, counts=counts, expected=((0.4, 2.0, 4.2),) * 350,
        gaps=(Gap("feed", after(140), after(152)),), flags=tuple(sorted(flags, key=lambda f: f.at)),
        incident_from=T0, zone=ZONE,
    )  # fmt: skip


def _commitments() -> tuple[Commitment, ...]:
    def make(
        i: int, kind: CommitmentKind, state: CommitmentState, what: B, made: float, due: float, **more: object
    ) -> Commitment:
        return Commitment(
            id=i, incident_id=7, kind=kind, state=state, what=what, to_whom="", due_at=after(due), zone=ZONE,
            owner="comunicacion", giver="dir.adjunta", made_at=after(made), **more,  # type: ignore[arg-type]
        )  # fmt: skip

    news, back = B("Próxima noticia", "Next news"), B("Servicio restablecido", "Service restored")
    kept, update, solved = CommitmentState.KEPT, CommitmentKind.NEXT_UPDATE, CommitmentKind.RESOLUTION
    return (
        make(1, update, kept, news, 10, 28, ended_at=after(28), url="https://example.org/p/1"),
        make(2, update, kept, news, 28, 73, ended_at=after(72), url="https://example.org/p/2"),
        make(3, update, CommitmentState.MOVED, news, 72, 118, ended_at=after(99), reason="la hora ya está dada",
             moved_to=4),
        make(4, solved, CommitmentState.BROKEN, back, 99, 208, ended_at=after(208), apology_draft_id=5,
             quoted=B("el servicio volverá a las 10:30 a más tardar", "service will be back by 10:30 at the latest"),
             remedy_kind=RemedyKind.COMPENSATION, remedy="Bonificar el día entero", fulfilled_at=RESOLVED),
        make(5, solved, kept, back, 213, 238, ended_at=RESOLVED, url="https://example.org/p/5"),
        make(6, CommitmentKind.INDIVIDUAL, kept, B("Llamar a Elena Prats", "Call Elena Prats"), 60, 90,
             ended_at=after(85)),
    )  # fmt: skip


def _drafts() -> tuple[Draft, ...]:
    return tuple(
        Draft(
            id=i, incident_id=7, template_id=template, state=DraftState.PUBLISHED, values={}, body=body,
            created_at=after(m - 3), updated_at=after(m), created_by="Inés Vega",
            approvals={"direccion": ("Bruno Salcedo", after(m - 1))} if i >= 4 else {}, channel=channel,
            url=f"https://example.org/p/{i}", published_at=after(m),
        )
        for i, (m, template, _, channel, body) in enumerate(_BODIES, start=1)
    )  # fmt: skip


class _Log:
    """Collects timeline entries in order."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(
        self, m: float, kind: str, actor: str = "Inés Vega", /, text: str = "", late: float = 0, **data: object
    ) -> None:
        self.entries.append(
            Entry(
                id=len(self.entries) + 1, incident_id=7, kind=kind, occurred_at=after(m),
                recorded_at=after(m + late), offset_minutes=-360, actor=actor, data=data, text=text,
            )
        )  # fmt: skip


def _entries() -> tuple[Entry, ...]:
    log = _Log()
    log.add(4, "alert.raised", "desk", count=74, minutes=5, expected=10, ratio=7.4, since=T0.isoformat())
    log.add(
        4, "incident.opened", title="Sin servicio de voz y datos", level=3, started=T0.isoformat(), name="2026-03-17-1"
    )
    log.add(4, "incident.level_set", level=3, level_name=pair("Crisis", "Crisis"))
    log.add(5, "role.assigned", role=pair("Comunicación", "Communications"), who="Inés Vega")
    log.add(
        5, "escalation.step", "desk", role=pair("Enlace técnico", "Technical liaison"), step=1, round=1,
        who="Quetzal Ibarra", channel=["teléfono"],
    )  # fmt: skip
    liaison = pair("Enlace técnico", "Technical liaison")
    log.add(6, "call.outcome", role=liaison, who="Quetzal Ibarra", outcome="answered")
    log.add(
        7, "fact.said", section="know", key="alcance", said_by="Quetzal Ibarra",
        value=pair("fibra urbana, ámbito nacional", "urban fibre, nationwide"),
    )  # fmt: skip
    log.add(8, "task.done", task=pair("Detener campañas", "Stop campaigns"), evidence="captura de pantalla")
    log.add(12, "note.decision", text="La guardia dice «quizá a las 09:00», de palabra. No se promete.", late=3)
    for m, template, purpose, channel, _ in _BODIES:
        url = f"https://example.org/p/{[b[1] for b in _BODIES].index(template) + 1}"
        log.add(m, "draft.published", template=pair(purpose.es, purpose.en), channel=channel, url=url)
    log.add(16, "call.outcome", role=pair("Dirección", "Management"), who="Amalia Duarte", outcome="no_answer")
    log.add(
        22, "escalation.acknowledged", role=pair("Dirección", "Management"), who="Bruno Salcedo",
        until=after(82).isoformat(),
    )  # fmt: skip
    due = after(208).isoformat()
    back = pair("Servicio restablecido", "Service restored")
    log.add(
        60, "commitment.made", what=pair("Llamar a Elena Prats", "Call Elena Prats"), due=after(90).isoformat(), id=6
    )
    log.add(99, "commitment.made", what=back, due=due, giver="Bruno Salcedo", id=4)
    log.add(188, "commitment.due_soon", "desk", what=back, due=due, id=4)
    log.add(208, "commitment.broken", "desk", what=back, due=due, id=4)
    log.add(211, "commitment.remedied", what=back, due=due, id=4, remedy="Bonificar el día entero")
    log.add(230, "commitment.fulfilled", what=back, due=due, id=4, lateness=22)
    log.add(230, "incident.resolved", who="Quetzal Ibarra", duration=230)
    return tuple(sorted(log.entries, key=lambda e: (e.occurred_at, e.id)))


_CORRECTED = "La guardia dijo «quizá a las 09:00», de palabra. No se promete sin confirmar."


def _corrected(originals: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The timeline with one note corrected, and all entries as first written with that correction among them."""
    note = next(e for e in originals if e.kind == "note.decision")
    fixed = replace(note, id=99, text=_CORRECTED, recorded_at=after(40), revises=note.id)
    old = replace(note, revised_by=99)
    shown = tuple(replace(old, text=_CORRECTED, starred=True) if e.id == note.id else e for e in originals)
    return shown, (*(old if e.id == note.id else e for e in originals), fixed)


def _mention(i: int, minutes: float, text: str, channel: str) -> StoredMention:
    mention = Mention(
        source="import", account="muestra", native_id=str(i), published_at=after(minutes), fetched_at=after(minutes),
        text=text, author=f"@vecina_{i}", channel=channel, lang="es", url=f"https://example.org/m/{i}",
    )  # fmt: skip
    return StoredMention(i, mention, Verdict(sentiment=Sentiment.NEGATIVE, complaint=True))


def review_data(*, drill: bool = False) -> ReviewData:
    """The sample incident, consistent with itself: totals are the sums of its counts."""
    counts = _counts()
    inside = [c for c in counts if T0 <= c.minute <= RESOLVED]
    total = sum(c.total for c in inside)
    shares = (("mastodon", 0.55), ("bluesky", 0.3), ("prensa", 0.0))
    by_source = Counter({channel: int(total * share) for channel, share in shares})
    by_source["prensa"] = total - sum(by_source.values())
    top = max(inside, key=lambda c: c.total)
    entries, originals = _corrected(_entries())
    signal = Signal(at=after(4), since=T0, count=74, expected=10, ratio=7.4, window_minutes=5, return_days=41)
    return ReviewData(
        followup=FOLLOWUP, duties=DUTIES_SAMPLE, areas=(area_signed("Red"),), call_centre=CALLS_SAMPLE,
        answering=Answering(
            answered=12, median=14 * MINUTE, p90=51 * MINUTE, backlog=(after(96), 173),
            before=Mood(n=40, positive=6, neutral=0, negative=9),
            during=Mood(n=900, positive=21, neutral=2, negative=611),
            after=Mood(n=120, positive=40, neutral=0, negative=31),
        ),
        made_at=after(24 * 60), actor="Inés Vega", incident=_incident(drill=drill), playbook=_playbook(),
        alert=Alert(
            id=1, opened_at=after(4), state=AlertState.ACCEPTED, signal=signal,
            explanation=Explanation(terms=("sin señal", "caído"), sources=(("mastodon", 0.55),), complaint_share=0.7),
            proposal=LevelProposal(level=3), updated_at=after(4), incident_id=7,
        ),
        chart=_chart(counts),
        milestones=tuple(
            Milestone(key=key, target=None if target is None else target * MINUTE, took=took * MINUTE)
            for key, target, took in (
                ("detected", 10, 4), ("opened", 10, 4), ("first_call", 5, 6), ("first_message", 15, 10),
                ("scope", 30, 72), ("first_time", None, 99), ("resolved", None, 230),
            )
        ),
        entries=entries, originals=originals, published=_drafts(), commitments=_commitments(),
        promises=PromiseScore(
            made=2, kept=1, moved=0, withdrawn=0, broken=1, open=0, median_lateness=timedelta(minutes=7)
        ),
        updates=PromiseScore(
            made=3, kept=2, moved=1, withdrawn=0, broken=0, open=0, median_lateness=timedelta(seconds=-30)
        ),
        facts=(
            Fact(id=1, incident_id=7, section=FactSection.KNOW, key="alcance",
                 value=B("fibra urbana, ámbito nacional", "urban fibre, nationwide"), said_by="Quetzal Ibarra",
                 said_at=after(7), recorded_at=after(7)),
            Fact(id=2, incident_id=7, section=FactSection.DONT_KNOW, key="hora",
                 value=B("cuándo volverá", "when it will be back"), said_by="Quetzal Ibarra", said_at=after(7),
                 recorded_at=after(7), replaced_by=3),
            Fact(id=3, incident_id=7, section=FactSection.DOING, key="empalme",
                 value=B("empalmar la fibra rota", "splicing the cut fibre"), said_by="Quetzal Ibarra",
                 said_at=after(96), recorded_at=after(97), evidence="parte de obra 118"),
        ),
        tasks=(
            IncidentTask(id=1, incident_id=7, task_id="campanas", phase="escuchar",
                         do=B("Detener campañas", "Stop campaigns"), owner="comunicacion", due_at=after(10),
                         state=TaskState.DONE, done_at=after(8), evidence="captura de pantalla"),
            IncidentTask(id=2, incident_id=7, task_id="guion", phase="responder",
                         do=B("Guion al centro de llamadas", "Script to the call centre"), owner="comunicacion",
                         due_at=after(20), state=TaskState.DONE, done_at=after(25)),
            IncidentTask(id=3, incident_id=7, task_id="regulador", phase="responder",
                         do=B("Contactar al regulador", "Contact the regulator"), owner="legal", due_at=after(30),
                         state=TaskState.SKIPPED, evidence="lo hizo dirección"),
        ),
        assignments=(
            Assignment(incident_id=7, role="comunicacion", contact_slug="ines.vega", since=after(5)),
            Assignment(incident_id=7, role="direccion", contact_slug="dir.adjunta", since=after(22)),
            Assignment(incident_id=7, role="legal", contact_slug="", since=after(5)),
        ),
        contacts=_CONTACTS,
        escalations=(
            Escalation(id=1, incident_id=7, role="tecnico", state=EscalationState.STOPPED, step=0, round=1,
                       started_at=after(5)),
            Escalation(id=2, incident_id=7, role="direccion", state=EscalationState.ACKNOWLEDGED, step=1, round=1,
                       started_at=after(11), ack_by="dir.adjunta", ack_at=after(22), ack_expires_at=after(82)),
        ),
        attempts=(
            CallAttempt(id=1, escalation_id=1, contact_slug="guardia.red", step=0, round=1, channels=("teléfono",),
                        started_at=after(5), outcome=CallOutcome.ANSWERED, ended_at=after(6)),
            CallAttempt(id=2, escalation_id=2, contact_slug="dir.general", step=0, round=1, channels=("teléfono",),
                        started_at=after(11), outcome=CallOutcome.NO_ANSWER, ended_at=after(16)),
            CallAttempt(id=3, escalation_id=2, contact_slug="dir.adjunta", step=1, round=1,
                        channels=("teléfono", "sms"), started_at=after(16), outcome=CallOutcome.ANSWERED,
                        ended_at=after(22), note="decide Bruno"),
        ),
        mentions=total, complaints=sum(c.complaints for c in inside), by_source=tuple(by_source.most_common()),
        peak=(top.minute, top.total),
        examples=(
            _mention(1, 6, "¿Alguien más sin señal en el barrio? Llevo un rato probando.", "mastodon"),
            _mention(2, 31, "Se agradece que digan que no saben la hora, pero avisen.", "bluesky"),
            _mention(3, 209, "Las diez y media y seguimos igual. Habían dado su palabra.", "mastodon"),
        ),
    )  # fmt: skip


def hostile(text: str) -> ReviewData:
    """The sample with ``text`` wherever people outside, or a careless hand, can put it."""
    data = review_data()
    both = B(text, text)
    return replace(
        data,
        actor=text,
        incident=replace(data.incident, title=text),
        by_source=((text, data.mentions),),
        examples=tuple(
            replace(m, mention=replace(m.mention, text=text, author=text, channel=text, url=text))
            for m in data.examples
        ),
        entries=tuple(
            replace(e, text=text, actor=text, data={k: text if isinstance(v, str) else v for k, v in e.data.items()})
            for e in data.entries
        ),
        originals=tuple(replace(e, text=text, actor=text) for e in data.originals),
        published=tuple(replace(d, body=both, url=text, channel=text) for d in data.published),
        commitments=tuple(
            replace(c, what=both, quoted=both, url=text, to_whom=text, giver=text, reason=text, remedy=text)
            for c in data.commitments
        ),
        facts=tuple(replace(f, key=text, value=both, said_by=text, evidence=text) for f in data.facts),
        tasks=tuple(replace(t, do=both, evidence=text) for t in data.tasks),
        contacts=tuple(replace(c, name=text, title=text, phone=text) for c in data.contacts),
        attempts=tuple(replace(a, note=text) for a in data.attempts),
        chart=replace(data.chart, flags=tuple(replace(f, label=both) for f in data.chart.flags)),
        followup=hostile_followup(text),
        duties=tuple(
            replace(d, rows=(DutyRow(mention_id=1, at=T0, author=text, text=text, by=text),)) for d in DUTIES_SAMPLE
        ),
        areas=(area_signed(text),),
    )
