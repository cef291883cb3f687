"""Read a drill scenario: YAML text to a :class:`Scenario`, or the first reason why not, with its line.

The format is told at the head of ``resources/scenarios/iusacell-0700-1100.yaml``.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import ScenarioError
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.playbooks.acts import Act, Day, clock_of, keys_of_acts, read_act, read_clock
from crisisdesk.playbooks.nodes import Mapping, Node, Scalar, Sequence, decode, parse, shown_value
from crisisdesk.playbooks.phrases import number
from crisisdesk.playbooks.schema import Place, Reading, View
from crisisdesk.playbooks.story import Channel, Expected, Inject, Mix, Scenario, Silence

__all__ = ["Act", "Inject", "Scenario", "read_scenario"]

INJECTS: Final = ("llamada", "prensa", "regulador", "portavoz", "rumor")
_FIGURE: Final = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?", re.ASCII)
OPTIONAL: Final = frozenset({"notas", "sucesos", "menciones", "colas", "cortes", "esperado", "guion"})
OF_THE_CROWD: Final = frozenset(
    {"semilla", "curva", "canales", "ingles", "mezcla", "frases", "palabras", "colas", "autores"}
)
"""Keys that make up what people say; not needed where ``menciones`` names a file of what they said."""
_RECORDED: Final = re.compile(r"[\w][\w.\-]{0,100}\.jsonl")
MAX_RATE: Final = 20_000
MAX_SPAN: Final = timedelta(days=2)


def _same(*keys: str) -> dict[str, str]:
    return {key: key for key in keys}


KEYS: Final[dict[str, dict[str, str]]] = {
    "escenario": _same(
        "escenario", "titulo", "notas", "fecha", "zona", "semilla", "playbook", "marca", "empieza", "termina",
        "historia", "previo", "normal", "curva", "canales", "ingles", "mezcla", "frases", "palabras", "colas",
        "autores", "sucesos", "menciones", "cortes", "esperado", "contactos", "guion",
    ),
    "bilingue": _same("es", "en"),
    "frases": _same("es", "en"),
    "canal": _same("parte", "reenvios"),
    "mezcla": _same("desde", "tipos"),
    "suceso": _same("a_las", "clase", "quien", "dice", "publico"),
    "corte": _same("desde", "hasta", "que_pasa"),
    "esperado": _same("incidencia", "nivel"),
    "contacto": _same("nombre", "cargo", "telefono", "correo", "suplente", "de", "a"),
    "promesa": _same("hora", "da"),
    **keys_of_acts(),
}  # fmt: skip
_ERRORS: Final = {
    "unknown_key": "unknown_key",
    "unknown_key_near": "unknown_key_near",
    "duplicate_key": "duplicate_key",
    "missing_key": "missing_key",
    "bad_silence": "bad_silence",
}


@lru_cache(maxsize=16)
def read_scenario(source: str | bytes, file: str) -> Scenario:
    """Read a scenario; raise :class:`ScenarioError` with file and line of the first fault.

    The last ones are kept: a list of the drills reads all of them for their titles, and nobody changes one.
    """
    text, findings = decode(source, file)
    node: Node | None = None
    if not findings:
        node, findings = parse(text, file)
    if findings or not isinstance(node, Mapping):
        raise _error(findings[0] if findings else None, file, "unreadable")
    reading = Reading(file=file, keys=KEYS)
    scenario = _scenario(View(reading, node, "escenario"))
    errors = [finding for finding in reading.findings if finding.severity is Severity.ERROR]
    if errors:
        # A misspelt key is told before the key that it leaves missing.
        first = min(errors, key=lambda finding: (finding.key == "missing_key", finding.line))
        raise _error(first, file, _ERRORS.get(first.key, "bad_value"))
    assert scenario is not None
    return scenario


def _error(finding: Finding | None, file: str, key: str) -> ScenarioError:
    if finding is None:
        return ScenarioError("scenario.unreadable", file=file, line=1, where="", read="")
    told = {**finding.fields, "where": finding.where, "read": finding.read, "finding": finding.key}
    return ScenarioError(f"scenario.{key}", **{**told, "file": file, "line": finding.line})


def _scenario(root: View) -> Scenario | None:
    recorded = root.text("menciones").strip()
    if root.has("menciones") and not _RECORDED.fullmatch(recorded):
        root.reading.note(0, "bad_value", root.at("menciones"))
    optional = OPTIONAL | (OF_THE_CROWD if recorded else frozenset())
    needed = [key for key in KEYS["escenario"] if key not in optional]
    root.require(*needed)
    on = root.date("fecha")
    zone = root.zone("zona", "UTC")
    if on is None or any(not root.has(key) for key in needed):
        return None
    day = Day(on, ZoneInfo(zone))
    mixes, sentences = ((), {}) if recorded else (_mixes(root, day), _sentences(root))
    _kinds_have_sentences(root, mixes, sentences)
    start, end = read_clock(root, "empieza", day), read_clock(root, "termina", day)
    before = root.duration("previo") or timedelta(0)
    if not start < end or end - start + before > MAX_SPAN:
        root.reading.note(0, "bad_value", root.at("termina"))
    return Scenario(
        id=root.text("escenario"),
        title=root.pair("titulo"),
        notes=root.pair("notas"),
        brand=root.text("marca"),
        zone=zone,
        seed=root.whole("semilla", 0),
        playbook=root.text("playbook"),
        day=day,
        start=start,
        end=end,
        history_days=min((root.duration("historia") or timedelta(0)).days, 60),
        before=before,
        quiet=_quiet(root),
        curve=() if recorded else _curve(root, day),
        channels=() if recorded else _channels(root),
        mixes=mixes,
        sentences=sentences,
        words=_words(root),
        tails=_tails(root),
        authors=root.words("autores"),
        english=root.share("ingles", 0.1),
        injects=tuple(_injects(root, day)),
        silences=_silences(root, day, start, end),
        expected=_expected(root),
        recorded=recorded,
        contacts=tuple(_contacts(root)),
        acts=_acts(root, day),
    )


def _bad(root: View, place: Place) -> None:
    root.reading.note(0, "bad_value", place)


def _figure(root: View, node: Node, place: Place) -> float:
    text = node.text.strip() if isinstance(node, Scalar) else ""
    if not _FIGURE.fullmatch(text) or number(text) > MAX_RATE:
        _bad(root, place)
        return 0.0
    return number(text)


def _quiet(root: View) -> tuple[float, ...]:
    """Usual mentions per five minutes at each of the 24 hours."""
    figures = [_figure(root, node, place) for node, place in root.items("normal")]
    if len(figures) != 24:
        _bad(root, root.at("normal"))
        return (0.0,) * 24
    return tuple(figures)


def _curve(root: View, day: Day) -> tuple[tuple[datetime, float], ...]:
    points: list[tuple[datetime, float]] = []
    for name, node, _path, place in root.named("curva"):
        clock = clock_of(name)
        if clock is None or (points and day.at(clock) <= points[-1][0]):
            _bad(root, place)
            continue
        points.append((day.at(clock), _figure(root, node, place)))
    if not points:
        _bad(root, root.at("curva"))
    return tuple(points)


def _channels(root: View) -> tuple[Channel, ...]:
    made = []
    for name, node, path, place in root.named("canales"):
        view = root.of(node, "canal", path, place)
        if view is not None:
            view.require("parte")
            made.append(Channel(name, view.share("parte", 0.0), view.share("reenvios", 0.0)))
    if not any(channel.weight for channel in made if channel.name != "prensa"):
        _bad(root, root.at("canales"))
    return tuple(made)


def _mixes(root: View, day: Day) -> tuple[Mix, ...]:
    made: list[Mix] = []
    for view in root.views("mezcla", "mezcla"):
        view.require("desde", "tipos")
        weights = [(name, _figure(root, node, place)) for name, node, _, place in view.named("tipos")]
        if not any(weight for _, weight in weights):
            _bad(root, view.at("tipos"))
            continue
        made.append(Mix(read_clock(view, "desde", day), tuple(n for n, _ in weights), tuple(w for _, w in weights)))
    if not made or [mix.at for mix in made] != sorted(mix.at for mix in made):
        _bad(root, root.at("mezcla"))
    return tuple(made)


def _sentences(root: View) -> dict[str, dict[str, tuple[str, ...]]]:
    pools: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, node, path, place in root.named("frases"):
        view = root.of(node, "frases", path, place)
        if view is not None:
            view.require("es")
            pools[name] = {lang: view.words(lang) for lang in ("es", "en") if view.has(lang)}
    return pools


def _tails(root: View) -> dict[str, tuple[str, ...]]:
    view = root.view("colas", "frases")
    return {} if view is None else {lang: view.words(lang) for lang in ("es", "en")}


def _kinds_have_sentences(root: View, mixes: tuple[Mix, ...], pools: dict[str, dict[str, tuple[str, ...]]]) -> None:
    for index, mix in enumerate(mixes):
        for kind in mix.kinds:
            if not pools.get(kind, {}).get("es"):
                place = root.reading.places.get(f"mezcla[{index}].tipos.{kind}", root.at("mezcla"))
                _bad(root, place)


def _words(root: View) -> dict[str, tuple[str, ...]]:
    words: dict[str, tuple[str, ...]] = {}
    for name, node, _path, place in root.named("palabras"):
        items = node.items if isinstance(node, Sequence) else []
        texts = tuple(item.text.strip() for item in items if isinstance(item, Scalar) and "{" not in item.text)
        if not texts or len(texts) != len(items):
            _bad(root, place)
            continue
        words[name] = texts
    return words


def _injects(root: View, day: Day) -> list[Inject]:
    made = []
    for view in root.views("sucesos", "suceso"):
        view.require("a_las", "clase", "quien", "dice")
        kind = view.choice("clase", _same(*INJECTS), INJECTS[0])
        at = read_clock(view, "a_las", day)
        made.append(Inject(at, kind, view.text("quien"), view.pair("dice"), view.yes_no("publico", False)))
    return made


def _silences(root: View, day: Day, start: datetime, end: datetime) -> tuple[Silence, ...]:
    """Stretches without network, in order and apart from one another, inside the scenario."""
    made: list[Silence] = []
    for view in root.views("cortes", "corte"):
        view.require("desde", "hasta", "que_pasa")
        first, last = read_clock(view, "desde", day), read_clock(view, "hasta", day)
        if not max([start, *(s.end for s in made)]) <= first < last < end:
            root.reading.note(0, "bad_silence", view.at("desde"))
            continue
        made.append(Silence(first, last, view.pair("que_pasa")))
    return tuple(made)


def _expected(root: View) -> Expected:
    view = root.view("esperado", "esperado")
    if view is None:
        return Expected()
    view.require("incidencia")
    return Expected(view.yes_no("incidencia", True), view.whole("nivel", 0, 1, 9))


def _contacts(root: View) -> list[Contact]:
    made = []
    for slug, node, path, place in root.named("contactos"):
        view = root.of(node, "contacto", path, place)
        if view is None:
            continue
        view.require("nombre", "telefono")
        made.append(
            Contact(
                slug=slug,
                name=view.text("nombre"),
                title=view.text("cargo"),
                phone=view.text("telefono"),
                email=view.text("correo"),
                from_hour=_hour(view, "de"),
                to_hour=_hour(view, "a"),
                zone=root.text("zona"),
                deputy=view.text("suplente"),
                example=True,
            )
        )
    return made


def _hour(view: View, key: str) -> time | None:
    clock = clock_of(view.text(key))
    if clock is None and view.has(key):
        view.reading.note(0, "bad_value", view.at(key))
    return clock


def _acts(root: View, day: Day) -> tuple[Act, ...]:
    made: list[Act] = []
    for index, (node, place) in enumerate(root.items("guion")):
        act = read_act(root, node, f"guion[{index}]", place, day)
        if act is None:
            continue
        if made and act.at < made[-1].at:
            root.reading.note(0, "bad_value", Place(place.line, f"{place.shown}.a_las", shown_value(node)))
        made.append(act)
    return tuple(made)
