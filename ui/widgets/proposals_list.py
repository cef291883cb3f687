"""The changes of the playbook that a review proposed, and what a person decided of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.followup import PlaybookProposal, ProposalState
from ui.context import Context
from ui.models.columns import DANGER_MARK, DONE_MARK, WARNING_MARK, Look, outside
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.panel import Panel
from ui.widgets.press_list import PressList
from ui.widgets.press_row import PressRow
from ui.widgets.safe import SafeLabel

_MARKS = {ProposalState.PROPOSED: WARNING_MARK, ProposalState.ACCEPTED: DONE_MARK, ProposalState.DECLINED: ""}


class ProposalsList(Panel):
    """A row for each; accepting asks twice, in place.

    Signals:
        changed: one was decided; read again.
        shown: one was chosen that waits: its difference is to be shown.
    """

    changed = Signal()
    shown = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(" ", flush=True)
        self._context = context
        self._proposals: tuple[PlaybookProposal, ...] = ()
        self._chosen: int | None = None
        self._sure = False
        self._rows = PressList()
        self._none = SafeLabel("", "muted", wrap=True)
        self._none.setContentsMargins(12, 0, 12, 12)
        self.reason = QLineEdit(maxLength=500)
        self.accept = Button("", self.accept_)
        self.decline = Button("", self.decline_, kind="quiet")
        self.problem = SafeLabel("", "danger", wrap=True)
        self._deciding = QWidget()
        line = QHBoxLayout(self._deciding)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        line.addWidget(self.accept)
        line.addWidget(self.reason, 1)
        line.addWidget(self.decline)
        self.body.addWidget(self._rows)
        self.body.addWidget(self._none)
        self.footer.addWidget(self._deciding)
        self.footer.addWidget(self.problem)
        self.reason.returnPressed.connect(self.decline_)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._context.texts
        self.set_title(texts("review.proposals.title"))
        self._none.setText(texts("review.proposals.none"))
        self.reason.setPlaceholderText(texts("review.proposals.reason"))
        self.reason.setAccessibleName(texts("review.proposals.reason"))
        self.decline.set_text(texts("review.proposals.decline"))
        self._set_sure(False)
        self._tell("")

    def put(self, proposals: Sequence[PlaybookProposal], look: Look) -> None:
        """Show these, newest first."""
        self._proposals = tuple(proposals)
        if self._chosen not in {one.id for one in proposals}:
            self._chosen = proposals[0].id if proposals else None
        self._rows.show_rows(((one.id, self._row(one, look)) for one in proposals), self._chosen)
        self._rows.setVisible(bool(proposals))
        self._none.setVisible(not proposals)
        self._show_deciding()

    def rows(self) -> tuple[PressRow, ...]:
        """The rows in their order."""
        return self._rows.rows()

    def _row(self, one: PlaybookProposal, look: Look) -> PressRow:
        texts = self._context.texts
        state = texts(f"review.proposals.state.{one.state.value}", version=one.version, base=one.base_version)
        parts = [f"{_MARKS[one.state]} {state}".strip(), f"{outside(one.by, 60)}, {look.time(one.at)}"]
        if one.decided_at is not None:
            parts.append(f"{outside(one.decided_by, 60)}, {look.time(one.decided_at)}")
        parts += [outside(one.reason, 160)] if one.reason else []
        why, under = outside(one.why, 300), " · ".join(parts)
        row = PressRow(self._context.theme, f"{why}. {under}")
        row.setProperty("proposal", one.id)
        row.set_chosen(one.id == self._chosen)
        inside = QVBoxLayout(row)
        inside.setContentsMargins(12, 7, 12, 8)
        inside.setSpacing(2)
        inside.addWidget(SafeLabel(why, "text", elide=True))
        inside.addWidget(SafeLabel(under, "small", elide=True))
        row.pressed.connect(partial(self.choose, one.id))
        row.entered.connect(partial(self.choose, one.id))
        return row

    def choose(self, proposal_id: int) -> None:
        """Decide on this one."""
        self._chosen = proposal_id
        for row in self.rows():
            row.set_chosen(row.property("proposal") == proposal_id)
        self._show_deciding()
        one = self.waiting()
        if one is not None:
            self.shown.emit(one)

    def waiting(self) -> PlaybookProposal | None:
        """The chosen one, while nobody has decided it."""
        chosen = next((one for one in self._proposals if one.id == self._chosen), None)
        return chosen if chosen is not None and chosen.state is ProposalState.PROPOSED else None

    def _show_deciding(self) -> None:
        self._set_sure(False)
        self.set_footer_visible(self.waiting() is not None)

    # Deciding

    def _set_sure(self, sure: bool) -> None:
        self._sure = sure
        self.accept.set_text(self._context.texts(f"review.proposals.accept{'_sure' if sure else ''}"))
        self.accept.set_kind("danger" if sure else "plain")

    def accept_(self) -> None:
        """Put the chosen one in use, once it was asked twice."""
        one, desk = self.waiting(), self._context.desk
        if one is None:
            return
        if not self._sure:
            self._set_sure(True)
            return
        self._do(lambda: desk.followups.proposals.accept(one.id))

    def decline_(self) -> None:
        """Do not want the chosen one, for the reason in the line."""
        one, desk, reason = self.waiting(), self._context.desk, self.reason.text()
        if one is not None:
            self._do(lambda: desk.followups.proposals.decline(one.id, reason))

    def _do(self, verb: Callable[[], PlaybookProposal]) -> None:
        self._context.bridge.call(verb, self._done, self._failed)

    def _done(self, _proposal: PlaybookProposal) -> None:
        self.reason.clear()
        self._tell("")
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self._set_sure(False)
        self._tell(self._context.texts.error(error))

    def _tell(self, problem: str) -> None:
        self.problem.setText(f"{DANGER_MARK} {problem}" if problem else "")
        self.problem.setVisible(bool(problem))
