"""What can be done with the chosen thing of the community: two lines for words, and a button for each step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.playbook import Bilingual
from crisisdesk.texts import Texts
from ui.theme import GAP
from ui.widgets.button import Button

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "rumours": ("false", "true", "unclear", "reopen", "correct", "mentions"),
    "ideas": ("studying", "accepted", "rejected", "done", "join", "tell"),
    "thanks": ("undo", "statement"),
    "experts": ("ask", "remove"),
    "questions": ("answer",),
    "vips": ("said",),
    "levels": (),
}
"""Section → its steps, the most pressing first."""
_LINE: Final = 2


class CommunitySteps(QWidget):
    """The foot of the chosen thing.

    Signals:
        wanted: the name of a step.
    """

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.words, self.words_en = QLineEdit(maxLength=2_000), QLineEdit(maxLength=2_000)
        names = [step for row in STEPS.values() for step in row]
        self.buttons = {step: Button("", partial(self.wanted.emit, step)) for step in names}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.words)
        column.addWidget(self.words_en)
        for row in STEPS.values():
            for at in range(0, len(row), _LINE):
                line = QHBoxLayout()
                line.setSpacing(GAP)
                for step in row[at : at + _LINE]:
                    line.addWidget(self.buttons[step])
                line.addStretch(1)
                column.addLayout(line)

    def say(self, section: str, texts: Texts) -> None:
        """Show what a section can do, in the language on screen."""
        for key, edit in (("words", self.words), ("words_en", self.words_en)):
            name = f"community.{key}.{section}"
            edit.setVisible(texts.has(name))
            if texts.has(name):
                edit.setPlaceholderText(texts(name))
                edit.setAccessibleName(texts(name))
        for step, button in self.buttons.items():
            button.set_text(texts(f"community.step.{step}"))
            button.setVisible(step in STEPS[section])

    def allow(self, steps: Collection[str] | None) -> None:
        """Only these steps can be done with the chosen thing; ``None`` = all."""
        for step, button in self.buttons.items():
            button.setEnabled(steps is None or step in steps)

    def said(self) -> Bilingual:
        """What stands in the two lines."""
        return Bilingual(self.words.text(), self.words_en.text())

    def clear(self) -> None:
        """It was done."""
        self.words.clear()
        self.words_en.clear()
