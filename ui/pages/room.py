"""The room (F1): what happens, what is next, what was done; everything that is decided here is decided in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from crisisdesk.model import events as ev
from crisisdesk.model.alert import Exclusion
from crisisdesk.model.draft import Draft
from crisisdesk.model.incident import Incident, TaskState
from crisisdesk.model.playbook import Playbook
from crisisdesk.model.room import RoomView
from crisisdesk.model.timeline import Entry, NoteKind
from crisisdesk.words import reason
from ui.actions import action
from ui.context import Context
from ui.pages.base import Doer, Page
from ui.theme import GUTTER
from ui.widgets.chart_panel import ChartPanel
from ui.widgets.next_panel import NextPanel
from ui.widgets.situation import Situation
from ui.widgets.spike_card import ANSWERABLE, exclusion_words, quoted
from ui.widgets.timeline_panel import TimelinePanel

ENTRIES: Final = 60
DRAWER_BELOW: Final = 1136  # page width: the window's 1200 less the rail
STRIP_BELOW: Final = (960, 520)
NO_CHART_BELOW: Final = 500  # lower, the strip would press together what is owed next
WIDTHS: Final = ((0, 386, 304), (1600, 440, 380), (2200, 520, 480))  # from this page width: next, timeline


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the room shows at one instant, but for the chart."""

    view: RoomView
    entries: tuple[Entry, ...]
    playbook: Playbook


class RoomPage(Page):
    """The war room."""

    name = "room"
    wants: ClassVar[tuple[type[ev.Event], ...]] = (
        ev.AlertRaised,
        ev.AlertChanged,
        ev.ConcernChanged,
        ev.IncidentChanged,
        ev.EscalationChanged,
        ev.DraftChanged,
        ev.CommitmentChanged,
        ev.CommitmentDueSoon,
        ev.CommitmentBroken,
        ev.TimelineAdded,
        ev.PlaybookChanged,
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._scene: Scene | None = None
        self._minute: datetime | None = None
        self.chart = ChartPanel(context)
        self.situation = Situation(context)
        self.next = NextPanel(context)
        self.timeline = TimelinePanel(context)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(GUTTER)
        left.addWidget(self.chart, 1)
        left.addWidget(self.situation)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        self._grid.setSpacing(GUTTER)
        self._shape = ""
        self.timeline.setParent(self)
        self._reshape()
        self.chart.spanned.connect(self._read_chart)
        self.next.drawer.clicked.connect(lambda _checked=False: self._open_drawer(not self.timeline.isVisible()))
        self.timeline.notes.written.connect(self._write_note)
        self.situation.open_form.confirmed.connect(self._open_incident)
        self.situation.no_time.agreed.connect(self._no_time)
        self.situation.no_time.promise.connect(lambda: context.act("promise.new", None))
        context.bridge.beat.connect(self._on_beat)

    # --- reading and showing -------------------------------------------------------------------------------------

    def query(self) -> Callable[[], Scene]:
        """The lists, the bars and the newest entries."""
        desk, wanted = self.context.desk, self.incident_id

        def read() -> Scene:
            view = desk.room.view(wanted)
            if view.incident is None:
                return Scene(view, (), desk.playbook)
            incident_id = view.incident.id
            entries = desk.timeline.entries(incident_id, limit=ENTRIES)
            return Scene(view, entries, desk.incidents.playbook(incident_id))

        return read

    def show_(self, view: Scene) -> None:
        """Put a scene on screen."""
        before = self._scene
        self._scene = view
        room = view.view
        self.chart.set_incident(room.incident is not None)
        self.situation.set_scene(room, view.playbook)
        self.next.set_view(room)
        self.timeline.set_entries(view.entries, room.zone, more=len(view.entries) >= ENTRIES)
        if before is None or before.view.incident != room.incident or before.view.alert != room.alert:
            self._read_chart()
        elif before.entries[:1] != view.entries[:1]:
            self._read_chart()  # an act of ours is a flag on the chart

    def retranslate(self) -> None:
        """Say everything again."""
        for part in (self.chart, self.next, self.timeline):
            part.retranslate()
        if self._scene is not None:
            self.show_(self._scene)
        self._read_chart()

    def _on_events(self, events: list[ev.Event]) -> None:
        super()._on_events(events)
        self.chart.hear(events)
        if any(isinstance(event, ev.MentionsChanged | ev.SourceHealthChanged) for event in events):
            self.chart.read_soon()

    def _on_beat(self) -> None:
        """A minute passed on the desk's clock: the chart moves on even when nobody writes."""
        minute = self.context.desk.clock.now().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute = minute
            self.chart.move_on()

    def _read_chart(self) -> None:
        incident = self._incident()
        self.chart.read(incident.id if incident else self.incident_id)

    def shown(self) -> None:
        """The chart catches up, and the list takes the keys."""
        self._read_chart()
        self.next.list.setFocus()

    # --- shape ---------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Three columns, or two and a drawer, or a strip above the list."""
        super().resizeEvent(event)
        self._reshape()

    def _reshape(self) -> None:
        small = self.width() < STRIP_BELOW[0] or self.height() < STRIP_BELOW[1]
        shape = "strip" if small else "drawer" if self.width() < DRAWER_BELOW else "columns"
        next_width, timeline_width = [w[1:] for w in WIDTHS if self.width() >= w[0]][-1]
        self.timeline.setFixedWidth(timeline_width)
        self.chart.setVisible(self.height() >= NO_CHART_BELOW)
        if small:
            self._free_width()
        else:
            self.next.setFixedWidth(next_width)
        if shape != self._shape:
            self._shape = shape
            for part in (self._left, self.next, self.timeline):
                self._grid.removeWidget(part)
            self._grid.addWidget(self._left, 0, 0)
            self._grid.addWidget(self.next, *((1, 0) if small else (0, 1)))
            self._grid.setRowStretch(1, 1 if small else 0)
            self._grid.setRowStretch(0, 0 if small else 1)
            self._grid.setColumnStretch(0, 1)
            self.chart.set_strip(small)
            self.situation.set_compact(small)
            if self._scene is not None:
                self.situation.set_scene(self._scene.view, self._scene.playbook)
            self.next.drawer.setVisible(shape != "columns")
            if shape == "columns":
                self.timeline.setMaximumHeight(16_777_215)
                self.timeline.setMinimumHeight(0)
                self._grid.addWidget(self.timeline, 0, 2)
            self._open_drawer(shape == "columns")
        if shape != "columns":
            place = self.rect().adjusted(self.width() - timeline_width - GUTTER, GUTTER, -GUTTER, -GUTTER)
            self.timeline.setFixedHeight(place.height())
            self.timeline.move(place.topLeft())

    def _free_width(self) -> None:
        self.next.setMinimumWidth(0)
        self.next.setMaximumWidth(16_777_215)

    def _open_drawer(self, open_: bool) -> None:
        self.timeline.setVisible(open_)
        self.timeline.raise_()
        self.next.set_drawer(open_)

    # --- acts ----------------------------------------------------------------------------------------------------

    def actions_(self) -> Mapping[str, Doer]:
        """What the room does."""
        return {
            "alert.open": lambda _ref: self._ask_open(by_hand=False),
            "incident.new": lambda _ref: self._ask_open(by_hand=True),
            "incident.level": lambda _ref: self._ask_level(),
            "alert.snooze": lambda _ref: self._snooze(),
            "alert.dismiss": lambda _ref: self._ask_dismiss(),
            "promise.none": lambda _ref: self._ask_no_time(),
            "text.last": lambda _ref: self._show_last(),
            "note.write": lambda _ref: self._focus_note(),
            "campaigns.stop": lambda _ref: self._stop_campaigns(),
            "task.finish": self._finish_task,
            "concern.seen": self._seen,
            **self.chart.doers(),
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens the incident from an unanswered alert; letters do what their key caps say."""
        pressed = "Return" if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) else event.text().upper()
        alert = self._scene.view.alert if self._scene else None
        waiting = alert is not None and alert.incident_id is None and alert.state in ANSWERABLE
        for action_id in ("alert.open", "alert.snooze", "alert.dismiss"):
            known = action(action_id)
            if known is not None and pressed == known.key and waiting:
                self.context.act(action_id, None)
                return
        seen = action("concern.seen")
        if seen is not None and pressed == seen.key and self._scene and self._scene.view.concerns:
            self.context.act("concern.seen", self._scene.view.concerns[0].id)
            return
        for action_id in ("task.finish", "task.write", "update.write", "promise.answer", "apology.write"):
            known = action(action_id)
            if known is not None and pressed == known.key and self.next.list.act(action_id):
                return
        super().keyPressEvent(event)

    def _incident(self) -> Incident | None:
        return self._scene.view.incident if self._scene else None

    def _call(self, work: Callable[[], Any], then: Callable[[Any], Any] | None = None) -> None:
        self.context.bridge.call(work, then)

    def _ask_open(self, *, by_hand: bool) -> None:
        if self._scene is not None:
            view = self._scene.view
            alert = None if by_hand else view.alert
            self.situation.ask_open(self._scene.playbook, view.zone, alert)

    def _open_incident(self, title: str, level: int, started: object, alert_id: object) -> None:
        fields: dict[str, Any] = {"alert_id": alert_id, "started_at": started}
        self._call(
            lambda: self.context.desk.incidents.open(title=title, level=level, **fields),
            lambda _incident: self.next.list.setFocus(),
        )

    def _ask_level(self) -> None:
        scene, incident, texts = self._scene, self._incident(), self.texts
        if scene is None or incident is None:
            self.context.say(texts("room.ask.no_incident"))
            return
        levels = scene.playbook.levels
        options = [(lv.number, texts("ui.level", level=lv.number, name=lv.name.get(texts.lang))) for lv in levels]

        def change(because: str) -> None:
            level = self.situation.ask.choice()
            self._call(lambda: self.context.desk.incidents.set_level(incident.id, level, because))

        question, proposal = texts("room.ask.choose_level"), scene.view.alert.proposal if scene.view.alert else None
        if proposal and proposal.level not in (0, incident.level):
            reasons = " · ".join(reason(why, texts) for why in proposal.why[:3])
            question += "\n" + texts("room.open.why", level=proposal.level, reasons=reasons)
        self.situation.ask.ask(
            question, texts("room.ask.level_yes"), texts("room.ask.cancel"), change,
            hint=texts("room.ask.level_hint"), needed=True, options=options, chosen=incident.level,
        )  # fmt: skip

    def _snooze(self) -> None:
        alert = self._scene.view.alert if self._scene else None
        if alert is not None:
            alert_id = alert.id
            self._call(
                lambda: self.context.desk.alerts.snooze(alert_id),
                lambda _done: self.context.say(self.texts("room.ask.snoozed")),
            )

    def _ask_dismiss(self) -> None:
        alert = self._scene.view.alert if self._scene else None
        if alert is not None:
            alert_id = alert.id
            self._call(
                lambda: self.context.desk.alerts.exclusion(alert_id), lambda found: self._dismiss(alert_id, found)
            )

    def _dismiss(self, alert_id: int, found: Exclusion) -> None:
        """Ask why it is not ours, and whether its words are to be excluded; a person decides both."""
        texts, ask, desk = self.texts, self.situation.ask, self.context.desk
        question = texts("room.ask.dismiss")
        options: tuple[tuple[int, str], ...] = ()
        if found.terms:
            question += "\n" + exclusion_words(found, texts)
            shown = quoted(found.terms, texts)
            options = ((1, texts("room.ask.exclude_yes", terms=shown)), (0, texts("room.ask.exclude_no")))

        def dismiss(reason: str) -> None:
            terms = found.terms if ask.choice() == 1 else ()

            def both() -> None:
                desk.alerts.dismiss(alert_id, reason, terms)
                desk.queries.exclude(terms)

            self._call(both)

        ask.ask(
            question, texts("room.ask.dismiss_yes"), texts("room.ask.cancel"), dismiss,
            hint=texts("room.ask.dismiss_hint"), needed=True, options=options, chosen=0,
        )  # fmt: skip

    def _ask_no_time(self) -> None:
        scene, incident = self._scene, self._incident()
        if scene is None or incident is None:
            self.context.say(self.texts("room.ask.no_incident"))
            return
        level = scene.playbook.level(incident.level)
        self.situation.ask_no_time(incident.zone, level.public_cadence if level else timedelta(minutes=30))

    def _no_time(self, next_at: datetime) -> None:
        incident = self._incident()
        if incident is not None:
            self._call(lambda: self.context.desk.commitments.no_time(incident.id, next_at), self._open_draft)

    def _open_draft(self, draft: Draft) -> None:
        self.context.act("draft.open", draft.id)

    def _show_last(self) -> None:
        view = self._scene.view if self._scene else None
        if view is None or view.last_published is None:
            self.context.say(self.texts("room.last.none"))
        else:
            self.situation.show_last(view.last_published, view.zone, drill=view.drill)

    def _focus_note(self) -> None:
        self._open_drawer(True)
        self.timeline.notes.line.setFocus()

    def _write_note(self, text: str, kind: NoteKind) -> None:
        incident = self._incident()
        incident_id = incident.id if incident else None
        notes, timeline = self.timeline.notes, self.context.desk.timeline
        self.context.bridge.once(
            notes, lambda: timeline.note(incident_id, text, kind), lambda _entry: notes.done()
        )

    def _stop_campaigns(self) -> None:
        tasks = self._scene.view.tasks if self._scene else ()
        for task in tasks:
            if task.state is TaskState.OPEN and ("campañ" in task.do.es.lower() or "campaign" in task.do.en.lower()):
                self._finish_task(task.id)
                return
        self.context.say(self.texts("room.ask.no_campaigns" if self._incident() else "room.ask.no_incident"))

    def _seen(self, ref: object) -> None:
        if isinstance(ref, int):
            self._call(lambda: self.context.desk.concerns.seen(ref))

    def _finish_task(self, ref: object) -> None:
        tasks, texts = (self._scene.view.tasks if self._scene else ()), self.texts
        task = next((task for task in tasks if task.id == ref), None)
        if task is None:
            return
        task_id = task.id
        self.next.ask.ask(
            texts("room.ask.evidence", task=task.do.get(texts.lang)),
            texts("room.ask.evidence_yes"),
            texts("room.ask.cancel"),
            lambda proof: self._call(lambda: self.context.desk.incidents.finish_task(task_id, proof)),
            hint=texts("room.ask.evidence_hint" if task.needs_evidence else "room.ask.evidence_optional"),
            needed=task.needs_evidence,
        )
