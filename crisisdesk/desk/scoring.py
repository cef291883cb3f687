"""How a drill went, against the playbook's own times: nothing is measured that the playbook does not ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisisdesk.model.alert import Alert, AlertState
from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.drill import Mark
from crisisdesk.model.incident import IncidentState, TaskState
from crisisdesk.model.playbook import Audience, Playbook
from crisisdesk.model.review import ReviewData
from crisisdesk.playbooks.story import Scenario

FIRST_MESSAGE = "primer_mensaje"
SCOPE = "alcance"


@dataclass(frozen=True, slots=True)
class Played:
    """What a drill left behind: its alerts, and its incident if there is one."""

    story: Scenario
    playbook: Playbook
    alerts: tuple[Alert, ...]
    incident: ReviewData | None
    now: datetime


def marks(played: Played) -> tuple[Mark, ...]:
    """Every mark, in the order in which a drill is talked over."""
    if not played.story.expected.incident:
        return tuple(_false_alarm(played))
    return tuple(_crisis(played)) if played.incident is not None else (Mark(key="opened", good=False),)


def target_of(playbook: Playbook, template: str) -> timedelta | None:
    """When the playbook wants that text out, after T0."""
    return min((t.before for p in playbook.phases for t in p.tasks if t.template == template), default=None)


def _false_alarm(played: Played) -> Iterator[Mark]:
    """It was not ours: known before a first message would have been due, and nothing said to anybody."""
    target = target_of(played.playbook, FIRST_MESSAGE)
    for alert in sorted(played.alerts, key=lambda a: a.opened_at)[:1]:
        yield Mark(key="alert", took=alert.opened_at - alert.signal.since)
    dismissed = [a for a in played.alerts if a.state is AlertState.DISMISSED]
    took = max((a.updated_at - a.opened_at for a in dismissed), default=None)
    yield Mark(key="dismissed", target=target, took=took, good=_in_time(took, target))
    said = len(played.incident.published) if played.incident else 0
    yield Mark(key="nothing_said", done=said, good=played.incident is None and not said)


def _in_time(took: timedelta | None, target: timedelta | None) -> bool | None:
    if took is None:
        return False
    return took <= target if target is not None else None


def _crisis(played: Played) -> Iterator[Mark]:
    data = played.incident
    assert data is not None
    started = data.incident.started_at
    if data.alert is not None:
        yield Mark(key="alert", took=data.alert.opened_at - started)
    yield Mark(key="opened", took=data.incident.opened_at - started)
    answered = [a.ended_at for a in data.attempts if a.outcome is not None and a.outcome.value == "answered"]
    yield Mark(key="first_call", took=min((a - started for a in answered if a), default=None))
    yield from _texts(played, data)
    yield from _level(played, data)
    yield from _tasks(played, data)
    yield from _promises(played, data)
    if data.incident.state is IncidentState.CLOSED and data.incident.resolved_at is not None:
        yield Mark(key="resolved", took=data.incident.resolved_at - started)


def _texts(played: Played, data: ReviewData) -> Iterator[Mark]:
    """The first public words, whichever text they were, and the scope where one went out or was due."""
    started = data.incident.started_at
    public = [d for d in data.published if data.playbook.audience_of(d.template_id) is Audience.PUBLIC]
    target = target_of(data.playbook, FIRST_MESSAGE)
    took = min((d.published_at - started for d in public if d.published_at), default=None)
    yield Mark(key="first_message", target=target, took=took, good=_in_time(took, target))
    skipped = {t.task_id for t in data.tasks if t.state is TaskState.SKIPPED}
    tasks = [task for phase in data.playbook.phases for task in phase.tasks if task.template == SCOPE]
    due = [task for task in tasks if task.min_level <= data.incident.level]
    scope = min((d.published_at - started for d in public if d.published_at and d.template_id == SCOPE), default=None)
    if due and due[0].id not in skipped and started + due[0].before <= played.now:
        yield Mark(key="scope", target=due[0].before, took=scope, good=_in_time(scope, due[0].before))


def _level(played: Played, data: ReviewData) -> Iterator[Mark]:
    wanted = played.story.expected.level
    if not wanted:
        return
    reached = [
        entry.occurred_at
        for entry in data.entries
        if entry.kind == "incident.level_set" and int(str(entry.data.get("level") or 0)) >= wanted
    ]
    took = min(reached) - data.incident.started_at if reached else None
    yield Mark(key="level", took=took, done=data.incident.level, of=wanted, good=data.incident.level == wanted)


def _tasks(played: Played, data: ReviewData) -> Iterator[Mark]:
    """Tasks whose time came in the drill: done by then, or set aside with a reason."""
    levels = {t.id: t.min_level for p in data.playbook.phases for t in p.tasks}
    due = [
        task
        for task in data.tasks
        if task.due_at is not None and task.due_at <= played.now and levels.get(task.task_id, 0) <= data.incident.level
    ]
    kept = [t for t in due if t.state is not TaskState.OPEN and t.due_at and t.done_at and t.done_at <= t.due_at]
    if due:
        yield Mark(key="tasks", done=len(kept), of=len(due), good=len(kept) == len(due))


def _promises(played: Played, data: ReviewData) -> Iterator[Mark]:
    ended = [c for c in data.commitments if c.state not in (CommitmentState.OPEN, CommitmentState.WITHDRAWN)]
    news = [c for c in ended if c.kind is CommitmentKind.NEXT_UPDATE]
    kept = sum(c.state in (CommitmentState.KEPT, CommitmentState.MOVED) for c in news)
    if news:
        yield Mark(key="news", done=kept, of=len(news), good=kept == len(news))
    times = [c for c in ended if c.kind is not CommitmentKind.NEXT_UPDATE]
    if times:
        yield Mark(key="times", done=sum(c.state is CommitmentState.KEPT for c in times), of=len(times))
    broken = [c for c in times if c.state is CommitmentState.BROKEN and c.kind is CommitmentKind.RESOLUTION]
    within, template = data.playbook.commitments.broken_within, data.playbook.commitments.broken_template
    apologies = sorted(d.published_at for d in data.published if d.template_id == template and d.published_at)
    waits = [next((at - c.due_at for at in apologies if at >= c.due_at), None) for c in broken]
    if broken:
        worst = None if None in waits else max(w for w in waits if w is not None)
        yield Mark(key="apology", target=within, took=worst, good=_in_time(worst, within))
        mended = sum(bool(c.remedy) for c in broken)
        yield Mark(key="remedy", done=mended, of=len(broken), good=mended == len(broken))
