"""What the room shows, read in one transaction: bars, lists, chart."""

from __future__ import annotations

from datetime import datetime, timedelta

from crisisdesk.desk.alerts import Alerts
from crisisdesk.desk.contacts import Contacts
from crisisdesk.desk.core import Core
from crisisdesk.desk.hearing import health
from crisisdesk.desk.next import NextList
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.watchman import Watchman
from crisisdesk.model.alert import Alert, AlertState, SignalKind
from crisisdesk.model.commitment import CommitmentKind, CommitmentState
from crisisdesk.model.concern import ConcernState
from crisisdesk.model.draft import Draft, DraftState
from crisisdesk.model.incident import Assignment, Incident, IncidentState, IncidentTask, TaskState
from crisisdesk.model.mention import MinuteCount
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.model.room import (
    ChartData,
    Flag,
    PhaseProgress,
    Published,
    RoomView,
    SecondSeries,
    SecondWanted,
    bucket_step,
)
from crisisdesk.pipeline.detect import NEEDED_DAYS
from crisisdesk.store import mentions, minutes, rows, sources
from crisisdesk.store.database import Connection
from crisisdesk.texts import both

_MINUTE = timedelta(minutes=1)
_AROUND = timedelta(hours=1)
_AHEAD = timedelta(hours=1)
_NONE = timedelta(0)
_HISTORY = timedelta(days=9)
_FLAG = {SignalKind.VOLUME: "alert", SignalKind.COMPLAINTS: "complaints"}
LIVE_BUCKETS = 45_000  # a month of minutes


class Room:
    """Reads what the room shows."""

    def __init__(
        self,
        core: Core,
        playbooks: Playbooks,
        contacts: Contacts,
        alerts: Alerts,
        next_list: NextList,
        watchman: Watchman,
    ) -> None:
        self._core = core
        self._playbooks = playbooks
        self._contacts = contacts
        self._alerts = alerts
        self._next = next_list
        self._watchman = watchman

    def view(self, incident_id: int | None = None) -> RoomView:
        """All lists and bars, of ``incident_id`` or of the newest incident that is not closed."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            incident = self._incident(connection, incident_id)
            playbook = self._playbooks.of(incident.id) if incident else self._playbooks.current
            items = self._next.between(connection, now) if incident is None else ()
            assigned: tuple[Assignment, ...] = ()
            tasks: tuple[IncidentTask, ...] = ()
            if incident is not None:
                items = self._next.items(connection, incident, now)
                assigned = rows.assignments.where(connection, incident_id=incident.id)
                tasks = rows.tasks.where(
                    connection, rows.tasks.table.c.min_level <= incident.level, incident_id=incident.id
                )
            owed = next((i for i in items if i.owed), None)
            level = playbook.level(incident.level) if incident else None
            alert = self._alert(connection, incident)
            open_states = (IncidentState.ACTIVE, IncidentState.RESOLVED)
            return RoomView(
                now=now,
                zone=self._core.zone,
                incident=incident,
                level_name=level.name if level else Bilingual(),
                alert=alert,
                before=_before(connection, alert) if alert else (),
                concerns=rows.concerns.where(connection, newest_first=True, state=ConcernState.OPEN),
                last_published=self._published(connection, incident, playbook),
                owed_at=owed.due_at if owed else None,
                owed_what=owed.title if owed else Bilingual(),
                next=items,
                phases=_phases(playbook, incident, tasks),
                assignments=assigned,
                tasks=tasks,
                decides=self._decides(playbook, assigned),
                may_give_time=tuple(
                    role.name
                    for role_id in playbook.commitments.may_give_time
                    if (role := playbook.role(role_id)) is not None
                ),
                open_incidents=len(rows.incidents.where(connection, state=open_states)),
                sources=tuple(health(row, now) for row in sources.sources(connection)),
                drill=self._core.drill,
                learning_days=self._watchman.learnt_days(connection),
                needed_days=NEEDED_DAYS,
            )

    def current_id(self, connection: Connection) -> int | None:
        """The incident on screen: the newest active one, else the newest resolved one."""
        found = self._incident(connection, None)
        return found.id if found else None

    def _incident(self, connection: Connection, incident_id: int | None) -> Incident | None:
        if incident_id is not None:
            return rows.incidents.get(connection, incident_id)
        active = rows.incidents.first(connection, state=IncidentState.ACTIVE)
        return active or rows.incidents.first(connection, state=IncidentState.RESOLVED)

    def _alert(self, connection: Connection, incident: Incident | None) -> Alert | None:
        waiting = rows.alerts.first(connection, state=AlertState.OPEN)
        if waiting is not None or incident is None or incident.alert_id is None:
            return waiting
        return rows.alerts.get(connection, incident.alert_id)

    def _published(
        self, connection: Connection, incident: Incident | None, playbook: Playbook
    ) -> Published | None:
        if incident is None:
            return None
        out = _own_texts(connection, incident)
        last = max(out, key=lambda d: (d.published_at or d.updated_at, d.id), default=None)
        if last is None:
            return None
        template = playbook.template(last.template_id)
        return Published(
            draft_id=last.id,
            purpose=template.purpose if template else Bilingual(last.template_id, last.template_id),
            at=last.published_at or last.updated_at,
            channels=max(1, len([c for c in last.channel.split(",") if c.strip()])),
            body=last.body,
            url=last.url,
        )

    def _decides(self, playbook: Playbook, assigned: tuple[Assignment, ...]) -> str:
        slug = next((a.contact_slug for a in assigned if a.role == playbook.owner), "")
        role = playbook.role(playbook.owner)
        slug = slug or (role.holder if role else "")
        contact = self._contacts.find(slug)
        return contact.name if contact else ""

    # -- the chart -----------------------------------------------------------------------------------------------

    def chart(
        self,
        span: timedelta | None,
        incident_id: int | None = None,
        *,
        columns: int | None = 1440,
        stretch: tuple[datetime, datetime] | None = None,
        second: SecondWanted | None = None,
    ) -> ChartData:
        """Counts, expected band, gaps and our own acts over the last ``span``, or over the incident (``None``).

        Args:
            columns: at most about so many buckets, wider ones hold whole minutes; ``None`` = as narrow as a live
                chart wants them, with the expected band reaching an hour ahead.
            stretch: from when to when instead, whole minutes.
            second: a second series to count.
        """
        now = self._core.clock.now()
        with self._core.read() as connection:
            incident = self._incident(connection, incident_id)
            start, end = stretch or self._stretch(span, incident, now)
            step = bucket_step(end - start, LIVE_BUCKETS if columns is None else columns)
            return ChartData(
                start=start,
                end=end,
                step=step,
                counts=_bucketed(minutes.counts(connection, start, end), start, step),
                expected=self._band(connection, incident, start, end + (_AHEAD if columns is None else _NONE), step),
                gaps=mentions.gaps(connection, start, end),
                flags=self._flags(connection, incident, start, end),
                incident_from=incident.started_at if incident else None,
                incident_until=incident.resolved_at if incident else None,
                zone=self._core.zone,
                second=self._second(connection, second, incident, start, end, step) if second else None,
            )

    def _stretch(
        self, span: timedelta | None, incident: Incident | None, now: datetime
    ) -> tuple[datetime, datetime]:
        end = mentions.floor_minute(now) + _MINUTE
        if span is not None or incident is None:
            return end - (span or timedelta(hours=2)), end
        last = incident.resolved_at + _AROUND if incident.resolved_at else end
        return mentions.floor_minute(incident.started_at) - _AROUND, mentions.floor_minute(min(last, end))

    def _band(
        self, connection: Connection, incident: Incident | None, start: datetime, end: datetime, step: timedelta
    ) -> tuple[tuple[float, float, float], ...]:
        """What was expected per bucket; nothing while the detector has not seen a day yet."""
        if self._watchman.learnt_days(connection) < 1.0:
            return ()
        alert = self._alert(connection, incident)
        starts = [start + n * step for n in range(max(0, -((start - end) // step)))]
        # What is normal changes with the local hour, and zones differ by quarters of an hour: ask once for each.
        blocks = sorted({_quarter(at) for at in starts})
        told = self._watchman.band(connection, blocks, step, alert.id if alert else None)
        known = dict(zip(blocks, told, strict=True))
        return tuple(known[_quarter(at)] for at in starts)

    def _second(
        self,
        connection: Connection,
        wanted: SecondWanted,
        incident: Incident | None,
        start: datetime,
        end: datetime,
        step: timedelta,
    ) -> SecondSeries | None:
        if wanted.kind == "words":
            found = minutes.matching(connection, wanted.words, start, end, step) if wanted.words.strip() else ()
            return SecondSeries(kind="words", label=Bilingual(wanted.words, wanted.words), counts=found)
        if wanted.kind != "incident":
            return SecondSeries(kind=wanted.kind)
        past = rows.incidents.get(connection, wanted.incident_id)
        if incident is None or past.id == incident.id:
            return None
        shift = mentions.floor_minute(incident.started_at) - mentions.floor_minute(past.started_at)
        counted = _bucketed(minutes.counts(connection, start - shift, end - shift), start - shift, step)
        return SecondSeries(
            kind="incident",
            label=Bilingual(past.title, past.title),
            counts=tuple((c.minute + shift, c.total) for c in counted),
            shift=shift,
        )

    def _flags(
        self, connection: Connection, incident: Incident | None, start: datetime, end: datetime
    ) -> tuple[Flag, ...]:
        """Alerts of the stretch, and what we did in the incident: texts out, tasks done, times promised."""
        found = [
            Flag(at=alert.signal.since, kind="alert", label=both(f"desk.flag.{_FLAG[alert.signal.kind]}"))
            for alert in rows.alerts.where(connection, rows.alerts.table.c.opened_at >= start)
            if alert.state is not AlertState.DISMISSED
        ]
        if incident is not None:
            found += self._acts(connection, incident, end)
        return tuple(sorted((f for f in found if start <= f.at < end), key=lambda f: f.at))

    def _acts(self, connection: Connection, incident: Incident, end: datetime) -> list[Flag]:
        playbook = self._playbooks.of(incident.id)
        found = []
        for draft in _own_texts(connection, incident):
            template = playbook.template(draft.template_id)
            purpose = template.purpose if template else Bilingual(draft.template_id, draft.template_id)
            found.append(Flag(at=draft.published_at or draft.updated_at, kind="published", label=purpose))
        for task in rows.tasks.where(connection, incident_id=incident.id, state=TaskState.DONE):
            if task.done_at is not None:
                found.append(Flag(at=task.done_at, kind="task", label=task.do))
        for promise in rows.commitments.where(connection, incident_id=incident.id):
            still = promise.state is CommitmentState.OPEN
            if promise.kind is CommitmentKind.RESOLUTION:
                state = "promise" if still else promise.state.value
                found.append(Flag(at=promise.due_at, kind=state, label=both(f"desk.flag.{state}")))
                if promise.due_at >= end:  # the hour itself is still to come
                    found.append(Flag(at=promise.made_at, kind="promised", label=both("desk.flag.promised")))
            elif promise.kind is CommitmentKind.NEXT_UPDATE and (still or promise.state is CommitmentState.BROKEN):
                state = "next_update" if still else promise.state.value
                found.append(Flag(at=promise.due_at, kind=state, label=both("desk.flag.next_update")))
        if incident.resolved_at is not None:
            found.append(Flag(at=incident.resolved_at, kind="resolved", label=both("desk.flag.resolved")))
        return found


def _before(connection: Connection, alert: Alert) -> tuple[tuple[int, int], ...]:
    """The same stretch a day and a week ago, as far as there is history."""
    signal = alert.signal
    first = mentions.first_minute(connection, signal.at - _HISTORY)
    start = max(signal.since, signal.at - signal.window_minutes * _MINUTE)
    return tuple(
        (days, mentions.totals(connection, start - timedelta(days=days), signal.at - timedelta(days=days))[0])
        for days in (1, 7)
        if first is not None and first <= start - timedelta(days=days)
    )


def _quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def _bucketed(
    counted: tuple[MinuteCount, ...], start: datetime, step: timedelta
) -> tuple[MinuteCount, ...]:
    """Minutes summed into buckets of ``step`` from ``start``."""
    if step == _MINUTE:
        return counted
    sums: dict[datetime, list[int]] = {}
    for c in counted:
        bucket = sums.setdefault(start + ((c.minute - start) // step) * step, [0, 0, 0, 0])
        for i, n in enumerate((c.total, c.reposts, c.complaints, c.negative)):
            bucket[i] += n
    return tuple(MinuteCount(minute, *values) for minute, values in sums.items())


def _own_texts(connection: Connection, incident: Incident) -> tuple[Draft, ...]:
    """What is out and answers nobody: of answers there may be hundreds, each for one reader."""
    out = rows.drafts.where(connection, incident_id=incident.id, state=DraftState.PUBLISHED)
    return tuple(draft for draft in out if draft.mention_id is None)


def _phases(
    playbook: Playbook, incident: Incident | None, tasks: tuple[IncidentTask, ...]
) -> tuple[PhaseProgress, ...]:
    if incident is None:
        return ()
    found = []
    for phase in playbook.phases:
        mine = [t for t in tasks if t.phase == phase.id]
        found.append(
            PhaseProgress(
                id=phase.id,
                name=phase.name,
                done=sum(t.state is not TaskState.OPEN for t in mine),
                total=len(mine),
                current=phase.id == incident.phase,
            )
        )
    return tuple(found)
