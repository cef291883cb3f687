"""What is asked of the two texts that follow an incident, and which days they promise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.draft import Draft, DraftState, Problem
from crisisdesk.model.finding import Severity
from crisisdesk.model.followup import ActionState, ReviewAction
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import AFTERWARDS, POST_MORTEM, PRELIMINARY, Audience, Bilingual, Template
from crisisdesk.pipeline.lengths import channel_of
from crisisdesk.pipeline.render import day
from crisisdesk.store import rows
from crisisdesk.store.database import Connection
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.words import duration

_EVERYBODY: Final = frozenset({"x", "corto", "bluesky", "mastodon"})
_STAFF: Final = frozenset(
    "correo mail email intranet interno interna internal chat teams slack personal staff equipo team plantilla reunion "
    "meeting tablon sms telefono phone voz".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What the rules need to know of an incident that is over.

    Attributes:
        times: hours, days and stretches that are of the past or in a review's plan: telling them promises nothing.
        actions: those that the text for everybody tells.
        broken: promises of a solution that were not kept.
    """

    times: tuple[str, ...] = ()
    actions: tuple[ReviewAction, ...] = ()
    broken: tuple[Commitment, ...] = ()


def aftermath(connection: Connection, incident: Incident, template_id: str) -> Aftermath:
    """Read it for the two texts; nothing for any other."""
    if template_id not in AFTERWARDS:
        return Aftermath()
    owed = rows.commitments.where(connection, incident_id=incident.id)
    plan = rows.review_plans.first(connection, incident_id=incident.id)
    actions = rows.review_actions.where(connection, incident_id=incident.id, public=True)
    out = rows.drafts.where(connection, incident_id=incident.id, state=DraftState.PUBLISHED)
    instants = [incident.started_at, incident.resolved_at, plan.due_at if plan else None]
    instants += [draft.published_at for draft in out]
    instants += [one.due_at for one in owed if one.state is not CommitmentState.OPEN]
    instants += [action.due_at for action in actions]
    known = [at for at in instants if at is not None]
    lasted = incident.resolved_at - incident.started_at if incident.resolved_at else None
    return Aftermath(
        times=tuple(dict.fromkeys(_told(known, incident.zone, lasted))),
        actions=tuple(a for a in actions if a.state is not ActionState.DROPPED),
        broken=tuple(c for c in owed if c.kind is CommitmentKind.RESOLUTION and c.state is CommitmentState.BROKEN),
    )


def _told(instants: Iterable[datetime], zone: str, lasted: timedelta | None) -> Iterator[str]:
    for at in instants:
        local = at.astimezone(ZoneInfo(zone))
        yield f"{local:%H:%M}"
        for lang in LANGUAGES:
            yield day(local, lang)
    if lasted is not None:
        for lang in LANGUAGES:
            yield duration(lasted, Texts(lang), spoken=True)


def problems(draft: Draft, template: Template, after: Aftermath, *, channel: str, zone: str) -> Iterator[Problem]:
    """Our own people's texts stay with them; the one for everybody names what was broken and what will be done."""
    place = staff_only(template, channel)
    if place:
        yield Problem(severity=Severity.ERROR, key="staff_only", fields=(("channel", place),))
    if template.id != POST_MORTEM:
        return
    for broken in after.broken:
        time = f"{broken.due_at.astimezone(ZoneInfo(zone)):%H:%M}"
        if any(body and time not in body for body in (draft.body.es, draft.body.en)):
            yield Problem(severity=Severity.WARNING, key="broken_not_named", fields=(("time", time),))
    for action in after.actions:
        if not told(action, draft.body):
            yield Problem(severity=Severity.WARNING, key="action_not_told", fields=(("what", action.what),))


def staff_only(template: Template, place: str) -> str:
    """The place, when a text for our own people must not go there; else nothing.

    The preliminary analysis goes only where our own people alone read; any other text for them, not to a network.
    """
    if template.audience is not Audience.INTERNAL or not place.strip():
        return ""
    if template.id == PRELIMINARY and not place.startswith(("http://", "https://")):
        folded = "".join(c for c in unicodedata.normalize("NFD", place.lower()) if not unicodedata.combining(c))
        return "" if _STAFF & set(re.findall(r"[a-z]+", folded)) else place
    return place if channel_of(place).id in _EVERYBODY else ""


def told(action: ReviewAction, body: Bilingual) -> bool:
    """Whether a text tells an action in its own words."""
    what = " ".join(action.what.casefold().split())
    return any(what in " ".join(text.casefold().split()) for text in (body.es, body.en))
