"""The bus: what happened in the core, told to the window and to notifiers. The core calls the core by function."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable

from crisisdesk.model.events import Event

log = logging.getLogger(__name__)

Subscriber = Callable[[Event], None]


class Bus:
    """Publishes events to subscribers in the publishing thread; a subscriber must return at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call ``subscriber`` with every event from now on; returns what ends the subscription."""
        with self._lock:
            self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)

        return unsubscribe

    def publish(self, events: Iterable[Event]) -> None:
        """Tell every subscriber, outside the lock; one that fails is logged and does not stop the others."""
        with self._lock:
            subscribers = tuple(self._subscribers)
        for event in events:
            for subscriber in subscribers:
                try:
                    subscriber(event)
                except Exception:
                    log.exception("a subscriber failed on %s", type(event).__name__)
