"""Taking an open incident to the playbook in use: when a person asks, and nothing under way would break."""

from __future__ import annotations

from collections.abc import Callable

from crisisdesk.desk.core import Core
from crisisdesk.model.draft import DraftState
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.escalation import EscalationState
from crisisdesk.model.incident import Incident, IncidentState, IncidentTask, TaskState
from crisisdesk.model.playbook import Playbook
from crisisdesk.store import rows, sources
from crisisdesk.store.database import Transaction

Assign = Callable[[str], object]


def upgrade(
    core: Core, tx: Transaction, incident: Incident, old: Playbook, new: Playbook, assign: Assign
) -> dict[str, object]:
    """Pin ``incident`` to ``new`` and bring its open tasks up to it; what was done stays done.

    Args:
        core: the desk's clock.
        tx: the transaction of the act.
        incident: as stored.
        old: its version so far.
        new: the playbook in use.
        assign: fills a role that the incident does not have yet.

    Returns:
        What the timeline tells: versions, tasks added, changed and left over.
    """
    _check(tx, incident, old, new)
    digest = sources.keep_playbook(tx.connection, new.id, new.version, new.source, core.clock.now())
    rows.incidents.update(tx.connection, incident.id, playbook_version=new.version, playbook_digest=digest)
    held = {one.role for one in rows.assignments.where(tx.connection, incident_id=incident.id)}
    for role in new.roles:
        if role.id not in held:
            assign(role.id)
    added, changed, left = _tasks(tx, incident, new)
    return {"from": old.version, "to": new.version, "added": added, "changed": changed, "left": left}


def _check(tx: Transaction, incident: Incident, old: Playbook, new: Playbook) -> None:
    """Refuse what would leave the incident without something that it is using."""
    if incident.state is IncidentState.CLOSED:
        raise StepError("incident.closed")
    if new.id != old.id:
        raise StepError("incident.upgrade_other", ours=old.id, theirs=new.id)
    if new.source == old.source:
        raise StepError("incident.upgrade_same", version=old.version)
    if new.level(incident.level) is None:
        raise InputError("incident.no_level", level=incident.level)
    if incident.phase and all(phase.id != incident.phase for phase in new.phases):
        raise StepError("incident.upgrade_phase", phase=incident.phase)
    running = (EscalationState.CALLING, EscalationState.ACKNOWLEDGED, EscalationState.EXHAUSTED)
    for climb in rows.escalations.where(tx.connection, incident_id=incident.id, state=running):
        ladder = new.ladder(climb.role)
        if ladder is None or climb.step >= len(ladder.steps):
            raise StepError("incident.upgrade_ladder", role=climb.role)
    writing = (DraftState.WRITING, DraftState.COPIED)
    for draft in rows.drafts.where(tx.connection, incident_id=incident.id, state=writing):
        if new.template(draft.template_id) is None:
            raise StepError("incident.upgrade_draft", template=draft.template_id)


def _tasks(tx: Transaction, incident: Incident, new: Playbook) -> tuple[int, int, int]:
    known = {task.task_id: task for task in rows.tasks.where(tx.connection, incident_id=incident.id)}
    added = changed = 0
    seen = set()
    for phase in new.phases:
        for task in phase.tasks:
            seen.add(task.id)
            old = known.get(task.id)
            fields = {
                "phase": phase.id, "do": task.do, "owner": task.owner, "due_at": incident.started_at + task.before,
                "template": task.template, "needs_evidence": bool(task.needs),
            }  # fmt: skip
            if old is None:
                made = IncidentTask(
                    id=0, incident_id=incident.id, task_id=task.id, phase=phase.id, do=task.do, owner=task.owner,
                    due_at=incident.started_at + task.before, state=TaskState.OPEN, template=task.template,
                    needs_evidence=bool(task.needs),
                )  # fmt: skip
                rows.tasks.insert(tx.connection, made, min_level=task.min_level)
                added += 1
            elif old.state is TaskState.OPEN:
                differs = any(getattr(old, name) != value for name, value in fields.items())
                rows.tasks.update(tx.connection, old.id, min_level=task.min_level, **fields)
                changed += differs
    left = sum(task.state is TaskState.OPEN and task_id not in seen for task_id, task in known.items())
    return added, changed, left
