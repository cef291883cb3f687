"""The playbook's editor: the text on the left, the form on the right, one truth: the text.

What is typed in the form becomes a change of the text (the least one), so that one undo takes back form and text
alike. The text is looked at in the background a moment after the last key; what is wrong stands beside its line.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Playbook
from crisisdesk.playbooks.check import as_json
from crisisdesk.playbooks.outline import Change, Understood
from crisisdesk.playbooks.save import Data, line_of
from crisisdesk.playbooks.save import Path as Place
from ui.context import Context
from ui.models.columns import Look, SheetRow
from ui.theme import GAP
from ui.widgets.badge import Badge
from ui.widgets.button import Button
from ui.widgets.choose import choose_save
from ui.widgets.findings import Findings
from ui.widgets.panel import Panel
from ui.widgets.playbook_diff import PlaybookDiff
from ui.widgets.playbook_fields import GENERAL, SECTIONS, at, words_of
from ui.widgets.playbook_form import ListForm, ThingForm
from ui.widgets.playbook_inputs import Choices
from ui.widgets.safe import SafeLabel
from ui.widgets.yaml_edit import YamlEdit

_PAUSE_MS = 350
_KEEP_MS = 1_500
_TABS = ("general", *(section.name for section in SECTIONS), "findings", "diff")


def choices_of(data: dict[str, Data], lang: str) -> Choices:
    """What the form's fields choose from, as the text has it now."""

    def named(path: str, title: str) -> tuple[tuple[str, str], ...]:
        found = data.get(path)
        rows = found.items() if isinstance(found, dict) else ()
        return tuple((key, f"{words_of(at(value, (title,)), lang) or key} ({key})") for key, value in rows)

    phases = data.get("fases")
    ids = [
        (key, words_of(at(one, ("nombre",)), lang) or key)
        for one in (phases if isinstance(phases, list) else ())
        if isinstance(key := at(one, ("fase",)), str)
    ]
    return Choices(named("personas", "nombre"), named("plantillas", "para"), tuple(ids), _yes_word(data))


def _yes_word(data: dict[str, Data]) -> str:
    """How this file writes «yes»."""
    types = data.get("menciones")
    for one in types if isinstance(types, list) else ():
        word = at(one, ("contesta",))
        if isinstance(word, str) and word.lower() in ("si", "sí", "yes"):
            return word
    return "sí"


class PlaybookEditor(QWidget):
    """Text and form side by side.

    Signals:
        changed: another version is in use, or an incident was taken to it.
        wide: whether it wants the whole width.
    """

    changed = Signal()
    wide = Signal(bool)

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context = context
        self._look = look
        self._seen: Understood | None = None
        self._incidents: tuple[Incident, ...] = ()
        self._reading = self._loaded = False
        self._lang = ""
        self._changes: deque[Change] = deque()
        self.text = YamlEdit(context.theme)
        self._badge = Badge()
        self._said = SafeLabel("", "muted", elide=True)
        self.whole = Button("", kind="chip")
        self.undo = Button("", self.text.undo, kind="quiet", key="Ctrl+Z")
        self.redo = Button("", self.text.redo, kind="quiet", key="Ctrl+Shift+Z")
        self.discard = Button("", self._discard, kind="quiet")
        self.export = Button("", self._ask_where, kind="quiet")
        self.save = Button("", self.save_now, kind="primary", key="Ctrl+S")
        self.general = ThingForm(GENERAL, context.texts)
        self.lists = {section.name: ListForm(section, context, look) for section in SECTIONS}
        self.findings = Findings(look, context.theme, narrow=True)
        self.diff = PlaybookDiff(context, look)
        self.tabs = {name: Button("", partial(self.show_tab, name), kind="chip") for name in _TABS}
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(4)
        bar.addWidget(self.whole)
        bar.addWidget(self._badge)
        bar.addWidget(self._said, 1)
        for button in (self.undo, self.redo, self.discard, self.export, self.save):
            bar.addWidget(button)
        self._panel = Panel(" ", flush=True)
        self._panel.body.addWidget(self.text)
        group = QButtonGroup(self)
        tabs = [QHBoxLayout(), QHBoxLayout()]
        for number, (_name, button) in enumerate(self.tabs.items()):
            group.addButton(button)
            tabs[number * 2 // len(self.tabs)].addWidget(button)
        self._stack = QStackedWidget()
        self._views: dict[str, QScrollArea] = {}
        parts = {"general": self.general, **self.lists, "findings": self.findings, "diff": self.diff}
        for name, part in parts.items():
            inside = QWidget()
            inside.setProperty("ground", "clear")
            column = QVBoxLayout(inside)
            column.setContentsMargins(2, 2, 8, 2)
            column.addWidget(part)
            column.addStretch(1)
            scroll = self._views[name] = QScrollArea()
            scroll.setWidgetResizable(True)
            scroll.setWidget(inside)
            self._stack.addWidget(scroll)
        form = Panel()
        form.body.setContentsMargins(12, 10, 4, 10)
        for row in tabs:
            row.setSpacing(4)
            row.addStretch(1)
            form.body.addLayout(row)
        form.body.addWidget(self._stack, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self._panel)
        split.addWidget(form)
        split.setChildrenCollapsible(False)
        split.setSizes([620, 620])
        split.setHandleWidth(10)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP)
        whole.addLayout(bar)
        whole.addWidget(split, 1)
        self.show_tab("levels")

    def _connect(self) -> None:
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.look_now)
        self._keep = QTimer(self, singleShot=True, interval=_KEEP_MS)
        self._keep.timeout.connect(self._keep_now)
        self.text.textChanged.connect(self._typed)
        self.text.undoAvailable.connect(self.undo.setEnabled)
        self.text.redoAvailable.connect(self.redo.setEnabled)
        self.undo.setEnabled(False)
        self.redo.setEnabled(False)
        self.whole.toggled.connect(self.wide)
        self.findings.opened.connect(self._go_to_finding)
        self.diff.line.connect(self.text.go_to)
        self.diff.upgraded.connect(self.changed)
        for part in self._forms():
            part.wanted.connect(self.change)
        for form in self.lists.values():
            form.chosen.connect(self._show_place)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for key, act in (("Ctrl+Z", self.text.undo), ("Ctrl+Shift+Z", self.text.redo), ("Ctrl+S", self.save_now)):
            QShortcut(QKeySequence(key), self, act, context=inside)

    def _forms(self) -> tuple[ThingForm | ListForm, ...]:
        return (self.general, *self.lists.values())

    # What is shown

    def put(self, writing: str, incidents: tuple[Incident, ...], look: Look) -> None:
        """Show the text that is being written; one that is being typed here stays."""
        self._look, self._incidents = look, incidents
        if look.texts.lang != self._lang:  # saying it again would build the rules anew under the person's fingers
            self._lang = look.texts.lang
            self.retranslate()
        if not self._loaded:
            self._loaded = True
            self.text.setPlainText(writing)
            self.text.document().setModified(False)
            self._keep.stop()
            self.look_now()
        elif self._seen is not None:
            self._show(self._seen)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._look.texts
        self._panel.set_title(texts("editor.text"), texts("editor.text_note"))
        self.text.setAccessibleName(texts("editor.text"))
        for name, button in (("wide", self.whole), ("undo", self.undo), ("redo", self.redo),
                             ("discard", self.discard), ("export", self.export), ("save", self.save)):  # fmt: skip
            button.set_text(texts(f"editor.{name}"))
        for name, button in self.tabs.items():
            button.set_text(texts(f"editor.section.{name}"))
        for part in self._forms():
            part.retranslate()

    def show_tab(self, name: str) -> None:
        """Show one part of the form."""
        self.tabs[name].setChecked(True)
        self._stack.setCurrentWidget(self._views[name])

    @property
    def idle(self) -> bool:
        """Whether nothing is still to be looked at or changed."""
        return not (self._pause.isActive() or self._reading or self._changes)

    # The text is looked at

    def _typed(self) -> None:
        if self._loaded:
            self._pause.start()
            self._keep.start()

    def look_now(self) -> None:
        """Look at the text as it is now, in the background; one look at a time."""
        self._pause.stop()
        if self._reading:
            self._pause.start()
            return
        self._reading = True
        desk, text = self._context.desk, self.text.toPlainText()
        self._context.bridge.read(lambda: desk.playbooks.understand(text), self._understood, self._look_failed)

    def _look_failed(self, error: CrisisDeskError) -> None:
        self._reading = False
        self._said.setText(f"▲ {self._look.texts.error(error)}")

    def _understood(self, seen: Understood) -> None:
        self._reading = False
        self._seen = seen
        self._show(seen)

    def _show(self, seen: Understood) -> None:
        texts = self._look.texts
        errors = sum(one.severity is Severity.ERROR for one in seen.findings)
        warnings = len(seen.findings) - errors
        kind = "danger" if errors else "promise" if warnings else "done"
        self._badge.set_badge(texts("preparation.verdict_counts", errors=errors, warnings=warnings), kind)
        written = seen.text != self._context.desk.playbook.source
        self._said.setText(texts("editor.unsaved" if written else "editor.in_use"))
        self.discard.setEnabled(written)
        self.save.setEnabled(written and seen.playbook is not None)
        self.text.set_findings(seen.findings, texts)
        self.findings.put_findings(seen.findings, self._look)
        self.findings.setVisible(bool(seen.findings))
        self.tabs["findings"].set_text(f"{texts('editor.section.findings')} ({len(seen.findings)})")
        self.diff.put(seen.text, self._incidents, self._look)
        if seen.data is None:
            return  # the form keeps what it last understood; the text says where it broke
        choices, problems = choices_of(seen.data, texts.lang), self._problems(seen)
        self.general.put((), seen.data, choices, problems)
        for form in self.lists.values():
            form.put((), seen.data, choices, problems, self._look)

    def _problems(self, seen: Understood) -> dict[str, str]:
        """What is wrong at which place, the errors only: warnings stand beside the text."""
        wrong = [one for one in seen.findings if one.severity is Severity.ERROR]
        return {one.where: str(as_json(one, self._look.texts)["message"]) for one in reversed(wrong)}

    def _go_to_finding(self, row: SheetRow) -> None:
        self.text.go_to(int(row[1][0].text))

    def _show_place(self, path: Place) -> None:
        """Show in the text where the thing chosen in the form stands."""
        text = self.text.toPlainText()
        self._context.bridge.read(lambda: line_of(text, path), self.text.show_line)

    def finding_lines(self) -> tuple[Finding, ...]:
        """What was last found."""
        return self._seen.findings if self._seen else ()

    # The form changes the text

    def change(self, change: Change) -> None:
        """Make one change of the text, after those that were asked for before it."""
        self._changes.append(change)
        if len(self._changes) == 1:
            self._change_next()

    def _change_next(self) -> None:
        if not self._changes:
            return
        desk, text, change = self._context.desk, self.text.toPlainText(), self._changes[0]
        self._context.bridge.read(
            lambda: desk.playbooks.change(text, change), partial(self._change_made, text), self._change_failed
        )

    def _change_made(self, before: str, after: str) -> None:
        if self.text.toPlainText() != before:
            self._change_next()  # something was typed meanwhile: the same change on the text as it is now
            return
        self._changes.popleft()
        self.text.replace_text(after)
        if self._changes:
            self._change_next()
        else:
            self.look_now()

    def _change_failed(self, error: CrisisDeskError) -> None:
        self._changes.clear()
        if self._seen is not None:
            self._show(self._seen)
        self._said.setText(f"▲ {self._look.texts.error(error)}")

    # Keeping it

    def _keep_now(self) -> None:
        desk, text = self._context.desk, self.text.toPlainText()
        self._context.bridge.call(lambda: desk.playbooks.keep_writing(text))

    def save_now(self) -> None:
        """Put the text in use as the next version; with an error in it the one in use stays."""
        if not self.save.isEnabled():
            return
        self._keep.stop()
        self.save.setEnabled(False)
        desk, text = self._context.desk, self.text.toPlainText()
        self._context.bridge.call(lambda: desk.playbooks.save(text), partial(self._saved, text), self._not_saved)

    def _saved(self, text: str, playbook: Playbook) -> None:
        if self.text.toPlainText() == text:
            self.text.replace_text(playbook.source)
            self._keep.stop()
        self._context.say(self._look.texts("preparation.used", id=playbook.id, version=playbook.version))
        self.look_now()
        self.changed.emit()

    def _not_saved(self, error: CrisisDeskError) -> None:
        self._said.setText(f"▲ {self._look.texts.error(error)}")
        self.look_now()

    def _discard(self) -> None:
        """Go back to the playbook in use; undo brings the text back."""
        self.text.replace_text(self._context.desk.playbook.source)

    def _ask_where(self) -> None:
        name = f"{self._context.desk.playbook.id}.yaml"
        choose_save(self, self.export_to, name, self._look.texts("preparation.file_filter"))

    def export_to(self, file: str) -> None:
        """Write the text to a file of the person's, as it is."""
        desk, text, texts = self._context.desk, self.text.toPlainText(), self._look.texts
        done = partial(self._context.say, texts("editor.exported", path=Path(file).name))
        self._context.bridge.call(
            lambda: desk.playbooks.export(text, Path(file)), lambda _done: done(), self._not_saved
        )
