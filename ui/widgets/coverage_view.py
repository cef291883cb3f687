"""The days ahead: how well the ladders are covered and why, where the gaps are, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.contact import Contact
from crisisdesk.model.coverage import CoverageReport, Gap, GapKind
from crisisdesk.model.playbook import Playbook
from crisisdesk.model.rotation import Override, Rotation, Shift
from crisisdesk.plain import clamp
from crisisdesk.words import when
from ui.context import Context
from ui.theme import GAP, GUTTER
from ui.widgets.button import Button
from ui.widgets.ladders import role_words, scrolled
from ui.widgets.panel import Panel, clear
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel
from ui.widgets.stand_in_form import StandInForm

_MOST_GAPS: Final = 60
_LOOK: Final = {GapKind.NOBODY: ("▲", "danger"), GapKind.ASLEEP: ("◆", "promise"), GapKind.ALONE: ("○", "muted")}


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the view shows."""

    report: CoverageReport
    playbook: Playbook
    rotations: tuple[Rotation, ...]
    overrides: tuple[Override, ...]
    duty: Mapping[str, str]
    nexts: Mapping[str, Shift | None]
    contacts: tuple[Contact, ...]
    zone: str
    now: datetime


class RotationForm(QWidget):
    """A new rotation in one line: its key, its people in order, the length of a turn, the first hand-over."""

    wanted = Signal(str, str, str, str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.edits = {name: QLineEdit(maxLength=300) for name in ("slug", "members", "hours", "start")}
        self.save = Button("", self._ask)
        self.problem = SafeLabel("", "danger", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for names in (("slug", "hours", "start"), ("members",)):
            line = QHBoxLayout()
            line.setSpacing(GAP)
            for name in names:
                line.addWidget(self.edits[name], 2 if name == "slug" else 1)
                self.edits[name].returnPressed.connect(self._ask)
            column.addLayout(line)
        line.addWidget(self.save)
        column.addWidget(self.problem)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        for name, edit in self.edits.items():
            hint = self._context.texts(f"escalation.coverage.form_{name}")
            edit.setPlaceholderText(hint)
            edit.setAccessibleName(hint)
        self.save.set_text(self._context.texts("escalation.coverage.add"))

    def tell(self, problem: str) -> None:
        """Say what is wrong, or nothing."""
        self.problem.setText(f"▲ {problem}" if problem else "")

    def _ask(self) -> None:
        self.wanted.emit(*(self.edits[name].text().strip() for name in ("slug", "members", "hours", "start")))


class CoverageView(QWidget):
    """Quality and its reasons at the left, gaps in the middle, turns at the right.

    Signals:
        printed: the call tree is wanted on paper.
        rotation: key, members, hours and first hand-over as typed.
        unwanted: a rotation's slug.
        relieved: an override's id: nobody stands in after all.
    """

    printed = Signal()
    unwanted = Signal(str)
    relieved = Signal(int)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shown: object = None
        self._quality, self._gaps, self._turns = Panel(" "), Panel(" ", flush=True), Panel(" ")
        self._big = SafeLabel("", "title")
        self._big.setStyleSheet("font-size: 40px; font-weight: 600; background: transparent; border: 0;")
        self._why = QVBoxLayout()
        self.print = Button("", self.printed.emit)
        self._quality.setFixedWidth(280)
        self._quality.body.addWidget(self._big)
        self._quality.body.addLayout(self._why)
        self._quality.body.addStretch(1)
        self._quality.body.addWidget(self.print)
        host = QWidget()
        self._list = QVBoxLayout(host)
        self._list.setContentsMargins(12, 4, 12, 8)
        self._list.setSpacing(GAP)
        self._gaps.body.addWidget(scrolled(host), 1)
        turns = QWidget()
        self._rows = QVBoxLayout(turns)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(GAP)
        self._turns.body.addWidget(scrolled(turns), 1)
        self.form = RotationForm(context)
        self.stand_in = StandInForm(context)
        self._turns.footer.addWidget(self.stand_in)
        self._turns.footer.addWidget(self.form)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        line.addWidget(self._quality)
        line.addWidget(self._gaps, 1)
        line.addWidget(self._turns, 1)

    def put(self, ahead: Ahead) -> None:
        """Show the days ahead."""
        texts = self._context.texts
        key = (ahead, texts.lang)
        if key == self._shown:
            return
        self._shown = key
        report = ahead.report

        def say(name: str, **fields: object) -> str:
            return texts(f"escalation.coverage.{name}", **fields)

        days = (report.ends_at - report.starts_at).days
        self._quality.set_title(say("title"), say("days", n=days))
        self._big.setText(say("quality", n=report.quality))
        self._big.setAccessibleName(say("quality", n=report.quality))
        clear(self._why)
        if not report.losses:
            self._why.addWidget(SafeLabel(say("whole"), "muted", wrap=True))
        for loss in report.losses:
            words = say(f"loss_{loss.key}", **dict(loss.fields))
            runs = (Run(f"−{loss.points}  ", "promise", bold=True), Run(words))
            self._why.addWidget(RunsLabel(self._context.theme, runs))
        self.print.set_text(say("print"))
        self._gaps.set_title(say("gaps"), say("gap_count", n=len(report.gaps)))
        clear(self._list)
        if not report.gaps:
            self._list.addWidget(SafeLabel(say("no_gaps"), "muted", wrap=True))
        for gap in report.gaps[:_MOST_GAPS]:
            self._list.addWidget(self._gap(gap, ahead))
        if len(report.gaps) > _MOST_GAPS:
            self._list.addWidget(SafeLabel(say("more", n=len(report.gaps) - _MOST_GAPS), "muted"))
        self._list.addStretch(1)
        self._put_turns(ahead)

    def _gap(self, gap: Gap, ahead: Ahead) -> RunsLabel:
        texts = self._context.texts
        mark, tone = _LOOK[gap.kind]
        role = role_words(ahead.playbook, gap.role, texts.lang)
        start = when(gap.starts_at, ahead.zone, texts, ref=ahead.now)
        end = when(gap.ends_at, ahead.zone, texts, ref=gap.starts_at)
        words = texts(f"escalation.coverage.gap_{gap.kind}", who=gap.who or "—")
        return RunsLabel(
            self._context.theme,
            (Run(f"{mark} {role}", tone, bold=True), Run(f"  {start} – {end}", "muted"), Run(f"\n{words}", "muted")),
        )

    def _put_turns(self, ahead: Ahead) -> None:
        texts = self._context.texts
        names = {contact.slug: contact.name for contact in ahead.contacts}
        self._turns.set_title(texts("escalation.coverage.turns"), str(len(ahead.rotations)))
        self.form.retranslate()
        self.stand_in.put(ahead.rotations, ahead.contacts, ahead.zone)
        clear(self._rows)
        if not ahead.rotations:
            self._rows.addWidget(SafeLabel(texts("escalation.coverage.no_turns"), "muted", wrap=True))
        for rotation in ahead.rotations:
            self._rows.addWidget(self._turn(rotation, ahead, names))
        self._rows.addStretch(1)

    def _turn(self, rotation: Rotation, ahead: Ahead, names: Mapping[str, str]) -> QWidget:
        texts = self._context.texts
        who = ahead.duty.get(rotation.slug, "")
        runs: list[Run] = [Run(rotation.name, bold=True), Run(f"  {rotation.slug}\n", "muted")]
        runs.append(Run(f"● {names.get(who, who)}", "good"))
        following: Shift | None = ahead.nexts.get(rotation.slug)
        if following is not None:
            time = when(following.starts_at, ahead.zone, texts, ref=ahead.now)
            then = names.get(following.contact_slug, following.contact_slug)
            runs.append(Run("  " + texts("escalation.coverage.next", who=then, time=time), "muted"))
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._removable(runs, lambda: self.unwanted.emit(rotation.slug)))
        for one in [o for o in ahead.overrides if o.rotation_slug == rotation.slug and o.ends_at > ahead.now]:
            column.addLayout(self._stands_in(one, ahead, names))
        return row

    def _stands_in(self, one: Override, ahead: Ahead, names: Mapping[str, str]) -> QHBoxLayout:
        texts = self._context.texts
        start, end = (when(t, ahead.zone, texts, ref=ahead.now) for t in (one.starts_at, one.ends_at))
        who = names.get(one.contact_slug, one.contact_slug)
        said = texts("escalation.coverage.stands_in", who=who, start=start, end=end)
        runs = [Run(f"◆ {said}", "promise")]
        if one.reason:
            runs.append(Run(f"  {clamp(one.reason, 80)}", "muted"))
        return self._removable(runs, lambda: self.relieved.emit(one.id))

    def _removable(self, runs: Sequence[Run], remove: Callable[[], object]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(RunsLabel(self._context.theme, runs), 1)
        line.addWidget(Button(self._context.texts("escalation.coverage.remove"), remove, kind="quiet"))
        return line
