"""The notice bar: one line that says what went wrong or what was done, in place, until it is closed or outlived."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from crisisdesk.texts import Texts
from ui.theme import set_style
from ui.widgets.button import Button
from ui.widgets.safe import SafeLabel

LINGER_MS = 8_000


class Notice(QFrame):
    """Hidden while there is nothing to say. News goes by itself; an error waits to be read."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.setObjectName("notice")
        self._words = SafeLabel("", "strong", wrap=True)
        self._close = Button("✕", self.hide, kind="quiet")
        self._linger = QTimer(self, singleShot=True, interval=LINGER_MS)
        self._linger.timeout.connect(self.hide)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 4, 8, 4)
        line.addWidget(self._words, 1)
        line.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def say(self, words: str) -> None:
        """Tell news; it goes by itself."""
        self._put(words, "strong")
        self._linger.start()

    def complain(self, words: str) -> None:
        """Tell an error; it stays until it is closed or another notice comes."""
        self._put(f"▲ {words}", "danger")
        self._linger.stop()

    def _put(self, words: str, rank: str) -> None:
        self._close.setAccessibleName(self._texts("ui.notice_close"))
        self._words.setText(words)
        set_style(self._words, rank=rank)
        set_style(self, state="danger" if rank == "danger" else "")
        self.setAccessibleName(words)
        self.show()
