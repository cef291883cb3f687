"""One field of the playbook's form: it shows a value of the text and says which change of the text a person wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from crisisdesk.plain import clamp
from crisisdesk.playbooks.outline import Change, understood
from crisisdesk.playbooks.save import Data, Path
from crisisdesk.texts import Texts
from ui.theme import GAP
from ui.widgets.draft_form import QuietCombo
from ui.widgets.field import Field
from ui.widgets.playbook_fields import SENTENCES, Spec, at

_LANGS = ("es", "en")
_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class Choices:
    """What fields choose from: ids with their names, and how the file writes «yes»."""

    roles: tuple[tuple[str, str], ...] = ()
    templates: tuple[tuple[str, str], ...] = ()
    phases: tuple[tuple[str, str], ...] = ()
    yes: str = "sí"

    def of(self, spec: Spec) -> Sequence[tuple[str, str]]:
        """The id and name of each choice of a field."""
        if spec.kind == "yes_no":
            return ((self.yes, self.yes), ("no", "no"))
        if spec.kind == "choice":
            return tuple((word, word) for word in spec.options)
        return {"role": self.roles, "template": self.templates, "phase": self.phases}.get(spec.kind, ())


class Line(QLineEdit):
    """A line whose undo reaches the text once nothing of it is being typed."""

    def __init__(self) -> None:
        super().__init__(maxLength=4000)

    def event(self, event: QEvent) -> bool:
        """Let undo and redo through while this line holds nothing new."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not self.isModified():
            undo = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            if undo:
                event.ignore()
                return False
        return super().event(event)


class PlaybookInput(QWidget):
    """A field of one kind.

    Signals:
        wanted: a :class:`Change` of the text.
    """

    wanted = Signal(object)

    def __init__(self, spec: Spec, texts: Texts) -> None:
        super().__init__()
        self.spec = spec
        self._texts = texts
        self._base: Path = ()
        self._value: Data | None = None
        self._shown: dict[str, str] = {}
        self.edits: dict[str, QLineEdit | QPlainTextEdit | QuietCombo] = {}
        self.fields: dict[str, Field] = {}
        pair = spec.kind in ("pair", "pair_long")
        row = QHBoxLayout() if pair else QVBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for part in _LANGS if pair else ("",):
            edit = self._editor()
            field = self.fields[part] = Field("", edit)
            self.edits[part] = edit
            row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
            self._listen(part, edit)
        self.setLayout(row)
        self.retranslate()

    def _editor(self) -> QLineEdit | QPlainTextEdit | QuietCombo:
        kind = self.spec.kind
        if kind in ("role", "template", "phase", "yes_no", "choice"):
            return QuietCombo("")
        if kind in ("pair_long", "words", "long"):
            edit = QPlainTextEdit()
            edit.setTabChangesFocus(True)
            edit.setFixedHeight(edit.fontMetrics().lineSpacing() * (7 if kind == "pair_long" else 4) + 18)
            return edit
        return Line()

    def _listen(self, part: str, edit: QLineEdit | QPlainTextEdit | QuietCombo) -> None:
        if isinstance(edit, QLineEdit):
            edit.editingFinished.connect(lambda: self._commit(part))
            if self.spec.kind in SENTENCES:
                edit.textEdited.connect(self._echo)
        elif isinstance(edit, QPlainTextEdit):
            edit.installEventFilter(self)
        else:
            edit.activated.connect(lambda _row: self._commit(part))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A long text is taken over when it is left."""
        if event.type() == QEvent.Type.FocusOut:
            for part, edit in self.edits.items():
                if edit is watched:
                    self._commit(part)
        return super().eventFilter(watched, event)

    def retranslate(self) -> None:
        """Say the labels again."""
        name = self.spec.name or "text"
        label = self._texts(f"editor.field.{name}")
        for part, field in self.fields.items():
            field.set_label(f"{label} · {part}" if part else label)

    # From the text

    def put(self, base: Path, thing: Data | None, choices: Choices, problem: str = "") -> None:
        """Show the value of ``thing``; an editor in which something new stands is not disturbed."""
        same = base == self._base
        self._base, self._value = base, at(thing, self.spec.path)
        shown = self._texts_of(self._value)
        by_hand = shown is None
        for part, edit in self.edits.items():
            edit.setEnabled(not by_hand)
            self._offer(edit, choices)
            typed = self._typed(part)
            if same and edit.hasFocus() and typed != self._shown.get(part, ""):
                continue
            text = "" if shown is None else shown.get(part, "")
            if typed != text:
                self._set(edit, text)
            self._shown[part] = text
        for field in self.fields.values():
            field.set_problem(problem or (self._texts("editor.by_hand") if by_hand else ""))
        if not problem and not by_hand:
            self._echo()

    def _offer(self, edit: QWidget, choices: Choices) -> None:
        if not isinstance(edit, QuietCombo):
            return
        offered = [("", "—"), *choices.of(self.spec)]
        value = self._value if isinstance(self._value, str) else ""
        if value and all(value != word for word, _name in offered):
            offered.append((value, value))
        if [(edit.itemData(n), edit.itemText(n)) for n in range(edit.count())] != offered:
            edit.clear()
            for word, name in offered:
                edit.addItem(clamp(name, 60), word)

    def _texts_of(self, value: Data | None) -> dict[str, str] | None:
        """What each editor shows; ``None`` when the value is of a shape that only the text can hold."""
        kind = self.spec.kind
        if kind in ("pair", "pair_long"):
            if value is None or isinstance(value, str):
                return {"es": value or ""}
            shown = {lang: value.get(lang, "") for lang in _LANGS} if isinstance(value, dict) else {"": []}
            return {k: v for k, v in shown.items() if isinstance(v, str)} if self._all_text(shown) else None
        if kind in ("words", "roles", "channels"):
            if value is None or isinstance(value, str):
                return {"": value or ""}
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                return None
            return {"": (_BREAK if kind == "words" else ", ").join(str(item) for item in value)}
        return {"": value or ""} if value is None or isinstance(value, str) else None

    @staticmethod
    def _all_text(shown: dict[str, Data]) -> bool:
        return all(isinstance(value, str) for value in shown.values())

    def _typed(self, part: str) -> str:
        edit = self.edits[part]
        if isinstance(edit, QPlainTextEdit):
            return edit.toPlainText()
        return str(edit.currentData() or "") if isinstance(edit, QuietCombo) else edit.text()

    @staticmethod
    def _set(edit: QWidget, text: str) -> None:
        if isinstance(edit, QPlainTextEdit):
            edit.setPlainText(text)
        elif isinstance(edit, QuietCombo):
            edit.setCurrentIndex(max(edit.findData(text), 0))
        elif isinstance(edit, QLineEdit):
            edit.setText(text)
            edit.setCursorPosition(0)

    def _echo(self, _typed: str = "") -> None:
        if self.spec.kind not in SENTENCES:
            return
        sentence = self._typed("").strip()
        said = understood(self.spec.kind, sentence, self._texts.lang) if sentence else ""
        field = self.fields[""]
        if said is None:
            field.set_problem(self._texts(f"editor.not_understood_{self.spec.kind}"))
        else:
            field.set_problem("")
            label = self._texts(f"editor.field.{self.spec.name}")
            field.set_label(label, self._texts("editor.understood", what=said) if said else "")

    # Into the text

    def _commit(self, part: str) -> None:
        typed = self._typed(part).strip()
        if typed == self._shown.get(part, "").strip():
            return
        self._shown[part] = typed
        edit = self.edits[part]
        if isinstance(edit, QLineEdit):
            edit.setModified(False)
        self.wanted.emit(self._change(part, typed))

    def _change(self, part: str, typed: str) -> Change:
        path = (*self._base, *self.spec.path)
        if part:
            if isinstance(self._value, str) and self.spec.path:
                pair: Data = {"es": typed if part == "es" else self._value, "en": typed if part == "en" else ""}
                return Change("set", path, pair)
            return Change("set", (*path, part), typed)
        if not typed:
            return Change("remove", path)
        if self.spec.kind in ("words", "roles", "channels"):
            cut = typed.split(_BREAK) if self.spec.kind == "words" else typed.split(",")
            return Change("set", path, [word.strip() for word in cut if word.strip()])
        return Change("set", path, typed)
