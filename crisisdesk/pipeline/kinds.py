"""Which row of the process table a mention belongs to: what the head of the types sees besides a text's pieces.

Whether a text complains, praises, asks or is noise is a matter of degree: a linear head weighs which lists were hit,
the sentiment, the cues and the pieces. It was trained on mentions that we labelled (``tests/data/types/README.md``).
Rows of which it has seen too few are not left to it: there the words decide, as they do for rows of a playbook's own.
"""

from __future__ import annotations

from typing import Final

from crisisdesk.pipeline.cues import CUES
from crisisdesk.pipeline.wording import Said

TYPE: Final = "type"
COMPLAINT_TYPE: Final = "queja_servicio"
LINK: Final = CUES.index("link")
USUAL: Final = (
    "", "emergencia_personas", "prensa", "regulador", "fraude_suplantacion", "cobros", "pasajero_varado",
    "cliente_de_viaje", "pedido_reembolso", "promesa_reclamada", "rumor", "cuando_vuelve", "queja_servicio",
    "cliente_ayuda", "idea", "elogio", "empleado", "influyente", "ruido",
)  # fmt: skip
"""The usual rows, none first: the classes of the head."""
WORDS_DECIDE: Final = frozenset(
    ("prensa", "regulador", "fraude_suplantacion", "promesa_reclamada", "cliente_ayuda", "empleado", "influyente")
)
FEATURES: Final = (
    *(f"hit.{name}" for name in USUAL[1:]),
    *(f"rule.{name}" for name in USUAL),
    "tone.negative", "tone.neutral", "tone.positive", "complaint", "safety",
    *CUES,
)  # fmt: skip


def features(hits: frozenset[str], rule: str, said: Said, complaint: bool, safety: bool) -> list[float]:
    """The numbers of :data:`FEATURES`: ``hits`` are the rows whose words are there, ``rule`` the first."""
    found = [1.0 if name in hits else 0.0 for name in USUAL[1:]]
    found += [1.0 if name == rule else 0.0 for name in USUAL]
    found += [said.scores["negative"] / 2, said.scores["neutral"] / 2, said.scores["positive"] / 2]
    return [*found, float(complaint), float(safety), *said.cues]
