"""The templates of a playbook: forms with typed fields. Well-known field names bring their own kind and label."""

from __future__ import annotations

import re
from typing import Final

from crisisdesk.model.playbook import (
    AUDIENCE_BY_ID,
    PRELIMINARY,
    Audience,
    Bilingual,
    FieldKind,
    Template,
    TemplateField,
)
from crisisdesk.playbooks import vocabulary
from crisisdesk.playbooks.nodes import Mapping, Node, Scalar, Sequence, clip
from crisisdesk.playbooks.phrases import fold
from crisisdesk.playbooks.schema import Place, View, entries
from crisisdesk.texts import Texts

PRE_CLEARED: Final = "primer_mensaje"
"""The one template that nobody has to be asked for unless the file says otherwise."""

FIELD_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,39}")
PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_OPTIONAL: Final = frozenset({"opcional", "optional"})
_REQUIRED: Final = frozenset({"obligatorio", "required"})


def templates_of(root: View) -> tuple[Template, ...]:
    """The templates of the section ``plantillas``, in order."""
    made = []
    for name, node, path, place in root.named("plantillas"):
        view = root.of(node, "plantilla", path, place)
        if view is not None:
            made.append(_template(name, view, place.line))
    return tuple(made)


def _template(name: str, view: View, line: int) -> Template:
    view.require("campos")
    view.require("es" if not view.reading.english else "en")
    texts = Bilingual(es=view.text("es"), en=view.text("en"))
    view.reading.pairs.append((view.path, texts))
    return Template(
        id=name,
        purpose=view.pair("para"),
        phase=view.text("fase"),
        fields=_fields(view),
        text=texts,
        approves=view.roles("aprueba"),
        pre_cleared=view.yes_no("preaprobada", name == PRE_CLEARED),
        forbids=view.words("prohibe"),
        limits=_limits(view),
        tags=view.choices("etiquetas", vocabulary.STRATEGIES),
        audience=_audience(name, view),
        two_people=view.yes_no("dos_personas", False),
        line=line,
    )


def _audience(name: str, view: View) -> Audience:
    chosen = view.choice("audiencia", vocabulary.AUDIENCES)
    if name == PRELIMINARY:  # whatever the file says: it never leaves the house
        return Audience.INTERNAL
    return Audience(vocabulary.AUDIENCES[chosen]) if chosen else AUDIENCE_BY_ID.get(name, Audience.PUBLIC)


def _limits(view: View) -> tuple[tuple[str, int], ...]:
    limits = []
    for channel, node, _path, place in view.named("canales"):
        text = node.text.strip() if isinstance(node, Scalar) else ""
        if text.isascii() and text.isdigit() and 0 < len(text) <= 6 and int(text):
            limits.append((channel, int(text)))
        else:
            view.reading.note(0, "bad_whole", place, value=clip(text), least=1, most=999_999)
    return tuple(limits)


def _fields(view: View) -> tuple[TemplateField, ...]:
    node = view.node("campos")
    base, path = view.at("campos"), f"{view.path}.campos"
    if isinstance(node, Mapping):
        made = [_from_entry(view, *entry) for entry in entries(view.reading, node, path, base.shown)]
    elif isinstance(node, Sequence):
        made = []
        for name, place in view.scalars("campos"):
            bare, optional = _bare(name)
            made.append(_field(view, bare, place, kind=vocabulary.kind_of(bare), optional=optional))
    else:
        made = []
        if node is not None:
            view.reading.note(0, "not_list", base)
    for field in made:
        # By name, so that the checks find a field however it was written.
        view.reading.places[f"{path}.{field.name}"] = view.reading.places.get(f"{path}.{field.name}", base)
    return tuple(made)


def _bare(name: str) -> tuple[str, bool]:
    """The name without its mark, and whether the mark says optional: ``zona?``, ``zona opcional``."""
    bare = name.strip()
    if bare.endswith("?"):
        return bare[:-1].strip(), True
    first, _, rest = bare.partition(" ")
    return (first, True) if fold(rest).strip("()") in _OPTIONAL else (bare, False)


def _from_entry(view: View, name: str, node: Node, path: str, place: Place) -> TemplateField:
    bare, optional = _bare(name)
    kind = vocabulary.kind_of(bare)
    if isinstance(node, Scalar):
        kind, marked = _described(view, node.text, kind, place)
        return _field(view, bare, place, kind=kind, optional=optional or marked)
    inner = view.of(node, "campo", path, place)
    if inner is None:
        return _field(view, bare, place, kind=kind, optional=optional)
    if inner.has("tipo"):
        kind, marked = _described(view, inner.text("tipo"), kind, inner.at("tipo"))
        optional = optional or marked
    label = Bilingual(es=inner.text("es"), en=inner.text("en"))
    optional = inner.yes_no("opcional", optional)
    return _field(view, bare, place, kind=kind, optional=optional, label=label)


def _described(view: View, text: str, kind: FieldKind, place: Place) -> tuple[FieldKind, bool]:
    """``texto opcional`` as a kind and whether it is optional."""
    optional = False
    for word in text.replace(",", " ").split():
        folded = fold(word)
        if folded in _OPTIONAL:
            optional = True
        elif folded in vocabulary.KINDS:
            kind = vocabulary.KINDS[folded]
        elif folded not in _REQUIRED:
            view.reading.note(0, "bad_choice", place, value=clip(word), known=", ".join(vocabulary.KINDS))
    return kind, optional


def _field(
    view: View, name: str, place: Place, *, kind: FieldKind, optional: bool, label: Bilingual | None = None
) -> TemplateField:
    view.reading.places[f"{view.path}.campos.{name}"] = place
    if not FIELD_NAME.fullmatch(name):
        view.reading.note(15, "bad_field_name", place, name=clip(name))
    label = label or Bilingual()
    whole = Bilingual(es=label.es or _label(name, "es"), en=label.en or _label(name, "en"))
    return TemplateField(name=name, kind=kind, optional=optional, label=whole)


def _label(name: str, lang: str) -> str:
    """The label of a well-known field, or its name in words."""
    texts, key = Texts(lang), f"playbook.field.{name}"
    return texts(key) if texts.has(key) else name.replace("_", " ").capitalize()
