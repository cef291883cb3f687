"""The review assembles itself: milestones, what was said when, promises kept, calls, facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime, timedelta

from crisisdesk.desk.answering import answering
from crisisdesk.desk.core import Core
from crisisdesk.desk.duties import call_centre, duties, signed
from crisisdesk.desk.followups import Followups
from crisisdesk.desk.incidents import Incidents
from crisisdesk.desk.kept_numbers import Strike, shareable, strike_kept
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.risk import scored
from crisisdesk.desk.room import Room
from crisisdesk.model.commitment import Commitment, CommitmentKind
from crisisdesk.model.draft import Draft, DraftState
from crisisdesk.model.escalation import CallAttempt, Escalation
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.playbook import Audience, Playbook
from crisisdesk.model.review import Brief, Milestone, ReviewData, scores
from crisisdesk.pipeline.phones import everywhere
from crisisdesk.store import chain, mentions, minutes, rows, timeline
from crisisdesk.store.database import Connection

_EXAMPLES = 6
_NOBODYS = ("playbook", "chart", "contacts", "head", "calibration", "calibration_all")  # what no customer is in


class Review:
    """Reads everything of one incident."""

    def __init__(
        self, core: Core, playbooks: Playbooks, incidents: Incidents, room: Room, followups: Followups
    ) -> None:
        self._core = core
        self._playbooks = playbooks
        self._incidents = incidents
        self._room = room
        self._followups = followups

    def data(self, incident: int | str) -> ReviewData:
        """All of one incident, by id or name, in one snapshot."""
        found = self._incidents.get(incident)
        playbook = self._playbooks.of(found.id)
        with self._core.read() as connection:
            end = found.resolved_at or self._core.clock.now()
            alert = rows.alerts.get(connection, found.alert_id) if found.alert_id else None
            start = mentions.floor_minute(found.started_at)
            drafts = rows.drafts.where(connection, incident_id=found.id, state=DraftState.PUBLISHED)
            published = tuple(sorted(drafts, key=lambda d: (d.published_at or d.updated_at, d.id)))
            owed = rows.commitments.where(connection, incident_id=found.id)
            promises, updates = scores(owed)
            ladders = rows.escalations.where(connection, incident_id=found.id)
            calls = (
                rows.attempts.where(connection, escalation_id=tuple(e.id for e in ladders)) if ladders else ()
            )
            counted = minutes.counts(connection, start, end)
            total, complaints, _ = mentions.totals(connection, start, end)
            assigned = rows.assignments.where(connection, incident_id=found.id)
            slugs = {a.contact_slug for a in assigned} | {c.contact_slug for c in calls} | {c.giver for c in owed}
            made = ReviewData(
                made_at=self._core.clock.now(),
                actor=self._core.actor,
                incident=found,
                playbook=playbook,
                alert=alert,
                chart=self._room.chart(None, found.id),
                milestones=_milestones(
                    found, playbook, alert.opened_at if alert else None, published, owed, calls, ladders
                ),
                entries=timeline.entries(connection, found.id),
                originals=timeline.raw(connection, found.id),
                published=published,
                commitments=tuple(sorted(owed, key=lambda c: (c.due_at, c.id))),
                promises=promises,
                updates=updates,
                facts=rows.facts.where(connection, incident_id=found.id),
                tasks=self._incidents.tasks(found.id),
                assignments=assigned,
                contacts=tuple(c for c in rows.contacts.where(connection) if c.slug in slugs),
                escalations=ladders,
                attempts=calls,
                mentions=total,
                complaints=complaints,
                by_source=mentions.by_channel(connection, start, end),
                peak=max(((c.minute, c.total) for c in counted), key=lambda p: p[1], default=None),
                examples=shareable(connection, _examples(connection, start)),
                head=chain.head(connection),
                answering=answering(connection, start, found.resolved_at, self._core.clock.now()),
                followup=self._followups.of(found.id),
                duties=duties(connection, found, total),
                areas=signed(connection, found),
                call_centre=call_centre(connection, found, self._core.clock.now()),
                calibration=scored(connection, found.id),
                calibration_all=scored(connection),
            )
            strike = strike_kept(connection)
            return _struck(made, strike) if strike is not None else made

    def briefs(self, incidents: Iterable[Incident]) -> tuple[Brief, ...]:
        """Of each incident its first public text against the target, and its promises; two queries for all of them."""
        with self._core.read() as connection:
            texts, owed = defaultdict[int, list[Draft]](list), defaultdict[int, list[Commitment]](list)
            for draft in rows.drafts.where(connection, state=DraftState.PUBLISHED):
                texts[draft.incident_id].append(draft)
            for one in rows.commitments.where(connection):
                owed[one.incident_id].append(one)
            return tuple(
                Brief(
                    incident=found,
                    first_message=_first_message(found, self._playbooks.of(found.id), texts[found.id]),
                    commitments=tuple(sorted(owed[found.id], key=lambda c: (c.due_at, c.id))),
                )
                for found in incidents
            )


def _struck(made: ReviewData, strike: Strike) -> ReviewData:
    """Without a number that somebody gave us, wherever it was written down."""
    told = {f.name: getattr(made, f.name) for f in fields(made) if f.name not in _NOBODYS}
    return replace(made, **{name: everywhere(value, strike) for name, value in told.items()})


def _first_message(incident: Incident, playbook: Playbook, published: Iterable[Draft]) -> Milestone:
    """From T0 to the first text that the public could read, against the playbook's target for it."""
    out = (d.published_at for d in published if playbook.audience_of(d.template_id) is Audience.PUBLIC)
    at = min((instant for instant in out if instant is not None), default=None)
    return Milestone(
        key="first_message",
        target=_target(playbook, "primer_mensaje"),
        took=None if at is None else at - incident.started_at,
    )


def _target(playbook: Playbook, template: str) -> timedelta | None:
    """How long after T0 the playbook wants a text to be out."""
    return next((t.before for p in playbook.phases for t in p.tasks if t.template == template), None)


def _examples(connection: Connection, start: datetime) -> tuple[StoredMention, ...]:
    """Complaints of the first hour."""
    first = mentions.between(connection, start, start + timedelta(hours=1))
    return tuple(m for m in first if m.verdict.complaint and not m.mention.is_repost)[:_EXAMPLES]


def _milestones(
    incident: Incident,
    playbook: Playbook,
    detected: datetime | None,
    published: tuple[Draft, ...],
    owed: tuple[Commitment, ...],
    calls: tuple[CallAttempt, ...],
    ladders: tuple[Escalation, ...],
) -> tuple[Milestone, ...]:
    def took(at: datetime | None) -> timedelta | None:
        return at - incident.started_at if at is not None else None

    def first(*templates: str) -> datetime | None:
        return next((d.published_at for d in published if d.template_id in templates), None)

    answered = [c.ended_at for c in calls if c.outcome is not None and c.outcome.value == "answered"]
    timed = [c.made_at for c in owed if c.kind is CommitmentKind.RESOLUTION]
    return (
        Milestone(key="detected", target=None, took=took(detected)),
        Milestone(key="opened", target=None, took=took(incident.opened_at)),
        Milestone(
            key="first_call",
            target=_first_call(incident, playbook, ladders),
            took=took(min((a for a in answered if a), default=None)),
        ),
        _first_message(incident, playbook, published),
        Milestone(key="scope", target=_target(playbook, "alcance"), took=took(first("alcance"))),
        Milestone(key="first_time", target=None, took=took(min(timed, default=None))),
        Milestone(key="resolved", target=None, took=took(incident.resolved_at)),
    )


def _first_call(incident: Incident, playbook: Playbook, ladders: tuple[Escalation, ...]) -> timedelta | None:
    """By when somebody should have answered: the ladder that was called first, and as long as its first step waits."""
    waits = []
    for one in ladders:
        ladder = playbook.ladder(one.role)
        if ladder is not None and ladder.steps:
            waits.append(one.started_at + ladder.steps[0].wait - incident.started_at)
    return min(waits, default=None)
