"""When the proposed level may fall: up at once at a threshold, down only when it has been calm for long.

The playbook's rule: only after an hour below one and a half times the usual, never while a promise is open. A person
confirms either way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from crisisdesk.model.alert import LevelProposal

CALM_RATIO: Final = 1.5
CALM_FOR: Final = timedelta(minutes=60)
_WINDOW: Final = timedelta(minutes=15)
_STEP: Final = timedelta(minutes=5)


def calm(ratio: Callable[[datetime, datetime], float], since: datetime, now: datetime) -> bool:
    """Whether every quarter of an hour within the last hour stayed below one and a half times the usual.

    Args:
        ratio: times the expected, of a stretch.
        since: when the rise began; it has to be an hour old.
    """
    if now - since < CALM_FOR:
        return False
    end = now
    while end - _WINDOW >= now - CALM_FOR:
        if ratio(end - _WINDOW, end) >= CALM_RATIO:
            return False
        end -= _STEP
    return True


def settle(held: LevelProposal, proposed: LevelProposal, *, falls: Callable[[], bool]) -> LevelProposal:
    """What is proposed now: ``proposed`` unless it is lower than what is ``held`` and nothing lets it fall yet.

    Args:
        falls: asked only when it matters: whether it has been calm for long and no promise is open.
    """
    return proposed if proposed.level >= held.level or falls() else held
