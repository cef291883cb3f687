"""Playing a past incident back: chart, next list, ledger and timeline as they were, at ×1 to ×3,600."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar, Final, cast

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.desk.playback import at_same_time, event_before, next_event
from crisisdesk.model.commitment import Commitment, CommitmentState, NextItem
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import MinuteCount
from crisisdesk.model.playback import Film, Scene
from crisisdesk.model.timeline import Entry
from crisisdesk.words import number
from ui.context import Context
from ui.models.columns import Look
from ui.models.past import DUE, PROMISES, WRITTEN
from ui.models.table import RowTable
from ui.pages.base import Page
from ui.theme import GAP, GUTTER
from ui.widgets.chart import ChartView
from ui.widgets.data_table import TALL_ROW, DataTable
from ui.widgets.empty import EmptyState
from ui.widgets.panel import Panel
from ui.widgets.playback_bar import SPEEDS, PlaybackBar

FRAME_MS: Final = 200
REST_MS: Final = 150  # other marks or another scale are drawn once the slider stands still: drawing holds the window up
_BEGIN_SPEED: Final = 60
_NOTHING: Final = MinuteCount(
    minute=datetime(1970, 1, 1, tzinfo=UTC), total=0, reposts=0, complaints=0, negative=0
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the page reads: the incidents, the film, and the one beside it."""

    incidents: tuple[Incident, ...]
    film: Film | None
    other: Film | None


class PlaybackPage(Page):
    """The replay of one incident; a look only, so nothing in it acts."""

    name: ClassVar[str] = "playback"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._chosen = self._beside = 0
        self._film: Film | None = None
        self._other: Film | None = None
        self._scene: Scene | None = None
        self._at = context.desk.clock.now()
        self._drawn: tuple[object, ...] = ()
        self._counted = 0
        self._under_way = self._once_more = False
        self._speed = _BEGIN_SPEED
        then = SimpleNamespace(clock=SimpleNamespace(now=lambda: self._at), zone=context.desk.zone)
        self._then = replace(context, desk=cast(Any, then), act=lambda _action, _ref: None)
        self.bar = PlaybackBar(self.texts)
        self.chart = ChartView(self._then)
        self.chart.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        look = Look(self.texts, context.desk.zone, self._at)
        self.due: RowTable[NextItem] = RowTable(DUE, look, lambda item: (item.kind, item.ref, item.due_at))
        self.ledger: RowTable[Commitment] = RowTable(PROMISES, look, lambda one: one.id)
        self.written: RowTable[Entry] = RowTable(WRITTEN, look, lambda entry: entry.id)
        self.beside: RowTable[Entry] = RowTable(WRITTEN, look, lambda entry: entry.id)
        models: dict[str, RowTable[Any]] = {
            "next": self.due, "ledger": self.ledger, "timeline": self.written, "beside": self.beside,
        }  # fmt: skip
        self.tables = {
            name: DataTable(
                model, context.theme, row=TALL_ROW, lines=1 if name in ("next", "ledger") else 2, header=False
            )
            for name, model in models.items()
        }
        for table in self.tables.values():
            table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            table.setSelectionMode(DataTable.SelectionMode.NoSelection)
        self._frames = QTimer(self, interval=FRAME_MS)
        self._frames.timeout.connect(self._frame)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._settle)
        self._since = QElapsedTimer()
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self._empty = EmptyState()
        names = ("head", "chart", "next", "ledger", "timeline", "beside")
        self.panels = {name: Panel(" ", flush=name not in ("head", "chart")) for name in names}
        inside: dict[str, QWidget] = {"head": self.bar, "chart": self.chart, **self.tables}
        for name, widget in inside.items():
            self.panels[name].body.addWidget(widget, 1)
        board = QWidget()
        whole = QVBoxLayout(board)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GUTTER)
        whole.addWidget(self.panels["head"])
        whole.addWidget(self.panels["chart"], 2)
        columns = QHBoxLayout()
        columns.setSpacing(GUTTER)
        for name in names[2:]:
            columns.addWidget(self.panels[name], 1)
        whole.addLayout(columns, 3)
        self._stack = QStackedWidget()
        self._stack.addWidget(board)
        self._stack.addWidget(self._empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        outer.setSpacing(GAP)
        outer.addWidget(self._stack)
        self.panels["beside"].hide()

    def _connect(self) -> None:
        bar = self.bar
        bar.chosen.connect(self.choose)
        bar.compared.connect(self.compare)
        bar.played.connect(self.toggle)
        bar.stepped.connect(self.step)
        bar.sped.connect(self.set_speed)
        bar.sought.connect(self._seek_to)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Space", self.toggle), ("Right", lambda: self.step(1)), ("Left", lambda: self.step(-1)),
            ("+", lambda: self.faster(1)), ("-", lambda: self.faster(-1)),
            ("Home", self._to_t0),
            ("End", self._to_end),
        )  # fmt: skip
        for key, do in keys:
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(do)

    # Reading

    def query(self) -> Callable[[], Loaded]:
        """The film of the chosen incident, of the one on screen, or of the newest."""
        desk, wanted, beside = self.context.desk, self._chosen or self.incident_id, self._beside

        def read() -> Loaded:
            # numpy and what the GUI thread will want of the chart are loaded here
            from crisisdesk.reports import chart_boxes, chart_minutes, chart_words  # noqa: F401

            incidents = tuple(desk.incidents.list())
            known = {one.id for one in incidents}
            one = wanted if wanted in known else incidents[0].id if incidents else None
            if one is None:
                return Loaded(incidents, None, None)
            other = beside if beside in known and beside != one else None
            film = desk.playback.film(one, other)
            return Loaded(incidents, film, None if other is None else desk.playback.film(other))

        return read

    def show_(self, view: Any) -> None:
        """Put a film in; the same one goes on where it stood."""
        assert isinstance(view, Loaded)
        before, self._film, self._other = self._film, view.film, view.other
        self._stack.setCurrentIndex(0 if view.film is not None else 1)
        if view.film is None:
            return
        film = view.film
        self.bar.offer(view.incidents, film.incident.id, self._beside, film.incident.zone)
        self.bar.set_length(film.end - film.start)
        if before is None or before.incident.id != film.incident.id:
            self._at = max(film.start, film.incident.started_at)
        self._drawn, self._scene = (), None
        self.panels["beside"].setVisible(view.other is not None)
        self._say()
        self._ask()

    def shown(self) -> None:
        """The keys play."""
        self.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nothing runs."""
        super().hideEvent(event)
        self._run(False)
        self._rest.stop()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self.texts
        self.bar.retranslate()
        self._empty.set_text(texts("playback.none_title"), texts("playback.none_body"))
        for name, table in self.tables.items():
            table.setAccessibleName(texts(f"playback.{'other' if name == 'beside' else name}"))
        self._say()
        self._drawn = ()
        self.refresh()

    def _say(self) -> None:
        texts, scene = self.texts, self._scene
        self.panels["head"].set_title(texts("playback.title"), texts("playback.note"))
        self.panels["chart"].set_title(texts("playback.chart"), texts("playback.chart_note"))
        self._say_counts(scene)
        if self._other is not None:
            self.panels["beside"].set_title(texts("playback.other"), self._other.incident.title)
        self.bar.set_state(playing=self.playing, speed=self._speed)

    # Playing

    @property
    def playing(self) -> bool:
        """Whether it runs."""
        return self._frames.isActive()

    @property
    def at(self) -> datetime:
        """Where it stands."""
        return self._at

    def choose(self, incident_id: int) -> None:
        """Play another incident."""
        self._run(False)
        self._chosen, self._beside = incident_id, 0
        self.refresh()

    def compare(self, incident_id: int) -> None:
        """Lay another incident beside it, T0 on T0; 0 = none."""
        self._beside = incident_id
        self.refresh()

    def toggle(self) -> None:
        """Play or stand still; at the end it begins again."""
        film = self._film
        if film is not None and not self.playing and self._at >= film.end:
            self.seek(film.incident.started_at)
        self._run(film is not None and not self.playing)

    def _run(self, on: bool) -> None:
        self._frames.start() if on else self._frames.stop()
        self._since.start()
        self.bar.set_state(playing=on, speed=self._speed)

    def set_speed(self, speed: int) -> None:
        """Run at ``speed`` times real time."""
        self._speed = speed
        self.bar.set_state(playing=self.playing, speed=speed)

    def faster(self, by: int) -> None:
        """The next speed up or down."""
        place = SPEEDS.index(self._speed) + by
        self.set_speed(SPEEDS[min(max(place, 0), len(SPEEDS) - 1)])

    def step(self, by: int) -> None:
        """Stand still at the next event, or at the one before."""
        if self._film is not None:
            self._run(False)
            found = next_event(self._film, self._at) if by > 0 else event_before(self._film, self._at)
            if found is not None:
                self.seek(found)

    def seek(self, at: datetime) -> None:
        """Go to an instant."""
        if self._film is not None:
            self._at = min(max(at, self._film.start), self._film.end)
            self._ask()

    def _seek_to(self, seconds: int) -> None:
        if self._film is not None:
            self.seek(self._film.start + timedelta(seconds=seconds))

    def _to_t0(self) -> None:
        if self._film is not None:
            self.seek(self._film.incident.started_at)

    def _to_end(self) -> None:
        if self._film is not None:
            self.seek(self._film.end)

    def _frame(self) -> None:
        self.advance(self._since.restart() / 1000)

    def advance(self, seconds: float) -> None:
        """Let so many real seconds go by."""
        film = self._film
        if film is None:
            return
        self.seek(self._at + timedelta(seconds=seconds * self._speed))
        if self._at >= film.end:
            self._run(False)

    # Showing

    def _ask(self) -> None:
        """Read the board of the instant; one read at a time, the newest instant wins."""
        film, other, at, desk = self._film, self._other, self._at, self.context.desk
        if film is None or self._under_way:
            self._once_more = film is not None
            return
        self._under_way, self._once_more = True, False

        def read() -> tuple[Film, Scene, Scene | None]:
            beside = desk.playback.scene(other, at_same_time(film, other, at)) if other is not None else None
            return film, desk.playback.scene(film, at), beside

        self.context.bridge.read(read, self._put, self._not_read)

    def _not_read(self, error: Any) -> None:
        self._under_way = False
        self.context.bridge.failed.emit(error)

    def _put(self, read: tuple[Film, Scene, Scene | None]) -> None:
        self._under_way = False
        film, scene, beside = read
        if film is self._film:
            before, self._scene = self._scene, scene
            zone = film.incident.zone
            self.bar.set_place(scene.at, film.start, film.incident.started_at, zone, scene.mentions)
            self._chart(film, scene)
            if before is None:
                look = Look(self.texts, zone, film.incident.started_at)
                for model in (self.due, self.ledger, self.written):
                    model.set_look(look)
            self.due.show(scene.next)
            self.ledger.show(_first(scene))
            self.written.show(scene.entries)
            if beside is not None and self._other is not None:
                one = self._other.incident
                if before is None:
                    self.beside.set_look(Look(self.texts, one.zone, one.started_at))
                self.beside.show(beside.entries)
                told = self.texts("playback.other_note", n=number(beside.mentions, self.texts, 0), level=beside.level)
                self.panels["beside"].set_title(self.texts("playback.other"), told)
            self._say_counts(scene)
        if self._once_more:
            self._ask()

    def _say_counts(self, scene: Scene | None) -> None:
        texts = self.texts
        due = told = written = ""
        if scene is not None:
            owed = sum(c.state is CommitmentState.OPEN for c in scene.ledger)
            told = texts("playback.ledger_note", open=owed, all=len(scene.ledger))
            level = texts("playback.level", n=scene.level) if scene.level else ""
            due = level if scene.next else texts("playback.nothing_yet")
            written = texts("playback.newest" if scene.entries else "playback.nothing_yet")
        self.panels["next"].set_title(texts("playback.next"), due)
        self.panels["ledger"].set_title(texts("playback.ledger"), told)
        self.panels["timeline"].set_title(texts("playback.timeline"), written)

    def _chart(self, film: Film, scene: Scene) -> None:
        """Bars follow at once, to and fro; a picture with other marks is drawn when the instant rests."""
        marks = (scene.flags, len(scene.gaps), self._beside, self.texts.lang, id(film))
        if not self._drawn or self._drawn[-3:] != marks[-3:]:
            self._draw(film, scene, marks)
            return
        counts, before = film.chart.counts, self._counted
        later = (replace(_NOTHING, minute=one.minute) for one in counts[scene.counted : before])
        self.chart.put((*counts[before : scene.counted], *later), rescale=False)
        self._counted = scene.counted
        if marks != self._drawn or not self.chart.fits():
            self._rest.start()

    def _settle(self) -> None:
        if self._film is not None and self._scene is not None:
            scene = self._scene
            self._draw(self._film, scene, (scene.flags, len(scene.gaps), self._beside, self.texts.lang, id(self._film)))

    def _draw(self, film: Film, scene: Scene, marks: tuple[object, ...]) -> None:
        known = film.incident.resolved_at
        data = replace(
            film.chart,
            counts=film.chart.counts[: scene.counted],
            flags=scene.flags,
            gaps=scene.gaps,
            incident_until=known if known is not None and known <= scene.at else None,
        )
        from crisisdesk.reports.chart_minutes import Minutes

        self._rest.stop()
        self.chart.set_live(data, Minutes(data, grows=True), keep=True)
        self._drawn, self._counted = marks, scene.counted


def _first(scene: Scene) -> tuple[Any, ...]:
    """Broken and open promises first, then those that ended, newest first."""
    states = (CommitmentState.OPEN, CommitmentState.BROKEN)
    waiting = [c for c in scene.ledger if c.state in states]
    ended = sorted((c for c in scene.ledger if c.state not in states), key=lambda c: c.ended_at or c.due_at)
    return tuple(sorted(waiting, key=lambda c: (c.state.value, c.due_at, c.id)) + ended[::-1])
