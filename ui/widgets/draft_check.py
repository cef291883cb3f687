"""«Antes de publicar»: the checklist, and who agrees with the text as it is now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.draft import Draft
from crisisdesk.model.finding import Severity
from crisisdesk.model.playbook import Playbook, Template
from crisisdesk.plain import clamp
from crisisdesk.words import when
from ui.context import Context
from ui.widgets.button import Button
from ui.widgets.draft_words import CheckLine
from ui.widgets.panel import clear
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel

_MARK = {None: ("✓", "good"), Severity.WARNING: ("◆", "promise"), Severity.ERROR: ("▲", "danger")}
_SENTENCES = 6  # per line; the summary's count tells of the rest


class _Sentence(SafeLabel):
    """A problem in words; pressing it leads to its field."""

    pressed = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text, "small", wrap=True)
        self.setContentsMargins(18, 0, 0, 2)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Lead to the field."""
        super().mousePressEvent(event)
        self.pressed.emit()


class CheckList(QWidget):
    """The lines of the checklist.

    Signals:
        wanted: the field whose problem was pressed.
    """

    wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._lines: tuple[str, tuple[CheckLine, ...]] | None = None

    def show_lines(self, lines: tuple[CheckLine, ...]) -> None:
        """Show the checklist as it is now."""
        if (self._context.lang, lines) == self._lines:
            return
        self._lines = (self._context.lang, lines)
        clear(self._column)
        for line in lines:
            self._column.addWidget(self._line(line))
            told = [d for d in line.details if d[1].key != "not_approved"]  # its button says that
            for words, problem in told[:_SENTENCES]:
                sentence = _Sentence(words)
                sentence.pressed.connect(lambda name=problem.field: self.wanted.emit(name))
                self._column.addWidget(sentence)

    def words(self) -> tuple[str, ...]:
        """All that it says, line by line."""
        found: list[str] = []
        for place in range(self._column.count()):
            item = self._column.itemAt(place)
            label = item.widget() if item is not None else None
            found += [label.text()] if isinstance(label, RunsLabel | SafeLabel) else []
        return tuple(found)

    def _line(self, line: CheckLine) -> RunsLabel:
        mark, tone = _MARK[line.severity]
        label = self._context.texts(f"drafts.check.{line.group}")
        runs = (Run(f"{mark} ", tone, bold=True), Run(f"{label}: ", "muted"), Run(line.summary))
        return RunsLabel(self._context.theme, runs)


class Approvals(QWidget):
    """Who must agree, who did and when; one line records it.

    Signals:
        given: the role that agrees, and who speaks for it.
    """

    given = Signal(str, str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._shown: tuple[object, ...] = ()
        self.buttons: dict[str, Button] = {}
        self.who = QLineEdit(maxLength=120)
        self._record = Button(on_press=self._give)
        self._role = ""
        self._entry = QWidget()
        line = QHBoxLayout(self._entry)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.who, 1)
        line.addWidget(self._record)
        whole = QVBoxLayout()
        whole.addWidget(self._entry)
        self._column.addLayout(whole)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self._column.addLayout(self._rows)
        self._entry.hide()
        self.who.returnPressed.connect(self._give)

    def show_draft(
        self, draft: Draft, template: Template, playbook: Playbook, people: Sequence[str], *, zone: str, locked: bool
    ) -> None:
        """Show the approvals of a draft; ``people`` are names to choose from."""
        texts = self._context.texts
        approvals = tuple(draft.approvals.items())
        key = (draft.id, template.id, approvals, tuple(people), zone, locked, self._context.lang)
        if key == self._shown:
            return
        self._shown = key
        self._entry.hide()
        self._record.set_text(texts("drafting.check.record"))
        names = QCompleter([clamp(name, 80) for name in people], self.who)
        names.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        names.setFilterMode(Qt.MatchFlag.MatchContains)
        self.who.setCompleter(names)
        clear(self._rows)
        self.buttons = {}
        for role_id in () if template.pre_cleared else template.approves:
            role = playbook.role(role_id)
            name = (role.name.get(texts.lang) or role_id) if role is not None else role_id
            self._rows.addWidget(self._row(role_id, name, draft, zone, locked))
        self.setVisible(self._rows.count() > 0)

    def _row(self, role_id: str, name: str, draft: Draft, zone: str, locked: bool) -> QWidget:
        texts = self._context.texts
        given = draft.approvals.get(role_id)
        if given is not None:
            said = texts("drafting.check.approved", who=given[0], time=when(given[1], zone, texts))
            return RunsLabel(self._context.theme, (Run("✓ ", "good", bold=True), Run(f"{name}: ", "muted"), Run(said)))
        button = Button(texts("drafting.check.approves"), lambda: self.ask(role_id, name))
        button.setAccessibleName(texts("drafting.check.approve", role=name))
        button.setEnabled(not locked)
        self.buttons[role_id] = button
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(SafeLabel(name, "muted", wrap=True), 1)
        line.addWidget(button)
        return row

    def ask(self, role_id: str, name: str = "") -> None:
        """Ask in place who speaks for a role."""
        self._role = role_id
        asked = self._context.texts("drafting.check.who", role=name or role_id)
        self.who.setPlaceholderText(clamp(asked, 60))
        self.who.setAccessibleName(clamp(asked, 60))
        self._entry.show()
        self.who.clear()
        self.who.setFocus()

    def _give(self) -> None:
        who = self.who.text().strip()
        if who and self._role:
            self._entry.hide()
            self.given.emit(self._role, who)
