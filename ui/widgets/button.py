"""Buttons: one primary in sight, the others plain or quiet, each with its key in its tooltip."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from ui.theme import set_style
from ui.widgets.safe import clean_button_text, safe_tooltip


class Button(QPushButton):
    """A button of one kind: ``primary``, ``plain``, ``quiet``, ``danger`` or ``chip`` (a small toggle).

    The words are shown as they are (``&`` included); ``key`` is told in the tooltip and to screen readers.
    """

    def __init__(
        self,
        text: str = "",
        on_press: Callable[[], object] | None = None,
        *,
        kind: str = "plain",
        key: str = "",
        deliberate: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", kind)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setCheckable(kind == "chip")
        self._key, self._deliberate = key, deliberate
        self.set_text(text)
        if on_press is not None:
            self.clicked.connect(lambda _checked=False: on_press())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button that has the keyboard, as the space bar does; held down it presses once.

        What cannot be taken back (``deliberate``) wants the space bar: nothing goes out to the public on Return.
        """
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            if not event.isAutoRepeat() and not self._deliberate:
                self.click()
            return
        super().keyPressEvent(event)

    def set_text(self, text: str) -> None:
        """Say something else."""
        super().setText(clean_button_text(text))
        self.setAccessibleName(text)
        if self._key:
            safe_tooltip(self, f"{text} · {self._key}")

    def set_key(self, key: str) -> None:
        """Tell another key in the tooltip."""
        self._key = key
        safe_tooltip(self, f"{self.accessibleName()} · {key}" if key else "")

    def set_kind(self, kind: str) -> None:
        """Look like another kind."""
        set_style(self, kind=kind)
