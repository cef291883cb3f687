"""The acts of a drill's script: what the file says in Spanish, and the desk verb that it calls, with typed fields.

``do`` is a verb of the desk and ``fields`` its arguments, by the same names. Where the verb wants the id of something
that only exists while the drill runs, the act names it otherwise and the player looks it up:

========================  ==========================================================================================
``alerts.dismiss``        ``reason`` str; the newest open alert
``incidents.open``        ``title`` str, ``level`` int, ``started_at`` datetime; on the newest open alert
``incidents.assign``      ``role`` str, ``slug`` str
``incidents.set_level``   ``level`` int, ``reason`` str
``incidents.set_phase``   ``phase`` str
``incidents.finish_task`` ``task`` the playbook's task id, ``evidence`` str
``incidents.skip_task``   ``task`` the playbook's task id, ``reason`` str
``incidents.resolve``     ``confirmed_by`` str
``incidents.close``       nothing
``escalation.start``      ``role`` str, ``reason`` str
``escalation.outcome``    ``role`` whose open call it is, ``outcome`` CallOutcome, ``note`` str
``escalation.stop``       ``role`` str, ``reason`` str
``facts.say``             ``section`` FactSection, ``key`` str, ``value`` Bilingual, ``said_by`` str, ``evidence`` str
``drafts.publish``        ``template`` str, ``values`` dict[str, FieldValue], ``approvals`` dict[role, slug],
                          ``channel`` str, ``url`` str; the open draft of that template, or a new one
``commitments.promise``   ``what`` Bilingual, ``due_at`` datetime, ``kind`` CommitmentKind, ``to_whom`` str,
                          ``giver`` str, ``owner`` str
``commitments.keep``      ``which`` CommitmentKind: the open one of that kind due first, ``note`` str
``commitments.move``      ``which`` CommitmentKind, ``due_at`` datetime, ``reason`` str, ``giver`` str
``commitments.no_time``   ``next_at`` datetime, ``why`` Bilingual
``commitments.set_remedy`` ``which`` CommitmentKind: the last broken one, ``kind`` RemedyKind, ``text`` str
``commitments.fulfil``    ``which`` CommitmentKind: the last broken one
``timeline.note``         ``text`` str, ``kind`` NoteKind
``replies.answer``        ``kind`` the type of what was said, ``template`` str, ``values`` dict[str, FieldValue],
                          ``many`` int: the newest people who wait, one answer each
``areas.send``            ``area`` str, ``owner`` slug, ``ask`` str, ``due_at`` datetime; ``kind`` the type of the
                          newest mention that waits, or ``cause`` str; an area that is not there yet is made
``areas.sign``            ``area`` str, ``state`` RouteState, ``text`` str; what it was asked first
``community.thank``       ``kind`` the type of the newest mention, ``reason`` str
``rumours.note``          ``claim`` str, ``words`` str that repeat it
``rumours.judge``         ``verdict`` RumourVerdict, ``evidence`` str; the newest that is open
========================  ==========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.model.area import RouteState
from crisisdesk.model.commitment import CommitmentKind, RemedyKind
from crisisdesk.model.community import RumourVerdict
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.escalation import CallOutcome
from crisisdesk.model.fact import FactSection
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.timeline import NoteKind
from crisisdesk.playbooks import nodes
from crisisdesk.playbooks.nodes import Node, Scalar, clip
from crisisdesk.playbooks.schema import Place, View

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)

OUTCOMES: Final = {
    "contesto": CallOutcome.ANSWERED, "buzon": CallOutcome.VOICEMAIL,
    "no_contesta": CallOutcome.NO_ANSWER, "rechaza": CallOutcome.DECLINED,
}  # fmt: skip
SECTIONS: Final = {"sabemos": FactSection.KNOW, "no_sabemos": FactSection.DONT_KNOW, "hacemos": FactSection.DOING}
COMMITMENTS: Final = {
    "proxima_noticia": CommitmentKind.NEXT_UPDATE, "solucion": CommitmentKind.RESOLUTION,
    "individual": CommitmentKind.INDIVIDUAL,
}  # fmt: skip
SIGNATURES: Final = {
    "recibido": RouteState.RECEIVED, "respondido": RouteState.ANSWERED, "corregido": RouteState.CORRECTED,
}  # fmt: skip
VERDICTS: Final = {
    "falso": RumourVerdict.FALSE, "cierto": RumourVerdict.TRUE, "dudoso": RumourVerdict.UNCLEAR,
}  # fmt: skip
REMEDIES: Final = {"compensacion": RemedyKind.COMPENSATION, "cambio": RemedyKind.CHANGE}
NOTES: Final = {"hecho": NoteKind.FACT, "decision": NoteKind.DECISION, "pendiente": NoteKind.PENDING}


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the script: at ``at`` (UTC), call the desk verb ``do`` with ``fields``."""

    at: datetime
    do: str
    fields: dict[str, object]


@dataclass(frozen=True, slots=True)
class Day:
    """The day of a scenario, to turn ``07:30`` into an instant."""

    date: date
    zone: ZoneInfo

    def at(self, clock: time, days: int = 0) -> datetime:
        """The instant, UTC, at which the day's clocks show ``clock``."""
        return datetime.combine(self.date + timedelta(days=days), clock, self.zone).astimezone(UTC)


Reader = Callable[[View, str, Day], object]


def clock_of(text: str) -> time | None:
    """``07:30`` as a time of day, or ``None``."""
    match = _CLOCK.fullmatch(text.strip())
    return time(int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def read_clock(view: View, key: str, day: Day) -> datetime:
    """The instant of the hour at ``key``."""
    clock = clock_of(view.text(key))
    if clock is None:
        if view.has(key):
            view.reading.note(0, "bad_value", view.at(key))
        return day.at(time(0))
    return day.at(clock)


def _text(view: View, key: str, _day: Day) -> str:
    return " ".join(view.text(key).split())


def _whole(view: View, key: str, _day: Day) -> int:
    return view.whole(key, 1, 1, 9)


def _pair(view: View, key: str, _day: Day) -> Bilingual:
    return view.pair(key)


def _one_of(options: Mapping[str, StrEnum]) -> Reader:
    def read(view: View, key: str, _day: Day) -> StrEnum:
        word = view.choice(key, {name: name for name in options}, next(iter(options)))
        return options[word]

    return read


def _values(view: View, key: str, day: Day) -> dict[str, FieldValue]:
    found = view.named(key)
    return {name: _value(view, node, path, place, day) for name, node, path, place in found}


def _value(view: View, node: Node, path: str, place: Place, day: Day) -> FieldValue:
    """``"07:30"`` is an instant; ``{hora, da}`` a promise; ``{es, en}`` a pair; other text the same in both."""
    if isinstance(node, Scalar):
        clock = clock_of(node.text)
        text = " ".join(node.text.split())
        return FieldValue(instant=day.at(clock)) if clock else FieldValue(text=Bilingual(es=text, en=text))
    keys = {entry.key for entry in node.entries} if isinstance(node, nodes.Mapping) else set()
    inner = view.of(node, "promesa" if "hora" in keys else "bilingue", path, place)
    if inner is None:
        return FieldValue()
    if inner.context == "promesa":
        inner.require("hora", "da")
        return FieldValue(instant=read_clock(inner, "hora", day), giver=inner.text("da"))
    inner.require("es", "en")
    return FieldValue(text=Bilingual(es=inner.text("es"), en=inner.text("en")))


def _approvals(view: View, key: str, _day: Day) -> dict[str, str]:
    found = view.named(key)
    return {name: node.text.strip() for name, node, _, _ in found if isinstance(node, Scalar)}


VERBS: Final[dict[str, tuple[str, dict[str, tuple[str, Reader]]]]] = {
    "descartar_alerta": ("alerts.dismiss", {"motivo": ("reason", _text)}),
    "abrir_incidencia": ("incidents.open", {
        "titulo": ("title", _text), "nivel": ("level", _whole), "inicio": ("started_at", read_clock)}),
    "asignar": ("incidents.assign", {"papel": ("role", _text), "a": ("slug", _text)}),
    "cambiar_nivel": ("incidents.set_level", {"nivel": ("level", _whole), "motivo": ("reason", _text)}),
    "cambiar_fase": ("incidents.set_phase", {"fase": ("phase", _text)}),
    "terminar_tarea": ("incidents.finish_task", {"tarea": ("task", _text), "prueba": ("evidence", _text)}),
    "apartar_tarea": ("incidents.skip_task", {"tarea": ("task", _text), "motivo": ("reason", _text)}),
    "resolver": ("incidents.resolve", {"confirma": ("confirmed_by", _text)}),
    "cerrar": ("incidents.close", {}),
    "llamar": ("escalation.start", {"papel": ("role", _text), "motivo": ("reason", _text)}),
    "resultado": ("escalation.outcome", {
        "papel": ("role", _text), "resultado": ("outcome", _one_of(OUTCOMES)), "nota": ("note", _text)}),
    "parar_llamadas": ("escalation.stop", {"papel": ("role", _text), "motivo": ("reason", _text)}),
    "decir": ("facts.say", {
        "seccion": ("section", _one_of(SECTIONS)), "dato": ("key", _text), "valor": ("value", _pair),
        "lo_dice": ("said_by", _text), "prueba": ("evidence", _text)}),
    "publicar": ("drafts.publish", {
        "plantilla": ("template", _text), "campos": ("values", _values), "aprueban": ("approvals", _approvals),
        "canal": ("channel", _text), "enlace": ("url", _text)}),
    "prometer": ("commitments.promise", {
        "que": ("what", _pair), "hora": ("due_at", read_clock), "clase": ("kind", _one_of(COMMITMENTS)),
        "a_quien": ("to_whom", _text), "da": ("giver", _text), "papel": ("owner", _text)}),
    "cumplir": ("commitments.keep", {"cual": ("which", _one_of(COMMITMENTS)), "nota": ("note", _text)}),
    "mover": ("commitments.move", {
        "cual": ("which", _one_of(COMMITMENTS)), "hora": ("due_at", read_clock), "motivo": ("reason", _text),
        "da": ("giver", _text)}),
    "decir_sin_hora": ("commitments.no_time", {"proxima": ("next_at", read_clock), "por_que": ("why", _pair)}),
    "remediar": ("commitments.set_remedy", {
        "cual": ("which", _one_of(COMMITMENTS)), "clase": ("kind", _one_of(REMEDIES)), "texto": ("text", _text)}),
    "cumplir_tarde": ("commitments.fulfil", {"cual": ("which", _one_of(COMMITMENTS))}),
    "decir_a_direccion": ("handover.tell", {}),
    "responder": ("replies.answer", {
        "tipo": ("kind", _text), "cuantas": ("many", _whole), "plantilla": ("template", _text),
        "campos": ("values", _values)}),
    "pedir_a_area": ("areas.send", {
        "area": ("area", _text), "responsable": ("owner", _text), "tipo": ("kind", _text), "asunto": ("cause", _text),
        "pide": ("ask", _text), "hora": ("due_at", read_clock)}),
    "firmar": ("areas.sign", {
        "area": ("area", _text), "firma": ("state", _one_of(SIGNATURES)), "dice": ("text", _text)}),
    "agradecer": ("community.thank", {"tipo": ("kind", _text), "motivo": ("reason", _text)}),
    "apuntar_rumor": ("rumours.note", {"afirma": ("claim", _text), "palabras": ("words", _text)}),
    "juzgar_rumor": ("rumours.judge", {
        "veredicto": ("verdict", _one_of(VERDICTS)), "prueba": ("evidence", _text)}),
    "anotar": ("timeline.note", {"texto": ("text", _text), "clase": ("kind", _one_of(NOTES))}),
}  # fmt: skip
"""Spanish verb → desk verb and its fields: Spanish key → argument and how to read it."""

OPTIONAL: Final = frozenset(
    "prueba nota motivo aprueban enlace a_quien da papel inicio cuantas responsable tipo asunto dice".split()
)
"""Fields that an act may leave out; ``papel`` only of a promise."""
ALWAYS: Final = frozenset({
    ("descartar_alerta", "motivo"), ("responder", "tipo"), ("agradecer", "tipo"), ("agradecer", "motivo"),
    ("juzgar_rumor", "prueba"),
})  # fmt: skip
"""Fields of a verb that it may not leave out, though others may."""


def keys_of_acts() -> dict[str, dict[str, str]]:
    """The keys that each act may have, as contexts ``guion.<verb>`` of a :class:`Reading`."""
    always = ("a_las", "haz")
    return {f"guion.{verb}": {key: key for key in (*always, *fields)} for verb, (_, fields) in VERBS.items()}


def read_act(script: View, node: Node, path: str, place: Place, day: Day) -> Act | None:
    """One entry of the script, or ``None`` with a finding."""
    entries = node.entries if isinstance(node, nodes.Mapping) else []
    said = next((entry for entry in entries if entry.key == "haz" and isinstance(entry.value, Scalar)), None)
    verb = said.value.text.strip() if said is not None and isinstance(said.value, Scalar) else ""
    if verb not in VERBS:
        spot = Place(said.line if said else place.line, f"{place.shown}.haz", clip(verb))
        script.reading.note(0, "bad_choice", spot, value=clip(verb), known=", ".join(VERBS))
        return None
    view = script.of(node, f"guion.{verb}", path, place)
    if view is None:
        return None
    do, arguments = VERBS[verb]
    needed = (
        key
        for key in arguments
        if key not in OPTIONAL or (key == "papel" and verb != "prometer") or (verb, key) in ALWAYS
    )
    view.require("a_las", *needed)
    given = {name: read(view, key, day) for key, (name, read) in arguments.items() if view.has(key)}
    return Act(read_clock(view, "a_las", day), do, given)
