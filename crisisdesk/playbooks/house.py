"""Texts that every desk needs after an incident, for playbooks that do not bring their own."""

from __future__ import annotations

from dataclasses import replace

from crisisdesk.model.playbook import (
    POST_MORTEM,
    PRELIMINARY,
    Audience,
    FieldKind,
    Playbook,
    Template,
    TemplateField,
)
from crisisdesk.texts import both

_KINDS = {"que_sabemos": FieldKind.LIST, "que_no_sabemos": FieldKind.LIST, "que_hicimos": FieldKind.LIST,
          "que_cambiamos": FieldKind.LIST, "cronologia": FieldKind.LIST, "que_paso": FieldKind.FACT}  # fmt: skip
_STAFF = ("estado", "que_sabemos", "que_no_sabemos", "que_hicimos", "lo_prometido", "que_sigue")
_PUBLIC = ("resumen", "que_paso", "impacto_numeros", "que_cambiamos", "disculpa", "cronologia")
_OPTIONAL = frozenset({"cronologia", "que_no_sabemos"})


def with_house(playbook: Playbook) -> Playbook:
    """The playbook with the house's texts beside its own."""
    return replace(playbook, house=(_preliminary(playbook), _post_mortem(playbook)))


def _preliminary(playbook: Playbook) -> Template:
    return Template(
        id=PRELIMINARY,
        purpose=both("drafts.house.preliminary"),
        phase=_last(playbook),
        fields=_fields(_STAFF),
        text=both("drafts.house.preliminary_text"),
        approves=_known(playbook, *(role for role in ("legal", "direccion") if role != playbook.owner))[:1],
        forbids=("causa",),
        tags=("instruir",),
        audience=Audience.INTERNAL,
    )


def _post_mortem(playbook: Playbook) -> Template:
    return Template(
        id=POST_MORTEM,
        purpose=both("drafts.house.post_mortem"),
        phase=_last(playbook),
        fields=_fields(_PUBLIC),
        text=both("drafts.house.post_mortem_text"),
        approves=_known(playbook, "direccion", "legal") or _known(playbook, playbook.owner),
        tags=("reconstruir.disculpa",),
        two_people=True,
    )


def _fields(names: tuple[str, ...]) -> tuple[TemplateField, ...]:
    return tuple(
        TemplateField(
            name=name,
            kind=_KINDS.get(name, FieldKind.TEXT),
            optional=name in _OPTIONAL,
            label=both(f"drafts.house.field.{name}"),
        )
        for name in names
    )


def _known(playbook: Playbook, *roles: str) -> tuple[str, ...]:
    return tuple(role for role in roles if playbook.role(role) is not None)


def _last(playbook: Playbook) -> str:
    return playbook.phases[-1].id if playbook.phases else ""
