"""Who must agree with a text: who was asked and until when, who agreed, who objects and why; all in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.approval import Approval, ApprovalState
from crisisdesk.model.draft import DraftView
from crisisdesk.model.playbook import Playbook
from crisisdesk.plain import clamp
from crisisdesk.words import when
from ui.context import Context
from ui.widgets.button import Button
from ui.widgets.panel import clear
from ui.widgets.runs import Run, RunsLabel


class Approvals(QWidget):
    """The roles that a text needs, each with its state; one line records an answer.

    Signals:
        given: the role that agrees, and who speaks for it.
        objected: the role that objects, who speaks for it, and the reason.
        asked: ask everybody who has not been asked.
    """

    given = Signal(str, str)
    objected = Signal(str, str, str)
    asked = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._shown: tuple[object, ...] = ()
        self.buttons: dict[str, Button] = {}
        self.objections: dict[str, Button] = {}
        self.who = QLineEdit(maxLength=120)
        self.reason = QLineEdit(maxLength=500)
        self._record = Button(on_press=self._give)
        self._role, self._objecting = "", False
        self._entry = QWidget()
        lines = QVBoxLayout(self._entry)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(4)
        lines.addWidget(self.reason)
        line = QHBoxLayout()
        line.addWidget(self.who, 1)
        line.addWidget(self._record)
        lines.addLayout(line)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self._column.addLayout(self._rows)
        self._column.addWidget(self._entry)
        self.ask_all = Button(on_press=self.asked.emit)
        self._column.addWidget(self.ask_all, 0, Qt.AlignmentFlag.AlignLeft)
        self._entry.hide()
        self.who.returnPressed.connect(self._give)
        self.reason.returnPressed.connect(self.who.setFocus)

    def show_view(
        self, view: DraftView, playbook: Playbook, people: Sequence[str], *, now: datetime, zone: str, locked: bool
    ) -> None:
        """Show the approvals of a draft; ``people`` are names to choose from."""
        texts, draft = self._context.texts, view.draft
        roles = view.approvers
        asked = {a.role for a in view.approvals if a.waits()}
        against = [a.role for a in view.approvals if a.state is ApprovalState.OBJECTED]
        holds = tuple(a.holds(now) for a in view.approvals)
        given = tuple(draft.approvals.items())
        key = (draft.id, roles, given, view.approvals, holds, tuple(people), zone, locked, self._context.lang)
        if key == self._shown:
            return
        self._shown = key
        self._entry.hide()
        self._record.set_text(texts("drafting.check.record"))
        self.ask_all.set_text(texts("drafting.check.ask_all"))
        names = QCompleter([clamp(name, 80) for name in people], self.who)
        names.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        names.setFilterMode(Qt.MatchFlag.MatchContains)
        self.who.setCompleter(names)
        clear(self._rows)
        self.buttons, self.objections = {}, {}
        for role_id in dict.fromkeys((*roles, *against)):
            role = playbook.role(role_id)
            name = (role.name.get(texts.lang) or role_id) if role is not None else role_id
            self._rows.addWidget(self._row(role_id, name, view, now, zone, locked))
        missing = [r for r in roles if r not in asked and r not in draft.approvals]
        self.ask_all.setVisible(bool(missing) and not locked)
        self.setVisible(self._rows.count() > 0)

    def _row(self, role_id: str, name: str, view: DraftView, now: datetime, zone: str, locked: bool) -> QWidget:
        texts, theme = self._context.texts, self._context.theme
        mine = [a for a in view.approvals if a.role == role_id]
        objection = next((a for a in reversed(mine) if a.state is ApprovalState.OBJECTED), None)
        given = view.draft.approvals.get(role_id)
        expired = given is not None and bool(mine) and not any(a.holds(now) for a in mine)
        runs = [Run(f"{name}: ", "muted")]
        if objection is not None:
            runs = [Run("▲ ", "danger", bold=True), *runs]
            runs.append(Run(texts("drafting.check.objects", who=objection.by, reason=objection.reason)))
        elif given is not None and not expired:
            said = texts("drafting.check.approved", who=given[0], time=when(given[1], zone, texts))
            return RunsLabel(theme, (Run("✓ ", "good", bold=True), *runs, Run(said)))
        elif expired:
            runs = [Run("▲ ", "danger", bold=True), *runs, Run(texts("drafting.check.expired"))]
        else:
            runs = [*self._question(mine, name, now, zone)]
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(RunsLabel(theme, tuple(runs)))
        line = QHBoxLayout()
        line.setSpacing(4)
        agree = Button(texts("drafting.check.approves"), lambda: self.ask(role_id, name))
        agree.setAccessibleName(texts("drafting.check.approve", role=name))
        against = Button(texts("drafting.check.object"), lambda: self.ask(role_id, name, objecting=True), kind="quiet")
        against.setAccessibleName(texts("drafting.check.object_name", role=name))
        for button in (agree, against):
            button.setEnabled(not locked)
            line.addWidget(button)
        line.addStretch(1)
        column.addLayout(line)
        self.buttons[role_id], self.objections[role_id] = agree, against
        return row

    def _question(self, mine: Sequence[Approval], name: str, now: datetime, zone: str) -> tuple[Run, ...]:
        """A role that has not answered: until when it was asked; silence is said to be none."""
        texts = self._context.texts
        asked = next((a for a in reversed(mine) if a.waits()), None)
        if asked is None:
            return (Run(name, "muted"),)
        key = "silent" if asked.due_at < now else "until"
        said = texts(f"drafting.check.{key}", time=when(asked.due_at, zone, texts, ref=now))
        return (Run("◆ ", "promise", bold=True), Run(f"{name} · ", "muted"), Run(said))

    def ask(self, role_id: str, name: str = "", *, objecting: bool = False) -> None:
        """Ask in place who speaks for a role, and why it objects."""
        texts = self._context.texts
        self._role, self._objecting = role_id, objecting
        asked = texts("drafting.check.who", role=name or role_id)
        self.who.setPlaceholderText(clamp(asked, 60))
        self.who.setAccessibleName(clamp(asked, 60))
        self.reason.setPlaceholderText(texts("drafting.check.reason"))
        self.reason.setAccessibleName(texts("drafting.check.reason"))
        self.reason.setVisible(objecting)
        self._entry.show()
        self.who.clear()
        self.reason.clear()
        (self.reason if objecting else self.who).setFocus()

    def _give(self) -> None:
        who, reason = self.who.text().strip(), self.reason.text().strip()
        if not who or not self._role:
            return
        if self._objecting and not reason:
            self.reason.setFocus()
            return
        self._entry.hide()
        if self._objecting:
            self.objected.emit(self._role, who, reason)
        else:
            self.given.emit(self._role, who)
