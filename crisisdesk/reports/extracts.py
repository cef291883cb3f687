"""The situation and the timeline of an incident as JSON for machines: the same words and rules as ``tables.json``."""

from __future__ import annotations

from typing import Final

from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.fact import FactSection
from crisisdesk.model.incident import TaskState
from crisisdesk.model.review import ReviewData
from crisisdesk.reports import tables
from crisisdesk.reports.base import Cut
from crisisdesk.reports.redaction import cut_of
from crisisdesk.texts import LANGUAGES, Texts

SITUATION: Final = "crisisdesk.situation"
TIMELINE: Final = "crisisdesk.timeline"
VERSION: Final = 1


def situation(data: ReviewData, *, cut: str = Cut.INTERNAL) -> str:
    """Where the incident stands; ``seconds_left`` counts from ``made_at`` and is negative once a promise is late."""
    data = cut_of(data, cut)
    owed = [c for c in data.commitments if c.state is CommitmentState.OPEN]
    promises = [
        {"id": c.id, "kind": c.kind, "what": c.what, "to_whom": c.to_whom, "due_at": c.due_at, "owner": c.owner,
         "giver": c.giver, "seconds_left": c.due_at - data.made_at}
        for c in owed
    ]  # fmt: skip
    known = {
        part.value: [
            {"key": f.key, "value": f.value, "said_by": f.said_by, "said_at": f.said_at}
            for f in data.facts
            if f.section is part and f.replaced_by is None
        ]
        for part in FactSection
    }
    whole = {
        **_head(data, SITUATION, cut),
        "next_news": min((c.due_at for c in owed if c.kind is CommitmentKind.NEXT_UPDATE), default=None),
        "owed": promises,
        "broken": [c for c in data.commitments if c.state is CommitmentState.BROKEN],
        "sheet": known,
        "last_published": data.own_texts[-1] if data.own_texts else None,
        "assignments": data.assignments,
        "open_tasks": [t for t in data.tasks if t.state is TaskState.OPEN],
        "mentions": {
            "total": data.mentions,
            "complaints": data.complaints,
            "by_channel": [{"channel": channel, "mentions": n} for channel, n in data.by_source],
        },
        "counts": data.chart.counts,
        "gaps": data.chart.gaps,
    }
    return tables.json_text(whole)


def timeline(data: ReviewData, *, cut: str = Cut.INTERNAL) -> str:
    """Every entry, corrections applied, and as first written; sentences in both languages."""
    data = cut_of(data, cut)
    texts = {lang: Texts(lang) for lang in LANGUAGES}
    zone = data.incident.zone
    whole = {
        **_head(data, TIMELINE, cut),
        "timeline": [tables.entry_of(e, texts, zone) for e in data.entries],
        "timeline_as_written": [tables.entry_of(e, texts, zone) for e in data.originals],
    }
    return tables.json_text(whole)


def _head(data: ReviewData, name: str, cut: str) -> dict[str, object]:
    return {
        "format": name,
        "version": VERSION,
        "cut": cut,
        "made_at": data.made_at,
        "incident": data.incident,
        "head": None if data.head is None else str(data.head),
    }
