"""A fact of the truth sheet: know, don't know, doing, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisisdesk.model.playbook import Bilingual


class FactSection(StrEnum):
    """The truth sheet's three sections."""

    KNOW = "know"
    DONT_KNOW = "dont_know"
    DOING = "doing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact in both languages. A newer fact with the same key stands in its place; the old one stays.

    Attributes:
        key: the template field that it feeds (``servicio``, ``alcance``…), or a free name.
        said_by: who says so.
        said_at: when it was said, UTC.
        evidence: mention, note, document or address.
    """

    id: int
    incident_id: int
    section: FactSection
    key: str
    value: Bilingual
    said_by: str
    said_at: datetime
    recorded_at: datetime
    evidence: str = ""
    replaced_by: int | None = None
