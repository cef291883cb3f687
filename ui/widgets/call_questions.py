"""The questions of a call: each answer goes straight into the truth sheet, under the item that it feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.playbook import Bilingual
from crisisdesk.plain import clamp
from crisisdesk.words import unlabelled
from ui.context import Context
from ui.theme import GAP, set_style
from ui.widgets.button import Button
from ui.widgets.draft_form import QuietCombo
from ui.widgets.panel import clear
from ui.widgets.safe import SafeLabel

# Words of a question → the items that it may feed, the likeliest first.
_FEEDS: Final[tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = (
    (("quién la da", "quién da", "who gives"), ("quien_da_hora",)),
    (("hora", "time"), ("hora_solucion", "hora")),
    (("desde", "since"), ("inicio",)),
    (("afecta", "affect"), ("quien_afecta", "alcance", "zona")),
    (("alternativa", "workaround", "mientras"), ("alternativa", "utilidad")),
    (("falla", "fail"), ("servicio",)),
)


def fed_by(question: Bilingual, labels: Mapping[str, str]) -> str:
    """The item that a question most likely feeds: one of the playbook's fields, else a name made of the question."""
    asked = f"{question.es} {question.en}".casefold()
    for words, items in _FEEDS:
        if any(word in asked for word in words):
            return next((item for item in items if item in labels), items[0])
    return question.get("es").strip(" ¿?")[:60]


class Questions(QWidget):
    """The questions with their answer boxes.

    Signals:
        answered: the item and the answer; an empty answer = they do not know.
    """

    answered = Signal(str, str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[object, ...] = ()
        self.lines: list[QLineEdit] = []
        self._keys: list[QuietCombo] = []
        self._heading = SafeLabel("", "heading")
        self._note = SafeLabel("", "muted", elide=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP)
        whole.addWidget(self._heading)
        whole.addWidget(self._note)
        whole.addLayout(self._grid)

    def show_questions(
        self, questions: Sequence[Bilingual], labels: Mapping[str, str], who: str, *, keep: bool
    ) -> None:
        """Ask; ``keep`` leaves what is being answered alone."""
        texts = self._context.texts
        key = (tuple(questions), tuple(labels.items()), self._context.lang)
        if keep and key == self._shown:
            return
        self._shown = key
        self._heading.setText(texts("escalation.card.questions"))
        self._note.setText(texts("escalation.card.questions_note", who=clamp(who, 60)))
        clear(self._grid)
        self.lines, self._keys = [], []
        for place, question in enumerate(questions):
            self._ask(place, question, labels)

    @property
    def writing(self) -> bool:
        """Whether an answer is being written that is not saved."""
        return any(line.isModified() and bool(line.text().strip()) for line in self.lines)

    def focus_first(self) -> None:
        """Put the cursor into the first box that is not answered."""
        for line in self.lines:
            if not line.isReadOnly():
                line.setFocus()
                return

    def _ask(self, place: int, question: Bilingual, labels: Mapping[str, str]) -> None:
        texts = self._context.texts
        asked = question.get(self._context.lang)
        label = SafeLabel(asked, "muted", wrap=True)
        label.setFixedWidth(150)
        line = QLineEdit(maxLength=1_000)
        line.setAccessibleName(clamp(asked, 120))
        items = QuietCombo(texts("escalation.card.as_label"))
        items.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        items.setFixedWidth(146)
        likely = fed_by(question, labels)
        for name, shown in {likely: labels.get(likely, unlabelled(likely, texts)), **labels}.items():
            items.addItem(clamp(shown, 40), name)
        unknown = Button(texts("escalation.card.unknown"), lambda: self._save(place, known=False), kind="quiet")
        unknown.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        line.returnPressed.connect(lambda: self._save(place, known=True))
        self.lines.append(line)
        self._keys.append(items)
        for column, widget in enumerate((label, line, items, unknown)):
            self._grid.addWidget(widget, place, column)

    def _save(self, place: int, *, known: bool) -> None:
        """Write an answer down and go to the next question."""
        line = self.lines[place]
        answer = line.text().strip() if known else ""
        if known and not answer:
            self._on(place)
            return
        self.answered.emit(str(self._keys[place].currentData()), answer)
        if not known:
            line.setText(self._context.texts("drafting.sheet.unknown"))
        set_style(line, state="owed" if not known else "")
        line.setAccessibleDescription(self._context.texts("escalation.card.saved"))
        line.setModified(False)
        self._on(place)

    def _on(self, place: int) -> None:
        if place + 1 < len(self.lines):
            self.lines[place + 1].setFocus()
