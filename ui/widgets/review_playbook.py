"""A lesson becomes a change of the playbook: written on the left, seen as a difference on the right, decided below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.followup import Followup, PlaybookProposal, ReviewAction
from crisisdesk.model.playbook import Playbook
from crisisdesk.model.review import ReviewData
from crisisdesk.plain import clamp
from ui.context import Context
from ui.models.columns import DANGER_MARK, Look
from ui.theme import GAP, GUTTER
from ui.widgets.button import Button
from ui.widgets.draft_form import QuietCombo
from ui.widgets.panel import Panel
from ui.widgets.playbook_diff import PlaybookDiff
from ui.widgets.proposals_list import ProposalsList
from ui.widgets.safe import SafeLabel
from ui.widgets.yaml_edit import YamlEdit

_PAUSE_MS: Final = 400
_TEXT: Final = 260


class ReviewPlaybook(QScrollArea):
    """The sheet.

    Signals:
        changed: something was proposed or decided; read again.
    """

    changed = Signal()

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context, self._look = context, look
        self._incident = 0
        self._action: ReviewAction | None = None
        self._base = ""
        self._offered: tuple[str, str] = ("", "")
        self.why = QLineEdit(maxLength=500)
        self.task, self.time = QuietCombo(""), QLineEdit(maxLength=20)
        self.phase, self.owner = QuietCombo(""), QuietCombo("")
        self.do_es, self.do_en, self.before = (QLineEdit(maxLength=300) for _ in range(3))
        self.text = YamlEdit(context.theme)
        self.text.setMinimumHeight(_TEXT)
        self.retime = Button("", self.retime_)
        self.add = Button("", self.add_)
        self.propose = Button("", self.propose_, kind="primary")
        self.again = Button("", self.begin_again, kind="quiet")
        self.problem = SafeLabel("", "danger", wrap=True)
        self.diff = PlaybookDiff(context, look)
        self.list = ProposalsList(context)
        self._write, self._see = Panel(" "), Panel(" ")
        self._labels = {name: SafeLabel("", "muted", wrap=True) for name in ("lesson", "task", "new", "text")}
        self._look_again = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._look_again.timeout.connect(self._show_difference)
        self._lay_out()
        self.text.textChanged.connect(self._look_again.start)
        self.why.returnPressed.connect(self.propose_)
        self.time.returnPressed.connect(self.retime_)
        for edit in (self.do_es, self.do_en, self.before):
            edit.returnPressed.connect(self.add_)
        self.list.changed.connect(self._decided)
        self.list.shown.connect(self._show_proposal)
        self.retranslate()

    def _lay_out(self) -> None:
        whole = QWidget()
        whole.setProperty("ground", "clear")
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        body = self._write.body
        body.addWidget(self._labels["lesson"])
        body.addWidget(self.why)
        for name, rows in (
            ("task", ((self.task, self.time, self.retime),)),
            ("new", ((self.do_es, self.do_en), (self.phase, self.owner, self.before, self.add))),
        ):
            body.addWidget(self._labels[name])
            for widgets in rows:
                row = QHBoxLayout()
                row.setSpacing(GAP)
                for widget in widgets:
                    row.addWidget(widget, 0 if isinstance(widget, Button) or widget in (self.time, self.before) else 1)
                body.addLayout(row)
        for short in (self.time, self.before):
            short.setFixedWidth(104)
        body.addWidget(self._labels["text"])
        body.addWidget(self.text, 1)
        body.addWidget(self.problem)
        last = QHBoxLayout()
        last.addWidget(self.propose)
        last.addWidget(self.again)
        last.addStretch(1)
        self._write.footer.addLayout(last)
        self._see.body.addWidget(self.diff)
        self.diff.against.hide()  # only ever the playbook in use
        right = QVBoxLayout()
        right.setSpacing(GUTTER)
        right.addWidget(self.list)
        right.addWidget(self._see)
        right.addStretch(1)
        left = QVBoxLayout()
        left.addWidget(self._write)
        left.addStretch(1)
        line.addLayout(left, 1)
        line.addLayout(right, 1)
        self.setWidget(whole)
        self.setWidgetResizable(True)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        self._write.set_title(texts("review.playbook.title"))
        self._see.set_title(texts("review.playbook.difference"))
        for name, label in self._labels.items():
            label.setText(texts(f"review.playbook.label.{name}"))
        lines = {
            "why": self.why, "time": self.time, "do_es": self.do_es, "do_en": self.do_en, "before": self.before,
        }  # fmt: skip
        for key, edit in lines.items():
            edit.setPlaceholderText(texts(f"review.playbook.{key}"))
            edit.setAccessibleName(texts(f"review.playbook.{key}"))
        named = {"task": self.task, "phase": self.phase, "owner": self.owner, "text": self.text}
        for key, widget in named.items():
            widget.setAccessibleName(texts(f"review.playbook.{key}"))
        buttons = {"retime": self.retime, "add": self.add, "propose": self.propose, "again": self.again}
        for name, button in buttons.items():
            button.set_text(texts(f"review.playbook.{name}"))
        self._offered = ("", "")
        self.list.retranslate()
        self._tell("")

    # Showing

    def put(self, data: ReviewData, look: Look, current: Playbook) -> None:
        """Show one incident's proposals; a text that is being written stays."""
        self._incident, self._look = data.incident.id, look
        untouched = self.text.toPlainText() in ("", self._base)
        if current.source != self._base and untouched:
            self._base = current.source
            self.text.replace_text(current.source)
            self.text.show_line(1)
        self._base = current.source
        self._offer(current)
        followup = data.followup or Followup(due_at=None)
        self.list.put(followup.proposals, look)
        self._show_difference()

    def _offer(self, current: Playbook) -> None:
        """The tasks, phases and roles of the playbook in use."""
        lang = self._context.texts.lang
        if (current.source, lang) == self._offered:
            return
        self._offered = (current.source, lang)
        tasks = [(task.id, task.do.get(lang)) for phase in current.phases for task in phase.tasks]
        phases = [(phase.id, phase.name.get(lang) or phase.id) for phase in current.phases]
        roles = [(role.id, role.name.get(lang) or role.id) for role in current.roles]
        for combo, found in ((self.task, tasks), (self.phase, phases), (self.owner, roles)):
            chosen = combo.currentData()
            combo.clear()
            for key, name in found:
                combo.addItem(clamp(name, 70), key)
            combo.setCurrentIndex(max(combo.findData(chosen), 0))

    def begin(self, action: ReviewAction) -> None:
        """Write a change that follows from an action."""
        self._action = action
        self.why.setText(action.what)
        self.do_es.setText(action.what)
        self.task.setFocus()

    def _show_difference(self) -> None:
        """What is being written against the playbook in use; while nothing is, the chosen proposal that waits."""
        text, waits = self.text.toPlainText(), self.list.waiting()
        self.diff.put(waits.text if waits is not None and text in ("", self._base) else text, (), self._look)

    def _show_proposal(self, proposal: PlaybookProposal) -> None:
        self.diff.put(proposal.text, (), self._look)

    # Doing

    def retime_(self) -> None:
        """Give the chosen task the time in the line."""
        text, task, time = self.text.toPlainText(), str(self.task.currentData() or ""), self.time.text()
        verbs = self._context.desk.followups.proposals
        self._change(lambda: verbs.retime(text, task, time))

    def add_(self) -> None:
        """Add a task to the chosen phase."""
        text, phase, owner = self.text.toPlainText(), str(self.phase.currentData()), str(self.owner.currentData())
        do, before = (self.do_es.text(), self.do_en.text()), self.before.text()
        verbs = self._context.desk.followups.proposals
        self._change(lambda: verbs.with_task(text, phase, do, owner, before))

    def _change(self, verb: Callable[[], str]) -> None:
        self._context.bridge.read(verb, self._changed, self._failed)

    def _changed(self, text: str) -> None:
        self.text.replace_text(text)
        self._tell("")
        self._show_difference()

    def propose_(self) -> None:
        """Propose what is written, for the reason in the line."""
        desk, incident, action = self._context.desk, self._incident, self._action
        text, why = self.text.toPlainText(), self.why.text()
        action_id = action.id if action is not None and action.incident_id == incident else None
        self._context.bridge.call(
            lambda: desk.followups.proposals.propose(incident, text, why, action_id=action_id),
            self._proposed, self._failed,
        )  # fmt: skip

    def _proposed(self, _proposal: PlaybookProposal) -> None:
        self._action = None
        for edit in (self.why, self.time, self.do_es, self.do_en, self.before):
            edit.clear()
        self.begin_again()
        self.changed.emit()

    def begin_again(self) -> None:
        """Back to the playbook in use."""
        self.text.replace_text(self._base)
        self._tell("")

    def _decided(self) -> None:
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self._tell(self._context.texts.error(error))

    def _tell(self, problem: str) -> None:
        self.problem.setText(f"{DANGER_MARK} {problem}" if problem else "")
        self.problem.setVisible(bool(problem))
