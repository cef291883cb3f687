"""The chart with its heading and the stretches of time to choose from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QStandardPaths, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout

from crisisdesk.model.alert import WouldHave
from crisisdesk.model.events import Event, MentionsAdded
from crisisdesk.model.fault import fault_of
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import MinuteCount
from crisisdesk.model.room import ChartData, SecondWanted
from crisisdesk.paths import put_file
from crisisdesk.words import duration
from ui.actions import key_of
from ui.context import Context
from ui.widgets.button import Button
from ui.widgets.chart import ChartView
from ui.widgets.chart_options import COUNTED, FILES, ChartOptions
from ui.widgets.panel import Panel
from ui.widgets.sensitivity import Sensitivity

if TYPE_CHECKING:
    from crisisdesk.app import Desk
    from crisisdesk.reports.chart_minutes import Minutes

SPANS: Final[tuple[tuple[str, timedelta | None], ...]] = (
    ("hours", timedelta(hours=2)),
    ("day", timedelta(hours=24)),
    ("week", timedelta(days=7)),
    ("incident", None),
)
STRIP_HEIGHT: Final = 116
PAUSE_MS: Final = 2_000  # between two reads that nobody asked for
_MINUTE: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(days=31)
_NONE: Final = timedelta(0)


def _live(
    desk: Desk,
    span: timedelta | None,
    incident_id: int | None,
    stretch: tuple[datetime, datetime] | None,
    second: SecondWanted | None,
) -> tuple[ChartData, Minutes]:
    """What a ``read`` thread reads and puts into arrays."""
    from crisisdesk.reports import chart_boxes, chart_words  # noqa: F401  what the GUI thread will want is loaded here
    from crisisdesk.reports.chart_minutes import Minutes

    data = desk.room.chart(span, incident_id, columns=None, stretch=stretch, second=second)
    return data, Minutes(data, grows=span is None or stretch is not None)


class ChartPanel(Panel):
    """Reads one stretch of time once and keeps it up to date from events; one read at a time, none out of sight.

    Signals:
        spanned: another stretch was chosen.
    """

    spanned = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(" ")
        self._context = context
        self._incident_id: int | None = None
        self._busy = False
        self._again = self._stale = False
        self._minutes: Minutes | None = None
        self._early: list[MinuteCount] = []  # heard while a read was under way
        self._stretch: tuple[datetime, datetime] | None = None
        self._looked: tuple[datetime, datetime] | None = None  # what the view wanted to see
        self._reading: tuple[object, ...] = ()
        self._read: tuple[object, ...] = ()
        self.second: SecondWanted | None = None
        self._step = timedelta(minutes=1)
        self._later = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._later.timeout.connect(self._catch_up)
        self._asked = QTimer(self, singleShot=True, interval=120)
        self._asked.timeout.connect(lambda: self.read(self._incident_id))
        self.view = ChartView(context)
        self.view.wanted.connect(self._want)
        self.view.chosen.connect(lambda start, end: context.act("chart.mentions", (start, end)))
        self._group = QButtonGroup(self)
        self.chips = QHBoxLayout()
        self.chips.setSpacing(4)
        self.header.addLayout(self.chips)
        for n, (name, _span) in enumerate(SPANS):
            chip = Button("", kind="chip")
            chip.setObjectName(name)
            self._group.addButton(chip, n)
            self.chips.addWidget(chip)
        self.more = Button("⋯", kind="chip")
        self.chips.addWidget(self.more)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self._choose)
        self.body.setContentsMargins(4, 0, 4, 4)
        self.options = ChartOptions(context)
        self.sensitivity = Sensitivity(context)
        for part in (self.options, self.sensitivity):
            self.body.addWidget(part)
        self.body.addWidget(self.view, 1)
        self.more.toggled.connect(self._open_options)
        self.options.seconded.connect(self.set_second)
        self.options.filed.connect(self.save)
        self.options.tried.connect(self.try_sensitivity)
        self.sensitivity.answered.connect(self._mark)
        self.sensitivity.compared.connect(self.view.set_others)
        self.sensitivity.left.connect(self._unmark)
        self.set_incident(False)
        self.retranslate()

    # -- what is chosen ------------------------------------------------------------------------------------------

    def chooser(self, name: str) -> Callable[[object | None], None]:
        """What chooses the stretch called ``name``."""
        place = [known for known, _span in SPANS].index(name)

        def choose(_ref: object | None) -> None:
            button = self._group.button(place)
            if button.isEnabled():
                button.click()

        return choose

    def set_incident(self, there_is: bool) -> None:
        """The whole incident can be shown only when there is one."""
        self._group.button(len(SPANS) - 1).setVisible(there_is)
        self._group.button(len(SPANS) - 1).setEnabled(there_is)
        if not there_is and self._group.checkedId() == len(SPANS) - 1:
            self._group.button(0).setChecked(True)

    def set_strip(self, strip: bool) -> None:
        """A low strip, or as high as there is room."""
        self.view.setMaximumHeight(STRIP_HEIGHT if strip else 16_777_215)
        self.more.setVisible(not strip)

    def set_second(self, wanted: SecondWanted | None) -> None:
        """Show a second series, or none."""
        if wanted != self.second:
            self.second = wanted
            self.read(self._incident_id)

    def show_stretch(self, stretch: tuple[datetime, datetime] | None) -> None:
        """Show from when to when, or the chosen chip's stretch again."""
        if stretch != self._stretch:
            self._stretch = stretch
            self.read(self._incident_id)

    def doers(self) -> dict[str, Callable[[object | None], None]]:
        """Actions that this panel does."""
        return {
            **{f"chart.{name}": self.chooser(name) for name, _span in SPANS},
            **{f"chart.{kind}": partial(self._toggle, kind) for kind in (*COUNTED, "words")},
            **{f"chart.{kind}": partial(self._file, kind) for kind in FILES},
            "chart.sensitivity": lambda _ref: self.try_sensitivity(),
        }

    def _file(self, kind: str, _ref: object | None) -> None:
        self.save(kind)

    def _toggle(self, kind: str, _ref: object | None) -> None:
        self.more.setChecked(True)
        self.options.toggle(kind)

    def _open_options(self, on: bool) -> None:
        self.options.setVisible(on)
        if on:
            desk, context = self._context.desk, self._context
            context.bridge.read(desk.incidents.list, self._offer)
        else:
            self.set_second(None)

    def _offer(self, incidents: Sequence[Incident]) -> None:
        self.options.set_incidents(incidents, self._incident_id, self._context.desk.zone)

    # -- «Habría saltado N veces» --------------------------------------------------------------------------------

    def try_sensitivity(self) -> None:
        """Show the slider, or put it away."""
        self.sensitivity.open_() if self.sensitivity.isHidden() else self.sensitivity.close_()

    def _mark(self, answer: WouldHave) -> None:
        if answer.start < answer.end:
            self.view.set_alarms([firing.at for firing in answer.fired])
            self.show_stretch((answer.start, answer.end))

    def _unmark(self) -> None:
        self.view.set_alarms(())
        self.show_stretch(None)

    # -- files ---------------------------------------------------------------------------------------------------

    def save(self, kind: str, folder: Path | None = None) -> None:
        """Write what is shown as a file into the documents; the notice bar says where, or why not."""
        shown, texts, context = self.view.shown(), self._context.texts, self._context
        if shown is None:
            return
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        into = folder or (Path(documents) if documents and Path(documents).is_dir() else Path.home())

        def write() -> str:
            from crisisdesk.reports import chart_file

            data, buckets = shown
            path = chart_file.free(into, chart_file.name_of(data, buckets, kind))
            try:
                put_file(path, chart_file.content(data, buckets, kind, texts))
            except OSError as error:
                return texts("room.chart.not_saved", file=path.name, reason=fault_of(error))
            return texts("room.chart.saved", file=str(path))

        context.bridge.draw(write, context.say)

    def _choose(self, _n: int) -> None:
        self._stretch = self._looked = None
        self.sensitivity.close_()
        self.spanned.emit()

    def _want(self, start: datetime, end: datetime) -> None:
        """The view looks back beyond what is held: hold more, up to now while that is a month at most."""
        held, wide = self._minutes, end - start
        first = start - wide
        last = held.end if held is not None and held.end - first <= _LONGEST else end + wide
        self._stretch, self._looked = (first, last), (start, end)
        self._asked.start()

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self, incident_id: int | None) -> None:
        """Read the chosen stretch again."""
        self._incident_id = incident_id
        if self._busy or not self.isVisible():
            self._again = self._busy
            return
        self._busy, self._again, self._stale = True, False, False
        self._later.start()
        self._early.clear()
        span, desk = SPANS[self._group.checkedId()][1], self._context.desk
        wanted = (span, incident_id, self._stretch, self.second)
        self._reading = (span, incident_id, self._stretch is None)
        self._context.bridge.read(lambda: _live(desk, *wanted), self._show, self._failed)

    def read_soon(self) -> None:
        """Read again, but not more often than each two seconds."""
        self._stale = True
        if not self._later.isActive():
            self._catch_up()

    def _catch_up(self) -> None:
        if self._stale and self._busy:
            self._later.start()
        elif self._stale:
            self.read(self._incident_id)

    def hear(self, events: Sequence[Event]) -> None:
        """Put new counts where they belong; what cannot be put in place is read again."""
        told = [event for event in events if isinstance(event, MentionsAdded)]
        counts = [count for event in told for count in event.minutes]
        if any(not event.minutes for event in told) or (told and self._unlike_counts()):
            self.read_soon()
        if counts:
            if self._busy:
                self._early += counts
            self._put(counts)

    def move_on(self) -> None:
        """The desk's clock came to another minute."""
        held = self._minutes
        if held is None or self._far():
            return
        more = self._now() - held.end
        if more <= _NONE:
            return
        if held.band_ends_within(more) or not held.live:
            self.read_soon()
        self.view.move_on(self._now())

    def _put(self, counts: Sequence[MinuteCount]) -> None:
        held = self._minutes
        if held is None or not held.live:
            return
        if not self._far() and any(count.minute >= held.end for count in counts):
            self.move_on()
        self.view.put(counts)

    def _now(self) -> datetime:
        return self._context.desk.clock.now().replace(second=0, microsecond=0) + _MINUTE

    def _far(self) -> bool:
        """Whether a past stretch is held that does not reach to now."""
        return self._stretch is not None and self._minutes is not None and self._now() - self._minutes.end > _LONGEST

    def _unlike_counts(self) -> bool:
        """Whether the second series is counted from the texts themselves."""
        return self.second is not None and self.second.kind == "words"

    def _show(self, live: tuple[ChartData, Minutes]) -> None:
        self._busy = False
        data, self._minutes = live
        if data.step != self._step:
            self._step = data.step
        keep, self._read = self._read == self._reading, self._reading
        self.view.set_live(data, self._minutes, keep=keep or self._stretch is not None)
        looked, self._looked = self._looked, None
        if looked is not None and self._minutes.start <= looked[0]:
            self.view.look(looked[0], looked[1] - looked[0])
        self._put(self._early)
        self._early.clear()
        self._say_title()
        if self._again:
            self.read(self._incident_id)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self._context.bridge.failed.emit(error)

    # -- words ---------------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        for name, button in zip((n for n, _ in SPANS), self._group.buttons(), strict=True):
            assert isinstance(button, Button)
            button.set_text(texts(f"room.chart.{name}"))
            button.set_key(key_of(f"chart.{name}", texts))
        self.view.setAccessibleName(texts("room.chart.name"))
        self.more.setAccessibleName(texts("room.chart.more"))
        self.options.retranslate()
        self.sensitivity.retranslate()
        self._say_title()

    def _say_title(self) -> None:
        texts, shown = self._context.texts, self.view.shown()
        step = shown[1].step if shown else _MINUTE
        title = texts("room.chart.title")
        if step == timedelta(hours=1):
            title = texts("chart.title_hours")
        elif step != _MINUTE:
            title = texts("room.chart.title_steps", step=duration(step, texts))
        legend = texts("room.chart.legend")
        if shown is not None and shown[0].second is not None:
            from crisisdesk.reports.chart_words import second_name

            legend += " · ─ " + second_name(shown[0].second, texts)
        self.set_title(title, legend)
