"""How promises were kept in a period: all of them, the next news, and each area's own; Enter opens the rows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import Signal

from crisisdesk.model.measure import Figure
from crisisdesk.words import figure_value, number
from ui.models.columns import Cell, Look, outside
from ui.theme import Theme
from ui.widgets.sheet import Sheet

_SPEC: Final = (
    ("measures.column.whose", 0, False),
    ("measures.column.made", 86, True),
    ("measures.column.kept", 96, True),
    ("measures.column.late", 128, True),
)
GROUPS: Final = ("promises", "updates", "promises.area")


class Scores(Sheet):
    """One row for each who promised; a share with its number of ended promises, a median with its n.

    Signals:
        asked: key and «of» of the figure whose rows are wanted.
    """

    asked = Signal(str, str)

    def __init__(self, look: Look, theme: Theme) -> None:
        super().__init__(_SPEC, look, theme, row=44, lines=2)
        self._whose: list[tuple[str, str]] = []
        self.opened.connect(self._ask)

    def show_figures(self, figures: Sequence[Figure], look: Look) -> None:
        """Show the figures of a period."""
        known = {(one.key, one.of): one for one in figures}
        self._whose = [(group, one.of) for group in GROUPS for one in figures if one.key == f"{group}.made"]
        self.put([self._cells(known, group, of, look) for group, of in self._whose], look)

    @staticmethod
    def _cells(known: dict[tuple[str, str], Figure], group: str, of: str, look: Look) -> tuple[Cell, ...]:
        texts = look.texts
        made, kept, late = (known[f"{group}.{name}", of] for name in ("made", "kept", "lateness"))
        whose = outside(of, 60) or texts("measures.no_area")
        name = Cell(text=whose if group == "promises.area" else texts(f"measures.{group}"), bold=not of)
        return (
            name,
            Cell(text=number(made.value or Decimal(0), texts, 0)),
            _told(kept, look),
            _told(late, look),
        )

    def _ask(self, row: Any) -> None:
        group, of = self._whose[row[0]]
        self.asked.emit(f"{group}.kept", of)


def _told(one: Figure, look: Look) -> Cell:
    """A value with the n that it rests on; unknown is not zero."""
    texts = look.texts
    if one.value is None:
        return Cell(text="—", token="muted")
    return Cell(text=figure_value(one, texts), bold=True, under=texts("measures.of_n", n=number(one.n, texts, 0)))
