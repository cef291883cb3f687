"""What becomes of the promise in sight: kept, moved, withdrawn, made good, or held to its hour when a zone changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from crisisdesk.model.commitment import Commitment, RemedyKind
from crisisdesk.model.draft import Draft
from crisisdesk.words import when
from ui.context import Context
from ui.widgets.promise_detail import PromiseDetail


class PromiseEnds(QObject):
    """Does what a person chose beside the promise.

    Signals:
        changed: the ledger is another.
        opened: the text that tells it stands open (a ``Draft``).

    Args:
        to_ledger: puts the focus back on a promise of the list.
    """

    changed = Signal()
    opened = Signal(object)

    def __init__(self, context: Context, detail: PromiseDetail, to_ledger: Callable[[int | None], None]) -> None:
        super().__init__()
        self._context, self._detail, self._to_ledger = context, detail, to_ledger
        detail.kept.connect(self._keep)
        detail.fulfilled.connect(self._fulfil)
        detail.apology_wanted.connect(self._open_apology)
        detail.zone_settled.connect(self._settle_zone)
        detail.move_form.moved.connect(self._move)
        detail.withdraw_form.withdrawn.connect(self._withdraw)
        detail.remedy_form.chosen.connect(self._repair)

    def _number(self) -> int | None:
        return self._detail.commitment.id if self._detail.commitment is not None else None

    def _keep(self) -> None:
        number, desk = self._number(), self._context.desk
        if number is not None:
            self._context.bridge.call(lambda: desk.commitments.keep(number), lambda _c: self._done("kept_said"))

    def _fulfil(self) -> None:
        number, desk = self._number(), self._context.desk
        if number is not None:
            self._context.bridge.call(lambda: desk.commitments.fulfil(number), lambda _c: self._done("fulfilled_said"))

    def _done(self, key: str) -> None:
        kept = self._detail.commitment
        what = kept.what.get(self._context.lang) if kept is not None else ""
        self._context.say("✓ " + self._context.texts(f"commitments.detail.{key}", what=what))
        self.changed.emit()

    def _settle_zone(self, same_hour: bool) -> None:
        """The zone's rules changed: the hour that was read stands, or the instant does."""
        context, number = self._context, self._number()
        commitments = context.desk.commitments
        settle = commitments.same_hour if same_hour else commitments.same_instant

        def settled(one: Commitment) -> None:
            time = when(one.due_at, one.zone, context.texts, ref=context.desk.clock.now())
            context.say("✓ " + context.texts("commitments.zone.settled", time=time))
            self.changed.emit()

        if number is not None:
            context.bridge.call(lambda: settle(number), settled)

    def _move(self, due: datetime, reason: str, giver: str) -> None:
        number, desk = self._number(), self._context.desk
        self._to_ledger(number)
        if number is not None:
            self._context.bridge.call(lambda: desk.commitments.move(number, due, reason, giver), self._open_answer)

    def _withdraw(self, reason: str) -> None:
        number, desk = self._number(), self._context.desk
        self._to_ledger(number)
        if number is not None:
            self._context.bridge.call(lambda: desk.commitments.withdraw(number, reason), self._open_answer)

    def _repair(self, kind: RemedyKind, text: str) -> None:
        """Write the remedy down, then open the apology that quotes the promise; its approvers have been asked."""
        broken, desk = self._detail.commitment, self._context.desk
        if broken is None:
            return
        apology = broken.apology_draft_id
        self._to_ledger(broken.id)

        def done(_commitment: object) -> None:
            self.changed.emit()
            if apology is not None:
                self._context.act("draft.open", apology)

        self._context.bridge.call(lambda: desk.commitments.set_remedy(broken.id, kind, text), done)

    def _open_apology(self) -> None:
        broken = self._detail.commitment
        if broken is not None and broken.apology_draft_id is not None:
            self._context.act("draft.open", broken.apology_draft_id)

    def _open_answer(self, draft: Draft) -> None:
        """The text that tells the public is open; the promise changes when it is published."""
        self._context.say(self._context.texts("commitments.detail.draft_said"))
        self.opened.emit(draft)
