"""The words of a playbook file: keys in Spanish with their English alias, choices, and the well-known fields.

A file is written in one language. Inside the program the Spanish key is the name of a thing's place.
"""

from __future__ import annotations

import re
from typing import Final

from crisisdesk.model.playbook import FieldKind
from crisisdesk.playbooks.phrases import MEASURES_EN

KEYS: Final[dict[str, dict[str, str]]] = {
    "playbook": {
        "playbook": "playbook", "version": "version", "titulo": "title", "sector": "sector", "idiomas": "languages",
        "zona_horaria": "time_zone", "revisado": "reviewed", "revisar_cada": "review_every", "responsable": "owner",
        "personas": "people", "niveles": "levels", "baja_de_nivel": "level_falls", "escaladas": "ladders",
        "preguntas_llamada": "call_questions", "cautelas": "cautions", "fases": "phases", "menciones": "mentions",
        "estrategia": "strategy",
        "compromisos": "commitments", "compensacion": "compensation", "plantillas": "templates",
        "revision": "review", "simulacro": "drill",
    },
    "persona": {"titular": "holder", "suplente": "deputy", "nombre": "name"},
    "nivel": {
        "nivel": "level", "nombre": "name", "se_activa_si": "activates_if", "cadencia": "cadence", "escala": "wakes",
    },
    "cadencia": {"publica": "public", "interna": "internal"},
    "baja": {"si": "if", "confirma": "confirms"},
    "paso": {"paso": "step", "a": "to", "por": "by", "espera": "wait", "primero_despierto": "awake_first"},
    "repeticion": {"repite": "repeat", "si_nadie": "if_nobody"},
    "fase": {"fase": "phase", "nombre": "name", "objetivo": "goal", "tareas": "tasks"},
    "tarea": {
        "id": "id", "haz": "do", "quien": "who", "antes_de": "before", "plantilla": "template",
        "necesita": "needs", "desde_nivel": "from_level",
    },
    "mencion": {
        "tipo": "type", "nombre": "name", "ejemplos": "examples", "responde": "answers", "suplente": "deputy",
        "contesta": "answer", "primera_respuesta": "first_reply", "plantilla": "template",
        "sube_a_nivel": "raises_to_level", "puede_esperar": "may_wait", "nota": "note",
    },
    "estrategia": {"grupo": "cluster", "antecedentes": "history", "usar": "use", "evitar": "avoid"},
    "compromisos": {
        "margen_minimo": "margin", "riesgo_maximo": "max_risk", "historial_minimo": "min_history",
        "quien_puede_dar_hora": "may_give_time", "si_se_incumple": "if_broken",
    },
    "incumple": {"plantilla": "template", "antes_de": "before", "compensacion": "compensation"},
    "compensacion": {
        "cuando": "when", "propone": "proposes", "nombre": "name", "aprueba": "approves", "base_legal": "legal_basis",
    },
    "base_legal": {"norma": "rule", "revisada": "checked"},
    "plantilla": {
        "para": "for", "fase": "phase", "aprueba": "approves", "preaprobada": "pre_approved", "campos": "fields",
        "audiencia": "audience",
        "prohibe": "forbids", "es": "es", "en": "en", "canales": "channels", "etiquetas": "tags",
        "dos_personas": "two_people",
    },
    "campo": {"tipo": "kind", "opcional": "optional", "es": "es", "en": "en"},
    "bilingue": {"es": "es", "en": "en"},
    "revision": {"antes_de": "before", "responsable": "owner", "asisten": "attend"},
    "simulacro": {"cada": "every", "escenario": "scenario"},
}  # fmt: skip

SHAPE: Final[dict[str, dict[str, str]]] = {
    "playbook": {
        "titulo": "bilingue", "personas": "{persona}", "niveles": "[nivel]", "baja_de_nivel": "baja",
        "escaladas": "{[paso]}", "preguntas_llamada": "[bilingue]", "cautelas": "[bilingue]", "fases": "[fase]",
        "menciones": "[mencion]",
        "estrategia": "estrategia", "compromisos": "compromisos", "compensacion": "[compensacion]",
        "plantillas": "{plantilla}", "revision": "revision", "simulacro": "simulacro",
    },
    "persona": {"nombre": "bilingue"},
    "nivel": {"nombre": "bilingue", "se_activa_si": "[umbral]", "cadencia": "cadencia"},
    "repeticion": {"si_nadie": "bilingue"},
    "fase": {"nombre": "bilingue", "objetivo": "bilingue", "tareas": "[tarea]"},
    "tarea": {"haz": "bilingue"},
    "mencion": {"nombre": "bilingue", "nota": "bilingue"},
    "compromisos": {"si_se_incumple": "incumple"},
    "compensacion": {"nombre": "bilingue", "base_legal": "base_legal"},
    "plantilla": {"para": "bilingue", "campos": "{campo}"},
}  # fmt: skip
"""What kind of thing stands under a key: a context of ``KEYS``, ``[…]`` a list of it, ``{…}`` a mapping of free names.

A ladder's list mixes ``paso`` and ``repeticion``; ``umbral`` is a mapping of measures (``phrases.MEASURES``).
"""


def names_of(context: str) -> dict[str, str]:
    """The keys that may stand in a context, Spanish → English, in their usual order; none where names are free."""
    if context == "paso":
        return KEYS["paso"] | KEYS["repeticion"]
    if context == "umbral":
        return {spanish: english for english, spanish in MEASURES_EN.items()}
    return {"acuse_caduca": "ack_expires"} if context == "{[paso]}" else KEYS.get(context, {})


def context_below(context: str, step: str | int) -> str:
    """The context of what stands at ``step``, a Spanish key or a position, in a context; ``""`` when it is none."""
    if context.startswith(("[", "{")):
        inner = isinstance(step, int) if context.startswith("[") else step not in names_of(context)
        return context[1:-1] if inner else ""
    shape = SHAPE.get(context, {}) | (SHAPE["repeticion"] if context == "paso" else {})
    return shape.get(step, "") if isinstance(step, str) else ""


def is_english(keys: set[str]) -> bool:
    """Whether a file with these top-level keys is written with the English ones."""
    names = KEYS["playbook"]
    spanish, english = set(names) - set(names.values()), set(names.values()) - set(names)
    return len(keys & english) > len(keys & spanish)


SECTIONS: Final = (
    "playbook", "version", "titulo", "idiomas", "zona_horaria", "personas", "niveles", "escaladas", "fases",
    "menciones", "estrategia", "compromisos", "plantillas",
)  # fmt: skip
"""Keys of the file's top level without which it is not a playbook."""

SECTORS: Final = {
    "telecom": "telecom", "banco": "bank", "ecommerce": "ecommerce", "aerolinea": "airline", "otro": "other",
}  # fmt: skip
CLUSTERS: Final = {"victima": "victim", "accidental": "accidental", "evitable": "preventable", "rumor": "rumour"}
CHANNELS: Final = {"llamada": "call", "sms": "sms", "correo": "mail", "aviso": "notice", "chat": "chat"}
AUDIENCES: Final = {
    "publico": "public", "persona": "person", "interno": "internal", "llamadas": "callers", "prensa": "press",
    "regulador": "regulator", "clientes_clave": "key_clients",
}  # fmt: skip
NOBODY: Final = {"nadie": "nobody"}
REVIEW_COMPENSATION: Final = {"revisar": "review", "no": "no"}
STRATEGIES: Final = {
    "instruir": "instruct",
    "ajustar": "adjust",
    "negar": "deny",
    "atacar_al_acusador": "attack_accuser",
    "chivo_expiatorio": "scapegoat",
    "disminuir.excusa": "diminish.excuse",
    "disminuir.justificacion": "diminish.justification",
    "reconstruir.disculpa": "rebuild.apology",
    "reconstruir.compensacion": "rebuild.compensation",
    "reforzar.recordar": "bolster.remind",
    "reforzar.agradecer": "bolster.thank",
    "correccion": "correction",
}
KINDS: Final = {
    "texto": FieldKind.TEXT, "hora": FieldKind.TIME, "promesa": FieldKind.PROMISE,
    "proxima": FieldKind.NEXT_UPDATE, "hecho": FieldKind.FACT, "persona": FieldKind.PERSON,
    "enlace": FieldKind.LINK, "lista": FieldKind.LIST, "importe": FieldKind.AMOUNT, "fecha": FieldKind.DATE,
    "text": FieldKind.TEXT, "time": FieldKind.TIME, "promise": FieldKind.PROMISE, "next": FieldKind.NEXT_UPDATE,
    "fact": FieldKind.FACT, "person": FieldKind.PERSON, "link": FieldKind.LINK, "list": FieldKind.LIST,
    "amount": FieldKind.AMOUNT, "date": FieldKind.DATE,
}  # fmt: skip

_WELL_KNOWN: Final = (
    (FieldKind.NEXT_UPDATE, r"proxima(_\w+)?|siguiente_informe|next(_\w+)?"),
    (FieldKind.PROMISE, r"promesa|hora_nueva|promesa_llamada|promise|new_time|promised_call"),
    (FieldKind.TIME, r"inicio|ahora|hora_\w+|promesa_rota|desde_cuando\w*|start|now|broken_promise|\w+_time|since\w*"),
    (FieldKind.LINK, r"enlace(_\w+)?|donde_comprobar|link(_\w+)?|where_to_check"),
    (FieldKind.DATE, r"fecha(_\w+)?|cuando|date(_\w+)?|when"),
    (FieldKind.AMOUNT, r"importe(_\w+)?|amount(_\w+)?"),
    (FieldKind.PERSON, r"nombre|portavoz|firma|confirmado_por|name|spokesperson|signature|confirmed_by"),
    (FieldKind.LIST, r"hechos|preguntas|respuestas|cronologia|medidas|facts|questions|answers|chronology|measures"),
    (FieldKind.FACT, r"servicio|alcance|zona|causa(_\w+)?|que_paso|verdad|service|scope|area|cause(_\w+)?|truth"),
)


def kind_of(name: str) -> FieldKind:
    """The kind that a field's name tells by itself; ``TEXT`` for any other name."""
    return next((kind for kind, pattern in _WELL_KNOWN if re.fullmatch(pattern, name)), FieldKind.TEXT)


TYPICAL_LENGTH: Final = {
    FieldKind.TEXT: 60,
    FieldKind.TIME: 5,
    FieldKind.PROMISE: 5,
    FieldKind.NEXT_UPDATE: 5,
    FieldKind.FACT: 30,
    FieldKind.PERSON: 18,
    FieldKind.LINK: 24,
    FieldKind.LIST: 160,
    FieldKind.AMOUNT: 10,
    FieldKind.DATE: 12,
}
"""How long a field usually is when filled in, in characters; addresses count as most networks count them."""
