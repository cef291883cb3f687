"""Whether the line for the direction was told in time all through an incident that has been played."""

from __future__ import annotations

from datetime import datetime, timedelta

from crisisdesk.app import Desk
from crisisdesk.desk.draft_next import EXECUTIVE_TOLD
from crisisdesk.model.playbook import Audience, Playbook
from crisisdesk.model.timeline import Entry


def _inner(playbook: Playbook, entry: Entry) -> bool:
    return playbook.audience_of(str(entry.data["template_id"])) is Audience.INTERNAL


def late_lines(desk: Desk) -> list[datetime]:
    """When the line was due and not told, from the incident's own timeline; the cadence is that of the level then."""
    incident = desk.incidents.get("latest")
    playbook = desk.incidents.playbook(incident.id)
    cadence, told, late = timedelta.max, incident.opened_at, list[datetime]()
    for entry in reversed(desk.timeline.entries(incident.id)):
        at = entry.occurred_at
        if entry.kind == "incident.resolved":
            break
        if cadence < at - told:
            late.append(told + cadence)
            told = at  # told once
        if entry.kind == "incident.level_set":
            level = playbook.level(int(str(entry.data["level"])))
            cadence = level.internal_cadence if level is not None and level.internal_cadence else timedelta.max
        elif entry.kind == EXECUTIVE_TOLD or (entry.kind == "draft.published" and _inner(playbook, entry)):
            told = at
    return late
