"""A time zone typed by its IANA name, with the known ones offered while typing."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCompleter, QLineEdit


@cache
def _zones() -> tuple[str, ...]:
    """The known ones; to know them, each of the system's 600 files is opened."""
    return tuple(sorted(available_timezones()))


class ZoneEdit(QLineEdit):
    """The line.

    Signals:
        chosen: another zone was typed or picked.
    """

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__(maxLength=64)
        self._before = ""
        self.editingFinished.connect(self._tell)

    def put(self, zone: str) -> None:
        """Show a zone."""
        self._before = zone
        self.setText(zone)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Offer the known zones from the first time that somebody comes to type."""
        if self.completer() is None:
            zones = QCompleter(_zones(), self)
            zones.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            zones.setFilterMode(Qt.MatchFlag.MatchContains)
            zones.activated.connect(self._tell)
            self.setCompleter(zones)
        super().focusInEvent(event)

    def _tell(self, *_picked: object) -> None:
        if self.text() != self._before:
            self._before = self.text()
            self.chosen.emit()
