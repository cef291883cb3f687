"""A desk without a data file: the same nouns and verbs as the real one, over the samples, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from crisisdesk.bus import Bus
from crisisdesk.clock import DeskClock, PlayClock
from crisisdesk.desk.posts import PostView
from crisisdesk.model import events as ev
from crisisdesk.model.alert import Alert, AlertState
from crisisdesk.model.area import Board
from crisisdesk.model.author import Known
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState, RemedyKind
from crisisdesk.model.draft import Draft, DraftState, DraftView, FieldValue, Problem
from crisisdesk.model.errors import NotFoundError
from crisisdesk.model.fact import Fact, FactSection
from crisisdesk.model.finding import Severity
from crisisdesk.model.inbox import FoldState, Sought, Window
from crisisdesk.model.incident import Incident, IncidentState, TaskState
from crisisdesk.model.mention import IngestReport
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.preparation import Preparation
from crisisdesk.model.review import Brief, Milestone, PromiseScore, ReviewData
from crisisdesk.model.room import ReplayStatus, RoomView
from crisisdesk.model.timeline import Entry, NoteKind
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.fakes import ahead
from tests.fakes import samples as s
from tests.fakes.measured import measures
from tests.fakes.written import written_nouns

NOTHING_SOUGHT = Sought()


def _by_id(rows: Any, wanted: int, what: str) -> Any:
    for row in rows:
        if row.id == wanted:
            return row
    raise NotFoundError(f"{what}.missing", id=wanted)


class FakeDesk:
    """The desk of the contract. ``calls`` records writes as ``(verb, args)``; ``fail`` makes the next one raise."""

    def __init__(self, *, calm: bool = False, alert_only: bool = False, drill: bool = False) -> None:
        self.clock = DeskClock(PlayClock(s.NOW))
        self.bus, self.drill, self.zone, self.actor, self.playbook = Bus(), drill, s.ZONE, "Ana Robles", s.PLAYBOOK
        self.settings = SimpleNamespace(language="es", theme="dark", zone=s.ZONE, return_days=7.0)
        self.paths = SimpleNamespace(data=Path("/nowhere"), settings=Path("/nowhere/settings.toml"))
        self.calls: list[tuple[str, tuple[object, ...]]] = []
        self.fail: Exception | None = None
        self.foreseen: Any = None
        self.standing: Any = None
        self.closed = False
        self.calm = calm
        live = not (calm or alert_only)
        self._incidents = [replace(s.INCIDENT, drill=drill)] if live else []
        self._alert: Alert | None = None if calm else replace(s.ALERT, drill=drill)
        if live:
            self._alert = replace(s.ALERT, state=AlertState.ACCEPTED, incident_id=1)
        self._entries, self._drafts = list(s.ENTRIES if live else ()), list(s.DRAFTS if live else ())
        self._commitments, self._tasks = list(s.COMMITMENTS if live else ()), list(s.TASKS if live else ())
        self._facts, self._contacts = list(s.FACTS if live else ()), list(s.CONTACTS)
        self.measures = measures(s.NOW, drill=drill, calm=calm)
        self._room_nouns()
        self._people_nouns()
        self._writing_nouns()

    def close(self) -> None:
        self.closed = True

    def tick(self) -> None:
        self.bus.publish([ev.Ticked(self.clock.now())])

    def _did(self, verb: str, *args: object, events: tuple[ev.Event, ...] = ()) -> None:
        if self.fail is not None:
            error, self.fail = self.fail, None
            raise error
        self.calls.append((verb, args))
        self.bus.publish(events)

    def _verb(
        self, name: str, result: Callable[..., Any] = lambda *a, **k: None, *events: ev.Event
    ) -> Callable[..., Any]:
        def run(*args: Any, **fields: Any) -> Any:
            self._did(name, *args, *fields.values())
            answer = result(*args, **fields)
            self.bus.publish(events or (ev.IncidentChanged(1),))
            return answer

        return run

    # --- room, mentions, alerts, sources, replay -----------------------------------------------------------------

    def _room_nouns(self) -> None:
        self.room = SimpleNamespace(view=self._view, chart=self._chart)
        self.ingest = SimpleNamespace(
            page=self._verb("ingest.page", lambda page: IngestReport(added=len(page.mentions))),
            manual=self._verb("ingest.manual", lambda text, **_: IngestReport(added=1), ev.MentionsAdded(1, s.NOW)),
        )
        self.mentions = SimpleNamespace(latest=self._latest, count=lambda: len(s.MENTIONS), volume=self._volume,
                                        by_source=lambda days: (), heard_from=tuple, danger=lambda sought: (),
                                        window=self._window, members=lambda fold: ())  # fmt: skip
        self._inbox_nouns()
        self.preparation = SimpleNamespace(get=Preparation)
        self.alerts = SimpleNamespace(
            list=lambda open_only=True: (
                (self._alert,) if self._alert and (not open_only or self._alert.state is AlertState.OPEN) else ()
            ),
            get=lambda alert_id: self._alert,
            snooze=self._verb(
                "alerts.snooze", lambda i, minutes=10: self._set_alert(AlertState.SNOOZED), ev.AlertChanged(1)
            ),
            dismiss=self._verb(
                "alerts.dismiss", lambda i, reason, *words: self._set_alert(AlertState.DISMISSED), ev.AlertChanged(1)
            ),
            exclusion=lambda alert_id: s.EXCLUSION,
        )
        self.queries = SimpleNamespace(exclude=self._verb("queries.exclude"))
        self.hindsight = SimpleNamespace(would_have_fired=lambda days, rare, goes_on: s.would_have(rare))
        self.set_return_days = self._verb("set_return_days")
        self.sources = SimpleNamespace(
            list=lambda: s.SOURCES, add_feed=self._verb("sources.add_feed"), remove=self._verb("sources.remove")
        )
        self.replay = SimpleNamespace(
            status=lambda: (
                ReplayStatus(running=True, paused=False, speed=60, progress=0.4, title="iusacell", drill=True)
                if self.drill
                else None
            ),
            pause=self._verb("replay.pause"),
            resume=self._verb("replay.resume"),
            set_speed=self._verb("replay.set_speed"),
            stop=self._verb("replay.stop"),
        )

        self.playbooks = SimpleNamespace(
            current=s.PLAYBOOK,
            inspect=lambda path: (s.PLAYBOOK, ()),
            use=self._verb("playbooks.use", lambda path: s.PLAYBOOK),
            **written_nouns(),
        )
        self.strategy = SimpleNamespace(broken=lambda incident_id: 0, decisions=lambda incident_id: ())
        title = Bilingual("Caída de servicio, 07:00–11:00", "Service outage, 07:00–11:00")
        scenarios = (("iusacell-0700-1100", title),)
        self.drills = SimpleNamespace(list=lambda: scenarios, runs=lambda: (), play=self._verb("drills.play"))

    def _volume(self, days: int) -> tuple[tuple[date, str, int], ...]:
        today = s.NOW.date()
        return tuple(
            (today - timedelta(days=n), channel, 30 + (n * 7 + len(channel) * 13) % 41)
            for n in reversed(range(days))
            for channel in ("bluesky", "mastodon", "x")
        )

    def _inbox_nouns(self) -> None:
        self.reply_clock = SimpleNamespace(standing=lambda stored: (None, False))
        self.handoffs = SimpleNamespace(of=lambda mention_id: (), of_promise=lambda commitment_id: ())
        self.authors = SimpleNamespace(
            card=lambda mention_id: None, say=self._verb("authors.say"), lists=dict, vips=frozenset,
            enlist=self._verb("authors.enlist", lambda mention, name: Known(lists=(name,))),
            delist=self._verb("authors.delist", lambda mention, name: Known()),
        )  # fmt: skip
        self.inbox_filters = SimpleNamespace(
            all=dict, keep=self._verb("inbox_filters.keep"), drop=self._verb("inbox_filters.drop")
        )
        self.replies = SimpleNamespace(
            start=self._verb("replies.start", lambda i: s.DRAFTS[0]),
            start_next=self._verb("replies.start_next", lambda fold: s.DRAFTS[0]),
            state_of=lambda fold: FoldState(mentions=46, read=46, people=44, answered=3, begun=2),
        )
        self.assignees = SimpleNamespace(
            candidates=lambda: s.CANDIDATES, names=tuple, mark=lambda: (0, None), of=lambda ids: {},
            assign=self._verb("assignees.assign", lambda ids, name: len(ids), ev.MentionsAssigned((0,))),
            unassign=self._verb("assignees.unassign", len, ev.MentionsAssigned((0,))),
        )  # fmt: skip
        self.verdicts = SimpleNamespace(
            correct=self._verb("verdicts.correct", self._judged, ev.VerdictsChanged((0,))),
            undo=self._verb("verdicts.undo", lambda i: self._judged(i, "queja"), ev.VerdictsChanged((0,))),
        )

    def _judged(self, mention_id: int, type: str) -> Any:
        row = next(m for m in self.mentions.latest() if m.id == mention_id)
        return replace(row, verdict=replace(row.verdict, type=type))

    def _set_alert(self, state: AlertState) -> None:
        if self._alert is not None:
            self._alert = replace(self._alert, state=state)

    def _view(self, incident_id: int | None = None) -> RoomView:
        if not self._incidents:
            alert = self._alert if self._alert and self._alert.state is AlertState.OPEN else None
            return replace(s.CALM, now=self.clock.now(), alert=alert, drill=self.drill)
        due = [c.due_at for c in self._commitments if c.state is CommitmentState.OPEN]
        todo = {t.id for t in self._tasks if t.state is TaskState.OPEN}
        return replace(
            s.ROOM,
            now=self.clock.now(),
            incident=self._incidents[0],
            alert=self._alert,
            owed_at=min(due, default=None),
            next=tuple(n for n in s.NEXT if n.key != "task.finish" or n.ref in todo),
            tasks=tuple(self._tasks),
            drill=self.drill,
        )

    def _chart(self, span: timedelta | None, incident_id: int | None = None, **more: Any) -> Any:
        return s.chart(span=span, calm=self.calm, stretch=more.get("stretch"), second=more.get("second"))

    def _window(self, limit: int = 200, *, before: int | None = None, sought: Sought = NOTHING_SOUGHT, **_: Any) -> Any:
        rows = self._latest(limit, before=before, sought=sought)
        return Window(rows, rows[-1].id if rows else before, len(rows) >= limit)

    def _latest(
        self,
        limit: int = 200,
        *,
        before: int | None = None,
        sought: Sought = NOTHING_SOUGHT,
    ) -> Any:
        search = sought.search.lower()
        rows = [m for m in s.MENTIONS if (before is None or m.id < before) and search in m.mention.text.lower()]
        if sought.start is not None:
            rows = [m for m in rows if sought.start <= m.mention.published_at]
        if sought.end is not None:
            rows = [m for m in rows if m.mention.published_at < sought.end]
        return tuple(m for m in rows if m.verdict.complaint or not sought.complaint)[:limit]

    # --- incidents, contacts, escalation -------------------------------------------------------------------------

    def _people_nouns(self) -> None:
        self.incidents = SimpleNamespace(
            open=self._open,
            list=lambda: tuple(self._incidents),
            get=lambda i: _by_id(self._incidents, 1, "incident"),
            assignments=lambda i: s.ASSIGNMENTS,
            tasks=lambda i: tuple(self._tasks),
            playbook=lambda i: s.PLAYBOOK,
            set_level=self._verb("incidents.set_level", lambda i, level, reason: self._change(level=level)),
            set_started=self._verb("incidents.set_started", lambda i, at, reason: self._change(started_at=at)),
            set_title=self._verb("incidents.set_title", lambda i, title: self._change(title=title)),
            set_phase=self._verb("incidents.set_phase", lambda i, phase: self._change(phase=phase)),
            resolve=self._verb(
                "incidents.resolve",
                lambda i, who, at=None: self._change(state=IncidentState.RESOLVED, resolved_at=at or s.NOW),
            ),
            reopen=self._verb(
                "incidents.reopen", lambda i, reason: self._change(state=IncidentState.ACTIVE, resolved_at=None)
            ),
            close=self._verb("incidents.close", lambda i: self._change(state=IncidentState.CLOSED, closed_at=s.NOW)),
            assign=self._verb("incidents.assign"),
            finish_task=self._verb(
                "incidents.finish_task", lambda i, evidence="": self._task(i, TaskState.DONE, evidence)
            ),
            skip_task=self._verb("incidents.skip_task", lambda i, reason: self._task(i, TaskState.SKIPPED, reason)),
        )
        self.contacts = SimpleNamespace(
            list=lambda: tuple(self._contacts),
            get=lambda slug: next((c for c in self._contacts if c.slug == slug), None),
            save=self._verb("contacts.save", lambda c: c, ev.ContactsChanged()),
            delete=self._verb("contacts.delete"),
        )
        self.notifications = SimpleNamespace(list=lambda incident_id: ())
        self.rotations = SimpleNamespace(
            list=lambda: ahead.ROTATIONS, overrides=lambda: ahead.OVERRIDES, on_duty=lambda slug: "guardia.noc",
            who_next=lambda slug: ahead.NEXT_SHIFT,
            save=self._verb("rotations.save", lambda r: r, ev.ContactsChanged()),
            delete=self._verb("rotations.delete"),
            stand_in=self._verb("rotations.stand_in", lambda *told: ahead.OVERRIDES[0], ev.ContactsChanged()),
            withdraw=self._verb("rotations.withdraw"),
        )  # fmt: skip
        self.coverage = SimpleNamespace(report=lambda: ahead.COVERAGE)
        self.channels = SimpleNamespace(
            list=lambda: ahead.CHANNELS, vault=SimpleNamespace(kept_by="keyring"),
            save=self._verb("channels.save", lambda *a, **k: None, ev.ContactsChanged()),
            forget=self._verb("channels.forget", lambda kind: None, ev.ContactsChanged()),
        )  # fmt: skip
        self.paging = SimpleNamespace(
            trial=self._verb("paging.trial", lambda kind, address: "accepted"),
            window_opened=lambda: None, window_closed=lambda: None,
        )  # fmt: skip
        card = ev.EscalationChanged(1, 1)
        self.escalation = SimpleNamespace(
            start=self._verb("escalation.start", lambda i, role, reason="": s.ESCALATION, card),
            list=lambda i: (s.ESCALATION,),
            cards=lambda i: (s.CARD,),
            attempts=lambda i: s.ATTEMPTS,
            outcome=self._verb("escalation.outcome", lambda *a, **k: None, card),
            acknowledge=self._verb("escalation.acknowledge", lambda *a, **k: None, card),
            stop=self._verb("escalation.stop", lambda *a, **k: None, card),
        )

    def _open(self, *, title: str, level: int, alert_id: int | None = None, started_at: datetime | None = None) -> Any:
        self._did("incidents.open", title, level, alert_id, started_at)
        incident = replace(
            s.INCIDENT, title=title, level=level, alert_id=alert_id, started_at=started_at or self.clock.now()
        )
        self._incidents.append(incident)
        self._set_alert(AlertState.ACCEPTED)
        self._tasks, self._commitments = list(s.TASKS), list(s.COMMITMENTS)
        self.bus.publish([ev.IncidentChanged(1), ev.AlertChanged(1)])
        return incident

    def _change(self, **fields: Any) -> None:
        self._incidents[0] = replace(self._incidents[0], **fields)

    def _task(self, task_id: int, state: TaskState, evidence: str) -> None:
        self._tasks = [
            replace(t, state=state, evidence=evidence, done_at=s.NOW) if t.id == task_id else t for t in self._tasks
        ]

    # --- facts, drafts, commitments, timeline, review ------------------------------------------------------------

    def _writing_nouns(self) -> None:
        self.facts = SimpleNamespace(say=self._say, sheet=lambda i: tuple(self._facts), to_correct=lambda i: ())
        draft = ev.DraftChanged(1, 2)
        self.drafts = SimpleNamespace(
            start=self._verb("drafts.start", self._start, draft),
            fill=self._verb("drafts.fill", self._fill, draft),
            view=self._draft_view,
            list=lambda i: tuple(self._drafts),
            approve=self._verb("drafts.approve"),
            approvals=SimpleNamespace(
                agree=self._verb("drafts.approve"),
                ask=self._verb("drafts.approvals.ask", lambda i: ()),
                oppose=self._verb("drafts.approvals.oppose"),
            ),
            copy=self._verb(
                "drafts.copy",
                lambda i, lang, channel: ("SIMULACRO — " if self.drill else "") + self._draft(i).body.get(lang),
            ),
            publish=self._verb(
                "drafts.publish", lambda i, lang="", **f: self._draft_to(i, DraftState.PUBLISHED, **f), draft
            ),
            discard=self._verb("drafts.discard", lambda i, reason="": self._draft_to(i, DraftState.DISCARDED), draft),
        )
        self.posts = SimpleNamespace(of=lambda i: PostView(self._draft(i), (), (), drill=self.drill))
        ledger = ev.CommitmentChanged(1, 1)
        self.commitments = SimpleNamespace(
            list=lambda i=None, open_only=False: tuple(
                c for c in self._commitments if not open_only or c.state is CommitmentState.OPEN
            ),
            get=lambda i: _by_id(self._commitments, i, "commitment"),
            promise=self._verb("commitments.promise", self._promise, ledger),
            keep=self._verb("commitments.keep", lambda i, at=None, note="": self._end(i, CommitmentState.KEPT), ledger),
            move=self._verb(
                "commitments.move",
                lambda i, due, reason, giver: (self._end(i, CommitmentState.MOVED), self._drafts[0])[1],
                ledger,
            ),
            withdraw=self._verb(
                "commitments.withdraw",
                lambda i, reason: (self._end(i, CommitmentState.WITHDRAWN), self._drafts[0])[1],
                ledger,
            ),
            set_remedy=self._verb("commitments.set_remedy", self._remedy, ledger),
            fulfil=self._verb("commitments.fulfil"),
            same_hour=self._verb("commitments.same_hour", lambda i: _by_id(self._commitments, i, "commitment")),
            same_instant=self._verb("commitments.same_instant", lambda i: _by_id(self._commitments, i, "commitment")),
            close_individual=self._verb("commitments.close_individual", lambda i: (2, 1)),
            no_time=self._verb("commitments.no_time", lambda i, next_at, why=Bilingual(): self._drafts[0], draft),
        )
        self.risk = SimpleNamespace(
            weigh=lambda i, due: self.foreseen,
            mark=self._verb("risk.mark", lambda i, comparable: None),
            take_for=self._verb("risk.take_for", lambda i, level, cases: len(cases)),
            standing=lambda i: self.standing,
        )
        self.handover = SimpleNamespace(
            note=lambda i, playbook: Bilingual("Relevo", "Hand-over"),
            executive=lambda i, playbook: Bilingual("Dirección", "Direction"),
            tell=self._verb("handover.tell", lambda i, playbook: Bilingual("Dirección", "Direction")),
        )
        self.rumours, self.ideas = SimpleNamespace(list=lambda i: ()), SimpleNamespace(list=lambda i: ())
        self.community = SimpleNamespace(
            kudos=lambda: (), advocates=lambda: (), experts=lambda: (), questions=lambda: ()
        )
        self.areas = SimpleNamespace(board=lambda: Board(areas=(), asked=(), waiting={}, late={}), list=lambda: ())
        self.spokesperson = SimpleNamespace(lines=lambda i: (), speakers=lambda i: (), said=lambda i: ())
        self.timeline = SimpleNamespace(
            note=self._note,
            entries=lambda i, limit=None, originals=False: tuple(self._entries[:limit]),
            order=self._order,
            count=lambda i: len(self._entries),
            some=self._some,
            revise=self._verb("timeline.revise"),
            star=self._verb("timeline.star"),
        )
        self.review = SimpleNamespace(data=self._review, briefs=self._briefs)

    def _order(
        self, _incident: int, nouns: Any = (), *, starred: bool = False, oldest_first: bool = False,
        search: str = "", lang: str = "es",
    ) -> Any:  # fmt: skip
        ids = [
            e.id
            for e in self._entries
            if (not nouns or {e.kind.partition(".")[0], e.kind} & set(nouns))
            and (e.starred or not starred)
            and search.casefold() in f"{entry_sentence(e, Texts(lang), s.ZONE)} {e.actor}".casefold()
        ]
        return tuple(reversed(ids)) if oldest_first else tuple(ids)

    def _some(self, _incident: int, ids: Any) -> tuple[Entry, ...]:
        wanted = set(ids)
        return tuple(e for e in reversed(self._entries) if e.id in wanted)

    def _say(
        self,
        incident_id: int,
        section: FactSection,
        key: str,
        value: Bilingual,
        said_by: str,
        *,
        said_at: datetime | None = None,
        evidence: str = "",
    ) -> Fact:
        self._did("facts.say", incident_id, section, key, value, said_by)
        fact = Fact(
            id=len(self._facts) + 1,
            incident_id=incident_id,
            section=section,
            key=key,
            value=value,
            said_by=said_by,
            said_at=said_at or self.clock.now(),
            recorded_at=self.clock.now(),
            evidence=evidence,
        )
        self._facts = [f for f in self._facts if f.key != key] + [fact]
        self.bus.publish([ev.FactsChanged(incident_id)])
        return fact

    def _draft(self, draft_id: int) -> Draft:
        found: Draft = _by_id(self._drafts, draft_id, "draft")
        return found

    def _start(self, incident_id: int, template_id: str, *, answers: int | None = None) -> Draft:
        template = s.PLAYBOOK.template(template_id) or s.TEMPLATES[0]
        draft = replace(
            s.DRAFTS[0],
            id=len(self._drafts) + 1,
            template_id=template.id,
            values={},
            body=template.text,
            answers=answers,
        )
        self._drafts.insert(0, draft)
        return draft

    def _fill(self, draft_id: int, values: dict[str, FieldValue]) -> DraftView:
        old = self._draft(draft_id)
        self._draft_to(draft_id, old.state, values=old.values | values)
        return self._draft_view(draft_id)

    def _draft_to(self, draft_id: int, state: DraftState, **fields: Any) -> Draft:
        if state is DraftState.PUBLISHED:
            fields["published_at"] = fields.pop("at", None) or self.clock.now()
        new = replace(self._draft(draft_id), state=state, **fields)
        self._drafts = [new if d.id == draft_id else d for d in self._drafts]
        return new

    def _draft_view(self, draft_id: int) -> DraftView:
        draft = self._draft(draft_id)
        template = s.PLAYBOOK.template(draft.template_id) or s.TEMPLATES[0]
        problems = tuple(
            Problem(severity=Severity.ERROR, key="empty_field", field=f.name, fields=(("field", f.name),))
            for f in template.fields
            if f.name not in draft.values or draft.values[f.name].empty
        )
        facts = {f.key: FieldValue(text=f.value, fact_id=f.id) for f in self._facts}
        return DraftView(draft=draft, template=template, problems=problems, suggestions=facts)

    def _promise(
        self,
        incident_id: int,
        what: Bilingual,
        due_at: datetime,
        *,
        kind: CommitmentKind,
        to_whom: str = "",
        giver: str = "",
        owner: str = "",
        known: str = "",
        known_by: str = "",
    ) -> Commitment:
        new = replace(
            s.COMMITMENTS[0],
            known=known,
            known_by=known_by,
            id=len(self._commitments) + 1,
            what=what,
            due_at=due_at,
            kind=kind,
            to_whom=to_whom,
            giver=giver,
            owner=owner,
            made_at=self.clock.now(),
        )
        self._commitments.append(new)
        return new

    def _end(self, commitment_id: int, state: CommitmentState) -> None:
        self._commitments = [
            replace(c, state=state, ended_at=self.clock.now()) if c.id == commitment_id else c
            for c in self._commitments
        ]

    def _remedy(self, commitment_id: int, kind: RemedyKind, text: str) -> None:
        self._commitments = [
            replace(c, remedy_kind=kind, remedy=text) if c.id == commitment_id else c for c in self._commitments
        ]

    def _note(
        self, incident_id: int | None, text: str, kind: NoteKind, occurred_at: datetime | None = None, **more: Any
    ) -> Entry:
        self._did("timeline.note", incident_id, text, kind, *filter(None, more.values()))
        now = self.clock.now()
        entry = replace(
            s.ENTRIES[0],
            id=len(self._entries) + 1,
            kind=f"note.{kind}",
            text=text,
            data={},
            occurred_at=occurred_at or now,
            recorded_at=now,
        )
        self._entries.insert(0, entry)
        self.bus.publish([ev.TimelineAdded(incident_id, entry.id)])
        return entry

    def _briefs(self, incidents: Iterable[Incident]) -> tuple[Brief, ...]:
        told = self._review(None)
        first = next(m for m in told.milestones if m.key == "first_message")
        return tuple(Brief(incident=i, first_message=first, commitments=told.commitments) for i in incidents)

    def _review(self, _incident: object) -> ReviewData:
        score = PromiseScore(
            made=2, kept=1, moved=0, withdrawn=0, broken=0, open=1, median_lateness=timedelta(minutes=-1)
        )
        marks = (
            ("detected", None, 4),
            ("opened", None, 4),
            ("first_call", 5, 10),
            ("first_message", 15, 10),
            ("scope", 25, None),
            ("first_time", None, None),
            ("resolved", None, None),
        )
        return ReviewData(
            made_at=self.clock.now(),
            actor=self.actor,
            incident=s.INCIDENT,
            playbook=s.PLAYBOOK,
            alert=s.ALERT,
            chart=s.chart(),
            milestones=tuple(
                Milestone(key=k, target=None if t is None else s.minutes(t), took=None if d is None else s.minutes(d))
                for k, t, d in marks
            ),
            entries=tuple(reversed(self._entries)),
            originals=tuple(reversed(self._entries)),
            published=(s.DRAFTS[1],),
            commitments=tuple(self._commitments),
            promises=score,
            updates=score,
            facts=tuple(self._facts),
            tasks=tuple(self._tasks),
            assignments=s.ASSIGNMENTS,
            contacts=s.CONTACTS,
            escalations=(s.ESCALATION,),
            attempts=s.ATTEMPTS,
            mentions=214,
            complaints=173,
            by_source=(("mastodon", 130), ("bluesky", 47), ("x", 26), ("prensa", 11)),
            peak=(s.NOW, 116),
            examples=s.MENTIONS[:3],
        )
