"""The thresholds of a level, each with what was understood of its sentence."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.playbooks.outline import Change, rules_of, understood
from crisisdesk.playbooks.phrases import MEASURES
from crisisdesk.playbooks.save import Data, Path
from crisisdesk.texts import Texts
from ui.models.columns import DANGER_MARK
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.draft_form import QuietCombo
from ui.widgets.panel import clear
from ui.widgets.playbook_fields import at
from ui.widgets.playbook_inputs import Line
from ui.widgets.safe import SafeLabel

_WITH_SUBJECT = ("tipo", "otro")


class RulesForm(QWidget):
    """The thresholds of a level, each with what was understood of it.

    Signals:
        wanted: a :class:`Change`.
    """

    wanted = Signal(object)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._base: Path = ()
        self._rows: list[tuple[Path, str, str]] = []
        self._rules = 0
        self.lines: list[Line] = []
        self._echoes: list[SafeLabel] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._title = SafeLabel("", "muted")
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self.measure = QuietCombo("")
        self.subject = QLineEdit(maxLength=80)
        self.sentence = Line()
        self.add = Button("", self._add)
        new = QHBoxLayout()
        new.setSpacing(GAP)
        for widget in (self.measure, self.subject, self.sentence, self.add):
            new.addWidget(widget, 1 if widget is self.sentence else 0)
        self._echo = SafeLabel("", "small", wrap=True)
        column.addWidget(self._title)
        column.addLayout(self._list)
        column.addLayout(new)
        column.addWidget(self._echo)
        self.subject.setFixedWidth(130)
        self.measure.activated.connect(lambda _row: self._show_subject())
        self.sentence.textEdited.connect(lambda _text: self._echo_new())
        self.sentence.returnPressed.connect(self._add)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._texts
        self._title.setText(texts("editor.rules"))
        chosen = self.measure.currentData()
        self.measure.clear()
        for name in MEASURES:
            self.measure.addItem(texts(f"editor.measure.{name}"), name)
        self.measure.setCurrentIndex(max(self.measure.findData(chosen), 0))
        self.measure.setAccessibleName(texts("editor.rule_measure"))
        self.subject.setPlaceholderText(texts("editor.rule_subject"))
        self.subject.setAccessibleName(texts("editor.rule_subject"))
        self.sentence.setPlaceholderText(texts("editor.rule_example"))
        self.sentence.setAccessibleName(texts("editor.rule_sentence"))
        self.add.set_text(texts("editor.add"))
        self._rows = []
        self._show_subject()

    def put(self, base: Path, thing: Data | None) -> None:
        """Show the thresholds of a level."""
        found = rules_of(thing) if thing is not None else ()
        rules = at(thing, ("se_activa_si",))
        self._rules = len(rules) if isinstance(rules, list) else 0
        names = [(path, measure, subject) for path, measure, subject, _sentence in found]
        if (base, names) != (self._base, self._rows):
            self._base, self._rows = base, names
            self._build()
        for line, (_path, _measure, _subject, sentence) in zip(self.lines, found, strict=True):
            if not (line.hasFocus() and line.isModified()):
                line.setText(sentence)
                line.setModified(False)
        for number in range(len(self.lines)):
            self._say(number)

    def _build(self) -> None:
        clear(self._list)
        self.lines, self._echoes = [], []
        for number, (_path, measure, subject) in enumerate(self._rows):
            name = self._texts(f"editor.measure.{measure}") if measure in MEASURES else measure
            label = SafeLabel(f"{name} · {subject}" if subject else name, wrap=True)
            label.setFixedWidth(170)
            line, said = Line(), SafeLabel("", "small", wrap=True)
            line.setAccessibleName(f"{self._texts('editor.rule_sentence')}: {label.text()}")
            line.editingFinished.connect(lambda number=number: self._commit(number))
            line.textEdited.connect(lambda _text, number=number: self._say(number))
            gone = Button(self._texts("editor.remove"), partial(self._remove, number), kind="quiet")
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(line)
            words.addWidget(said)
            row = QHBoxLayout()
            row.setSpacing(GAP)
            row.addWidget(label)
            row.addLayout(words, 1)
            row.addWidget(gone, 0, Qt.AlignmentFlag.AlignTop)
            self._list.addLayout(row)
            self.lines.append(line)
            self._echoes.append(said)

    def _told(self, measure: str, subject: str, sentence: str) -> str:
        texts = self._texts
        said = understood("threshold", sentence, texts.lang, measure=measure, subject=subject)
        if said is None:
            return f"{DANGER_MARK} {texts('editor.not_understood_threshold')}"
        return texts("editor.understood", what=said)

    def _say(self, number: int) -> None:
        _path, measure, subject = self._rows[number]
        self._echoes[number].setText(self._told(measure, subject, self.lines[number].text()))

    def _commit(self, number: int) -> None:
        if number < len(self.lines) and self.lines[number].isModified():
            self.lines[number].setModified(False)
            path = self._rows[number][0]
            self.wanted.emit(Change("set", (*self._base, *path), self.lines[number].text().strip()))

    def _remove(self, number: int) -> None:
        """Take a threshold away: its whole rule when nothing else stands in it."""
        path = self._rows[number][0]
        here = [one for one, _measure, _subject in self._rows if one[:2] == path[:2]]
        alone = [one for one in here if one[:3] == path[:3]]
        cut = path[:2] if len(here) == 1 else path[:3] if len(alone) == 1 else path
        self.wanted.emit(Change("remove", (*self._base, *cut)))

    def _show_subject(self) -> None:
        self.subject.setVisible(self.measure.currentData() in _WITH_SUBJECT)
        self._echo_new()

    def _echo_new(self) -> None:
        typed, measure = self.sentence.text().strip(), str(self.measure.currentData() or "")
        self._echo.setText(self._told(measure, self.subject.text().strip(), typed) if typed else "")

    def _add(self) -> None:
        typed, measure = self.sentence.text().strip(), str(self.measure.currentData() or "")
        subject = self.subject.text().strip()
        if not typed or (measure in _WITH_SUBJECT and not subject):
            (self.subject if typed else self.sentence).setFocus()
            return
        rule: Data = {measure: {subject: typed}} if measure in _WITH_SUBJECT else {measure: typed}
        self.sentence.clear()
        self._echo.setText("")
        self.wanted.emit(Change("add", (*self._base, "se_activa_si"), rule))
