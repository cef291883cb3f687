"""Every figure of a period and, beside it, the rows that it was counted from: whoever doubts a number looks at them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from crisisdesk.model.measure import Figure, IncidentRow, MentionRow, PromiseRow, ReplyRow, Rows
from crisisdesk.pipeline.measures import MeasuredRow, counted
from crisisdesk.words import duration, figure_name, figure_value, lateness, number
from ui.context import Context
from ui.models.columns import Cell, Column, Look, outside
from ui.models.table import RowTable
from ui.theme import GUTTER
from ui.widgets.data_table import DataTable
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel

MOST: Final = 2_000
"""Rows shown of one figure; all of them are in the CSV."""
_SIDE: Final = 560
Shown = tuple[int, MeasuredRow]


def _name(row: Figure, look: Look) -> Cell:
    return Cell(text=outside(figure_name(row, look.texts), 120))


def _value(row: Figure, look: Look) -> Cell:
    token = "muted" if row.value is None else "text"
    return Cell(text=figure_value(row, look.texts), token=token, bold=row.value is not None)


def _n(row: Figure, look: Look) -> Cell:
    return Cell(text=number(row.n, look.texts, 0), token="muted")


FIGURES: Final[tuple[Column[Figure], ...]] = (
    Column(heading="measures.column.figure", cell=_name),
    Column(heading="measures.column.value", cell=_value, width=130, number=True),
    Column(heading="measures.column.n", cell=_n, width=84, number=True),
)


def row_cells(row: MeasuredRow, look: Look) -> tuple[Cell, Cell, Cell]:
    """When, what, and what it adds to the figure."""
    texts = look.texts
    if isinstance(row, MentionRow):
        labelled = texts(f"measures.sentiment.{row.sentiment.value}") if row.labelled else texts("measures.no_label")
        who = texts("measures.author", n=row.voice) if row.voice else texts("measures.no_author")
        return Cell(text=look.time(row.at)), Cell(text=outside(row.channel, 60), under=who), Cell(text=labelled)
    if isinstance(row, ReplyRow):
        took = duration(row.replied_at - row.asked_at, texts)
        what = Cell(text=outside(row.channel, 60), under=texts("measures.answered", time=look.time(row.replied_at)))
        return Cell(text=look.time(row.asked_at)), what, Cell(text=took, bold=True)
    if isinstance(row, PromiseRow):
        late = "" if row.done_at is None else lateness(row.done_at - row.due_at, texts)
        what = Cell(text=outside(row.area, 60), under=outside(row.incident, 60))
        return Cell(text=look.time(row.due_at)), what, Cell(text=texts(f"review.state.{row.state}"), under=late)
    if isinstance(row, IncidentRow):
        over = duration(row.resolved_at - row.started_at, texts) if row.resolved_at else "—"
        said = duration(row.first_message_at - row.started_at, texts) if row.first_message_at else "—"
        under = texts("measures.first_after", duration=said)
        return Cell(text=look.time(row.started_at)), Cell(text=outside(row.name, 60), under=under), Cell(text=over)
    cost = "" if row.cost is None else f"{number(row.cost, texts, 2)} {row.currency}"
    day = texts("words.day", day=row.day.day, month=texts(f"words.month.m{row.day.month}"))
    what = Cell(text=texts(f"measure.of.{row.line}"), under=cost)
    return Cell(text=day), what, Cell(text=number(row.contacts, texts, 0), bold=True)


def _part(place: int) -> Callable[[Shown, Look], Cell]:
    return lambda row, look: row_cells(row[1], look)[place]


ROWS: Final[tuple[Column[Shown], ...]] = (
    Column(heading="measures.column.when", cell=_part(0), width=140),
    Column(heading="measures.column.what", cell=_part(1)),
    Column(heading="measures.column.counts", cell=_part(2), width=170),
)


class FiguresView(QWidget):
    """Figures on the left, the rows of the one that is chosen on the right.

    Signals:
        opened: an action and its thing: where a row is shown whole.
    """

    opened = Signal(str, object)

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._rows: Rows | None = None
        self._all: tuple[Figure, ...] = ()
        self._figures: RowTable[Figure] = RowTable(FIGURES, look, lambda one: (one.key, one.of))
        self.figures = DataTable(self._figures, context.theme)
        self._counted: RowTable[Shown] = RowTable(ROWS, look, lambda one: one[0])
        self.rows = DataTable(self._counted, context.theme, row=44)
        self._left, self._right = Panel(" ", flush=True), Panel(" ", flush=True)
        self._none = SafeLabel("", "muted", wrap=True)
        self._none.setContentsMargins(12, 0, 12, 12)
        self._left.body.addWidget(self.figures, 1)
        self._right.body.addWidget(self.rows, 1)
        self._right.body.addWidget(self._none, 1)
        self._right.setFixedWidth(_SIDE)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        line.addWidget(self._left, 1)
        line.addWidget(self._right)
        self.figures.chosen.connect(self._choose)
        self.rows.opened.connect(self._open)

    def put(self, rows: Rows, figures: tuple[Figure, ...], look: Look) -> None:
        """Show a period; the figure that was chosen stays so."""
        texts = look.texts
        self._rows = rows
        for model in (self._figures, self._counted):
            model.set_look(look)
        self._left.set_title(texts("measures.figures"), texts("measures.figures_note"))
        self.figures.setAccessibleName(texts("measures.figures"))
        self.rows.setAccessibleName(texts("measures.rows"))
        self._all = figures
        self._figures.show(figures)
        if self.figures.current() is None and figures:
            self.figures.select(0)
        self._choose(self.figures.current())

    def pick(self, key: str, of: str = "") -> None:
        """Choose a figure; one that this period does not have leaves the choice as it is."""
        place = next((n for n, one in enumerate(self._all) if (one.key, one.of) == (key, of)), None)
        if place is not None:
            self.figures.select(place)
            self.rows.setFocus()

    def _choose(self, one: object) -> None:
        if not isinstance(one, Figure) or self._rows is None:
            return
        look = self._figures.look()
        found = counted(one, self._rows)
        self._counted.show(tuple(enumerate(found[:MOST])))
        said = look.texts("measures.rows_of", n=len(found), shown=number(len(found), look.texts))
        if len(found) > MOST:
            said = look.texts("measures.rows_cut", shown=number(MOST, look.texts), of=number(len(found), look.texts))
        self._right.set_title(outside(figure_name(one, look.texts), 80), said)
        self.rows.setVisible(bool(found))
        self._none.setVisible(not found)
        self._none.setText(look.texts("measures.no_rows"))

    def _open(self, row: object) -> None:
        """Enter on a row: its minute in the inbox, or its promise in the ledger."""
        one = row[1] if isinstance(row, tuple) else None
        if isinstance(one, MentionRow | ReplyRow):
            start = (one.at if isinstance(one, MentionRow) else one.asked_at).replace(second=0, microsecond=0)
            self.opened.emit("chart.mentions", (start, start + timedelta(minutes=1)))
        elif isinstance(one, PromiseRow):
            self.opened.emit("commitment.show", one.id)
