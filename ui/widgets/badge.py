"""A badge: a state in words with its mark, so that it is never told by colour alone."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QSizePolicy, QWidget

from crisisdesk.plain import clamp
from ui.theme import set_style
from ui.widgets.safe import SafeLabel

MARKS: Final = {"danger": "▲", "promise": "◆", "good": "●", "done": "✓", "plain": "", "drill": ""}


def level_kind(level: int) -> str:
    """The kind of badge of a severity level: 0 plain, 1 good, 2 warning, 3 and above danger."""
    return ("plain", "good", "promise")[level] if 0 <= level < 3 else "danger"


class Badge(SafeLabel):
    """A state with its mark: ``danger`` ▲, ``promise`` ◆, ``good`` ●, ``done`` ✓, ``plain``, ``drill``."""

    def __init__(self, text: str = "", kind: str = "plain", parent: QWidget | None = None) -> None:
        super().__init__(limit=64, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_badge(text, kind)

    def set_badge(self, text: str, kind: str = "plain") -> None:
        """Show another state."""
        shown = clamp(text, 60)
        mark = MARKS.get(kind, "")
        self.setText(f"{mark} {shown}" if mark else shown)
        self.setAccessibleName(shown)
        set_style(self, badge="good" if kind == "done" else kind)

    def set_level(self, level: int, text: str) -> None:
        """Show a severity level with its words, such as «Nivel 3 · Crisis»."""
        self.set_badge(text, level_kind(level))
