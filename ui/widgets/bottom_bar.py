"""The bottom bar: the time here and in UTC, how well each source is heard, and whether all is saved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from crisisdesk.model.mention import SourceHealth, SourceState
from crisisdesk.model.room import RoomView
from crisisdesk.texts import Texts
from crisisdesk.words import duration, when, zone_info, zone_name
from ui.context import Context
from ui.theme import set_style
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel, safe_tooltip

HEIGHT = 30
MOST_LAMPS: Final = 5
_LAMPS: Final = {
    SourceState.GOOD: ("●", "good"),
    SourceState.LATE: ("◆", "promise"),
    SourceState.FAILING: ("▲", "danger"),
    SourceState.BLIND: ("▲", "danger"),
}


def lamp(source: SourceHealth, texts: Texts) -> tuple[str, str, str]:
    """A source's mark, its tone and its words: «● Mastodon 4 s»."""
    mark, tone = _LAMPS[source.state]
    lag = source.lag_seconds
    state = "good_new" if source.state in (SourceState.GOOD, SourceState.LATE) and lag is None else source.state.value
    said = duration(timedelta(seconds=lag), texts) if lag is not None else ""
    return mark, tone, texts(f"ui.source.{state}", label=source.label[:24], lag=said)


class BottomBar(QFrame):
    """Clocks at the left, sources in the middle, the state of our own house at the right."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._zone = context.desk.zone
        self._sources: tuple[SourceHealth, ...] = ()
        self._saved_at: datetime | None = None
        self._trouble = ""
        self.setObjectName("bottom")
        self.setFixedHeight(HEIGHT)
        self._local = SafeLabel("", "strong")
        self._utc = SafeLabel("", "muted")
        self._lamps = RunsLabel(context.theme, pixel_size=12, limit=60)
        self._connection = SafeLabel("", "muted")
        self._saved = SafeLabel("", "muted")
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(18)
        for label in (self._local, self._utc):
            line.addWidget(label)
        line.addWidget(self._lamps, 1, Qt.AlignmentFlag.AlignVCenter)
        for label in (self._connection, self._saved):
            line.addWidget(label)
        context.bridge.beat.connect(self._tick)
        self.retranslate()

    def set_view(self, view: RoomView) -> None:
        """Show the sources of ``view``; what it shows was safely read, so it is saved."""
        self._zone, self._sources = view.zone, view.sources
        self._say()

    def set_saved(self) -> None:
        """Something was saved just now."""
        self._saved_at, self._trouble = self._context.desk.clock.now(), ""
        self._tick()

    def set_trouble(self, words: str) -> None:
        """Saving does not work for now, in ``words``."""
        self._trouble = words
        self._tick()

    def retranslate(self) -> None:
        """Say everything again."""
        self._say()

    def _say(self) -> None:
        texts = self._context.texts
        order = list(SourceState)
        best_first = sorted(self._sources, key=lambda source: order.index(source.state))
        shown = best_first[-MOST_LAMPS:]  # of too many, those that are not well heard must be in sight
        runs: list[Run] = []
        for source in shown:
            mark, tone, said = lamp(source, texts)
            runs += [Run(f"{'    ' if runs else ''}{mark} ", tone), Run(said, "muted")]
        if len(self._sources) > len(shown):
            runs.append(Run("    " + texts("ui.bottom.more", n=len(self._sources) - len(shown)), "muted"))
        self._lamps.set_runs(runs or (Run(texts("ui.bottom.no_sources"), "muted"),))
        spoken = ", ".join(texts(f"ui.source.spoken_{s.state.value}", label=s.label[:60]) for s in self._sources)
        self._lamps.setAccessibleName(spoken)
        safe_tooltip(self._lamps, spoken)
        self._say_connection()
        self._tick()

    def _say_connection(self) -> None:
        """We are cut off when no source that we poll answers any more; what is blind by nature does not count."""
        texts = self._context.texts
        polled = [s for s in self._sources if s.state is not SourceState.BLIND]
        lost = bool(polled) and all(s.state is SourceState.FAILING for s in polled)
        if lost:
            heard = max((s.last_ok for s in polled if s.last_ok is not None), default=None)
            time = when(heard, self._zone, texts) if heard else "—"
            self._connection.setText("▲ " + texts("ui.bottom.connection_none", time=time))
        else:
            self._connection.setText(texts("ui.bottom.connection_good" if polled else "ui.bottom.connection_unknown"))
        set_style(self._connection, rank="danger" if lost else "muted")

    def _tick(self) -> None:
        texts, now = self._context.texts, self._context.desk.clock.now()
        local = now.astimezone(zone_info(self._zone))
        self._local.setText(f"{local:%H:%M} {zone_name(self._zone, texts)}")
        self._utc.setVisible(bool(local.utcoffset()))
        self._utc.setText(texts("ui.bottom.utc", time=f"{now:%H:%M}"))
        if self._trouble:
            self._saved.setText("▲ " + self._trouble)
        elif self._saved_at is None:
            self._saved.setText(texts("ui.bottom.saved"))
        else:
            self._saved.setText(texts("ui.bottom.saved_ago", duration=duration(now - self._saved_at, texts)))
        set_style(self._saved, rank="danger" if self._trouble else "muted")
