"""The five duties with the mentions behind each count, what the areas signed, and the call centre's own curves."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.area import RouteState
from crisisdesk.model.duties import AreaSigned, Duty, DutyRow
from crisisdesk.model.measure import Period, Rows
from crisisdesk.model.review import ReviewData
from crisisdesk.words import number, percent
from ui.context import Context
from ui.models.columns import DANGER_MARK, DONE_MARK, Cell, Look, SheetRow, outside
from ui.theme import GUTTER, INSET
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.service_view import ServiceView
from ui.widgets.sheet import Sheet

_DUTIES: Final = (
    ("review.column.duty", 150, False),
    ("review.column.n", 90, True),
    ("review.column.share", 110, True),
    ("review.column.means", 0, False),
)
_BEHIND: Final = (
    ("review.column.done", 140, False),
    ("review.column.mention", 0, False),
    ("review.column.author", 140, False),
    ("review.column.by", 140, False),
)
_AREAS: Final = (
    ("review.column.area", 130, False),
    ("review.column.asked", 0, False),
    ("review.column.received", 130, False),
    ("review.column.answered", 130, False),
    ("review.column.corrected", 130, False),
)
_STEPS: Final = (RouteState.RECEIVED, RouteState.ANSWERED, RouteState.CORRECTED)
_CURVES: Final = 400


class ReviewDuties(QWidget):
    """Three panels; a duty that is chosen shows the mentions behind it, Return on what was heard opens the inbox."""

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context, self._look = context, look
        self._data: ReviewData | None = None
        theme = context.theme
        self.duties = Sheet(_DUTIES, look, theme)
        self.behind = Sheet(_BEHIND, look, theme)
        self.areas = Sheet(_AREAS, look, theme, row=44)
        self.calls = ServiceView(context)
        self.calls.setMinimumHeight(_CURVES)
        self._panels = {name: Panel(" ", flush=name != "calls") for name in ("duties", "areas", "calls")}
        self._none = {name: SafeLabel("", "muted", wrap=True) for name in ("duties", "areas", "calls")}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GUTTER)
        shown = {"duties": (self.duties, self.behind), "areas": (self.areas,), "calls": (self.calls,)}
        for name, widgets in shown.items():
            for widget in widgets:
                self._panels[name].body.addWidget(widget)
            if name != "calls":
                self._none[name].setContentsMargins(INSET, 0, INSET, INSET)
            self._panels[name].body.addWidget(self._none[name])
            column.addWidget(self._panels[name])
        self.duties.chosen.connect(self._show_behind)
        self.duties.opened.connect(self._open)

    def put(self, data: ReviewData, look: Look) -> None:
        """Show one incident's."""
        texts = look.texts
        self._data, self._look = data, look
        for name, panel in self._panels.items():
            panel.set_title(texts(f"review.section.{name}"), "")
        self.duties.setAccessibleName(texts("review.section.duties"))
        self.behind.setAccessibleName(texts("review.duties.behind"))
        self.areas.setAccessibleName(texts("review.section.areas"))
        self._panels["duties"].set_note(texts("review.duties.hint"))
        heard = next((duty.n for duty in data.duties if duty.key == "listen"), 0)
        kept = self.duties.currentIndex().row()
        self.duties.put([_duty_cells(duty, heard, look) for duty in data.duties], look)
        if 0 <= kept < len(data.duties):
            self.duties.selectRow(kept)
        self._show_behind(None)
        self.areas.put([_area_cells(one, look) for one in data.areas], look)
        self.areas.setVisible(bool(data.areas))
        self._none["areas"].setText(texts("review.nothing.areas"))
        self._none["areas"].setVisible(not data.areas)
        found = data.call_centre
        days = found.days if found else ()
        self.calls.setVisible(bool(days))
        self._none["calls"].setText(texts("review.nothing.calls"))
        self._none["calls"].setVisible(not days)
        if found is not None and days:
            start, end = (datetime.combine(day, time(), UTC) for day in (found.first, found.last))
            period = Period(first=found.first, last=found.last, start=start, end=end)
            self.calls.put(Rows(period=period, service=days), look)

    def _chosen(self) -> Duty | None:
        row = self.duties.current()
        duties = self._data.duties if self._data is not None else ()
        return duties[row[0]] if row is not None and row[0] < len(duties) else None

    def _show_behind(self, _row: object) -> None:
        """The mentions behind the chosen count."""
        duty, texts = self._chosen(), self._look.texts
        rows = duty.rows if duty is not None else ()
        self.behind.put([_row_cells(row, self._look) for row in rows], self._look)
        self.behind.setVisible(bool(rows))
        more = duty.n - len(rows) if duty is not None and rows else 0
        self._none["duties"].setText(texts("review.duties.more", n=more, shown=number(more, texts)) if more else "")
        self._none["duties"].setVisible(more > 0)

    def _open(self, _row: SheetRow) -> None:
        """What was heard is shown whole in the inbox."""
        data = self._data
        if data is not None and (duty := self._chosen()) is not None and duty.key == "listen":
            end = data.incident.resolved_at or data.made_at
            self._context.act("chart.mentions", (data.incident.started_at, end))


def _duty_cells(duty: Duty, heard: int, look: Look) -> tuple[Cell, ...]:
    texts = look.texts
    share = percent(duty.n / heard, texts) if heard else "—"
    return (
        Cell(text=texts(f"report.duties.{duty.key}"), bold=True),
        Cell(text=number(duty.n, texts), bold=True),
        Cell(text=share, token="muted"),
        Cell(text=texts(f"report.duties.{duty.key}_means"), token="muted"),
    )


def _row_cells(row: DutyRow, look: Look) -> tuple[Cell, ...]:
    return (
        Cell(text=look.time(row.at), token="muted"),
        Cell(text=outside(row.text)),
        Cell(text=outside(row.author, 60), token="muted"),
        Cell(text=outside(row.by, 60), token="muted"),
    )


def _area_cells(one: AreaSigned, look: Look) -> tuple[Cell, ...]:
    late = one.state in (RouteState.SENT, RouteState.RECEIVED) and one.due_at < look.now
    asked = look.texts("review.areas.sent", time=look.time(one.sent_at), due=look.time(one.due_at))
    cells = [
        Cell(text=outside(one.area, 60), bold=True, mark=DANGER_MARK if late else "", mark_token="danger"),
        Cell(text=outside(one.what), under=asked),
    ]
    for step in _STEPS:
        signed = one.signed(step)
        if signed is None:
            cells.append(Cell(text="—", token="muted"))
        else:
            cells.append(
                Cell(text=look.time(signed.at), mark=DONE_MARK, mark_token="good", under=outside(signed.by, 60))
            )
    return tuple(cells)
