"""Who answers for an area and how soon it usually does, to be said anew in place."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from crisisdesk.model.area import Area
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.safe import SafeLabel

_UNITS: Final = {"days": 1_440, "hours": 60, "minutes": 1}
"""Minutes of each, the longest first."""


class AreaTerms(QWidget):
    """One line; what is being changed stays while the page reads again.

    Signals:
        wanted: id of the area, its owner, and a ``timedelta``.
    """

    wanted = Signal(int, str, object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._area: Area | None = None
        self.owner = QLineEdit(maxLength=80)
        self.amount, self.unit = QLineEdit(maxLength=4), QComboBox()
        self.amount.setValidator(QIntValidator(1, 9_999, self))
        self.amount.setFixedWidth(56)
        self.save = Button("", self._ask)
        self._label = SafeLabel("", "muted")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 12, 6)
        line.setSpacing(GAP)
        line.addWidget(self.owner, 1)
        for widget in (self._label, self.amount, self.unit, self.save):
            line.addWidget(widget)
        for edit in (self.owner, self.amount):
            edit.returnPressed.connect(self._ask)
        self.hide()

    def put(self, area: Area | None) -> None:
        """Show an area's terms, or none."""
        if area == self._area:
            return
        self._area = area
        self.setVisible(area is not None)
        if area is None:
            return
        self.owner.setText(area.owner)
        unit = next(name for name, minutes in _UNITS.items() if area.minutes % minutes == 0)
        self.amount.setText(str(area.minutes // _UNITS[unit]))
        self.unit.setCurrentIndex(self.unit.findData(unit))

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts, chosen = self._context.texts, self.unit.currentData()
        self.owner.setPlaceholderText(texts("areas.terms.owner"))
        self.owner.setAccessibleName(texts("areas.terms.owner"))
        self._label.setText(texts("areas.terms.within"))
        self.amount.setAccessibleName(texts("areas.terms.within"))
        self.unit.setAccessibleName(texts("areas.terms.unit"))
        self.unit.clear()
        for name in _UNITS:
            self.unit.addItem(texts(f"areas.terms.{name}"), name)
        self.unit.setCurrentIndex(max(self.unit.findData(chosen), 0))
        self.save.set_text(texts("areas.terms.save"))

    def _ask(self) -> None:
        if self._area is not None:
            minutes = int(self.amount.text() or 0) * _UNITS[str(self.unit.currentData())]
            self.wanted.emit(self._area.id, self.owner.text(), timedelta(minutes=minutes))
