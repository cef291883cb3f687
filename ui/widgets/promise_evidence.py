"""What stands against the history: the risk of a time, and what is known that the history does not know."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.desk.risk import RiskView
from ui.context import Context
from ui.theme import GAP
from ui.widgets.promise_risk import RiskLine

_FIELDS = ("known", "known_by")


class Evidence(QWidget):
    """The estimate in words; above the limit two lines ask for the evidence and for who says so.

    Signals:
        edited: a person typed in one of the lines.
        weighed: an estimate is shown, or none.
    """

    edited = Signal()
    weighed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asked: tuple[int, datetime] | None = None
        self._pending = False
        self.risk = RiskLine(context)
        self.known, self.known_by = QLineEdit(maxLength=500), QLineEdit(maxLength=200)
        self._lines = QWidget()
        line = QHBoxLayout(self._lines)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        line.addWidget(self.known, 2)
        line.addWidget(self.known_by, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(4)
        whole.addWidget(self.risk)
        whole.addWidget(self._lines)
        for edit in (self.known, self.known_by):
            edit.textEdited.connect(lambda _text: self.edited.emit())
        self.retranslate()
        self.show_risk(None)

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        for edit, key in zip((self.known, self.known_by), _FIELDS, strict=True):
            said = self._context.texts(f"commitments.new.{key}")
            edit.setPlaceholderText(said)
            edit.setAccessibleName(said)

    def weigh(self, incident_id: int | None, due: datetime | None) -> None:
        """Ask the history about a time to come; only the newest answer is shown, nothing for no time."""
        desk = self._context.desk
        wanted = (incident_id, due) if incident_id is not None and due is not None and due > desk.clock.now() else None
        if wanted is None:
            self._asked = None
            self.show_risk(None)
        elif wanted != self._asked:
            self._asked, self._pending = wanted, True
            self._context.bridge.read(
                lambda: desk.risk.weigh(*wanted),
                lambda view: self.show_risk(view) if wanted == self._asked else None,
            )

    def show_risk(self, view: RiskView | None) -> None:
        """Show an estimate, or nothing."""
        self._pending = False
        self.risk.show_risk(view)
        self._lines.setVisible(self.beyond)
        self.setVisible(view is not None)
        self.weighed.emit()

    @property
    def beyond(self) -> bool:
        """Whether the time is above the playbook's limit."""
        return self.risk.beyond

    @property
    def told(self) -> tuple[str, str]:
        """What is known and who says so; both empty where the history does not object."""
        wanted = self.beyond or self._pending
        return (self.known.text().strip(), self.known_by.text().strip()) if wanted else ("", "")

    def put(self, known: str, known_by: str) -> None:
        """Show what was stored."""
        for edit, text in ((self.known, known), (self.known_by, known_by)):
            if edit.text() != text and not edit.hasFocus():
                edit.setText(text)

    def missing(self) -> tuple[str, QLineEdit] | None:
        """The sentence for the first line that is asked for and empty, with that line."""
        lines = zip((self.known, self.known_by), _FIELDS, strict=True)
        empty = next(((edit, key) for edit, key in lines if self.beyond and not edit.text().strip()), None)
        return (self._context.texts(f"commitments.new.need_{empty[1]}"), empty[0]) if empty else None
