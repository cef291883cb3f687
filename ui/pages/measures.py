"""F8 Medidas: only numbers that the desk can count now, each with what it was counted from; drills never count."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Final

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.events import CommitmentChanged, Event, IncidentChanged, MentionsAdded
from crisisdesk.model.review import ReviewData
from crisisdesk.words import duration, lateness, number, percent, zone_info
from ui.context import Context
from ui.models.columns import DANGER_MARK, DONE_MARK, Cell, Look, outside
from ui.pages.base import Page
from ui.theme import GUTTER
from ui.widgets.button import Button
from ui.widgets.day_bars import DayBars
from ui.widgets.empty import EmptyState
from ui.widgets.panel import Panel, clear
from ui.widgets.row import Row
from ui.widgets.safe import SafeLabel
from ui.widgets.sheet import Sheet

PERIODS: Final = (7, 28)
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
class Kept:
    """How promises of some kinds ended, over all incidents.

    Attributes:
        ended: kept plus broken; moved, withdrawn and open ones are in neither.
        late: median lateness of those whose end is known, or ``None``.
    """

    made: int
    kept: int
    ended: int
    late: timedelta | None
    timed: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What the page shows."""

    days: int
    volume: tuple[tuple[date, str, int], ...]
    today: date
    reviews: tuple[ReviewData, ...]
    drills: int
    look: Look


def kept_of(commitments: Iterable[Commitment], kinds: Sequence[CommitmentKind]) -> Kept:
    """Count the promises of ``kinds``."""
    mine = [one for one in commitments if one.kind in kinds]
    kept = sum(one.state is CommitmentState.KEPT for one in mine)
    broken = sum(one.state is CommitmentState.BROKEN for one in mine)
    late = [delta.total_seconds() for one in mine if (delta := one.lateness()) is not None]
    median = timedelta(seconds=statistics.median(late)) if late else None
    return Kept(len(mine), kept, kept + broken, median, len(late))


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
        self._days = PERIODS[0]
        desk = context.desk
        look = Look(self.texts, desk.zone, desk.clock.now())
        self.bars = DayBars(context.theme, self.texts)
        self.channels = Sheet(_CHANNELS, look, context.theme)
        self.first = Sheet(_MESSAGES, look, context.theme, row=44)
        self.periods = {days: Button("", kind="chip") for days in PERIODS}
        self._volume, self._messages, self._promises = Panel(" "), Panel(" ", flush=True), Panel(" ")
        self._no_mentions, self._no_messages = SafeLabel("", "muted", wrap=True), SafeLabel("", "muted", wrap=True)
        self._drills = SafeLabel("", "small", wrap=True)
        self._empty = EmptyState()
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        group = QButtonGroup(self)
        for days, button in self.periods.items():
            group.addButton(button)
            self._volume.header.addWidget(button)
            button.clicked.connect(lambda _checked=False, days=days: self._use(days))
        self.periods[self._days].setChecked(True)
        for widget in (self.bars, self.channels, self._no_mentions):
            self._volume.body.addWidget(widget)
        self._messages.body.addWidget(self.first)
        self._messages.body.addWidget(self._no_messages)
        self._no_messages.setContentsMargins(12, 0, 12, 12)
        self._promises.body.setSpacing(0)
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
        self._stack.addWidget(scroll)
        self._stack.addWidget(self._empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.addWidget(self._stack)

    def _use(self, days: int) -> None:
        self._days = days
        self.refresh()

    def query(self) -> Callable[[], Measured]:
        """The volume of the period and the review of every real incident."""
        desk, days, texts = self.context.desk, self._days, self.texts

        def read() -> Measured:
            incidents = tuple(desk.incidents.list())
            real = [one for one in incidents if not (one.drill or desk.drill)]
            reviews = tuple(desk.review.data(one.id) for one in real)
            now = desk.clock.now()
            volume = () if desk.drill else tuple(desk.mentions.volume(days))
            today = now.astimezone(zone_info(desk.zone)).date()
            return Measured(days, volume, today, reviews, len(incidents) - len(real), Look(texts, desk.zone, now))

        return read

    def show_(self, view: Any) -> None:
        """Put the numbers on screen."""
        if not isinstance(view, Measured) or view.days != self._days:
            return
        texts = self.texts
        drill = self.context.desk.drill
        nothing = drill or not (view.volume or view.reviews)
        self._stack.setCurrentIndex(1 if nothing else 0)
        part = "drill" if drill else "none"
        self._empty.set_text(texts(f"measures.empty.{part}"), texts(f"measures.empty.{part}_hint"))
        self._drills.setText(texts("measures.drills", n=view.drills) if view.drills else texts("measures.no_drills"))
        self._show_volume(view)
        self._show_messages(view)
        self._show_promises(view)

    def _show_volume(self, view: Measured) -> None:
        texts = self.texts
        channels = per_channel(view.volume)
        total = sum(count for _channel, count in channels)
        self._volume.set_note(texts("measures.volume_note", n=total, shown=number(total, texts), days=view.days))
        self.bars.put(per_day(view.volume, view.today, view.days))
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
    def _message_cells(review: ReviewData, look: Look) -> tuple[Cell, ...]:
        texts, incident = look.texts, review.incident
        name = Cell(text=outside(incident.title, 80), under=incident.name)
        one = next((m for m in review.milestones if m.key == "first_message"), None)
        target, took = (one.target, one.took) if one is not None else (None, None)
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

    def _show_promises(self, view: Measured) -> None:
        body, texts = self._promises.body, self.texts
        clear(body)
        commitments = [one for review in view.reviews for one in review.commitments]
        promises = kept_of(commitments, (CommitmentKind.RESOLUTION, CommitmentKind.INDIVIDUAL))
        updates = kept_of(commitments, (CommitmentKind.NEXT_UPDATE,))
        for name, kept in (("promises", promises), ("updates", updates)):
            share = texts("measures.none_ended")
            if kept.ended:
                portion = percent(kept.kept / kept.ended, texts)
                share = texts("measures.kept", share=portion, kept=kept.kept, ended=kept.ended)
            rest = kept.made - kept.ended
            row = Row(
                texts(f"measures.{name}"), share, texts("measures.not_counted", n=rest) if rest else "", label_width=150
            )
            body.addWidget(row)
            median = texts("measures.no_median")
            if kept.late is not None:
                median = texts("measures.median", lateness=lateness(kept.late, texts), n=kept.timed)
            body.addWidget(Row(texts("measures.late"), median, label_width=150))
        body.addWidget(SafeLabel(texts("measures.how"), "small", wrap=True))

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self.texts
        for days, button in self.periods.items():
            button.set_text(texts("measures.days", n=days))
        self._volume.set_title(texts("measures.volume"))
        self._messages.set_title(texts("measures.first_message"))
        self._promises.set_title(texts("measures.promises_title"))
        self.channels.setAccessibleName(texts("measures.volume"))
        self.first.setAccessibleName(texts("measures.first_message"))
        self._no_mentions.setText(texts("measures.no_mentions"))
        self._no_messages.setText(texts("measures.no_incidents"))
        self.refresh()
