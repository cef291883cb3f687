"""The ledger: every promise with its time, what was said, to whom, who gave the time, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.plain import clamp, shown_host
from crisisdesk.texts import Texts
from crisisdesk.words import lateness, percent, when
from ui.context import Context
from ui.theme import GAP
from ui.widgets.badge import Badge
from ui.widgets.countdown import Countdown
from ui.widgets.panel import clear
from ui.widgets.press_row import PressRow
from ui.widgets.safe import SafeLabel

BADGE: Final = {
    CommitmentState.OPEN: "promise",
    CommitmentState.KEPT: "done",
    CommitmentState.MOVED: "plain",
    CommitmentState.WITHDRAWN: "plain",
    CommitmentState.BROKEN: "danger",
}
_TIME_WIDTH: Final = 106


@dataclass(frozen=True, slots=True)
class Score:
    """How the promises went.

    Attributes:
        kept: kept in time.
        due: kept and broken ones.
        lateness: the median over those that were done, early ones negative; ``None`` while there is none.
        updates_kept: next-updates kept in time, of ``updates_due``.
    """

    kept: int
    due: int
    lateness: timedelta | None
    updates_kept: int
    updates_due: int


def individual(ledger: Sequence[Commitment]) -> tuple[Commitment, ...]:
    """Promises to one person that nobody has closed yet."""
    waiting = (CommitmentState.OPEN, CommitmentState.BROKEN)
    return tuple(
        c
        for c in ledger
        if c.kind is CommitmentKind.INDIVIDUAL and c.state in waiting and c.fulfilled_at is None
    )


def score(ledger: Sequence[Commitment]) -> Score:
    """Count what was kept; a moved or withdrawn promise is neither kept nor broken."""
    due = [c for c in ledger if c.state in (CommitmentState.KEPT, CommitmentState.BROKEN)]
    late = [delta.total_seconds() for c in due if (delta := c.lateness()) is not None]
    updates = [c for c in due if c.kind is CommitmentKind.NEXT_UPDATE]
    return Score(
        kept=sum(c.state is CommitmentState.KEPT for c in due),
        due=len(due),
        lateness=timedelta(seconds=median(late)) if late else None,
        updates_kept=sum(c.state is CommitmentState.KEPT for c in updates),
        updates_due=len(updates),
    )


def score_words(result: Score, texts: Texts) -> str:
    """The summary in one line."""
    if not result.due:
        return texts("commitments.summary.none")
    share = percent(result.kept / result.due, texts)
    parts = [texts("commitments.summary.kept", share=share, n=result.kept, m=result.due)]
    if result.lateness is not None:
        parts.append(texts("commitments.summary.late", lateness=lateness(result.lateness, texts)))
    if result.updates_due:
        parts.append(texts("commitments.summary.updates", n=result.updates_kept, m=result.updates_due))
    return " · ".join(parts)


def in_order(ledger: Sequence[Commitment]) -> tuple[tuple[str, tuple[Commitment, ...]], ...]:
    """The ledger in the order of concern: owed next first, then unrepaired, then what is over, newest first."""
    owed = sorted((c for c in ledger if c.state is CommitmentState.OPEN), key=lambda c: (c.due_at, c.id))
    broken = sorted((c for c in ledger if c.state is CommitmentState.BROKEN), key=lambda c: (c.due_at, c.id))
    over = sorted(
        (c for c in ledger if c.state not in (CommitmentState.OPEN, CommitmentState.BROKEN)),
        key=lambda c: (c.ended_at or c.due_at, c.id),
        reverse=True,
    )
    unrepaired = [c for c in broken if c.remedied_at is None and c.fulfilled_at is None]
    repaired = [c for c in broken if c not in unrepaired]
    groups = (("broken", unrepaired), ("owed", owed), ("ended", [*repaired, *over]))
    return tuple((name, tuple(rows)) for name, rows in groups if rows)


def giver_words(commitment: Commitment, people: Mapping[str, str], texts: Texts) -> list[str]:
    """Who gave the time, and that nobody did; the next news is ours to give, so there nothing is missing."""
    giver = people.get(commitment.giver, commitment.giver)
    if giver:
        return [texts("commitments.ledger.giver", who=giver)]
    return [] if commitment.kind is CommitmentKind.NEXT_UPDATE else [texts("commitments.ledger.no_giver")]


class LedgerRow(PressRow):
    """One promise."""

    def __init__(self, context: Context, commitment: Commitment, people: Mapping[str, str]) -> None:
        texts, lang, zone = context.texts, context.lang, commitment.zone
        self.commitment = commitment
        now = context.desk.clock.now()
        time = when(commitment.due_at, zone, texts, ref=now, home=context.desk.zone)
        state = texts(f"commitments.state.{commitment.state}")
        what = clamp(commitment.what.get(lang), 200) or texts(f"commitments.kind.{commitment.kind}")
        super().__init__(context.theme, texts("commitments.ledger.row", time=time, what=what, state=state))
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 12, 9)
        line.setSpacing(12)
        line.addLayout(self._clock(context, time))
        middle = QVBoxLayout()
        middle.setSpacing(2)
        middle.addWidget(SafeLabel(what, "strong", elide=True))
        quoted = commitment.quoted.get(lang).replace("\n", " ")
        if quoted:
            middle.addWidget(SafeLabel(texts("commitments.ledger.quote", text=quoted), elide=True))
        middle.addWidget(SafeLabel(self._origin(context, people), "muted", elide=True))
        line.addLayout(middle, 1)
        badge = Badge(state, BADGE[commitment.state])
        line.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)

    def _clock(self, context: Context, time: str) -> QVBoxLayout:
        commitment = self.commitment
        column = QVBoxLayout()
        column.setSpacing(0)
        open_ = commitment.state is CommitmentState.OPEN
        clock = SafeLabel(time, "owed" if open_ else "title")
        clock.setFixedWidth(_TIME_WIDTH)
        clock.setWordWrap(True)
        column.addWidget(clock)
        if open_:
            left = Countdown(context, commitment.due_at, owed=True)
            left.setAlignment(Qt.AlignmentFlag.AlignLeft)
            column.addWidget(left)
        elif (late := commitment.lateness()) is not None:
            column.addWidget(SafeLabel(lateness(late, context.texts), "muted"))
        column.addStretch(1)
        return column

    def _origin(self, context: Context, people: Mapping[str, str]) -> str:
        texts, commitment = context.texts, self.commitment
        who = commitment.to_whom
        parts = [texts("commitments.ledger.to", who=who) if who else texts("commitments.ledger.to_public")]
        parts += giver_words(commitment, people, texts)
        if host := shown_host(commitment.url):
            parts.append(texts("commitments.ledger.at", where=host))
        return " · ".join(parts)


class LedgerList(QWidget):
    """All promises, next due first.

    Signals:
        chosen: a commitment's id.
    """

    chosen = Signal(int)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[object, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 0, 1, 0)
        self._column.setSpacing(0)

    def show_ledger(self, ledger: Sequence[Commitment], people: Mapping[str, str]) -> None:
        """Show it; the focus stays on the promise where it was."""
        key = (tuple(ledger), tuple(people.items()), self._context.lang)
        if key == self._shown:
            return
        focused = next((row.commitment.id for row in self.rows() if row.hasFocus()), None)
        self._shown = key
        clear(self._column)
        for name, rows in in_order(ledger):
            heading = SafeLabel(self._context.texts(f"commitments.ledger.{name}").upper(), "section")
            heading.setContentsMargins(12, GAP, 0, 4)
            self._column.addWidget(heading)
            for commitment in rows:
                row = LedgerRow(self._context, commitment, people)
                row.entered.connect(lambda number=commitment.id: self.chosen.emit(number))
                row.pressed.connect(lambda number=commitment.id: self.chosen.emit(number))
                self._column.addWidget(row)
                if commitment.id == focused:
                    row.take_focus()
        self._column.addStretch(1)

    def rows(self) -> tuple[LedgerRow, ...]:
        """The rows in their order."""
        items = (self._column.itemAt(place) for place in range(self._column.count()))
        widgets = (item.widget() for item in items if item is not None)
        return tuple(row for row in widgets if isinstance(row, LedgerRow))

    def set_chosen(self, commitment_id: int | None) -> None:
        """Show whose details are beside it."""
        for row in self.rows():
            row.set_chosen(row.commitment.id == commitment_id)

    def focus(self, commitment_id: int | None = None) -> None:
        """Put the focus on a promise, or on the first."""
        rows = self.rows()
        wanted = next((row for row in rows if row.commitment.id == commitment_id), next(iter(rows), None))
        if wanted is not None:
            wanted.take_focus()
