"""The loop of messages: each audience with what it was told in each phase, and what it is to be told next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crisisdesk.model.draft import Draft, DraftState
from crisisdesk.model.playbook import AFTERWARDS, Audience, Phase, Playbook, Template

AUDIENCES: Final = (
    Audience.INTERNAL, Audience.CALLERS, Audience.KEY_CLIENTS, Audience.PUBLIC, Audience.PRESS, Audience.REGULATOR,
)  # fmt: skip
"""Our own people first: nobody of ours learns it from the press. Replies to one person are not part of the loop."""


@dataclass(frozen=True, slots=True)
class LoopCell:
    """One phase of one audience that the playbook has a text for.

    Attributes:
        phase: the phase.
        told_at: when a text of it went out last, or ``None``.
        writing: a draft of it is open.
    """

    phase: Phase
    told_at: datetime | None
    writing: bool


@dataclass(frozen=True, slots=True)
class LoopRow:
    """One audience.

    Attributes:
        cells: phases in their order.
        next: the first text, from the phase of the last one on, that it has not been told; ``None`` when all were.
    """

    audience: Audience
    cells: tuple[LoopCell, ...]
    next: Template | None


def loop(playbook: Playbook, drafts: Sequence[Draft]) -> tuple[LoopRow, ...]:
    """The loop of an incident while it lasts: a row for each audience that the playbook writes to."""
    out: dict[str, datetime] = {}
    writing = set()
    for draft in drafts:
        if draft.state is DraftState.PUBLISHED and draft.published_at is not None:
            out[draft.template_id] = max(draft.published_at, out.get(draft.template_id, draft.published_at))
        elif draft.state in (DraftState.WRITING, DraftState.COPIED):
            writing.add(draft.template_id)
    found = []
    for audience in AUDIENCES:
        mine = [t for t in playbook.templates if t.audience is audience and t.id not in AFTERWARDS]
        if mine:
            found.append(_row(playbook, audience, mine, out, writing))
    return tuple(found)


def _row(
    playbook: Playbook, audience: Audience, mine: Sequence[Template], out: dict[str, datetime], writing: set[str]
) -> LoopRow:
    place = {phase.id: n for n, phase in enumerate(playbook.phases)}
    ordered = sorted((t for t in mine if t.phase in place), key=lambda t: place[t.phase])
    reached = max((place[t.phase] for t in ordered if t.id in out), default=0)
    ahead = [t for t in ordered if t.id not in out]
    following = next((t for t in ahead if place[t.phase] >= reached), next(iter(ahead), None))
    cells = []
    for phase in playbook.phases:
        texts = [t for t in ordered if t.phase == phase.id]
        if texts:
            told = max((out[t.id] for t in texts if t.id in out), default=None)
            cells.append(LoopCell(phase, told, any(t.id in writing for t in texts)))
    return LoopRow(audience, tuple(cells), following)
