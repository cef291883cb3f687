"""The actions of a review, those carried from earlier ones first: who does what by when, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QStringListModel, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.desk.followups import last_minute
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.followup import ActionState, Followup, ReviewAction
from crisisdesk.words import countdown, day
from ui.context import Context
from ui.models.columns import DANGER_MARK, DONE_MARK, outside
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.panel import Panel, rule
from ui.widgets.press_list import PressList
from ui.widgets.press_row import PressRow
from ui.widgets.safe import SafeLabel
from ui.widgets.time_edit import TimeEdit

Shown = tuple[ReviewAction, str]


class ReviewActions(Panel):
    """A list, what is done with the chosen one, and the line that adds one.

    Signals:
        changed: something was done; read again.
        proposed: a change of the playbook is wanted for this action.
    """

    changed = Signal()
    proposed = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(" ", flush=True)
        self._context = context
        self._incident = 0
        self._zone = "UTC"
        self._followup = Followup(due_at=None)
        self._chosen: int | None = None
        self._rows = PressList()
        self._none = SafeLabel("", "muted", wrap=True)
        self._none.setContentsMargins(12, 0, 12, 12)
        self.what, self.owner = QLineEdit(maxLength=500), QLineEdit(maxLength=80)
        self._names = QStringListModel(self)
        self.owner.setCompleter(QCompleter(self._names, self))
        self.due = TimeEdit(context, day_only=True)
        self.public = Button("", kind="chip")
        self.add = Button("", self.add_)
        self.words = QLineEdit(maxLength=500)
        steps = (
            ("done", self.finish), ("change", self.change), ("drop", self.drop), ("reopen", self.reopen),
            ("propose", self.propose),
        )  # fmt: skip
        self.steps = {name: Button("", do) for name, do in steps}
        self.problem = SafeLabel("", "danger", wrap=True)
        self._lay_out()
        for edit in (self.what, self.owner):
            edit.returnPressed.connect(self.add_)
        self.due.submitted.connect(self.add_)
        self.words.returnPressed.connect(self.finish)
        self.retranslate()

    def _lay_out(self) -> None:
        self.body.addWidget(self._rows)
        self.body.addWidget(self._none)
        self._acting = QWidget()
        acting = QHBoxLayout(self._acting)
        acting.setContentsMargins(0, 0, 0, 0)
        acting.setSpacing(GAP)
        acting.addWidget(self.words, 1)
        for button in self.steps.values():
            acting.addWidget(button)
        self.footer.addWidget(self._acting)
        self.footer.addWidget(rule())
        first, second = QHBoxLayout(), QHBoxLayout()
        for line in (first, second):
            line.setSpacing(GAP)
            self.footer.addLayout(line)
        first.addWidget(self.what, 1)
        second.addWidget(self.owner, 1)
        second.addWidget(self.due, 1)
        second.addWidget(self.public)
        second.addWidget(self.add)
        self.footer.addWidget(self.problem)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        self.set_title(texts("review.actions.title"))
        lines = ((self.what, "what"), (self.owner, "owner"), (self.due.line, "due"), (self.words, "words"))
        for line, key in lines:
            line.setPlaceholderText(texts(f"review.actions.{key}"))
            line.setAccessibleName(texts(f"review.actions.{key}"))
        self.public.set_text(texts("review.actions.public"))
        self.public.setAccessibleDescription(texts("review.actions.public_why"))
        self.add.set_text(texts("review.actions.add"))
        for name, button in self.steps.items():
            button.set_text(texts(f"review.actions.{name}"))
        self._none.setText(texts("review.actions.none"))
        self._tell("")

    def put(self, incident_id: int, zone: str, followup: Followup) -> None:
        """Show these; what is being typed stays."""
        self._incident, self._zone, self._followup = incident_id, zone, followup
        self.due.set_zone(zone)
        lang = self._context.texts.lang
        names = [name.get(lang) for _key, name in followup.names]
        self._names.setStringList(names)
        self._show_rows()

    def rows(self) -> tuple[PressRow, ...]:
        """The rows in their order."""
        return self._rows.rows()

    def _shown(self) -> list[Shown]:
        carried = [(one.action, f"{one.title} · {one.incident}") for one in self._followup.carried]
        return [*carried, *((action, "") for action in self._followup.actions)]

    def _show_rows(self) -> None:
        texts = self._context.texts
        shown = self._shown()
        self._rows.show_rows(((action.id, self._row(action, before)) for action, before in shown), self._chosen)
        if shown and self._chosen not in {action.id for action, _from in shown}:
            self.choose(shown[0][0].id)
        left = sum(action.state is ActionState.OPEN for action, _from in shown)
        self.set_note(texts("review.actions.note", n=left) if shown else "")
        self._rows.setVisible(bool(shown))
        self._none.setVisible(not shown)
        self._show_steps()

    def _row(self, action: ReviewAction, before: str) -> PressRow:
        texts, now = self._context.texts, self._context.desk.clock.now()
        late, ended = action.overdue(now), action.state is not ActionState.OPEN
        who = outside(self._followup.name(action.owner, texts.lang), 80)
        parts = [who, texts("review.actions.by", day=day(action.due_at, self._zone, texts))]
        if late:
            parts.append(f"{DANGER_MARK} {countdown(action.due_at, now, texts)}")
        if ended:
            mark = f"{DONE_MARK} " if action.state is ActionState.DONE else ""
            parts.append(f"{mark}{texts(f'review.actions.state.{action.state.value}')}")
        parts += [part for part in (outside(action.words, 160),) if part]
        if action.public:
            parts.append(texts("review.actions.public"))
        if before:
            parts.append(texts("review.actions.from", incident=outside(before, 120)))
        under, what = " · ".join(parts), outside(action.what, 500)
        row = PressRow(self._context.theme, f"{what}. {under}")
        row.setProperty("action", action.id)
        row.set_chosen(action.id == self._chosen)
        inside = QVBoxLayout(row)
        inside.setContentsMargins(12, 7, 12, 8)
        inside.setSpacing(2)
        inside.addWidget(SafeLabel(what, "muted" if ended else "text", elide=True))
        inside.addWidget(SafeLabel(under, "danger" if late else "small", elide=True))
        row.pressed.connect(partial(self.choose, action.id))
        row.entered.connect(partial(self.choose, action.id))
        return row

    def choose(self, action_id: int) -> None:
        """Act on this one."""
        self._chosen = action_id
        for row in self.rows():
            row.set_chosen(row.property("action") == action_id)
        self._show_steps()

    def take(self, action_id: int) -> None:
        """Choose one from outside and put the focus there, once it is shown."""
        self.choose(action_id)
        for row in self.rows():
            if row.property("action") == action_id:
                row.take_focus()

    def _chosen_one(self) -> ReviewAction | None:
        return next((action for action, _from in self._shown() if action.id == self._chosen), None)

    def _show_steps(self) -> None:
        one = self._chosen_one()
        self._acting.setVisible(one is not None)
        if one is None:
            return
        is_open = one.state is ActionState.OPEN
        self.words.setVisible(is_open)
        for name, button in self.steps.items():
            button.setVisible(name == "propose" or (name == "reopen") != is_open)

    # Doing

    def add_(self) -> None:
        """Keep what the line holds as a new action."""
        due = self._due()
        if due is None:
            self._tell(self._context.texts("review.actions.need_day"))
            self.due.setFocus()
            return
        desk, incident, public = self._context.desk, self._incident, self.public.isChecked()
        what, owner = self.what.text(), self._key(self.owner.text())
        self._context.bridge.once(
            self, lambda: desk.followups.add(incident, what, owner, due, public=public), self._added, self._failed
        )

    def _due(self) -> datetime | None:
        typed = self.due.instant()
        return None if typed is None else last_minute(typed, self._zone)

    def _key(self, typed: str) -> str:
        """The slug or role that is called so, else the words as typed."""
        lang, name = self._context.texts.lang, " ".join(typed.split())
        named = {pair.get(lang).casefold(): key for key, pair in reversed(self._followup.names)}
        return named.get(name.casefold(), name)

    def _added(self, action: ReviewAction) -> None:
        self._chosen = action.id
        self.what.clear()
        self.due.set_instant(None)
        self.public.setChecked(False)
        self._done(action)
        self.what.setFocus()

    def finish(self) -> None:
        """The chosen one was done; the line says what shows it."""
        one, desk, words = self._chosen_one(), self._context.desk, self.words.text()
        if one is not None:
            self._do(lambda: desk.followups.finish(one.id, words), self._done)

    def drop(self) -> None:
        """The chosen one will not be done; the line says why."""
        one, desk, words = self._chosen_one(), self._context.desk, self.words.text()
        if one is not None:
            self._do(lambda: desk.followups.drop(one.id, words), self._done)

    def reopen(self) -> None:
        """The chosen one was not done after all."""
        one, desk = self._chosen_one(), self._context.desk
        if one is not None:
            self._do(lambda: desk.followups.reopen(one.id), self._done)

    def change(self) -> None:
        """Give the chosen one what stands in the fields below; what is empty there stays."""
        one, desk, due = self._chosen_one(), self._context.desk, self._due()
        what, owner = self.what.text().strip() or None, self._key(self.owner.text()) or None
        if one is None:
            return
        public = self.public.isChecked() or one.public
        if (what, owner, due, public) == (None, None, None, one.public):
            self._tell(self._context.texts("review.actions.change_hint"))
            self.what.setFocus()
            return
        self._do(lambda: desk.followups.change(one.id, what=what, owner=owner, due_at=due, public=public), self._added)

    def propose(self) -> None:
        """The chosen one is a lesson for the playbook."""
        one = self._chosen_one()
        if one is not None:
            self.proposed.emit(one)

    def _do(self, verb: Callable[[], ReviewAction], done: Callable[[ReviewAction], None]) -> None:
        self._context.bridge.call(verb, done, self._failed)

    def _done(self, _action: ReviewAction) -> None:
        self.words.clear()
        self._tell("")
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self._tell(self._context.texts.error(error))

    def _tell(self, problem: str) -> None:
        self.problem.setText(f"{DANGER_MARK} {problem}" if problem else "")
        self.problem.setVisible(bool(problem))
