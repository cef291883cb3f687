"""A new promise, to the public, to one person or inside; while the history cannot tell, the honest way out is first."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from crisisdesk.desk.risk import RiskView
from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.playbook import Bilingual
from ui.context import Context
from ui.widgets.button import Button
from ui.widgets.promise_forms import GiverChoice, Givers, InPlace
from ui.widgets.promise_risk import RiskLine
from ui.widgets.time_edit import TimeEdit

_TITLES: Final = {
    CommitmentKind.INDIVIDUAL: "commitments.new.title",
    CommitmentKind.INTERNAL: "commitments.new.title_internal",
}
_TO_SOMEBODY: Final = frozenset(_TITLES)  # a promise to the public needs no name


class PromiseForm(InPlace):
    """A new promise, to one person, to somebody inside, or to the public.

    Signals:
        made: kind, what (a ``Bilingual``), to whom, the instant, the giver.
        asked: the instant of a solution, to be weighed against the history.
        no_time: say instead that there is no time yet; first while the history cannot tell.
    """

    made = Signal(object, object, str, object, str)
    asked = Signal(object)
    no_time = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(
            context, "commitments.new.title", "commitments.new.save", cancel="commitments.new.cancel"
        )
        self._kind = CommitmentKind.INDIVIDUAL
        self.es, self.en, self.to_whom = (QLineEdit(maxLength=300) for _ in range(3))
        self.time = TimeEdit(context, owed=True)
        self.giver = GiverChoice(context.texts("commitments.new.giver"))
        self.begin_row()
        self.add("commitments.new.what_es", self.es, self._what_problem)
        self.add("commitments.new.what_en", self.en, lambda: "")
        self.begin_row()
        self.add("commitments.new.to_whom", self.to_whom, self._to_problem)
        self.add("commitments.new.due", self.time, lambda: self.due_problem(self.time))
        self.add(
            "commitments.new.giver", self.giver,
            lambda: self.need(bool(self.giver.giver()), "commitments.move.need_giver"),
        )  # fmt: skip
        self.weight = RiskLine(context)
        self.column.addWidget(self.weight)
        self.begin_row()
        self.known, self.known_by = (QLineEdit(maxLength=500) for _ in range(2))
        self.add("commitments.new.known", self.known, lambda: self._known_problem(self.known, "need_known"))
        self.add("commitments.new.known_by", self.known_by, lambda: self._known_problem(self.known_by, "need_known_by"))
        self.time.changed.connect(self._ask)
        self.no_time_button = Button(on_press=self.no_time.emit, kind="primary")
        self.add_buttons(first=self.no_time_button)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        super().retranslate()
        self.no_time_button.set_text(self.context.texts("commitments.ledger.no_time"))

    def show_risk(self, view: RiskView | None) -> None:
        """What the history says of the time typed; above the limit it asks what the history does not know."""
        self.weight.show_risk(view)
        honest = view is not None and not view.found.known
        self.no_time_button.setVisible(honest)
        self.save_button.set_kind("plain" if honest else "primary")
        for line in (self.known, self.known_by):
            field = line.parentWidget()
            if field is not None:
                field.setVisible(view is not None and view.beyond)

    def _ask(self) -> None:
        due = self.time.instant()
        if self._kind is CommitmentKind.RESOLUTION and due is not None and due > self.context.desk.clock.now():
            self.asked.emit(due)
        else:
            self.show_risk(None)

    def _known_problem(self, line: QLineEdit, key: str) -> str:
        return self.need(not self.weight.beyond or bool(line.text().strip()), f"commitments.new.{key}")

    def begin(self, kind: CommitmentKind, zone: str, givers: Givers) -> None:
        """Ask for a promise of this kind."""
        self._kind = kind
        public = kind not in _TO_SOMEBODY
        self.heading.setText(self.context.texts(_TITLES.get(kind, "commitments.new.title_public")))
        parent = self.to_whom.parentWidget()
        if parent is not None:
            parent.setVisible(not public)
        for line in (self.es, self.en, self.to_whom, self.known, self.known_by):
            line.clear()
        self.show_risk(None)
        self.time.set_zone(zone)
        self.time.set_instant(None)
        self.giver.set_givers(givers)
        self.giver.setCurrentIndex(0)
        self.calm()
        self.show()
        self.es.setFocus()

    def save(self) -> None:
        """Hand over the promise."""
        due: datetime | None = self.time.instant()
        if self.good() and due is not None:
            what = Bilingual(self.es.text().strip(), self.en.text().strip())
            self.made.emit(self._kind, what, self.to_whom.text().strip(), due, self.giver.giver())
            self.hide()

    def _what_problem(self) -> str:
        there = bool(self.es.text().strip() or self.en.text().strip())
        return self.need(there, "commitments.new.need_what")

    def _to_problem(self) -> str:
        there = self._kind not in _TO_SOMEBODY or bool(self.to_whom.text().strip())
        return self.need(there, "commitments.new.need_to")
