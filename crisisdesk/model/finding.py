"""What a check found: a place, what was read, why it matters and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters: an error blocks, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding of a check, told by its sentence's key so that both languages can read it.

    Attributes:
        number: the validation's number (1–32 for playbooks; 0 for what comes before them, such as bad YAML).
        severity: whether it blocks.
        key: sentence key under ``finding.`` in ``playbook.toml``; with ``.why`` and ``.fix`` beside it.
        file: the file's name as the person gave it.
        line: 1-based line; never 0.
        where: the field's dotted path, such as ``niveles[0].cadencia.publica``.
        read: what was read there, clamped.
        fields: values for the sentence's placeholders.
    """

    number: int
    severity: Severity
    key: str
    file: str
    line: int
    where: str
    read: str = ""
    fields: dict[str, object] = field(default_factory=dict)
