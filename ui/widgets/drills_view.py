"""The drills that can be played, each in a window of its own that sends nothing, and how those played went."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk import words
from crisisdesk.model.drill import Mark, Run
from ui.context import Context
from ui.models.columns import Cell, Look, outside
from ui.widgets.button import Button
from ui.widgets.panel import Panel, clear, rule
from ui.widgets.safe import SafeLabel
from ui.widgets.seven_steps import Prepared
from ui.widgets.sheet_panel import SheetPanel

_FIRST: Final = ("first_message", "dismissed")
_COLUMNS: Final = (
    ("preparation.column.drill", 0, False), ("preparation.column.played", 150, False),
    ("preparation.column.who", 150, False), ("preparation.column.first_message", 150, True),
    ("preparation.column.news", 90, True), ("preparation.column.tasks", 90, True),
    ("preparation.column.met", 90, True),
)  # fmt: skip


class DrillsView(QWidget):
    """One row per scenario; below, the runs side by side.

    Signals:
        wanted: id of the scenario to play.
        changed: a scenario was made of an incident.
    """

    wanted = Signal(str)
    changed = Signal()

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self.context = context
        self.buttons: dict[str, Button] = {}
        self._panel = Panel(" ")
        self._rows = QVBoxLayout()
        self._panel.body.addLayout(self._rows)
        self._hint = SafeLabel("", "small", wrap=True)
        self.retell = Button("", self._retell)
        line = QHBoxLayout()
        line.addWidget(self._hint, 1)
        line.addWidget(self.retell)
        self._panel.body.addWidget(rule())
        self._panel.body.addLayout(line)
        self.runs = SheetPanel("runs", _COLUMNS, look, context.theme, row=46, lines=2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)
        whole.addWidget(self.runs)
        whole.addStretch(1)

    def put(self, now: Prepared, look: Look) -> None:
        """Show the scenarios and the runs."""
        texts = look.texts
        self._panel.set_title(texts("preparation.drills"), texts("preparation.drills_note"))
        self._hint.setText(texts("preparation.retell_hint"))
        self.retell.setText(texts("preparation.retell"))
        clear(self._rows)
        self.buttons = {}
        if not now.drills:
            self._rows.addWidget(SafeLabel(texts("preparation.no_drills"), "muted", wrap=True))
        for place, (name, title) in enumerate(now.drills):
            if place:
                self._rows.addWidget(rule())
            line = QHBoxLayout()
            said = QVBoxLayout()
            said.setSpacing(2)
            said.addWidget(SafeLabel(outside(title.get(texts.lang), 160), "strong", wrap=True))
            said.addWidget(SafeLabel(outside(name, 120), "small"))
            button = self.buttons[name] = Button(texts("preparation.drill_start"), partial(self.wanted.emit, name))
            button.setAccessibleDescription(outside(title.get(texts.lang), 160))
            line.addLayout(said, 1)
            line.addWidget(button)
            self._rows.addLayout(line)
        ordered = sorted(now.runs, key=lambda run: run.scenario)  # those of one scenario stay together, newest first
        self.runs.put([_run_cells(run, look) for run in ordered], look)

    def _retell(self) -> None:
        desk, texts = self.context.desk, self.context.texts

        def make() -> str:
            path = desk.drills.from_incident(desk.incidents.get("latest").id)
            return texts("preparation.retold", name=path.stem)

        self.context.bridge.call(make, self._retold)

    def _retold(self, said: str) -> None:
        self.context.say(said)
        self.changed.emit()


def _run_cells(run: Run, look: Look) -> tuple[Cell, ...]:
    texts = look.texts
    marks = {mark.key: mark for mark in run.marks}
    first = next((marks[key] for key in _FIRST if key in marks), None)
    played = f"{words.day(run.played_at, look.zone, texts)}, {words.when(run.played_at, look.zone, texts)}"
    who = texts("preparation.by_itself") if run.autopilot else outside(run.who, 60) or "—"
    good = run.met == len(run.judged)
    return (
        Cell(text=outside(run.title.get(texts.lang), 160), bold=True, under=outside(run.name, 80)),
        Cell(text=played, token="muted"),
        Cell(text=who),
        _timed(first, look),
        _counted(marks.get("news")),
        _counted(marks.get("tasks")),
        Cell(text=f"{run.met} / {len(run.judged)}", bold=True, mark="✓" if good else "◆",
             mark_token="good" if good else "promise"),
    )  # fmt: skip


def _timed(mark: Mark | None, look: Look) -> Cell:
    if mark is None:
        return Cell(text="—", token="muted")
    took = words.stopwatch(mark.took) if mark.took is not None else "—"
    target = look.texts("preparation.target", time=words.stopwatch(mark.target)) if mark.target is not None else ""
    mark_, token = _sign(mark)
    return Cell(text=took, under=target, bold=True, mark=mark_, mark_token=token)


def _counted(mark: Mark | None) -> Cell:
    if mark is None:
        return Cell(text="—", token="muted")
    mark_, token = _sign(mark)
    return Cell(text=f"{mark.done} / {mark.of}", mark=mark_, mark_token=token)


def _sign(mark: Mark) -> tuple[str, str]:
    """The sign of a mark and its colour's name; none where the playbook wants nothing."""
    if mark.good is None:
        return "", ""
    return ("✓", "good") if mark.good else ("◆", "promise")
