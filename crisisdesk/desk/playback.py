"""Playing a past incident back: the board as it was at any instant, from what had been written down by then."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.desk.incidents import Incidents
from crisisdesk.desk.next import NextList
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.room import Room
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState, NextItem, NextKind
from crisisdesk.model.draft import DraftState
from crisisdesk.model.incident import IncidentTask, TaskState
from crisisdesk.model.playback import Film, Scene
from crisisdesk.model.playbook import PRELIMINARY, Bilingual
from crisisdesk.model.room import Flag, SecondWanted
from crisisdesk.model.timeline import Entry
from crisisdesk.store import rows, timeline
from crisisdesk.texts import both

SHOWN: Final = 30  # entries of the timeline in a scene
_ALL_LEVELS: Final = (99, 4, 3, 2, 1, 0)  # falling: the last one that holds a task is its own
_LEVELS: Final = ("incident.opened", "incident.level_set")
_CLIMBING: Final = frozenset({"escalation.started", "escalation.step", "escalation.expired"})
_AT_REST: Final = frozenset({"escalation.acknowledged", "escalation.stopped", "escalation.exhausted"})
_ANSWERED: Final = frozenset({"draft.approved", "approval.objected"})
_TEXT_ENDED: Final = frozenset({"draft.published", "draft.discarded"})
_PROMISED: Final = {CommitmentKind.RESOLUTION: "promise", CommitmentKind.NEXT_UPDATE: "next_update"}
_OF_PROMISES: Final = frozenset({"promise", "promised", "next_update", *(state.value for state in CommitmentState)})


class Playback:
    """Reads films; nothing is written and no clock is touched."""

    def __init__(
        self, core: Core, playbooks: Playbooks, incidents: Incidents, room: Room, next_list: NextList
    ) -> None:
        self._core = core
        self._playbooks = playbooks
        self._incidents = incidents
        self._room = room
        self._next = next_list

    def film(self, incident: int | str, beside: int | None = None) -> Film:
        """Everything of one incident; ``beside`` is another whose curve is laid over it, T0 on T0."""
        one = self._incidents.get(incident)
        playbook = self._playbooks.of(one.id)
        second = None if beside is None else SecondWanted(kind="incident", incident_id=beside)
        with self._core.read() as connection:
            written = sorted(timeline.raw(connection, one.id), key=lambda e: (e.recorded_at, e.id))
            ladders = rows.escalations.where(connection, incident_id=one.id)
            roles = {
                e.id: role.name if (role := playbook.role(e.role)) else Bilingual(e.role, e.role) for e in ladders
            }
            least = rows.tasks.table.c.min_level
            levels = {
                task.id: n for n in _ALL_LEVELS for task in rows.tasks.where(connection, least <= n, incident_id=one.id)
            }
            drafts = rows.drafts.where(connection, incident_id=one.id, state=DraftState.PUBLISHED)
            return Film(
                incident=one,
                playbook=playbook,
                chart=self._room.chart(None, one.id, columns=None, second=second),
                rows=tuple(written),
                instants=tuple(e.recorded_at for e in written),
                commitments=rows.commitments.where(connection, incident_id=one.id),
                tasks=rows.tasks.where(connection, incident_id=one.id),
                levels=levels,
                attempts=rows.attempts.where(connection, escalation_id=tuple(roles)) if roles else (),
                roles=roles,
                ladders={e.id: e.role for e in ladders},
                names={c.slug: c.name for c in rows.contacts.where(connection)},
                published={d.id: d.published_at for d in drafts if d.published_at is not None},
            )

    def scene(self, film: Film, at: datetime) -> Scene:
        """The board at ``at``."""
        known = film.rows[: bisect.bisect_right(film.instants, at)]
        ledger = tuple(promise_then(c, at) for c in film.commitments if c.made_at <= at)
        counts = film.chart.counts
        counted = bisect.bisect_right(counts, at - film.chart.step, key=lambda c: c.minute)
        entries = timeline.read(known)
        level = level_then(known)
        return Scene(
            at=at,
            entries=tuple(reversed(entries[-SHOWN:])),
            more=len(entries) > SHOWN,
            ledger=ledger,
            next=self._then(film, known, ledger, level, at),
            flags=_flags(film, ledger, at),
            gaps=tuple(
                replace(g, end=g.end if g.end and g.end <= at else at) for g in film.chart.gaps if g.start <= at
            ),
            counted=counted,
            mentions=sum(c.total for c in counts[:counted]),
            level=level,
        )

    def _then(
        self, film: Film, known: tuple[Entry, ...], ledger: tuple[Commitment, ...], level: int, at: datetime
    ) -> tuple[NextItem, ...]:
        """What was due next: promises, apologies, tasks, calls, and agreements that had been asked for."""
        if film.incident.opened_at > at or _over(film, at):
            return ()
        open_tasks = [_open_again(t) for t in film.tasks if film.levels[t.id] <= level and _was_open(t, at)]
        if not any(entry.kind == "incident.resolved" for entry in known):
            open_tasks = [t for task in open_tasks if (t := _before_its_end(film, task)) is not None]
        found = list(self._next.then(film.incident, film.playbook, ledger, tuple(open_tasks), at))
        found = [item for item in found if item.kind is not NextKind.APOLOGY or not _out(film, item.ref, at)]
        found += [_approval(asked, at) for asked in asked_then(known)]
        calling = calling_then(known)
        newest = {call.escalation_id: call for call in film.attempts if call.started_at <= at}
        for call in newest.values():
            waits = call.ended_at is not None and call.ended_at <= at
            if film.ladders[call.escalation_id] in calling and not waits:
                who = film.names.get(call.contact_slug, call.contact_slug)
                found.append(
                    NextItem(
                        kind=NextKind.CALL,
                        ref=call.escalation_id,
                        due_at=call.started_at,
                        title=both("desk.next.call", role=film.roles[call.escalation_id], step=max(call.step, 0) + 1),
                        why=both("desk.next.call_why", who=who or both("desk.nobody")),
                        key="call.card",
                        overdue=call.started_at < at,
                    )
                )
        return tuple(sorted(found, key=lambda item: (item.due_at, item.kind.value, item.ref)))


def next_event(film: Film, at: datetime) -> datetime | None:
    """The instant of the first act written down after ``at``, within the film."""
    place = bisect.bisect_right(film.instants, at)
    found = film.instants[place] if place < len(film.instants) else None
    return found if found is not None and found <= film.end else None


def event_before(film: Film, at: datetime) -> datetime | None:
    """The instant of the last act written down before ``at``, within the film."""
    place = bisect.bisect_left(film.instants, at) - 1
    return film.instants[place] if place >= 0 and film.instants[place] >= film.start else None


def promise_then(promise: Commitment, at: datetime) -> Commitment:
    """A promise in the state that it had at ``at``."""
    done = promise.fulfilled_at if promise.fulfilled_at and promise.fulfilled_at <= at else None
    mended = promise.remedied_at is not None and promise.remedied_at <= at
    told = promise if mended else replace(promise, remedied_at=None, remedy_kind=None, remedy="")
    if promise.ended_at is not None and promise.ended_at <= at:
        return replace(told, fulfilled_at=done)
    return replace(
        told, state=CommitmentState.OPEN, ended_at=None, fulfilled_at=None, reason="", moved_to=None,
        apology_draft_id=None,
    )  # fmt: skip


def level_then(rows_by_then: Iterable[Entry]) -> int:
    """The incident's level after these rows; 0 when they do not tell of its opening."""
    level = 0
    for entry in rows_by_then:
        if entry.kind in _LEVELS and isinstance(told := entry.data.get("level"), int):
            level = told
    return level


def calling_then(rows_by_then: Iterable[Entry]) -> frozenset[str]:
    """Roles whose ladder was being climbed after these rows."""
    calling: dict[str, bool] = {}
    for entry in rows_by_then:
        if entry.kind in _CLIMBING or entry.kind in _AT_REST:
            calling[str(entry.data.get("role_id", ""))] = entry.kind in _CLIMBING
    return frozenset(role for role, on in calling.items() if on)


def asked_then(rows_by_then: Iterable[Entry]) -> tuple[Entry, ...]:
    """The questions to reviewers (``approval.asked``) that nobody had answered after these rows.

    An answer ends its role's question; a text that went out or was set aside ends all of its own.
    """
    waiting: dict[tuple[object, object], Entry] = {}
    for entry in rows_by_then:
        draft, role = entry.data.get("draft"), entry.data.get("role_id")
        if entry.kind == "approval.asked":
            waiting[draft, role] = entry
        elif entry.kind in _ANSWERED:
            waiting.pop((draft, role), None)
        elif entry.kind in _TEXT_ENDED:
            for key in [key for key in waiting if key[0] == draft]:
                del waiting[key]
    return tuple(waiting.values())


def _approval(asked: Entry, at: datetime) -> NextItem:
    due = datetime.fromisoformat(str(asked.data["due"]))
    overdue = due < at
    why = "desk.next.approval_silent" if overdue else "desk.next.approval_why"
    return NextItem(
        kind=NextKind.APPROVAL,
        ref=int(str(asked.data["draft"])),
        due_at=due,
        title=both("desk.next.approval", role=_pair(asked.data["role"])),
        why=both(why, what=_pair(asked.data["template"])),
        key="draft.open",
        overdue=overdue,
    )


def _pair(value: object) -> Bilingual:
    """A value of an entry as a pair: it was kept as ``{"es", "en"}``, or as one text for both."""
    if isinstance(value, Mapping):
        return Bilingual(str(value.get("es", "")), str(value.get("en", "")))
    return Bilingual(str(value), str(value))


def _over(film: Film, at: datetime) -> bool:
    closed = film.incident.closed_at
    return closed is not None and closed <= at


def _was_open(task: IncidentTask, at: datetime) -> bool:
    return task.state is TaskState.OPEN or task.done_at is None or task.done_at > at


def _open_again(task: IncidentTask) -> IncidentTask:
    return replace(task, state=TaskState.OPEN, done_at=None, evidence="")


def _before_its_end(film: Film, task: IncidentTask) -> IncidentTask | None:
    """A task as it stood while the incident went on: the end makes the staff's analysis due, or moves its due time."""
    if task.template != PRELIMINARY:
        return task
    planned = (t for phase in film.playbook.phases for t in phase.tasks if t.id == task.task_id)
    due = next((film.incident.started_at + one.before for one in planned), None)
    return None if due is None else replace(task, due_at=due)


def _out(film: Film, draft_id: int, at: datetime) -> bool:
    out = film.published.get(draft_id)
    return out is not None and out <= at


def _flags(film: Film, ledger: tuple[Commitment, ...], at: datetime) -> tuple[Flag, ...]:
    """What was done by then, and the hours that were promised as they stood."""
    acts = [flag for flag in film.chart.flags if flag.at <= at and flag.kind not in _OF_PROMISES]
    for promise in ledger:
        kind = _PROMISED.get(promise.kind)
        if kind is None:
            continue
        if promise.state is CommitmentState.OPEN:
            acts.append(Flag(at=promise.due_at, kind=kind, label=both(f"desk.flag.{kind}")))
        elif promise.kind is CommitmentKind.RESOLUTION or promise.state is CommitmentState.BROKEN:
            acts.append(Flag(at=promise.due_at, kind=promise.state.value, label=_told(promise)))
    inside = (flag for flag in acts if film.start <= flag.at < film.end)
    return tuple(sorted(inside, key=lambda f: (f.at, f.kind)))


def _told(promise: Commitment) -> Bilingual:
    update = promise.kind is CommitmentKind.NEXT_UPDATE
    return both("desk.flag.next_update" if update else f"desk.flag.{promise.state.value}")


def at_same_time(film: Film, other: Film, at: datetime) -> datetime:
    """The instant of ``other`` as long after its T0 as ``at`` is after ``film``'s."""
    since: timedelta = at - film.incident.started_at
    return other.incident.started_at + since
