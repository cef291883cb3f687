"""From the tree of a file to a :class:`Playbook`, section by section, noting every fault on the way.

The builder makes a playbook even of a faulty file, so that the checks can tell everything at once; ``read.py`` hands
it out only when nothing blocks. The n-th part of a tuple has the place ``section[n]`` in ``Reading.places``.
"""

from __future__ import annotations

from datetime import timedelta

from crisisdesk.model.playbook import (
    Bilingual,
    CommitmentPolicy,
    CompensationRule,
    Ladder,
    LadderStep,
    Level,
    Measure,
    MentionType,
    Phase,
    Playbook,
    Role,
    Strategy,
    Task,
    Threshold,
)
from crisisdesk.playbooks import phrases, vocabulary
from crisisdesk.playbooks.forms import templates_of
from crisisdesk.playbooks.nodes import Mapping, Node, Scalar, Sequence, clip, shown_value
from crisisdesk.playbooks.phrases import PhraseError
from crisisdesk.playbooks.schema import Place, Reading, View, nearest

_DEPUTY = {"suplente": "suplente", "deputy": "suplente", "titular": "titular", "holder": "titular"}
_NO_CONDITION = Threshold(measure=Measure.OTHER, op="=", value=0.0)


def build(node: Mapping, reading: Reading, source: str) -> Playbook:
    """The playbook of the file's root, whole as far as the file allows."""
    root = View(reading, node, "playbook")
    root.require(*vocabulary.SECTIONS, key="missing_section")
    drill = root.view("simulacro", "simulacro")
    review = root.view("revision", "revision")
    if review is not None:
        review.role("responsable")
        review.roles("asisten")
    return Playbook(
        id=root.text("playbook"),
        version=root.whole("version", 1, 1),
        title=root.pair("titulo"),
        sector=root.choice("sector", vocabulary.SECTORS, "otro"),
        languages=root.choices("idiomas", {"es": "es", "en": "en"}) or ("es",),
        zone=root.zone("zona_horaria", "UTC"),
        reviewed=root.date("revisado"),
        review_every=root.duration("revisar_cada"),
        owner=root.role("responsable"),
        roles=_roles(root),
        levels=tuple(_level(view) for view in root.views("niveles", "nivel")),
        falls_if=_falls_if(root),
        ladders=_ladders(root),
        phases=tuple(_phase(view) for view in root.views("fases", "fase")),
        mention_types=tuple(_mention_type(view) for view in root.views("menciones", "mencion")),
        strategy=_strategy(root),
        commitments=_commitments(root),
        compensation=tuple(_compensation(view) for view in root.views("compensacion", "compensacion")),
        templates=templates_of(root),
        review_within=(review.duration("antes_de") if review else None) or timedelta(days=7),
        drill_every=drill.duration("cada") if drill else None,
        drill_scenario=drill.text("escenario") if drill else "",
        call_questions=_pairs(root, "preguntas_llamada"),
        cautions=_pairs(root, "cautelas"),
        source=source,
    )


def _pairs(root: View, key: str) -> tuple[Bilingual, ...]:
    """The sentences, in both languages, of the list at ``key``."""
    made = []
    for index, (node, place) in enumerate(root.items(key)):
        path = f"{key}[{index}]"
        root.reading.places[path] = place
        made.append(root.pair_of(node, path, place))
    return tuple(made)


def _roles(root: View) -> tuple[Role, ...]:
    roles = []
    for name, node, path, place in root.named("personas"):
        view = root.of(node, "persona", path, place)
        if view is not None:
            roles.append(
                Role(id=name, holder=view.text("titular"), deputy=view.text("suplente"), name=view.pair("nombre"))
            )
    return tuple(roles)


def _level(view: View) -> Level:
    view.require("nivel", "se_activa_si")
    cadence = view.view("cadencia", "cadencia")
    return Level(
        number=view.whole("nivel", 0, 1, 9, number=4),
        name=view.pair("nombre"),
        activates=_thresholds(view),
        public_cadence=cadence.duration("publica") if cadence else None,
        internal_cadence=cadence.duration("interna") if cadence else None,
        wakes=view.roles("escala"),
    )


def _thresholds(view: View) -> tuple[Threshold, ...]:
    found: list[Threshold] = []
    for item, place in view.items("se_activa_si"):
        if not isinstance(item, Mapping):
            view.reading.note(6, "bad_threshold", place, value=shown_value(item), known=_measures(view.reading))
            continue
        for entry in item.entries:
            spot = Place(entry.line, f"{place.shown}.{clip(entry.key)}", shown_value(entry.value))
            found.extend(_threshold(view, entry.key.strip(), entry.value, spot))
    for index, made in enumerate(found):
        view.reading.places[f"{view.path}.se_activa_si[{index}]"] = Place(
            made.line, view.at("se_activa_si").shown, made.sentence
        )
    return tuple(found)


def _measures(reading: Reading) -> str:
    return ", ".join(phrases.MEASURES_EN if reading.english else phrases.MEASURES)


def _threshold(view: View, written: str, node: Node, place: Place) -> list[Threshold]:
    reading = view.reading
    names = phrases.MEASURES_EN if reading.english else {key: key for key in phrases.MEASURES}
    key = names.get(written)
    if key is None:
        near = nearest(written, list(names))
        reading.note(1, "unknown_measure", place, name=clip(written), near=near, known=_measures(reading))
        return []
    if key not in ("tipo", "otro"):
        return _sentences(view, key, [("", node, place)])
    if not isinstance(node, Mapping):
        reading.note(0, "not_mapping", place)
        return []
    subjects = [(e.key.strip(), e.value, Place(e.line, f"{place.shown}.{clip(e.key)}", shown_value(e.value)))
                for e in node.entries]  # fmt: skip
    return _sentences(view, key, subjects)


def _sentences(view: View, key: str, subjects: list[tuple[str, Node, Place]]) -> list[Threshold]:
    made = []
    for subject, node, place in subjects:
        if not isinstance(node, Scalar):
            view.reading.note(0, "not_text", place)
            continue
        if phrases.MEASURES[key] in (Measure.NO_EMERGENCY_CALLS, Measure.OTHER):
            view.saw_yes_no(node, place)
        try:
            made.append(phrases.threshold(key, node.text, subject=subject, line=place.line))
        except PhraseError as error:
            number = 30 if error.expected == "yes_no" else 6
            view.reading.note(number, f"bad_{error.expected}", place, value=clip(node.text))
    return made


def _condition(view: View, key: str) -> Threshold | None:
    node = view.scalar(key)
    if node is None:
        return None
    try:
        return phrases.condition(node.text, line=view.at(key).line)
    except PhraseError as error:
        view.reading.note(6, f"bad_{error.expected}", view.at(key), value=clip(node.text))
        return None


def _falls_if(root: View) -> Threshold | None:
    view = root.view("baja_de_nivel", "baja")
    if view is None:
        return None
    view.require("si")
    view.role("confirma")
    return _condition(view, "si")


def _ladders(root: View) -> tuple[Ladder, ...]:
    ladders, expires = [], timedelta(minutes=60)
    for name, node, path, place in root.named("escaladas"):
        if name in ("acuse_caduca", "ack_expires"):
            expires = _ack_expires(root, node, place) or expires
            continue
        root.reading.roles.append((path, name))
        if isinstance(node, Sequence):
            ladders.append(_ladder(root, name, node, path, place))
        else:
            root.reading.note(0, "not_list", place)
    # Said once for all ladders, wherever in the section it stands.
    return tuple(Ladder(role=ld.role, steps=ld.steps, repeat=ld.repeat, if_nobody=ld.if_nobody, ack_expires=expires)
                 for ld in ladders)  # fmt: skip


def _ack_expires(root: View, node: Node, place: Place) -> timedelta | None:
    try:
        return phrases.duration(node.text if isinstance(node, Scalar) else "")
    except PhraseError as error:
        root.reading.note(6, f"bad_{error.expected}", place, value=shown_value(node))
        return None


def _ladder(root: View, role: str, node: Sequence, path: str, place: Place) -> Ladder:
    steps: list[LadderStep] = []
    repeat, nobody = 1, Bilingual()
    for index, item in enumerate(node.items):
        spot = Place(item.line, f"{place.shown}[{index}]", shown_value(item))
        keys = {entry.key.strip() for entry in item.entries} if isinstance(item, Mapping) else set()
        if keys & {"repite", "si_nadie", "repeat", "if_nobody"} and not keys & {"a", "to"}:
            end = root.of(item, "repeticion", f"{path}.fin", spot)
            if end is not None:
                repeat = end.whole("repite", 1, 1, 9, number=11)
                nobody = end.pair("si_nadie")
            continue
        view = root.of(item, "paso", f"{path}[{len(steps)}]", spot)
        if view is not None:
            steps.append(_step(view))
    return Ladder(role=role, steps=tuple(steps), repeat=repeat, if_nobody=nobody)


def _step(view: View) -> LadderStep:
    view.require("a", "por")
    view.require("espera", number=11, key="step_without_wait")
    view.whole("paso", 1, 1, 99)
    written = view.text("a")
    role, dot, which = written.rpartition(".")
    to = f"{role}.{_DEPUTY[which]}" if dot and which in _DEPUTY else written
    if to:
        view.reading.roles.append((f"{view.path}.a", role if dot and which in _DEPUTY else to))
    wait = view.duration("espera")
    return LadderStep(
        to=to,
        by=view.choices("por", vocabulary.CHANNELS),
        wait=wait or timedelta(minutes=5),
        awake_first=view.yes_no("primero_despierto", False),
    )


def _phase(view: View) -> Phase:
    view.require("fase")
    tasks = tuple(_task(task) for task in view.views("tareas", "tarea"))
    return Phase(id=view.text("fase"), name=view.pair("nombre"), goal=view.pair("objetivo"), tasks=tasks)


def _task(view: View) -> Task:
    view.require("id", "haz")
    view.require("quien", "antes_de", number=13, key="task_incomplete")
    return Task(
        id=view.text("id"),
        do=view.pair("haz"),
        owner=view.role("quien"),
        before=view.after_start("antes_de") or timedelta(0),
        template=view.template("plantilla"),
        needs=view.words("necesita"),
        min_level=view.whole("desde_nivel", 0, 0, 9),
    )


def _mention_type(view: View) -> MentionType:
    view.require("tipo")
    view.yes_no("puede_esperar", False)
    owner = view.text("responde")
    owner = next((es for es, en in vocabulary.NOBODY.items() if owner in (es, en)), owner)
    if owner and owner not in vocabulary.NOBODY:
        view.role("responde")
    return MentionType(
        id=view.text("tipo"),
        name=view.pair("nombre"),
        words=view.words("ejemplos"),
        answer=view.yes_no("contesta", True),
        owner="" if owner in vocabulary.NOBODY else owner,
        deputy=view.role("suplente"),
        first_reply=view.duration("primera_respuesta"),
        template=view.template("plantilla"),
        raises_to=view.whole("sube_a_nivel", 0, 1, 9),
        note=view.pair("nota"),
    )


def _strategy(root: View) -> Strategy:
    view = root.view("estrategia", "estrategia")
    if view is None:
        return Strategy()
    return Strategy(
        cluster=view.choice("grupo", vocabulary.CLUSTERS, "accidental"),
        history_raises=view.yes_no("antecedentes", True),
        use=view.choices("usar", vocabulary.STRATEGIES),
        avoid=view.choices("evitar", vocabulary.STRATEGIES),
    )


def _commitments(root: View) -> CommitmentPolicy:
    view = root.view("compromisos", "compromisos")
    if view is None:
        return CommitmentPolicy()
    view.require("quien_puede_dar_hora")
    broken = view.view("si_se_incumple", "incumple")
    if broken is not None:
        broken.choice("compensacion", vocabulary.REVIEW_COMPENSATION)
    return CommitmentPolicy(
        margin=view.duration("margen_minimo") or timedelta(minutes=20),
        max_risk=view.share("riesgo_maximo", 0.20),
        min_history=view.whole("historial_minimo", 8, 1, 10_000),
        may_give_time=view.roles("quien_puede_dar_hora"),
        broken_template=(broken.template("plantilla") if broken else "") or "promesa_incumplida",
        broken_within=(broken.duration("antes_de") if broken else None) or timedelta(minutes=10),
    )


def _compensation(view: View) -> CompensationRule:
    view.require("cuando", "propone")
    basis = view.view("base_legal", "base_legal")
    if basis is not None:
        basis.text("norma")
        basis.date("revisada")
    return CompensationRule(
        when=_condition(view, "cuando") or _NO_CONDITION,
        proposes=view.text("propone"),
        name=view.pair("nombre"),
        approves=view.roles("aprueba"),
    )
