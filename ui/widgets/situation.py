"""What is going on, in one card: the spike, or calm; and the questions that are answered in place."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.model.alert import Alert
from crisisdesk.model.playbook import Playbook
from crisisdesk.model.room import Published, RoomView
from crisisdesk.words import duration, when
from ui.actions import key_of
from ui.context import Context
from ui.theme import GAP
from ui.widgets.ask import Ask
from ui.widgets.button import Button
from ui.widgets.concern_strip import ConcernStrip
from ui.widgets.last_text import LastText
from ui.widgets.no_time import NoTime
from ui.widgets.open_form import OpenForm
from ui.widgets.panel import Panel
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel
from ui.widgets.spike_card import ANSWERABLE, SpikeCard, phase_runs


class Calm(QWidget):
    """A quiet day, said so that nobody wonders whether the program works."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._heading = RunsLabel(context.theme, pixel_size=15)
        self._lines = SafeLabel("", "muted", wrap=True)
        self.prepare = Button("", lambda: context.go("preparation"), kind="primary")
        self.open = Button("", lambda: context.act("incident.new", None))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._heading)
        column.addWidget(self._lines)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self.prepare)
        row.addWidget(self.open)
        row.addStretch(1)
        column.addLayout(row)

    def set_scene(self, view: RoomView, playbook: Playbook) -> None:
        """Say that all is calm, that there is nothing to hear yet, or that an incident goes on without an alert."""
        texts = self._context.texts
        if view.incident is not None:
            state, mark, tone = "no_alert", "◆", "promise"
        elif not view.sources:
            state, mark, tone = "deaf", "◆", "promise"
        else:
            state, mark, tone = "quiet", "●", "good"
        self._heading.set_runs((Run(f"{mark} ", tone), Run(texts(f"room.calm.{state}"), bold=True)))
        lines = [texts(f"room.calm.{state}_hint")]
        if state != "deaf" and view.learning_days < view.needed_days:
            days = {"days": int(view.learning_days), "needed": int(view.needed_days)}
            lines.append(texts("room.calm.learning", **days))
        if view.incident is None and playbook.drill_every and playbook.drill_scenario:
            lines.append(texts("room.calm.drill", days=playbook.drill_every.days))
        self._lines.setText("\n".join(lines))
        self.open.set_text(texts("room.calm.open"))
        self.open.setVisible(view.incident is None)
        self.prepare.set_text(texts("room.calm.prepare"))
        self.prepare.setVisible(state == "deaf")


class Situation(Panel):
    """The card under the chart. One thing at a time stands on top: a question, or what is known."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._compact = False
        self.concerns = ConcernStrip(context)
        self.spike = SpikeCard(context)
        self.calm = Calm(context)
        self.open_form = OpenForm(context)
        self.no_time = NoTime(context)
        self.last = LastText(context)
        self.ask = Ask()
        self._phases = RunsLabel(context.theme, pixel_size=12)
        self.body.setContentsMargins(12, 12, 12, 12)
        for part in (self.concerns, *self._questions(), self.spike, self.calm):
            self.body.addWidget(part)
        self.footer.addWidget(self._phases)
        self.spike.hide()
        for question in self._questions():
            question.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """One question at a time, and only one primary button in sight while it is asked."""
        if event.type() == QEvent.Type.ShowToParent:
            for question in self._questions():
                if question is not watched:
                    question.hide()
            self.spike.set_asking(True)
        elif event.type() == QEvent.Type.HideToParent:
            self.spike.set_asking(any(question.isVisibleTo(self) for question in self._questions()))
        return False

    def _questions(self) -> tuple[QWidget, ...]:
        return (self.open_form, self.no_time, self.last, self.ask)

    def set_scene(self, view: RoomView, playbook: Playbook) -> None:
        """Show the alert of ``view``, or that there is none, and where the phases stand."""
        texts, alert = self._context.texts, view.alert
        self.concerns.set_concerns(view.concerns, view.zone, playbook)
        self.spike.setVisible(alert is not None)
        self.calm.setVisible(alert is None)
        if alert is not None:
            level = playbook.level(alert.proposal.level)
            name = level.name.get(texts.lang) if level else ""
            self.spike.set_alert(alert, view.incident, name, view.zone, view.before)
            self.spike.set_next(*self._next_step(view, playbook, alert))
        else:
            self.calm.set_scene(view, playbook)
        phases = [(p.name.get(texts.lang), p.done, p.total, p.current) for p in view.phases]
        self._phases.set_runs(phase_runs(phases, texts("room.phase.label")) if phases else ())
        self.set_footer_visible(bool(phases) and not self._compact)

    def _next_step(self, view: RoomView, playbook: Playbook, alert: Alert) -> tuple[str, str, str]:
        """The next action, its key, and what the playbook begins with: the first that is owed, or opening."""
        texts = self._context.texts
        if view.incident is not None:
            if not view.next:
                return "", "", ""
            item = view.next[0]
            due = when(item.due_at, view.zone, texts, ref=view.now)
            return texts("room.spike.next_owed", what=item.title.get(texts.lang), time=due), key_of(item.key, texts), ""
        if alert.state not in ANSWERABLE:
            return "", "", ""
        first, then = playbook.first_task(alert.proposal.level), ""
        if first is not None:
            told = {"what": first.do.get(texts.lang), "time": duration(first.before, texts)}
            then = texts("room.spike.next_then", **told)
        return texts("room.spike.next_open"), key_of("alert.open", texts), then

    def set_compact(self, compact: bool) -> None:
        """Leave out what a small window has no room for."""
        self._compact = compact
        self.spike.set_compact(compact)
        self.concerns.set_compact(compact)
        self.body.setContentsMargins(12, *((8, 12, 8) if compact else (12, 12, 12)))
        self.set_footer_visible(bool(self._phases.text()) and not compact)

    def ask_open(self, playbook: Playbook, zone: str, alert: Alert | None) -> None:
        """Ask what a new incident is called, how bad it is and since when."""
        self.open_form.start(playbook, zone, self._context.desk.clock.now(), alert)

    def ask_no_time(self, zone: str, cadence: timedelta | None) -> None:
        """Ask when the next news comes."""
        self.no_time.start(zone, self._context.desk.clock.now(), cadence)

    def show_last(self, published: Published, zone: str, *, drill: bool) -> None:
        """Show the last published text."""
        self.last.start(published, zone, drill=drill)
