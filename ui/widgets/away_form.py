"""Taking something out of the timeline, or deleting it by law: always with a reason, the law asked twice."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.texts import Texts
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.panel import rule
from ui.widgets.safe import SafeLabel


class AwayForm(QWidget):
    """One reason and two ways; hidden until it is asked for something.

    Signals:
        removed, redacted: the row's id and the reason.
        opened: whether it asks or was put away.
    """

    removed = Signal(int, str)
    redacted = Signal(int, str)
    opened = Signal(bool)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._row = 0
        self._sure = False
        self._what = SafeLabel("", wrap=True)
        self.reason = QLineEdit(maxLength=500)
        self._field = Field("", self.reason)
        self.remove = Button("", self._remove)
        self.redact = Button("", self._redact, kind="quiet")
        self.cancel = Button("", self.hide, kind="quiet")
        ends = QHBoxLayout()
        for button in (self.remove, self.redact, self.cancel):
            ends.addWidget(button)
        ends.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(rule())
        column.addWidget(self._what)
        column.addWidget(self._field)
        column.addLayout(ends)
        self.hide()

    def ask(self, row: int, what: str, *, removable: bool) -> None:
        """Ask about a row; ``removable`` = it can also be taken out and stay in the data file."""
        self._row = row
        self._what.setText(what)
        self.reason.clear()
        self.remove.setVisible(removable)
        self.retranslate()
        self.show()
        self.opened.emit(True)
        self.reason.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Put away; out of sight with its page is not."""
        super().hideEvent(event)
        if self.isHidden():
            self.opened.emit(False)

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._texts
        self._field.set_label(texts("timeline_page.away_reason"))
        self._field.set_problem("")
        self.remove.set_text(texts("timeline_page.away_remove"))
        self.cancel.set_text(texts("timeline_page.edit_cancel"))
        self._set_sure(False)

    def _set_sure(self, sure: bool) -> None:
        self._sure = sure
        self.redact.set_text(self._texts("timeline_page.redact_sure" if sure else "timeline_page.away_redact"))
        self.redact.set_kind("danger" if sure else "quiet")

    def _reasoned(self) -> str:
        reason = self.reason.text().strip()
        self._field.set_problem("" if reason else self._texts("errors.timeline.no_reason"))
        return reason

    def _remove(self) -> None:
        if reason := self._reasoned():
            self.hide()
            self.removed.emit(self._row, reason)

    def _redact(self) -> None:
        """Ask once more, in place: what is deleted cannot be brought back."""
        reason = self._reasoned()
        if reason and not self._sure:
            self._set_sure(True)
        elif reason:
            self.hide()
            self.redacted.emit(self._row, reason)
