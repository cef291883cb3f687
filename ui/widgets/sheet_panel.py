"""A panel with one sheet, or one sentence where the sheet has no rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.models.columns import Cell, Look
from ui.theme import INSET, Theme
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.sheet import Sheet


class SheetPanel(QWidget):
    """Its words are ``preparation.section.<name>``, ``….note.<name>`` and ``….none.<name>``."""

    def __init__(
        self,
        name: str,
        spec: Sequence[tuple[str, int, bool]],
        look: Look,
        theme: Theme,
        *,
        row: int = 32,
        lines: int = 1,
    ) -> None:
        super().__init__()
        self._name = name
        self._panel = Panel(" ", flush=True)
        self.sheet = Sheet(spec, look, theme, row=row, lines=lines)
        self._none = SafeLabel("", "muted", wrap=True)
        self._none.setContentsMargins(INSET, 0, INSET, INSET)
        self._panel.body.addWidget(self.sheet)
        self._panel.body.addWidget(self._none)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)
        whole.addStretch(1)

    def put(self, rows: Sequence[Sequence[Cell]], look: Look) -> None:
        """Show these rows."""
        texts = look.texts
        self._panel.set_title(texts(f"preparation.section.{self._name}"), texts(f"preparation.note.{self._name}"))
        self.sheet.setAccessibleName(texts(f"preparation.section.{self._name}"))
        self.sheet.put(rows, look)
        self.sheet.setVisible(bool(rows))
        self._none.setText(texts(f"preparation.none.{self._name}"))
        self._none.setVisible(not rows)
