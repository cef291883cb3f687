"""What stands where there is nothing yet: what it means, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.safe import SafeLabel


class EmptyState(QWidget):
    """A calm sentence, a hint, and at most one action."""

    def __init__(self, text: str = "", hint: str = "", action: tuple[str, Callable[[], object]] | None = None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(GAP)
        self._text = SafeLabel(text, "strong", wrap=True)
        self._hint = SafeLabel(hint, "muted", wrap=True)
        self._button = Button(*(action or ("",)))
        column.addStretch(1)
        for label in (self._text, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self._hint.setVisible(bool(hint))
        self._button.setVisible(action is not None)

    def set_text(self, text: str, hint: str = "", action: str = "") -> None:
        """Say something else; ``action`` renames the button."""
        self._text.setText(text)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        if action:
            self._button.set_text(action)

    def offer(self, offered: bool) -> None:
        """Show or hide the action; shown, it has the keyboard."""
        self._button.setVisible(offered)
        if offered:
            self._button.setFocus()
