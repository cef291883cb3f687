"""Opening an incident, its level, roles and tasks, until it is closed. No level changes without a person."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from crisisdesk.desk.alerts import Alerts
from crisisdesk.desk.commitments import Commitments
from crisisdesk.desk.contacts import Contacts
from crisisdesk.desk.core import Core, check_step
from crisisdesk.desk.escalation import Escalations
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.review_texts import owe_preliminary
from crisisdesk.desk.upgrade import upgrade
from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.events import IncidentChanged
from crisisdesk.model.incident import (
    INCIDENT_STEPS,
    Assignment,
    Incident,
    IncidentState,
    IncidentTask,
    TaskState,
)
from crisisdesk.model.playbook import Playbook
from crisisdesk.store import rows, sources
from crisisdesk.store.database import Connection, Transaction


class Incidents:
    """Keeps incidents."""

    def __init__(
        self,
        core: Core,
        playbooks: Playbooks,
        contacts: Contacts,
        alerts: Alerts,
        escalation: Escalations,
        commitments: Commitments,
    ) -> None:
        self._core = core
        self._playbooks = playbooks
        self._contacts = contacts
        self._alerts = alerts
        self._escalation = escalation
        self._commitments = commitments

    def open(
        self, *, title: str, level: int, alert_id: int | None = None, started_at: datetime | None = None
    ) -> Incident:
        """Open an incident at a level that a person confirms; roles are filled and the level's ladders start.

        Args:
            title: what people will call it.
            level: one of the playbook's levels.
            alert_id: the alert that it answers.
            started_at: T0; the alert's beginning, or now.
        """
        playbook = self._playbooks.current
        now = self._core.clock.now()
        if not title.strip():
            raise InputError("incident.no_title")
        if playbook.level(level) is None:
            raise InputError("incident.no_level", level=level)
        with self._core.write() as tx:
            alert = self._alerts.accept(tx, alert_id) if alert_id is not None else None
            begun = started_at or (alert.signal.since if alert else now)
            if begun > now:
                raise InputError("incident.future")
            digest = sources.keep_playbook(tx.connection, playbook.id, playbook.version, playbook.source, now)
            new = rows.incidents.insert(
                tx.connection,
                Incident(
                    id=0,
                    name=self._name(tx.connection, begun),
                    title=title.strip(),
                    state=IncidentState.ACTIVE,
                    level=level,
                    phase=playbook.phases[0].id if playbook.phases else "",
                    started_at=begun,
                    opened_at=now,
                    zone=self._core.zone,
                    playbook_id=playbook.id,
                    playbook_version=playbook.version,
                    alert_id=alert_id,
                    drill=self._core.drill,
                ),
                playbook_digest=digest,
            )
            if alert is not None:
                self._alerts.belong(tx, alert.id, new.id)
            self._core.log(
                tx,
                "incident.opened",
                new.id,
                data={"title": new.title, "level": level, "started": begun, "name": new.name},
            )
            self._log_level(tx, new, playbook, "")
            self._fill(tx, new, playbook)
            tx.emit(IncidentChanged(new.id))
            return new

    def _name(self, connection: Connection, begun: datetime) -> str:
        day = begun.astimezone(ZoneInfo(self._core.zone)).date().isoformat()
        taken = {i.name for i in rows.incidents.where(connection)}
        return next(name for n in range(1, len(taken) + 2) if (name := f"{day}-{n}") not in taken)

    def _log_level(self, tx: Transaction, incident: Incident, playbook: Playbook, reason: str) -> None:
        level = playbook.level(incident.level)
        self._core.log(
            tx,
            "incident.level_set",
            incident.id,
            data={
                "level": incident.level,
                "level_name": level.name if level else None,
                "reason": reason or None,
            },
        )

    def _fill(self, tx: Transaction, incident: Incident, playbook: Playbook) -> None:
        """Roles from contacts, tasks with their times, and the ladders that this level wakes."""
        for role in playbook.roles:
            holder = role.holder if self._contacts.known(role.holder) else ""
            deputy = role.deputy if self._contacts.known(role.deputy) else ""
            self._assign(tx, incident.id, role.id, holder or deputy, playbook, log=False)
        for phase in playbook.phases:
            for task in phase.tasks:
                rows.tasks.insert(
                    tx.connection,
                    IncidentTask(
                        id=0,
                        incident_id=incident.id,
                        task_id=task.id,
                        phase=phase.id,
                        do=task.do,
                        owner=task.owner,
                        due_at=incident.started_at + task.before,
                        state=TaskState.OPEN,
                        template=task.template,
                        needs_evidence=bool(task.needs),
                    ),
                    min_level=task.min_level,
                )
        self._wake(incident, playbook)

    def _wake(self, incident: Incident, playbook: Playbook) -> None:
        level = playbook.level(incident.level)
        for role in level.wakes if level else ():
            if role != playbook.owner and playbook.ladder(role) is not None:
                self._escalation.start(incident.id, role)

    def list(self) -> tuple[Incident, ...]:
        """Every incident, newest first."""
        with self._core.read() as connection:
            return rows.incidents.where(connection, newest_first=True)

    def get(self, incident: int | str) -> Incident:
        """One incident, by its id or its name (``2026-11-22-1``, or ``latest``)."""
        with self._core.read() as connection:
            if isinstance(incident, int):
                return rows.incidents.get(connection, incident)
            found = rows.incidents.first(connection, name=incident)
            if found is None and incident == "latest":
                found = rows.incidents.first(connection)
            if found is None and incident.isdecimal():
                found = rows.incidents.get(connection, int(incident))
        if found is None:
            raise NotFoundError("store.no_incidents" if incident == "latest" else "store.no_incident", id=incident)
        return found

    def playbook(self, incident_id: int) -> Playbook:
        """The playbook version that the incident began with."""
        return self._playbooks.of(incident_id)

    def upgrade_playbook(self, incident_id: int) -> Incident:
        """Take the incident to the playbook in use, because a person asked; StepError says what would break."""
        old, new = self._playbooks.of(incident_id), self._playbooks.current
        with self._core.write() as tx:
            before = rows.incidents.get(tx.connection, incident_id)

            def assign(role_id: str) -> None:
                role = new.role(role_id)
                holder = role.holder if role and self._contacts.find(role.holder) else ""
                self._assign(tx, incident_id, role_id, holder, new, log=False)

            told = upgrade(self._core, tx, before, old, new, assign)
            self._core.log(tx, "incident.playbook_upgraded", incident_id, data=told)
            return self._change(tx, incident_id)

    def _change(self, tx: Transaction, incident_id: int, **changes: object) -> Incident:
        tx.emit(IncidentChanged(incident_id))
        return rows.incidents.update(tx.connection, incident_id, **changes)

    def set_level(self, incident_id: int, level: int, reason: str) -> Incident:
        """Set the level that a person decided; it never falls while a promise of a solution is open."""
        playbook = self._playbooks.of(incident_id)
        if playbook.level(level) is None:
            raise InputError("incident.no_level", level=level)
        with self._core.write() as tx:
            before = rows.incidents.get(tx.connection, incident_id)
            if before.state is IncidentState.CLOSED:
                raise StepError("incident.closed")
            if level < before.level and rows.commitments.where(
                tx.connection,
                incident_id=incident_id,
                state=CommitmentState.OPEN,
                kind=CommitmentKind.RESOLUTION,
            ):
                raise StepError("incident.promise_open", level=level)
            changed = self._change(tx, incident_id, level=level)
            self._log_level(tx, changed, playbook, reason)
            if level > before.level:
                self._wake(changed, playbook)
            return changed

    def set_started(self, incident_id: int, at: datetime, reason: str) -> Incident:
        """Correct T0; open tasks move with it."""
        if at > self._core.clock.now():
            raise InputError("incident.future")
        with self._core.write() as tx:
            before = rows.incidents.get(tx.connection, incident_id)
            shift = at - before.started_at
            for task in rows.tasks.where(tx.connection, incident_id=incident_id, state=TaskState.OPEN):
                rows.tasks.update(tx.connection, task.id, due_at=task.due_at + shift)
            data = {"started": at, "from": before.started_at, "reason": reason or None}
            self._core.log(tx, "incident.started_set", incident_id, data=data)
            return self._change(tx, incident_id, started_at=at)

    def set_title(self, incident_id: int, title: str) -> Incident:
        """Call it something else."""
        if not title.strip():
            raise InputError("incident.no_title")
        with self._core.write() as tx:
            self._core.log(tx, "incident.title_set", incident_id, data={"title": title.strip()})
            return self._change(tx, incident_id, title=title.strip())

    def set_phase(self, incident_id: int, phase: str) -> Incident:
        """Go to another phase."""
        found = next((p for p in self._playbooks.of(incident_id).phases if p.id == phase), None)
        if found is None:
            raise InputError("incident.no_phase", phase=phase)
        with self._core.write() as tx:
            self._core.log(tx, "incident.phase_set", incident_id, data={"phase": found.name, "phase_id": phase})
            return self._change(tx, incident_id, phase=phase)

    def assign(self, incident_id: int, role: str, slug: str) -> Assignment:
        """Give a role to a contact; an empty slug leaves it open, and the desk nags."""
        playbook = self._playbooks.of(incident_id)
        if playbook.role(role) is None:
            raise InputError("incident.no_role", role=role)
        if slug and not self._contacts.known(slug):
            raise NotFoundError("store.no_contact", slug=slug)
        with self._core.write() as tx:
            tx.emit(IncidentChanged(incident_id))
            return self._assign(tx, incident_id, role, slug, playbook, log=True)

    def _assign(
        self, tx: Transaction, incident_id: int, role: str, slug: str, playbook: Playbook, *, log: bool
    ) -> Assignment:
        rows.assignments.delete(tx.connection, incident_id=incident_id, role=role)
        now = self._core.clock.now()
        new = Assignment(incident_id=incident_id, role=role, contact_slug=slug, since=now)
        if log:
            named = playbook.role(role)
            data = {
                "role": named.name if named and named.name.es else role,
                "role_id": role,
                "who": self._contacts.name_of(slug) if slug else "—",
                "slug": slug,
            }
            self._core.log(tx, "role.assigned", incident_id, data=data)
        return rows.assignments.insert(tx.connection, new)

    def assignments(self, incident_id: int) -> tuple[Assignment, ...]:
        """Who holds which role."""
        with self._core.read() as connection:
            return rows.assignments.where(connection, incident_id=incident_id)

    def tasks(self, incident_id: int) -> tuple[IncidentTask, ...]:
        """The tasks that this level asks for, by due time."""
        with self._core.read() as connection:
            level = rows.incidents.get(connection, incident_id).level
            found = rows.tasks.where(
                connection, rows.tasks.table.c.min_level <= level, incident_id=incident_id
            )
        return tuple(sorted(found, key=lambda t: (t.due_at, t.id)))

    def finish_task(self, task_id: int, evidence: str = "") -> IncidentTask:
        """A task is done; one that needs evidence is refused without it."""
        return self._end_task(task_id, TaskState.DONE, evidence)

    def skip_task(self, task_id: int, reason: str) -> IncidentTask:
        """A task is set aside, with the reason."""
        if not reason.strip():
            raise InputError("incident.no_reason")
        return self._end_task(task_id, TaskState.SKIPPED, reason)

    def _end_task(self, task_id: int, state: TaskState, words: str) -> IncidentTask:
        with self._core.write() as tx:
            task = rows.tasks.get(tx.connection, task_id)
            if task.state is not TaskState.OPEN:
                raise StepError("incident.task_ended", task=task.do.es)
            if state is TaskState.DONE and task.needs_evidence and not words.strip():
                raise InputError("incident.no_evidence", task=task.do.es)
            now = self._core.clock.now()
            done = rows.tasks.update(
                tx.connection, task_id, state=state, done_at=now, evidence=words.strip()
            )
            kind, field = ("task.done", "evidence") if state is TaskState.DONE else ("task.skipped", "reason")
            data = {"task": task.do, "task_id": task.task_id, "role_id": task.owner, field: words.strip() or None}
            self._core.log(tx, kind, task.incident_id, data=data)
            tx.emit(IncidentChanged(task.incident_id))
            return done

    def resolve(self, incident_id: int, confirmed_by: str, at: datetime | None = None) -> Incident:
        """The service is back, says ``confirmed_by``; promises of a solution end with it."""
        if not confirmed_by.strip():
            raise InputError("incident.no_confirmation")
        now = self._core.clock.now()
        done = at or now
        if done > now:
            raise InputError("incident.future")
        with self._core.write() as tx:
            before = rows.incidents.get(tx.connection, incident_id)
            check_step(INCIDENT_STEPS, before.state, IncidentState.RESOLVED, "incident.step")
            data = {"who": confirmed_by, "duration": int((done - before.started_at).total_seconds() // 60)}
            self._core.log(tx, "incident.resolved", incident_id, occurred_at=done, data=data)
            self._commitments.resolved(tx, incident_id, done)
            owe_preliminary(tx, before, self._playbooks.of(incident_id), done)
            return self._change(tx, incident_id, state=IncidentState.RESOLVED, resolved_at=done)

    def reopen(self, incident_id: int, reason: str) -> Incident:
        """It was not over."""
        with self._core.write() as tx:
            before = rows.incidents.get(tx.connection, incident_id)
            check_step(INCIDENT_STEPS, before.state, IncidentState.ACTIVE, "incident.step")
            self._core.log(tx, "incident.reopened", incident_id, data={"reason": reason or None})
            return self._change(tx, incident_id, state=IncidentState.ACTIVE, resolved_at=None)

    def close(self, incident_id: int) -> Incident:
        """Close it; refused while a promise is open."""
        with self._core.write() as tx:
            before = rows.incidents.get(tx.connection, incident_id)
            check_step(INCIDENT_STEPS, before.state, IncidentState.CLOSED, "incident.step")
            owed = rows.commitments.where(
                tx.connection, incident_id=incident_id, state=CommitmentState.OPEN
            )
            if owed:
                raise StepError("incident.owes", n=len(owed))
            for escalation in rows.escalations.where(tx.connection, incident_id=incident_id):
                if escalation.state.value in ("calling", "acknowledged", "exhausted"):
                    self._escalation.stop(escalation.id, "")
            self._core.log(tx, "incident.closed", incident_id)
            return self._change(tx, incident_id, state=IncidentState.CLOSED, closed_at=self._core.clock.now())
