"""The row that writes a report: which one, which cut, which folder, which format."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QWidget

from crisisdesk.reports.base import FORMATS, Kind
from crisisdesk.texts import Texts
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.choose import choose_folder
from ui.widgets.safe import SafeLabel, safe_tooltip


class ReportBar(QWidget):
    """Asks for a report in one format; what a kind does not come as is not offered.

    Signals:
        wanted: format, whether the public cut is meant, folder, kind of report.
        problem: one line about a folder that cannot be used.
    """

    wanted = Signal(str, bool, object, str)
    problem = Signal(str)

    def __init__(self, texts: Texts, folder: Path) -> None:
        super().__init__()
        self._texts = texts
        self.kinds = QComboBox()
        for kind in Kind:
            self.kinds.addItem("", kind.value)
        self._label = SafeLabel("", "muted")
        self.folder = QLineEdit(str(folder))
        self.folder.setMinimumWidth(140)
        self._choose = Button("", self._ask_where, kind="quiet")
        self.internal = Button("", kind="chip")
        self.public = Button("", kind="chip")
        self.internal.setChecked(True)
        group = QButtonGroup(self)
        self.formats = {name: Button(name.upper(), partial(self.ask, name)) for name in FORMATS[Kind.REVIEW]}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        line.addWidget(self.kinds)
        for chip in (self.internal, self.public):
            group.addButton(chip)
            line.addWidget(chip)
        for widget in (self._label, self.folder, self._choose, *self.formats.values()):
            line.addWidget(widget)
        line.setStretch(line.indexOf(self.folder), 1)
        self.kinds.currentIndexChanged.connect(self._offer)
        self.retranslate()

    @property
    def kind(self) -> Kind:
        """Which report is chosen."""
        return Kind(self.kinds.currentData())

    def _offer(self) -> None:
        for name, button in self.formats.items():
            button.setVisible(name in FORMATS[self.kind])

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._texts
        self.kinds.setAccessibleName(texts("review.export.kinds"))
        for place in range(self.kinds.count()):
            self.kinds.setItemText(place, texts(f"review.export.kind_{self.kinds.itemData(place)}"))
        self._label.setText(texts("review.export.folder"))
        self.folder.setAccessibleName(texts("review.export.folder_name"))
        self._choose.set_text(texts("review.export.choose"))
        self.internal.set_text(texts("review.export.internal"))
        self.public.set_text(texts("review.export.public"))
        for name, button in self.formats.items():
            said = texts("evidence.write") if name == "zip" else texts("review.export.format", format=name.upper())
            button.setAccessibleName(said)
            safe_tooltip(button, said)

    def ask(self, name: str, kind: Kind | None = None) -> None:
        """Ask for the report in one format, with the cut and the folder that stand here; ``kind`` is chosen first."""
        if kind is not None:
            self.kinds.setCurrentIndex(self.kinds.findData(kind.value))
        folder = Path(self.folder.text()).expanduser()
        if folder.is_dir():
            self.wanted.emit(name, self.public.isChecked(), folder, self.kind.value)
        else:
            self.problem.emit(self._texts("review.export.no_folder", folder=str(folder)))
            self.folder.setFocus()

    def _ask_where(self) -> None:
        choose_folder(self, self.folder.setText, self.folder.text())
