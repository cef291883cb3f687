"""The timeline: every act with when it occurred and when it was recorded. Append-only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crisisdesk.model.attachment import Attachment

LATE_AFTER = timedelta(minutes=2)


class NoteKind(StrEnum):
    """What a note is."""

    FACT = "fact"
    DECISION = "decision"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the timeline.

    Attributes:
        kind: ``noun.verb`` in past tense, such as ``incident.opened`` or ``note.decision``; its sentence is
            ``entry.<kind>`` in ``timeline.toml``, filled from ``data``.
        occurred_at: when it happened, UTC.
        recorded_at: when it was written down, UTC.
        offset_minutes: offset from UTC of the desk's zone at ``occurred_at``.
        actor: who did it; ``desk`` for what the desk itself observed (an alert, a time that passed).
        data: values for the sentence; texts, numbers, ISO instants, or ``{"es": …, "en": …}``.
        text: what a person wrote, as written; empty for captured acts.
        revises: id of the entry that this one corrects; the original stays.
        revised_by: id of the newest correction of this one.
        starred: chosen for the short version.
        redacted: its words were taken out by law; an ``entry.redacted`` says who did it and why.
        attachments: its files, in the order in which they came; those that were taken out are not among them.
    """

    id: int
    incident_id: int | None
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    offset_minutes: int
    actor: str
    data: dict[str, object]
    text: str = ""
    revises: int | None = None
    revised_by: int | None = None
    starred: bool = False
    redacted: bool = False
    attachments: tuple[Attachment, ...] = ()

    @property
    def late(self) -> bool:
        """Whether it was written down noticeably after it happened."""
        return self.recorded_at - self.occurred_at > LATE_AFTER
