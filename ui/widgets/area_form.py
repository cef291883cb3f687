"""Send something to an area: which, what is wrong, what is asked, and by when."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.area import Area
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.safe import SafeLabel
from ui.widgets.time_edit import TimeEdit


class AreaForm(QWidget):
    """Two lines; what was typed stays until it is sent.

    Signals:
        wanted: the area's name, id of the mention or ``None``, cause, what is asked, due instant or ``None``.
    """

    wanted = Signal(str, object, str, str, object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._mention: int | None = None
        self._names: tuple[str, ...] = ()
        self.area = QLineEdit(maxLength=80)
        self.cause, self.ask = QLineEdit(maxLength=2_000), QLineEdit(maxLength=2_000)
        self.due = TimeEdit(context)
        self.send = Button("", self._ask)
        self.about = SafeLabel("", "muted")
        self.problem = SafeLabel("", "danger", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.about)
        for widgets in ((self.area, self.cause), (self.ask, self.due, self.send)):
            line = QHBoxLayout()
            line.setSpacing(GAP)
            for widget in widgets:
                line.addWidget(widget, 0 if widget is self.send else 1)
            column.addLayout(line)
        column.addWidget(self.problem)
        for edit in (self.area, self.cause, self.ask):
            edit.returnPressed.connect(self._ask)
        self.due.submitted.connect(self._ask)
        self.tell("")
        self._say_about()

    def put(self, areas: Sequence[Area], zone: str) -> None:
        """Offer these areas; what is being filled in stays."""
        self.due.set_zone(zone)
        names = tuple(area.name for area in areas)
        if names != self._names:
            self._names = names
            self.area.setCompleter(QCompleter(list(names), self.area))

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        lines = ((self.area, "area"), (self.cause, "cause"), (self.ask, "ask"), (self.due.line, "due"))
        for line, key in lines:
            line.setPlaceholderText(texts(f"areas.form.{key}"))
            line.setAccessibleName(texts(f"areas.form.{key}"))
        self.send.set_text(texts("areas.form.send"))
        self._say_about()

    def begin(self, mention_id: int | None) -> None:
        """Send this mention, or a cause."""
        self._mention = mention_id
        self._say_about()
        self.area.setFocus()
        self.area.selectAll()

    def done(self) -> None:
        """Empty it for the next; the area stays."""
        self._mention = None
        self.cause.clear()
        self.ask.clear()
        self.due.set_instant(None)
        self.tell("")
        self._say_about()

    def tell(self, problem: str) -> None:
        """Say what is wrong, or nothing."""
        self.problem.setText(f"▲ {problem}" if problem else "")
        self.problem.setVisible(bool(problem))

    def _say_about(self) -> None:
        self.about.setVisible(self._mention is not None)
        self.about.setText(self._context.texts("areas.form.about", id=self._mention or 0))

    def _ask(self) -> None:
        texts, name = self._context.texts, self.area.text().strip()
        if not name:
            self.tell(texts("areas.form.need_area"))
            self.area.setFocus()
        elif self.due.doubt:
            self.tell(texts("areas.form.need_due"))
            self.due.setFocus()
        else:
            self.wanted.emit(name, self._mention, self.cause.text(), self.ask.text(), self.due.instant())
