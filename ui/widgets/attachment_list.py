"""The files of one entry: plain names, sizes and hashes; a copy of each can be saved, and nothing opens by itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.model.attachment import Attachment
from crisisdesk.words import file_size, when
from ui.models.columns import Look, outside
from ui.widgets.button import Button
from ui.widgets.panel import clear, rule
from ui.widgets.safe import SafeLabel, safe_tooltip


class AttachmentList(QWidget):
    """Out of sight where an entry has no files.

    Signals:
        save_wanted: an :class:`Attachment` of which a copy is wanted.
        away_wanted: one that is to be taken out or deleted by law.
    """

    save_wanted = Signal(object)
    away_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def show_files(self, files: Sequence[Attachment], look: Look) -> None:
        """Show these files."""
        clear(self._column)
        self.setVisible(bool(files))
        for file in files:
            self._column.addWidget(rule())
            self._add(file, look)

    def _add(self, file: Attachment, look: Look) -> None:
        texts = look.texts
        name = outside(file.name, 120) if not file.erased else texts("timeline_page.files.erased")
        self._column.addWidget(SafeLabel(name, wrap=True, selectable=True))
        at = when(file.at, look.zone, texts, ref=look.now)
        who = outside(file.by, 60)
        about = texts(
            "timeline_page.files.about", size=file_size(file.size, texts), who=who, time=at, hash=file.sha256[:12]
        )
        told = SafeLabel(about, "small", wrap=True, selectable=True)
        safe_tooltip(told, f"SHA-256 {file.sha256}")
        self._column.addWidget(told)
        if file.erased:
            return
        line = QHBoxLayout()
        for key, signal, kind in (("save", self.save_wanted, "plain"), ("away", self.away_wanted, "quiet")):
            button = Button(texts(f"timeline_page.files.{key}"), partial(signal.emit, file), kind=kind)
            button.setAccessibleName(texts(f"timeline_page.files.{key}_name", file=name))
            line.addWidget(button)
        line.addStretch(1)
        self._column.addLayout(line)
