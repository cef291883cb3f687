"""The files that will go with a note: each with its size, taken off by pressing it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from crisisdesk.model.attachment import MOST_FILES, Upload
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from crisisdesk.words import file_size
from ui.widgets.button import Button
from ui.widgets.panel import clear
from ui.widgets.safe import SafeLabel

_SHOWN: Final = 3


class FileTray(QWidget):
    """Out of sight while it is empty."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._files: tuple[Upload, ...] = ()
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(6)
        self._show()

    @property
    def files(self) -> tuple[Upload, ...]:
        """What is in it."""
        return self._files

    def add(self, files: Sequence[Upload]) -> bool:
        """Put files in, each once; whether all of them had room."""
        held = {file.sha256 for file in self._files}
        every = self._files + tuple(file for file in files if file.sha256 not in held)
        self._files = every[:MOST_FILES]
        self._show()
        return len(every) <= MOST_FILES

    def clear(self) -> None:
        """Take all off."""
        self._files = ()
        self._show()

    def retranslate(self) -> None:
        """Say everything again."""
        self._show()

    def _take_off(self, file: Upload) -> None:
        self._files = tuple(one for one in self._files if one is not file)
        self._show()

    def _show(self) -> None:
        texts = self._texts
        clear(self._line)
        for file in self._files[:_SHOWN]:
            name = f"{clamp(file.name, 40, isolate=True)} · {file_size(len(file.content), texts)}"
            button = Button(f"{name}  ×", partial(self._take_off, file), kind="quiet")
            button.setAccessibleName(texts("timeline_page.files.take_off", file=name))
            self._line.addWidget(button)
        if len(self._files) > _SHOWN:
            more = texts("timeline_page.files.more", n=len(self._files) - _SHOWN)
            self._line.addWidget(SafeLabel(more, "small"))
            self._line.addWidget(Button(texts("timeline_page.files.clear"), self.clear, kind="quiet"))
        self._line.addStretch(1)
        self.setVisible(bool(self._files))
