"""What the rows of «Lo siguiente» are: by due time, with the tasks that are late folded into one.

Late tasks pile up on a bad day; as single rows they would push the promises out of sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crisisdesk.model.commitment import NextItem, NextKind
from crisisdesk.texts import both

FOLDED_FROM: Final = 3
"""So many late tasks become one row."""
_PROMISES: Final = 2


@dataclass(frozen=True, slots=True)
class NextLine:
    """One row.

    Attributes:
        item: what it shows; for the row of late tasks, the oldest of them under their common title.
        folds: how many late tasks the row stands for; 0 for any other row.
        inner: whether it is one of the late tasks, shown because a person opened them.
    """

    item: NextItem
    folds: int = 0
    inner: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """The same thing has the same key at every reading."""
        return ("late", 0) if self.folds else (self.item.kind.value, self.item.ref)


def lines_of(items: Sequence[NextItem], *, opened: bool = False) -> tuple[NextLine, ...]:
    """The rows of ``items``, which are sorted by due time.

    Args:
        opened: show the late tasks one by one below their common row.
    """
    late = [item for item in items if _late(item)]
    if len(late) < FOLDED_FROM:
        return tuple(NextLine(item) for item in items)
    first = late[0]
    common = NextItem(
        kind=first.kind,
        ref=first.ref,
        due_at=first.due_at,
        title=both("room.next.late", n=len(late)),
        why=first.title if opened else both("room.next.late_why", what=first.title),
        key="",
        overdue=True,
    )
    lines: list[NextLine] = []
    for item in items:
        if item is first:
            lines.append(NextLine(common, folds=len(late)))
            lines += [NextLine(one, inner=True) for one in late] if opened else []
        elif not _late(item):
            lines.append(NextLine(item))
    return tuple(lines)


def kept_in_sight(items: Sequence[NextItem]) -> tuple[NextItem, ...]:
    """What the public is owed first; the first of these whose row is out of sight is shown apart."""
    return tuple(item for item in items if item.owed)[:_PROMISES]


def _late(item: NextItem) -> bool:
    return item.kind is NextKind.TASK and item.overdue
