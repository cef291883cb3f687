"""IDLE on an open folder: told of a mail as it comes, also of one that comes as the waiting begins."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from imapclient import IMAPClient

_LONGEST: Final = 60.0 * 5
"""Seconds of waiting on one connection; servers end it after 29 minutes."""
_TURNS: Final = (1.0, 30.0)
"""Seconds of the first and of the longest IDLE."""


def numbers_after(client: IMAPClient, last: int) -> list[int]:
    """Numbers above ``last``, ascending; «n:*» always names the last mail, also when its number is lower."""
    return sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)


def await_more(client: IMAPClient, last: int, stop: threading.Event) -> None:
    """Return when the folder holds a number above ``last``, some minutes have passed or ``stop`` is set.

    A mail may come before IDLE begins, and what the server says together with «+ idling» stays unread until the next
    word from it. So the folder is asked before each IDLE, the first is short, and none is long.
    """
    waited, turn = 0.0, _TURNS[0]
    while waited < _LONGEST and not stop.is_set() and not numbers_after(client, last):
        client.idle()
        waited += _listen(client, turn, stop)
        client.idle_done()
        turn = min(turn * 2, _TURNS[1])


def _listen(client: IMAPClient, turn: float, stop: threading.Event) -> float:
    """Seconds waited: ``turn``, or fewer when a mail is told or it is to stop."""
    waited = 0.0
    while waited < turn and not stop.is_set():
        waited += 1.0
        if any(len(told) > 1 and told[1] in (b"EXISTS", b"RECENT") for told in client.idle_check(timeout=1.0)):
            break
    return waited
