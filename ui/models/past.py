"""What the tables of a playback show: what was due, promised and written down, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from crisisdesk.model.commitment import Commitment, CommitmentState, NextItem
from crisisdesk.words import lateness
from ui.models.columns import DANGER_MARK, DONE_MARK, ENTRIES, WARNING_MARK, Cell, Column, Look, outside

_STATES: Final = {
    CommitmentState.OPEN: (WARNING_MARK, "promise"),
    CommitmentState.KEPT: (DONE_MARK, "good"),
    CommitmentState.MOVED: ("", "muted"),
    CommitmentState.WITHDRAWN: ("", "muted"),
    CommitmentState.BROKEN: (DANGER_MARK, "danger"),
}


def _due_time(item: NextItem, look: Look) -> Cell:
    token = "danger" if item.overdue else "promise" if item.owed else "text"
    return Cell(text=look.time(item.due_at), token=token, mark=DANGER_MARK if item.overdue else "", mark_token=token)


def _due_what(item: NextItem, look: Look) -> Cell:
    lang = look.texts.lang
    return Cell(text=outside(item.title.get(lang)), bold=True, under=outside(item.why.get(lang)))


def _promise_time(one: Commitment, look: Look) -> Cell:
    late = one.lateness()
    open_ = one.state is CommitmentState.OPEN
    under = "" if late is None or open_ else lateness(late, look.texts)
    return Cell(text=look.time(one.due_at), token="promise" if open_ else "text", bold=open_, under=under)


def _promise_what(one: Commitment, look: Look) -> Cell:
    lang = look.texts.lang
    said = outside(one.what.get(lang)) or look.texts(f"commitments.kind.{one.kind}")
    return Cell(text=said, under=outside(one.quoted.get(lang)) or outside(one.to_whom))


def _promise_state(one: Commitment, look: Look) -> Cell:
    mark, token = _STATES[one.state]
    return Cell(text=look.texts(f"commitments.state.{one.state}"), mark=mark, mark_token=token, token=token)


DUE: Final[Sequence[Column[NextItem]]] = (
    Column(heading="", cell=_due_time, width=88),
    Column(heading="", cell=_due_what),
)
PROMISES: Final[Sequence[Column[Commitment]]] = (
    Column(heading="", cell=_promise_time, width=88),
    Column(heading="", cell=_promise_what),
    Column(heading="", cell=_promise_state, width=116),
)
WRITTEN: Final = (replace(ENTRIES[1], width=88), ENTRIES[2])
