"""Coverage: whether somebody will answer each ladder in the days ahead, and how good that is, explained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class GapKind(StrEnum):
    """What is wrong with a stretch of time, the worst first."""

    NOBODY = "nobody"  # no step reaches anybody at any level
    ASLEEP = "asleep"  # below level 3 everybody is in quiet hours: messages wait
    ALONE = "alone"  # one person only: no second step if they do not answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch in which a ladder is badly covered, from ``starts_at`` until before ``ends_at``."""

    role: str
    kind: GapKind
    starts_at: datetime
    ends_at: datetime
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Points that coverage loses and why: ``key`` of the sentence (``coverage.loss.*``) and its ``fields``."""

    points: int
    key: str
    fields: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """The days ahead.

    Attributes:
        quality: 0 to 100; 100 less the points of ``losses``.
        losses: why it is not 100, the dearest first.
        gaps: stretches, the worst kind first, then by time.
    """

    starts_at: datetime
    ends_at: datetime
    quality: int
    losses: tuple[Loss, ...]
    gaps: tuple[Gap, ...]
