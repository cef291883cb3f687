"""Walk it: the first hour on an empty clock, who is called when, what is due when, and where the plan does not hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.playbook import Playbook
from crisisdesk.playbooks.rehearse import Call, Gap, Message, Rehearsal
from crisisdesk.words import duration
from ui.context import Context
from ui.models.columns import DANGER_MARK, DONE_MARK, WARNING_MARK, Cell, Look, SheetRow, outside
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.contact_form import read_hour
from ui.widgets.draft_form import QuietCombo
from ui.widgets.field import Field
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.seven_steps import Prepared
from ui.widgets.sheet import Sheet

_GAPS: Final = (("walk.column.at", 80, True), ("walk.column.gap", 0, False), ("", 90, True))
_CALLS: Final = (
    ("walk.column.at", 80, True), ("walk.column.role", 0, False), ("walk.column.who", 260, False),
    ("walk.column.by", 150, False), ("walk.column.wait", 90, True),
)  # fmt: skip
_MESSAGES: Final = (
    ("walk.column.at", 80, True), ("walk.column.what", 0, False), ("walk.column.writes", 230, False),
    ("walk.column.approves", 290, False),
)  # fmt: skip


def clock(at: timedelta) -> str:
    """``T+5``, in minutes."""
    return f"T+{int(at.total_seconds() // 60)}"


class WalkView(QWidget):
    """Asks for a level and an hour, and shows the hour that follows with nobody answering.

    Signals:
        line: go to this line of the playbook's text.
    """

    line = Signal(int)

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context = context
        self._look = look
        self._book: Playbook | None = None
        self._gaps: tuple[Gap, ...] = ()
        self._ask = Panel(" ")
        self.level = QuietCombo("")
        self.hour = QLineEdit("03:00", maxLength=5)
        self._fields = {"level": Field("", self.level), "hour": Field("", self.hour)}
        self.walk = Button("", self.look)
        self._said = SafeLabel("", "muted", wrap=True)
        self._panels = {name: Panel(" ", flush=True) for name in ("gaps", "messages", "calls")}
        theme = context.theme
        self.gaps = Sheet(_GAPS, look, theme, row=40, lines=2)
        self.messages = Sheet(_MESSAGES, look, theme, row=32)
        self.calls = Sheet(_CALLS, look, theme, row=32)
        self._lay_out()
        self.hour.returnPressed.connect(self.look)
        self.level.activated.connect(lambda _row: self.look())
        self.gaps.opened.connect(self._go)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(GAP)
        for field in self._fields.values():
            field.setFixedWidth(220)
            line.addWidget(field)
        line.addWidget(self.walk)
        line.addWidget(self._said, 1)
        self._ask.body.addLayout(line)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(self._ask)
        for name, sheet in (("gaps", self.gaps), ("messages", self.messages), ("calls", self.calls)):
            self._panels[name].body.addWidget(sheet)
            whole.addWidget(self._panels[name])
        whole.addStretch(1)

    def put(self, now: Prepared, look: Look) -> None:
        """Show the playbook in use; it is walked again when it changed."""
        texts, self._look = look.texts, look
        self._ask.set_title(texts("walk.title"), texts("walk.note"))
        self._fields["level"].set_label(texts("walk.level"))
        self._fields["hour"].set_label(texts("walk.hour"))
        self.walk.set_text(texts("walk.walk"))
        levels = sorted(now.playbook.levels, key=lambda one: -one.number)
        offered = [(one.number, f"{one.number} · {one.name.get(texts.lang)}") for one in levels]
        if [(self.level.itemData(n), self.level.itemText(n)) for n in range(self.level.count())] != offered:
            chosen = self.level.currentData()
            self.level.clear()
            for number, name in offered:
                self.level.addItem(name, number)
            self.level.setCurrentIndex(max(self.level.findData(chosen), 0))
        self._book = now.playbook
        self.look()

    def look(self) -> None:
        """Walk it."""
        try:
            at = read_hour(self.hour.text())
        except ValueError:
            at = None
        self._fields["hour"].set_problem("" if at else self._look.texts("preparation.contact.problem_hour"))
        level = self.level.currentData()
        if at is None or level is None:
            return
        desk, hour, number = self._context.desk, at, int(level)
        self._context.bridge.read(lambda: desk.playbooks.rehearse(number, hour), self._show, self._failed)

    def _failed(self, error: CrisisDeskError) -> None:
        self._said.setText(f"▲ {self._look.texts.error(error)}")

    def _show(self, walked: Rehearsal) -> None:
        texts, look = self._look.texts, self._look
        self._gaps = walked.gaps
        self._said.setText(texts("walk.said", calls=len(walked.calls), messages=len(walked.messages)))
        self._panels["gaps"].set_title(texts("rehearse.gaps"), texts("walk.gap_count", n=len(walked.gaps)))
        self._panels["messages"].set_title(texts("rehearse.messages"), texts("walk.messages_note"))
        self._panels["calls"].set_title(texts("rehearse.calls"), texts("walk.calls_note"))
        for name, sheet in (("gaps", self.gaps), ("messages", self.messages), ("calls", self.calls)):
            sheet.setAccessibleName(texts(f"rehearse.{name}"))
        none = (Cell(), Cell(text=texts("rehearse.no_gaps"), mark=DONE_MARK, mark_token="good"), Cell())
        self.gaps.put([self._gap(one) for one in walked.gaps] or [none], look)
        self.messages.put([self._message(one) for one in walked.messages], look)
        self.calls.put([self._call(one) for one in walked.calls], look)

    def _role(self, name: str) -> str:
        role = self._book.role(name) if self._book else None
        return outside(role.name.get(self._look.texts.lang) or name if role else name, 80)

    def _gap(self, one: Gap) -> tuple[Cell, ...]:
        texts = self._look.texts
        fields = {n: outside(v, 80) if isinstance(v, str) else v for n, v in one.fields.items()}
        said = texts(f"rehearse.gap.{one.key}", **fields)
        where = texts("rehearse.gap_line", line=one.line)
        return (Cell(text=clock(one.at), token="muted"), Cell(text=said, mark=WARNING_MARK, mark_token="promise"),
                Cell(text=where, token="muted"))  # fmt: skip

    def _message(self, one: Message) -> tuple[Cell, ...]:
        texts = self._look.texts
        template = self._book.template(one.template) if self._book else None
        what = template.purpose.get(texts.lang) or one.template if template else texts("rehearse.cadence")
        approves = ", ".join(self._role(role) for role in one.approves)
        late = bool(one.approves) and one.agreed > one.due
        agreed = texts("walk.approved_in", roles=approves, wait=duration(one.agreed, texts)) if approves else "—"
        mark = WARNING_MARK if late else ""
        return (Cell(text=clock(one.due), bold=True), Cell(text=outside(what, 120)), Cell(text=self._role(one.owner)),
                Cell(text=agreed, mark=mark, mark_token="promise", token="muted"))  # fmt: skip

    def _call(self, one: Call) -> tuple[Cell, ...]:
        texts = self._look.texts
        who = outside(one.who, 60) or texts("preparation.nobody")
        mark, token = (DANGER_MARK, "danger") if one.reachable is False else (DONE_MARK, "good")
        if one.reachable is None:
            mark = ""
        spoken = f"{who}, {texts('rehearse.unreachable')}" if one.reachable is False else who
        lap = texts("walk.lap", role=self._role(one.role), lap=one.lap) if one.lap > 1 else self._role(one.role)
        by = ", ".join(texts(f"walk.channel.{name}") for name in one.by)
        return (Cell(text=clock(one.at), token="muted"), Cell(text=lap), Cell(text=who, mark=mark, mark_token=token,
                spoken=spoken), Cell(text=by, token="muted"), Cell(text=duration(one.wait, texts)))  # fmt: skip

    def _go(self, row: SheetRow) -> None:
        if row[0] < len(self._gaps):
            self.line.emit(self._gaps[row[0]].line)
