"""What came of playing a scenario: each mark against the playbook's own time, and the run that they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crisisdesk.model.playbook import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing that a drill looks at.

    Attributes:
        key: its name is ``drill.mark.<key>``.
        target: the playbook's own time, or ``None`` when it sets none.
        took: how long it took, or ``None`` when it never happened.
        done: how many of ``of``, where something is counted; ``of`` 0 where nothing is.
        good: whether it was as the playbook wants it; ``None`` where the playbook wants nothing.
    """

    key: str
    target: timedelta | None = None
    took: timedelta | None = None
    done: int = 0
    of: int = 0
    good: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One time that a scenario was played.

    Attributes:
        name: the run's folder, unique among runs.
        scenario: id of the scenario.
        played_at: by the real clock, UTC.
        autopilot: the script's own acts, not a person's.
        who: who sat at the desk.
        finished: played to its end.
    """

    name: str
    scenario: str
    title: Bilingual
    played_at: datetime
    autopilot: bool
    who: str
    playbook: str
    playbook_version: int
    finished: bool
    marks: tuple[Mark, ...]

    @property
    def judged(self) -> tuple[Mark, ...]:
        """The marks that are good or not."""
        return tuple(mark for mark in self.marks if mark.good is not None)

    @property
    def met(self) -> int:
        """How many of the judged marks are good."""
        return sum(mark.good is True for mark in self.judged)
