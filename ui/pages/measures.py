"""F8 Medidas: summary, every figure with its rows, the call centre's curves, the return; drills never count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Final

from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.desk import measured
from crisisdesk.model.events import CommitmentChanged, Event, IncidentChanged, MentionsAdded
from crisisdesk.model.measure import Figure, Rows
from crisisdesk.model.preparation import Preparation
from crisisdesk.model.review import Brief
from crisisdesk.pipeline.measures import figures, of_channel
from crisisdesk.pipeline.roi import returned
from crisisdesk.words import duration, number, percent, zone_info
from ui import measures_file
from ui.context import Context
from ui.models.columns import DANGER_MARK, DONE_MARK, Cell, Look, outside
from ui.pages.base import Page
from ui.theme import GUTTER
from ui.widgets.button import Button
from ui.widgets.day_bars import DayBars
from ui.widgets.empty import EmptyState
from ui.widgets.figures_view import FiguresView
from ui.widgets.panel import Panel
from ui.widgets.return_view import ReturnView
from ui.widgets.safe import SafeLabel
from ui.widgets.scores import Scores
from ui.widgets.service_view import ServiceView
from ui.widgets.sheet import Sheet

PERIODS: Final = (7, 28, 90)
VIEWS: Final = ("summary", "figures", "service", "return")
_SIDE: Final = 520
_SIDE_LEAST: Final = 456
_CHANNELS: Final = (
    ("measures.column.channel", 0, False),
    ("measures.column.mentions", 104, True),
    ("measures.column.share", 90, True),
    ("measures.column.per_day", 96, True),
)
_MESSAGES: Final = (
    ("measures.column.incident", 0, False),
    ("measures.column.target", 90, True),
    ("measures.column.took", 90, True),
    ("measures.column.result", 132, False),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the page shows."""

    days: int
    volume: tuple[tuple[date, str, int], ...]
    today: date
    reviews: tuple[Brief, ...]
    drills: int
    look: Look
    channel: str
    rows: Rows
    figures: tuple[Figure, ...]
    kept: Preparation


def by_day(rows: Rows, zone: str) -> tuple[tuple[date, str, int], ...]:
    """(local day, channel, mentions) of what others wrote, ascending."""
    local = zone_info(zone)
    counts = Counter((row.at.astimezone(local).date(), row.channel) for row in rows.mentions if not row.own)
    return tuple((day, channel, n) for (day, channel), n in sorted(counts.items()))


def per_day(volume: Iterable[tuple[date, str, int]], today: date, days: int) -> list[tuple[date, int]]:
    """Mentions of each of the last ``days`` days, oldest first; a day without any is 0."""
    counts = {today - timedelta(days=back): 0 for back in range(days - 1, -1, -1)}
    for day, _channel, count in volume:
        if day in counts:
            counts[day] += count
    return list(counts.items())


def per_channel(volume: Iterable[tuple[date, str, int]]) -> list[tuple[str, int]]:
    """Mentions of each channel, most first."""
    counts: dict[str, int] = {}
    for _day, channel, count in volume:
        counts[channel] = counts.get(channel, 0) + count
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


class MeasuresPage(Page):
    """The measures."""

    name: ClassVar[str] = "measures"
    wants: ClassVar[tuple[type[Event], ...]] = (MentionsAdded, IncidentChanged, CommitmentChanged)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._days, self._channel = PERIODS[0], ""
        self._view: Measured | None = None
        self._listed: list[str] = []
        desk = context.desk
        look = Look(self.texts, desk.zone, desk.clock.now())
        self.bars = DayBars(context.theme, self.texts)
        self.channels = Sheet(_CHANNELS, look, context.theme)
        self.first = Sheet(_MESSAGES, look, context.theme, row=44)
        self.periods = {days: Button("", kind="chip") for days in PERIODS}
        self.views = {name: Button("", kind="chip") for name in VIEWS}
        self.channel = QComboBox()
        self.export = Button("", self._export)
        self.figures = FiguresView(context, look)
        self.service = ServiceView(context)
        self.returned = ReturnView(context)
        self.scores = Scores(look, context.theme)
        self._volume, self._messages, self._promises = Panel(" "), Panel(" ", flush=True), Panel(" ", flush=True)
        self._no_mentions, self._no_messages = SafeLabel("", "muted", wrap=True), SafeLabel("", "muted", wrap=True)
        self._drills = SafeLabel("", "small", wrap=True)
        self._empty = EmptyState()
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        head = self._head()
        for widget in (self.bars, self.channels, self._no_mentions):
            self._volume.body.addWidget(widget)
        self._messages.body.addWidget(self.first)
        self._messages.body.addWidget(self._no_messages)
        self._no_messages.setContentsMargins(12, 0, 12, 12)
        self._how = SafeLabel("", "small", wrap=True)
        self._how.setContentsMargins(12, 4, 12, 12)
        self._promises.body.addWidget(self.scores)
        self._promises.body.addWidget(self._how)
        right = QVBoxLayout()
        right.setSpacing(GUTTER)
        for panel in (self._messages, self._promises):
            panel.setMinimumWidth(_SIDE_LEAST)
            panel.setMaximumWidth(_SIDE)
            right.addWidget(panel)
        right.addWidget(self._drills)
        right.addStretch(1)
        left = QVBoxLayout()
        left.addWidget(self._volume)
        left.addStretch(1)
        inner = QWidget()
        inner.setProperty("ground", "clear")
        line = QHBoxLayout(inner)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        line.addLayout(left, 3)
        line.addLayout(right, 2)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        self._stack = QStackedWidget()
        for part in (scroll, self.figures, self.service, self.returned, self._empty):
            self._stack.addWidget(part)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GUTTER)
        whole.addLayout(head)
        whole.addWidget(self._stack, 1)
        self.figures.opened.connect(self.context.act)
        self.scores.asked.connect(self._open_figure)
        self.channels.opened.connect(lambda row: self._open_figure("volume.channel", self._listed[row[0]]))
        self.first.opened.connect(lambda _row: self._open_figure("first_message.median"))
        self.returned.wanted.connect(self._report)
        self.returned.assumptions.changed.connect(self.refresh)

    def _head(self) -> QHBoxLayout:
        """Which view, which days, which channel, and the rows as files."""
        line = QHBoxLayout()
        line.setSpacing(8)
        for chips, use in ((self.views, self._look_at), (self.periods, self._use)):
            group = QButtonGroup(self)
            for name, button in chips.items():
                group.addButton(button)
                line.addWidget(button)
                button.clicked.connect(lambda _checked=False, name=name, use=use: use(name))
            line.addSpacing(16)
        self.views[VIEWS[0]].setChecked(True)
        self.periods[self._days].setChecked(True)
        self.channel.setMinimumContentsLength(14)
        self.channel.activated.connect(self._pick)
        line.addWidget(self.channel)
        line.addStretch(1)
        line.addWidget(self.export)
        return line

    def _look_at(self, name: str) -> None:
        self.views[name].setChecked(True)
        if self._view is not None:
            self._show_stack(self._view)

    def _open_figure(self, key: str, of: str = "") -> None:
        """Enter on a number of the summary: that figure among all of them, with the rows that it was counted from."""
        self._look_at("figures")
        self.figures.pick(key, of)

    def _use(self, days: int) -> None:
        self._days = days
        self.refresh()

    def _pick(self, place: int) -> None:
        self._channel = self.channel.itemData(place) or ""
        self.refresh()

    def _export(self) -> None:
        if self._view is not None:
            measures_file.write_rows(self.context, self._view.rows, self._view.figures, self._view.kept)

    def _report(self, name: str) -> None:
        if self._view is not None:
            measures_file.write_report(self.context, name, self._view.rows.period)

    def query(self) -> Callable[[], Measured]:
        """The rows and figures of the period, and the real incidents that began in it."""
        desk, days, texts, channel = self.context.desk, self._days, self.texts, self._channel

        def read() -> Measured:
            incidents = tuple(desk.incidents.list())
            real = [one for one in incidents if not (one.drill or desk.drill)]
            now = desk.clock.now()
            today = now.astimezone(zone_info(desk.zone)).date()
            period = desk.measures.period(None, None, days=days)
            reviews = desk.review.briefs([one for one in real if period.start <= one.started_at < period.end])
            whole = desk.measures.rows(period)
            volume, rows = by_day(whole, desk.zone), of_channel(whole, channel)
            look, kept = Look(texts, desk.zone, now), desk.preparation.get()
            left = len(incidents) - len(real)
            return Measured(days, volume, today, reviews, left, look, channel, rows, figures(rows), kept)

        return read

    def show_(self, view: Any) -> None:
        """Put the numbers on screen."""
        if not isinstance(view, Measured) or (view.days, view.channel) != (self._days, self._channel):
            return
        texts = self.texts
        drill = self.context.desk.drill
        self._view = view
        self._show_stack(view)
        self._fill_channels(view)
        self.figures.put(view.rows, view.figures, view.look)
        self.service.put(view.rows, view.look)
        found = returned(view.rows, view.figures, measured.figures_of(view.kept), view.kept.currency)
        self.returned.put(found, view.kept, view.look)
        part = "drill" if drill else "none"
        self._empty.set_text(texts(f"measures.empty.{part}"), texts(f"measures.empty.{part}_hint"))
        self._drills.setText(texts("measures.drills", n=view.drills) if view.drills else texts("measures.no_drills"))
        self._show_volume(view)
        self._show_messages(view)
        self.scores.show_figures(view.figures, view.look)

    def _show_stack(self, view: Measured) -> None:
        """The view that was chosen, or why there is nothing to see."""
        chosen = next(place for place, name in enumerate(VIEWS) if self.views[name].isChecked())
        known = view.volume or view.reviews or chosen >= VIEWS.index("service")
        self._stack.setCurrentIndex(chosen if known and not self.context.desk.drill else len(VIEWS))

    def _fill_channels(self, view: Measured) -> None:
        names = sorted({channel for _day, channel, _count in view.volume} | ({view.channel} - {""}))
        self.channel.clear()
        self.channel.addItem(self.texts("measures.all_channels"), "")
        for name in names:
            self.channel.addItem(outside(name, 60), name)
        self.channel.setCurrentIndex(self.channel.findData(view.channel))

    def _show_volume(self, view: Measured) -> None:
        texts = self.texts
        heard = [one for one in view.volume if view.channel in ("", one[1])]
        channels = per_channel(heard)
        self._listed = [channel for channel, _count in channels]
        total = sum(count for _channel, count in channels)
        self._volume.set_note(texts("measures.volume_note", n=total, shown=number(total, texts), days=view.days))
        self.bars.put(per_day(heard, view.today, view.days))
        self.channels.put(
            [
                (
                    Cell(text=outside(channel, 60) or texts("measures.no_channel")),
                    Cell(text=number(count, texts), bold=True),
                    Cell(text=percent(count / total, texts), token="muted"),
                    Cell(text=number(count / view.days, texts, 1), token="muted"),
                )
                for channel, count in channels
            ],
            view.look,
        )
        for widget in (self.bars, self.channels):
            widget.setVisible(bool(total))
        self._no_mentions.setVisible(not total)

    def _show_messages(self, view: Measured) -> None:
        rows = [self._message_cells(review, view.look) for review in view.reviews]
        self.first.put(rows, view.look)
        self.first.setVisible(bool(rows))
        self._no_messages.setVisible(not rows)
        self._messages.set_note(self.texts("measures.incidents", n=len(rows)))

    @staticmethod
    def _message_cells(review: Brief, look: Look) -> tuple[Cell, ...]:
        texts, incident = look.texts, review.incident
        name = Cell(text=outside(incident.title, 80), under=incident.name)
        target, took = review.first_message.target, review.first_message.took
        wanted = Cell(text="T+" + duration(target, texts) if target is not None else "—", token="muted")
        if took is None:
            return (
                name,
                wanted,
                Cell(text="—", token="muted"),
                Cell(text=texts("measures.not_published"), token="muted"),
            )
        real = Cell(text="T+" + duration(took, texts), bold=True)
        if target is None:
            return name, wanted, real, Cell(text=texts("measures.no_target"), token="muted")
        if took <= target:
            return name, wanted, real, Cell(text=texts("measures.met"), mark=DONE_MARK, mark_token="good")
        said = texts("measures.missed", duration=duration(took - target, texts))
        return name, wanted, real, Cell(text=said, token="danger", mark=DANGER_MARK, mark_token="danger")

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self.texts
        for days, button in self.periods.items():
            button.set_text(texts("measures.days", n=days))
        for name, chip in self.views.items():
            chip.set_text(texts(f"measures.view.{name}"))
        self.channel.setAccessibleName(texts("measures.column.channel"))
        self.export.set_text(texts("measures.export"))
        self._volume.set_title(texts("measures.volume"))
        self._messages.set_title(texts("measures.first_message"))
        self._promises.set_title(texts("measures.promises_title"))
        self.channels.setAccessibleName(texts("measures.volume"))
        self.first.setAccessibleName(texts("measures.first_message"))
        self.scores.setAccessibleName(texts("measures.promises_title"))
        self._how.setText(texts("measures.how"))
        self._no_mentions.setText(texts("measures.no_mentions"))
        self._no_messages.setText(texts("measures.no_incidents"))
        self.refresh()
