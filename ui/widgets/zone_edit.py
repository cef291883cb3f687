"""A time zone typed by its IANA name, with the known ones offered while typing."""

from __future__ import annotations

from zoneinfo import available_timezones

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit


class ZoneEdit(QLineEdit):
    """The line.

    Signals:
        chosen: another zone was typed or picked.
    """

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__(maxLength=64)
        self._before = ""
        zones = QCompleter(sorted(available_timezones()), self)
        zones.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        zones.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(zones)
        zones.activated.connect(self._tell)
        self.editingFinished.connect(self._tell)

    def put(self, zone: str) -> None:
        """Show a zone."""
        self._before = zone
        self.setText(zone)

    def _tell(self, *_picked: object) -> None:
        if self.text() != self._before:
            self._before = self.text()
            self.chosen.emit()
