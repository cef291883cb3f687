"""A key cap: the key that does it, beside every action."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.theme import GAP
from ui.widgets.safe import SafeLabel


class KeyCap(SafeLabel):
    """Shows one key; nothing when there is none."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(limit=24, parent=parent)
        self.setProperty("keycap", "true")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_key(text)

    def set_key(self, text: str) -> None:
        """Show another key."""
        self.setText(text)
        if not text:
            self.hide()
        elif self.parentWidget() is not None:  # without one it would be a window of its own for a moment
            self.show()


def with_key(button: QWidget, key: str) -> QWidget:
    """A button and its key, which stay side by side wherever they are laid."""
    both = QWidget()
    line = QHBoxLayout(both)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(GAP)
    line.addWidget(button)
    line.addWidget(KeyCap(key, both))
    return both
