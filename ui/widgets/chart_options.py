"""What else the chart can do, in one row below its heading: a second series, a past incident beside it, a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QWidget

from crisisdesk.model.incident import Incident
from crisisdesk.model.room import SecondWanted
from crisisdesk.plain import clamp
from crisisdesk.words import day
from ui.actions import key_of
from ui.context import Context
from ui.widgets.button import Button
from ui.widgets.safe import SafeLabel

COUNTED: Final = ("negative", "complaints")
FILES: Final = ("png", "svg", "csv")
TITLE_LIMIT: Final = 40


class ChartOptions(QWidget):
    """Chips and fields; one second series at a time.

    Signals:
        seconded: a :class:`SecondWanted`, or ``None``.
        filed: ``png``, ``svg`` or ``csv`` was asked for.
        tried: the slider of sensitivity was asked for.
    """

    seconded = Signal(object)
    filed = Signal(str)
    tried = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._heading = SafeLabel("", "muted")
        self.group = QButtonGroup(self)
        self.group.setExclusive(False)
        self.words = QLineEdit(maxLength=80, clearButtonEnabled=True)
        self.words.setMinimumWidth(90)
        self.past = QComboBox()
        self.past.setMaximumWidth(190)
        self.files: dict[str, Button] = {}
        self.try_ = Button("", self.tried.emit, kind="chip")
        self.try_.setCheckable(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 2)
        row.setSpacing(4)
        row.addWidget(self._heading)
        for n, kind in enumerate(COUNTED):
            chip = Button("", kind="chip")
            chip.clicked.connect(lambda on=False, kind=kind: self._choose(SecondWanted(kind=kind) if on else None))
            self.group.addButton(chip, n)
            row.addWidget(chip)
        row.addWidget(self.words, 1)
        row.addWidget(self.past)
        row.addWidget(self.try_)
        for kind in FILES:
            button = Button(kind.upper(), lambda kind=kind: self.filed.emit(kind), kind="chip")  # type: ignore[misc]
            button.setCheckable(False)
            self.files[kind] = button
            row.addWidget(button)
        self.words.editingFinished.connect(self._search)
        self.words.textChanged.connect(lambda text: None if text else self._search())
        self.past.activated.connect(self._compare)
        self.hide()

    def set_incidents(self, incidents: Sequence[Incident], current: int | None, zone: str) -> None:
        """Offer past incidents to compare with."""
        texts, chosen = self._context.texts, self.past.currentData()
        self.past.clear()
        self.past.addItem(texts("room.chart.compare"), 0)
        for incident in incidents:
            if incident.id != current:
                said = f"{day(incident.started_at, zone, texts, year=False)} · {clamp(incident.title, TITLE_LIMIT)}"
                self.past.addItem(said, incident.id)
        self.past.setCurrentIndex(max(0, self.past.findData(chosen)))
        self.past.setVisible(current is not None and self.past.count() > 1)

    def toggle(self, kind: str) -> None:
        """Press a chip, or go to the words."""
        self.show()
        if kind in COUNTED:
            self.group.button(COUNTED.index(kind)).click()
        else:
            self.words.setFocus()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        self._heading.setText(texts("room.chart.second"))
        for n, kind in enumerate(COUNTED):
            chip = self.group.button(n)
            assert isinstance(chip, Button)
            chip.set_text(texts(f"chart.second.{kind}"))
            chip.set_key(key_of(f"chart.{kind}", texts))
        self.words.setPlaceholderText(texts("room.chart.words"))
        self.words.setAccessibleName(texts("room.chart.words_name"))
        self.past.setAccessibleName(texts("room.chart.compare"))
        self.try_.set_text(texts("room.chart.try"))
        self.try_.set_key(key_of("chart.sensitivity", texts))
        for kind, button in self.files.items():
            button.setAccessibleName(texts("room.chart.file", kind=kind.upper()))

    def _choose(self, wanted: SecondWanted | None) -> None:
        kind = wanted.kind if wanted else ""
        for n, known in enumerate(COUNTED):
            self.group.button(n).setChecked(known == kind)
        if kind != "words":
            self.words.blockSignals(True)
            self.words.clear()
            self.words.blockSignals(False)
        if kind != "incident":
            self.past.setCurrentIndex(0)
        self.seconded.emit(wanted)

    def _search(self) -> None:
        said = " ".join(self.words.text().split())
        if said:
            self._choose(SecondWanted(kind="words", words=said))
        elif not any(b.isChecked() for b in self.group.buttons()) and self.past.currentIndex() <= 0:
            self.seconded.emit(None)

    def _compare(self, _index: int) -> None:
        incident_id = self.past.currentData()
        self._choose(SecondWanted(kind="incident", incident_id=int(incident_id)) if incident_id else None)
