"""How ready the playbook is, in four parts, each with what is missing; and the dates that fall due."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.playbooks.check import as_json
from crisisdesk.playbooks.health import Health, Lack, Part, Reminder
from crisisdesk.texts import Texts
from ui.models.columns import DANGER_MARK, DONE_MARK, WARNING_MARK, Cell, Look, SheetRow, outside
from ui.theme import Theme
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.sheet import Sheet
from ui.widgets.trainings import day_words

_SPEC: Final = (("walk.health.column.part", 190, False), ("walk.health.column.lack", 0, False), ("", 80, True))
_REMINDERS: Final = 6


def lack_sentence(lack: Lack, texts: Texts) -> str:
    """What is missing, in words."""
    if lack.finding is not None:
        return str(as_json(lack.finding, texts)["message"])
    fields = {name: outside(value, 80) if isinstance(value, str) else value for name, value in lack.fields.items()}
    if lack.gap is not None:
        given = {n: outside(v, 80) if isinstance(v, str) else v for n, v in lack.gap.fields.items()}
        return texts(f"rehearse.gap.{lack.gap.key}", **given)
    return texts(f"health.lack.{lack.key}", **fields)


def _mark(part: Part) -> tuple[str, str]:
    if part.held == part.asked:
        return DONE_MARK, "good"
    return (WARNING_MARK, "promise") if 2 * part.held >= part.asked else (DANGER_MARK, "danger")


class HealthView(QWidget):
    """The four parts with their gaps, then the reminders.

    Signals:
        line: go to this line of the playbook's text.
    """

    line = Signal(int)

    def __init__(self, look: Look, theme: Theme) -> None:
        super().__init__()
        self._lines: list[int] = []
        self._panel = Panel(" ", flush=True)
        self.sheet = Sheet(_SPEC, look, theme, row=44, lines=2)
        self._dates = Panel(" ")
        self._rows = SafeLabel("", wrap=True)
        self._panel.body.addWidget(self.sheet)
        self._dates.body.addWidget(self._rows)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(self._panel)
        whole.addWidget(self._dates)
        self.sheet.opened.connect(self._go)

    def put(self, health: Health, look: Look) -> None:
        """Show how ready it is."""
        texts = look.texts
        held, asked = sum(part.held for part in health.parts), sum(part.asked for part in health.parts)
        self._panel.set_title(texts("walk.health.title"), texts("walk.health.note", held=held, asked=asked))
        self.sheet.setAccessibleName(texts("walk.health.title"))
        rows: list[tuple[Cell, ...]] = []
        self._lines = []
        for part in health.parts:
            rows += self._part(part, look)
        self.sheet.put(rows, look)
        self._dates.set_title(texts("walk.health.dates"), texts("walk.health.dates_note"))
        self._rows.setText("\n".join(_reminder(one, look) for one in health.reminders[:_REMINDERS]))
        self._dates.setVisible(bool(health.reminders))

    def _part(self, part: Part, look: Look) -> list[tuple[Cell, ...]]:
        texts = look.texts
        mark, token = _mark(part)
        said = texts("health.score", part=texts(f"health.part.{part.name}"), held=part.held, asked=part.asked)
        name = Cell(text=said, mark=mark, mark_token=token, bold=True)
        if not part.lacks:
            self._lines.append(0)
            return [(name, Cell(text=texts("walk.health.nothing"), token="muted"), Cell())]
        rows: list[tuple[Cell, ...]] = []
        for number, lack in enumerate(part.lacks):
            self._lines.append(lack.line)
            where = Cell(text=texts("rehearse.gap_line", line=lack.line), token="muted")
            rows.append((name if not number else Cell(), Cell(text=lack_sentence(lack, texts)), where))
        return rows

    def _go(self, row: SheetRow) -> None:
        if line := self._lines[row[0]]:
            self.line.emit(line)


def _reminder(one: Reminder, look: Look) -> str:
    texts = look.texts
    mark = DANGER_MARK if one.overdue else WARNING_MARK
    what = texts(f"health.reminder.{one.key}", what=outside(one.what, 80))
    key = "walk.health.due_over" if one.overdue else "walk.health.due"
    return texts(key, mark=mark, what=what, day=day_words(one.due, look))
