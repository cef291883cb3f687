"""What stands on screen while the data file is opened; or why it cannot be."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.texts import Texts
from ui.widgets.empty import EmptyState


class Loading(QWidget):
    """An empty frame with one calm sentence, painted before anything heavy is loaded."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.setProperty("ground", "window")
        self.setWindowTitle(texts("ui.app.title"))
        self.resize(1366, 768)
        self._act: Callable[[], object] = lambda: None
        self._words = EmptyState(texts("ui.app.loading"), action=(" ", self._do))
        self._words.offer(False)
        column = QVBoxLayout(self)
        column.addWidget(self._words)

    def tell(self, words: str) -> None:
        """Say why it goes no further."""
        self._words.set_text(f"▲ {words}")
        self._words.offer(False)

    def offer(self, words: str, hint: str, label: str, act: Callable[[], object]) -> None:
        """Say why it goes no further, and the one thing that can be done about it."""
        self._act = act
        self._words.set_text(f"▲ {words}", hint, label)
        self._words.offer(True)

    def _do(self) -> None:
        self._act()
