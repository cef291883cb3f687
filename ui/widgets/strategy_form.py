"""The strategy wizard: four questions, what comes first, what to use and avoid with the reason, one decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.desk.strategy import Decision
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.incident import Incident
from crisisdesk.playbooks.strategy import Advice, Answers, Cause, Counsel, told
from crisisdesk.words import when
from ui.context import Context
from ui.models.columns import Look, outside
from ui.theme import GAP
from ui.widgets.badge import Badge
from ui.widgets.button import Button
from ui.widgets.panel import Panel, clear
from ui.widgets.safe import SafeLabel

_QUESTIONS: Final = ("repeated", "distrusted", "harmed")
_KINDS: Final = {"victima": "good", "accidental": "promise", "evitable": "danger", "rumor": "plain"}


@dataclass(frozen=True, slots=True)
class Situation:
    """What the form stands on: the open incident, its broken promises, and what was decided before."""

    incident: Incident | None = None
    broken: int = 0
    decisions: tuple[Decision, ...] = ()


class StrategyForm(QWidget):
    """Asks, counsels at once, and records the decision when a person says so; it can be run again at any time."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._now = Situation()
        self._look: Look | None = None
        self._asked = Panel(" ")
        self.causes = {cause: Button("", self._answered, kind="chip") for cause in Cause}
        self.answers = {name: {yes: Button("", self._answered, kind="chip") for yes in (True, False)}
                        for name in _QUESTIONS}  # fmt: skip
        self._questions = {name: SafeLabel("", "text", wrap=True) for name in ("cause", *_QUESTIONS)}
        self._broken = SafeLabel("", "promise", wrap=True)
        self._result = Panel(" ")
        self._cluster = Badge()
        self._raised = SafeLabel("", "muted", wrap=True)
        self._lists = QVBoxLayout()
        self._lists.setSpacing(4)
        self.decide = Button("", self._decide, kind="primary")
        self._said = SafeLabel("", "muted", wrap=True)
        self._before = Panel(" ")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self._lay_out()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GAP)
        causes = QVBoxLayout()
        causes.setSpacing(4)
        group = QButtonGroup(self)
        for button in self.causes.values():
            group.addButton(button)
            causes.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self._questions["cause"], 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(causes, 0, 1)
        for row, name in enumerate(_QUESTIONS, start=1):
            line = QHBoxLayout()
            line.setSpacing(4)
            pair = QButtonGroup(self)
            for button in self.answers[name].values():
                pair.addButton(button)
                line.addWidget(button)
            line.addStretch(1)
            self.answers[name][False].setChecked(True)
            grid.addWidget(self._questions[name], row, 0)
            grid.addLayout(line, row, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self._asked.body.addLayout(grid)
        self._asked.body.addWidget(self._broken)
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self._cluster)
        top.addWidget(self._raised, 1)
        self._result.body.addLayout(top)
        self._result.body.addLayout(self._lists)
        ends = QHBoxLayout()
        ends.setSpacing(GAP)
        ends.addWidget(self.decide)
        ends.addWidget(self._said, 1)
        self._result.body.addLayout(ends)
        self._before.body.addLayout(self._rows)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        for panel in (self._asked, self._result, self._before):
            whole.addWidget(panel)
        whole.addStretch(1)
        self._result.hide()

    def put(self, now: Situation, look: Look) -> None:
        """Show the questions for the open incident; the answers given stay."""
        texts, same = look.texts, now.incident == self._now.incident and now.broken == self._now.broken
        self._now, self._look = now, look
        title = outside(now.incident.title, 80) if now.incident else texts("strategy_form.no_incident")
        self._asked.set_title(texts("strategy_form.title"), title)
        for name, label in self._questions.items():
            label.setText(texts(f"strategy.question.{name}"))
        for cause, button in self.causes.items():
            button.set_text(texts(f"strategy.cause.{cause}"))
        for name, pair in self.answers.items():
            for yes, button in pair.items():
                button.set_text(texts("words.yes" if yes else "words.no"))
                question, answer = texts(f"strategy.question.{name}"), texts("words.yes" if yes else "words.no")
                button.setAccessibleName(f"{question} {answer}")
        self._broken.setText(f"◆ {texts('strategy.question.broken_promises', n=now.broken)}")
        self._broken.setVisible(now.broken > 0)
        self.decide.set_text(texts("strategy_form.decide_again" if now.decisions else "strategy_form.decide"))
        self._put_before(now.decisions, look)
        if self._cause() is not None or not same:
            self._answered()

    def _put_before(self, decisions: Sequence[Decision], look: Look) -> None:
        texts = look.texts
        self._before.set_title(texts("strategy_form.before"), texts("strategy_form.before_note"))
        self._before.setVisible(bool(decisions))
        clear(self._rows)
        for one in decisions:
            counsel = self._context.desk.strategy.counsel(one.answers)
            at = when(one.at, look.zone, texts, ref=look.now)
            said = texts("strategy_form.decided", at=at, who=outside(one.actor, 60),
                         cluster=texts(f"strategy.cluster.{counsel.cluster}"),
                         cause=texts(f"strategy.cause.{one.answers.cause}"))  # fmt: skip
            self._rows.addWidget(SafeLabel(said, wrap=True))

    def _cause(self) -> Cause | None:
        return next((cause for cause, button in self.causes.items() if button.isChecked()), None)

    def _yes(self, name: str) -> bool:
        return self.answers[name][True].isChecked()

    def given(self) -> Answers | None:
        """The answers as they stand; ``None`` before the first question is answered."""
        cause = self._cause()
        if cause is None:
            return None
        return Answers(cause=cause, repeated=self._yes("repeated"), distrusted=self._yes("distrusted"),
                       harmed=self._yes("harmed"), broken_promises=self._now.broken)  # fmt: skip

    def _answered(self) -> None:
        answers, look = self.given(), self._look
        if answers is None or look is None:
            return
        desk, incident = self._context.desk, self._now.incident
        number = incident.id if incident else None
        self._context.bridge.read(lambda: desk.strategy.counsel(answers, number), self._show, self._failed)

    def _show(self, found: Counsel) -> None:
        assert self._look is not None
        texts = self._look.texts
        self._result.set_title(texts("strategy_form.result"), texts("strategy_form.person_decides"))
        self._cluster.set_badge(texts(f"strategy.cluster.{found.cluster}"), _KINDS[found.cluster])
        self._raised.setText(" ".join(texts(f"strategy.raised.{reason}") for reason in found.raised))
        clear(self._lists)
        for name, rank, advices in (("first", "good", found.first), ("use", "good", found.use),
                                    ("avoid", "danger", found.avoid)):  # fmt: skip
            self._add(name, rank, advices)
        self.decide.setEnabled(self._now.incident is not None)
        self._said.setText("" if self._now.incident else texts("strategy_form.no_incident"))
        self._result.show()

    def _add(self, name: str, rank: str, advices: Sequence[Advice]) -> None:
        assert self._look is not None
        texts = self._look.texts
        mark = "▲" if name == "avoid" else "✓"
        self._lists.addWidget(SafeLabel(texts(f"strategy_form.{name}"), "section"))
        for advice in advices:
            what, why = told(advice, texts)
            line = QHBoxLayout()
            line.setSpacing(GAP)
            act = SafeLabel(f"{mark} {what}", rank, wrap=True)
            act.setFixedWidth(300)
            line.addWidget(act, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(SafeLabel(why, wrap=True), 1)
            self._lists.addLayout(line)

    def _decide(self) -> None:
        answers, incident = self.given(), self._now.incident
        if answers is None or incident is None:
            return
        desk = self._context.desk
        self.decide.setEnabled(False)
        self._context.bridge.call(
            lambda: desk.strategy.decide(incident.id, answers.cause, repeated=answers.repeated,
                                         distrusted=answers.distrusted, harmed=answers.harmed),
            self._decided, self._failed,
        )  # fmt: skip

    def _decided(self, found: Counsel) -> None:
        texts = self._context.texts
        self._show(found)
        self._context.say(texts("strategy_form.said", cluster=texts(f"strategy.cluster.{found.cluster}")))

    def _failed(self, error: CrisisDeskError) -> None:
        self.decide.setEnabled(self._now.incident is not None)
        self._said.setText(f"▲ {self._context.texts.error(error)}")
        self._result.show()
