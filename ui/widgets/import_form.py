"""How a file of mentions is read: encoding, separator, zone, dates, columns; all guessed, all changeable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QVBoxLayout, QWidget

from crisisdesk.connectors.columns import FIELDS
from crisisdesk.connectors.dates import Order
from crisisdesk.connectors.table import CHARSETS, DELIMITERS, Guess
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from ui.widgets.safe import SafeLabel, clean_button_text
from ui.widgets.zone_edit import ZoneEdit

_DELIMITER_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SAMPLE: Final = 24
_LABEL: Final = 104
_NARROWEST: Final = 100


@dataclass(frozen=True, slots=True)
class Change:
    """What a person chose: ``zone`` and the keyword arguments for guessing again."""

    zone: str
    given: Mapping[str, Any] = field(default_factory=dict)


class ImportForm(QWidget):
    """Shows a guess and tells what is changed in it.

    Signals:
        changed: a :class:`Change`.
    """

    changed = Signal(object)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._guess: Guess | None = None
        self.charset, self.delimiter, self.order = QComboBox(), QComboBox(), QComboBox()
        self.zone = ZoneEdit()
        self.header = QCheckBox()
        self.columns = {name: QComboBox() for name in FIELDS}
        self._labels: dict[str, SafeLabel] = {}
        self._heads = {"column": SafeLabel("", "strong")}
        self._lay_out()
        for combo in (self.charset, self.delimiter, self.order):
            combo.activated.connect(self._format_changed)
        for combo in self.columns.values():
            combo.activated.connect(self._columns_changed)
        self.zone.chosen.connect(self._format_changed)
        self.header.clicked.connect(self._format_changed)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        parts: dict[str, QWidget] = {
            "charset": self.charset, "separator": self.delimiter, "zone": self.zone, "order": self.order,
        }  # fmt: skip
        self._add_rows(grid, "format", parts, 1)
        grid.addWidget(self.header, 5, 0, 1, 2)
        grid.setRowMinimumHeight(6, 8)
        grid.addWidget(self._heads["column"], 7, 0, 1, 2)
        self._add_rows(grid, "column", self.columns, 8)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(grid)
        whole.addStretch(1)

    def _add_rows(self, grid: QGridLayout, group: str, parts: Mapping[str, QWidget], start: int) -> None:
        for row, (name, widget) in enumerate(parts.items(), start):
            label = self._labels[f"{group}.{name}"] = SafeLabel("", "muted")
            label.setFixedWidth(_LABEL)
            widget.setMinimumWidth(_NARROWEST)
            grid.addWidget(label, row, 0)
            grid.addWidget(widget, row, 1)

    def put(self, guess: Guess) -> None:
        """Show how the file seems to be made."""
        self._guess = guess
        texts = self._texts
        charsets = CHARSETS if guess.charset in CHARSETS else (guess.charset, *CHARSETS)
        self._fill(self.charset, [(name.upper(), name) for name in charsets], guess.charset)
        names = [(texts(f"import.format.{_DELIMITER_NAMES[one]}"), one) for one in DELIMITERS]
        self._fill(self.delimiter, names, guess.delimiter)
        orders = [(texts(f"import.format.{order.value}"), order) for order in Order]
        self._fill(self.order, orders, guess.order)
        self.zone.put(guess.zone)
        self.header.setChecked(guess.has_header)
        is_csv = guess.format == "csv"
        for widget in (self.delimiter, self._labels["format.separator"], self.header):
            widget.setVisible(is_csv)
        for name, combo in self.columns.items():
            self._fill(combo, [(texts("import.unmapped"), ""), *self._offered(guess)], guess.columns.get(name, ""))

    def _offered(self, guess: Guess) -> list[tuple[str, str]]:
        """Every column with the first value that it holds."""
        offered = []
        for place, name in enumerate(guess.header):
            first = next((row[place] for row in guess.preview if place < len(row) and row[place].strip()), "")
            offered.append((f"{clamp(name, 40)} · {clamp(first, _SAMPLE)}" if first else clamp(name, 40), name))
        return offered

    @staticmethod
    def _fill(combo: QComboBox, items: Sequence[tuple[str, Any]], chosen: Any) -> None:
        combo.clear()
        for text, value in items:
            combo.addItem(" ".join(text.split()), value)
        values = [value for _text, value in items]
        combo.setCurrentIndex(values.index(chosen) if chosen in values else 0)

    def retranslate(self) -> None:
        """Say everything again."""
        for name, label in self._labels.items():
            label.setText(self._texts(f"import.{name}"))
        for name, head in self._heads.items():
            head.setText(self._texts(f"import.{name}.title"))
        self.header.setText(clean_button_text(self._texts("import.format.header")))
        for name, widget in (
            ("charset", self.charset),
            ("separator", self.delimiter),
            ("zone", self.zone),
            ("order", self.order),
        ):
            widget.setAccessibleName(self._texts(f"import.format.{name}"))
        for name, combo in self.columns.items():
            combo.setAccessibleName(self._texts(f"import.column.{name}"))
        if self._guess is not None:
            self.put(self._guess)

    def _format_changed(self) -> None:
        """The columns are guessed anew, because they may not be the same any more."""
        if self._guess is not None:
            self.changed.emit(Change(self.zone.text().strip(), self._format()))

    def _columns_changed(self) -> None:
        if self._guess is not None:
            columns = {name: combo.currentData() for name, combo in self.columns.items() if combo.currentData()}
            self.changed.emit(Change(self._guess.zone, {**self._format(), "columns": columns}))

    def _format(self) -> dict[str, Any]:
        assert self._guess is not None
        given: dict[str, Any] = {"charset": self.charset.currentData(), "order": self.order.currentData()}
        if self._guess.format == "csv":
            given |= {"delimiter": self.delimiter.currentData(), "has_header": self.header.isChecked()}
        return given
