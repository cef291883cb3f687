"""The top bar: what happens and how bad, what the public read last, and the time we owe, large."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from crisisdesk.model.room import ReplayStatus, RoomView
from crisisdesk.words import duration, number, when
from ui.context import Context
from ui.theme import GAP, set_style
from ui.widgets.badge import Badge
from ui.widgets.countdown import Countdown
from ui.widgets.panel import rule
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel

HEIGHT = 56
LAST_FROM = 1060
ELAPSED_FROM = 840


class TopBar(QFrame):
    """Always in sight; nothing in it moves but the figures."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._view: RoomView | None = None
        self.setObjectName("top")
        self.setFixedHeight(HEIGHT)
        self._drill = Badge("", "drill")
        self._replay = Badge("", "plain")
        self._title = SafeLabel("", "title", elide=True)
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._level = Badge()
        self._elapsed = SafeLabel("", "muted")
        self._others = SafeLabel("", "small")
        self._last_label = SafeLabel("", "small")
        self._last = RunsLabel(context.theme)
        self._owed_label = SafeLabel("", "small")
        self._owed = SafeLabel("", "owed")
        self._left = Countdown(context)
        self._lay_out()
        context.bridge.beat.connect(self._tick)
        self.retranslate()

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(12)
        for badge in (self._drill, self._replay):
            line.addWidget(badge)
            badge.hide()
        line.addWidget(self._title)
        line.addWidget(self._level)
        line.addWidget(self._elapsed)
        line.addWidget(self._others)
        line.addStretch(1)
        right = Qt.AlignmentFlag.AlignRight
        last = QVBoxLayout()
        last.setSpacing(1)
        last.addStretch(1)
        last.addWidget(self._last_label, 0, right)
        last.addWidget(self._last, 0, right)
        last.addStretch(1)
        line.addLayout(last)
        column = rule("column")
        column.setFixedHeight(36)
        line.addWidget(column)
        owed = QVBoxLayout()
        owed.setSpacing(0)
        owed.addStretch(1)
        owed.addWidget(self._owed_label, 0, right)
        amber = QHBoxLayout()
        amber.setSpacing(GAP)
        amber.addWidget(self._owed, 0, Qt.AlignmentFlag.AlignBottom)
        amber.addWidget(self._left, 0, Qt.AlignmentFlag.AlignBottom)
        owed.addLayout(amber)
        owed.addStretch(1)
        holder = QWidget()
        holder.setLayout(owed)
        owed.setContentsMargins(0, 0, 0, 0)
        line.addWidget(holder)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is owed next is never pressed together: what was said last, and since when, give way to it."""
        super().resizeEvent(event)
        for part in (self._last_label, self._last):
            part.setVisible(self.width() >= LAST_FROM)
        self._elapsed.setVisible(self.width() >= ELAPSED_FROM)

    def set_view(self, view: RoomView) -> None:
        """Show the bars of ``view``."""
        self._view = view
        self._say()

    def set_replay(self, status: ReplayStatus | None) -> None:
        """Mark a replay, so that nobody takes it for now."""
        texts = self._context.texts
        running = status is not None and status.running
        self._replay.setVisible(running)
        if status is not None and running:
            speed = number(status.speed, texts)
            said = texts("ui.replay_paused") if status.paused else texts("ui.replay", speed=speed)
            self._replay.set_badge(said, "plain")

    def retranslate(self) -> None:
        """Say everything again."""
        self._say()

    def _say(self) -> None:
        texts, view = self._context.texts, self._view
        self._drill.set_badge(texts("ui.drill"), "drill")
        self._drill.setVisible(self._context.desk.drill or (view is not None and view.drill))
        self._last_label.setText(texts("ui.top.last"))
        self._owed_label.setText(texts("ui.top.owed"))
        if view is None:
            return
        incident, alert = view.incident, view.alert
        self._level.setVisible(incident is not None)
        if incident is not None:
            self._title.setText(incident.title)
            said = texts("ui.level", level=incident.level, name=view.level_name.get(texts.lang))
            self._level.set_level(incident.level, said)
        else:
            self._level.setVisible(alert is not None)
            self._level.set_badge(texts("ui.alert"), "danger")
            calm = "ui.calm" if view.sources else "ui.deaf"
            self._title.setText(texts(f"ui.waiting_{alert.signal.kind}" if alert else calm))
        others = view.open_incidents - (incident is not None)
        self._others.setText(texts("ui.top.others", n=others) if others > 0 else "")
        self._others.setVisible(others > 0)
        self._say_last(view)
        self._say_owed(view.owed_at, view)
        self._tick()

    def _say_last(self, view: RoomView) -> None:
        texts, last = self._context.texts, view.last_published
        if last is None:
            self._last.set_runs((Run(texts("ui.top.last_none"), "muted"),))
            return
        time = when(last.at, view.zone, texts, ref=view.now)
        said = texts("ui.top.last_text", purpose=last.purpose.get(texts.lang), n=last.channels)
        self._last.set_runs((Run(time, bold=True), Run(" " + said)))

    def _say_owed(self, owed_at: datetime | None, view: RoomView) -> None:
        texts = self._context.texts
        self._left.set_due(owed_at, owed=True)
        self._left.setVisible(owed_at is not None)
        self._owed.setText(when(owed_at, view.zone, texts, ref=view.now) if owed_at else texts("ui.top.owed_none"))
        set_style(self._owed, rank="owed" if owed_at else "muted")
        spoken = f"{texts('ui.top.owed')} {self._owed.text()}, {self._left.accessibleName()}"
        self._owed.setAccessibleName(spoken)

    def _tick(self) -> None:
        view, texts = self._view, self._context.texts
        if view is None:
            return
        if view.incident is None:
            since = when(view.alert.signal.since, view.zone, texts, ref=view.now) if view.alert else ""
            self._elapsed.setText(texts("ui.alert_since", time=since) if since else texts("ui.calm_since"))
            return
        now = self._context.desk.clock.now()
        since = when(view.incident.started_at, view.zone, texts, ref=now)
        end = view.incident.resolved_at or now
        self._elapsed.setText(texts("ui.since", time=since, duration=duration(end - view.incident.started_at, texts)))
