"""A question in place: one line to type, Return agrees, Escape leaves; never a dialog over the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.theme import GAP, INSET
from ui.widgets.button import Button
from ui.widgets.panel import clear
from ui.widgets.safe import SafeLabel


class Ask(QWidget):
    """Asks one thing in a card of its own, ``margin`` pixels inside; hidden until :meth:`ask`."""

    def __init__(self, margin: int = 0) -> None:
        super().__init__()
        card = QFrame()
        card.setProperty("panel", "warning")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(margin, margin, margin, margin)
        whole.addWidget(card)
        self._then: Callable[[str], object] = lambda _text: None
        self._needed = False
        self._question = SafeLabel("", "strong", wrap=True)
        self._line = QLineEdit(maxLength=500)
        self._yes = Button("", self._agree, kind="primary")
        self._no = Button("", self.leave, kind="quiet")
        self._line.returnPressed.connect(self._agree)
        self._line.textChanged.connect(self._weigh)
        column = QVBoxLayout(card)
        column.setContentsMargins(INSET, 10, INSET, 10)
        column.setSpacing(GAP)
        column.addWidget(self._question)
        self._chips = QHBoxLayout()
        self._chips.setSpacing(6)
        self._group = QButtonGroup(self)
        column.addLayout(self._chips)
        column.addWidget(self._line)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self._yes)
        buttons.addWidget(self._no)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self.hide()

    def ask(
        self,
        question: str,
        yes: str,
        no: str,
        then: Callable[[str], object],
        *,
        hint: str = "",
        needed: bool = False,
        options: Sequence[tuple[int, str]] = (),
        chosen: int = -1,
    ) -> None:
        """Ask; ``then`` gets what was typed. ``needed`` = an empty answer does not count. ``options`` = chips above."""
        self._offer(options, chosen)
        self._then, self._needed = then, needed
        self._question.setText(question)
        self._line.clear()
        self._line.setPlaceholderText(hint)
        self._line.setAccessibleName(question)
        self._yes.set_text(yes)
        self._no.set_text(no)
        self._weigh()
        self.show()
        self._line.setFocus()

    def choice(self) -> int:
        """The chosen option's number; -1 without options."""
        return self._group.checkedId()

    def leave(self) -> None:
        """Put the question away."""
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _offer(self, options: Sequence[tuple[int, str]], chosen: int) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
        clear(self._chips)
        for number, text in options:
            chip = Button(text, kind="chip")
            self._group.addButton(chip, number)
            self._chips.addWidget(chip)
            chip.setChecked(number == chosen)
        self._chips.addStretch(1)

    def _weigh(self) -> None:
        self._yes.setEnabled(bool(self._line.text().strip()) or not self._needed)

    def _agree(self) -> None:
        if self._yes.isEnabled():
            self.hide()
            self._then(self._line.text().strip())
