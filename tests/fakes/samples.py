"""Sample things of one invented outage at 07:18, in the model's own types; shared by every test of the window."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta

from crisisdesk.model import alert as al
from crisisdesk.model import playbook as pb
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState, NextItem, NextKind
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import Draft, DraftState, FieldValue
from crisisdesk.model.escalation import CallAttempt, CallCard, CallOutcome, Escalation, EscalationState
from crisisdesk.model.fact import Fact, FactSection
from crisisdesk.model.inbox import Candidate, Listed
from crisisdesk.model.incident import Assignment, Incident, IncidentState, IncidentTask, TaskState
from crisisdesk.model.mention import (
    Gap,
    Mention,
    MinuteCount,
    Sentiment,
    SourceHealth,
    SourceState,
    Verdict,
)
from crisisdesk.model.room import (
    ChartData,
    Flag,
    PhaseProgress,
    Published,
    RoomView,
    SecondSeries,
    SecondWanted,
)
from crisisdesk.model.timeline import Entry

NOW = datetime(2026, 3, 17, 13, 18, tzinfo=UTC)
T0 = NOW - timedelta(minutes=16)
ZONE = "America/Mexico_City"
B = pb.Bilingual


def at(clock: str) -> datetime:
    """A local time of the sample day as an instant: ``at("07:12")``."""
    hour, minute = map(int, clock.split(":"))
    return NOW.replace(hour=(hour + 6) % 24, minute=minute)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


ROLES = (
    pb.Role(id="comunicacion", holder="ana.com", deputy="luis.com", name=B("Comunicación", "Communications")),
    pb.Role(
        id="enlace_tecnico", holder="guardia.noc", deputy="jefa.redes", name=B("Enlace técnico", "Technical liaison")
    ),
    pb.Role(id="direccion", holder="dir.gral", deputy="dir.adj", name=B("Dirección", "Direction")),
    pb.Role(id="legal", holder="", name=B("Legal", "Legal")),
    pb.Role(id="comunidad", holder="eq.comunidad", name=B("Comunidad", "Community")),
    pb.Role(id="llamadas", holder="sup.llamadas", name=B("Supervisión de llamadas", "Call supervision")),
)
CONTACTS = tuple(
    Contact(id=n, slug=slug, name=name, title=title, phone=phone, example=True, verified_at=NOW - timedelta(days=20))
    for n, (slug, name, title, phone) in enumerate(
        (
            ("ana.com", "Ana Robles", "Jefa de comunicación", "55 0000 0001"),
            ("luis.com", "Luis Prado", "Comunicación, suplente", "55 0000 0002"),
            ("guardia.noc", "Guardia NOC", "Centro de operación de red", "55 0000 0003"),
            ("jefa.redes", "Marta Solís", "Jefa de redes", "55 0000 0004"),
            ("dir.gral", "Jorge Ibarra", "Director general", "55 0000 0005"),
            ("dir.adj", "Clara Núñez", "Directora adjunta", "55 0000 0006"),
            ("eq.comunidad", "Equipo de comunidad", "Redes sociales", "55 0000 0007"),
            ("sup.llamadas", "Pablo Téllez", "Supervisor de llamadas", "55 0000 0008"),
        ),
        1,
    )
)


def _template(
    tid: str, es: str, en: str, text_es: str, text_en: str, *fields: pb.TemplateField, phase: str = "informar"
) -> pb.Template:
    return pb.Template(
        id=tid,
        purpose=B(es, en),
        phase=phase,
        fields=fields,
        text=B(text_es, text_en),
        pre_cleared=True,
        limits=(("x", 280),),
    )


_SERVICE = pb.TemplateField(name="servicio", kind=pb.FieldKind.FACT, label=B("Qué falla", "What fails"))
_SCOPE = pb.TemplateField(name="alcance", kind=pb.FieldKind.FACT, label=B("Dónde", "Where"))
_NEXT = pb.TemplateField(name="proxima", kind=pb.FieldKind.NEXT_UPDATE, label=B("Próxima noticia", "Next news"))
_TIME = pb.TemplateField(name="hora", kind=pb.FieldKind.PROMISE, label=B("Hora de solución", "Time of repair"))
TEMPLATES = (
    _template(
        "primer_mensaje",
        "Primer mensaje",
        "First message",
        "Sabemos que hay fallas en {servicio} en {alcance}. Trabajamos en ello. Próxima noticia a las {proxima}.",
        "We know there are faults in {servicio} in {alcance}. We are working on it. Next news at {proxima}.",
        _SERVICE,
        _SCOPE,
        _NEXT,
        phase="responder",
    ),
    _template(
        "actualizacion",
        "Actualización",
        "Update",
        "La avería afecta a {servicio} en {alcance}. Estará resuelta antes de las {hora}. Próxima noticia: {proxima}.",
        "The fault affects {servicio} in {alcance}. It will be solved before {hora}. Next news: {proxima}.",
        _SERVICE,
        _SCOPE,
        _TIME,
        _NEXT,
    ),
    _template(
        "promesa_incumplida",
        "Disculpa por una promesa rota",
        "Apology for a broken promise",
        "Dijimos «{promesa}» y no cumplimos. Lo sentimos. {remedio}",
        "We said “{promesa}” and did not keep it. We are sorry. {remedio}",
        pb.TemplateField(name="promesa"),
        pb.TemplateField(name="remedio", label=B("Remedio", "Remedy")),
    ),
)


def _phase(pid: str, es: str, en: str, *tasks: pb.Task) -> pb.Phase:
    return pb.Phase(id=pid, name=B(es, en), goal=B(f"{es} a tiempo", f"{en} in time"), tasks=tasks)


def _task(
    tid: str, es: str, en: str, owner: str, before: float, template: str = "", needs: tuple[str, ...] = ()
) -> pb.Task:
    return pb.Task(id=tid, do=B(es, en), owner=owner, before=minutes(before), template=template, needs=needs)


PHASES = (
    _phase(
        "escuchar",
        "Escuchar",
        "Listen",
        _task(
            "e2",
            "Detener campañas y publicaciones programadas",
            "Stop campaigns and scheduled posts",
            "comunidad",
            10,
            needs=("constancia",),
        ),
    ),
    _phase(
        "responder",
        "Responder",
        "Respond",
        _task("r1", "Publicar el primer mensaje", "Publish the first message", "comunicacion", 15, "primer_mensaje"),
        _task("r3", "Guion al centro de llamadas", "Script to the call centre", "llamadas", 20),
        _task("r5", "Contactar al regulador", "Contact the regulator", "enlace_tecnico", 28, needs=("constancia",)),
    ),
    _phase("informar", "Informar", "Inform"),
    _phase("conectar", "Conectar", "Connect"),
    _phase("resolver", "Resolver", "Resolve"),
    _phase("compensar", "Compensar", "Compensate"),
    _phase("realimentar", "Realimentar", "Feed back"),
)
_RULE = pb.Threshold(
    measure=pb.Measure.MENTIONS_RATIO,
    op=">=",
    value=5,
    window=minutes(10),
    minimum=20,
    sentence=">= 5 veces lo normal durante 10 min, de al menos 20",
)
PLAYBOOK = pb.Playbook(
    id="caida-de-servicio",
    version=3,
    title=B("Caída de servicio", "Service outage"),
    sector="telecom",
    languages=("es", "en"),
    zone=ZONE,
    reviewed=date(2026, 1, 12),
    review_every=timedelta(days=180),
    owner="comunicacion",
    roles=ROLES,
    levels=(
        pb.Level(number=1, name=B("Aviso", "Notice"), public_cadence=minutes(60)),
        pb.Level(number=2, name=B("Incidencia", "Incident"), public_cadence=minutes(45)),
        pb.Level(
            number=3, name=B("Crisis", "Crisis"), activates=(_RULE,), public_cadence=minutes(30), wakes=("direccion",)
        ),
        pb.Level(number=4, name=B("Emergencia", "Emergency"), public_cadence=minutes(15), wakes=("direccion", "legal")),
    ),
    falls_if=None,
    ladders=(
        pb.Ladder(
            role="direccion",
            repeat=2,
            steps=(
                pb.LadderStep(to="direccion", by=("llamada",), wait=minutes(5)),
                pb.LadderStep(to="direccion.suplente", by=("llamada", "sms"), wait=minutes(5)),
            ),
            if_nobody=B("Decide comunicación y queda escrito", "Communications decides, in writing"),
        ),
    ),
    phases=PHASES,
    mention_types=(),
    strategy=pb.Strategy(),
    commitments=pb.CommitmentPolicy(may_give_time=("enlace_tecnico",)),
    compensation=(),
    templates=TEMPLATES,
    drill_every=timedelta(days=90),
    drill_scenario="iusacell-0700-1100",
    call_questions=(
        B("¿Qué falla?", "What fails?"),
        B("¿Desde cuándo?", "Since when?"),
        B("¿A quién afecta?", "Whom does it affect?"),
        B("¿Hay alternativa?", "Is there a workaround?"),
        B("¿Hay hora fiable?", "Is there a reliable time?"),
        B("¿Quién la da?", "Who gives it?"),
    ),
)

INCIDENT = Incident(
    id=1,
    name="2026-03-17-1",
    title="Sin servicio de voz y datos",
    state=IncidentState.ACTIVE,
    level=3,
    phase="responder",
    started_at=T0,
    opened_at=at("07:06"),
    zone=ZONE,
    playbook_id=PLAYBOOK.id,
    playbook_version=3,
    alert_id=1,
)
EXCLUSION = al.Exclusion(
    terms=("concierto", "entradas"),
    removed=188,
    of=214,
    removed_before=3,
    of_before=9310,
    examples=(al.Example(90, "Se oye el concierto de Marea desde casa", "@vecino", "mastodon", at("07:01")),),
)
ALERT = al.Alert(
    id=1,
    opened_at=at("07:06"),
    state=al.AlertState.OPEN,
    updated_at=NOW,
    signal=al.Signal(
        at=NOW, since=T0, count=214, expected=29.0, ratio=7.4, window_minutes=16, return_days=41.0, learning_days=15.0
    ),
    explanation=al.Explanation(
        terms=("sin señal", "caído", "no hay red"),
        topic=("sin señal en toda la colonia", "no hay red"),
        topic_share=0.64,
        sources=(("Mastodon", 0.61), ("Bluesky", 0.22), ("prensa", 0.05)),
        complaint_share=0.81,
        usual_complaint_share=0.34,
        examples=(
            al.Example(
                1, "Llevo media hora sin señal en toda la colonia, ¿alguien más?", "@vecina", "mastodon", at("07:05")
            ),
            al.Example(
                2, "Ni llamadas ni datos desde las siete. En la web no dicen nada.", "@taxi22", "bluesky", at("07:09")
            ),
            al.Example(3, "Segunda vez en el mes que nos dejan incomunicados.", "@lonchería", "x", at("07:11")),
        ),
    ),
    proposal=al.LevelProposal(
        level=3,
        why=(
            al.Reason(pb.Bilingual("menciones >= 5 veces", "mentions >= 5 times"), pb.Bilingual("×7,4", "×7.4"), 7.4),
            al.Reason(pb.Bilingual("negativas >= 60 %", "negative >= 60%"), pb.Bilingual("81 %", "81%"), 0.81),
        ),
    ),
)

TASKS = (
    IncidentTask(
        id=1,
        incident_id=1,
        task_id="e2",
        phase="escuchar",
        do=PHASES[0].tasks[0].do,
        owner="comunidad",
        due_at=T0 + minutes(10),
        state=TaskState.DONE,
        done_at=at("07:10"),
        evidence="captura",
        needs_evidence=True,
    ),
    IncidentTask(
        id=2,
        incident_id=1,
        task_id="r3",
        phase="responder",
        do=PHASES[1].tasks[1].do,
        owner="llamadas",
        due_at=at("07:20"),
        state=TaskState.OPEN,
    ),
    IncidentTask(
        id=3,
        incident_id=1,
        task_id="r5",
        phase="responder",
        do=PHASES[1].tasks[2].do,
        owner="enlace_tecnico",
        due_at=at("07:30"),
        state=TaskState.OPEN,
        needs_evidence=True,
    ),
)
ASSIGNMENTS = tuple(Assignment(incident_id=1, role=r.id, contact_slug=r.holder, since=at("07:06")) for r in ROLES)
ESCALATION = Escalation(
    id=1,
    incident_id=1,
    role="direccion",
    state=EscalationState.CALLING,
    step=1,
    round=1,
    started_at=at("07:12"),
    step_due_at=at("07:22"),
    reason="nivel 3",
)
ATTEMPTS = (
    CallAttempt(
        id=1,
        escalation_id=1,
        contact_slug="dir.gral",
        step=0,
        round=1,
        channels=("llamada",),
        started_at=at("07:12"),
        outcome=CallOutcome.VOICEMAIL,
        ended_at=at("07:13"),
    ),
    CallAttempt(
        id=2,
        escalation_id=1,
        contact_slug="dir.adj",
        step=1,
        round=1,
        channels=("llamada", "sms"),
        started_at=at("07:17"),
    ),
)
CARD = CallCard(
    escalation=ESCALATION,
    attempt=ATTEMPTS[1],
    contact_name="Clara Núñez",
    contact_title="Directora adjunta",
    phone="55 0000 0006",
    role_name=B("Dirección", "Direction"),
    script=B(
        "Hay una caída de voz y datos desde las 07:02. Nivel 3. Primer mensaje publicado a las 07:12.",
        "Voice and data are down since 07:02. Level 3. First message published at 07:12.",
    ),
    questions=PLAYBOOK.call_questions,
    step_count=2,
    repeat=2,
)
_BODY = B(
    "Sabemos que hay fallas en voz y datos en varias ciudades. Trabajamos en ello. Próxima noticia a las 07:30.",
    "We know there are faults in voice and data in several cities. We are working on it. Next news at 07:30.",
)
COMMITMENTS = (
    Commitment(
        id=1,
        incident_id=1,
        kind=CommitmentKind.NEXT_UPDATE,
        state=CommitmentState.OPEN,
        what=B("Próxima noticia", "Next news"),
        to_whom="",
        due_at=at("07:30"),
        zone=ZONE,
        owner="comunicacion",
        giver="Comunicación",
        made_at=at("07:12"),
        draft_id=1,
        quoted=B("Próxima noticia a las 07:30.", "Next news at 07:30."),
    ),
    Commitment(
        id=2,
        incident_id=1,
        kind=CommitmentKind.INDIVIDUAL,
        state=CommitmentState.KEPT,
        what=B("Llamar a la clínica", "Call the clinic"),
        to_whom="Clínica Norte",
        due_at=at("07:16"),
        zone=ZONE,
        owner="comunidad",
        giver="Equipo de comunidad",
        made_at=at("07:11"),
        ended_at=at("07:15"),
    ),
)
DRAFTS = (
    Draft(
        id=2,
        incident_id=1,
        template_id="actualizacion",
        state=DraftState.WRITING,
        values={"servicio": FieldValue(text=B("voz y datos", "voice and data"), fact_id=1)},
        body=TEMPLATES[1].text,
        created_at=at("07:16"),
        updated_at=NOW,
        created_by="ana",
        approvals={},
    ),
    Draft(
        id=1,
        incident_id=1,
        template_id="primer_mensaje",
        state=DraftState.PUBLISHED,
        values={},
        body=_BODY,
        created_at=at("07:08"),
        updated_at=at("07:12"),
        created_by="ana",
        approvals={},
        channel="x",
        published_at=at("07:12"),
        url="https://example.org/1",
    ),
)
FACTS = tuple(
    Fact(
        id=n,
        incident_id=1,
        section=section,
        key=key,
        value=B(es, en),
        said_by=who,
        said_at=at("07:09"),
        recorded_at=at("07:09"),
    )
    for n, (section, key, es, en, who) in enumerate(
        (
            (FactSection.KNOW, "servicio", "voz y datos", "voice and data", "NOC"),
            (FactSection.KNOW, "alcance", "nacional, fibra urbana", "nationwide, urban fibre", "NOC"),
            (FactSection.DONT_KNOW, "causa", "sin confirmar", "unconfirmed", "NOC"),
            (FactSection.DONT_KNOW, "hora", "sin hora fiable", "no reliable time", "NOC"),
            (
                FactSection.DOING,
                "accion",
                "dos cuadrillas en el tramo norte",
                "two crews on the northern stretch",
                "NOC",
            ),
        ),
        1,
    )
)


def _entry(n: int, kind: str, clock: str, actor: str = "ana", text: str = "", **data: object) -> Entry:
    return Entry(
        id=n,
        incident_id=1,
        kind=kind,
        occurred_at=at(clock),
        recorded_at=at(clock),
        offset_minutes=-360,
        actor=actor,
        data=data,
        text=text,
    )


ENTRIES = (
    _entry(7, "call.outcome", "07:18", who="Jorge Ibarra", outcome="voicemail"),
    _entry(6, "note.fact", "07:14", text="NOC: «quizá a las 09:00», de palabra. No se promete."),
    _entry(5, "draft.published", "07:12", template={"es": "Primer mensaje", "en": "First message"}, channel="x"),
    _entry(4, "task.done", "07:10", task={"es": "Detener campañas", "en": "Stop campaigns"}, evidence="captura"),
    _entry(3, "fact.said", "07:09", key="alcance", value={"es": "nacional", "en": "nationwide"}, said_by="NOC"),
    _entry(2, "incident.opened", "07:06", title=INCIDENT.title, level=3, level_name={"es": "Crisis", "en": "Crisis"}),
    _entry(1, "alert.raised", "07:06", "desk", count=74, expected=10, since=T0.isoformat(), ratio=7.4),
)
SOURCES = (
    SourceHealth(source="mastodon", account="", label="Mastodon", state=SourceState.GOOD, last_ok=NOW, lag_seconds=4),
    SourceHealth(source="bluesky", account="", label="Bluesky", state=SourceState.GOOD, last_ok=NOW, lag_seconds=11),
    SourceHealth(
        source="feed",
        account="https://example.org/rss",
        label="Prensa RSS",
        state=SourceState.LATE,
        last_ok=NOW - minutes(3),
        lag_seconds=180,
    ),
    SourceHealth(source="x", account="", label="X", state=SourceState.BLIND),
)


def _next(kind: NextKind, ref: int, clock: str, title: B, why: B, key: str, owed: bool = False) -> NextItem:
    return NextItem(kind=kind, ref=ref, due_at=at(clock), title=title, why=why, key=key, owed=owed)


NEXT = (
    _next(
        NextKind.TASK,
        2,
        "07:20",
        TASKS[1].do,
        B("Supervisión de llamadas · T+18", "Call supervision · T+18"),
        "task.finish",
    ),
    _next(
        NextKind.CALL,
        1,
        "07:22",
        B("Escalada a dirección · paso 2", "Escalation to direction · step 2"),
        B("Suplente; el titular no respondió en 5 min", "Deputy; the holder did not answer in 5 min"),
        "call.card",
    ),
    _next(
        NextKind.NEXT_UPDATE,
        1,
        "07:30",
        B("Próxima noticia prometida", "Promised next news"),
        B(
            "Publicada 07:12 en 2 canales; dio la hora Comunicación",
            "Published 07:12 on 2 channels; Communications gave the time",
        ),
        "update.write",
        owed=True,
    ),
    _next(
        NextKind.TASK,
        3,
        "07:30",
        TASKS[2].do,
        B("Enlace institucional · nivel ≥ 3", "Institutional liaison · level ≥ 3"),
        "task.finish",
    ),
    _next(
        NextKind.ACK_EXPIRES,
        1,
        "08:24",
        B("Caduca el acuse de dirección", "Direction’s acknowledgement lapses"),
        B("Vuelve a sonar si no hay acción", "Rings again if nothing is done"),
        "call.card",
    ),
)
ROOM = RoomView(
    now=NOW,
    zone=ZONE,
    incident=INCIDENT,
    level_name=B("Crisis", "Crisis"),
    alert=ALERT,
    before=((1, 11), (7, 14)),
    last_published=Published(
        draft_id=1, purpose=B("primer mensaje", "first message"), at=at("07:12"), channels=2, body=_BODY
    ),
    owed_at=at("07:30"),
    owed_what=B("Próxima noticia", "Next news"),
    next=NEXT,
    phases=tuple(
        PhaseProgress(id=p.id, name=p.name, done=d, total=t, current=c)
        for p, (d, t, c) in zip(
            PHASES,
            ((2, 2, False), (3, 5, True), (0, 4, False), (0, 3, False), (0, 3, False), (0, 2, False), (0, 2, False)),
            strict=True,
        )
    ),
    assignments=ASSIGNMENTS,
    tasks=TASKS,
    decides="Ana Robles",
    may_give_time=(B("Enlace técnico", "Technical liaison"),),
    open_incidents=1,
    sources=SOURCES,
    drill=False,
)
CALM = RoomView(
    now=NOW,
    zone=ZONE,
    incident=None,
    level_name=B(),
    alert=None,
    last_published=None,
    owed_at=None,
    owed_what=B(),
    next=(),
    phases=(),
    assignments=(),
    tasks=(),
    decides="Ana Robles",
    may_give_time=(),
    open_incidents=0,
    sources=SOURCES,
    drill=False,
)


def would_have(return_days: float) -> al.WouldHave:
    """Fewer alarms the longer the return period; other rules on the same month."""
    end = NOW.replace(minute=0, second=0)
    start = end - timedelta(days=30)
    many = max(1, round(30 / return_days)) if return_days < 60 else 0
    fired = tuple(al.Firing(start + timedelta(days=30 * (n + 0.6) / many), return_days * 2) for n in range(many))
    hours = {"socialmetrix_2": 71, "meltwater": 19, "agility": 7}
    rules = tuple(
        al.RuleFirings(name, tuple(start + timedelta(hours=k * step) for k in range(1, 720 // step)))
        for name, step in hours.items()
    )
    return al.WouldHave(
        start=start, end=end, return_days=return_days, fired=fired, rules=rules, learning_days=40.0
    )


def chart(
    *,
    span: timedelta | None = None,
    calm: bool = False,
    stretch: tuple[datetime, datetime] | None = None,
    second: SecondWanted | None = None,
) -> ChartData:
    """Counts per minute with a spike from T0 (none when ``calm``), a gap, a band and flags."""
    span = stretch[1] - stretch[0] if stretch else span or timedelta(hours=2)
    step = minutes(1) if span <= timedelta(hours=4) else minutes(12) if span <= timedelta(days=2) else minutes(60)
    end = stretch[1] if stretch else NOW.replace(second=0) + minutes(1)  # the running minute is shown, as in the room
    start = end - span
    n = int(span / step)
    counts, expected = [], []
    for i in range(n):
        when = start + i * step
        wave = 2 + math.sin(i / 9) + (i * 7919 % 5) / 2
        since = (when - T0) / minutes(1)
        rise = 0.0 if calm or since < 0 else 6 * since + (i * 31 % 11)
        total = int(wave + rise)
        expected.append((0.5, 2.5, 4.6))
        if not (0.49 < i / n < 0.55) and total:
            counts.append(MinuteCount(when, total, int(rise * 0.38), int(total * 0.6), int(total * 0.5)))
    gap = Gap("mastodon", start + 0.49 * span, start + 0.55 * span)
    flags = (
        ()
        if calm
        else (
            Flag(at=T0, kind="alert", label=B("salto", "spike")),
            Flag(at=at("07:12"), kind="published", label=B("primer mensaje", "first message")),
        )
    )
    return ChartData(
        start=start,
        end=end,
        step=step,
        counts=tuple(counts),
        expected=tuple(expected),
        gaps=(gap,),
        flags=flags,
        incident_from=None if calm else T0,
        zone=ZONE,
        second=_second(second, start, step, n),
    )


def _second(wanted: SecondWanted | None, start: datetime, step: timedelta, n: int) -> SecondSeries | None:
    if wanted is None or wanted.kind in ("negative", "complaints"):
        return SecondSeries(kind=wanted.kind) if wanted else None
    label = B(wanted.words, wanted.words) if wanted.words else B("Corte de marzo", "March outage")
    counts = tuple((start + i * step, max(0, i - n // 2) + i % 3) for i in range(n))
    return SecondSeries(kind=wanted.kind, label=label, counts=counts)


_SAID = (
    "Sin señal desde las siete en la Narvarte",
    "¿Cuándo vuelve el servicio? Llevo 40 minutos esperando",
    "No puedo llamar ni al trabajo",
    "Ni datos ni llamadas, y el chat no contesta",
    "Aquí en Toluca sí hay red",
    "¿Alguien sabe si es todo el país?",
    "Excelente servicio, como siempre: ninguno",
    "Voz sí, datos no. Centro.",
)
CANDIDATES = (
    Candidate(name="Ana Robles", role=pb.Bilingual("Comunicación", "Communications"), mine=True),
    Candidate(name="Luis Ortega", role=pb.Bilingual("Comunidad", "Community"), waiting=12),
    Candidate(name="Noemí Paz"),
)
MENTIONS = tuple(
    Listed(
        60 - i,
        Mention(
            source="scenario",
            account="sample",
            native_id=str(i),
            published_at=NOW - timedelta(seconds=17 * i),
            fetched_at=NOW - timedelta(seconds=17 * i - 4),
            text=_SAID[i % len(_SAID)],
            author=f"@persona{i}",
            channel=("mastodon", "bluesky", "x", "prensa")[i % 4],
            lang="es",
            url=f"https://example.org/p/{i}",
            is_repost=i % 5 == 0,
        ),
        Verdict(
            type="cuando_vuelve" if i % 8 == 1 else "queja",
            sentiment=Sentiment.NEGATIVE if i % 8 != 4 else Sentiment.NEUTRAL,
            complaint=i % 8 != 4,
            words=("sin señal",),
        ),
    )
    for i in range(60)
)
