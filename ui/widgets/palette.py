"""The palette (Ctrl+K): every action by a few letters of its name, with its key beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from crisisdesk.texts import Texts
from ui.actions import ACTIONS, Action, key_text
from ui.widgets.chooser import Choice, Chooser, fold


def find(typed: str, texts: Texts) -> Sequence[Action]:
    """The listed actions whose words hold every word typed, those that begin with it first."""
    words = fold(typed).split()
    found = [(fold(a.text(texts)), a) for a in ACTIONS if a.listed]
    kept = [(said, a) for said, a in found if all(word in said for word in words)]
    return [a for said, a in sorted(kept, key=lambda pair: not pair[0].startswith(words[0] if words else ""))]


class Palette(Chooser):
    """Opens over the page, chooses with the arrows, does with Return, goes with Escape.

    Signals:
        chosen: id of the action.
    """

    def __init__(self, texts: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._texts = texts

    def open(self) -> None:
        """Show every action."""
        texts = self._texts
        self.show_over(texts("ui.palette.hint"), texts("ui.action.palette_open"), texts("ui.palette.none"))

    def found(self, typed: str) -> Sequence[Choice]:
        """The actions with these letters in their names."""
        texts = self._texts
        return [Choice(a.id, a.text(texts), key=key_text(a.key, texts) if a.key else "") for a in find(typed, texts)]
