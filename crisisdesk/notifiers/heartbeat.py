"""The dead-man switch: an address outside, asked each minute while paging works; it warns when we fall silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from crisisdesk.model.contact import Contact
from crisisdesk.notifiers.base import Message, Outside, Receipt, permits, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatSettings:
    """The address of a check, as Healthchecks, Better Stack or Cronitor give it."""

    webhook: str = setting(secret=True, required=True)
    inside: bool = setting(False)


class Heartbeat:
    """The dead-man switch; it reaches no contact."""

    kind: ClassVar[str] = "heartbeat"
    words: ClassVar[frozenset[str]] = frozenset()
    Settings: ClassVar[type[Any]] = HeartbeatSettings

    def __init__(self, settings: HeartbeatSettings) -> None:
        self._settings = settings

    def address(self, contact: Contact) -> str:
        """None."""
        return ""

    async def send(self, outside: Outside, message: Message) -> Receipt:
        """Beat once."""
        own = self._settings
        await outside.web.get(own.webhook, limit_bytes=100_000, allow_private=permits(own.webhook, own.inside))
        return Receipt()


NOTIFIER = Heartbeat
