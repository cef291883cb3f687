"""What the playbook's form shows, as data: its sections, the fields of each thing, and how each is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from crisisdesk.playbooks import vocabulary
from crisisdesk.playbooks.save import Data, Path

Kind = Literal[
    "text", "pair", "pair_long", "long", "words", "role", "roles", "template", "phase", "yes_no", "duration", "after",
    "condition", "share", "choice", "channels",
]  # fmt: skip
SENTENCES: Final = ("duration", "after", "condition", "share")
"""Kinds whose sentence is echoed back as it was understood."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One field: its path below its thing, its kind, and the words to choose from for a ``choice``."""

    path: Path
    kind: Kind = "text"
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name in the sentences: the keys of its path joined."""
        return "_".join(str(step) for step in self.path)


@dataclass(frozen=True, slots=True)
class Section:
    """A list of things (or a mapping of named ones) and how one of them is filled in.

    Attributes:
        name: of its sentences, ``editor.section.<name>``.
        path: of the list or mapping, below the thing around it.
        fields: of one thing.
        named: the things are entries of a mapping under free names.
        title: paths whose values make a thing's title.
        new: what a new thing begins with.
        inner: a list inside each thing.
        rules: each thing has thresholds.
    """

    name: str
    path: Path
    fields: tuple[Spec, ...]
    named: bool = False
    title: tuple[Path, ...] = ()
    new: Data = ""
    inner: Section | None = None
    rules: bool = False


_YES: Final = "yes_no"
STEPS: Final = Section(
    "steps",
    (),
    (Spec(("a",)), Spec(("por",), "channels"), Spec(("espera",), "duration"), Spec(("repite",)),
     Spec(("si_nadie",), "pair")),
    title=(("a",), ("espera",)),
    new={"a": "", "por": ["llamada"], "espera": "5 min"},
)  # fmt: skip
TASKS: Final = Section(
    "tasks",
    ("tareas",),
    (Spec(("id",)), Spec(("haz",), "pair"), Spec(("quien",), "role"), Spec(("antes_de",), "after"),
     Spec(("plantilla",), "template"), Spec(("necesita",), "words"), Spec(("desde_nivel",))),
    title=(("antes_de",), ("haz",)),
    new={"id": "", "haz": {"es": "", "en": ""}, "quien": "", "antes_de": "T+15 min"},
)  # fmt: skip
GENERAL: Final = (
    Spec(("titulo",), "pair"), Spec(("sector",), "choice", tuple(vocabulary.SECTORS)), Spec(("zona_horaria",)),
    Spec(("responsable",), "role"), Spec(("revisado",)), Spec(("revisar_cada",), "duration"),
    Spec(("baja_de_nivel", "si"), "condition"), Spec(("baja_de_nivel", "confirma"), "role"),
    Spec(("escaladas", "acuse_caduca"), "duration"), Spec(("compromisos", "margen_minimo"), "duration"),
    Spec(("compromisos", "riesgo_maximo"), "share"), Spec(("compromisos", "historial_minimo")),
    Spec(("compromisos", "quien_puede_dar_hora"), "roles"),
    Spec(("compromisos", "si_se_incumple", "plantilla"), "template"),
    Spec(("compromisos", "si_se_incumple", "antes_de"), "duration"),
    Spec(("estrategia", "grupo"), "choice", tuple(vocabulary.CLUSTERS)), Spec(("estrategia", "antecedentes"), _YES),
    Spec(("simulacro", "cada"), "duration"), Spec(("simulacro", "escenario")),
)  # fmt: skip
SECTIONS: Final = (
    Section(
        "levels",
        ("niveles",),
        (Spec(("nivel",)), Spec(("nombre",), "pair"), Spec(("cadencia", "publica"), "duration"),
         Spec(("cadencia", "interna"), "duration"), Spec(("escala",), "roles")),
        title=(("nivel",), ("nombre",)),
        new={"nivel": "1", "nombre": {"es": "", "en": ""}, "se_activa_si": [{"menciones": ">= 2 veces lo normal"}]},
        rules=True,
    ),
    Section(
        "roles",
        ("personas",),
        (Spec(("nombre",), "pair"), Spec(("titular",)), Spec(("suplente",))),
        named=True,
        title=(("nombre",),),
        new={"nombre": {"es": "", "en": ""}, "titular": "", "suplente": ""},
    ),
    Section(
        "phases",
        ("fases",),
        (Spec(("fase",)), Spec(("nombre",), "pair"), Spec(("objetivo",), "pair")),
        title=(("nombre",),),
        new={"fase": "", "nombre": {"es": "", "en": ""}, "objetivo": {"es": "", "en": ""}},
        inner=TASKS,
    ),
    Section(
        "mentions",
        ("menciones",),
        (Spec(("tipo",)), Spec(("nombre",), "pair"), Spec(("ejemplos",), "words"), Spec(("contesta",), _YES),
         Spec(("responde",), "role"), Spec(("suplente",), "role"), Spec(("primera_respuesta",), "duration"),
         Spec(("plantilla",), "template"), Spec(("sube_a_nivel",)), Spec(("puede_esperar",), _YES),
         Spec(("nota",), "pair")),
        title=(("nombre",),),
        new={"tipo": "", "nombre": {"es": "", "en": ""}, "responde": "", "contesta": "no"},
    ),
    Section(
        "templates",
        ("plantillas",),
        (Spec(("para",), "pair"), Spec(("fase",), "phase"), Spec(("aprueba",), "roles"), Spec(("preaprobada",), _YES),
         Spec((), "pair_long"), Spec(("campos",), "words"), Spec(("prohibe",), "words"),
         Spec(("etiquetas",), "words")),
        named=True,
        title=(("para",),),
        new={"para": {"es": "", "en": ""}, "fase": "", "campos": [], "es": "", "en": ""},
    ),
    Section("ladders", ("escaladas",), (), named=True, title=(), new=[STEPS.new], inner=STEPS),
    Section(
        "compensation",
        ("compensacion",),
        (Spec(("cuando",), "condition"), Spec(("propone",)), Spec(("nombre",), "pair"), Spec(("aprueba",), "roles"),
         Spec(("base_legal", "norma")), Spec(("base_legal", "revisada"))),
        title=(("cuando",), ("nombre",)),
        new={"cuando": "duracion >= 2 h", "propone": "", "aprueba": []},
    ),
)  # fmt: skip


def at(data: Data | None, path: Path) -> Data | None:
    """The value at a path of plain data, or ``None``."""
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            return None
    return data


def words_of(value: Data | None, lang: str) -> str:
    """A value as a title shows it."""
    if isinstance(value, dict):
        pair = value.get(lang) or value.get("es") or value.get("en")
        return pair if isinstance(pair, str) else ""
    return value if isinstance(value, str) else ""
