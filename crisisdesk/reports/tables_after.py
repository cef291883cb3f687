"""What came of an incident as rows: for the team only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from crisisdesk.model.area import RouteState
from crisisdesk.model.review import ReviewData

Row = Sequence[object]


def tables(data: ReviewData, utc: Callable[[datetime | None], str]) -> dict[str, tuple[Row, Iterable[Row]]]:
    """Tables by name: head and rows; ``utc`` writes an instant."""
    found = data.followup
    return {
        "duty_rows": (
            ("duty", "mention", "utc", "author", "text", "by"),
            ((d.key, r.mention_id, utc(r.at), r.author, r.text, r.by) for d in data.duties for r in d.rows),
        ),
        "areas": (
            ("area", "what", "sent_utc", "due_utc", "state", "received_utc", "answered_utc", "corrected_utc"),
            ((a.area, a.what, utc(a.sent_at), utc(a.due_at), a.state,
              *(utc(s.at if (s := a.signed(step)) else None)
                for step in (RouteState.RECEIVED, RouteState.ANSWERED, RouteState.CORRECTED)))
             for a in data.areas),
        ),
        "review_actions": (
            ("id", "what", "owner", "due_utc", "state", "public", "ended_utc", "ended_by", "words"),
            ((a.id, a.what, a.owner, utc(a.due_at), a.state, a.public, utc(a.ended_at), a.ended_by, a.words)
             for a in (found.actions if found else ())),
        ),
        "feedback": (
            ("who", "noted_utc", "well", "badly", "change"),
            ((f.who, utc(f.noted_at), f.well, f.badly, f.change) for f in (found.feedback if found else ())),
        ),
        "call_centre": (
            ("day", "line", "contacts", "seconds", "cost", "currency", "asked", "satisfied", "rated", "detractors"),
            ((d.day.isoformat(), d.line, d.contacts, d.seconds, d.cost, d.currency, d.asked, d.satisfied, d.rated,
              d.detractors) for d in (data.call_centre.days if data.call_centre else ())),
        ),
    }  # fmt: skip


def followup(data: ReviewData) -> dict[str, Any] | None:
    """What was decided afterwards, without the texts of the playbook and the drafts, which stand elsewhere."""
    found = data.followup
    if found is None:
        return None
    return {
        "due_at": found.due_at,
        "held_at": found.held_at,
        "held_by": found.held_by,
        "actions": found.actions,
        "carried": found.carried,
        "feedback": found.feedback,
        "participants": found.participants,
        "proposals": [
            {"why": p.why, "state": p.state, "by": p.by, "at": p.at, "base_version": p.base_version,
             "version": p.version, "decided_by": p.decided_by, "decided_at": p.decided_at, "reason": p.reason}
            for p in found.proposals
        ],
    }  # fmt: skip
