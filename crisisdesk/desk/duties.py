"""How many people each of the five duties reached in one incident, what areas signed, and the call centre's days.

A mention is counted once a duty: heard; answered by a text of its own; told to an area; connected, when that area
answered or a call was promised; fed back, when the cause was put right or what they asked for was done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from crisisdesk.desk.kept_numbers import shareable
from crisisdesk.model.area import Route, RouteState
from crisisdesk.model.community import IdeaState
from crisisdesk.model.draft import DraftState
from crisisdesk.model.duties import AreaSigned, CallCentre, Duty, DutyRow
from crisisdesk.model.incident import Incident
from crisisdesk.model.outgoing import OutgoingState
from crisisdesk.pipeline.measures import service_figures
from crisisdesk.store import mentions, rows, schema, service
from crisisdesk.store.database import Connection

SHOWN: Final = 100
"""Rows that are kept behind a count."""
AROUND: Final = timedelta(days=7)
Done = Mapping[int, tuple[datetime, str]]


def duties(connection: Connection, incident: Incident, heard: int) -> tuple[Duty, ...]:
    """The five, in their order; ``heard`` is how many mentions the incident has."""
    asked = [r for r in rows.routes.where(connection, incident_id=incident.id) if r.state is not RouteState.WITHDRAWN]
    areas = {area.id: area.name for area in rows.areas.where(connection)}
    reached: tuple[tuple[str, Done], ...] = (
        ("respond", _answered(connection, incident.id)),
        ("inform", {r.mention_id: (r.sent_at, areas[r.area_id]) for r in asked if r.mention_id is not None}),
        ("connect", _connected(connection, incident.id, asked)),
        ("feed_back", _fed_back(connection, incident.id, asked)),
    )
    first = Duty(key="listen", n=heard)
    return (first, *(Duty(key=key, n=len(done), rows=_rows(connection, done)) for key, done in reached))


def _answered(connection: Connection, incident_id: int) -> Done:
    """Mentions with an answer of their own that is out, whoever carried it."""
    done: dict[int, tuple[datetime, str]] = {}
    own = schema.draft.c.mention_id.is_not(None)
    for draft in rows.drafts.where(connection, own, incident_id=incident_id, state=DraftState.PUBLISHED):
        if draft.mention_id is not None:
            done.setdefault(draft.mention_id, (draft.published_at or draft.updated_at, draft.created_by))
    for sent in rows.outgoing.where(connection, incident_id=incident_id, state=OutgoingState.SENT):
        if sent.mention_id is not None:
            done.setdefault(sent.mention_id, (sent.ended_at or sent.confirmed_at, sent.confirmed_by))
    return done


def _connected(connection: Connection, incident_id: int, asked: list[Route]) -> Done:
    done = _signed(asked, RouteState.ANSWERED)
    for call in rows.call_backs.where(connection, incident_id=incident_id):
        if call.commitment_id is not None:
            done.setdefault(call.mention_id, (call.kept_at, call.kept_by))
    return done


def _fed_back(connection: Connection, incident_id: int, asked: list[Route]) -> Done:
    done = _signed(asked, RouteState.CORRECTED)
    for idea in rows.ideas.where(connection, incident_id=incident_id, state=IdeaState.DONE):
        step = next((s for s in reversed(idea.steps) if s.state is IdeaState.DONE), None)
        for mention_id in idea.mention_ids:
            done.setdefault(mention_id, (step.at, step.by) if step else (idea.at, idea.by))
    return done


def _signed(asked: list[Route], state: RouteState) -> dict[int, tuple[datetime, str]]:
    found = {}
    for route in asked:
        signature = next((s for s in route.standing if s.state is state), None)
        if route.mention_id is not None and signature is not None:
            found[route.mention_id] = (signature.at, signature.by)
    return found


def _rows(connection: Connection, done: Done) -> tuple[DutyRow, ...]:
    first = sorted(done, key=lambda one: (done[one][0], one))[:SHOWN]
    known = mentions.of_ids(connection, first)
    told = {one.id: one.mention for one in shareable(connection, known.values())}
    return tuple(
        DutyRow(mention_id=one, at=done[one][0], author=told[one].author, text=told[one].text, by=done[one][1])
        for one in first
        if one in told
    )


def signed(connection: Connection, incident: Incident) -> tuple[AreaSigned, ...]:
    """What each area was asked in the incident, oldest first; what was taken back is left out."""
    names = {area.id: area.name for area in rows.areas.where(connection)}
    asked = [r for r in rows.routes.where(connection, incident_id=incident.id) if r.state is not RouteState.WITHDRAWN]
    about = mentions.of_ids(connection, [r.mention_id for r in asked if r.mention_id is not None])
    told = {one.id: one.mention.text for one in shareable(connection, about.values())}
    return tuple(
        AreaSigned(
            area=names[route.area_id],
            what=route.cause or route.ask or told.get(route.mention_id or 0, ""),
            sent_at=route.sent_at,
            due_at=route.due_at,
            state=route.state,
            signatures=route.standing,
        )
        for route in asked
    )


def call_centre(connection: Connection, incident: Incident, now: datetime) -> CallCentre:
    """The days of the call centre around the incident, as its own system counted them."""
    zone = ZoneInfo(incident.zone)
    end = min((incident.resolved_at or now) + AROUND, now)
    first, last = (at.astimezone(zone).date() for at in (incident.started_at - AROUND, max(end, incident.started_at)))
    days = service.between(connection, first, last)
    return CallCentre(first=first, last=last, days=days, figures=tuple(tuple(service_figures([day])) for day in days))
